from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_sfa.tools.rate import at_rate

REACHED = [
    ("lead", "Lead"),
    ("opportunity", "Opportunity"),
    ("quotation", "Quotation"),
    ("order", "Order"),
    ("delivery", "Delivered"),
    ("invoice", "Invoiced"),
    ("service", "Service"),
    ("repeat", "Next Order"),
]


class CrmFunnel(models.Model):
    """The way of each lead from the first touch to the customer's next order: which
    steps it reached, when, and for how much.

    A row is a lead and has its id. Doubles that were merged are no rows. Amounts are
    without taxes, in the company's currency at the rate of the order.
    """

    _name = "crm.funnel"
    _description = "Funnel"
    _auto = False
    _order = "date_lead desc, id desc"
    _rec_name = "lead_id"
    _depends = {
        "account.move": ["invoice_date", "move_type", "state"],
        "account.move.line": ["move_id"],
        "crm.lead": [
            "campaign_id", "company_id", "create_date", "date_conversion",
            "expected_revenue", "medium_id", "merged_into_id", "partner_id",
            "source_id", "team_id", "type", "user_id",
        ],
        "helpdesk.ticket": ["commercial_partner_id", "company_id", "create_date"],
        "product.template": ["invoice_policy", "type"],
        "res.partner": ["commercial_partner_id", "territory_id"],
        "sale.order": [
            "amount_untaxed", "company_id", "currency_rate", "date_order",
            "opportunity_id", "partner_id", "state",
        ],
        "sale.order.line": [
            "invoice_lines", "is_downpayment", "order_id", "price_reduce_taxexcl",
            "price_subtotal", "product_id", "product_uom_qty", "qty_delivered",
            "untaxed_amount_invoiced",
        ],
    }  # fmt: skip

    lead_id = fields.Many2one("crm.lead", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    territory_id = fields.Many2one("crm.territory", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    reached = fields.Selection(
        REACHED, "Came To", readonly=True, help="The last step that was reached."
    )
    date_lead = fields.Datetime("First Touch", readonly=True)
    date_opportunity = fields.Datetime("Opportunity Since", readonly=True)
    date_quotation = fields.Datetime("First Quotation", readonly=True)
    date_order = fields.Datetime("First Order", readonly=True)
    date_delivery = fields.Datetime(
        "First Delivery",
        readonly=True,
        help="Known where deliveries are made in Odoo's inventory.",
    )
    date_invoice = fields.Datetime("First Invoice", readonly=True)
    date_service = fields.Datetime(
        "First Ticket", readonly=True, help="The first one after the order."
    )
    date_repeat = fields.Datetime("Next Order", readonly=True)
    leads = fields.Integer(readonly=True)
    opportunities = fields.Integer(readonly=True)
    quotations = fields.Integer("Quoted", readonly=True)
    orders = fields.Integer("Ordered", readonly=True)
    deliveries = fields.Integer(
        "Delivered",
        readonly=True,
        help="All that was ordered came, or nothing had to be delivered.",
    )
    invoices = fields.Integer("Invoiced", readonly=True)
    services = fields.Integer("Asked for Service", readonly=True)
    repeats = fields.Integer("Ordered Again", readonly=True)
    amount_lead = fields.Monetary("Expected", readonly=True)
    amount_quotation = fields.Monetary(
        "Quoted Amount", readonly=True, help="Of several quotations the largest."
    )
    amount_order = fields.Monetary("Ordered Amount", readonly=True)
    amount_delivery = fields.Monetary("Delivered Amount", readonly=True)
    amount_invoice = fields.Monetary("Invoiced Amount", readonly=True)
    amount_repeat = fields.Monetary("Next Order Amount", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return self._members_sql(SQL("TRUE"))

    @api.model
    def _members_sql(self, which: SQL) -> SQL:
        """Follow leads through the funnel.

        :param which: a condition on the tables ``lead`` and ``customer``
        """
        return SQL(
            "SELECT %s FROM %s WHERE lead.merged_into_id IS NULL AND %s",
            self._select(),
            self._from(),
            which,
        )

    def _select(self) -> SQL:
        return SQL(
            """lead.id, lead.id AS lead_id, customer.id AS partner_id,
            customer.territory_id, lead.user_id, lead.team_id, lead.campaign_id,
            lead.source_id, lead.medium_id,
            COALESCE(lead.company_id, %(company)s) AS company_id, firm.currency_id,
            CASE WHEN again.date_order IS NOT NULL THEN 'repeat'
                 WHEN asked.moment IS NOT NULL THEN 'service'
                 WHEN bill.moment IS NOT NULL THEN 'invoice'
                 WHEN goods.is_delivered THEN 'delivery'
                 WHEN placed.ordered IS NOT NULL THEN 'order'
                 WHEN placed.quoted IS NOT NULL THEN 'quotation'
                 WHEN %(is_deal)s THEN 'opportunity'
                 ELSE 'lead' END AS reached,
            lead.create_date AS date_lead,
            CASE WHEN %(is_deal)s THEN COALESCE(lead.date_conversion, lead.create_date)
                 END AS date_opportunity,
            placed.quoted AS date_quotation,
            placed.ordered AS date_order,
            CASE WHEN goods.is_delivered THEN goods.moment END AS date_delivery,
            bill.moment AS date_invoice,
            asked.moment AS date_service,
            again.date_order AS date_repeat,
            1 AS leads,
            (%(is_deal)s)::int AS opportunities,
            (placed.quoted IS NOT NULL)::int AS quotations,
            (placed.ordered IS NOT NULL)::int AS orders,
            COALESCE(goods.is_delivered, FALSE)::int AS deliveries,
            (bill.moment IS NOT NULL)::int AS invoices,
            (asked.moment IS NOT NULL)::int AS services,
            (again.date_order IS NOT NULL)::int AS repeats,
            COALESCE(lead.expected_revenue, 0) AS amount_lead,
            COALESCE(placed.offered, 0) AS amount_quotation,
            COALESCE(placed.amount, 0) AS amount_order,
            COALESCE(goods.delivered, 0) AS amount_delivery,
            COALESCE(goods.invoiced, 0) AS amount_invoice,
            COALESCE(again.amount, 0) AS amount_repeat""",
            company=self.env.company.id,
            # What was quoted was an opportunity, whatever its type says.
            is_deal=SQL("(lead.type = 'opportunity' OR placed.quoted IS NOT NULL)"),
        )

    def _from(self) -> SQL:
        # Each step is looked up for those only who ordered: the condition within each
        # part, not that of the join, spares the search.
        return SQL(
            """crm_lead AS lead
            JOIN res_company AS firm ON firm.id = COALESCE(lead.company_id, %(company)s)
            LEFT JOIN res_partner AS person ON person.id = lead.partner_id
            LEFT JOIN res_partner AS customer
                ON customer.id = person.commercial_partner_id
            LEFT JOIN LATERAL (%(placed)s) AS placed ON TRUE
            LEFT JOIN LATERAL (%(goods)s) AS goods ON placed.ordered IS NOT NULL
            LEFT JOIN LATERAL (%(bill)s) AS bill ON placed.ordered IS NOT NULL
            LEFT JOIN LATERAL (%(asked)s) AS asked ON placed.ordered IS NOT NULL
            LEFT JOIN LATERAL (%(again)s) AS again ON placed.ordered IS NOT NULL""",
            company=self.env.company.id,
            placed=self._placed_sql(),
            goods=self._goods_sql(),
            bill=self._bill_sql(),
            asked=self._asked_sql(),
            again=self._again_sql(),
        )

    @api.model
    def _amount_sql(self) -> SQL:
        """The untaxed amount of an order; a rate that is missing counts one to one."""
        return at_rate(SQL("sale.amount_untaxed"), SQL("sale.currency_rate"))

    @api.model
    def _placed_sql(self) -> SQL:
        """The quotations of a lead, cancelled ones too, and what became orders."""
        return SQL(
            """SELECT min(sale.create_date) AS quoted,
                   max(%(amount)s) AS offered,
                   min(sale.date_order) FILTER (WHERE sale.state = 'sale') AS ordered,
                   sum(%(amount)s) FILTER (WHERE sale.state = 'sale') AS amount
              FROM sale_order AS sale
             WHERE sale.opportunity_id = lead.id AND sale.company_id = firm.id""",
            amount=self._amount_sql(),
        )

    @api.model
    def _goods_sql(self) -> SQL:
        """What came of the orders. Where nothing is to be delivered, nothing lacks."""
        board = self.env["crm.order.board"]
        return SQL(
            """SELECT COALESCE(bool_and((%(delivered)s) IS TRUE)
                       FILTER (WHERE %(deliverable)s), TRUE) AS is_delivered,
                   sum(CASE WHEN %(deliverable)s
                       THEN line.qty_delivered::numeric
                           * line.price_reduce_taxexcl::numeric
                       ELSE line.price_subtotal END / rate.of_order)
                       FILTER (WHERE line.is_downpayment IS NOT TRUE) AS delivered,
                   sum(line.untaxed_amount_invoiced::numeric / rate.of_order)
                       AS invoiced,
                   %(moment)s AS moment
              FROM sale_order AS sale
             CROSS JOIN LATERAL (
                   SELECT COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric
                   ) AS rate (of_order)
              JOIN sale_order_line AS line ON line.order_id = sale.id
         LEFT JOIN product_product AS product ON product.id = line.product_id
         LEFT JOIN product_template AS template
                ON template.id = product.product_tmpl_id
             WHERE sale.opportunity_id = lead.id AND sale.state = 'sale'
               AND sale.company_id = firm.id AND placed.ordered IS NOT NULL""",
            deliverable=board._deliverable_sql(),
            delivered=board._delivered_sql(),
            moment=self._delivery_moment_sql(),
        )

    @api.model
    def _delivery_moment_sql(self) -> SQL:
        """When the first delivery of the orders was made: only Odoo's inventory, which
        may not be there, keeps it."""
        if "effective_date" in self.env["sale.order"]._fields:
            return SQL("min(sale.effective_date)")
        return SQL("NULL::timestamp")

    @api.model
    def _bill_sql(self) -> SQL:
        return SQL(
            """SELECT min(GREATEST(%(noon)s, placed.ordered)) AS moment
              FROM sale_order AS sale
              JOIN sale_order_line AS line ON line.order_id = sale.id
              JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
              JOIN account_move_line AS sold ON sold.id = rel.invoice_line_id
              JOIN account_move AS move ON move.id = sold.move_id
             WHERE sale.opportunity_id = lead.id AND sale.state = 'sale'
               AND sale.company_id = firm.id AND placed.ordered IS NOT NULL
               AND move.state = 'posted' AND move.move_type = 'out_invoice'""",
            noon=self.env["crm.value.source"]._noon_sql(
                self.env.company, SQL("move.invoice_date")
            ),
        )

    @api.model
    def _asked_sql(self) -> SQL:
        return SQL(
            """SELECT ticket.create_date AS moment
              FROM helpdesk_ticket AS ticket
             WHERE ticket.commercial_partner_id = customer.id
               AND (ticket.company_id = firm.id OR ticket.company_id IS NULL)
               AND ticket.create_date > placed.ordered
               AND placed.ordered IS NOT NULL
          ORDER BY ticket.create_date
             LIMIT 1"""
        )

    @api.model
    def _again_sql(self) -> SQL:
        """The next order of the family that is not of this lead: of each buyer the
        first one, by an index of ``sale.order``."""
        return SQL(
            """SELECT later.date_order, later.amount
              FROM res_partner AS buyer
             CROSS JOIN LATERAL (
                   SELECT sale.date_order, %(amount)s AS amount
                     FROM sale_order AS sale
                    WHERE sale.partner_id = buyer.id AND sale.company_id = firm.id
                      AND sale.state = 'sale' AND sale.date_order > placed.ordered
                      AND sale.opportunity_id IS DISTINCT FROM lead.id
                 ORDER BY sale.date_order
                    LIMIT 1) AS later
             WHERE buyer.commercial_partner_id = customer.id
               AND placed.ordered IS NOT NULL
          ORDER BY later.date_order
             LIMIT 1""",
            amount=self._amount_sql(),
        )

    @api.readonly
    def action_open_lead(self) -> dict:
        """Open the lead, for those who may read it."""
        self.ensure_one()
        return self.lead_id.get_formview_action()
