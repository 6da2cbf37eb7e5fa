import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

KINDS = [
    ("birthday", "Birthday"),
    ("name_day", "Name day"),
    ("anniversary", "Anniversary"),
    ("holiday", "Holiday of the trade"),
    ("other", "Other"),
]
# What was missed while the job stood still is still prepared so many days later.
GRACE_DAYS = 3
MOST_REMIND_DAYS = 180
BATCH = 200


class CrmOccasion(models.Model):
    """A day on which a customer is greeted or invited: a birthday, an anniversary, or
    a holiday of everybody in a trade, with a tag or in a country."""

    _name = "crm.occasion"
    _description = "Occasion"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "next_date, id"
    _check_company_auto = True

    name = fields.Char(
        "Title", help="What the occasion is called. A birthday needs no title."
    )
    kind = fields.Selection(KINDS, required=True, default="birthday", index=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        index=True,
        ondelete="cascade",
        check_company=True,
        help="Whose day it is. Empty: of all customers of the trade, tag and country.",
    )
    industry_id = fields.Many2one(
        "res.partner.industry", "Trade", help="Of customers in this trade."
    )
    category_id = fields.Many2one(
        "res.partner.category", "Tag", help="Of customers with this tag."
    )
    country_id = fields.Many2one("res.country", help="Of customers in this country.")
    date = fields.Date(
        required=True,
        help="The day itself, for example the date of birth. Where the year is not"
        " known, any will do.",
    )
    is_year_known = fields.Boolean("Year Known", default=True)
    is_yearly = fields.Boolean("Every Year", default=True)
    leap_day = fields.Selection(
        [("feb28", "28 February"), ("mar1", "1 March")],
        "29 February Becomes",
        required=True,
        default="feb28",
        help="On which day 29 February is kept in years that have none.",
    )
    next_date = fields.Date(
        "Next",
        readonly=True,
        index=True,
        copy=False,
        help="The next day on which it is kept; a job moves it on every night. Empty:"
        " it is over.",
    )
    next_date_on = fields.Datetime("Next Worked Out On", readonly=True, copy=False)
    years = fields.Integer(
        compute="_compute_years",
        help="How many years it makes, where the year is known.",
    )
    remind_days = fields.Integer(
        "Remind Days Before",
        default=7,
        help="The responsible gets an activity so many days before.",
    )
    prepared_for = fields.Date(
        "Activity Made For",
        readonly=True,
        copy=False,
        help="The day for which the last activity was made.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        domain="[('share', '=', False)]",
    )
    template_id = fields.Many2one(
        "mail.template",
        "Greeting",
        domain="[('model', '=', 'crm.occasion')]",
        help="The text from which greetings are prepared. Empty: the usual one.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company
    )
    note = fields.Text(help="What to think of: a present, who else signs.")

    _one_birthday = models.UniqueIndex(
        "(partner_id) WHERE kind = 'birthday' AND active",
        "This contact has a birthday already.",
    )
    _remind_days_range = models.Constraint(
        f"CHECK (remind_days BETWEEN 0 AND {MOST_REMIND_DAYS})",
        f"Remind 0 to {MOST_REMIND_DAYS} days before.",
    )

    @api.depends("partner_id")
    def _compute_user_id(self):
        for occasion in self:
            seller = occasion.partner_id.user_id
            occasion.user_id = seller or occasion.user_id or self.env.user

    @api.depends("name", "kind", "partner_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for occasion in self:
            title = occasion.name or kinds.get(occasion.kind, "")
            person = occasion.partner_id.name
            occasion.display_name = f"{title}: {person}" if person else title

    @api.depends("date", "next_date", "is_year_known")
    def _compute_years(self):
        for occasion in self:
            known = occasion.is_year_known and occasion.next_date and occasion.date
            occasion.years = known and occasion.next_date.year - occasion.date.year

    @api.constrains("kind", "date", "is_year_known")
    def _check_birthday(self):
        for occasion in self.filtered(lambda o: o.kind == "birthday"):
            if occasion.is_year_known and occasion.date > fields.Date.today():
                raise ValidationError(
                    self.env._(
                        "Nobody is born on %(date)s, which is in the future. Check the"
                        " year, or untick “Year Known”.",
                        date=occasion.date,
                    )
                )

    @api.constrains("kind", "partner_id", "industry_id", "category_id", "country_id")
    def _check_whose(self):
        for occasion in self:
            group = occasion.industry_id or occasion.category_id or occasion.country_id
            if occasion.kind == "birthday" and not occasion.partner_id:
                raise ValidationError(
                    self.env._("Whose birthday is it? Add a contact.")
                )
            if bool(occasion.partner_id) == bool(group):
                raise ValidationError(
                    self.env._(
                        "Say whose day it is: either one contact, or the trade, tag or"
                        " country of those who keep it."
                    )
                )

    @api.constrains("kind", "name", "is_yearly", "is_year_known")
    def _check_title_and_year(self):
        for occasion in self:
            if occasion.kind in ("holiday", "other") and not occasion.name:
                raise ValidationError(self.env._("Give the occasion a title."))
            if not occasion.is_yearly and not occasion.is_year_known:
                raise ValidationError(
                    self.env._("What happens once only needs its year.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        occasions = super().create(vals_list)
        occasions._roll()
        return occasions

    def write(self, vals):
        done = super().write(vals)
        if {"date", "is_year_known", "is_yearly", "leap_day"} & set(vals):
            self._roll()
        return done

    def action_write_greeting(self):
        """Open a mail to the contact with the greeting in the contact's language."""
        self.ensure_one()
        return self._compose(self._greeting())

    def action_write_invitation(self):
        """Open a mail to the contact with a personal invitation."""
        self.ensure_one()
        return self._compose(self.env.ref("crm_base.mail_template_invitation"))

    @api.readonly
    def action_open_customers(self):
        """Show whose day it is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._customers_domain()),
        }

    @api.model
    def _cron_roll(self):
        """Move what is over to its next day."""
        today = fields.Date.today()
        due = self.with_context(active_test=False).search([("next_date", "<", today)])
        due._roll()

    @api.model
    def _cron_prepare(self):
        """Give the responsible an activity with the greeting, once a year and occasion.

        Late by some days, it still makes those that fell into the gap.
        """
        commit = self.env["ir.cron"]._commit_progress
        due = self._due_for_activity()
        commit(remaining=len(due))
        waiting = list(due)
        while waiting:
            batch, waiting = waiting[:BATCH], waiting[BATCH:]
            occasions = self.browse(batch).try_lock_for_update()
            still_due = self._due_for_activity(occasions.ids)
            self.browse(still_due)._prepare_activities(still_due)
            if not commit(len(batch)):
                break

    # When

    def _roll(self):
        """Work out the next day of each, in one statement."""
        if not self:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_occasion SET next_date = %s, next_date_on = %s"
                " WHERE id = ANY(%s)",
                self._occurrence_sql(fields.Date.today()),
                fields.Datetime.now(),
                self.ids,
            )
        )
        self.invalidate_recordset(["next_date", "next_date_on", "years"])

    @api.model
    def _occurrence_sql(self, since: date) -> SQL:
        """SQL of the first day on or after another on which an occasion is kept.

        PostgreSQL moves 29 February to the 28th where it adds years.
        """
        start = SQL("GREATEST(%s::date, CASE WHEN is_year_known THEN date END)", since)
        this_year = self._anniversary_sql(SQL("EXTRACT(YEAR FROM %s)", start))
        next_year = self._anniversary_sql(SQL("EXTRACT(YEAR FROM %s) + 1", start))
        return SQL(
            "CASE WHEN NOT is_yearly THEN CASE WHEN date >= %s THEN date END"
            " WHEN %s >= %s THEN %s ELSE %s END",
            since,
            this_year,
            start,
            this_year,
            next_year,
        )

    @api.model
    def _anniversary_sql(self, year: SQL) -> SQL:
        """SQL of the day in a year."""
        day = SQL(
            "(date + make_interval(years => (%s - EXTRACT(YEAR FROM date))::int))"
            "::date",
            year,
        )
        return SQL(
            "(%(day)s + CASE WHEN leap_day = 'mar1' AND to_char(date, 'MMDD') = '0229'"
            " AND to_char(%(day)s, 'DD') = '28' THEN 1 ELSE 0 END)",
            day=day,
        )

    @api.model
    def _due_for_activity(self, ids: list[int] | None = None) -> dict[int, date]:
        """Map the occasions that need an activity now to the day that they are kept."""
        self.flush_model()
        today = fields.Date.today()
        rows = self.env.execute_query(
            SQL(
                """SELECT id, day FROM (
                    SELECT id, remind_days, prepared_for, create_date, %(day)s AS day
                    FROM crm_occasion WHERE active AND %(whose)s) AS kept
                WHERE day - remind_days <= %(today)s
                  AND day >= create_date::date
                  AND COALESCE(prepared_for < day, TRUE)
                ORDER BY day, id""",
                day=self._occurrence_sql(fields.Date.subtract(today, days=GRACE_DAYS)),
                whose=SQL("TRUE") if ids is None else SQL("id = ANY(%s)", list(ids)),
                today=today,
            )
        )
        return dict(rows)

    # What is prepared

    def _prepare_activities(self, days: dict[int, date]):
        may_write = self.partner_id.filtered_domain(
            self.env["res.partner"]._may_contact_query("email", "service")
        )
        for occasion in self:
            try:
                with self.env.cr.savepoint():
                    occasion._prepare_activity(days[occasion.id], may_write)
            except UserError as error:
                # The others must get theirs; this one is tried again tomorrow.
                _logger.warning("No activity for occasion %s: %s", occasion.id, error)

    def _prepare_activity(self, day: date, may_write):
        user = self._who_prepares()
        self.with_user(user).sudo(False).check_access("read")
        if not self.partner_id:
            note = self.env._("Open the occasion to see whose day it is.")
        elif self.partner_id in may_write:
            note = self._render(self._greeting())["body"]
        else:
            note = self.env._("Do not write by e-mail: there is no permission for it.")
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=day,
            summary=self.display_name,
            note=note,
            user_id=user.id,
        )
        self.prepared_for = day

    def _who_prepares(self):
        """Give the responsible, or who stands nearest where that one has left."""
        candidates = self.user_id | self.partner_id.user_id | self.create_uid
        present = candidates.filtered(lambda user: user.active and not user.share)
        if not present:
            raise UserError(
                self.env._(
                    "Nobody is responsible for “%(name)s”.", name=self.display_name
                )
            )
        return present[0]

    def _greeting(self):
        """Give the template of the greeting."""
        usual = "birthday" if self.kind == "birthday" else "greeting"
        return self.template_id or self.env.ref(f"crm_base.mail_template_{usual}")

    def _render(self, template) -> dict:
        """Write subject and body of a template in the language of the contact."""
        return {
            key: template._render_field(field, self.ids, compute_lang=True)[self.id]
            for key, field in (("subject", "subject"), ("body", "body_html"))
        }

    def _compose(self, template) -> dict:
        partner = self.partner_id
        if not partner:
            raise UserError(
                self.env._(
                    "This occasion is of many. Open its customers and write to one, or"
                    " send a mailing."
                )
            )
        may = partner.may_contact("email", "service")
        if not may:
            raise UserError(
                self.env._(
                    "You may not write to %(name)s by e-mail: %(reason)s",
                    name=partner.display_name,
                    reason=may.reason,
                )
            )
        text = self._render(template)
        return {
            "type": "ir.actions.act_window",
            "name": template.name,
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "res.partner",
                "default_res_ids": partner.ids,
                "default_partner_ids": partner.ids,
                "default_composition_mode": "comment",
                "default_subject": text["subject"],
                "default_body": text["body"],
            },
        }

    def _customers_domain(self) -> Domain:
        if self.partner_id:
            return Domain("id", "=", self.partner_id.id)
        group = Domain("active", "=", True)
        if self.industry_id:
            group &= Domain("industry_id", "=", self.industry_id.id)
        if self.category_id:
            group &= Domain("category_id", "child_of", self.category_id.id)
        if self.country_id:
            group &= Domain("country_id", "=", self.country_id.id)
        return group
