import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..tools.rule_domain import BROKEN, parse
from .crm_playbook_step import ANCHORS, OWNERS

_logger = logging.getLogger(__name__)

BATCH = 100
SETTLED = ("done", "skipped", "cancelled")


class CrmPlaybookRunStep(models.Model):
    """A step of a running playbook: an activity of its owner when its time comes."""

    _name = "crm.playbook.run.step"
    _description = "Step of a Running Playbook"
    _order = "date_due, sequence, id"

    name = fields.Char("What to Do", required=True, readonly=True)
    run_id = fields.Many2one(
        "crm.playbook.run", required=True, index=True, ondelete="cascade", readonly=True
    )
    step_id = fields.Many2one(
        "crm.playbook.step",
        "Template of the Step",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    playbook_id = fields.Many2one(
        related="run_id.playbook_id", store=True, index="btree_not_null"
    )
    run_name = fields.Char("Playbook", related="run_id.name", store=True)
    lead_id = fields.Many2one(related="run_id.lead_id", store=True)
    partner_id = fields.Many2one(related="run_id.partner_id", store=True)
    team_id = fields.Many2one(related="run_id.team_id", store=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    owner_kind = fields.Selection(OWNERS, "Who", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    job = fields.Char(readonly=True)
    department_id = fields.Many2one(
        "crm.playbook.department", ondelete="set null", readonly=True
    )
    anchor = fields.Selection(ANCHORS, "Counted From", required=True, readonly=True)
    after_id = fields.Many2one(
        "crm.playbook.run.step",
        "After Step",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    days = fields.Integer("Working Days", readonly=True)
    activity_type_id = fields.Many2one(
        "mail.activity.type", "As", ondelete="restrict", readonly=True
    )
    condition = fields.Char("Only If", readonly=True)
    note = fields.Html("Instruction", readonly=True)
    is_required = fields.Boolean("Required", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("planned", "Planned"),
            ("done", "Done"),
            ("skipped", "Left out"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    is_settled = fields.Boolean(compute="_compute_is_settled")
    owner_id = fields.Many2one("res.users", index=True, readonly=True)
    owner_note = fields.Char(
        "Why This One", readonly=True, help="Where it is not who was meant to do it."
    )
    date_due = fields.Date("Due", readonly=True)
    date_done = fields.Date("Settled On", readonly=True)
    activity_id = fields.Many2one(
        "mail.activity", index="btree_not_null", ondelete="set null", readonly=True
    )
    days_over = fields.Integer(
        compute="_compute_days_over",
        store=True,
        aggregator="avg",
        help="How many days after its day it was done.",
    )
    is_late = fields.Boolean(
        "Late", compute="_compute_is_late", search="_search_is_late"
    )

    _due_idx = models.Index("(date_due) WHERE state IN ('waiting', 'planned')")

    @api.depends("state")
    def _compute_is_settled(self):
        for step in self:
            step.is_settled = step.state in SETTLED

    @api.depends("state", "date_due", "date_done")
    def _compute_days_over(self):
        for step in self:
            done = step.state == "done" and step.date_due and step.date_done
            over = (step.date_done - step.date_due).days if done else 0
            step.days_over = max(over, 0)

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        late = self.filtered_domain(self._late_domain())
        late.is_late = True
        (self - late).is_late = False

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._late_domain()

    @api.model
    def _late_domain(self) -> Domain:
        """What should have been done by now, on the reader's calendar."""
        today = fields.Date.context_today(self)
        return Domain("state", "in", ("waiting", "planned")) & Domain(
            "date_due", "<", today
        )

    def action_done(self):
        """Mark the activity of the step as done."""
        for step in self.filtered("activity_id"):
            step.activity_id.action_feedback()

    @api.readonly
    def action_open_record(self):
        """Open the deal or customer on which the playbook runs."""
        self.ensure_one()
        return self.run_id.action_open_record()

    # The course of a step

    def _schedule(self):
        """Give a day and an owner to the steps whose time can be told, and plan those
        that need not wait for their day to see whether they are wanted."""
        today = fields.Date.context_today(self)
        for step in self.filtered(lambda step: step.state == "waiting"):
            begin = step._begin()
            if not begin:
                continue
            step._assign(begin)
            if step._is_unconditional() or step.date_due <= today:
                step._plan()

    def _begin(self):
        """The day from which the step is counted; none while it waits for another."""
        self.ensure_one()
        if self.anchor == "start" or not self.after_id:
            return self.run_id.date_start
        return self.after_id.is_settled and self.after_id.date_done

    def _is_unconditional(self) -> bool:
        try:
            return parse(self.condition).is_true()
        except BROKEN:
            return False

    def _assign(self, begin):
        """Choose who does the step, and the day in the calendar of this one."""
        user, note = self._choose_owner(begin)
        day = self._working_day(user, begin, self.days)
        today = fields.Date.context_today(self)
        self.write(
            {
                "owner_id": user.id,
                "owner_note": note,
                # What should have been before the start is due at once.
                "date_due": max(day, today),
            }
        )

    def _plan(self):
        """Make the activity, or leave the step out where its condition fails."""
        self.ensure_one()
        holds, problem = self._condition_holds()
        if not holds:
            self._settle("skipped")
            return
        self.activity_id = self._create_activity(problem)
        self.state = "planned"
        if self.activity_type_id.category == "meeting":
            self._create_meeting()

    def _condition_holds(self) -> tuple[bool, str]:
        try:
            return bool(self._record().filtered_domain(parse(self.condition))), ""
        except BROKEN as error:
            # Better once too often than never.
            return True, self.env._(
                "Its condition could not be checked: %(error)s", error=error
            )

    def _record(self):
        return self.run_id._record()

    def _create_activity(self, problem=""):
        record = self._record()
        remarks = [text for text in (self.owner_note, problem) if text]
        note = Markup().join(Markup("<p><i>%s</i></p>") % text for text in remarks)
        # Many steps start at once: no mail for each. They stand in the task list.
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        return activities.create(
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "activity_type_id": self.activity_type_id.id,
                "summary": self.name,
                "note": Markup("%s%s") % (self.note or Markup(), note),
                "user_id": self.owner_id.id,
                "date_deadline": self.date_due,
                "automated": True,
            }
        )

    def _create_meeting(self):
        record = self._record()
        start, stop = self._meeting_time()
        people = self.owner_id.partner_id
        self.env["calendar.event"].with_context(no_mail_to_attendees=True).create(
            {
                "name": f"{self.name}: {record.display_name}",
                "start": start,
                "stop": stop,
                "user_id": self.owner_id.id,
                "partner_ids": [fields.Command.set(people.ids)],
                "activity_ids": [fields.Command.link(self.activity_id.id)],
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "opportunity_id": self.run_id.lead_id.id,
                "description": self.note,
            }
        )

    def _settle(self, state: str):
        """Close steps, and let those begin that waited for them."""
        opened = self.filtered(lambda step: not step.is_settled)
        opened.write({"state": state, "date_done": fields.Date.context_today(self)})
        running = opened.run_id.filtered(lambda run: run.state == "running")
        followers = running.step_ids.filtered(lambda step: step.after_id in opened)
        followers._schedule()
        running._finish_if_settled()

    # The job

    @api.model
    def _cron_plan(self):
        """Plan the steps whose day has come, and give those of people who left, or
        whose activity is gone, to somebody else."""
        commit = self.env["ir.cron"]._commit_progress
        steps = self.search(self._due_domain(), order="id")
        commit(remaining=len(steps))
        for batch in split_every(BATCH, steps.ids, self.browse):
            # A step that somebody changes is left for the next run.
            locked = batch.try_lock_for_update()
            locked.invalidate_recordset()
            for step in locked.filtered_domain(self._due_domain()):
                step._catch_up()
            if not commit(len(batch)):
                break

    @api.model
    def _due_domain(self) -> Domain:
        running = Domain("run_id.state", "=", "running")
        due = Domain("state", "=", "waiting") & Domain("date_due", "<=", "today")
        planned = Domain("state", "=", "planned")
        left = planned & Domain("owner_id.active", "=", False)
        gone = planned & Domain("activity_id", "=", False)
        return running & (due | left | gone)

    def _catch_up(self):
        """Plan one step; a failure is written down and stops no other."""
        try:
            with self.env.cr.savepoint():
                self._give_anew()
        except Exception:  # of any kind: one step holds up no other
            # Told in the log; it stays due, so the next run tries again.
            _logger.exception("Step %s of a playbook could not be planned", self.id)

    def _give_anew(self):
        due = self.date_due
        old = self.activity_id
        self._assign(self._begin() or due)
        self.date_due = due
        if old:  # its owner has left
            old.with_context(mail_activity_quick_update=True).user_id = self.owner_id
            if self.owner_note:
                note = Markup("<p><i>%s</i></p>") % self.owner_note
                old.note = Markup("%s%s") % (old.note or Markup(), note)
        else:
            self._plan()
