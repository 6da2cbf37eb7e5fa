from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.offer import Check, Condition, choose, in_season
from .crm_offer_rule import BROKEN

PAST = relativedelta(months=12)


class CrmOfferRule(models.Model):
    """Which rules hold for which customers, and which do not and why."""

    _inherit = "crm.offer.rule"

    @api.model
    def _of_company(self, company):
        # What a customer is offered does not depend on who may see the rules.
        return self.sudo().search([("company_id", "=", company.id)])

    def _checks(self, customers, day=None) -> dict[int, list[Check]]:
        """Give for each customer all these rules with what they ask of him."""
        company = self.company_id or self.env.company
        day = day or fields.Date.context_today(self)
        # Amounts and debts are compared here, and never told to the user.
        customers_sudo = customers.sudo().with_company(company)
        facts = self._offer_facts(customers_sudo, company, day)
        return {
            customer.id: [
                Check(rule, rule._offer_conditions(customer, facts[customer.id]))
                for rule in self.sudo()  # as above
            ]
            for customer in customers_sudo
        }

    def _offer_conditions(self, customer, facts: dict) -> list[Condition]:
        """Give what the rule asks of a customer; addons add what they know of him.

        Texts tell what is asked, and not what the customer has: the user may have no
        right to see that.

        :param facts: see :meth:`_offer_facts`
        """
        self.ensure_one()
        return [
            *self._conditions_of_customer(customer),
            *self._conditions_of_money(facts),
            *self._conditions_of_season(facts["day"]),
            *self._conditions_of_domain(customer),
        ]

    def _conditions_of_customer(self, customer) -> list[Condition]:
        found = []
        for name in ("value_class", "relationship_stage"):
            if self[name]:
                field = self._fields[name]
                label = dict(field._description_selection(self.env))[self[name]]
                text = f"{field._description_string(self.env)}: {label}"
                found.append(Condition(text, customer[name] == self[name]))
        if self.territory_id:
            text = self.env._("Territory: %(name)s", name=self.territory_id.name)
            path = customer.territory_id.parent_path or ""
            inside = path.startswith(self.territory_id.parent_path or "-")
            found.append(Condition(text, inside))
        if self.category_ids:
            names = ", ".join(self.category_ids.mapped("name"))
            tags = customer.category_id
            above = {
                int(one) for tag in tags for one in tag.parent_path.split("/")[:-1]
            }
            found.append(
                Condition(
                    self.env._("Tag: %(names)s", names=names),
                    bool(above & set(self.category_ids.ids)),
                )
            )
        if self.industry_ids:
            names = ", ".join(self.industry_ids.mapped("name"))
            found.append(
                Condition(
                    self.env._("Industry: %(names)s", names=names),
                    customer.industry_id in self.industry_ids,
                )
            )
        return found

    def _conditions_of_money(self, facts: dict) -> list[Condition]:
        found = []
        if self.volume_min:
            amount = self.currency_id.format(self.volume_min)
            text = self.env._("Bought for at least %(amount)s a year", amount=amount)
            found.append(Condition(text, facts["volume"] >= self.volume_min))
        if self.volume_max:
            amount = self.currency_id.format(self.volume_max)
            text = self.env._("Bought for at most %(amount)s a year", amount=amount)
            found.append(Condition(text, facts["volume"] <= self.volume_max))
        if self.discipline:
            known = facts["late_days"] is not None
            good = known and (
                facts["late_days"] <= self.late_days
                and facts["late_share"] <= self.late_share
            )
            labels = dict(self._fields["discipline"]._description_selection(self.env))
            text = labels[self.discipline]
            found.append(
                Condition(
                    text, good if self.discipline == "good" else known and not good
                )
            )
        return found

    def _conditions_of_season(self, day) -> list[Condition]:
        if not self.is_seasonal:
            return []
        start, stop = self._season()
        text = self.env._(
            "From %(start)s to %(stop)s",
            start=f"{start[1]}.{start[0]}.",
            stop=f"{stop[1]}.{stop[0]}.",
        )
        return [Condition(text, in_season(day, start, stop))]

    def _conditions_of_domain(self, customer) -> list[Condition]:
        try:
            domain = self._parsed_domain()
            if domain.is_true():
                return []
            holds = bool(customer.filtered_domain(domain))
        except BROKEN as error:
            raise UserError(self._broken_text(error)) from error
        return [Condition(self.env._("Further conditions"), holds)]

    # What is known of customers

    def _offer_facts(self, customers, company, day) -> dict[int, dict]:
        """Give what conditions are compared with, for all customers at once; addons
        add theirs. Asked only where a rule needs it."""
        facts = {
            customer.id: {
                "day": day,
                "volume": 0.0,
                "late_days": None,
                "late_share": None,
            }
            for customer in customers
        }
        if any(rule.volume_min or rule.volume_max for rule in self):
            for customer, volume in self._volumes(customers, company, day):
                facts[customer.id]["volume"] = volume
        if any(rule.discipline for rule in self):
            for customer_id, days, share in self._lateness(customers, company, day):
                facts[customer_id] |= {"late_days": days, "late_share": share}
        return facts

    def _volumes(self, customers, company, day):
        return (
            self.env["account.move"]
            .sudo()  # compared with a limit, never told
            ._read_group(
                [
                    ("commercial_partner_id", "in", customers.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                    ("invoice_date", ">", day - PAST),
                    ("invoice_date", "<=", day),
                ],
                ["commercial_partner_id"],
                ["amount_untaxed_signed:sum"],
            )
        )

    def _lateness(self, customers, company, day):
        """Give for each customer the days late on average, and the share of invoices
        that were late; an invoice that is overdue now is as late as it is today."""
        self.env["account.move"].flush_model(
            ["commercial_partner_id", "payment_state", "invoice_date_due", "state"]
        )
        self.env["account.partial.reconcile"].flush_model(["debit_move_id", "max_date"])
        return self.env.execute_query(
            SQL(
                """
                SELECT customer, avg(late)::float,
                       avg(CASE WHEN late > 0 THEN 1 ELSE 0 END)::float
                  FROM (
                    SELECT invoice.commercial_partner_id AS customer, GREATEST(0,
                           CASE WHEN invoice.payment_state IN ('paid', 'in_payment')
                                THEN max(paid.max_date) ELSE %(day)s::date END
                           - invoice.invoice_date_due) AS late
                      FROM account_move AS invoice
                 LEFT JOIN account_move_line AS line
                        ON line.move_id = invoice.id
                       AND line.display_type = 'payment_term'
                 LEFT JOIN account_partial_reconcile AS paid
                        ON paid.debit_move_id = line.id
                     WHERE invoice.commercial_partner_id = ANY(%(customers)s)
                       AND invoice.company_id = %(company)s
                       AND invoice.state = 'posted'
                       AND invoice.move_type = 'out_invoice'
                       AND invoice.invoice_date > %(since)s
                       AND invoice.invoice_date_due <= %(day)s
                       AND invoice.payment_state != 'reversed'
                  GROUP BY invoice.id) AS invoices
                 WHERE late IS NOT NULL
              GROUP BY customer""",
                day=day,
                since=day - PAST,
                customers=customers.ids,
                company=company.id,
            )
        )

    @api.model
    def _pricelist_for(self, order):
        """Give the price list that rules offer to the customer of an order, as of the
        day on which it was made; none if a rule is broken."""
        rules = self._of_company(order.company_id)
        customer = order.partner_id.commercial_partner_id
        if not rules or not customer:
            return self.env["product.pricelist"]
        day = (order.create_date or fields.Datetime.now()).date()
        try:
            checks = rules._checks(customer._origin, day)[customer._origin.id]
        except UserError:
            return self.env["product.pricelist"]
        chosen = choose(checks, "pricelist_id")
        return chosen.value if chosen else self.env["product.pricelist"]
