"""The jobs that sum up for boards, plan computations and send reports."""

from datetime import timedelta

from tests import jobs
from tests import jobs_work as work

READER = "crm_analytics.crm_analytics_group_user"


class Months(jobs.Job):
    """The rows of the customer's months, and their sum."""

    model, method = "res.company", "_cron_make_months"
    step = ("crm.sale.month", "_make")
    done, kept = (1, 200.0), (0, 0)
    fatal = 1

    def make(self, env):
        partner = work.customers(env, 1)
        work.order(env, partner)
        return partner.id

    def facts(self, env, made):
        months = env["crm.customer.month"].search([("partner_id", "=", made)])
        return len(months), sum(months.mapped("amount"))


class ReportSchedule(jobs.Job):
    """Sendings, the recipients, and the mails."""

    model, method = "crm.report.schedule", "_cron_send"
    step = ("crm.report.sending", "_mail")
    done, kept = (3, 3, 3), (3, 3, 1)

    def make(self, env):
        readers = env["res.users"].union(*(work.user(env, READER) for one in range(3)))
        chosen = env["ir.filters"].create(
            {"name": f"Jobs {next(work.number)}", "model_id": "res.partner",
             "domain": "[('id', '=', 1)]", "user_ids": False}
        )  # fmt: skip
        columns = env["ir.exports"].create(
            {"name": "Names", "resource": "res.partner",
             "export_fields": [(0, 0, {"name": "name"})]}
        )  # fmt: skip
        schedule = env["crm.report.schedule"].create(
            {
                "name": f"Report {next(work.number)}",
                "content": "list",
                "filter_id": chosen.id,
                "export_id": columns.id,
                "user_ids": [(6, 0, readers.ids)],
                "as_pdf": False,
                "date_next": work.today(),
            }
        )
        return schedule.id

    def facts(self, env, made):
        schedule = env["crm.report.schedule"].browse(made)
        sendings = schedule.sending_ids
        mails = env["mail.mail"].search_count([("subject", "like", schedule.name)])
        return len(sendings), len(sendings.user_id), mails


class AnalysisPlan(jobs.Job):
    """Runs that were begun, and the analyses that have one."""

    model, method = "crm.analysis", "_cron_schedule"
    step = ("crm.analysis", "_begin")
    done, kept = (2, 2), (0, 0)

    def make(self, env):
        analyses = env["crm.analysis"].create(
            [
                {"name": f"Plan {next(work.number)}", "interval": "month",
                 "next_date": work.today()}
                for _one in range(2)
            ]
        )  # fmt: skip
        return analyses.ids

    def facts(self, env, made):
        runs = env["crm.analysis"].browse(made).run_ids
        return len(runs), len(runs.analysis_id)


class LifetimePlan(jobs.Job):
    """Lifetime runs in all, and those that go on monthly."""

    model, method = "crm.lifetime.run", "_cron_repeat"
    step = ("crm.lifetime.run", "copy")
    done, kept = (4, 2), (3, 2)

    def make(self, env):
        runs = env["crm.lifetime.run"]
        runs.search([]).unlink()
        first, last = (work.today() - timedelta(days=days) for days in (1000, 60))
        made = runs.create([{"date_from": first, "date_to": last} for _one in range(2)])
        made.write({"state": "done", "is_monthly": True})

    def facts(self, env, made):
        runs = env["crm.lifetime.run"].search([])
        return len(runs), len(runs.filtered("is_monthly"))


class ProfitPlan(jobs.Job):
    """Runs of profit, and the companies that have one."""

    model, method = "crm.profit.run", "_cron_plan"
    step = ("crm.profit.run", "_last")
    done, kept = (2, 2), (0, 0)

    def make(self, env):
        if len(env["res.company"].search([])) < 2:
            env["res.company"].create({"name": "Second"})
        env["crm.profit.run"].search([]).unlink()

    def facts(self, env, made):
        runs = env["crm.profit.run"].search([])
        return len(runs), len(runs.company_id)


JOBS = (Months, ReportSchedule, AnalysisPlan, LifetimePlan, ProfitPlan)
