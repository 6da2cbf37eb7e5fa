"""The jobs of contacts, promises and stand-ins."""

import base64
from datetime import timedelta

from tests import jobs
from tests import jobs_work as work


class Promise(jobs.Job):
    """Reminders, and the promises that have one."""

    model, method = "crm.promise", "_cron_remind"
    step = ("crm.promise", "_give_reminders")
    done, kept = (3, 3), (2, 2)

    def small(self):
        from odoo.addons.crm_base.models import crm_promise_chase

        crm_promise_chase.BATCH = 2

    def make(self, env):
        partner, owner = work.customers(env, 1), work.employee(env)
        return (
            env["crm.promise"]
            .create(
                [
                    {"name": f"Promise {one}", "partner_id": partner.id,
                     "user_id": owner.id, "date_due": work.today(), "remind_days": 0}
                    for one in range(3)
                ]
            )
            .ids
        )  # fmt: skip

    def facts(self, env, made):
        found = work.activities(env, env[self.model].browse(made))
        return len(found), len(set(found.mapped("res_id")))


class Document(Promise):
    """Reminders, and the documents that have one."""

    model, method = "crm.document", "_cron_expiry"
    step = ("crm.document", "_remind_owner")
    fatal = 3

    def small(self):
        from odoo.addons.crm_base.models import crm_document_reminder

        crm_document_reminder.BATCH = 2

    def make(self, env):
        partner, owner = work.customers(env, 1), work.employee(env)
        kind = env["crm.document.kind"].create(
            {"name": f"Pass {next(work.number)}", "reminder_days": 30}
        )
        documents = env["crm.document"].create(
            [
                {"name": "Pass", "partner_id": partner.id, "kind_id": kind.id,
                 "user_id": owner.id, "expiry_date": work.today() + timedelta(days=5),
                 "file": base64.b64encode(f"pass {next(work.number)}".encode()),
                 "file_name": "pass.txt"}
                for _one in range(3)
            ]
        )  # fmt: skip
        documents.action_register()
        return documents.ids


class StandIn(jobs.Job):
    """Tasks and messages to those who stand in."""

    model, method = "crm.stand.in", "_cron_start_and_end"
    step = ("crm.stand.in", "_tell")
    done, kept = (2, 2), (1, 1)

    def make(self, env):
        helper, day = work.employee(env), work.today()
        times = env["crm.stand.in"].create(
            [
                {"user_id": work.employee(env).id, "stand_in_id": helper.id,
                 "date_from": day, "date_to": day + timedelta(days=9)}
                for _one in range(2)
            ]
        )  # fmt: skip
        times.write({"step": "confirmed"})
        return times.ids

    def facts(self, env, made):
        times = env["crm.stand.in"].browse(made)
        message = [("message_type", "!=", "user_notification")]
        return len(work.activities(env, times)), work.told(env, times, message)


class Occasion(Promise):
    """Activities, and the occasions that have one."""

    model, method = "crm.occasion", "_cron_prepare"
    step = ("crm.occasion", "_prepare_activity")
    fatal = 3

    def small(self):
        from odoo.addons.crm_base.models import crm_occasion

        crm_occasion.BATCH = 2

    def make(self, env):
        owner = work.employee(env)
        occasions = env["crm.occasion"].create(
            [
                {"kind": "birthday", "partner_id": work.customers(env, 1).id,
                 "user_id": owner.id, "date": work.today().replace(year=1984)}
                for _one in range(3)
            ]
        )  # fmt: skip
        occasions.flush_recordset()
        env.cr.execute(
            "UPDATE crm_occasion SET create_date = now() - interval '400 days'"
            " WHERE id = ANY(%s)",
            [occasions.ids],
        )
        return occasions.ids


class ConfirmTask(jobs.Job):
    """Tasks to confirm a detail, and the kinds of them."""

    model, method = "crm.currency.rule", "_cron_plan_tasks"
    step = ("res.partner", "_plan_confirm_tasks")
    done, kept = (2, 2), (1, 1)

    def make(self, env):
        env["crm.currency.rule"].search([]).unlink()
        env["crm.currency.rule"].create(
            [
                {"kind": kind, "max_days": 365, "has_tasks": True}
                for kind in ("phone", "email")
            ]
        )
        owner = work.employee(env)
        env["res.partner"].search([]).write(
            {"user_id": False, "phone": False, "email": False}
        )
        partner = work.customers(env, 1, phone="+49 30 901820", user_id=owner.id)
        partner.message_subscribe(owner.partner_id.ids)
        return partner.id

    def facts(self, env, made):
        tasks = work.activities(env, env["res.partner"].browse(made))
        return len(tasks), len(tasks.activity_type_id)


class Duplicate(jobs.Job):
    """Pairs of contacts that are the same, and searches that are still open."""

    model, method = "crm.duplicate", "_cron_find"
    step = ("crm.duplicate.run", "_batch")
    done, kept, fatal = (1, 0), (0, 1), 1

    def make(self, env):
        twins = work.customers(env, 1, email=f"twin{next(work.number)}@example.com")
        return (twins | twins.copy({"email": twins.email})).ids

    def facts(self, env, made):
        pairs = env["crm.duplicate"].search_count(
            [("res_model", "=", "res.partner"), ("res_id", "in", made),
             ("other_id", "in", made)]
        )  # fmt: skip
        runs = [("res_model", "=", "res.partner"), ("state", "=", "open")]
        return pairs, env["crm.duplicate.run"].search_count(runs)


JOBS = (Promise, Document, StandIn, Occasion, ConfirmTask, Duplicate)
