from odoo.tests import HttpCase, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestPromiseTour(HttpCase, CrmCase):
    def setUp(self):
        super().setUp()
        self.user.password = "crm_user"

    def test_promise_is_noted_seen_overdue_and_kept(self):
        self.start_tour(
            "/odoo/action-crm_base.crm_promise_action",
            "crm_base_promise",
            login="crm_user",
        )
        self.assertRecordValues(
            self.env["crm.promise"].search([("partner_id", "=", self.anna.id)]),
            [{"name": "Send a sample", "state": "kept", "proof": "Waybill 4711"}],
        )

    def test_promise_and_need_come_out_of_a_talk(self):
        note = self._note(self.anna, "Talk")
        self.start_tour(
            f"/odoo/crm.interaction/{note.id}",
            "crm_base_promise_in_a_talk",
            login="crm_user",
        )
        self.assertRecordValues(
            note.promise_ids,
            [{"name": "Send a price list", "partner_id": self.anna.id}],
        )
        need = self.env["crm.need"].search([("partner_id", "=", self.anna.id)])
        self.assertEqual((need.reference, need.amount), (note, 2500))
