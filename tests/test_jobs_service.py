"""The jobs of contacts and service: run again, by two at once, and killed."""

import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import jobs, jobs_base
from tests import jobs_work as work


class ContractKeep(jobs.Job):
    """Periods by which contracts went on, and the notes of it."""

    model, method = "contract.contract", "_cron_keep"
    step = ("contract.contract", "_renew_tacitly")
    done, kept = (2, 2), (1, 1)

    def make(self, env):
        return self._contracts(env, 350, renewal_kind="tacit", notice_interval=1).ids

    def _contracts(self, env, days_ago, **vals):
        start = work.today() - timedelta(days=days_ago)
        contracts = env["contract.contract"].create(
            [
                {
                    "name": f"Contract {next(work.number)}",
                    "partner_id": work.customers(env, 1).id,
                    "is_service": True,
                    "user_id": env.ref("base.user_admin").id,
                    "service_start": start,
                    "term_interval": 1,
                    "term_unit": "year",
                    "included_hours": 10,
                }
                | vals
                for _one in range(2)
            ]
        )
        contracts.action_sign()
        return contracts

    def facts(self, env, made):
        contracts = env["contract.contract"].browse(made)
        notes = contracts.message_ids.filtered(lambda one: "tacitly" in one.body)
        return sum(contracts.mapped("renewal_count")), len(notes)


class ContractReminder(ContractKeep):
    """Contracts that a task is about, tasks, and mails to customers."""

    method = "_cron_remind"
    step = ("contract.contract", "_tell")
    done, kept = (2, 2, 2), (1, 1, 1)

    def make(self, env):
        env.company.contract_reminder_days = "60, 30"
        return self._contracts(env, 350).ids

    def facts(self, env, made):
        contracts = env["contract.contract"].browse(made)
        tasks = work.activities(env, contracts)
        mails = env["mail.message"].search_count(
            [("model", "=", contracts._name), ("res_id", "in", made),
             ("message_type", "=", "email_outgoing")]
        )  # fmt: skip
        return len(set(tasks.mapped("res_id"))), len(tasks), mails


class Deadline(jobs.Job):
    """Notices of deadlines, different ones, and the tasks that tell of them."""

    model, method = "crm.sla.clock", "_cron_sweep"
    step = ("crm.sla.clock", "_give_notices")
    done, kept = (6, 6, 2), (3, 3, 1)

    def small(self):
        from odoo.addons.crm_css.models import crm_sla_clock_sweep

        crm_sla_clock_sweep.BATCH = 1

    def make(self, env):
        from odoo.tests import freeze_time

        policies = env["crm.sla.policy"]
        if not policies.search([("name", "=", "Jobs")]):
            policies.search([]).active = False
            policies.create({"name": "Jobs", "first_answer_hours": 4})
        with freeze_time(work.today() - timedelta(days=20)):
            tickets = work.ticket(env, user_id=work.agent(env).id)
            tickets |= work.ticket(env, user_id=work.agent(env).id)
        return tickets.ids

    def facts(self, env, made):
        notices = env["crm.sla.notice"].search([("ticket_id", "in", made)])
        steps = {(notice.clock_id, notice.step) for notice in notices}
        tasks = work.activities(env, env["helpdesk.ticket"].browse(made))
        return len(notices), len(steps), len(tasks)


class Satisfaction(jobs.Job):
    """Mails that ask, tickets asked for, and tickets that nobody is asked for again."""

    model, method = "helpdesk.ticket", "_cron_ask_satisfaction"
    step = ("helpdesk.ticket", "_mail_satisfaction")
    done, kept = (2, 2, 2), (1, 1, 1)

    def make(self, env):
        team = env["helpdesk.ticket.team"].create(
            {"name": "Jobs", "satisfaction_ask": True}
        )
        tickets = env["helpdesk.ticket"]
        for _one in range(2):
            tickets |= work.ticket(
                env, team_id=team.id, partner_id=work.customers(env, 1).id
            )
        tickets.stage_id = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        tickets.satisfaction_due = tickets.env.cr.now() - timedelta(minutes=1)
        return tickets.ids

    def facts(self, env, made):
        tickets = env["helpdesk.ticket"].browse(made)
        mails = env["mail.message"].search(
            [("model", "=", tickets._name), ("res_id", "in", made),
             ("subject", "like", "How did we do")]
        )  # fmt: skip
        settled = tickets.filtered(lambda one: not one.satisfaction_due)
        return len(mails), len(set(mails.mapped("res_id"))), len(settled)


