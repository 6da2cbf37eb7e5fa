from odoo.tests import HttpCase, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestCompleteTour(HttpCase, CrmCase):
    def test_data_of_two_customers_are_completed_by_the_keyboard(self):
        self.user.password = "crm_user"
        rules = self.env["crm.completeness.rule"]
        rules.search([]).unlink()
        fields = self.env["ir.model.fields"]
        rules.create(
            [
                {
                    "field_id": fields._get("res.partner", "phone").id,
                    "weight": 3,
                    "hint": "Ask the reception.",
                },
                {"field_id": fields._get("res.partner", "city").id},
            ]
        )
        nord, olivar = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "user_id": self.user.id,
                    "value_class": value_class,
                }
                for name, value_class in (("Tour Nord", "a"), ("Tour Olivar", "b"))
            ]
        )
        self.start_tour(
            "/odoo/action-crm_base.res_partner_action_complete",
            "crm_base_complete_data",
            login="crm_user",
        )
        self.assertEqual((nord.phone, nord.city), ("+49 30 901820", "Berlin"))
        self.assertEqual((nord.completeness, olivar.completeness), (100, 75))


@tagged("post_install", "-at_install")
class TestConfirmTour(HttpCase, CrmCase):
    def test_phone_is_confirmed_with_one_click(self):
        self.user.password = "crm_user"
        self.anna.phone = "+49 30 901821"
        self.env["crm.relationship.change"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.env.company.id,
                "kind": "stage",
                "new": "regular",
            }
        )
        self.start_tour(
            f"/odoo/res.partner/{self.anna.id}",
            "crm_base_confirm_phone",
            login="crm_user",
        )
        point = self.anna.contact_point_ids
        self.assertEqual((point.how, point.user_id), ("hand", self.user))
