from datetime import date, datetime
from unittest.mock import patch

import numpy as np
from psycopg2.errors import CheckViolation
from sklearn.metrics import adjusted_rand_score

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..tools import clusters
from .common import AnalyticsCase

KINDS = 20


class ClusterCase(AnalyticsCase):
    """Sixty customers of three kinds, whose behaviour the sources tell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(3 * KINDS)]
        )

    @classmethod
    def _rows(cls, customers=None):
        """Give who behaves how: amount, orders and tickets."""
        draw = np.random.default_rng(7)
        kinds = np.array([[90_000, 40, 0], [900, 2, 0], [900, 2, 9]])
        rows = []
        for at, partner in enumerate(customers or cls.customers):
            row = kinds[at % 3] * np.exp(draw.normal(0, 0.05, 3))
            rows.append((partner.id, *row.tolist()))
        return rows

    def _told(self, rows):
        """Let the sources tell these rows, and nothing else."""
        sources = type(self.env["crm.cluster.source"])
        real = self.env["crm.cluster.source"]._cluster_words()

        def query(*columns):
            names = ("partner_id", *(name for name, _at in columns))
            values = [(row[0], *(row[at] for _name, at in columns)) for row in rows]
            # No row at all still has its columns.
            values = values or [(None, *(0 for _column in columns))]
            return SQL(
                "SELECT * FROM (VALUES %s) AS t (%s)",
                SQL(", ").join(SQL("%s", value) for value in values),
                SQL(", ").join(SQL.identifier(name) for name in names),
            )

        features = {
            "orders": query(("amount", 1), ("orders", 2)),
            "tickets": query(("tickets", 3)),
        }
        words = {
            name: [
                part
                for part in real[name]
                if part.code in ("amount", "orders", "tickets")
            ]
            for name in features
        }
        for name, told in (("_cluster_features", features), ("_cluster_words", words)):
            started = patch.object(sources, name, lambda *args, told=told: told)
            started.start()
            self.addCleanup(started.stop)

    def _run(self, **vals):
        """Search now, as the background does."""
        run = self.env["crm.cluster.run"].create(
            {
                "company_id": self.company.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
            }
            | vals
        )
        with self.enter_registry_test_mode():
            run._job_cron().method_direct_trigger()
        run.invalidate_recordset()
        return run

    def _groups_of(self, run):
        members = self.env["crm.cluster.member"].search([("run_id", "=", run.id)])
        by_partner = {one.partner_id.id: one.cluster_id.sequence for one in members}
        return [by_partner.get(partner.id) for partner in self.customers]


@tagged("post_install", "-at_install")
class TestClusters(ClusterCase):
    def test_customers_of_a_kind_are_found_together(self):
        self._told(self._rows())
        run = self._run()
        self.assertRecordValues(
            run, [{"state": "done", "customers": 60, "groups": 3, "problem": False}]
        )
        kinds = [at % 3 for at in range(60)]
        self.assertGreater(adjusted_rand_score(kinds, self._groups_of(run)), 0.95)
        self.assertGreater(run.silhouette, 0.7)
        self.assertGreater(run.stability, 0.95)
        self.assertEqual([choice["groups"] for choice in run.choices], [*range(2, 9)])
        self.assertIn("3 groups: of all numbers from 2 to 8", run.explanation)
        self.assertEqual(len(run.picture["clusters"]), 3)

    def test_groups_say_what_sets_them_apart_in_each_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self._told(self._rows())
        first, *others = self._run().cluster_ids
        self.assertEqual(first.name, "Large buyers, buy often")
        self.assertEqual((first.size, round(first.size_share)), (20, 33))
        self.assertGreater(first.amount_share, 95)
        self.assertIn("many tickets", " ".join(others[0].mapped("name")).lower()
                      + others[1].name.lower())  # fmt: skip
        self.assertTrue(first.with_context(lang="es_ES").name)

    def test_the_same_customers_give_the_same_groups(self):
        self._told(self._rows())
        one, other = self._run(), self._run()
        self.assertEqual(self._groups_of(one), self._groups_of(other))
        self.assertEqual(one.cluster_ids.mapped("profile"),
                         other.cluster_ids.mapped("profile"))  # fmt: skip
        self.assertEqual(one.stability, other.stability)

    def test_turnover_is_exact_to_the_cent(self):
        rows = [
            (key, round(100 * amount, 2), *row) for key, amount, *row in self._rows()
        ]
        self._told(rows)
        run = self._run()
        members = self.env["crm.cluster.member"].search([("run_id", "=", run.id)])
        told = {one.partner_id.id: round(one.amount, 2) for one in members}
        self.assertEqual(told, {row[0]: row[1] for row in rows})
        total = sum(run.cluster_ids.mapped("amount"))
        self.assertAlmostEqual(total, sum(row[1] for row in rows), 2)

    def test_as_many_groups_are_made_as_asked_for(self):
        self._told(self._rows())
        run = self._run(wanted=5)
        self.assertEqual(len(run.cluster_ids), 5)
        self.assertIn("as was asked for", run.explanation)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            run.copy({"wanted": 9})

    def test_too_few_customers_are_told_in_words(self):
        for count in (0, 1, 19):
            with self.subTest(count=count):
                self._told(self._rows(self.customers[:count]) if count else [])
                run = self._run()
                self.assertEqual(run.state, "failed")
                self.assertIn(f"there are {count} customers to compare", run.problem)
                self.assertFalse(run.cluster_ids)

    def test_customers_who_all_do_the_same_are_no_groups(self):
        self._told([(partner.id, 100, 1, 0) for partner in self.customers])
        run = self._run()
        self.assertEqual(run.state, "failed")
        self.assertIn("behaved alike", run.problem)

    def test_what_is_the_same_for_all_is_left_out_and_ties_stay_together(self):
        rows = [
            (partner.id, 100 if at % 2 else 9000, 1, 0)
            for at, partner in enumerate(self.customers)
        ]
        self._told(rows)
        run = self._run()
        self.assertEqual((run.groups, run.compared), (2, ["amount"]))
        self.assertEqual(run.left_out, ["orders", "tickets"])
        self.assertIn("the same for all: Orders, Tickets", run.explanation)
        self.assertEqual(
            adjusted_rand_score([at % 2 for at in range(60)], self._groups_of(run)), 1
        )

    def test_many_customers_are_read_in_batches(self):
        draw = np.random.default_rng(3)
        kinds = draw.integers(2, size=clusters.MANY + 1)
        values = (kinds[:, None] * 8 + draw.normal(10, 1, (len(kinds), 2))).astype(
            np.float32
        )
        found = clusters.find(values, [False, False])
        self.assertGreater(adjusted_rand_score(kinds, found.labels), 0.95)

    def test_a_period_that_ends_before_it_begins_or_never_was_is_refused(self):
        for days in (
            {"date_to": "2025-12-31"},
            {"date_from": "1066-10-14"},
            {"date_to": "9999-12-31"},
        ):
            with self.subTest(days), self.assertRaises(ValidationError):
                self._run(**days)


@tagged("post_install", "-at_install")
class TestClusterSources(ClusterCase):
    def _told_of(self, partner, **vals):
        """Give what the real sources tell of a customer; empty: nothing."""
        run = self.env["crm.cluster.run"].create(
            {
                "company_id": self.company.id,
                "date_from": date(2026, 1, 1),
                "date_to": date(2026, 3, 31),
                "population": "all",
            }
            | vals
        )
        sources = self.env["crm.cluster.source"]._cluster_words()
        ids, _amounts, values = run._matrix(sources)
        codes = [feature.code for source in sources.values() for feature in source]
        rows = dict(zip(ids.tolist(), values, strict=True))
        row = rows.get(partner.id)
        return {} if row is None else dict(zip(codes, row.tolist(), strict=True))

    def test_orders_of_a_family_count_together(self):
        self._create_order(self.anna, "2026-01-11", 100)
        self._create_order(self.nordlicht, "2026-01-21", 200)
        self._create_order(self.anna, "2026-01-31", 300)
        self._create_order(self.anna, "2026-02-01", 900, state="draft")
        self._create_order(self.anna, "2025-12-31", 900)
        told = self._told_of(self.nordlicht)
        self.assertEqual((told["amount"], told["orders"]), (600, 3))
        self.assertAlmostEqual(told["recency"], 59.5, 3)
        self.assertEqual(told["unevenness"], 0)
        self.assertEqual((told["categories"], told["tickets"]), (1, 0))
        self.assertFalse(self._told_of(self.anna))
        self.assertTrue(np.isnan(told["rating"]))

    def test_discount_is_that_of_the_lines(self):
        order = self._create_order(self.olivar, "2026-01-11", 100)
        order.order_line.discount = 25
        self.assertEqual(self._told_of(self.olivar)["discount"], 25)

    def test_what_they_rate_read_ask_and_complain_of_counts(self):
        day = datetime(2026, 2, 1, 12)
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Broken",
                "description": "Broken",
                "partner_id": self.anna.id,
                "company_id": self.company.id,
            }
        )
        self.env["crm.complaint"].create(
            {
                "name": "Late",
                "partner_id": self.anna.id,
                "company_id": self.company.id,
                "date": "2026-02-01",
            }
        )
        leads = self.env["crm.lead"].create(
            [
                {"name": "Grinders", "partner_id": self.anna.id, "type": "opportunity",
                 "company_id": self.company.id} for _turn in range(2)
            ]
        )  # fmt: skip
        leads[0].action_set_won()
        leads[0].date_closed = day
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.olivar.id,
                "partner_id": self.anna.id,
                "rating": 4,
                "consumed": True,
            }
        )
        trace = self.env["mailing.trace"].create(
            {"model": "res.partner", "res_id": self.anna.id, "open_datetime": day}
        )
        link = self.env["link.tracker"].create({"url": "https://example.com/grinder"})
        click = self.env["link.tracker.click"].create(
            {"link_id": link.id, "mailing_trace_id": trace.id}
        )
        self.env.flush_all()
        written = [(record, "create_date") for record in (ticket, click, *leads)]
        for record, column in [*written, (rating, "rated_on")]:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    SQL.identifier(column),
                    day,
                    record.id,
                )
            )
        told = self._told_of(self.nordlicht)
        expected = {
            "orders": 0, "ratings": 1, "rating": 4, "opened": 1, "clicks": 1,
            "leads": 2, "won": 1, "tickets": 1, "open": 1, "complaints": 1,
        }  # fmt: skip
        self.assertEqual({code: told[code] for code in expected}, expected)
        self.assertFalse(self._told_of(self.nordlicht, population="buyers"))


@tagged("post_install", "-at_install")
class TestClusterRights(ClusterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.search_run = cls.env["crm.cluster.run"].create(
            {"company_id": cls.company.id, "date_from": "2026-01-01",
             "date_to": "2026-12-31"}
        )  # fmt: skip
        cls.cluster = cls.env["crm.cluster"].create(
            {"run_id": cls.search_run.id, "name": "Loyal", "size": 1}
        )
        cls.member = cls.env["crm.cluster.member"].create(
            {
                "run_id": cls.search_run.id,
                "cluster_id": cls.cluster.id,
                "partner_id": cls.olivar.id,
            }
        )

    def test_reader_reads_and_begins_nothing(self):
        run = self.search_run.with_user(self.reader)
        self.assertEqual(run.cluster_ids.member_ids.partner_id, self.olivar)
        action = run.cluster_ids.action_open_customers()
        partners = self.env[action["res_model"]].with_user(self.reader)
        self.assertEqual(partners.search(action["domain"]), self.olivar)
        for do in (run.copy, run.action_stop, run.unlink):
            with self.assertRaises(AccessError):
                do()
        with self.assertRaises(AccessError):
            run.cluster_ids.name = "Mine"

    def test_manager_runs_and_names_and_changes_no_result(self):
        run = self.search_run.with_user(self.manager)
        run.cluster_ids.name = "Regulars"
        self.assertEqual(self.cluster.name, "Regulars")
        with self.assertRaises(AccessError):
            run.cluster_ids.size = 99
        with self.assertRaises(AccessError):
            run.cluster_ids.member_ids.distance = 0
        run.action_stop()
        self.assertEqual(self.search_run.state, "stopped")
        run.action_retry()
        self.assertEqual(self.search_run.state, "waiting")
        run.unlink()
        self.assertFalse(self.member.exists())

    def test_others_and_other_companies_see_nothing(self):
        for record in (self.search_run, self.cluster, self.member):
            with self.assertRaises(AccessError):
                record.with_user(self.outsider).read(["id"])
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        for record in (self.search_run, self.cluster, self.member):
            record = record.with_context(allowed_company_ids=other.ids)
            self.assertFalse(
                record.with_user(self.manager).search([("id", "=", record.id)])
            )
        with self.assertRaises(AccessError):
            self.olivar.with_user(self.outsider).read(["cluster_member_ids"])
