from datetime import timedelta

from psycopg2.extras import Json

from odoo import fields
from odoo.tools import SQL

from .common import AnalyticsCase

FIRST = fields.Date.to_date("2025-01-01")
LAST = fields.Date.to_date("2025-12-31")
# Days of the orders of the customers who came back, since the first one.
RHYTHMS = [
    (0, 30, 60, 90),
    (3, 40, 80, 330, 350),
    (5, 20, 200),
    (8, 100, 190, 280, 340),
    (9, 300),
    (10, 17, 24, 31, 38, 45, 52, 59, 66, 73),
    (12, 70, 140, 210, 290, 355),
    (14, 350),
    (20, 25, 160),
    (22, 90, 310),
    (25, 180, 320),
    (28, 45),
]


class LifetimeCase(AnalyticsCase):
    """A year of orders of twelve customers who came back and four who did not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyers = cls.env["res.partner"].create(
            [
                {"name": f"Buyer {number}", "is_company": True}
                for number in range(len(RHYTHMS) + 4)
            ]
        )
        cls.quotation = cls._create_order(cls.olivar, "2025-01-01", state="draft")
        cls.env.flush_all()
        for number, days in enumerate(RHYTHMS):
            cls._sell(cls.buyers[number], days, 50 + 10 * number)
        for number in range(4):
            cls._sell(cls.buyers[len(RHYTHMS) + number], (30 * number,), 80)
        cls.runs = cls.env["crm.lifetime.run"]

    @classmethod
    def _sell(cls, partner, days, amount=100.0, margin=40.0):
        """Confirm orders on days of 2025, at noon: rows like that of a quotation."""
        moments = [
            fields.Datetime.to_datetime(FIRST) + timedelta(days=day, hours=12)
            for day in days
        ]
        changed = {
            "partner_id": partner.id,
            "state": "sale",
            "amount_untaxed": amount,
            "margin": margin,
        }
        cls.env.execute_query(
            SQL(
                """INSERT INTO sale_order
                   SELECT (jsonb_populate_record(o, %s::jsonb || jsonb_build_object(
                               'id', nextval('sale_order_id_seq'),
                               'date_order', moment))).*
                     FROM sale_order AS o, unnest(%s::timestamp[]) AS moment
                    WHERE o.id = %s
                RETURNING id""",
                Json(changed),
                moments,
                cls.quotation.id,
            )
        )

    @classmethod
    def _create_run(cls, **vals):
        return cls.runs.create(
            {"date_from": FIRST, "date_to": LAST, "holdout_weeks": 13} | vals
        )

    @classmethod
    def _compute(cls, **vals):
        """Give a computation that is done."""
        run = cls._create_run(**vals)
        run._work(lambda percent, step: None)
        run._end("done")
        return run

    def _result(self, run, partner):
        return run.result_ids.filtered(lambda result: result.partner_id == partner)
