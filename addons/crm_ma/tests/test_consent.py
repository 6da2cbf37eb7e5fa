from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestMailingConsent(BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "ma_consent", groups="mass_mailing.group_mass_mailing_user"
        )
        cls.yes, cls.no, cls.silent = cls.env["res.partner"].create(
            [
                {"name": name, "email": f"{name}@consent.example.com"}
                for name in ("yes", "no", "silent")
            ]
        )
        cls.people = cls.yes | cls.no | cls.silent
        cls.marketing = cls.env.ref("crm_base.purpose_marketing")
        cls.service = cls.env.ref("crm_base.purpose_service")
        cls._say(cls.yes, "granted")
        cls._say(cls.no, "withdrawn")

    @classmethod
    def _say(cls, partner, status, **vals):
        vals = {
            "partner_id": partner.id,
            "channel": "email",
            "purpose_id": cls.marketing.id,
            "status": status,
        } | vals
        return cls.env["crm.consent"].create(vals)

    def _last(self):
        return self.env["crm.consent"].search(
            [("partner_id", "=", self.yes.id)], limit=1
        )

    def _mailing(self, records=None, **vals):
        records = self.people if records is None else records
        vals = {
            "subject": "Autumn",
            "body_html": "<p>Come.</p>",
            "mailing_model_id": self.env["ir.model"]._get_id(records._name),
            "mailing_domain": str([("id", "in", records.ids)]),
            "user_id": self.marketer.id,
        } | vals
        return self.env["mailing.mailing"].with_user(self.marketer).create(vals)

    def test_only_who_agreed_gets_marketing(self):
        mailing = self._mailing()
        self.assertEqual(mailing._get_remaining_recipients(), self.yes.ids)
        self.assertEqual(mailing.total, 1)
        self.assertEqual(mailing.refused_count, 2)

    def test_mailing_is_sent_to_those_and_no_others(self):
        mailing = self._mailing()
        mailing.action_send_mail()
        self.assertEqual(mailing.mailing_trace_ids.mapped("res_id"), self.yes.ids)

    def test_mailing_that_nobody_may_get_is_not_sent(self):
        with self.assertRaises(UserError):
            self._mailing(self.no).action_send_mail()

    def test_service_goes_to_all_who_did_not_refuse(self):
        self._say(self.silent, "withdrawn", purpose_id=self.service.id)
        mailing = self._mailing(purpose_id=self.service.id)
        found = mailing._get_remaining_recipients()
        self.assertEqual(set(found), set((self.yes | self.no).ids))
        self.assertEqual(mailing.refused_count, 1)

    def test_half_of_a_test_in_two_versions_comes_from_those_who_agreed(self):
        mailing = self._mailing(ab_testing_enabled=True, ab_testing_pc=50)
        self.assertLessEqual(set(mailing._get_remaining_recipients()), {self.yes.id})

    def test_subscriber_gets_mail_unless_a_contact_with_the_address_refused(self):
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        mails = (self.no.email, self.silent.email, "new@consent.example.com", False)
        contacts = self.env["mailing.contact"].create(
            [{"name": "S", "email": m, "list_ids": mailing_list.ids} for m in mails]
        )
        mailing = self._mailing(
            contacts, contact_list_ids=mailing_list.ids, mailing_domain="[]"
        )
        mailing.mailing_domain = str([("list_ids", "in", mailing_list.ids)])
        found = mailing._get_remaining_recipients()
        self.assertEqual(set(found), set(contacts[1:].ids))

    def test_many_recipients_cost_no_more_queries(self):
        few = self._count_queries(self._mailing())
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@x.example.com"} for n in range(60)]
        )
        self.env["crm.consent"].create(
            [
                {"partner_id": partner.id, "purpose_id": self.marketing.id}
                for partner in people
            ]
        )
        self.assertLessEqual(self._count_queries(self._mailing(people)), few)

    def _count_queries(self, mailing):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertTrue(mailing._get_recipients())
        return self.env.cr.sql_log_count - before

    def test_unsubscribing_is_entered_in_the_ledger(self):
        public = self.env.ref("base.public_user")
        blacklist = self.env["mail.blacklist"].with_user(public).sudo()
        blacklist._add(self.yes.email)
        entry = self._last()
        self.assertEqual((entry.status, entry.source), ("withdrawn", "unsubscribe"))
        blacklist._remove(self.yes.email)
        self.assertEqual(self._last().status, "granted")
        self.assertTrue(self.yes.may_contact("email", "marketing"))

    def test_colleague_who_lifts_the_blacklist_gives_no_consent(self):
        blacklist = self.env["mail.blacklist"].with_user(self.marketer)
        blacklist._add(self.yes.email)
        self.assertEqual(self._last().source, "hand")
        self.env["mail.blacklist"]._remove(self.yes.email)
        self.assertFalse(self.yes.may_contact("email", "marketing"))

    def test_leaving_a_list_is_entered_for_newsletters(self):
        mailing_list = self.env["mailing.list"].create({"name": "News"})
        self.env["mailing.contact"].create(
            {"name": "S", "email": self.yes.email, "list_ids": mailing_list.ids}
        )
        public = self.env.ref("base.public_user")
        mailing_list.with_user(public).sudo()._update_subscription_from_email(
            self.yes.email
        )
        entry = self._last()
        self.assertEqual(entry.purpose_id.code, "newsletter")
        self.assertEqual((entry.status, entry.proof), ("withdrawn", "News"))
        self.assertTrue(self.yes.may_contact("email", "marketing"))
