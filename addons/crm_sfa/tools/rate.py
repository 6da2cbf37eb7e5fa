"""Amounts of orders in the currency of their company."""

from odoo.tools import SQL


def at_rate(amount: SQL, rate: SQL) -> SQL:
    """Give an amount of an order in company currency, at the rate of the order's day.

    A rate that lacks counts one to one. Nearly all rates are one: to make a number of
    each and divide by it costs as much as reading the order.

    :param amount: a column in the order's currency
    :param rate: its ``currency_rate``
    """
    return SQL(
        "CASE WHEN %(rate)s = 1 THEN (%(amount)s)::numeric"
        " ELSE (%(amount)s)::numeric / COALESCE(NULLIF(%(rate)s, 0), 1)::numeric END",
        amount=amount,
        rate=rate,
    )
