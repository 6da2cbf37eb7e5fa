from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.report_day import next_day

CONTENTS = [
    ("digest", "What changed and why"),
    ("funnel", "Funnel of the last year"),
    ("list", "A saved list"),
]
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class CrmReportSchedule(models.Model):
    """A report that goes by mail to people every week or month, as PDF, spreadsheet or
    both. Each gets what the own rights show, in the own language."""

    _name = "crm.report.schedule"
    _description = "Scheduled Report"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    content = fields.Selection(CONTENTS, required=True, default="digest")
    filter_id = fields.Many2one(
        "ir.filters",
        "Saved Search",
        ondelete="restrict",
        help="Says which records are listed. Save a search as favourite in any list,"
        " and choose it here.",
    )
    export_id = fields.Many2one(
        "ir.exports",
        "Columns",
        ondelete="restrict",
        help="A template saved when exporting from the same kind of list. Empty: the"
        " columns of its usual list.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Recipients",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Archived users get nothing.",
    )
    every = fields.Selection(
        [("week", "Week"), ("month", "Month")], required=True, default="week"
    )
    weekday = fields.Selection(WEEKDAYS, "On", required=True, default="0")
    monthday = fields.Integer(
        "On Day",
        required=True,
        default=1,
        aggregator=None,
        help="A month that is shorter has its last day.",
    )
    as_pdf = fields.Boolean("PDF", default=True)
    as_xlsx = fields.Boolean("Spreadsheet (XLSX)", default=True)
    date_next = fields.Date(
        "Next On",
        compute="_compute_date_next",
        store=True,
        readonly=False,
        index=True,
        help="On this day of the company's calendar it is sent.",
    )
    sending_ids = fields.One2many("crm.report.sending", "schedule_id", readonly=True)
    sending_count = fields.Integer("Sent", compute="_compute_sendings")
    problem = fields.Text(compute="_compute_sendings")

    _real_monthday = models.Constraint(
        "CHECK (monthday BETWEEN 1 AND 31)", "Choose a day between 1 and 31."
    )

    @api.depends("every", "weekday", "monthday")
    def _compute_date_next(self):
        values = self.env["crm.value.source"]
        for schedule in self:
            today = values._today(schedule.company_id or self.env.company)
            schedule.date_next = schedule._day_after(today)

    def _day_after(self, day):
        # A form may hold no day for a moment.
        monthday = min(max(self.monthday, 1), 31)
        return next_day(day, self.every or "week", int(self.weekday or 0), monthday)

    @api.depends("sending_ids.state", "sending_ids.problem", "user_ids.active")
    def _compute_sendings(self):
        for schedule in self:
            sendings = schedule.sending_ids
            schedule.sending_count = len(sendings)
            last = max(sendings.mapped("date"), default=None)
            problems = [
                ": ".join(filter(None, (sending.user_id.name, sending.problem)))
                for sending in sendings
                if sending.date == last and sending.problem
            ]
            if not schedule.user_ids.filtered("active"):
                problems.append(self.env._("Nobody gets it: choose recipients."))
            schedule.problem = "\n".join(problems)

    @api.constrains("user_ids", "active")
    def _check_user_ids(self):
        for schedule in self:
            archived = schedule.with_context(active_test=False).user_ids
            if schedule.active and not archived:
                raise ValidationError(
                    self.env._(
                        "Choose who gets the report “%(name)s”.", name=schedule.name
                    )
                )
            if any(user.share for user in archived):
                raise ValidationError(
                    self.env._("Reports go to people of the company only.")
                )

    @api.constrains("content", "filter_id", "export_id")
    def _check_filter_id(self):
        for schedule in self.filtered(lambda one: one.content == "list"):
            if not self.env.su:
                schedule.filter_id.check_access("read")
                schedule.export_id.check_access("read")
            # The content of a filter shared among others is checked, not shown.
            filter_sudo, export_sudo = (
                schedule.filter_id.sudo(),
                schedule.export_id.sudo(),
            )
            if not filter_sudo:
                raise ValidationError(
                    self.env._("Choose the saved search whose records are listed.")
                )
            if export_sudo and export_sudo.resource != filter_sudo.model_id:
                raise ValidationError(
                    self.env._(
                        "The columns “%(columns)s” are those of another list than"
                        " “%(filter)s”.",
                        columns=export_sudo.name,
                        filter=filter_sudo.name,
                    )
                )

    @api.constrains("as_pdf", "as_xlsx")
    def _check_formats(self):
        if any(not one.as_pdf and not one.as_xlsx for one in self):
            raise ValidationError(self.env._("Choose PDF, spreadsheet, or both."))

    # What people do

    @api.readonly
    def action_preview(self) -> dict:
        """Show what one would get oneself."""
        self.ensure_one()
        self.check_access("read")
        report = self.env.ref("crm_analytics.crm_report_schedule_report")
        return report.report_action(self)

    @api.readonly
    def action_open_sendings(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.report.sending",
            "views": [(False, "list")],
            "domain": [("schedule_id", "=", self.id)],
        }
