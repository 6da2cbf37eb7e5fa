from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestMailingHistory(BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "ma_marketer", groups="mass_mailing.group_mass_mailing_user"
        )
        cls.agent = new_test_user(
            cls.env, "ma_agent", groups="crm_base.crm_base_group_user"
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Nordlicht", "email": "info@nordlicht.example.com"}
        )
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Autumn tasting",
                "mailing_model_id": cls.env.ref("base.model_res_partner").id,
                "body_html": "<p>Come.</p>",
                "user_id": cls.marketer.id,
            }
        )

    def _create_trace(self, **vals):
        vals = {
            "mass_mailing_id": self.mailing.id,
            "model": "res.partner",
            "res_id": self.customer.id,
            "email": self.customer.email,
        } | vals
        return self.env["mailing.trace"].create(vals)

    def _kinds(self, user):
        page = self.env["crm.timeline"].with_user(user).read_page(self.customer.id)
        return [(row["kind"], row["subject"]) for row in page["rows"]]

    def test_mailing_sent_and_opened_are_two_contacts(self):
        self._create_trace(
            trace_status="open",
            sent_datetime="2026-02-01 08:00:00",
            open_datetime="2026-02-02 09:00:00",
        )
        self.assertEqual(
            self._kinds(self.marketer),
            [("opened", "Autumn tasting"), ("mailing", "Autumn tasting")],
        )

    def test_mailing_that_was_not_sent_is_no_contact(self):
        self._create_trace(trace_status="outgoing")
        self.assertEqual(self._kinds(self.marketer), [])

    def test_trace_of_another_model_with_the_same_id_is_not_theirs(self):
        self._create_trace(model="mailing.contact", sent_datetime="2026-02-01 08:00:00")
        self.assertEqual(self._kinds(self.marketer), [])

    def test_who_may_not_read_mailings_sees_none(self):
        self._create_trace(trace_status="sent", sent_datetime="2026-02-01 08:00:00")
        self.assertEqual(self._kinds(self.agent), [])
        parts = self.customer.with_user(self.agent).crm_card()["parts"]
        self.assertNotIn("mailings", {part["key"] for part in parts})

    def test_card_shows_how_many_were_opened(self):
        self._create_trace(sent_datetime="2026-02-01 08:00:00")
        self._create_trace(
            sent_datetime="2026-02-01 08:00:00", open_datetime="2026-02-02 09:00:00"
        )
        parts = self.customer.with_user(self.marketer).crm_card()["parts"]
        self.assertEqual(
            next(part["value"] for part in parts if part["key"] == "mailings"), "1 / 2"
        )
