from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CrmCase


class CurrencyCase(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.points = cls.env["crm.contact.point"]
        cls.rules = cls.env["crm.currency.rule"]
        cls.rules.search([]).unlink()
        cls.rules.create(
            [
                {"kind": "phone", "max_days": 365},
                {"kind": "phone", "max_days": 90, "value_class": "a"},
                {"kind": "email", "max_days": 365},
            ]
        )
        cls.anna.phone = "+49 30 901821"
        cls.stranger.write({"phone": "+34 954123456", "email": "o@olivar.example.com"})

    def _point(self, partner, kind="phone"):
        return self.points.search(
            [
                ("partner_id", "=", partner.id),
                ("kind", "=", kind),
                ("is_current", "=", True),
            ]
        )

    def _days_ago(self, days):
        return fields.Datetime.now() - timedelta(days=days)

    def _confirm(self, partner, kind="phone", how="hand", days=0):
        partner._confirm_contact_point(kind, how, self._days_ago(days))

    def _run_job(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"crm_base.{name}").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestConfirmation(CurrencyCase):
    def test_click_confirms_with_date_and_name(self):
        self.anna.with_user(self.user).action_confirm_phone()
        self.assertRecordValues(
            self._point(self.anna),
            [
                {
                    "value": "+4930901821",
                    "how": "hand",
                    "user_id": self.user.id,
                    "state": "confirmed",
                }
            ],
        )
        self.assertIn(self.user.name, self.anna.phone_status)

    def test_change_of_the_value_ends_the_confirmation(self):
        self._confirm(self.anna)
        self.anna.phone = "+49 30 901899"
        self.assertEqual(self._point(self.anna).state, "outdated")
        self.assertEqual(self.anna.phone_status, "Never confirmed")

    def test_other_spelling_of_the_same_number_does_not(self):
        self._confirm(self.anna)
        self.anna.phone = "+49 (30) 90-18-21"
        self.assertEqual(self._point(self.anna).state, "confirmed")

    def test_detail_that_is_not_there_cannot_be_confirmed(self):
        self.jonas.with_user(self.user).action_confirm_phone()
        self.assertFalse(self._point(self.jonas))

    def test_confirming_again_on_the_same_day_keeps_one_row(self):
        self._confirm(self.anna)
        self._confirm(self.anna)
        self.assertEqual(len(self.anna.contact_point_ids), 1)

    def test_history_is_kept(self):
        self._confirm(self.anna, days=30)
        self.anna.with_user(self.user).action_refute_phone()
        self.anna.with_user(self.colleague).action_confirm_phone()
        self.assertEqual(
            self.anna.contact_point_ids.sorted("id").mapped("state"),
            ["outdated", "outdated", "confirmed"],
        )

    def test_earlier_finding_does_not_overrule_a_later_one(self):
        self.anna.with_user(self.user).action_refute_phone()
        self._confirm(self.anna, how="call", days=3)
        self.assertEqual(self._point(self.anna).state, "refuted")

    def test_date_to_come_counts_as_now(self):
        self._confirm(self.anna, days=-5)
        self.assertLessEqual(
            self._point(self.anna).confirmed_date, fields.Datetime.now()
        )

    def test_only_one_row_is_current(self):
        self._confirm(self.anna)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.points.create(
                {"partner_id": self.anna.id, "kind": "phone", "value": "1"}
            )

    def test_people_at_their_companys_address_have_none_of_their_own(self):
        self.customer.write({"street": "Oranienstraße 25", "city": "Berlin"})
        self._confirm(self.customer | self.anna, "address")
        self.assertTrue(self._point(self.customer, "address"))
        self.assertFalse(self._point(self.anna, "address"))
        self.customer.city = "Potsdam"
        self.assertEqual(self._point(self.customer, "address").state, "outdated")

    def test_value_of_ten_thousand_letters_is_confirmed_too(self):
        self.anna.phone = "Ж" * 10_000
        self._confirm(self.anna)
        self.assertEqual(self._point(self.anna).state, "confirmed")


@tagged("post_install", "-at_install")
class TestProofs(CurrencyCase):
    def _mail(self, sender="anna@n.example.com", **headers):
        lines = {
            "From": f"Anna <{sender}>",
            "To": "post@suite.example.com",
            "Subject": "Hello",
            "Message-Id": f"<{sender}@n.example.com>",
            **headers,
        }
        head = "\n".join(f"{name}: {value}" for name, value in lines.items())
        return f"{head}\n\nHello\n"

    def _receive(self, mail):
        self.env["mail.thread"].message_process("res.partner", mail)

    def test_call_from_the_customer_confirms_the_phone(self):
        self._note(self.anna, "Call", date=self._days_ago(2))
        self.assertEqual(self._point(self.anna).how, "call")

    def test_call_to_the_customer_proves_nothing(self):
        self._note(self.anna, "Call", direction="out")
        self._note(self.anna, "Visit", kind="visit")
        self.assertFalse(self._point(self.anna))

    def test_mail_from_the_address_confirms_it(self):
        self._receive(self._mail())
        self.assertRecordValues(
            self._point(self.anna, "email"),
            [{"how": "reply", "value": "anna@n.example.com", "state": "confirmed"}],
        )

    def test_many_mails_keep_one_row(self):
        for _number in range(5):
            self.env["res.partner"].browse(self.anna.id)._confirm_contact_point(
                "email", "reply"
            )
        self.assertEqual(len(self.anna.contact_point_ids), 1)

    def test_machine_does_not_replace_what_a_person_confirmed_this_week(self):
        self._confirm(self.anna, "email", days=1)
        self._confirm(self.anna, "email", how="reply")
        self.assertEqual(self._point(self.anna, "email").how, "hand")

    def test_mail_that_comes_back_refutes_the_address(self):
        self._confirm(self.anna, "email", days=20)
        self.anna._message_receive_bounce("anna@n.example.com", self.anna)
        point = self._point(self.anna, "email")
        self.assertEqual((point.state, point.how), ("refuted", "bounce"))
        self.assertIn("anna@n.example.com", point.reason)
        warnings = self.anna.with_user(self.user).crm_card()["warnings"]
        texts = " ".join(warning["text"] for warning in warnings)
        self.assertIn("came back", texts)

    def test_new_address_after_a_bounce_is_not_wrong(self):
        self.anna._message_receive_bounce("anna@n.example.com", self.anna)
        self.anna.email = "anna.berg@n.example.com"
        self.assertEqual(self.anna.email_status, "Never confirmed")

    def _sent(self, partner, days, status="sent"):
        message = self.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": partner.id,
                "message_type": "comment",
                "date": self._days_ago(days),
            }
        )
        return self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": partner.id,
                "notification_type": "email",
                "notification_status": status,
            }
        )

    def test_mail_that_arrived_refreshes_a_confirmation_that_grows_old(self):
        self._confirm(self.anna, "email", days=100)
        self._sent(self.anna, 5)
        self._run_job("ir_cron_refresh_delivered")
        point = self._point(self.anna, "email")
        self.assertEqual(point.how, "delivered")
        self.assertEqual(point.confirmed_date.date(), self._days_ago(5).date())
        rows = len(self.anna.contact_point_ids)
        self._run_job("ir_cron_refresh_delivered")
        self.assertEqual(len(self.anna.contact_point_ids), rows)

    def test_mail_that_arrived_does_not_make_a_confirmation(self):
        self._sent(self.anna, 5)
        self._run_job("ir_cron_refresh_delivered")
        self.assertFalse(self._point(self.anna, "email"))

    def test_mail_of_today_may_still_come_back(self):
        self._confirm(self.anna, "email", days=100)
        self._sent(self.anna, 1)
        self._sent(self.anna, 6, "bounce")
        self._run_job("ir_cron_refresh_delivered")
        self.assertEqual(self._point(self.anna, "email").how, "hand")


