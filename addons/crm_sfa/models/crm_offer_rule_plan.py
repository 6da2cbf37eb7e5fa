from datetime import timedelta

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.offer import Check, Chosen, Usual, choose

# What rules say, in the order in which it is told.
SAID = (
    "pricelist_id",
    "sale_order_template_id",
    "payment_term_id",
    "validity_days",
    "basket_orders",
)


class CrmOfferRule(models.Model):
    """What is offered to a customer by the rules that hold, and the reasons."""

    _inherit = "crm.offer.rule"

    @api.model
    def _plans(self, customers, company) -> dict[int, dict]:
        """Give what each customer is offered: for each name in ``SAID`` what was
        chosen, and ``checks``, all rules with what they ask."""
        rules = self._of_company(company)
        all_checks = rules._checks(customers)
        plans = {}
        for customer in customers:
            checks = all_checks.get(customer.id, [])
            plans[customer.id] = {"checks": checks} | {
                name: choose(checks, name) for name in SAID
            }
        return plans

    @api.model
    def _check_plan(self, plan: dict, customer, company):
        """Raise what would make the offer wrong."""
        for name in ("pricelist_id", "sale_order_template_id", "payment_term_id"):
            chosen = plan[name]
            if chosen and (problem := self._problem_of(chosen, company)):
                raise UserError(problem)
        pricelist = self._plan_pricelist(plan, customer, company)
        currency = pricelist.currency_id or company.currency_id
        rates = self.env["res.currency.rate"].sudo()  # whether there is one
        known = rates.search_count(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", [company.root_id.id, False]),
            ],
            limit=1,
        )
        if currency != company.currency_id and not known:
            raise UserError(
                self.env._(
                    "%(customer)s buys by the price list “%(pricelist)s” in"
                    " %(currency)s, which has no rate to the currency of %(company)s."
                    " Enter a rate first.",
                    customer=customer.name,
                    pricelist=pricelist.name,
                    currency=currency.name,
                    company=company.name,
                )
            )

    def _problem_of(self, chosen: Chosen, company) -> str:
        value = chosen.value.sudo()  # name, company and state of what a rule proposes
        if value.company_id and value.company_id != company:
            return self.env._(
                "“%(what)s”, which the rule “%(rule)s” proposes, belongs to another"
                " company. Mend the rule.",
                what=value.name,
                rule=chosen.rule.name,
            )
        if not value.active:
            return self.env._(
                "“%(what)s”, which the rule “%(rule)s” proposes, is archived. Mend the"
                " rule.",
                what=value.name,
                rule=chosen.rule.name,
            )
        return ""

    @api.model
    def _plan_pricelist(self, plan: dict, customer, company):
        chosen = plan["pricelist_id"]
        own = customer.with_company(company).property_product_pricelist
        return chosen.value.sudo(False) if chosen else own

    @api.model
    def _plan_basket(self, plan: dict, customer, company) -> list[Usual]:
        chosen = plan["basket_orders"]
        if not chosen:
            return []
        months = chosen.rule.basket_months
        return self._usual(customer, company, chosen.value, months)

    @api.model
    def _usual(self, customer, company, orders: int, months: int) -> list[Usual]:
        """Give what the whole family buys regularly, and how much of it usually."""
        since = fields.Datetime.now() - relativedelta(months=months)
        self.env["sale.order"].flush_model(["partner_id", "state", "date_order"])
        self.env["sale.order.line"].flush_model(["product_id", "product_uom_qty"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product, uom,
                       percentile_disc(0.5) WITHIN GROUP (ORDER BY quantity), count(*)
                  FROM (SELECT line.product_id AS product, line.product_uom_id AS uom,
                               line.order_id, sum(line.product_uom_qty) AS quantity
                          FROM sale_order_line AS line
                          JOIN sale_order ON sale_order.id = line.order_id
                          JOIN res_partner AS person
                            ON person.id = sale_order.partner_id
                         WHERE person.commercial_partner_id = %s
                           AND sale_order.company_id = %s
                           AND sale_order.state = 'sale'
                           AND sale_order.date_order >= %s
                           AND line.is_downpayment IS NOT TRUE
                           AND line.product_id IS NOT NULL
                           AND line.product_uom_qty > 0
                           AND line.price_unit >= 0
                      GROUP BY 1, 2, 3) AS bought
              GROUP BY product, uom
                HAVING count(*) >= %s
              ORDER BY count(*) DESC, product, uom""",
                customer.commercial_partner_id.id,
                company.id,
                since,
                orders,
            )
        )
        return [Usual(*row) for row in rows]

    @api.model
    def _offered(self, basket: list[Usual], company) -> tuple[list[Usual], list[str]]:
        """Part what can be sold from what cannot any more, which is named."""
        # Also goods that are hidden by now: they are named as what cannot be sold.
        products = (
            self.env["product.product"].sudo().browse(one.product for one in basket)
        )
        gone = products.filtered(
            lambda product: (
                not product.active
                or not product.sale_ok
                or (product.company_id and product.company_id != company)
            )
        )
        kept = [one for one in basket if one.product not in gone._ids]
        return kept, [product.display_name for product in gone]

    # Reasons

    @api.model
    def _plan_reasons(self, plan: dict, left_out: list[str]) -> Markup:
        """Tell which rule says what and why, which others are overruled, and which
        rules do not hold and why."""
        checks: list[Check] = plan["checks"]
        items = [self._reason(name, plan[name], checks) for name in SAID if plan[name]]
        if not items:
            items.append(
                self.env._(
                    "No rule holds: the customer's own price list and terms apply."
                )
            )
        if left_out:
            items.append(
                self.env._(
                    "Usual, but not sold any more: %(names)s.",
                    names=", ".join(left_out),
                )
            )
        items += [
            self.env._(
                "Rule “%(rule)s” does not hold. Missing: %(missing)s.",
                rule=check.rule.name,
                missing="; ".join(check.missing),
            )
            for check in checks
            if not check.holds
        ]
        rows = Markup("").join(Markup("<li>%s</li>") % item for item in items)
        return Markup("<ul>%s</ul>") % rows

    def _reason(self, name: str, chosen: Chosen, checks: list[Check]) -> str:
        check = next(check for check in checks if check.rule == chosen.rule)
        asked = "; ".join(condition.text for condition in check.conditions)
        text = self.env._(
            "%(what)s %(value)s: rule “%(rule)s” (%(why)s).",
            what=self._fields[name]._description_string(self.env),
            value=self._said(chosen.rule, name),
            rule=chosen.rule.name,
            why=asked or self.env._("for every customer"),
        )
        if not chosen.others:
            return text
        return self.env._(
            "%(text)s It comes before %(others)s.",
            text=text,
            others=", ".join(
                f"“{rule.name}” ({self._said(rule, name)})" for rule in chosen.others
            ),
        )

    def _said(self, rule, name: str) -> str:
        value = rule[name]
        return str(value) if isinstance(value, int) else f"“{value.display_name}”"

    # The quotation

    @api.model
    def _prepare_offer_vals(self, plan: dict, customer, company, lead) -> dict:
        """Give the values of the draft; its prices are computed by the ERP."""
        seller = self.env.user
        if customer.user_id and seller.has_group(
            "sales_team.group_sale_salesman_all_leads"
        ):
            seller = lead.user_id or customer.user_id
        vals = {
            "partner_id": (lead.partner_id or customer).id,
            "company_id": company.id,
            "user_id": seller.id,
            "opportunity_id": lead.id,
        }
        if lead:
            vals |= {
                "team_id": lead.team_id.id,
                "campaign_id": lead.campaign_id.id,
                "medium_id": lead.medium_id.id,
                "source_id": lead.source_id.id,
            }
        for name in ("pricelist_id", "sale_order_template_id", "payment_term_id"):
            if plan[name]:
                vals[name] = plan[name].value.id
        if plan["validity_days"]:
            days = timedelta(days=plan["validity_days"].value)
            vals["validity_date"] = fields.Date.context_today(self) + days
        return vals

    @api.model
    def _make_offer(self, plan: dict, customer, company, basket, lead=None):
        """Make the draft with the user's own rights."""
        lead = lead if lead is not None else self.env["crm.lead"]
        vals = self._prepare_offer_vals(plan, customer, company, lead)
        order = self.env["sale.order"].with_company(company).create(vals)
        if order.sale_order_template_id:
            order._onchange_sale_order_template_id()
        there = order.order_line.product_id._ids
        order.write(
            {
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": one.product,
                            "product_uom_id": one.uom,
                            "product_uom_qty": one.quantity,
                        },
                    )
                    for one in basket
                    if one.product not in there
                ]
            }
        )
        return order
