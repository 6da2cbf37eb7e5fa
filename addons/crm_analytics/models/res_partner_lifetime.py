from odoo import api, fields, models
from odoo.fields import Domain

from .crm_lifetime_result import CHURN

READERS = "crm_analytics.crm_analytics_group_user"


class ResPartner(models.Model):
    """What the newest computation of the current company says of a customer; people
    show what it says of their company."""

    _inherit = "res.partner"

    lifetime_churn = fields.Selection(
        CHURN,
        "Churn",
        compute="_compute_lifetime",
        search="_search_lifetime_churn",
        groups=READERS,
    )
    lifetime_probability = fields.Float(
        "Probability Alive",
        compute="_compute_lifetime",
        search="_search_lifetime_probability",
        groups=READERS,
        help="The probability that this customer will order again at all.",
    )
    lifetime_date_next = fields.Date(
        "Next Order Expected",
        compute="_compute_lifetime",
        search="_search_lifetime_date_next",
        groups=READERS,
        help="An order comes before this day as probably as after it.",
    )
    lifetime_value = fields.Monetary(
        currency_field="lifetime_currency_id",
        compute="_compute_lifetime",
        search="_search_lifetime_value",
        groups=READERS,
        help="What the customer's orders will bring in the months ahead, on average.",
    )
    lifetime_currency_id = fields.Many2one(
        "res.currency", compute="_compute_lifetime", groups=READERS
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_lifetime(self):
        results = self._lifetime_results(self.commercial_partner_id)
        by_customer = {result.partner_id: result for result in results}
        for partner in self:
            result = by_customer.get(partner.commercial_partner_id, results.browse())
            partner.lifetime_churn = result.churn
            partner.lifetime_probability = result.probability
            partner.lifetime_date_next = result.date_next
            partner.lifetime_value = result.lifetime_value
            partner.lifetime_currency_id = result.currency_id

    @api.model
    def _lifetime_results(self, customers):
        """Give what the newest computation of the current company says of customers."""
        names = ("partner_id", "churn", "probability", "date_next", "lifetime_value")
        domain = self._lifetime_domain() & Domain("partner_id", "in", customers.ids)
        return self.env["crm.lifetime.result"].search_fetch(domain, names)

    @api.model
    def _lifetime_domain(self) -> Domain:
        newest = self.env["crm.lifetime.run"]._newest(self.env.company)
        return Domain("run_id", "in", newest)

    def _search_lifetime_churn(self, operator, value):
        return self._search_lifetime("churn", operator, value)

    def _search_lifetime_probability(self, operator, value):
        return self._search_lifetime("probability", operator, value)

    def _search_lifetime_date_next(self, operator, value):
        return self._search_lifetime("date_next", operator, value)

    def _search_lifetime_value(self, operator, value):
        return self._search_lifetime("lifetime_value", operator, value)

    @api.model
    def _search_lifetime(self, name: str, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        said = self._lifetime_domain()
        results = self.env["crm.lifetime.result"]
        asked = said & Domain(name, operator, value)
        found = Domain(
            "commercial_partner_id",
            "in",
            results._search(asked).subselect("partner_id"),
        )
        if operator == "in" and False in value:
            # Of whom nothing is said, the field is empty too.
            anybody = results._search(said).subselect("partner_id")
            found |= Domain("commercial_partner_id", "not in", anybody)
        return found

    # The card

    def _card_facts(self, family):
        facts = super()._card_facts(family)
        if not self.env.user.has_group(READERS):
            return facts
        result = self._lifetime_results(self.commercial_partner_id)[:1]
        if not result:
            return facts
        labels = dict(result._fields["churn"]._description_selection(self.env))
        value = labels[result.churn]
        if result.churn != "once":
            value = f"{value}, {result.probability:.0%}"
        label = self.env._("Still a customer")
        action = self._card_action(
            "crm.lifetime.result", [("partner_id", "=", result.partner_id.id)], label
        )
        fact = {"key": "lifetime", "label": label, "value": value, "action": action}
        return [*facts, fact]
