from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CrmCase

NOW = "2026-03-10 09:00:00"


class OccasionCase(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(NOW)
        clock.start()
        cls.addClassCleanup(clock.stop)
        # Records carry the database's own time.
        cls.age = timedelta(days=400)

    @classmethod
    def _create(cls, day, user=None, **vals):
        vals = {
            "kind": "birthday",
            "partner_id": cls.anna.id,
            "user_id": cls.user.id,
            "date": day,
        } | vals
        occasion = cls.env["crm.occasion"].with_user(user or cls.user).create(vals)
        cls.env.cr.execute(
            "UPDATE crm_occasion SET create_date = %s WHERE id = %s",
            (fields.Datetime.now() - cls.age, occasion.id),
        )
        return occasion

    def _next(self, day, today=None, **vals):
        with freeze_time(today or NOW):
            occasion = self._create(day, **vals)
        following = occasion.next_date
        occasion.unlink()
        return following

    def _prepare(self, today=NOW):
        self.env.flush_all()
        with self.enter_registry_test_mode(), freeze_time(today):
            self.env.ref("crm_base.ir_cron_occasion_prepare").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestOccasion(OccasionCase):
    def test_next_day_is_this_year_or_the_next(self):
        for day, expected in (
            ("1985-03-10", date(2026, 3, 10)),
            ("1985-03-11", date(2026, 3, 11)),
            ("1985-03-09", date(2027, 3, 9)),
            ("1900-12-31", date(2026, 12, 31)),
        ):
            self.assertEqual(self._next(day), expected, day)

    def test_29_february_is_kept_on_the_28th_or_on_1_march(self):
        for today, leap_day, expected in (
            ("2026-02-01", "feb28", date(2026, 2, 28)),
            ("2026-02-01", "mar1", date(2026, 3, 1)),
            ("2028-02-01", "feb28", date(2028, 2, 29)),
            ("2028-02-01", "mar1", date(2028, 2, 29)),
            ("2026-03-01", "feb28", date(2027, 2, 28)),
            ("2026-03-01", "mar1", date(2026, 3, 1)),
            ("2099-12-01", "feb28", date(2100, 2, 28)),
        ):
            with self.subTest(today=today, leap_day=leap_day):
                following = self._next("1984-02-29", today, leap_day=leap_day)
                self.assertEqual(following, expected)

    def test_what_happens_once_is_over_afterwards(self):
        once = {"kind": "other", "name": "Opening", "is_yearly": False}
        self.assertEqual(self._next("2026-04-01", **once), date(2026, 4, 1))
        self.assertFalse(self._next("2026-03-09", **once))

    def test_anniversary_does_not_come_before_its_first_day(self):
        day = self._next("2030-01-05", kind="anniversary")
        self.assertEqual(day, date(2030, 1, 5))
        day = self._next("9999-12-31", kind="anniversary")
        self.assertEqual(day, date(9999, 12, 31))

    def test_year_that_is_not_known_does_not_count(self):
        day = self._next("2030-01-05", is_year_known=False)
        self.assertEqual(day, date(2027, 1, 5))

    def test_years_are_told_where_the_year_is_known(self):
        birthday = self._create("1986-04-02")
        self.assertEqual(birthday.years, 40)
        birthday.is_year_known = False
        self.assertEqual(birthday.years, 0)

    def test_next_day_follows_the_date(self):
        birthday = self._create("1986-04-02")
        birthday.date = "1986-05-02"
        self.assertEqual(birthday.next_date, date(2026, 5, 2))

    def test_birthday_of_the_future_is_refused(self):
        for day in ("2026-03-11", "9999-01-01"):
            with (
                self.assertRaisesRegex(ValidationError, "future"),
                self.env.cr.savepoint(),
            ):
                self._create(day)

    def test_birthday_needs_a_person(self):
        with self.assertRaisesRegex(ValidationError, "Whose"):
            self._create("1985-01-01", partner_id=False)

    def test_person_has_one_birthday(self):
        self._create("1985-01-01")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(Exception) as caught,
            self.env.cr.savepoint(),
        ):
            self._create("1986-01-01")
        message = self.env["crm.occasion"]._sql_error_to_message(caught.exception)
        self.assertIn("birthday already", message)

    def test_holiday_is_either_of_one_or_of_many(self):
        germany = self.env.ref("base.de").id
        holiday = {"kind": "holiday", "name": "Coffee Day"}
        for vals in (
            {"partner_id": False},
            {"country_id": germany},
        ):
            with self.assertRaisesRegex(ValidationError, "either"):
                self._create("2015-10-01", **holiday, **vals)
        with self.assertRaisesRegex(ValidationError, "title"):
            self._create("2015-10-01", kind="holiday")

    def test_what_happens_once_needs_a_year(self):
        with self.assertRaisesRegex(ValidationError, "year"):
            self._create("2026-05-01", is_yearly=False, is_year_known=False)

    def test_holiday_shows_its_customers(self):
        tag = self.env["res.partner.category"].create({"name": "Cafés"})
        (self.anna | self.stranger).category_id = tag
        self.stranger.country_id = self.env.ref("base.es")
        holiday = self._create(
            "2015-10-01",
            kind="holiday",
            name="Coffee Day",
            partner_id=False,
            category_id=tag.id,
            country_id=self.env.ref("base.es").id,
        )
        action = holiday.action_open_customers()
        found = self.env["res.partner"].search(action["domain"])
        self.assertEqual(found, self.stranger)

    def test_responsible_is_the_salesperson_of_the_customer(self):
        self.anna.user_id = self.colleague
        occasion = self.env["crm.occasion"].create(
            {"partner_id": self.anna.id, "date": "1985-01-01"}
        )
        self.assertEqual(occasion.user_id, self.colleague)

    def test_job_moves_on_what_is_over(self):
        birthday = self._create("1985-03-12")
        once = self._create("2026-03-12", kind="other", name="Fair", is_yearly=False)
        self.env.flush_all()
        with self.enter_registry_test_mode(), freeze_time("2026-03-16"):
            cron = self.env.ref("crm_base.ir_cron_occasion_roll")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(birthday.next_date, date(2027, 3, 12))
        self.assertFalse(once.next_date)


