import doctest
from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import freeze_time, new_test_user, tagged

from ..tools import consent, forget
from .common import CrmCase


class ConsentCase(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls.env.ref("crm_base.purpose_marketing")
        cls.service = cls.env.ref("crm_base.purpose_service")

    @classmethod
    def _say(cls, status="granted", days=0, user=None, **vals):
        """Note what Anna said of marketing by e-mail, by default yes and now."""
        vals = {
            "partner_id": cls.anna.id,
            "channel": "email",
            "purpose_id": cls.marketing.id,
            "status": status,
            "date": fields.Datetime.now() + timedelta(days=days),
        } | vals
        return cls.env["crm.consent"].with_user(user or cls.user).create(vals)

    def _may(self, channel="email", purpose="marketing", partner=None):
        """Ask in both ways; they must agree."""
        partner = (partner or self.anna).with_user(self.user)
        answer = partner.may_contact(channel, purpose)
        domain = partner._may_contact_query(channel, purpose)
        found = partner.search(domain & Domain("id", "=", partner.id))
        self.assertEqual(bool(answer), bool(found), answer)
        return answer


@tagged("post_install", "-at_install")
class TestMayContact(ConsentCase):
    def test_examples_in_the_docstrings(self):
        for module in (consent, forget):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    def test_marketing_needs_consent(self):
        self.assertFalse(self._may())
        self._say()
        self.assertTrue(self._may())

    def test_service_is_allowed_until_refused(self):
        self.assertTrue(self._may(purpose="service"))
        self._say("withdrawn", purpose_id=self.service.id)
        self.assertFalse(self._may(purpose="service"))

    def test_answer_gives_its_reason(self):
        self.assertEqual(self._may().reason, "Consent is needed and there is none.")
        self._say("withdrawn")
        self.assertEqual(self._may().reason, "Consent was withdrawn.")

    def test_last_entry_rules(self):
        self._say(days=-3)
        self._say("withdrawn", days=-2)
        self.assertFalse(self._may())
        self._say(days=-1)
        self.assertTrue(self._may())

    def test_entry_noted_late_rules_by_its_own_date(self):
        self._say("withdrawn", days=-1)
        self._say(days=-5)
        self.assertFalse(self._may())

    def test_of_two_entries_in_one_second_the_later_noted_rules(self):
        moment = fields.Datetime.now() - timedelta(days=1)
        self._say(date=moment)
        self._say("withdrawn", date=moment)
        self.assertFalse(self._may())
        self._say(date=moment)
        self.assertTrue(self._may())

    def test_withdrawal_without_an_earlier_grant_is_fine(self):
        self._say("withdrawn")
        self.assertFalse(self._may())

    def test_entry_of_the_future_does_not_rule_yet(self):
        self._say(days=-1)
        self._say("withdrawn", days=2)
        self.assertTrue(self._may())

    def test_expired_grant_does_not_count(self):
        yesterday = date.today() - timedelta(days=1)
        self._say(days=-9, date_expiry=yesterday)
        self.assertFalse(self._may())
        self.assertEqual(self._may().reason, "The consent has expired.")

    def test_grant_counts_on_its_last_day(self):
        self._say(days=-9, date_expiry=date.today())
        self.assertTrue(self._may())

    def test_withdrawal_before_an_expired_grant_stands_again(self):
        self._say("withdrawn", days=-9, purpose_id=self.service.id)
        yesterday = date.today() - timedelta(days=1)
        self._say(days=-8, purpose_id=self.service.id, date_expiry=yesterday)
        self.assertFalse(self._may(purpose="service"))

    def test_grant_before_an_expired_one_does_not_come_back(self):
        self._say(days=-9)
        self._say(days=-8, date_expiry=date.today() - timedelta(days=1))
        self.assertFalse(self._may())

    def test_any_channel_holds_where_the_own_says_nothing(self):
        self._say(channel="any")
        self.assertTrue(self._may("email"))
        self.assertTrue(self._may("post"))
        self.assertFalse(self._may("email", "survey"))

    def test_refusal_of_one_channel_survives_a_later_general_grant(self):
        self._say("withdrawn", days=-2)
        self._say(days=-1, channel="any")
        self.assertFalse(self._may("email"))
        self.assertTrue(self._may("sms"))

    def test_do_not_contact_undoes_what_was_granted_before(self):
        self._say(days=-2)
        self._say("withdrawn", days=-1, channel="any", purpose_id=False)
        self.assertFalse(self._may("email"))
        self.assertFalse(self._may("post", "service"))

    def test_particular_grant_after_do_not_contact_opens_that_only(self):
        self._say("withdrawn", days=-2, channel="any", purpose_id=False)
        self._say(days=-1)
        self.assertTrue(self._may("email"))
        self.assertFalse(self._may("sms"))
        self.assertFalse(self._may("email", "service"))

    def test_blacklisted_mail_stops_mail_and_nothing_else(self):
        self._say(channel="any")
        self.env["mail.blacklist"].create({"email": self.anna.email})
        self.assertFalse(self._may("email"))
        self.assertTrue(self._may("sms"))
        self.env["mail.blacklist"]._remove(self.anna.email)
        self.assertTrue(self._may("email"))

    def test_blacklisted_phone_stops_calls_and_sms(self):
        self.anna.write(
            {"phone": "+49 30 901821", "country_id": self.env.ref("base.de")}
        )
        self._say(channel="any")
        self.env["phone.blacklist"].create({"number": "+4930901821"})
        self.assertFalse(self._may("phone"))
        self.assertFalse(self._may("sms"))
        self.assertTrue(self._may("email"))

    def test_rule_of_a_purpose_is_per_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.marketing.with_company(other).company_rule = "opt_out"
        anna = self.anna
        self.assertFalse(anna._may_contact("email", "marketing"))
        self.assertTrue(anna.with_company(other)._may_contact("email", "marketing"))

    def test_what_was_said_to_one_company_does_not_bind_another(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._say()
        with_other = self.anna.with_company(other)
        self.assertFalse(with_other._may_contact("email", "marketing"))
        self._say(company_id=False)
        self.assertTrue(with_other._may_contact("email", "marketing"))

    def test_unknown_channel_and_purpose_are_named(self):
        for channel, purpose, word in (
            ("telex", "marketing", "telex"),
            ("any", "marketing", "any"),
            ("email", "spam", "spam"),
        ):
            with self.assertRaisesRegex(UserError, word):
                self.anna.may_contact(channel, purpose)

    def test_who_is_not_of_the_suite_gets_no_answer(self):
        portal = new_test_user(self.env, "consent_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.anna.with_user(user).may_contact("email", "marketing")

    def test_many_are_asked_in_one_query(self):
        people = self.env["res.partner"].create(
            [{"name": f"Person {number}"} for number in range(50)]
        )
        self.env["crm.consent"].create(
            [
                {"partner_id": person.id, "purpose_id": self.marketing.id}
                for person in people[:20]
            ]
        )
        domain = people._may_contact_query("email", "marketing")
        domain &= Domain("id", "in", people.ids)
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = people.search(domain)
        self.assertEqual(found, people[:20])

    def test_customers_are_filtered_by_it(self):
        self._say()
        people = self.anna | self.jonas
        for value, expected in ((True, self.anna), (False, self.jonas)):
            found = people.with_user(self.user).search(
                [("id", "in", people.ids), ("may_email_marketing", "=", value)]
            )
            self.assertEqual(found, expected)
        self.assertTrue(self.anna.with_user(self.user).may_email_marketing)
        self.assertFalse(self.jonas.with_user(self.user).may_email_marketing)


@tagged("post_install", "-at_install")
class TestConsentLedger(ConsentCase):
    def test_nobody_changes_or_deletes_an_entry(self):
        entry = self._say()
        admin = self.env.ref("base.user_admin")
        for user in (self.user, self.manager, admin):
            mine = entry.with_user(user)
            for change in (
                lambda entry=mine: entry.write({"status": "withdrawn"}),
                mine.unlink,
            ):
                with self.assertRaisesRegex(AccessError, "prove"):
                    change()
        self.assertEqual(entry.status, "granted")

    def test_user_and_manager_add_entries_and_others_do_not(self):
        self._say(user=self.user)
        self._say(user=self.manager)
        portal = new_test_user(self.env, "consent_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._say(user=user)
            with self.assertRaises(AccessError):
                self.anna.consent_ids.with_user(user).read(["status"])

    def test_entry_is_noted_in_ones_own_name(self):
        entry = self._say(user_id=self.colleague.id)
        self.assertEqual(entry.user_id, self.user)

    def test_expiry_before_the_consent_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Valid Until"):
            self._say(date_expiry=date.today() - timedelta(days=1))

    def test_withdrawal_has_no_expiry(self):
        with self.assertRaisesRegex(ValidationError, "withdrawal"):
            self._say("withdrawn", date_expiry=date.today())

    def test_entry_about_another_companys_contact_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        with self.assertRaises(UserError):
            self._say(partner_id=theirs.id)

    def test_entry_of_another_company_is_not_read(self):
        other = self.env["res.company"].create({"name": "Other"})
        entry = self.env["crm.consent"].create(
            {
                "partner_id": self.anna.id,
                "purpose_id": self.marketing.id,
                "company_id": other.id,
            }
        )
        with self.assertRaises(AccessError):
            entry.with_user(self.user).read(["status"])
        self.assertFalse(self.anna.with_user(self.user).consent_ids)

    def test_contact_with_consent_is_not_deleted(self):
        self._say()
        with self.assertRaisesRegex(UserError, "forget the person"):
            self.anna.with_user(self.manager).unlink()

    def test_contact_with_a_note_is_not_deleted(self):
        self._note(self.jonas, "Called")
        with self.assertRaisesRegex(UserError, "has a history"):
            self.jonas.with_user(self.manager).unlink()
        self.assertTrue(self.jonas.interaction_ids)

    def test_contact_without_history_is_deleted(self):
        self.jonas.with_user(self.user).unlink()
        self.assertFalse(self.jonas.exists())

    def test_user_of_the_suite_exports_only_with_the_right(self):
        customer = self.customer.with_user(self.user)
        with self.assertRaisesRegex(UserError, "export"):
            customer.export_data(["name"])
        self.user.group_ids += self.env.ref("base.group_allow_export")
        self.assertEqual(customer.export_data(["name"])["datas"], [["Nordlicht"]])

    def test_purpose_that_came_with_the_suite_stays(self):
        purpose = self.marketing.with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, "Archive"):
            purpose.unlink()
        with self.assertRaisesRegex(ValidationError, "code"):
            purpose.code = "other"
        purpose.name = "Advertising"

    def test_manager_adds_a_purpose_and_a_user_does_not(self):
        purposes = self.env["crm.consent.purpose"]
        vals = {"name": "Events", "code": "event"}
        with self.assertRaises(AccessError):
            purposes.with_user(self.user).create(vals)
        with self.assertRaises(AccessError):
            self.marketing.with_user(self.user).rule = "opt_out"
        purposes.with_user(self.manager).create(vals).unlink()
        with self.assertRaises(AccessError):
            self.marketing.with_user(self.outsider).read(["name"])


@tagged("post_install", "-at_install")
class TestConsentOnTheContact(ConsentCase):
    def _warning(self, partner):
        warnings = partner.with_user(self.user).crm_card()["warnings"]
        return next((w["text"] for w in warnings if w["key"] == "consent"), "")

    def test_card_warns_of_do_not_contact(self):
        self.assertFalse(self._warning(self.anna))
        self._say("withdrawn", channel="any", purpose_id=False)
        self.assertTrue(self.anna.do_not_contact)
        self.assertIn("Do not contact", self._warning(self.anna))
        self.assertFalse(self._warning(self.jonas))

    def test_card_warns_of_no_marketing_by_mail(self):
        self._say("withdrawn", days=-1)
        self.assertIn("No marketing by e-mail", self._warning(self.anna))
        self._say()
        self.assertFalse(self._warning(self.anna))

    def test_flags_are_per_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._say("withdrawn", channel="any", purpose_id=False)
        self.assertFalse(self.anna.with_company(other).do_not_contact)

    def test_copy_of_a_contact_has_no_flag(self):
        self._say("withdrawn", channel="any", purpose_id=False)
        self.assertFalse(self.anna.copy().do_not_contact)

    def test_job_raises_the_flag_when_an_entry_comes_into_force(self):
        self._say("withdrawn", days=1, channel="any", purpose_id=False)
        self.assertFalse(self.anna.do_not_contact)
        cron = self.env.ref("crm_base.ir_cron_consent_flags")
        late = fields.Datetime.now() + timedelta(days=4)
        self.env.flush_all()
        with self.enter_registry_test_mode(), freeze_time(late):
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self.anna.do_not_contact)

    def test_overview_shows_the_state_of_each_channel(self):
        self._say()
        self._say("withdrawn", channel="phone")
        overview = self.anna.with_user(self.user).consent_overview
        self.assertEqual(overview.count("fa-check"), 1)
        self.assertEqual(overview.count("fa-ban"), 1)
        self.assertIn("Marketing", overview)

    def test_overview_escapes_names(self):
        self.marketing.name = "<script>alert(1)</script>"
        self.assertNotIn("<script>", self.anna.consent_overview)

    def test_buttons_open_an_entry_that_is_filled_in(self):
        action = self.anna.with_user(self.user).action_do_not_contact()
        entries = self.env["crm.consent"].with_context(**action["context"])
        entry = entries.with_user(self.user).create({})
        self.assertEqual(
            (entry.partner_id, entry.channel, entry.status),
            (self.anna, "any", "withdrawn"),
        )
        self.assertFalse(entry.purpose_id)
        action = self.anna.with_user(self.user).action_grant_consent()
        self.assertEqual(action["context"]["default_purpose_id"], self.marketing.id)
