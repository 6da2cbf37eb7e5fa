import doctest
from unittest.mock import patch

import numpy as np

from odoo.tests import TransactionCase, tagged

from ..tools import lifetime, lifetime_check


@tagged("post_install", "-at_install")
class TestLifetimeTools(TransactionCase):
    def _reason(self, *columns):
        with self.assertRaises(lifetime.CannotFitError) as caught:
            lifetime.fit_orders(lifetime.history(*columns))
        return caught.exception.reason, caught.exception.count

    def _past(self):
        repeats = np.arange(40) % 6
        recency = np.where(repeats, 2.0 * repeats, 0)
        return lifetime.history(repeats, recency, 20 + np.arange(40) % 7)

    def test_examples_of_the_tools_hold(self):
        for module in (lifetime, lifetime_check):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    def test_what_cannot_be_fitted_is_named(self):
        self.assertEqual(self._reason([], [], []), ("empty", 0))
        self.assertEqual(self._reason([3], [5], [9]), ("single", 1))
        self.assertEqual(self._reason([0] * 50, [0] * 50, [9] * 50), ("few", 0))

    def test_where_the_search_ends_nowhere_rates_are_constant(self):
        past = self._past()
        self.assertEqual(lifetime.fit_orders(past).method, "bg_nbd")
        with patch.object(lifetime, "_best", return_value=None):
            model = lifetime.fit_orders(past)
        self.assertEqual(model.method, "constant")
        np.testing.assert_allclose(lifetime.alive(model, past), 1, atol=1e-6)
        expected = lifetime.expected_orders(model, past, 10)
        rates = (model.r + past.repeats) / (model.alpha + past.age)
        np.testing.assert_allclose(expected, 10 * rates, rtol=1e-5)

    def test_without_money_the_mean_stands_in(self):
        repeats = np.full(20, 2.0)
        for means in (np.zeros(20), np.full(20, -5.0), np.full(20, 30.0)):
            model = lifetime.fit_money(repeats, means)
            self.assertEqual(model.method, "mean")
            expected = lifetime.expected_amount(model, repeats, means)
            np.testing.assert_allclose(expected, np.maximum(means, 0))

    def test_expectation_is_the_sum_of_the_probabilities(self):
        chance = np.random.default_rng(7)
        counts = np.arange(1, 4000)
        for r, alpha, a, b in np.exp(chance.uniform(-2, 3, (40, 4))):
            model = lifetime.Orders(r, alpha, a, b, 0)
            repeats, age = float(chance.integers(0, 60)), chance.uniform(5, 150)
            recency = chance.uniform(0, age) if repeats else 0
            one = lifetime.history([repeats], [recency], [age])
            many = lifetime.History(*(np.repeat(c, len(counts)) for c in one))
            chances = lifetime.at_least(model, many, 30, counts)
            if chances[-1] < 1e-9:
                expected = lifetime.expected_orders(model, one, 30)[0]
                self.assertAlmostEqual(expected, chances.sum(), places=5)

    def test_ranges_hold_what_comes_in_four_cases_of_five(self):
        model = lifetime.Orders(2, 8, 0.8, 2.5, 0)
        past = lifetime.history([0, 3, 12, 400], [0, 20, 50, 51], [30, 40, 52, 52])
        low, high = lifetime.orders_range(model, past, 26)
        self.assertTrue((lifetime.at_least(model, past, 26, high + 1) <= 0.1).all())
        some = high > 0
        at_least = lifetime.at_least(model, past.of(some), 26, high[some])
        self.assertTrue((at_least > 0.1).all())
        some = low > 0
        self.assertTrue(some.any())
        at_least = lifetime.at_least(model, past.of(some), 26, low[some])
        self.assertTrue((at_least > 0.9).all())
