"""Orders with their lines, invoices of each tenth of them, opportunities."""

from .events import events
from .filler import Filler

# Product k of n is sold as often as the square of chance falls on it.
PRODUCT = "floor(pg_temp.u(n * 8 + j, 22) ^ 2 * (SELECT count(*) FROM product))"
QUANTITY = "1.5 * basket * pg_temp.lognormal(n * 8 + j, 23, 0.7)"


def fill(filler: Filler) -> None:
    _draw_orders(filler)
    _orders(filler)
    _lines(filler)
    _draw_invoices(filler)
    _invoices(filler)
    _draw_invoice_lines(filler)
    _invoice_lines(filler)
    _receivables(filler)
    _leads(filler)


def _draw_orders(filler: Filler) -> None:
    base = filler.base("sale_order")
    filler.temp(
        "ord",
        f"""SELECT e.*, {base} + i AS id, state = 'sale' AND n % 10 = 0 AS invoiced,
                'S' || lpad(i::text, greatest(5, length(i::text)), '0') AS name
            FROM (
                SELECT i, n, c, customer_id, person_id, user_id, basket, moment,
                    CASE WHEN pg_temp.u(n, 24) < 0.7 THEN customer_id
                        ELSE person_id END AS partner_id,
                    CASE WHEN moment > current_date - 30 AND pg_temp.u(n, 25) < 0.3
                        THEN 'sent' ELSE 'sale' END AS state
                FROM ({events(filler.size, "orders", filler.size.orders, 100)}) AS e
            ) AS e""",
    )
    filler.temp(
        "product",
        """SELECT row_number() OVER (ORDER BY p.id) - 1 AS k, p.id,
                t.list_price::numeric AS price, t.name->>'en_US' AS name
            FROM product_product AS p JOIN product_template AS t
                ON t.id = p.product_tmpl_id WHERE p.default_code LIKE 'P%'""",
    )
    lines = filler.base("sale_order_line")
    filler.temp(
        "line",
        f"""SELECT {lines} + row_number() OVER (ORDER BY i, j) AS id, i, j,
                product.id AS product_id, product.name, price, qty,
                price * qty AS amount
            FROM (
                SELECT i, j, {PRODUCT}::int AS k,
                    greatest(1, round({QUANTITY}))::int AS qty
                FROM ord CROSS JOIN LATERAL generate_series(
                    1, 1 + least(pg_temp.few(n, 21, 1.5), 7)) AS j
            ) AS drawn JOIN product USING (k)""",
    )
    filler.temp("total", "SELECT i, sum(amount) AS amount FROM line GROUP BY i")


def _orders(filler: Filler) -> None:
    filler.insert(
        "sale_order",
        "SELECT * FROM ord JOIN total USING (i) ORDER BY i",
        id="s.id",
        name="s.name",
        state="s.state",
        partner_id="s.partner_id",
        partner_invoice_id="s.partner_id",
        partner_shipping_id="s.partner_id",
        user_id="s.user_id",
        create_uid="s.user_id",
        write_uid="s.user_id",
        invoice_status="CASE WHEN s.invoiced THEN 'invoiced' ELSE 'no' END",
        amount_untaxed="s.amount",
        amount_total="s.amount",
        date_order="s.moment",
        create_date="s.moment",
        write_date="s.moment",
        validity_date="(s.moment + interval '30 days')::date",
    )
    filler.count_on("sale.order", filler.size.orders)


def _lines(filler: Filler) -> None:
    def if_invoiced(value):
        return f"CASE WHEN s.invoiced THEN {value} ELSE 0 END"

    filler.insert(
        "sale_order_line",
        """SELECT line.*, ord.id AS order_id, partner_id, user_id, state, invoiced,
                moment
            FROM line JOIN ord USING (i) ORDER BY line.id""",
        id="s.id",
        order_id="s.order_id",
        order_partner_id="s.partner_id",
        salesman_id="s.user_id",
        create_uid="s.user_id",
        write_uid="s.user_id",
        state="s.state",
        product_id="s.product_id",
        name="s.name",
        invoice_status="CASE WHEN s.invoiced THEN 'invoiced' ELSE 'no' END",
        product_uom_qty="s.qty",
        qty_delivered=if_invoiced("s.qty"),
        qty_invoiced=if_invoiced("s.qty"),
        qty_to_invoice="0",
        price_unit="s.price",
        technical_price_unit="s.price",
        price_reduce_taxexcl="s.price",
        price_reduce_taxinc="s.price",
        price_subtotal="s.amount",
        price_total="s.amount",
        untaxed_amount_invoiced=if_invoiced("s.amount"),
        untaxed_amount_to_invoice="0",
        create_date="s.moment",
        write_date="s.moment",
    )


def _draw_invoices(filler: Filler) -> None:
    """A day after the order, due in 30; of those due, 8 % are still open."""
    moves = filler.base("account_move")
    filler.temp(
        "inv",
        f"""SELECT {moves} + row_number() OVER (ORDER BY i) AS id, numbered.*,
                prefix || lpad(number::text, 5, '0') AS name,
                pg_temp.u(n, 26) < CASE WHEN due < current_date
                    THEN 0.92 ELSE 0.4 END AS paid
            FROM (
                SELECT dated.*, day + 30 AS due, row_number()
                        OVER (PARTITION BY prefix ORDER BY i) AS number
                FROM (
                    SELECT i, n, partner_id, customer_id, user_id, name AS origin,
                        moment + interval '1 day' AS moment,
                        (moment + interval '1 day')::date AS day,
                        to_char(moment + interval '1 day', '"INV/"YYYY"/"') AS prefix
                    FROM ord WHERE invoiced
                ) AS dated
            ) AS numbered""",
    )


