"""The jobs of sales, commissions and boards: run again, by two at once, and killed."""

import base64
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import jobs, jobs_boards
from tests import jobs_work as work


class LeadImport(jobs.Job):
    """Rows that became leads, different ones, and the notices to the seller."""

    model, method = "crm.lead.import", "_cron_import"
    step = ("crm.lead", "_create_bulk")
    done, kept = (5, 5, 1), (2, 2, 0)

    def small(self):
        from odoo.addons.crm_sfa.models import crm_lead_import, crm_lead_import_run

        crm_lead_import.AT_ONCE, crm_lead_import_run.BATCH = 0, 2

    def make(self, env):
        one = next(work.number)
        rows = [f"P{n};F{n};p{n}@f{one}.example.com\n" for n in range(5)]
        data = "".join(["Name;Company;E-mail\n", *rows]).encode()
        record = env["crm.lead.import"].create(
            {"name": f"fair {one}.csv", "file": base64.b64encode(data),
             "team_id": work.team(env).id}
        )  # fmt: skip
        record.action_start()
        return record.id

    def facts(self, env, made):
        campaign = env["crm.lead.import"].browse(made).campaign_id
        leads = env["crm.lead"].search([("campaign_id", "=", campaign.id)])
        notices = env["mail.message"].search_count(
            [("subject", "like", "Leads for you"), ("body", "like", campaign.title)]
        )
        return len(leads), len(set(leads.mapped("email_from"))), notices


class OfferBatch(jobs.Job):
    """Drafts, customers who have one, and how often the batch said that it is done."""

    model, method = "crm.offer.batch", "_cron_make"
    step = ("crm.offer.batch", "_make")
    done, kept = (3, 3, 1), (2, 2, 0)
    fatal = 3

    def small(self):
        from odoo.addons.crm_sfa.models import crm_offer_batch

        crm_offer_batch.BATCH = 2

    def make(self, env):
        partners = work.customers(env, 3)
        for partner in partners:
            work.order(env, partner, days_ago=200)
        if not env["crm.offer.rule"].search([("name", "=", "Jobs")]):
            env["crm.offer.rule"].create(
                {"name": "Jobs", "basket_orders": 1, "sequence": 0}
            )
        batch = env["crm.offer.batch"]._begin(partners)
        batch.action_start()
        return batch.id

    def facts(self, env, made):
        batch = env["crm.offer.batch"].browse(made)
        drafts = env["sale.order"].search(
            [("partner_id", "in", batch.line_ids.partner_id.ids),
             ("state", "=", "draft")]
        )  # fmt: skip
        said = batch.message_ids.filtered(lambda one: "Done" in (one.body or ""))
        return len(drafts), len(drafts.partner_id), len(said)


class Forecast(jobs.Job):
    """Snapshots of this week, and the companies that have one."""

    model, method = "crm.forecast.snapshot", "_cron_take"
    step = ("crm.forecast.snapshot", "_line_vals")
    done, kept = (2, 2), (1, 1)

    def make(self, env):
        companies = env["res.company"].search([])
        if len(companies) < 2:
            companies |= env["res.company"].create({"name": "Second"})
        env["crm.forecast.snapshot"].search([]).unlink()

    def facts(self, env, made):
        found = env["crm.forecast.snapshot"].search([])
        return len(found), len(found.company_id)


class PaymentReminder(jobs.Job):
    """Reminders, those reminded, and the mails that tell them."""

    model, method = "crm.payment.due", "_cron_remind"
    step = ("crm.payment.due", "_give")
    done, kept = (3, 3, 3), (2, 2, 2)
    fatal = 3

    def small(self):
        from odoo.addons.crm_sfa.report import crm_payment_due

        crm_payment_due.BATCH = 2

    def make(self, env):
        template = env.ref("crm_sfa.mail_template_payment_friendly")
        ladders = env["crm.payment.ladder"]
        if not ladders.search([("name", "=", "Jobs")]):
            ladders.search([]).active = False
            step = {"name": "First", "days": 5, "channel": "mail",
                    "mail_template_id": template.id}  # fmt: skip
            ladders.create(
                {
                    "name": "Jobs",
                    "user_id": work.seller(env).id,
                    "step_ids": [(0, 0, step)],
                }
            )
        partners = work.customers(env, 3)
        for partner in partners:
            work.invoice(env, partner, days_ago=10)
        return partners.ids

    def facts(self, env, made):
        reminders = env["crm.payment.reminder"].search([("partner_id", "in", made)])
        return len(reminders), len(reminders.partner_id), work.told(env, reminders)


class DealRegistration(jobs.Job):
    """Deals that are expired, those that are reminded of, and what resellers got."""

    model, method = "crm.deal.registration", "_cron_expire"
    step = ("crm.deal.registration", "_tell_reseller")
    done, kept = (2, 2, 4), (2, 0, 2)
    fatal = 3

    def make(self, env):
        grade = env["res.partner.grade"].create(
            {"name": "Gold", "protection_days": 60, "protection_reminder_days": 14}
        )
        reseller = work.customers(env, 1, grade_id=grade.id)
        deals = env["crm.deal.registration"].create(
            [
                {
                    "reseller_id": reseller.id,
                    "customer_name": f"Hotel {next(work.number)}",
                    "email": f"h{next(work.number)}@hotel.example.com",
                    "amount": 9000,
                    "date_until": work.today() + timedelta(days=30),
                }
                for _one in range(4)
            ]
        )
        deals.action_approve()
        deals[:2].date_protected = work.today() - timedelta(days=1)
        deals[2:].date_protected = work.today() + timedelta(days=5)
        env["mail.message"].search(
            [("model", "=", deals._name), ("res_id", "in", deals.ids)]
        ).unlink()
        return deals.ids

    def facts(self, env, made):
        deals = env["crm.deal.registration"].browse(made)
        expired = deals.filtered(lambda deal: deal.state == "expired")
        reminded = deals.filtered("is_reminded")
        return len(expired), len(reminded), work.told(env, deals)


