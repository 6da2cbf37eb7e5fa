from odoo.tests import tagged

from ..models import crm_territory_assign
from .test_territory import TerritoryCase


@tagged("post_install", "-at_install")
class TestTerritoryAssign(TerritoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._live_in(cls.customer, "10999")
        cls._live_in(cls.stranger, "20095")
        cls.cron = cls.env.ref("crm_base.crm_territory_cron_assign")
        cls.env.flush_all()

    def _run(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _change_rules(self):
        self.hamburg = self._territory(
            "Hamburg", country_id=self.germany_id, zip_from="20", zip_to="22"
        )

    def test_changed_rules_move_customers_in_the_background(self):
        self._change_rules()
        self.assertEqual(self.stranger.territory_id, self.germany)
        self._run()
        self.assertEqual(self.stranger.territory_id, self.hamburg)
        self.assertEqual(self.customer.territory_id, self.berlin)

    def test_people_move_with_their_company(self):
        self._change_rules()
        self.anna.parent_id = self.stranger
        self._run()
        self.assertEqual(self.anna.territory_id, self.hamburg)

    def test_change_of_rules_wakes_the_job(self):
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", self.cron.id)])
        self.berlin.user_id = self.user
        same = triggers.search_count([("cron_id", "=", self.cron.id)])
        self.assertEqual(same, before, "the owner moves no customer")
        self.berlin.rule_ids.zip_to = "13999"
        after = triggers.search_count([("cron_id", "=", self.cron.id)])
        self.assertGreater(after, before)

    def test_job_without_changes_looks_at_nobody(self):
        self._run()
        self.env.cr.execute(
            "UPDATE res_partner SET territory_id = NULL WHERE id = %s",
            [self.customer.id],
        )
        self._run()
        self.assertFalse(self.customer.territory_id)

    def test_job_goes_on_where_it_was_killed(self):
        self._change_rules()
        # As if the first run had ended between the two.
        self.env["crm.territory"]._set_watermark(self.customer.id)
        self.env.cr.execute(
            "UPDATE res_partner SET territory_id = NULL WHERE id IN %s",
            [tuple((self.customer | self.stranger).ids)],
        )
        self._run()
        self.assertEqual(self.stranger.territory_id, self.hamburg)
        self.assertFalse(self.customer.territory_id, "it was done before")
        self.assertIsNone(self.env["crm.territory"]._watermark())

    def test_new_change_begins_again(self):
        self._change_rules()
        self.env["crm.territory"]._set_watermark(10**9)
        self.hamburg.rule_ids.zip_to = "21"
        self._run()
        self.assertEqual(self.stranger.territory_id, self.hamburg)

    def test_small_batches_move_all(self):
        self._change_rules()
        territories = self.env["crm.territory"]
        after, moved = 0, 0
        while after is not None:
            after, seen, count = territories._assign_batch(after, limit=1)
            self.assertLessEqual(seen, 1)
            moved += count
        self.assertEqual(moved, 1)
        self.assertEqual(self.stranger.territory_id, self.hamburg)

    def test_button_moves_at_once_and_says_how_many(self):
        self._change_rules()
        action = self.hamburg.with_user(self.manager).action_apply()
        self.assertIn("1", action["params"]["message"])
        self.assertEqual(self.stranger.territory_id, self.hamburg)
        self.assertIsNone(self.env["crm.territory"]._watermark())

    def test_territory_set_by_hand_is_left_alone(self):
        self.stranger.territory_id = self.spain
        self._change_rules()
        self._run()
        self.assertEqual(self.stranger.territory_id, self.spain)

    def test_deleted_territory_gives_its_customers_away(self):
        self.berlin.unlink()
        self._run()
        self.assertEqual(self.customer.territory_id, self.germany)
        self.assertEqual(self.anna.territory_id, self.germany)

    def test_queries_do_not_grow_with_the_customers(self):
        def customers(count, first):
            return self.env["res.partner"].create(
                [
                    {
                        "name": f"Customer {first + number}",
                        "country_id": self.germany_id.id,
                        "zip": f"{20000 + number}",
                    }
                    for number in range(count)
                ]
            )

        counts = []
        for count in (3, 300):
            made = customers(count, count)
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE res_partner SET territory_id = NULL WHERE id IN %s",
                [tuple(made.ids)],
            )
            self.env.invalidate_all()
            self.env["crm.territory"]._matcher()
            before = self.env.cr.sql_log_count
            _after, _seen, moved = self.env["crm.territory"]._assign_batch(
                made.ids[0] - 1
            )
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(moved, count)
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertGreater(crm_territory_assign.BATCH, 300)