@tagged("post_install", "-at_install")
class TestStale(CurrencyCase):
    def _stale(self, user=None):
        partners = self.env["res.partner"].with_user(user or self.user)
        ours = (self.customer | self.stranger | self.anna | self.jonas).ids
        return partners.search([("is_phone_stale", "=", True), ("id", "in", ours)])

    def test_what_was_never_confirmed_is_stale(self):
        self.assertEqual(self._stale(), self.anna | self.stranger)
        self.assertTrue(self.anna.is_phone_stale)
        self.assertFalse(self.jonas.is_phone_stale)

    def test_search_and_field_agree(self):
        self._confirm(self.anna, days=100)
        self._confirm(self.stranger, days=100)
        # Ninety days for class A, a year for the others.
        self.assertEqual(self._stale(), self.anna)
        self.assertTrue(self.anna.is_phone_stale)
        self.assertFalse(self.stranger.is_phone_stale)
        others = self.env["res.partner"].search([("is_phone_stale", "=", False)])
        self.assertIn(self.stranger, others)
        self.assertNotIn(self.anna, others)

    def test_it_becomes_stale_by_time_alone(self):
        self._confirm(self.stranger)
        self.assertFalse(self.stranger.is_phone_stale)
        with freeze_time(fields.Datetime.now() + timedelta(days=366)):
            self.env.invalidate_all()
            self.assertTrue(self.stranger.is_phone_stale)
            self.assertIn(self.stranger, self._stale())

    def test_without_a_rule_nothing_is_stale(self):
        self.rules.search([("kind", "=", "phone")]).unlink()
        self.assertFalse(self._stale())
        self.assertFalse(self.anna.is_phone_stale)

    def test_class_is_that_of_the_company_one_works_in(self):
        self._confirm(self.anna, days=100)
        other = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids += other
        self.assertTrue(self.anna.is_phone_stale)
        self.assertFalse(self.anna.with_company(other).is_phone_stale)

    def test_card_warns_and_stops_warning(self):
        def keys():
            warnings = self.anna.with_user(self.user).crm_card()["warnings"]
            return [warning["key"] for warning in warnings]

        self.assertIn("detail_phone", keys())
        self.anna.with_user(self.user).action_confirm_phone()
        self.env.invalidate_all()
        self.assertNotIn("detail_phone", keys())

    def test_list_pays_no_queries_a_record(self):
        def queries(count):
            partners = self.env["res.partner"].create(
                [{"name": f"P{n}", "phone": f"+4930{n:07}"} for n in range(count)]
            )
            partners._confirm_contact_point("phone", "call")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.with_user(self.user).read(
                ["phone_status", "email_status", "is_phone_stale", "has_stale_details"]
            )
            return self.env.cr.sql_log_count - before

        queries(5)
        # What is cached for all may be read again in between; seventy more would show.
        self.assertLess(queries(80) - queries(10), 5)


