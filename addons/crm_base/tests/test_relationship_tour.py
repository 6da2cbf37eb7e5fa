from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestRelationshipTour(HttpCase, CrmCase):
    def test_stage_of_a_customer_is_seen_with_its_history(self):
        self.user.password = "crm_user"
        now = fields.Datetime.now()
        story = ((500, False, "prospect"), (400, "prospect", "regular"),
                 (20, "regular", "sleeping"))  # fmt: skip
        self.env["crm.relationship.change"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": self.env.company.id,
                    "kind": "stage",
                    "old": old,
                    "new": new,
                    "date": now - timedelta(days=days),
                    "reason": "facts",
                }
                for days, old, new in story
            ]
        )
        self.customer.relationship_stage = "sleeping"
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "crm_base_relationship",
            login="crm_user",
        )
