import hashlib
import hmac
import json
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ServiceCase

ENGINE = "odoo.addons.crm_css.models.crm_service_rule"


class RuleCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.service.rule"].search([]).active = False
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.manager = new_test_user(
            cls.env, "css_manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.night = cls.env["helpdesk.ticket.team"].create({"name": "Night shift"})

    @classmethod
    def _rule(cls, *actions, **vals):
        vals = {
            "name": "Rule",
            "action_ids": [(0, 0, action) for action in actions],
        } | vals
        return cls.env["crm.service.rule"].create(vals)

    def _severe(self, **vals):
        action = {"kind": "severity", "severity": "3"}
        return self._rule(action, **vals)

    def _cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"crm_css.{name}").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestRules(RuleCase):
    def test_new_ticket_is_routed_tagged_and_noted(self):
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Hot"})
        rule = self._rule(
            {"kind": "route", "team_id": self.night.id},
            {"kind": "tag", "tag_ids": [(6, 0, tag.ids)]},
            domain='[("severity", "=", "3")]',
        )
        ticket = self._create_ticket(self.anna, severity="3")
        plain = self._create_ticket(self.anna)
        self.assertEqual((ticket.team_id, ticket.tag_ids), (self.night, tag))
        self.assertEqual(plain.team_id, self.team)
        self.assertEqual(rule.run_ids.ticket_id, ticket)
        self.assertIn("Night shift", rule.run_ids.told)
        self.assertIn("Night shift", ticket.message_ids[0].body)

    def test_answer_by_template_reaches_the_customer_and_is_no_answer_of_a_person(self):
        template = self.env["mail.template"].create(
            {
                "name": "We are on it",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "Re {{ object.number }}",
                "body_html": "<p>We are on it.</p>",
            }
        )
        self._rule({"kind": "answer", "template_id": template.id})
        ticket = self._create_ticket(self.anna)
        answer = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        self.assertIn("We are on it.", answer.body)
        self.assertTrue(ticket.asked_date)

    def test_escalation_goes_to_the_leader_of_the_team(self):
        self.team.user_id = self.manager
        self._rule({"kind": "escalate", "text": "Call now"})
        ticket = self._create_ticket(self.anna)
        self.assertEqual(ticket.activity_ids.user_id, self.manager)
        self.assertEqual(ticket.activity_ids.summary, "Call now")

    def test_each_event_fires_its_rules(self):
        events = ("stage", "closed", "reopened", "customer_said", "we_said")
        rules = {
            event: self._rule({"kind": "note", "text": event}, trigger=event)
            for event in events
        }
        ticket = self._create_ticket(self.anna)
        say = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        ticket.message_post(author_id=self.agent.partner_id.id, body="?", **say)
        ticket.stage_id = self.done
        ticket.message_post(author_id=self.anna.id, body="!", **say)
        counts = {event: len(rule.run_ids) for event, rule in rules.items()}
        self.assertEqual(
            counts,
            {"stage": 2, "closed": 1, "reopened": 1, "customer_said": 1, "we_said": 1},
        )

    def test_rule_of_a_stage_waits_for_that_stage(self):
        rule = self._severe(trigger="stage", stage_id=self.done.id)
        ticket = self._create_ticket(self.anna)
        ticket.stage_id = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
        )
        self.assertFalse(rule.run_ids)
        ticket.stage_id = self.done
        self.assertEqual(rule.run_ids.ticket_id, ticket)

    def test_last_rule_passes_over_those_below(self):
        self._severe(sequence=1, is_last=True, domain='[("name", "ilike", "stops")]')
        below = self._severe(sequence=2)
        self._create_ticket(self.anna)
        other = self._create_ticket(self.anna, name="Manual")
        self.assertEqual(below.run_ids.ticket_id, other)

    def test_two_rules_that_undo_each_other_do_not_run_in_a_circle(self):
        new = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        close = self._rule(
            {"kind": "stage", "stage_id": self.done.id}, trigger="reopened"
        )
        reopen = self._rule({"kind": "stage", "stage_id": new.id}, trigger="closed")
        ticket = self._create_ticket(self.anna)
        ticket.stage_id = self.done
        self.assertEqual((len(close.run_ids), len(reopen.run_ids)), (0, 1))
        self.assertFalse(ticket.closed)

    def test_rule_that_fails_leaves_the_ticket_as_it_was_and_says_why(self):
        gone = new_test_user(self.env, "css_gone")
        rule = self._rule(
            {"kind": "severity", "severity": "3"},
            {"kind": "assign", "user_id": gone.id},
        )
        gone.active = False
        with mute_logger(ENGINE):
            ticket = self._create_ticket(self.anna)
        self.assertEqual(ticket.severity, "1")
        self.assertTrue(rule.run_ids.is_failed)
        self.assertIn("no user any more", rule.run_ids.told)
        self.assertEqual(rule.failed_count, 1)

    def test_rule_whose_field_is_gone_lets_the_ticket_in(self):
        rule = self._severe()
        self.env.cr.execute(
            "UPDATE crm_service_rule SET domain = %s WHERE id = %s",
            ('[("gone_field", "=", 1)]', rule.id),
        )
        rule.invalidate_recordset()
        ticket = self._create_ticket(self.anna)
        self.assertEqual(ticket.severity, "1")
        self.assertTrue(rule.run_ids.is_failed)

    def test_rule_of_another_company_does_not_hold(self):
        other = self.env["res.company"].create({"name": "Branch"})
        rule = self._severe(company_id=other.id)
        self._create_ticket(self.anna)
        self.assertFalse(rule.run_ids)

    def test_rule_acts_for_whoever_writes(self):
        rule = self._severe()
        portal = new_test_user(self.env, "css_portal", groups="base.group_portal")
        ticket = self.env["helpdesk.ticket"].with_user(portal).sudo()
        ticket = ticket.create({"name": "x", "description": "x"})
        self.assertEqual(ticket.severity, "3")
        self.assertEqual(rule.run_ids.create_uid, self.env.ref("base.user_root"))

    # Rules of time

    def test_waiting_customer_is_acted_on_once_for_each_wait(self):
        rule = self._severe(trigger="waiting", hours=4)
        with freeze_time("2026-03-02 08:00:00"):
            ticket = self._create_ticket(self.anna)
        with freeze_time("2026-03-02 11:59:00"):
            self._cron("ir_cron_service_rule")
            self.assertNotIn(ticket, rule.run_ids.ticket_id)
        with freeze_time("2026-03-05 12:00:00"):  # late by three days
            self._cron("ir_cron_service_rule")
            self._cron("ir_cron_service_rule")
        runs = rule.run_ids.filtered(lambda run: run.ticket_id == ticket)
        self.assertEqual(len(runs), 1)
        say = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        with freeze_time("2026-03-05 13:00:00"):
            ticket.message_post(author_id=self.agent.partner_id.id, body="?", **say)
            ticket.message_post(author_id=self.anna.id, body="!", **say)
        with freeze_time("2026-03-05 18:00:00"):
            self._cron("ir_cron_service_rule")
        runs = rule.run_ids.filtered(lambda run: run.ticket_id == ticket)
        self.assertEqual(len(runs), 2)

    def test_unassigned_and_idle_tickets_are_found(self):
        taken, free = self._severe(trigger="idle"), self._severe(trigger="unassigned")
        with freeze_time("2026-03-02 08:00:00"):
            lying = self._create_ticket(self.anna)
            mine = self._create_ticket(self.anna, user_id=self.agent.id)
            closed = self._create_ticket(self.anna, stage_id=self.done.id)
        self.env.flush_all()
        self.env.cr.execute(  # it is the clock of the database
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id IN %s",
            ("2026-03-02 08:00:00", (lying + mine + closed)._ids),
        )
        self.env.invalidate_all()
        with freeze_time("2026-03-02 13:00:00"):
            self._cron("ir_cron_service_rule")
        ours = lying + mine + closed
        self.assertEqual(taken.run_ids.ticket_id & ours, lying + mine)
        self.assertEqual(free.run_ids.ticket_id & ours, lying)

    def test_broken_rule_of_time_does_not_stop_the_others(self):
        broken = self._severe(trigger="waiting", sequence=1)
        sound = self._severe(trigger="waiting", sequence=2)
        self.env.cr.execute(
            "UPDATE crm_service_rule SET domain = 'nonsense(' WHERE id = %s",
            (broken.id,),
        )
        broken.invalidate_recordset()
        with freeze_time("2026-03-02 08:00:00"):
            ticket = self._create_ticket(self.anna)
        self._cron("ir_cron_service_rule")
        self._cron("ir_cron_service_rule")
        self.assertIn(ticket, sound.run_ids.ticket_id)
        self.assertEqual(broken.run_ids.mapped("is_failed"), [True])

    # Dry run, log, bad input, rights

    def test_dry_run_says_what_would_be_done_and_does_nothing(self):
        ticket = self._create_ticket(self.anna, name="Pump leaks")
        rule = self._severe(domain='[("name", "=", "Pump leaks")]')
        action = rule.with_user(self.manager).action_try()
        trial = self.env["crm.service.rule.trial"].browse(action["res_id"])
        self.assertEqual(trial.line_ids.ticket_id, ticket)
        self.assertIn("Standstill", trial.line_ids.told)
        self.assertEqual(ticket.severity, "1")
        self.assertFalse(rule.run_ids)

    def test_dry_run_of_a_broken_rule_says_what_is_wrong(self):
        rule = self._severe()
        self.env.cr.execute(
            "UPDATE crm_service_rule SET domain = %s WHERE id = %s",
            ('[("gone_field", "=", 1)]', rule.id),
        )
        rule.invalidate_recordset()
        with self.assertRaisesRegex(ValidationError, "gone_field"):
            rule.with_user(self.manager).action_try()

    def test_code_in_the_domain_is_refused(self):
        for domain in ("__import__('os').getcwd()", "[('name', '=', x)]", "nonsense("):
            with self.assertRaises(ValidationError):
                self._severe(domain=domain)

    def test_rule_without_action_or_action_without_its_value_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "does nothing"):
            self.env["crm.service.rule"].create({"name": "Idle"})
        with self.assertRaisesRegex(ValidationError, "asks for more"):
            self._rule({"kind": "route"})

    def test_rule_that_has_acted_is_archived_and_not_deleted(self):
        rule, unused = self._severe(), self._severe(domain='[("id", "=", 0)]')
        self._create_ticket(self.anna)
        unused.unlink()
        with self.assertRaisesRegex(UserError, "Archive it"):
            rule.unlink()

    def test_manager_writes_rules_and_an_agent_sees_none(self):
        rule = self._severe()
        rule.with_user(self.manager).name = "Other"
        for model in ("crm.service.rule", "crm.service.rule.action",
                      "crm.service.rule.run", "crm.service.webhook"):  # fmt: skip
            self.env[model].with_user(self.manager).search([])
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.agent).search([])
        with self.assertRaises(AccessError):
            rule.with_user(self.agent).action_try()

    def test_manager_does_not_rewrite_the_log(self):
        rule = self._severe()
        self._create_ticket(self.anna)
        with self.assertRaises(AccessError):
            rule.run_ids.with_user(self.manager).told = "Nothing"

    def test_manager_of_another_company_sees_neither_rule_nor_log(self):
        other = self.env["res.company"].create({"name": "Branch"})
        stranger = new_test_user(
            self.env, "css_branch", groups="helpdesk_mgmt.group_helpdesk_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        rule = self._severe(company_id=self.env.company.id)
        self._create_ticket(self.anna)
        self.env.flush_all()
        for records in (rule, rule.action_ids, rule.run_ids):
            found = records.with_user(stranger).search([("id", "in", records.ids)])
            self.assertFalse(found)


class Receiver(BaseHTTPRequestHandler):
    """A real program at the other end, which keeps what it got."""

    got, status = [], 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, dict(self.headers), body))
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@tagged("post_install", "-at_install")
class TestWebhook(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Receiver.got, Receiver.status = [], 200
        server = HTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.url = f"http://localhost:{server.server_port}/hook"
        cls.params = cls.env["ir.config_parameter"]
        cls.params.set_param("crm_css.webhook_internal_hosts", "localhost")

    def setUp(self):
        super().setUp()
        Receiver.got.clear()
        Receiver.status = 200

    def _call(self, url=None):
        self._rule({"kind": "webhook", "url": url or self.url})
        self._create_ticket(self.anna)
        return self.env["crm.service.webhook"].search([], limit=1)

    def _send(self):
        self._cron("ir_cron_webhook")

    def test_call_arrives_once_signed_and_without_the_customers_words(self):
        call = self._call()
        self.assertEqual(Receiver.got, [])
        self._send()
        self._send()
        self.assertEqual((call.state, call.answer), ("sent", "HTTP 200"))
        [(path, headers, body)] = Receiver.got
        self.assertEqual(path, "/hook")
        self.assertEqual(headers["X-CRM-Delivery"], call.key)
        secret = self.params.get_param("crm_css.webhook_secret")
        text = headers["X-CRM-Timestamp"].encode() + b"." + body
        digest = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
        self.assertEqual(headers["X-CRM-Signature"], f"sha256={digest}")
        self.assertEqual(json.loads(body)["ticket"]["id"], call.ticket_id.id)
        self.assertNotIn("anna", body.decode().lower())

    def test_refused_call_is_tried_again_later_and_then_given_up(self):
        Receiver.status = 503
        call = self._call()
        now = datetime.now()
        for _try in range(8):
            with freeze_time(now):
                self._send()
            now += timedelta(days=1)
        self.assertEqual(len(Receiver.got), 6)
        self.assertEqual((call.state, call.answer), ("failed", "HTTP 503"))
        Receiver.status = 200
        call.with_user(self.manager).action_send_again()
        self._send()
        self.assertEqual(call.state, "sent")

    def test_redirect_is_not_followed(self):
        Receiver.status = 302
        call = self._call()
        self._send()
        self.assertEqual((call.state, call.answer), ("waiting", "HTTP 302"))

    def test_call_that_was_cut_off_is_shown_and_not_repeated_blindly(self):
        call = self._call()
        begun = datetime.now() - timedelta(minutes=11)
        call.write({"state": "sending", "date_begun": begun})
        self._send()
        self.assertEqual((call.state, Receiver.got), ("unclear", []))

    def test_server_does_not_call_into_its_own_network(self):
        self.params.set_param("crm_css.webhook_internal_hosts", "")
        for url in (self.url, "http://127.0.0.1:5432/", "http://[::1]/",
                    "http://169.254.169.254/latest/meta-data"):  # fmt: skip
            call = self._call(url)
            self._send()
            self.assertIn("inside the network", call.answer, url)
        self.assertEqual(Receiver.got, [])

    def test_unknown_host_is_told(self):
        call = self._call("https://no-such-host.invalid/hook")
        self._send()
        self.assertIn("no such host", call.answer)

    def test_address_that_is_none_is_refused_in_the_rule(self):
        for url in (
            "ftp://example.com",
            "javascript:alert(1)",
            "https://u:p@example.com",
        ):
            with self.assertRaisesRegex(ValidationError, "no address"):
                self._rule({"kind": "webhook", "url": url})

    def test_agent_may_not_send_again(self):
        call = self._call()
        with self.assertRaises(AccessError):
            call.with_user(self.agent).action_send_again()


@tagged("post_install", "-at_install")
class TestRuleTour(HttpCase, RuleCase):
    def test_manager_makes_a_rule_tries_it_and_sees_what_it_did(self):
        self.manager.password = "css_manager"
        self._create_ticket(self.anna, severity="3")
        self.start_tour(
            "/odoo/action-crm_css.crm_service_rule_action_window",
            "crm_css_rule",
            login="css_manager",
        )
        rule = self.env["crm.service.rule"].search([("name", "=", "Night shift first")])
        self._create_ticket(self.anna)
        self.assertIn("Night shift", rule.run_ids.told)
