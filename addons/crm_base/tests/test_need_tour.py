from odoo.tests import HttpCase, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestNeedTour(HttpCase, CrmCase):
    def test_need_is_noted_found_and_met(self):
        self.user.password = "crm_user"
        topic = self.env["crm.need.topic"].create({"name": "Decaf"})
        self.start_tour(
            "/odoo/action-crm_base.crm_need_action", "crm_base_need", login="crm_user"
        )
        self.assertRecordValues(
            self.env["crm.need"].search([("partner_id", "=", self.anna.id)]),
            [
                {
                    "name": "Decaf in 5 kg bags",
                    "topic_id": topic.id,
                    "amount": 1200,
                    "state": "met",
                    "user_id": self.user.id,
                }
            ],
        )
