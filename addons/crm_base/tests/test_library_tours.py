from odoo.tests import HttpCase, tagged

from .library import LibraryCase


@tagged("post_install", "-at_install")
class TestDocumentTour(HttpCase, LibraryCase):
    def test_document_is_registered_and_gets_a_new_version(self):
        self.user.password = "crm_user"
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "crm_base_document",
            login="crm_user",
        )
        first, second = self.env["crm.document"].search(
            [("partner_id", "=", self.customer.id)], order="version"
        )
        self.assertRecordValues(
            first + second,
            [
                {"version": 1, "state": "superseded", "file_name": "contract.txt"},
                {"version": 2, "state": "valid", "file_name": "contract2.txt"},
            ],
        )


@tagged("post_install", "-at_install")
class TestMaterialTour(HttpCase, LibraryCase):
    def test_material_is_sent_and_seen_opened(self):
        self.user.password = "crm_user"
        self._material(name="Machines at a glance")
        self.start_tour(
            f"/odoo/res.partner/{self.anna.id}",
            "crm_base_material_send",
            login="crm_user",
        )
        send = self.env["crm.material.send"].search([("partner_id", "=", self.anna.id)])
        self.assertEqual(send.subject, "Machines at a glance")
        self.authenticate(None, None)
        self.url_open(
            f"/crm/material/{send.token}", headers={"User-Agent": "Firefox/140.0"}
        )
        self.start_tour(
            f"/odoo/res.partner/{self.anna.id}",
            "crm_base_material_opened",
            login="crm_user",
        )


@tagged("post_install", "-at_install")
class TestMaterialTourOnPhone(TestMaterialTour):
    browser_size = "390x844"
    touch_enabled = True