@tagged("post_install", "-at_install")
class TestConfirmTasks(CurrencyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The job looks at all contacts: those of other tests have no salesperson.
        cls.env["res.partner"].search([]).user_id = False
        cls.rules.search([("kind", "=", "phone")]).has_tasks = True
        cls.anna.user_id = cls.user

    def _tasks(self, partner):
        return partner.with_context(active_test=False).activity_ids.filtered(
            lambda task: (
                task.activity_type_id
                == self.env.ref("crm_base.activity_type_confirm_phone")
            )
        )

    def _plan(self):
        self._run_job("ir_cron_plan_confirm_tasks")

    def test_stale_phone_is_a_task_of_the_salesperson_once(self):
        self._plan()
        self._plan()
        self.assertEqual(self._tasks(self.anna).user_id, self.user)
        self.assertEqual(len(self._tasks(self.anna)), 1)

    def test_confirming_closes_the_task(self):
        self._plan()
        self.anna.with_user(self.colleague).action_confirm_phone()
        self.assertFalse(self._tasks(self.anna).filtered("active"))
        self._plan()
        self.assertFalse(self._tasks(self.anna).filtered("active"))

    def test_without_a_salesperson_it_is_nobodys_task(self):
        self._plan()
        self.assertFalse(self._tasks(self.stranger))

    def test_without_a_salesperson_it_is_the_rules_employees_task(self):
        self.rules.search([("kind", "=", "phone")]).user_id = self.colleague
        self.env["res.partner"].search(
            [("id", "not in", (self.stranger | self.anna).ids), ("phone", "!=", False)]
        ).phone = False
        self._plan()
        self.assertEqual(self._tasks(self.stranger).user_id, self.colleague)

    def test_nobody_gets_more_than_so_many_a_day(self):
        self.env["ir.config_parameter"].set_param("crm_base.confirm_tasks_a_day", "3")
        partners = self.env["res.partner"].create(
            [
                {"name": f"P{n}", "phone": "+49309018", "user_id": self.user.id}
                for n in range(9)
            ]
        )
        self._plan()
        self.assertEqual(len(self._tasks(partners | self.anna)), 3)
        self._plan()
        self.assertEqual(len(self._tasks(partners | self.anna)), 3)
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.assertEqual(self.rules._tasks_left(self.user), 3)

    def test_best_customers_come_first(self):
        self.env["ir.config_parameter"].set_param("crm_base.confirm_tasks_a_day", "1")
        self.stranger.user_id = self.user
        self._plan()
        self.assertTrue(self._tasks(self.anna))
        self.assertFalse(self._tasks(self.stranger))

    def test_setting_that_is_no_number_is_ignored(self):
        self.env["ir.config_parameter"].set_param("crm_base.confirm_tasks_a_day", "-x")
        self.assertEqual(self.rules._tasks_a_day(), 10)

    def test_task_goes_with_the_phone(self):
        self._plan()
        self.anna.phone = False
        self._plan()
        self.assertFalse(self._tasks(self.anna).filtered("active"))

    def test_own_phone_is_an_employees_own_task(self):
        self.colleague.partner_id.phone = "+49 30 901850"
        self._plan()
        task = self._tasks(self.colleague.partner_id)
        self.assertEqual(task.user_id, self.colleague)

    def test_archived_salesperson_gets_no_task(self):
        self.user.active = False
        self._plan()
        self.assertFalse(self._tasks(self.anna))


@tagged("post_install", "-at_install")
class TestCurrencyRights(CurrencyCase):
    def test_user_reads_confirmations_and_changes_none(self):
        self._confirm(self.anna)
        for user in (self.user, self.manager):
            point = self._point(self.anna).with_user(user)
            self.assertEqual(point.value, "+4930901821")
            for change in (
                lambda point=point: point.write({"value": "1"}),
                point.unlink,
                lambda point=point: point.copy({"is_current": False}),
            ):
                with self.assertRaises(AccessError):
                    change()

    def test_nobody_outside_the_suite_reads_or_confirms(self):
        self._confirm(self.anna)
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._point(self.anna).with_user(user).read(["value"])
            with self.assertRaises(AccessError):
                self.anna.with_user(user).action_confirm_phone()
            with self.assertRaises(AccessError):
                self.anna.with_user(user).action_refute_email()

    def test_confirmation_of_another_companys_contact_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self.env["res.partner"].create(
            {"name": "Hidden", "phone": "+49 30 901855", "company_id": other.id}
        )
        self._confirm(hidden)
        with self.assertRaises(AccessError):
            self._point(hidden).with_user(self.user).read(["value"])
        with self.assertRaises(AccessError):
            hidden.with_user(self.user).action_confirm_phone()

    def test_manager_sets_the_rules_and_user_reads_them(self):
        rule = self.rules.search([], limit=1)
        rule.with_user(self.manager).max_days = 33
        self.assertEqual(rule.with_user(self.user).max_days, 33)
        for change in (
            lambda: rule.with_user(self.user).write({"max_days": 1}),
            rule.with_user(self.user).unlink,
            lambda: self.rules.with_user(self.user).create({"kind": "address"}),
        ):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaises(AccessError):
            rule.with_user(self.outsider).read(["max_days"])

    def _refused(self, **vals):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.rules.create({"kind": "phone"} | vals)

    def test_age_of_no_days_is_refused(self):
        self._refused(kind="address", max_days=0)

    def test_second_rule_for_detail_and_class_is_refused(self):
        self._refused(max_days=5)
        self._refused(max_days=5, value_class="a")


@tagged("post_install", "-at_install")
class TestImportCost(CurrencyCase):
    def test_import_pays_no_queries_of_ours_a_contact(self):
        rows = [
            [f"Contact {n}", f"c{n}@x.example.com", f"+49 30 {9018000 + n}"]
            for n in range(100)
        ]
        partners = self.env["res.partner"].with_context(tracking_disable=True)
        ours = []
        execute = type(self.env.cr).execute

        def spy(cursor, query, *args, **kwargs):
            text = str(query)
            if any(
                word in text
                for word in ("crm_contact_point", "crm_relationship", "AS total")
            ):
                ours.append(text)
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", spy)
        partners.load(["name", "email", "phone"], rows)
        self.env.flush_all()
        self.assertLess(len(ours), 10, "\n".join(ours[:20]))


@tagged("post_install", "-at_install")
class TestPortalSave(HttpCase, CurrencyCase):
    def test_customer_confirms_by_saving_the_own_details(self):
        user = new_test_user(
            self.env,
            "crm_portal_save",
            groups="base.group_portal",
            password="crm_portal_save",
            email="save@n.example.com",
        )
        country = self.env.ref("base.de")
        user.partner_id.write(
            {
                "phone": "+49 30 901877",
                "street": "Oranienstraße 25",
                "zip": "10999",
                "city": "Berlin",
                "country_id": country.id,
            }
        )
        self.authenticate("crm_portal_save", "crm_portal_save")
        partner = user.partner_id
        answer = self.url_open(
            "/my/address/submit",
            data={
                "partner_id": partner.id,
                "name": partner.name,
                "email": partner.email,
                "phone": partner.phone,
                "street": partner.street,
                "zip": partner.zip,
                "city": partner.city,
                "country_id": country.id,
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        self.assertNotIn("messages", answer.json())
        self.assertEqual(self._point(partner).how, "portal")
        self.assertEqual(self._point(partner, "address").user_id, user)
