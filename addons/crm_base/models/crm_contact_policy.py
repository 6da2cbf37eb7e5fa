from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_duration

from ..tools.contact_hours import Hours
from .crm_relationship_change import STAGES
from .res_partner import VALUE_CLASSES

# In the order of date.weekday().
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CrmContactPolicy(models.Model):
    """How often, through which kinds of contact and at what hours a class of customers
    must and may be contacted. The first policy that fits a customer rules."""

    _name = "crm.contact.policy"
    _description = "Contact Policy"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(
        default=10, help="The first policy that fits a customer rules."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    value_class = fields.Selection(
        VALUE_CLASSES, help="Only customers of this class; empty: of any."
    )
    relationship_stage = fields.Selection(
        STAGES,
        "Stage",
        help="Only customers in this stage of the relationship; empty: in any.",
    )
    territory_id = fields.Many2one(
        "crm.territory",
        index="btree_not_null",
        check_company=True,
        help="Only customers of this territory and of those below it; empty: of any.",
    )
    category_ids = fields.Many2many(
        "res.partner.category",
        "crm_contact_policy_category_rel",
        "policy_id",
        "category_id",
        "Tags",
        help="Only customers with one of these tags, or a tag below it; empty: all.",
    )
    min_days = fields.Integer(
        "At Least Every",
        required=True,
        default=30,
        help="So many days after the last contact the next one is due.",
    )
    kind_ids = fields.Many2many(
        "crm.contact.kind",
        "crm_contact_policy_kind_rel",
        "policy_id",
        "kind_id",
        "By",
        help="Only contacts of these kinds count, whoever began. The first of them is"
        " what a contact is planned as.",
    )
    max_contacts = fields.Integer(
        "At Most",
        help="So many contacts that we begin are allowed in the period; 0: no limit.",
    )
    max_period = fields.Integer(
        "In a Period of",
        required=True,
        default=30,
        help="The days, up to now, in which our contacts are counted.",
    )
    max_kind_ids = fields.Many2many(
        "crm.contact.kind",
        "crm_contact_policy_max_kind_rel",
        "policy_id",
        "kind_id",
        "Counting",
        help="Only contacts of these kinds count for the limit; empty: all kinds.",
    )
    hour_from = fields.Float(
        "From",
        default=9,
        help="Contacts are allowed from this hour on, in the customer's time zone.",
    )
    hour_to = fields.Float(
        "To",
        default=18,
        help="Contacts are allowed until this hour, in the customer's time zone.",
    )
    mon = fields.Boolean(default=True)
    tue = fields.Boolean(default=True)
    wed = fields.Boolean(default=True)
    thu = fields.Boolean(default=True)
    fri = fields.Boolean(default=True)
    sat = fields.Boolean()
    sun = fields.Boolean()
    step_ids = fields.One2many(
        "crm.contact.policy.step", "policy_id", "Once a Year", copy=True
    )
    status_count = fields.Integer("Customers", compute="_compute_status_count")

    def _compute_status_count(self):
        counts = dict(
            self.env["crm.contact.status"]._read_group(
                [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.status_count = counts.get(policy, 0)

    @api.constrains("min_days", "kind_ids")
    def _check_at_least(self):
        for policy in self:
            if policy.min_days <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s”: a contact is due every so many days. Enter"
                        " a number above 0, not %(days)s.",
                        policy=policy.name,
                        days=policy.min_days,
                    )
                )
            if not policy.kind_ids:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s”: choose at least one kind of contact that"
                        " counts.",
                        policy=policy.name,
                    )
                )

    @api.constrains(
        "min_days", "kind_ids", "max_contacts", "max_period", "max_kind_ids"
    )
    def _check_at_most(self):
        for policy in self:
            if policy.max_contacts < 0 or policy.max_period <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s”: the limit is a number of contacts (0 for no"
                        " limit) in a period of at least one day.",
                        policy=policy.name,
                    )
                )
            if policy._forbids_what_it_asks_for():
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” asks for a contact every %(min_days)s days, which"
                        " is %(needed)s in %(period)s days, and allows %(allowed)s."
                        " Allow more or ask for fewer.",
                        policy=policy.name,
                        min_days=policy.min_days,
                        needed=policy.max_period // policy.min_days,
                        period=policy.max_period,
                        allowed=policy.max_contacts,
                    )
                )

    def _forbids_what_it_asks_for(self) -> bool:
        """Tell whether every required contact counts for a limit that is lower."""
        all_count = not self.max_kind_ids or self.kind_ids <= self.max_kind_ids
        needed = self.max_period // self.min_days if self.min_days > 0 else 0
        return bool(self.max_contacts) and all_count and needed > self.max_contacts

    @api.constrains("hour_from", "hour_to", *WEEKDAYS)
    def _check_hours(self):
        for policy in self:
            start, stop = policy.hour_from, policy.hour_to
            values = {
                "policy": policy.name,
                "start": format_duration(start),
                "stop": format_duration(stop),
            }
            if not 0 <= start <= 24 or not 0 <= stop <= 24:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s”: hours lie between 0:00 and 24:00, not from"
                        " %(start)s to %(stop)s.",
                        **values,
                    )
                )
            if start > stop:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s”: the hours from %(start)s to %(stop)s would pass"
                        " midnight. Enter the earlier hour first.",
                        **values,
                    )
                )
            if start == stop or not policy._hours().weekdays:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” would allow no contact at all: choose a weekday,"
                        " and hours that are not equal.",
                        **values,
                    )
                )

    @api.readonly
    def action_open_customers(self) -> dict:
        """Open the customers whom the policy rules."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_contact_status_action"
        )
        return action | {"domain": [("policy_id", "=", self.id)], "context": {}}

    # Whom a policy rules

    def _customer_conditions(self) -> Domain:
        """Give what a customer must be for this policy; addons add their conditions."""
        self.ensure_one()
        conditions = Domain.TRUE
        if self.value_class:
            conditions &= Domain("value_class", "=", self.value_class)
        if self.relationship_stage:
            conditions &= Domain("relationship_stage", "=", self.relationship_stage)
        if self.territory_id:
            conditions &= Domain("territory_id", "child_of", self.territory_id.ids)
        if self.category_ids:
            conditions &= Domain("category_id", "child_of", self.category_ids.ids)
        return conditions

    @api.model
    def _customers_of(self, company) -> Domain:
        """Give who is a customer at all: neither our staff nor a company of ours."""
        return Domain(
            [
                ("active", "=", True),
                ("partner_share", "=", True),
                ("company_id", "in", [company.id, False]),
                ("ref_company_ids", "=", False),
            ]
        )

    @api.model
    def _of(self, customer):
        """Give the policy that rules a customer, for the company one works in."""
        company = self.env.company
        # What rules a customer does not depend on who asks.
        customer = customer.sudo().commercial_partner_id.with_company(company)
        if not customer.filtered_domain(self._customers_of(company)):
            return self.browse()
        for policy in self.sudo().search([("company_id", "=", company.id)]):  # as above
            if customer.filtered_domain(policy._customer_conditions()):
                return policy.sudo(self.env.su)
        return self.browse()

    @api.model
    def _tz_name(self, company) -> str:
        """Give the time zone of a company's days, and of customers who have none."""
        company_sudo = company.sudo()  # a user need not read the company's address
        calendar_tz = company_sudo.resource_calendar_id.tz
        return company_sudo.partner_id.tz or calendar_tz or "UTC"

    def _hours(self) -> Hours:
        self.ensure_one()
        days = (number for number, name in enumerate(WEEKDAYS) if self[name])
        return Hours(self.hour_from, self.hour_to, frozenset(days))
