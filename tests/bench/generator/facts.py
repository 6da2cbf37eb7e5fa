"""What a data set holds: rows, skew, lengths of the families' histories."""

from .sizes import Size

TABLES = [
    "account_move",
    "account_move_line",
    "calendar_attendee",
    "calendar_event",
    "crm_interaction",
    "crm_lead",
    "helpdesk_ticket",
    "mail_message",
    "mail_notification",
    "mailing_trace",
    "rating_rating",
    "res_partner",
    "sale_order",
    "sale_order_line",
]
SKEW = """
    WITH bought AS (
        SELECT sum(o.amount_untaxed) AS amount FROM sale_order AS o
        JOIN res_partner AS p ON p.id = o.partner_id
        WHERE o.state = 'sale' GROUP BY p.commercial_partner_id
    ), ranked AS (
        SELECT amount, row_number() OVER (ORDER BY amount DESC) AS place FROM bought
    )
    SELECT sum(amount) FILTER (WHERE place <= %(customers)s * share)
        / sum(amount) * 100
    FROM ranked CROSS JOIN unnest(ARRAY[0.01, 0.1, 0.2]) AS share
    GROUP BY share ORDER BY share
"""


def show(cr, size: Size) -> None:
    cr.execute(SKEW, {"customers": size.customers})
    first, tenth, fifth = (share for (share,) in cr.fetchall())
    print(
        f"  Turnover: the first 1 % of the customers buy {first:.0f} %,"
        f" 10 % {tenth:.0f} %, 20 % {fifth:.0f} %."
    )