@tagged("post_install", "-at_install")
class TestOccasionActivity(OccasionCase):
    def test_responsible_is_reminded_in_time_and_once(self):
        birthday = self._create("1985-03-20", remind_days=7)
        self._prepare("2026-03-12")
        self.assertFalse(birthday.activity_ids)
        self._prepare("2026-03-13")
        self._prepare("2026-03-13")
        self._prepare("2026-03-19")
        activity = birthday.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.user)
        self.assertEqual(activity.date_deadline, date(2026, 3, 20))
        self.assertIn("Anna Berg", activity.summary)

    def test_next_year_there_is_another(self):
        birthday = self._create("1985-03-20")
        self._prepare("2026-03-15")
        self._prepare("2027-03-15")
        days = birthday.activity_ids.mapped("date_deadline")
        self.assertEqual(set(days), {date(2026, 3, 20), date(2027, 3, 20)})

    def test_job_late_by_three_days_loses_none(self):
        birthday = self._create("1985-03-20", remind_days=0)
        self._prepare("2026-03-23")
        self.assertEqual(birthday.activity_ids.date_deadline, date(2026, 3, 20))
        self._prepare("2026-03-23")
        self.assertEqual(len(birthday.activity_ids), 1)

    def test_day_before_the_entry_was_made_is_not_made_up_for(self):
        self.patch(type(self), "age", timedelta())
        birthday = self._create("1985-03-09")
        self._prepare()
        self.assertFalse(birthday.activity_ids)

    def test_greeting_is_prepared_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        template = self.env.ref("crm_base.mail_template_birthday")
        template.with_context(
            lang="es_ES"
        ).body_html = (
            '<p>Querida <t t-out="object.partner_id.name"/>, ¡felicidades!</p>'
        )
        self.anna.lang = "es_ES"
        birthday = self._create("1985-03-12")
        self._prepare()
        self.assertIn("Querida Anna Berg", birthday.activity_ids.note)

    def test_name_is_text_and_no_template(self):
        self.anna.name = "{{7*7}} <b>Anna</b> <t t-out='7*7'/>"
        birthday = self._create("1985-03-12")
        self._prepare()
        note = birthday.activity_ids.note
        self.assertIn("{{7*7}} &lt;b&gt;Anna", note)
        self.assertNotIn("49", note)

    def test_who_refused_is_not_written_to(self):
        self.env["crm.consent"].create(
            {
                "partner_id": self.anna.id,
                "channel": "any",
                "status": "withdrawn",
                "date": "2026-03-01 08:00:00",
            }
        )
        birthday = self._create("1985-03-12")
        self._prepare()
        self.assertIn("Do not write", birthday.activity_ids.note)
        with self.assertRaisesRegex(UserError, "withdrawn"):
            birthday.action_write_greeting()

    def test_holiday_of_many_reminds_too(self):
        holiday = self._create(
            "2015-03-12",
            kind="holiday",
            name="Coffee Day",
            partner_id=False,
            country_id=self.env.ref("base.de").id,
        )
        self._prepare()
        self.assertEqual(holiday.activity_ids.summary, "Coffee Day")
        with self.assertRaisesRegex(UserError, "many"):
            holiday.action_write_greeting()

    def test_another_is_asked_where_the_responsible_has_left(self):
        birthday = self._create("1985-03-12")
        self.anna.user_id = self.colleague
        birthday.user_id = self.user
        self.user.active = False
        self._prepare()
        self.assertEqual(birthday.activity_ids.user_id, self.colleague)

    def test_one_that_fails_stops_no_other(self):
        broken = self._create("1985-03-12", user_id=self.outsider.id)
        fine = self._create("1985-03-12", partner_id=self.jonas.id)
        with mute_logger("odoo.addons.crm_base.models.crm_occasion"):
            self._prepare()
        self.assertFalse(broken.activity_ids)
        self.assertFalse(broken.prepared_for)
        self.assertTrue(fine.activity_ids)


