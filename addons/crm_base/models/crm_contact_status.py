from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .res_partner import VALUE_CLASSES


class CrmContactStatus(models.Model):
    """How the contact policy is kept with one customer, as of the last sweep.

    There is one for each customer and company of ours that has a policy for him. It
    is written by the sweep alone (see ``crm_contact_status_sweep.py``).
    """

    _name = "crm.contact.status"
    _description = "State of Contact with a Customer"
    _order = "next_contact_due, id"
    _rec_name = "partner_id"
    # Rows change by the thousand, and never by a person.
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    policy_id = fields.Many2one(
        "crm.contact.policy", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", index=True, ondelete="set null"
    )
    value_class = fields.Selection(VALUE_CLASSES, "Class")
    phone = fields.Char(related="partner_id.phone")
    last_contact_date = fields.Datetime(
        "Last Contact", help="The last contact of a kind that the policy counts."
    )
    last_contact_user_id = fields.Many2one(
        "res.users",
        "Last Contact by",
        compute="_compute_last_contact",
        help="Empty where you may not see what the contact was about.",
    )
    last_contact_kind_id = fields.Many2one(
        "crm.contact.kind",
        "Last Kind",
        compute="_compute_last_contact",
        help="Empty where you may not see what the contact was about.",
    )
    next_contact_due = fields.Date(
        "Due",
        required=True,
        index=True,
        help="Counted from the last contact, or from the day when the customer was"
        " entered where there was none.",
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    contacts_in_period = fields.Integer(
        "Our Contacts",
        aggregator=None,
        help="How often we contacted the customer in the period of the policy's limit.",
    )
    is_too_often = fields.Boolean(
        "Too Often", help="We contacted the customer more often than the policy allows."
    )
    missing_step_count = fields.Integer("Yearly Contacts Missing")
    missing_steps = fields.Char(
        "Missing This Year",
        help="Yearly contacts whose months have begun and that were not made yet.",
    )
    planned_date = fields.Date(
        "Planned",
        compute="_compute_planned_date",
        search="_search_planned_date",
        help="The day of the open contact that a plan has made.",
    )
    uninvoiced_amount = fields.Monetary(
        "Not Invoiced",
        currency_field="currency_id",
        help="What was delivered and not invoiced.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    _customer_unique = models.Constraint(
        "unique(partner_id, company_id)",
        "There is a state of contact with this customer already.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("last_contact_date")
    def _compute_last_contact(self):
        """Tell by whom and how, as far as the time line tells it to this reader. That
        there was a contact, and when, is for every colleague to know."""
        found = self._last_contacts_readable()
        for status in self:
            kind_id, user_id = found.get(status.id, (False, False))
            status.last_contact_kind_id = kind_id
            status.last_contact_user_id = user_id

    def _last_contacts_readable(self) -> dict[int, tuple]:
        """Give the kind and the employee of the last contact by the id of the row."""
        timeline = self.env["crm.timeline"]
        if not self.ids or not timeline.has_access("read"):
            return {}
        timeline._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (status.id) status.id, kind.id, line.user_id
                FROM crm_contact_status AS status
                JOIN crm_contact_policy_kind_rel AS counted
                    ON counted.policy_id = status.policy_id
                JOIN crm_contact_kind AS kind ON kind.id = counted.kind_id
                JOIN crm_timeline AS line ON line.kind = kind.code
                    AND line.commercial_partner_id = status.partner_id
                    AND line.date >= status.last_contact_date
                    AND line.date < status.last_contact_date + interval '1 second'
                    AND (line.company_id IS NULL
                        OR line.company_id = status.company_id)
                WHERE status.id = ANY(%s) AND %s
                ORDER BY status.id, line.date DESC, line.user_id, kind.id""",
                self.ids,
                timeline._readable("line"),
            )
        )
        return {status_id: (kind_id, user_id) for status_id, kind_id, user_id in rows}

    @api.depends_context("uid", "tz")
    @api.depends("next_contact_due")
    def _compute_is_overdue(self):
        overdue = self.filtered_domain(self._overdue_domain())
        overdue.is_overdue = True
        (self - overdue).is_overdue = False

    def _search_is_overdue(self, operator, value):
        return self._overdue_domain() if operator == "in" else NotImplemented

    @api.model
    def _overdue_domain(self) -> Domain:
        return Domain("next_contact_due", "<", fields.Date.context_today(self))

    def _compute_planned_date(self):
        activities = self.env["mail.activity"].sudo()  # colleagues plan contacts too
        dates = {
            (partner_id, policy.company_id): date
            for partner_id, policy, date in activities._read_group(
                activities._planned_contacts(self.partner_id),
                ["res_id", "contact_policy_id"],
                ["date_deadline:min"],
            )
        }
        for status in self:
            key = (status.partner_id.id, status.company_id)
            status.planned_date = dates.get(key, False)

    def _search_planned_date(self, operator, value):
        if operator != "in" or list(value) != [False]:
            return NotImplemented
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("partner_id", "not in", self._planned_sql(company))
            for company in self.env.companies
        )

    @api.model
    def _planned_sql(self, company) -> SQL:
        """Give the customers who have an open contact planned for a company."""
        planned = Domain("contact_policy_id.company_id", "=", company.id)
        of_customers = Domain("res_model", "=", "res.partner")
        activities = self.env["mail.activity"].sudo()  # colleagues plan contacts too
        return activities._search(planned & of_customers).subselect("res_id")

    # A customer whom the reader may not see is not in the list either.

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        if not (self.env.su or bypass_access):
            readable = self.env["res.partner"]._search(Domain.TRUE)
            domain = Domain(domain) & Domain("partner_id", "in", readable)
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not self:
            return result
        allowed = self - result[0] if result else self
        # Whether the customer may be read is what is asked here.
        customers = allowed.sudo().partner_id.with_env(self.env)
        readable = customers._filtered_access("read")
        # As above.
        hidden = allowed.filtered(
            lambda status: status.sudo().partner_id not in readable
        )
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: AccessError(
            self.env._("You may not see the customers of some of these rows.")
        )

    @api.readonly
    def action_open_customer(self) -> dict:
        """Open the customer's form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def action_refresh(self) -> dict:
        """Sweep now, for managers who have changed a policy."""
        if not self.env.user.has_group("crm_base.crm_base_group_manager"):
            raise AccessError(
                self.env._("Only managers of the customer base refresh the list.")
            )
        cron = self.env.ref("crm_base.ir_cron_contact_policy")
        cron.sudo().method_direct_trigger()  # the job itself is the administrator's
        return {"type": "ir.actions.client", "tag": "soft_reload"}
