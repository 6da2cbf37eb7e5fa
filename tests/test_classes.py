"""ABC, XYZ and RFM of all CDNOW customers against an independent computation in pandas.

The purchases of the full data set stand in the database as confirmed orders; some
credit notes, a customer without orders, and one with nothing but a credit note are
added. Every row has to agree, ties included.
"""

from datetime import date

import numpy as np
import pandas as pd

from odoo import Command
from odoo.tests import TransactionCase, tagged

from tools.ground import CDNOW

FIRST, LAST = date(1997, 7, 1), date(1998, 6, 30)
GROUPS = [
    "new",
    "potential",
    "potential",
    "champion",
    "champion",
    "promising",
    "potential",
    "potential",
    "loyal",
    "loyal",
    "sleepy",
    "attention",
    "attention",
    "loyal",
    "loyal",
    "hibernating",
    "hibernating",
    "risk",
    "risk",
    "keep",
    "lost",
    "lost",
    "risk",
    "risk",
    "keep",
]


@tagged("post_install", "-at_install")
class TestClasses(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.purchases = cls._purchases()
        cls.partners = cls._fill()
        cls.refunds = cls._refund()

    @classmethod
    def _purchases(cls):
        """Read the full file: customer, date, number of discs, dollars."""
        path = next(path for path in CDNOW if "master" in path.name)
        rows = pd.read_csv(
            path,
            sep=r"\s+",
            header=0,
            names=["customer", "day", "discs", "amount"],
        )
        rows["day"] = pd.to_datetime(rows["day"].astype(str))
        return rows

    @classmethod
    def _fill(cls) -> dict[int, int]:
        """Write customers and orders by SQL: 69,659 through the ORM take an hour."""
        cr, tag = cls.env.cr, cls.env["res.partner.category"].create({"name": "Disc"})
        customers = sorted(set(cls.purchases["customer"].tolist()))
        cr.execute(
            """WITH made AS (
                   INSERT INTO res_partner (name, complete_name, ref, active, type,
                               partner_share, is_company, autopost_bills)
                   SELECT 'Disc ' || c, 'Disc ' || c, 'DISC-' || c, TRUE, 'contact',
                          TRUE, FALSE, 'ask'
                     FROM unnest(%s) AS c RETURNING id, ref),
               tagged AS (
                   INSERT INTO res_partner_res_partner_category_rel
                               (partner_id, category_id)
                   SELECT id, %s FROM made)
               SELECT ref, id FROM made""",
            [[*customers, 0, 99_999], tag.id],
        )
        partners = {int(ref.removeprefix("DISC-")): id_ for ref, id_ in cr.fetchall()}
        cr.execute(
            """UPDATE res_partner SET commercial_partner_id = id
                WHERE commercial_partner_id IS NULL""",
        )
        rows = cls.purchases
        cr.execute(
            """INSERT INTO sale_order (name, state, partner_id, partner_invoice_id,
                      partner_shipping_id, company_id, currency_id, currency_rate,
                      date_order, amount_untaxed, amount_total, picking_policy,
                      warehouse_id)
               SELECT 'DISC', 'sale', c, c, c, %s, %s, 1, day, amount, amount,
                      'direct', %s
                 FROM unnest(%s::int[], %s::timestamp[], %s::numeric[])
                   AS t (c, day, amount)""",
            [
                cls.company.id,
                cls.company.currency_id.id,
                cls.env["stock.warehouse"].search([], limit=1).id,
                [partners[customer] for customer in rows["customer"].tolist()],
                [day.to_pydatetime().replace(hour=12) for day in rows["day"]],
                rows["amount"].tolist(),
            ],
        )
        cls.env.invalidate_all()
        return partners

    @classmethod
    def _refund(cls):
        """Post credit notes: months that are negative, customers too."""
        known = cls.purchases.groupby("customer")["amount"].sum()
        some = [(int(known.idxmax()), 55.5), (3, 1000), (7, 12.25), (99_999, 30)]
        moves = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_refund",
                    "partner_id": cls.partners[customer],
                    "invoice_date": "1998-02-10",
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Back", "price_unit": amount, "tax_ids": False}
                        )
                    ],
                }
                for customer, amount in some
            ]
        )
        moves.action_post()
        return pd.DataFrame(
            [
                {"customer": customer, "day": pd.Timestamp("1998-02-10"),
                 "amount": -amount, "orders": 0}
                for customer, amount in some
            ]
        )  # fmt: skip

    def _computed(self) -> pd.DataFrame:
        """Let the analysis compute."""
        analysis = self.env["crm.analysis"].create(
            {
                "name": "Discs",
                "until": "1998-07-01",
                "months": 12,
                "has_silent": True,
                "domain": "[('category_id.name', '=', 'Disc')]",
                "weight_turnover": 70,
                "weight_orders": 30,
                "xyz_of": "turnover",
                "xyz_step": "month",
            }
        )
        run = analysis._begin()
        self.assertEqual((run.date_from, run.date_to), (FIRST, LAST))
        run._write_results()
        self.env.cr.execute(
            """SELECT partner_id, turnover::float, orders, days, rank, share::float,
                      abc, variation::float, xyz, r, f, m, rfm_group
                 FROM crm_analysis_result WHERE run_id = %s""",
            [run.id],
        )
        names = [column.name for column in self.env.cr.description]
        return pd.DataFrame(self.env.cr.fetchall(), columns=names)

    def _expected(self) -> pd.DataFrame:
        """Compute the same from the file, in another way."""
        facts = pd.concat([self.purchases.assign(orders=1), self.refunds])
        facts = facts[
            (facts["day"] >= pd.Timestamp(FIRST)) & (facts["day"] <= pd.Timestamp(LAST))
        ]
        customers = pd.Index(sorted(self.partners), name="customer")
        total = facts.groupby("customer")[["amount", "orders"]].sum()
        frame = total.reindex(customers, fill_value=0)
        frame["amount"] = frame["amount"].round(6)
        bought = facts[facts["orders"] > 0].groupby("customer")["day"].max()
        frame["days"] = (pd.Timestamp(LAST) - bought).dt.days.reindex(customers)
        frame["variation"] = self._variation(facts).reindex(customers)
        self._classify(frame)
        self._score(frame)
        frame["partner_id"] = [self.partners[customer] for customer in frame.index]
        return frame

    def _variation(self, facts):
        """Population standard deviation of twelve months over their mean."""
        month = (facts["day"].dt.year - 1997) * 12 + facts["day"].dt.month
        table = facts.pivot_table(
            index="customer", columns=month, values="amount", aggfunc="sum",
            fill_value=0.0,
        )  # fmt: skip
        self.assertEqual(table.shape[1], 12)
        mean = table.mean(axis=1)
        variation = table.std(axis=1, ddof=0) / mean
        # Refunds leave nothing, give or take a rounding.
        return variation.where(mean > 1e-9)

    def _classify(self, frame):
        income = frame["amount"].clip(lower=0)
        weight = 0.7 * income / income.sum()
        weight += 0.3 * frame["orders"] / frame["orders"].sum()
        key = weight.round(14)
        frame["share"] = 100 * weight
        frame["rank"] = key.rank(method="min", ascending=False).astype(int)
        above = {
            value: 100 * weight[key > value].sum() for value in np.sort(key.unique())
        }
        frame["abc"] = [
            "c" if not value else "a" if above[value] < 80 else
            "b" if above[value] < 95 else "c"
            for value in key
        ]  # fmt: skip
        frame["xyz"] = [
            "x" if value <= 0.5 else "y" if value <= 1.0 else "z"
            for value in frame["variation"].fillna(np.inf)
        ]

    def _score(self, frame):
        bought = frame[frame["orders"] > 0]
        scores = {
            "r": -bought["days"],
            "f": bought["orders"],
            "m": bought["amount"],
        }
        for name, values in scores.items():
            worse = values.rank(method="min").astype(int) - 1
            frame[name] = (1 + 5 * worse // len(bought)).reindex(frame.index)
        frame["rfm_group"] = [
            None if np.isnan(r) else GROUPS[int(5 - r) * 5 + int(f + m + 1) // 2 - 1]
            for r, f, m in zip(frame["r"], frame["f"], frame["m"], strict=True)
        ]

    def test_every_row_agrees_with_pandas(self):
        ours = self._computed().set_index("partner_id").sort_index()
        theirs = self._expected().set_index("partner_id").sort_index()
        self.assertEqual(len(ours), 23_570 + 2)
        self.assertEqual(list(ours.index), list(theirs.index))
        np.testing.assert_allclose(ours["turnover"], theirs["amount"], atol=0.005)
        np.testing.assert_allclose(ours["share"], theirs["share"], atol=0.0001)
        for name in ("variation", "days", "r", "f", "m"):
            with self.subTest(column=name):
                np.testing.assert_allclose(
                    ours[name].astype(float), theirs[name].astype(float), atol=0.0001
                )
        for name in ("orders", "rank", "abc", "xyz", "rfm_group"):
            with self.subTest(column=name):
                differ = ours[name].fillna("") != theirs[name].fillna("")
                self.assertEqual(
                    list(ours.index[differ]), [], f"{differ.sum()} rows differ"
                )
        self.assertEqual(set(ours["abc"]), {"a", "b", "c"})
        self.assertEqual(len(set(ours["rfm_group"].dropna())), 11)
