import io
import socket
from contextlib import contextmanager
from email import message_from_bytes
from unittest.mock import patch

import openpyxl
import psycopg2
from aiosmtpd.controller import Controller

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import config, mute_logger

from ..models.crm_report_sending import CrmReportSending
from ..tools.sheet import workbook
from .common import AnalyticsCase

CRON = "crm_analytics.crm_report_schedule_cron"
SENDS = "odoo.addons.crm_analytics.models.crm_report_schedule_send"


class Killed(BaseException):
    """What a server that is killed does to a statement."""


class ScheduleCase(AnalyticsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.schedules = cls.env["crm.report.schedule"]
        cls.cron = cls.env.ref(CRON)
        for user in cls.reader | cls.manager:
            user.group_ids |= cls.env.ref("base.group_allow_export")
        for user in cls.reader | cls.manager | cls.outsider:
            user.email = f"{user.login}@example.com"
        cls.filter = cls.env["ir.filters"].create(
            {
                "name": "Our customers",
                "model_id": "res.partner",
                "domain": "[('name', 'in', ['Nordlicht', 'Olivar'])]",
                "user_ids": False,
            }
        )
        cls.columns = cls.env["ir.exports"].create(
            {
                "name": "Names",
                "resource": "res.partner",
                "export_fields": [
                    Command.create({"name": name})
                    for name in ("name", "country_id/code")
                ],
            }
        )

    @classmethod
    def _create_schedule(cls, **vals):
        """A list of customers for the reader, due today."""
        return cls.schedules.create(
            {
                "name": "Customers of the week",
                "content": "list",
                "filter_id": cls.filter.id,
                "export_id": cls.columns.id,
                "user_ids": [Command.set(cls.reader.ids)],
                "company_id": cls.company.id,
                "date_next": fields.Date.today(),
            }
            | vals
        )

    def _stranger(self, group):
        """Somebody with rights and an address, in another company."""
        other = self.env["res.company"].create({"name": "Other"})
        return new_test_user(
            self.env,
            "report_stranger",
            groups=f"crm_analytics.crm_analytics_{group},base.group_allow_export",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _book(self, schedule, user):
        """Give the cells of the first sheet that a person gets."""
        tables = schedule._for_recipient(user)._tables()
        sheet = openpyxl.load_workbook(io.BytesIO(workbook(tables))).worksheets[0]
        return [[cell.value for cell in row] for row in sheet.iter_rows()]


@tagged("post_install", "-at_install")
class TestReportSchedule(ScheduleCase):
    def test_what_is_due_is_sent_once_and_then_on_the_next_day(self):
        schedule = self._create_schedule(date_next="2020-01-01")
        later = self._create_schedule(date_next="2999-01-01")
        self._run_cron()
        self._run_cron()
        (sending,) = schedule.sending_ids
        self.assertEqual((sending.state, sending.user_id), ("sent", self.reader))
        self.assertGreater(schedule.date_next, fields.Date.today())
        self.assertFalse(later.sending_ids)
        mail = sending.mail_id
        self.assertEqual(mail.recipient_ids, self.reader.partner_id)
        names = set(mail.attachment_ids.mapped("name"))
        self.assertEqual(
            names, {"Customers of the week.pdf", "Customers of the week.xlsx"}
        )

    def test_set_back_to_a_day_that_was_sent_it_is_not_sent_again(self):
        schedule = self._create_schedule(date_next="2020-01-01")
        self._run_cron()
        schedule.date_next = "2020-01-01"
        self._run_cron()
        self.assertEqual(len(schedule.sending_ids), 1)
        self.assertGreater(schedule.date_next, fields.Date.today())

    def test_one_that_cannot_be_claimed_says_so_and_stops_no_other(self):
        bad, good = self._create_schedule(), self._create_schedule()
        claim = type(bad)._claim

        def broken(schedule, *args, **kwargs):
            if schedule.id == bad.id:
                raise ValueError("It cannot be done.")
            return claim(schedule, *args, **kwargs)

        with patch.object(type(bad), "_claim", broken), mute_logger(SENDS):
            self._run_cron()
            self._run_cron()
        self.assertEqual(good.sending_ids.state, "sent")
        self.assertEqual(bad.sending_ids.mapped("state"), ["failed"])
        self.assertIn("It cannot be done.", bad.problem)

    def test_a_kill_between_claim_and_mail_sends_nothing_twice(self):
        schedule = self._create_schedule()
        with self.enter_registry_test_mode():
            with (
                patch.object(CrmReportSending, "_mail", side_effect=Killed),
                self.assertRaises(Killed),
            ):
                self.cron.method_direct_trigger()
            self.cron.method_direct_trigger()
            self.cron.method_direct_trigger()
        self.env.invalidate_all()
        (sending,) = schedule.sending_ids
        self.assertEqual(sending.state, "sent")
        subject = f"Analysed: {schedule.name}"
        self.assertEqual(
            self.env["mail.mail"].search_count([("subject", "=", subject)]), 1
        )

    def test_one_day_is_claimed_once_for_each_person(self):
        schedule = self._create_schedule()
        vals = {
            "schedule_id": schedule.id,
            "user_id": self.reader.id,
            "date_due": "2026-03-01",
        }
        sendings = self.env["crm.report.sending"]
        sendings.create(vals)
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"):
            sendings.create(vals)

    def test_everybody_gets_what_the_own_rights_show(self):
        rule_of = self.env["ir.model"]._get("res.partner")
        group = self.env["res.groups"].create(
            {"name": "No Olivar", "user_ids": [Command.set(self.reader.ids)]}
        )
        self.env["ir.rule"].create(
            {
                "name": "No Olivar",
                "model_id": rule_of.id,
                "domain_force": "[('name', '!=', 'Olivar')]",
                "groups": [Command.set(group.ids)],
            }
        )
        schedule = self._create_schedule()
        cells = self._book(schedule, self.reader)
        self.assertEqual(
            cells, [["Name", "Country / Country Code"], ["Nordlicht", None]]
        )
        self.assertEqual(len(self._book(schedule, self.manager)), 3)

    def test_text_never_becomes_a_formula(self):
        names = ["=1+1", "+1", "-1", "@SUM(1)", "https://example.com"]
        self.env["res.partner"].create([{"name": name} for name in names])
        self.filter.domain = repr([("name", "in", names)])
        tables = self._create_schedule()._for_recipient(self.reader)._tables()
        book = openpyxl.load_workbook(io.BytesIO(workbook(tables)))
        cells = [row[0] for row in book.worksheets[0].iter_rows(min_row=2)]
        self.assertEqual({cell.value for cell in cells}, set(names))
        self.assertEqual({cell.data_type for cell in cells}, {"s"})
        self.assertFalse(any(cell.hyperlink for cell in cells))

    def test_recipients_read_their_own_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.reader.lang = "es_ES"
        schedule = self._create_schedule()
        schedule.with_context(lang="es_ES").name = "Clientes"
        heading = self.env["res.partner"].with_context(lang="es_ES")
        label = heading.fields_get(["country_id"], ["string"])["country_id"]["string"]
        self.assertIn(label, self._book(schedule, self.reader)[0][1])
        self._run_cron()
        self.assertEqual(schedule.sending_ids.mail_id.subject, "Analysed: Clientes")

    def test_a_search_that_cannot_be_read_is_told_on_the_schedule(self):
        schedule = self._create_schedule()
        good = self._create_schedule(content="digest", filter_id=False)
        for domain in ("[('no_such_field', '=', 1)]", "[('name', '=',"):
            with self.subTest(domain=domain):
                self.filter.domain = domain
                schedule.date_next = fields.Date.today()
                schedule.sending_ids.unlink()
                self._run_cron()
                self.assertEqual(schedule.sending_ids.state, "failed")
                self.assertIn("Our customers", schedule.problem)
        # The others went out all the same.
        self.assertEqual(good.sending_ids[0].state, "sent")

    def test_who_may_not_read_gets_nothing_and_it_is_told(self):
        schedule = self._create_schedule(
            content="funnel", user_ids=[Command.set((self.reader | self.outsider).ids)]
        )
        self._run_cron()
        states = {one.user_id: one.state for one in schedule.sending_ids}
        self.assertEqual(states, {self.reader: "sent", self.outsider: "failed"})
        self.assertIn(self.outsider.name, schedule.problem)

    def test_archived_people_and_those_of_another_company_get_nothing(self):
        stranger = self._stranger("group_user")
        schedule = self._create_schedule(
            user_ids=[Command.set((self.reader | self.manager | stranger).ids)]
        )
        self.reader.active = False
        self._run_cron()
        states = {one.user_id: one.state for one in schedule.sending_ids}
        self.assertEqual(states, {self.manager: "sent", stranger: "failed"})

    def test_what_cannot_be_sent_is_refused(self):
        portal = new_test_user(self.env, "report_portal", groups="base.group_portal")
        other = self.env["ir.exports"].create({"name": "X", "resource": "crm.lead"})
        for vals in (
            {"user_ids": False},
            {"user_ids": [Command.set(portal.ids)]},
            {"filter_id": False},
            {"export_id": other.id},
            {"as_pdf": False, "as_xlsx": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._create_schedule(**vals)

    def test_managers_write_recipients_read_others_see_nothing(self):
        schedule = self._create_schedule()
        schedule.with_user(self.manager).name = "Customers"
        self.assertEqual(schedule.with_user(self.reader).name, "Customers")
        colleague = self._create_user("report_colleague", "group_user")
        portal = new_test_user(self.env, "report_portal", groups="base.group_portal")
        self.assertFalse(self.schedules.with_user(colleague).search([]))
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                schedule.with_user(user).read(["name"])
        for user in (self.reader, colleague, self.outsider):
            with self.assertRaises(AccessError):
                schedule.with_user(user).action_send()
            with self.assertRaises(AccessError):
                self.env["crm.report.sending"].with_user(user).search([])
        with self.assertRaises(AccessError):
            schedule.sending_ids.with_user(self.manager).create(
                {"schedule_id": schedule.id, "date_due": "2026-01-01"}
            )

    def test_managers_of_another_company_see_nothing(self):
        schedule = self._create_schedule()
        stranger = self._stranger("group_manager")
        self._run_cron()
        for records in (schedule, schedule.sending_ids):
            with self.assertRaises(AccessError):
                records.with_user(stranger).read()


@tagged("post_install", "-at_install")
class TestReportMail(HttpCase, ScheduleCase):
    @contextmanager
    def _mail_server(self):
        """A real mail server on this machine; yields the mails that it took."""
        taken = []

        class Sink:
            async def handle_DATA(self, _server, _session, envelope):
                taken.append(message_from_bytes(envelope.content))
                return "250 OK"

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(Sink(), hostname="127.0.0.1", port=port)
        controller.start()
        servers = self.env.registry["ir.mail_server"]
        options = {"smtp_server": "127.0.0.1", "smtp_port": port}
        try:
            with (
                patch.dict(config.options, options),
                patch.object(servers, "_disable_send", return_value=False),
            ):
                yield taken
        finally:
            controller.stop()

    def test_a_real_mail_server_takes_pdf_and_sheet(self):
        schedule = self._create_schedule(
            content="digest", filter_id=False, date_next="2999-01-01"
        )
        with self.allow_pdf_render():
            tables = schedule._for_recipient(self.reader)._tables()
            printed = schedule._for_recipient(self.reader).with_context(
                force_report_rendering=True
            )
            self.assertTrue(printed._pdf(tables).startswith(b"%PDF"))
        schedule.with_user(self.manager).action_send()
        self._run_cron()
        with self._mail_server() as taken:
            schedule.sending_ids.mail_id.send()
        (mail,) = taken
        self.assertIn(self.reader.email, mail["To"])
        files = {part.get_filename() for part in mail.walk() if part.get_filename()}
        self.assertEqual(
            files, {"Customers of the week.pdf", "Customers of the week.xlsx"}
        )

    def test_manager_schedules_a_report_and_sends_it(self):
        self.manager.password = self.manager.login
        self.start_tour(
            "/odoo/action-crm_analytics.crm_report_schedule_action",
            "crm_analytics_report_schedule",
            login=self.manager.login,
        )
        schedule = self.schedules.search([("name", "=", "What changed this week")])
        self.assertEqual(schedule.sending_ids.user_id, self.reader)

    def test_reader_looks_at_what_changed(self):
        self.reader.password = self.reader.login
        self._create_order(self.nordlicht, "2026-05-05", 1000)
        self.start_tour(
            "/odoo/what-changed?day=2026-05-20",
            "crm_analytics_digest",
            login=self.reader.login,
        )