class Playbook(jobs.Job):
    """Activities, and the deals that have one."""

    model, method = "crm.playbook.run.step", "_cron_plan"
    step = ("crm.playbook.run.step", "_catch_up")
    done, kept = (3, 3), (2, 2)
    fatal = 3

    def small(self):
        from odoo.addons.crm_sfa.models import crm_playbook_run_step

        crm_playbook_run_step.BATCH = 2

    def make(self, env):
        deals = env["crm.lead"].create(
            [
                {
                    "name": f"Deal {one}",
                    "type": "opportunity",
                    "user_id": work.seller(env).id,
                }
                for one in range(3)
            ]
        )
        step = {"name": "Go there", "days": 5, "condition": "[('id', '>', 0)]"}
        env["crm.playbook"].create(
            {"name": "Visit", "trigger": "hand", "step_ids": [(0, 0, step)]}
        )._start(deals)
        env.flush_all()
        env.cr.execute("UPDATE crm_playbook_run_step SET date_due = current_date")
        return deals.ids

    def facts(self, env, made):
        tasks = env["mail.activity"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "in", made)]
        )
        return len(tasks), len(set(tasks.mapped("res_id")))


class Stage(jobs.Job):
    """Changes of a customer's stage, and the stage."""

    model, method = "res.partner", "_cron_move_stages"
    step = ("res.partner", "_move_stages")
    done, kept, fatal = (2, "regular"), (0, False), 1

    def make(self, env):
        partner = work.customers(env, 1)
        for days_ago in (20, 10):
            work.order(env, partner, days_ago)
        env["crm.relationship.change"].search(
            [("partner_id", "=", partner.id)]
        ).unlink()
        partner.relationship_stage = False
        return partner.id

    def facts(self, env, made):
        changes = env["crm.relationship.change"].search_count(
            [("partner_id", "=", made), ("kind", "=", "stage")]
        )
        return changes, env["res.partner"].browse(made).relationship_stage


class OrderRule(jobs.Job):
    """Orders that are flagged, by how many flags, and the tasks that tell of them."""

    model, method = "crm.order.rule", "_cron_check"
    step = ("crm.order.rule", "_found")
    done, kept = (4, 4, 4), (2, 2, 2)

    def make(self, env):
        rules = env["crm.order.rule"]
        if not rules.search([("name", "like", "Jobs")]):
            rules.search([]).active = False
            rules.create(
                [
                    {"name": f"Jobs {days}", "kind": "unpaid", "days": days,
                     "tell": "owner", "by_activity": True}
                    for days in (3, 4)
                ]
            )  # fmt: skip
        orders = env["sale.order"]
        for partner in work.customers(env, 2):
            made = work.order(env, partner, days_ago=30)
            bill = made._create_invoices()
            due = made.date_order.date() + timedelta(days=10)
            bill.write({"invoice_payment_term_id": False, "invoice_date": due,
                        "invoice_date_due": due})  # fmt: skip
            bill.action_post()
            orders |= made
        return orders.ids

    def facts(self, env, made):
        flags = env["crm.order.flag"].search([("order_id", "in", made)])
        tasks = env["mail.activity"].search_count(
            [("res_model", "=", "sale.order"), ("res_id", "in", made)]
        )
        pairs = {(flag.rule_id, flag.order_id) for flag in flags}
        return len(flags), len(pairs), tasks


class Commission(jobs.Job):
    """Statements, their lines, and what is earned."""

    model, method = "crm.commission.plan", "_cron_compute"
    step = ("crm.commission.plan", "_compute_due")
    done, kept = (2, 2, 10.0), (1, 1, 5.0)

    def make(self, env):
        env["crm.commission.plan"].search([]).action_draft()
        sellers, plans = env["res.users"], env["crm.commission.plan"]
        for _one in range(2):
            seller = work.user(env, "sales_team.group_sale_manager")
            bill = work.invoice(env, work.customers(env, 1), days_ago=0)
            bill.invoice_user_id = seller
            plans |= plans.create(
                {
                    "name": seller.name,
                    "date_from": work.today().replace(day=1),
                    "rate_ids": [(0, 0, {"rate": 5})],
                    "member_ids": [(0, 0, {"user_id": seller.id})],
                }
            )
            sellers |= seller
        plans.action_confirm()
        return sellers.ids

    def facts(self, env, made):
        statements = env["crm.commission.statement"].search([("user_id", "in", made)])
        lines = statements.line_ids
        return len(statements), len(lines), sum(lines.mapped("amount"))


JOBS = (
    LeadImport, OfferBatch, Forecast, PaymentReminder, DealRegistration, Playbook,
    Stage, OrderRule, Commission, *jobs_boards.JOBS,
)  # fmt: skip


class TestSalesJobs(jobs.JobsCase):
    suffix, jobs = "jobs_sales", JOBS
