from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.board import Span, percent, quotient
from .crm_board import View

MAILED = ("sent", "delivered", "opened", "clicked", "bounced")
# So many campaigns are shown, those with most income first.
ROWS = 20


class CrmBoardMarketing(models.AbstractModel):
    """What mailings and campaigns brought: mails and what became of them, leads, orders
    and cost by campaign, and whom we may write to."""

    _name = "crm.board.marketing"
    _inherit = "crm.board"
    _description = "Marketing Board"

    @api.model
    def _content(self, view):
        leads = [self._leads(view, span) for span in view.spans]
        sold = [self._sold(view, span) for span in view.spans]
        mailings = self._mailings(view, view.span)
        return {
            "tiles": [
                *self._mail_tiles(view, mailings),
                *self._campaign_tiles(view, leads, sold),
                self._consent_tile(view),
            ],
            "blocks": [
                self._mail_chart(mailings),
                self._income_chart(sold[0]),
                self._campaigns_table(view, leads[0], sold[0]),
            ],
        }

    # Mailings

    @api.model
    def _mailings_domain(self, view: View, span: Span) -> Domain:
        """A mailing belongs to the company of who answers for it."""
        return (
            Domain("state", "=", "done")
            & Domain("user_id.company_id", "in", (view.company.id, False))
            & self._within(view, "sent_date", span)
        )

    @api.model
    def _mailings(self, view: View, span: Span):
        return self.env["mailing.mailing"].search(self._mailings_domain(view, span))

    @api.model
    def _mailed(self, mailings) -> dict[str, int]:
        """Sum up what Odoo counts of each mailing."""
        return {name: sum(mailings.mapped(name)) for name in MAILED}

    @api.model
    def _mail_tiles(self, view, mailings) -> list[dict]:
        env = self.env
        before = [self._mailings(view, span) for span in view.spans[1:]]
        sums = [self._mailed(found) for found in (mailings, *before)]
        label = env._("Mailings")
        action = self._open(
            label, "mailing.mailing", self._mailings_domain(view, view.span)
        )
        tiles = [
            self._tile(
                "mailings",
                label,
                [len(mailings), *map(len, before)],
                env._("Mailings whose sending ended in the period."),
                better=0,
                action=action,
            ),
            self._tile(
                "sent",
                env._("Mails sent"),
                [total["sent"] for total in sums],
                env._(
                    "Mails of these mailings that went out. Left out: people without"
                    " consent, on the blacklist, or without an address."
                ),
                better=0,
                action=self._open_traces(env._("Mails sent"), mailings, []),
            ),
        ]
        for key, label, formula, better, states in self._mail_rates():
            rates = [percent(total[key], total["sent"]) for total in sums]
            opened = self._open_traces(label, mailings, states)
            tiles.append(
                self._tile(key, label, rates, formula, "percent", better, opened)
            )
        return tiles

    @api.model
    def _mail_rates(self) -> list[tuple]:
        env = self.env
        return [
            (
                "delivered",
                env._("Delivered"),
                env._("Mails that did not come back ÷ mails sent."),
                1,
                [("trace_status", "in", ("sent", "open", "reply"))],
            ),
            (
                "opened",
                env._("Opened"),
                env._(
                    "Mails opened or answered ÷ mails sent. Programs that hide opening"
                    " count as not opened."
                ),
                1,
                [("trace_status", "in", ("open", "reply"))],
            ),
            (
                "clicked",
                env._("Clicked"),
                env._("Mails in which a link was followed ÷ mails sent."),
                1,
                [("links_click_datetime", "!=", False)],
            ),
            (
                "bounced",
                env._("Bounced"),
                env._("Mails that came back ÷ mails sent."),
                -1,
                [("trace_status", "=", "bounce")],
            ),
        ]

    @api.model
    def _open_traces(self, name, mailings, states):
        domain = Domain("mass_mailing_id", "in", mailings.ids)
        domain &= Domain(states) if states else Domain("sent_datetime", "!=", False)
        return self._open(name, "mailing.trace", domain, ("list",))

    # Campaigns

    @api.model
    def _leads_domain(self, view: View, span: Span) -> Domain:
        # Lost leads are archived; they came all the same.
        return (
            Domain("campaign_id", "!=", False)
            & Domain("campaign_id.company_id", "in", (view.company.id, False))
            & Domain("active", "in", (True, False))
            & self._of_company(view)
            & self._within(view, "create_date", span)
        )

    @api.model
    def _leads(self, view: View, span: Span) -> dict[int, int]:
        rows = self.env["crm.lead"]._read_group(
            self._leads_domain(view, span), ["campaign_id"], ["__count"]
        )
        return {campaign.id: count for campaign, count in rows}

    @api.model
    def _sold_domain(self, view: View, span: Span) -> Domain:
        """What campaigns sold are the orders of their deals, as on the campaign."""
        return (
            Domain("opportunity_id.campaign_id", "!=", False)
            & Domain(
                "opportunity_id.campaign_id.company_id", "in", (view.company.id, False)
            )
            & Domain("state", "=", "sale")
            & Domain("company_id", "=", view.company.id)
            & self._within(view, "date_order", span)
        )

    @api.model
    def _sold(self, view: View, span: Span) -> dict[int, tuple[int, float]]:
        """Give orders and income by campaign."""
        query = self.env["sale.order"]._search(self._sold_domain(view, span))
        lead = query.left_join(
            "sale_order", "opportunity_id", "crm_lead", "id", "opportunity_id"
        )
        campaign = SQL.identifier(lead, "campaign_id")
        query.groupby, query.order = campaign, None
        rows = self.env.execute_query(
            query.select(
                campaign,
                SQL("count(*)"),
                SQL(
                    "sum(sale_order.amount_untaxed / COALESCE(NULLIF("
                    "sale_order.currency_rate, 0), 1)::numeric)::float"
                ),
            )
        )
        return {id_: (count, amount) for id_, count, amount in rows}

    @api.model
    def _campaign_tiles(self, view, leads, sold) -> list[dict]:
        env = self.env
        came, ordered = env._("Leads of campaigns"), env._("Orders of campaigns")
        opened = self._open(ordered, "sale.order", self._sold_domain(view, view.span))
        return [
            self._tile(
                "leads",
                came,
                [sum(found.values()) for found in leads],
                env._("Leads and deals of a campaign that came in the period."),
                action=self._open(
                    came, "crm.lead", self._leads_domain(view, view.span)
                ),
            ),
            self._tile(
                "orders",
                ordered,
                [sum(count for count, _a in found.values()) for found in sold],
                env._(
                    "Confirmed orders of the period whose deal belongs to a campaign."
                ),
                action=opened,
            ),
            self._tile(
                "income",
                env._("Income of campaigns"),
                [sum(amount for _c, amount in found.values()) for found in sold],
                env._(
                    "Confirmed orders of the period whose deal belongs to a campaign,"
                    " without taxes. Left out: orders without a deal."
                ),
                "money",
                action=opened,
            ),
            self._return_tile(view, {*leads[0], *sold[0]}),
        ]

    @api.model
    def _return_tile(self, view, ids) -> dict:
        campaigns = self._costly(ids)
        label = self.env._("Return of campaigns")
        income = sum(self._incomes(view, campaigns).values())
        cost = sum(campaigns.mapped("crm_cost"))
        return self._tile(
            "return",
            label,
            [percent(income - cost, cost)],
            self.env._(
                "(Income − cost) ÷ cost, of campaigns with leads or orders in the"
                " period, from their beginning until today. Left out: campaigns"
                " without a cost."
            ),
            "percent",
            action=self._open(label, "utm.campaign", Domain("id", "in", campaigns.ids)),
        )

    @api.model
    def _costly(self, ids):
        return self.env["utm.campaign"].browse(sorted(ids)).filtered("crm_cost")

    @api.model
    def _incomes(self, view, campaigns) -> dict[int, float]:
        """Give what campaigns sold so far. A campaign of all companies sells for each:
        what it sold for the others is not this one's."""
        if not campaigns:
            return {}
        return campaigns._order_incomes(Domain("company_id", "=", view.company.id))

    @api.model
    def _all_leads(self, view, campaigns) -> dict[int, int]:
        """Count the leads of campaigns since their beginning, lost ones as well."""
        came = (
            Domain("campaign_id", "in", campaigns.ids)
            & Domain("active", "in", (True, False))
            & self._of_company(view)
        )
        rows = self.env["crm.lead"]._read_group(came, ["campaign_id"], ["__count"])
        return {campaign.id: count for campaign, count in rows}

    # Consent

    @api.model
    def _consent_tile(self, view) -> dict:
        partners, label = self.env["res.partner"], self.env._("May get marketing")
        known = Domain("email", "!=", False) & Domain("partner_share", "=", True)
        known &= self._of_company(view)
        allowed = known & Domain("may_email_marketing", "=", True)
        share = percent(partners.search_count(allowed), partners.search_count(known))
        return self._tile(
            "consent",
            label,
            [share],
            self.env._(
                "Contacts who may get marketing by e-mail, by the consent ledger, the"
                " rule of the company and the blacklist ÷ contacts with an e-mail"
                " address, at this moment."
            ),
            "percent",
            action=self._open(label, "res.partner", allowed),
        )

    # Charts and tables

    @api.model
    def _mail_chart(self, mailings) -> dict:
        shown = mailings.sorted("sent_date")[-12:]
        labels = {key: label for key, label, *_rest in self._mail_rates()}
        return self._chart(
            "mails",
            self.env._("The last mailings"),
            [mailing.subject for mailing in shown],
            [
                (label, [mailing[key] for mailing in shown])
                for key, label in labels.items()
            ],
            actions=[self._open_record("mailing.mailing", one.id) for one in shown],
        )

    @api.model
    def _income_chart(self, sold) -> dict:
        ids = sorted(sold, key=lambda id_: -sold[id_][1])[:8]
        campaigns = self.env["utm.campaign"].browse(ids)
        title = self.env._("Income by campaign")
        return self._chart(
            "income",
            title,
            [campaign.title or campaign.name for campaign in campaigns],
            [(title, [sold[id_][1] for id_ in ids])],
            "money",
            "doughnut",
            [self._open_record("utm.campaign", id_) for id_ in ids],
        )

    @api.model
    def _campaigns_table(self, view, leads, sold) -> dict:
        env = self.env
        ids = sorted({*leads, *sold}, key=lambda id_: (-sold.get(id_, (0, 0))[1], id_))
        campaigns = env["utm.campaign"].browse(ids[:ROWS])
        incomes = self._incomes(view, campaigns)
        all_leads = self._all_leads(view, campaigns)
        return self._table_of(
            "campaigns",
            env._("Campaigns"),
            [
                (env._("Campaign"), "text"),
                (env._("Leads"), "count"),
                (env._("Orders"), "count"),
                (env._("Income"), "money"),
                (env._("Cost so far"), "money"),
                (env._("Cost per lead"), "money"),
                (env._("Yield so far"), "money"),
                (env._("Return so far"), "percent"),
            ],
            [
                self._campaign_row(
                    campaign,
                    leads.get(campaign.id, 0),
                    sold.get(campaign.id, (0, 0)),
                    incomes.get(campaign.id, 0) - campaign.crm_cost,
                    all_leads.get(campaign.id, 0),
                )
                for campaign in campaigns
            ],
            env._(
                "Leads, orders and income of the period; cost, yield and return from"
                " the beginning of a campaign until today, for a cost has no day."
            ),
        )

    @api.model
    def _campaign_row(self, campaign, leads, sold, gain, all_leads) -> tuple:
        cost = campaign.crm_cost
        cells = [
            campaign.title or campaign.name,
            leads,
            *sold,
            cost,
            quotient(cost, all_leads) or None,
            gain,
            percent(gain, cost),
        ]
        return cells, self._open_record("utm.campaign", campaign.id)
