from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

STANDINGS = [
    ("to_deliver", "To Deliver"),
    ("partly", "Partly Delivered"),
    ("to_invoice", "Delivered, Not Invoiced"),
    ("unpaid", "Invoiced, Not Paid"),
    ("overdue", "Overdue"),
    ("dispute", "Disputed"),
    ("paid", "Paid"),
]
# A blocked invoice is owed all the same.
UNPAID = SQL("('not_paid', 'partial', 'blocked')")


class CrmOrderBoard(models.Model):
    """Where each confirmed order stands, read from the order, its deliveries, invoices
    and payments at this moment. Nothing is stored, so nothing can be out of date.

    A row is an order and has its id. Orders that the reader may not see are no rows.
    """

    _name = "crm.order.board"
    _description = "Order Board"
    _auto = False
    _order = "date_order desc, id desc"
    _depends = {
        "sale.order": [
            "state", "partner_id", "user_id", "team_id", "company_id", "currency_id",
            "date_order", "commitment_date", "amount_total", "currency_rate", "name",
            "opportunity_id", "invoice_status",
        ],
        "sale.order.line": [
            "order_id", "product_id", "product_uom_qty", "qty_delivered",
            "qty_invoiced", "qty_to_invoice", "invoice_status", "price_reduce_taxexcl",
            "invoice_lines", "is_downpayment", "untaxed_amount_invoiced",
        ],
        "account.move": [
            "state", "payment_state", "amount_residual_signed", "amount_total",
            "partner_id",
        ],
        "account.move.line": ["price_total", "reconciled", "date_maturity"],
        "crm.order.flag": ["order_id", "state"],
        "crm.payment.dispute": [
            "partner_id", "move_id", "date_until", "state", "company_id"
        ],
        "product.template": ["type", "invoice_policy"],
    }  # fmt: skip

    name = fields.Char("Number", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    opportunity_id = fields.Many2one("crm.lead", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_order = fields.Datetime("Order Date", readonly=True)
    commitment_date = fields.Datetime("Promised For", readonly=True)
    standing = fields.Selection(
        STANDINGS, "Stands At", readonly=True, group_expand="_expand_standings"
    )
    delivery = fields.Selection(
        [
            ("none", "Nothing to deliver"),
            ("to_deliver", "To deliver"),
            ("partly", "Partly delivered"),
            ("delivered", "Delivered"),
        ],
        readonly=True,
    )
    payment = fields.Selection(
        [
            ("none", "Not invoiced"),
            ("open", "Not due yet"),
            ("overdue", "Overdue"),
            ("paid", "Paid"),
        ],
        readonly=True,
    )
    is_late = fields.Boolean(
        "Late", readonly=True, help="Promised for a day that is over, not delivered."
    )
    is_disputed = fields.Boolean("Disputed", readonly=True)
    amount = fields.Monetary(
        readonly=True,
        help="With taxes, in the company's currency, at the order's rate.",
    )
    amount_to_invoice = fields.Monetary(
        "To Invoice", readonly=True, help="Without taxes."
    )
    amount_open = fields.Monetary(
        "Open", readonly=True, help="Invoiced and not paid: this order's share of it."
    )
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    flag_count = fields.Integer("Flags", readonly=True)
    is_open = fields.Boolean(
        "Not Settled", compute="_compute_is_open", search="_search_is_open"
    )
    is_abnormal = fields.Boolean(
        "Abnormal", compute="_compute_is_abnormal", search="_search_is_abnormal"
    )

    @api.depends("standing")
    def _compute_is_open(self):
        for row in self:
            row.is_open = row.standing != "paid"

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._ids_domain(self._open_sql()) & Domain("standing", "!=", "paid")

    @api.depends("flag_count")
    def _compute_is_abnormal(self):
        for row in self:
            row.is_abnormal = row.flag_count > 0

    def _search_is_abnormal(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._ids_domain(
            SQL("SELECT order_id FROM crm_order_flag WHERE state = 'open'")
        )

    @api.model
    def _ids_domain(self, ids: SQL) -> Domain:
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s IN (%s)", SQL.identifier(alias, "id"), ids
            )
        )

    @api.model
    def _open_sql(self) -> SQL:
        """All orders that may not be settled, found without computing each: among a
        million of settled ones they are few."""
        return SQL(
            """SELECT id FROM sale_order
                WHERE state = 'sale' AND invoice_status IS DISTINCT FROM 'invoiced'
                UNION
               SELECT order_id FROM sale_order_line
                WHERE state = 'sale' AND qty_delivered < product_uom_qty
                UNION
               SELECT line.order_id FROM account_move AS move
                 JOIN account_move_line AS sold ON sold.move_id = move.id
                 JOIN sale_order_line_invoice_rel AS rel
                   ON rel.invoice_line_id = sold.id
                 JOIN sale_order_line AS line ON line.id = rel.order_line_id
                WHERE move.state = 'draft' OR (move.state = 'posted'
                    AND move.payment_state IN %s)""",
            UNPAID,
        )

    @property
    def _table_query(self) -> SQL:
        # No WITH here: by one, no filter on ids would reach into the orders, and all of
        # them would be computed to show a few.
        return SQL(
            """SELECT board.*, CASE
                    WHEN is_disputed THEN 'dispute'
                    WHEN payment = 'overdue' THEN 'overdue'
                    WHEN delivery IN ('partly', 'to_deliver') THEN delivery
                    WHEN is_to_invoice OR has_draft THEN 'to_invoice'
                    WHEN payment = 'open' THEN 'unpaid'
                    ELSE 'paid' END AS standing
              FROM (SELECT %s FROM %s WHERE %s) AS board""",
            self._select(),
            self._from(),
            self._where(),
        )

    def _select(self) -> SQL:
        # A rate that is missing counts one to one, as it does in Odoo itself.
        rate = SQL("COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric")
        return SQL(
            """sale.id, sale.id AS order_id, sale.name, sale.partner_id,
            person.commercial_partner_id, sale.user_id, sale.team_id,
            sale.opportunity_id, sale.company_id, company.currency_id, sale.date_order,
            sale.commitment_date, round(sale.amount_total / %(rate)s, 2) AS amount,
            CASE WHEN COALESCE(goods.wanted, 0) = 0 THEN 'none'
                 WHEN goods.done = goods.wanted THEN 'delivered'
                 WHEN goods.begun > 0 THEN 'partly'
                 ELSE 'to_deliver' END AS delivery,
            (goods.done < goods.wanted AND sale.commitment_date < %(now)s) IS TRUE
                AS is_late,
            round(CASE WHEN goods.to_invoice > 0
                THEN GREATEST(goods.to_invoice - goods.paid_down, 0)
                ELSE goods.to_invoice END / %(rate)s, 2) AS amount_to_invoice,
            goods.is_to_invoice, COALESCE(bill.drafts, 0) > 0 AS has_draft,
            CASE WHEN COALESCE(bill.posted, 0) = 0 THEN 'none'
                 WHEN COALESCE(round(bill.open, 2), 0) <= 0 THEN 'paid'
                 WHEN bill.due < %(today)s THEN 'overdue'
                 ELSE 'open' END AS payment,
            (bill.is_disputed AND round(bill.open, 2) > 0) IS TRUE AS is_disputed,
            COALESCE(round(bill.open, 2), 0) AS amount_open,
            CASE WHEN bill.open > 0 AND bill.due < %(today)s
                 THEN %(today)s - bill.due END AS days_overdue,
            COALESCE(flag.count, 0) AS flag_count""",
            rate=rate,
            now=fields.Datetime.now(),
            today=fields.Date.context_today(self),
        )

    def _from(self) -> SQL:
        return SQL(
            """sale_order AS sale
            JOIN res_partner AS person ON person.id = sale.partner_id
            JOIN res_company AS company ON company.id = sale.company_id
            LEFT JOIN LATERAL (%(goods)s) AS goods ON TRUE
            LEFT JOIN LATERAL (%(bills)s) AS bill ON TRUE
            LEFT JOIN LATERAL (
                SELECT count(*) FROM crm_order_flag
                 WHERE order_id = sale.id AND state = 'open') AS flag ON TRUE""",
            goods=self._goods_sql(),
            bills=self._bills_sql(),
        )

    def _where(self) -> SQL:
        readable = self.env["sale.order"]._search(Domain("state", "=", "sale"))
        return SQL("sale.id IN %s", readable.subselect())

    @api.model
    def _deliverable_sql(self) -> SQL:
        """Tell of an order line whether something is to be delivered. A service that
        is invoiced as ordered is never told to be done, so it does not count."""
        return SQL(
            """(line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
                AND line.product_uom_qty > 0
                AND (template.type != 'service'
                     OR template.invoice_policy = 'delivery'))"""
        )

    @api.model
    def _delivered_sql(self) -> SQL:
        """Tell of such a line whether all of it that will ever come is delivered."""
        return SQL("line.qty_delivered >= line.product_uom_qty")

    def _goods_sql(self) -> SQL:
        return SQL(
            """SELECT count(*) FILTER (WHERE %(deliverable)s) AS wanted,
                   count(*) FILTER (WHERE %(deliverable)s AND (%(delivered)s)) AS done,
                   count(*) FILTER (WHERE %(deliverable)s AND line.qty_delivered > 0)
                       AS begun,
                   COALESCE(sum(line.qty_to_invoice::numeric
                       * line.price_reduce_taxexcl::numeric)
                       FILTER (WHERE %(to_invoice)s), 0) AS to_invoice,
                   COALESCE(bool_or(%(to_invoice)s), FALSE) AS is_to_invoice,
                   COALESCE(sum(line.untaxed_amount_invoiced::numeric)
                       FILTER (WHERE line.is_downpayment), 0) AS paid_down
              FROM sale_order_line AS line
         LEFT JOIN product_product AS product ON product.id = line.product_id
         LEFT JOIN product_template AS template
                ON template.id = product.product_tmpl_id
             WHERE line.order_id = sale.id""",
            deliverable=self._deliverable_sql(),
            delivered=self._delivered_sql(),
            to_invoice=SQL(
                "(line.invoice_status = 'to invoice'"
                " AND line.is_downpayment IS NOT TRUE)"
            ),
        )

    def _bills_sql(self) -> SQL:
        """The invoices of an order. Of one that is for several orders, each has the
        share of its lines: sums over the board count nothing twice. Whoever gets an
        invoice disputes it, be it another one than who ordered."""
        return SQL(
            """SELECT count(*) FILTER (WHERE move.state = 'posted') AS posted,
                   count(*) FILTER (WHERE move.state = 'draft') AS drafts,
                   sum(move.amount_residual_signed * share.part)
                       FILTER (WHERE %(is_open)s) AS open,
                   min(CASE WHEN %(is_open)s AND move.move_type = 'out_invoice'
                       THEN (SELECT min(term.date_maturity)
                           FROM account_move_line AS term
                          WHERE term.move_id = move.id
                            AND term.display_type = 'payment_term'
                            AND term.reconciled IS NOT TRUE) END) AS due,
                   bool_or(%(is_open)s AND %(disputed)s) AS is_disputed
              FROM (
                SELECT sold.move_id,
                       COALESCE(sum(sold.price_total)
                           / NULLIF(max(whole.amount_total), 0), 1) AS part
                  FROM sale_order_line AS line
                  JOIN sale_order_line_invoice_rel AS rel
                    ON rel.order_line_id = line.id
                  JOIN account_move_line AS sold ON sold.id = rel.invoice_line_id
                  JOIN account_move AS whole ON whole.id = sold.move_id
                 WHERE line.order_id = sale.id
              GROUP BY sold.move_id) AS share
              JOIN account_move AS move ON move.id = share.move_id
         LEFT JOIN res_partner AS person ON person.id = move.partner_id""",
            is_open=SQL("(move.state = 'posted' AND move.payment_state IN %s)", UNPAID),
            disputed=self.env["crm.payment.due"]._disputed_sql(),
        )

    @api.model
    def _expand_standings(self, found, _domain):
        """Show all columns in their order; that of the paid ones only if wanted."""
        return [key for key, _label in STANDINGS if key != "paid" or key in found]

    # What is done from the board

    @api.readonly
    def action_open_order(self) -> dict:
        """Open the order itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.readonly
    @api.model
    def figures(self, domain: list | None = None) -> list[dict]:
        """Count the orders that are not settled, by where they stand.

        :param domain: which orders, such as the reader's own
        :return: dicts of ``key``, the name of the filter that shows the orders behind,
            ``label``, ``count``, ``amount`` (text) and ``warn``
        """
        of_these = Domain(domain or [])
        rows = self._read_group(
            of_these & Domain("is_open", "=", True),
            ["standing"],
            ["__count", "amount:sum", "amount_open:sum"],
        )
        counts = {key: (count, total, due) for key, count, total, due in rows}
        labels = dict(self._fields["standing"]._description_selection(self.env))
        found = []
        for key, label in labels.items():
            if key == "paid":
                continue
            count, total, due = counts.get(key, (0, 0, 0))
            invoiced = key in ("unpaid", "overdue", "dispute")
            found.append(
                {
                    "key": key,
                    "label": label,
                    "count": count,
                    "amount": self._figure_money(due if invoiced else total),
                    "warn": bool(count) and key in ("overdue", "dispute"),
                }
            )
        flagged = self.search_count(of_these & Domain("is_abnormal", "=", True))
        found.append(
            {
                "key": "abnormal",
                "label": self.env._("Abnormal"),
                "count": flagged,
                "amount": "",
                "warn": flagged > 0,
            }
        )
        return found

    def _figure_money(self, amount: float) -> str:
        # Of several companies with several currencies there is no sum.
        currency = self.env.companies.currency_id
        return currency.format(round(amount)) if len(currency) == 1 else ""

    def action_follow_up(self) -> dict:
        """Open the follow-up of these orders: write, plan, set the next step."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_sfa.crm_order_followup_action"
        )
        return action | {"context": {"default_order_ids": self.ids}}