def _invoices(filler: Filler) -> None:
    residual = "CASE WHEN s.paid THEN 0 ELSE s.amount END"
    amounts = [
        "untaxed", "total", "untaxed_signed", "untaxed_in_currency_signed",
        "total_signed", "total_in_currency_signed",
    ]  # fmt: skip
    filler.insert(
        "account_move",
        """SELECT inv.*, amount, p.complete_name FROM inv JOIN total USING (i)
            JOIN res_partner AS p ON p.id = partner_id ORDER BY inv.id""",
        id="s.id",
        name="s.name",
        sequence_prefix="s.prefix",
        sequence_number="s.number",
        ref="s.origin",
        invoice_origin="s.origin",
        payment_reference="s.name",
        payment_state="CASE WHEN s.paid THEN 'paid' ELSE 'not_paid' END",
        partner_id="s.partner_id",
        partner_shipping_id="s.partner_id",
        commercial_partner_id="s.customer_id",
        invoice_partner_display_name="s.complete_name",
        invoice_user_id="s.user_id",
        create_uid="s.user_id",
        write_uid="s.user_id",
        date="s.day",
        invoice_date="s.day",
        invoice_date_due="s.due",
        create_date="s.moment",
        write_date="s.moment",
        amount_residual=residual,
        amount_residual_signed=residual,
        **{f"amount_{name}": "s.amount" for name in amounts},
    )


# What both sides of an invoice take from it.
OF_INVOICE = {
    "id": "s.line_id",
    "move_id": "s.id",
    "move_name": "s.name",
    "ref": "s.origin",
    "partner_id": "s.customer_id",
    "create_uid": "s.user_id",
    "write_uid": "s.user_id",
    "date": "s.day",
    "invoice_date": "s.day",
    "create_date": "s.moment",
    "write_date": "s.moment",
}


def _draw_invoice_lines(filler: Filler) -> None:
    base = filler.base("account_move_line")
    filler.temp(
        "invoice_line",
        f"""SELECT {base} + row_number() OVER (ORDER BY line.id) AS line_id,
                line.id AS sold_id, inv.id AS move_id
            FROM inv JOIN line USING (i)""",
    )


def _invoice_lines(filler: Filler) -> None:
    filler.insert(
        "account_move_line",
        """SELECT inv.*, line_id, line.product_id, line.name AS label, qty, price,
                amount
            FROM invoice_line JOIN inv ON inv.id = move_id
            JOIN line ON line.id = sold_id ORDER BY line_id""",
        product_id="s.product_id",
        **OF_INVOICE | {"name": "s.label"},
        quantity="s.qty",
        price_unit="s.price",
        price_subtotal="s.amount",
        price_total="s.amount",
        credit="s.amount",
        balance="-s.amount",
        amount_currency="-s.amount",
    )
    filler.relate(
        "sale_order_line_invoice_rel",
        "order_line_id, invoice_line_id",
        "SELECT sold_id, line_id FROM invoice_line",
    )


def _receivables(filler: Filler) -> None:
    residual = "CASE WHEN s.paid THEN 0 ELSE s.amount END"
    base = filler.base("account_move_line")
    filler.insert(
        "account_move_line",
        f"""SELECT inv.*, amount, {base} + row_number() OVER (ORDER BY id) AS line_id
            FROM inv JOIN total USING (i) ORDER BY id""",
        row="receivable",
        **OF_INVOICE | {"name": "s.origin || ' - ' || s.name"},
        date_maturity="s.due",
        debit="s.amount",
        balance="s.amount",
        amount_currency="s.amount",
        amount_residual=residual,
        amount_residual_currency=residual,
        reconciled="s.paid",
    )


def _leads(filler: Filler) -> None:
    """Half are won, a third lost; what is older than four months is decided."""
    base = filler.base("crm_lead")
    filler.insert(
        "crm_lead",
        f"""SELECT e.*, p.name, p.email, p.phone, p.phone_sanitized, p.city,
                p.country_id, (SELECT id FROM crm_stage WHERE is_won) AS won_stage,
                round((300 * pg_temp.lognormal(n, 41, 1))::numeric, 2) AS revenue,
                CASE WHEN moment > current_date - 120 AND pg_temp.u(n, 43) < 0.7
                    THEN 'pending' WHEN pg_temp.u(n, 42) < 0.6 THEN 'won'
                    ELSE 'lost' END AS outcome
            FROM ({events(filler.size, "meetings", filler.size.leads, 140)}) AS e
            JOIN res_partner AS p ON p.id = e.customer_id ORDER BY i""",
        id=f"{base} + s.i",
        name="'Inquiry ' || s.i",
        partner_id="s.customer_id",
        partner_name="s.name",
        user_id="s.user_id",
        create_uid="s.user_id",
        write_uid="s.user_id",
        email_from="s.email",
        email_normalized="s.email",
        email_domain_criterion="substring(s.email from '@.*')",
        phone="s.phone",
        phone_sanitized="s.phone_sanitized",
        city="s.city",
        country_id="s.country_id",
        expected_revenue="s.revenue",
        prorated_revenue="CASE s.outcome WHEN 'won' THEN s.revenue WHEN 'lost' THEN 0"
        " ELSE s.revenue / 5 END",
        probability="CASE s.outcome WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 20 END",
        stage_id="CASE s.outcome WHEN 'won' THEN s.won_stage ELSE t.stage_id END",
        won_status="s.outcome",
        active="s.outcome <> 'lost'",
        date_closed="CASE WHEN s.outcome <> 'pending'"
        " THEN s.moment + interval '20 days' END",
        date_open="s.moment",
        date_last_stage_update="s.moment",
        create_date="s.moment",
        write_date="s.moment",
    )