@tagged("post_install", "-at_install")
class TestOccasionGreeting(OccasionCase):
    def test_greeting_opens_a_mail_that_is_written(self):
        birthday = self._create("1985-03-12").with_user(self.user)
        context = birthday.action_write_greeting()["context"]
        self.assertEqual(context["default_subject"], "Happy birthday, Anna Berg!")
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.user)
            .with_context(**context)
            .create({})
        )
        composer._action_send_mail()
        message = self.anna.message_ids[:1]
        self.assertIn("happy birthday", message.body)
        self.assertEqual(message.notified_partner_ids, self.anna)

    def test_invitation_is_another_text(self):
        birthday = self._create("1985-03-12").with_user(self.user)
        context = birthday.action_write_invitation()["context"]
        self.assertIn("invite you personally", context["default_body"])

    def test_own_template_is_taken(self):
        template = self.env["mail.template"].create(
            {
                "name": "Own",
                "model_id": self.env["ir.model"]._get_id("crm.occasion"),
                "subject": "Ours",
                "body_html": "<p>Ours</p>",
            }
        )
        birthday = self._create("1985-03-12", template_id=template.id)
        context = birthday.with_user(self.user).action_write_greeting()["context"]
        self.assertEqual(context["default_subject"], "Ours")

    def test_template_with_code_is_not_for_users(self):
        template = self.env.ref("crm_base.mail_template_birthday")
        with self.assertRaises(AccessError):
            template.with_user(
                self.user
            ).body_html = "<p><t t-out=\"object.env['res.users'].search([])\"/></p>"


@tagged("post_install", "-at_install")
class TestOccasionRights(OccasionCase):
    def test_users_keep_occasions_and_others_see_none(self):
        birthday = self._create("1985-03-12")
        birthday.with_user(self.colleague).remind_days = 3
        birthday.with_user(self.manager).copy({"partner_id": self.jonas.id}).unlink()
        portal = new_test_user(self.env, "occ_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                birthday.with_user(user).read(["date"])
            with self.assertRaises(AccessError):
                self._create("1985-03-12", user=user, partner_id=self.jonas.id)

    def test_occasion_of_another_company_is_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        birthday = self._create("1985-03-12")
        birthday.sudo().company_id = other
        with self.assertRaises(AccessError):
            birthday.with_user(self.user).read(["date"])

    def test_contact_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        with self.assertRaises(UserError):
            self._create("1985-03-12", partner_id=theirs.id)

    def test_coming_up_lists_the_next_thirty_days(self):
        soon = self._create("1985-03-20")
        self._create("1985-09-20", partner_id=self.jonas.id)
        view = self.env.ref("crm_base.crm_occasion_view_search").arch
        self.assertIn("'today +30d'", view)
        domain = [
            ("next_date", ">=", "today"),
            ("next_date", "<=", "today +30d"),
            ("user_id", "=", self.user.id),
        ]
        found = self.env["crm.occasion"].with_user(self.user).search(domain)
        self.assertEqual(found, soon)
