from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.crm_base.models.crm_relationship_change import STAGES
from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

from ..tools.offer import is_day

BROKEN = (ValueError, SyntaxError, TypeError, KeyError)


class CrmOfferRule(models.Model):
    """What customers of some kind are offered: price list, template, usual products
    and terms. Of the rules that hold for a customer the first says each of these."""

    _name = "crm.offer.rule"
    _description = "Offer Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Where several rules hold, the first one counts."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # Of whom
    value_class = fields.Selection(VALUE_CLASSES, help="Empty: of any class.")
    relationship_stage = fields.Selection(STAGES, "Stage", help="Empty: in any stage.")
    territory_id = fields.Many2one(
        "crm.territory",
        index="btree_not_null",
        check_company=True,
        help="With the territories below it; empty: of any.",
    )
    category_ids = fields.Many2many(
        "res.partner.category",
        "crm_offer_rule_category_rel",
        "rule_id",
        "category_id",
        "Tags",
        help="With one of these tags, or a tag below it; empty: all.",
    )
    industry_ids = fields.Many2many(
        "res.partner.industry",
        "crm_offer_rule_industry_rel",
        "rule_id",
        "industry_id",
        "Industries",
    )
    volume_min = fields.Monetary(
        "Bought at Least",
        help="Invoices less credit notes of the last 12 months, without taxes; 0: does"
        " not matter.",
    )
    volume_max = fields.Monetary("Bought at Most", help="0: does not matter.")
    discipline = fields.Selection(
        [("good", "Pays on time"), ("bad", "Pays late")],
        "Payment Discipline",
        help="By the invoices of the last 12 months. Without any that fell due, a"
        " customer is neither.",
    )
    late_days = fields.Integer(
        "Days Late", default=5, help="On time is at most so many days late on average."
    )
    late_share = fields.Float(
        "Share Paid Late",
        default=0.25,
        help="On time is at most this share of the invoices paid late.",
    )
    is_seasonal = fields.Boolean("Only in a Season")
    month_from = fields.Integer("From Month", default=1, aggregator=None)
    day_from = fields.Integer("From Day", default=1, aggregator=None)
    month_to = fields.Integer("To Month", default=12, aggregator=None)
    day_to = fields.Integer("To Day", default=31, aggregator=None)
    domain = fields.Char(
        "Further Conditions",
        required=True,
        default="[]",
        help="Whatever else a customer has to be.",
    )

    # What
    pricelist_id = fields.Many2one(
        "product.pricelist", check_company=True, index="btree_not_null"
    )
    sale_order_template_id = fields.Many2one(
        "sale.order.template", "Quotation Template", check_company=True
    )
    payment_term_id = fields.Many2one(
        "account.payment.term", "Payment Terms", check_company=True
    )
    validity_days = fields.Integer(
        "Valid for Days", help="0: as the template or the company says."
    )
    basket_orders = fields.Integer(
        "Usual Basket: Bought in Orders",
        default=2,
        help="Products are offered that stood in at least so many orders of the period,"
        " each with its usual quantity; 0: none.",
    )
    basket_months = fields.Integer("Usual Basket: of the Last Months", default=12)

    _volume_sensible = models.Constraint(
        "CHECK (volume_min >= 0 AND volume_max >= 0"
        " AND (volume_max = 0 OR volume_min <= volume_max))",
        "The volume of a rule goes from a smaller to a greater amount.",
    )
    _basket_sensible = models.Constraint(
        "CHECK (basket_orders >= 0 AND basket_months BETWEEN 1 AND 60)",
        "The usual basket is that of 1 to 60 months, and of no fewer than 0 orders.",
    )
    _discipline_sensible = models.Constraint(
        "CHECK (late_days >= 0 AND late_share BETWEEN 0 AND 1)",
        "The share that is paid late is from 0 to 1, the days late not below zero.",
    )
    _validity_positive = models.Constraint(
        "CHECK (validity_days BETWEEN 0 AND 3650)",
        "An offer is valid for 0 to 3650 days.",
    )

    @api.constrains("is_seasonal", "month_from", "day_from", "month_to", "day_to")
    def _check_season(self):
        for rule in self:
            start, stop = rule._season()
            if rule.is_seasonal and not (is_day(*start) and is_day(*stop)):
                raise ValidationError(
                    self.env._(
                        "The season of the rule “%(name)s” has a day that no year has.",
                        name=rule.name,
                    )
                )

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                self.env["res.partner"].search_count(rule._parsed_domain(), limit=1)
            except (UserError, *BROKEN) as error:
                raise ValidationError(rule._broken_text(error)) from error

    def _season(self):
        return (self.month_from, self.day_from), (self.month_to, self.day_to)

    def _parsed_domain(self) -> Domain:
        """Read the stored conditions as data, never as code."""
        self.ensure_one()
        return Domain(literal_eval(self.domain or "[]"))

    def _broken_text(self, error) -> str:
        return self.env._(
            "The further conditions of the rule “%(name)s” cannot be read any more:"
            " %(error)s. Choose them anew.",
            name=self.name,
            error=error,
        )

    @api.readonly
    def action_open_customers(self) -> dict:
        """Open the customers for whom the rule holds now."""
        self.ensure_one()
        self.check_access("read")
        partners = self.env["res.partner"].search(self._customers_domain())
        checks = self._checks(partners)
        held = [partner.id for partner in partners if checks[partner.id][0].holds]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers: %(name)s", name=self.name),
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", held)],
        }

    def _customers_domain(self) -> Domain:
        """Whom the rule is for, as far as that can be searched."""
        found = self._partner_domain()
        try:
            found &= self._parsed_domain()
        except BROKEN as error:
            raise UserError(self._broken_text(error)) from error
        return self.env["crm.contact.policy"]._customers_of(self.company_id) & found

    def _partner_domain(self) -> Domain:
        domain = Domain("is_company", "=", True) | Domain("parent_id", "=", False)
        for name in ("value_class", "relationship_stage"):
            if self[name]:
                domain &= Domain(name, "=", self[name])
        return domain

    def copy_data(self, default=None):
        return [
            vals | {"name": self.env._("%(name)s (copy)", name=rule.name)}
            for rule, vals in zip(self, super().copy_data(default), strict=True)
        ]
