from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

CHANNELS = [
    ("web", "Web form"),
    ("mail", "Mail"),
    ("sheet", "Spreadsheet"),
    ("card", "Business card"),
    ("call", "Call"),
    ("survey", "Survey"),
    ("event", "Event"),
    ("chat", "Live chat"),
    ("other", "Other"),
]
LEADERS = "sales_team.group_sale_salesman_all_leads"


class UtmCampaign(models.Model):
    """A channel that brings leads: what it cost, and what came of it.

    Whoever reads counts what he may see; money is for those who may see all leads,
    for it means nothing over a part of them.
    """

    _inherit = "utm.campaign"

    crm_channel = fields.Selection(
        CHANNELS,
        "Channel",
        index="btree_not_null",
        help="How the leads of this campaign come in. The web form, the business card"
        " and the call take the first campaign of their channel unless told otherwise.",
    )
    crm_team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        ondelete="set null",
        help="The web form and the spreadsheets of this campaign give their leads to"
        " this team. Empty: to whom the assignment gives them.",
    )
    crm_cost = fields.Monetary(
        "Cost",
        currency_field="currency_id",
        groups=LEADERS,
        help="What the campaign cost so far, in the currency of its company.",
    )
    crm_won_count = fields.Integer(
        "Won Deals",
        compute="_compute_crm_won_count",
        groups="sales_team.group_sale_salesman",
    )
    crm_income = fields.Monetary(
        "Order Income",
        currency_field="currency_id",
        compute="_compute_crm_income",
        groups=LEADERS,
        help="Confirmed orders of the campaign's deals, without taxes, in the currency"
        " of the campaign's company.",
    )
    crm_yield = fields.Monetary(
        "Yield",
        currency_field="currency_id",
        compute="_compute_crm_income",
        groups=LEADERS,
        help="Order income less cost.",
    )
    crm_cost_per_lead = fields.Monetary(
        "Cost per Lead",
        currency_field="currency_id",
        compute="_compute_crm_income",
        groups=LEADERS,
    )

    _cost_not_negative = models.Constraint(
        "CHECK (crm_cost >= 0)", "The cost of a campaign is zero or more."
    )

    def _compute_crm_won_count(self):
        groups = self.env["crm.lead"]._read_group(
            [*self._won_domain()], ["campaign_id"], ["__count"]
        )
        counts = {campaign.id: count for campaign, count in groups}
        for campaign in self:
            campaign.crm_won_count = counts.get(campaign.id, 0)

    @api.depends("crm_cost")
    def _compute_crm_income(self):
        incomes = self._order_incomes()
        for campaign in self:
            leads = campaign.crm_lead_count
            campaign.crm_income = incomes.get(campaign.id, 0)
            campaign.crm_yield = campaign.crm_income - campaign.crm_cost
            campaign.crm_cost_per_lead = leads and campaign.crm_cost / leads

    def _order_incomes(self, domain: Domain = Domain.TRUE) -> dict[int, float]:
        """Sum up by campaign what its deals ordered, in the campaign's currency.

        :param domain: which of their orders count
        """
        orders = self.env["sale.order"]
        orders.flush_model(["amount_untaxed", "company_id", "currency_rate"])
        query = orders._search(self._orders_domain() & domain)
        lead = query.left_join(
            "sale_order", "opportunity_id", "crm_lead", "id", "opportunity_id"
        )
        # The rate of an order is that of its own day, to its company's currency.
        query.groupby = SQL("1, 2")
        query.order = None
        rows = self.env.execute_query(
            query.select(
                SQL.identifier(lead, "campaign_id"),
                SQL.identifier("sale_order", "company_id"),
                SQL(
                    "sum(sale_order.amount_untaxed"
                    " / COALESCE(NULLIF(sale_order.currency_rate, 0), 1))"
                ),
            )
        )
        incomes = {}
        today = fields.Date.context_today(self)
        for campaign_id, company_id, amount in rows:
            # A campaign may bring orders to companies that are not the reader's first.
            company = self.env["res.company"].sudo().browse(company_id)
            target = self.browse(campaign_id).currency_id or company.currency_id
            amount = company.currency_id._convert(amount, target, company, today)
            incomes[campaign_id] = incomes.get(campaign_id, 0) + amount
        return incomes

    def _won_domain(self) -> Domain:
        return Domain("campaign_id", "in", self.ids) & Domain("won_status", "=", "won")

    def _orders_domain(self) -> Domain:
        return Domain("opportunity_id.campaign_id", "in", self.ids) & Domain(
            "state", "=", "sale"
        )

    @api.readonly
    def action_open_won_deals(self):
        return self._open_of_campaign(
            self.env._("Won Deals"), "crm.lead", self._won_domain()
        )

    @api.readonly
    def action_open_campaign_orders(self):
        return self._open_of_campaign(
            self.env._("Orders"), "sale.order", self._orders_domain()
        )

    def _open_of_campaign(self, name: str, model: str, domain: Domain) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [*domain],
            "context": {"create": False},
        }

    @api.model
    def _of_channel(self, channel: str):
        """Give the campaign that leads of a channel belong to by default."""
        return self.search(
            [
                ("crm_channel", "=", channel),
                ("company_id", "in", [False, self.env.company.id]),
            ],
            order="id",
            limit=1,
        )
