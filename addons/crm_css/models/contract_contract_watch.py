from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .contract_contract_service import IN_FORCE

STAGES = [
    ("overdue", "Past the end"),
    ("fortnight", "Within 14 days"),
    ("month", "Within 30 days"),
    ("quarter", "Within 90 days"),
    ("later", "Later"),
]
SOON = 30


class ContractContract(models.Model):
    """The watch: which deadline comes next, who was told, and who has it in hand."""

    _inherit = "contract.contract"

    watch_date = fields.Date(
        "Next Deadline",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The last day for notice; after it, the last day of the contract.",
    )
    watch_stage = fields.Selection(
        STAGES,
        "Time Left",
        readonly=True,
        copy=False,
        index="btree_not_null",
        group_expand=True,
        help="Set anew every day, and whenever the contract changes.",
    )
    remind_customer = fields.Boolean(
        "Remind the Customer",
        default=True,
        help="The contact of the contract gets the reminders too, by mail.",
    )
    reminder_ids = fields.One2many(
        "crm.contract.reminder", "contract_id", "Reminders", readonly=True
    )
    is_unacknowledged = fields.Boolean(
        "To Acknowledge",
        compute="_compute_is_unacknowledged",
        search="_search_is_unacknowledged",
        help="A reminder was given, and nobody has said yet: I see to it.",
    )
    term_hint = fields.Char(compute="_compute_term_hint")

    @api.depends("reminder_ids.state", "reminder_ids.acknowledged_date")
    def _compute_is_unacknowledged(self):
        waiting = self.filtered_domain(self._unacknowledged_domain())
        waiting.is_unacknowledged = True
        (self - waiting).is_unacknowledged = False

    def _search_is_unacknowledged(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._unacknowledged_domain()

    @api.model
    def _unacknowledged_domain(self) -> Domain:
        waiting = Domain("state", "in", ("claimed", "sent")) & Domain(
            "acknowledged_date", "=", False
        )
        reminded = Domain("reminder_ids", "any", waiting)
        return reminded & Domain("watch_date", "!=", False)

    @api.depends("service_state", "service_end", "terminate_date", "notice_date")
    def _compute_term_hint(self):
        for contract in self:
            contract.term_hint = contract._term_hint()

    def _term_hint(self) -> str:
        """Tell what happens next, in one sentence."""
        state, end = self.service_state, self.service_end
        day = {"date": format_date(self.env, end)}
        if state == "expired":
            return self.env._(
                "Expired on %(date)s, and nobody has decided: renew or terminate it.",
                **day,
            )
        if state == "notice":
            told = format_date(self.env, self.terminate_date)
            return self.env._("Notice was given: it ends on %(date)s.", date=told)
        if state not in IN_FORCE or not end:
            return ""
        if self.renewal_kind == "tacit":
            return self.env._(
                "Goes on after %(date)s unless notice is given until %(notice)s.",
                notice=format_date(self.env, self.notice_date),
                **day,
            )
        return self.env._("Ends on %(date)s unless it is renewed.", **day)

    @api.model
    def _refresh_watch(self, families=None):
        """Set the next deadline and how far it is, in one statement.

        :param families: customers to look at; all where none are named
        """
        self.env.flush_all()
        where = SQL("TRUE")
        if families is not None:
            where = SQL(
                "contract.commercial_partner_id IN %s", tuple(families.ids) or (None,)
            )
        self.env.execute_query(
            SQL(
                """UPDATE contract_contract AS contract
                SET watch_date = fresh.day, watch_stage = %(stage)s
                FROM (SELECT contract.id, %(day)s AS day
                    FROM contract_contract AS contract WHERE %(where)s) AS fresh
                WHERE contract.id = fresh.id
                AND (contract.watch_date, contract.watch_stage)
                    IS DISTINCT FROM (fresh.day, %(stage)s)
                RETURNING contract.id""",
                day=self._watch_date_sql(),
                stage=self._watch_stage_sql(),
                where=where,
            )
        )
        self.invalidate_model(["watch_date", "watch_stage"])
        self._refresh_customers(families)

    def _watch_date_sql(self) -> SQL:
        return SQL(
            """CASE
                WHEN contract.is_service IS NOT TRUE
                    OR contract.service_step != 'signed'
                    OR contract.active IS NOT TRUE
                    OR contract.service_start > %(today)s THEN NULL
                WHEN contract.is_terminated THEN
                    CASE WHEN contract.terminate_date >= %(today)s
                        THEN contract.terminate_date END
                WHEN contract.notice_interval > 0
                    AND contract.notice_date >= %(today)s THEN contract.notice_date
                ELSE contract.service_end
            END""",
            today=fields.Date.context_today(self),
        )

    def _watch_stage_sql(self) -> SQL:
        return SQL(
            """CASE
                WHEN fresh.day IS NULL THEN NULL
                WHEN fresh.day < %(today)s THEN 'overdue'
                WHEN fresh.day <= %(today)s + 14 THEN 'fortnight'
                WHEN fresh.day <= %(today)s + 30 THEN 'month'
                WHEN fresh.day <= %(today)s + 90 THEN 'quarter'
                ELSE 'later'
            END""",
            today=fields.Date.context_today(self),
        )

    @api.model
    def _refresh_customers(self, families=None):
        """Write on each customer which contract ends first, for the card."""
        ending = self._ending_domain()
        customers = Domain("contract_due_date", "!=", False)
        if families is not None:
            ending &= Domain("commercial_partner_id", "in", families.ids)
            customers &= Domain("id", "in", families.ids)
        groups = self._read_group([("is_service", "=", True)], ["company_id"])
        for (company,) in groups:
            own = ending & Domain("company_id", "=", company.id)
            partners = self.env["res.partner"].with_company(company)
            due = {}
            for contract in self.search(own):
                partner = partners.browse(contract.commercial_partner_id.id)
                due[partner] = min(due.get(partner, date.max), contract._last_day())
            for partner in partners.search(customers) - partners.union(*due):
                partner.contract_due_date = False
            for partner, day in due.items():
                if partner.contract_due_date != day:
                    partner.contract_due_date = day

    def _last_day(self) -> date | None:
        """Give the day on which the contract ends as things stand."""
        return self.terminate_date if self.is_terminated else self.service_end

    @api.model
    def _ending_domain(self) -> Domain:
        """Tell which contracts end, or have ended without a decision."""
        explicit = Domain("renewal_kind", "=", "explicit") & Domain(
            "service_end", "!=", False
        )
        states = Domain.OR(
            self._state_domain(state) for state in ("running", "renewed", "expired")
        )
        return self._state_domain("notice") | (states & explicit)

    def action_acknowledge(self):
        """Say that one sees to it: the reminders of these deadlines rest."""
        self.check_access("read")
        if self.env.user.share:
            raise AccessError(self.env._("Only employees see to contracts."))
        for contract in self:
            # Who sees it may say so, and change nothing.
            contract_sudo = contract.sudo()
            contract_sudo._rest_reminders()
            contract_sudo._message_log(
                body=self.env._(
                    "%(name)s sees to the deadline of %(date)s.",
                    name=self.env.user.name,
                    date=format_date(self.env, contract.watch_date),
                ),
                author_id=self.env.user.partner_id.id,
            )

    def _rest_reminders(self):
        """Put on record that the open reminders were seen, and take the to-dos back."""
        open_ones = self.reminder_ids.filtered(lambda one: not one.acknowledged_date)
        open_ones.write(
            {
                "acknowledged_date": fields.Datetime.now(),
                "acknowledged_by_id": self.env.uid,
            }
        )
        self._drop_reminders()