class Assignment(jobs.Job):
    """Tickets that have somebody, and the notices that name them."""

    model, method = "helpdesk.ticket", "_cron_assign"
    step = ("helpdesk.ticket", "_give")
    done, kept = (2, 2), (1, 1)

    def small(self):
        from odoo.addons.crm_css.models import helpdesk_ticket_assign

        helpdesk_ticket_assign.BATCH = 1

    def make(self, env):
        agents = work.agent(env) | work.agent(env)
        env["crm.service.agent"]._of(agents)
        team = env["helpdesk.ticket.team"].create(
            {"name": "Jobs", "assign_method": "balanced", "takes_tickets": True,
             "user_ids": [(6, 0, agents.ids)]}
        )  # fmt: skip
        return [work.ticket(env, team_id=team.id).id for _one in range(2)]

    def facts(self, env, made):
        tickets = env["helpdesk.ticket"].browse(made)
        notices = env["mail.message"].search([("subject", "like", "Tickets for you")])
        told = "".join(map(str, notices.mapped("body")))
        named = sum(told.count(f'helpdesk.ticket/{id_}"') for id_ in made)
        return len(tickets.filtered("user_id")), named


class TimedRule(jobs.Job):
    """What rules did, and the rules that did something."""

    model, method = "crm.service.rule", "_cron_timed"
    step = ("crm.service.rule", "_run")
    done, kept = (2, 2), (1, 1)

    def make(self, env):
        from odoo.tests import freeze_time

        rules = env["crm.service.rule"]
        rules.search([]).active = False
        with freeze_time(work.today() - timedelta(days=3)):
            waiting = work.ticket(env, partner_id=work.customers(env, 1).id)
        rules.create(
            [
                {
                    "name": f"Rule {one}",
                    "trigger": "waiting",
                    "hours": 4,
                    "domain": f"[('id', '=', {waiting.id})]",
                    "action_ids": [(0, 0, {"kind": "severity", "severity": "3"})],
                }
                for one in range(2)
            ]
        )
        return waiting.id

    def facts(self, env, made):
        runs = env["crm.service.rule.run"].search([("ticket_id", "=", made)])
        return len(runs), len(runs.rule_id)


class Webhook(jobs.Job):
    """Calls that arrived, and how often they were tried; those of which nobody knows
    are not repeated."""

    model, method = "crm.service.webhook", "_cron_send"
    step = ("crm.service.webhook", "_send")
    done, kept, after_kill = (2, 2, 0), (1, 1, 1), (1, 1, 1)

    def small(self):
        from odoo.addons.crm_css.models import crm_service_webhook

        crm_service_webhook.post = lambda *args: 200

    def make(self, env):
        calls = env["crm.service.webhook"].create(
            [
                {
                    "url": "https://hook.example.com",
                    "key": f"key {next(work.number)}",
                    "payload": "{}",
                    "date_next": env.cr.now(),
                }
                for _one in range(2)
            ]
        )
        return calls.ids

    def facts(self, env, made):
        calls = env["crm.service.webhook"].browse(made)
        sent = calls.filtered(lambda call: call.state == "sent")
        unknown = calls.filtered(lambda call: call.state == "sending")
        return len(sent), sum(calls.mapped("tries")), len(unknown)


class Article(jobs.Job):
    """Articles that are outdated, and the tasks to look at them."""

    model, method = "crm.article", "_cron_outdate"
    step = ("crm.article", "_outdate")
    done, kept = (2, 2), (1, 1)

    def make(self, env):
        author = work.agent(env)
        articles = env["crm.article"].create(
            [
                {"name": f"Article {next(work.number)}", "body": "<p>So</p>",
                 "author_id": author.id, "audience": "customer", "state": "published",
                 "valid_until": work.today() - timedelta(days=3)}
                for _one in range(2)
            ]
        )  # fmt: skip
        return articles.ids

    def facts(self, env, made):
        articles = env["crm.article"].browse(made)
        outdated = articles.filtered(lambda one: one.state == "outdated")
        return len(outdated), len(work.activities(env, articles))


class Repetition(jobs.Job):
    """Alarms of a customer who complains again and again."""

    model, method = "crm.complaint", "_cron_repeat"
    step = ("crm.complaint", "_alarm")
    done, kept, fatal = (1,), (0,), 1

    def make(self, env):
        env.company.service_manager_id = work.agent(env)
        partner = work.customers(env, 1)
        complaints = env["crm.complaint"].create(
            [{"name": f"Broken {one}", "partner_id": partner.id} for one in range(3)]
        )
        return complaints.ids

    def facts(self, env, made):
        kind = env.ref("crm_css.mail_activity_type_repetition")
        tasks = work.activities(env, env["crm.complaint"].browse(made))
        return (len(tasks.filtered(lambda task: task.activity_type_id == kind)),)


JOBS = (
    *jobs_base.JOBS, ContractKeep, ContractReminder, Deadline, Satisfaction,
    Assignment, TimedRule, Webhook, Article, Repetition,
)  # fmt: skip


class TestServiceJobs(jobs.JobsCase):
    suffix, jobs = "jobs_service", JOBS
