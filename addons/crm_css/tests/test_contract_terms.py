import doctest
from datetime import date, timedelta

from odoo.tests import TransactionCase, tagged

from ..tools import contract_terms, entitlement
from ..tools.contract_terms import (
    Period,
    Span,
    Terms,
    earliest_end,
    end_of,
    last_notice_day,
    reminder_days,
    times_invoiced,
    window,
)

# Worked out by hand with a calendar: first day, span, last day.
ENDS = [
    ("2025-01-01", 1, "year", "2025-12-31"),
    ("2025-01-01", 1, "month", "2025-01-31"),
    ("2025-03-15", 1, "month", "2025-04-14"),
    ("2025-03-15", 2, "year", "2027-03-14"),
    # Month ends: a start on the 29th, 30th or 31st.
    ("2025-01-29", 1, "month", "2025-02-28"),
    ("2025-01-30", 1, "month", "2025-02-28"),
    ("2025-01-31", 1, "month", "2025-02-28"),
    ("2024-01-29", 1, "month", "2024-02-28"),
    ("2024-01-30", 1, "month", "2024-02-29"),
    ("2024-01-31", 1, "month", "2024-02-29"),
    ("2025-01-31", 2, "month", "2025-03-30"),
    ("2025-01-31", 3, "month", "2025-04-30"),
    ("2025-03-31", 1, "month", "2025-04-30"),
    ("2025-05-31", 1, "month", "2025-06-30"),
    ("2025-08-31", 6, "month", "2026-02-28"),
    ("2025-04-30", 1, "month", "2025-05-29"),
    ("2025-11-30", 3, "month", "2026-02-28"),
    # February, and leap years.
    ("2025-02-01", 1, "month", "2025-02-28"),
    ("2024-02-01", 1, "month", "2024-02-29"),
    ("2025-02-28", 1, "month", "2025-03-27"),
    ("2024-02-29", 1, "month", "2024-03-28"),
    ("2024-02-29", 1, "year", "2025-02-28"),
    ("2024-02-29", 4, "year", "2028-02-28"),
    ("2024-03-01", 1, "year", "2025-02-28"),
    ("2023-03-01", 1, "year", "2024-02-29"),
    ("2096-02-29", 8, "year", "2104-02-28"),
    ("2096-02-29", 4, "year", "2100-02-28"),
    ("2025-12-31", 2, "month", "2026-02-28"),
    # Days and weeks.
    ("2025-02-28", 1, "day", "2025-02-28"),
    ("2024-02-28", 2, "day", "2024-02-29"),
    ("2025-12-29", 1, "week", "2026-01-04"),
    ("2025-03-30", 90, "day", "2025-06-27"),
]
# Last day, notice, last day for it.
NOTICES = [
    ("2025-12-31", 3, "month", "2025-09-30"),
    ("2025-12-31", 1, "month", "2025-11-30"),
    ("2025-12-31", 6, "week", "2025-11-19"),
    ("2025-12-31", 30, "day", "2025-12-01"),
    ("2025-12-31", 1, "year", "2024-12-31"),
    ("2025-12-31", 10, "month", "2025-02-28"),
    ("2024-12-31", 10, "month", "2024-02-29"),
    ("2025-11-30", 3, "month", "2025-08-31"),
    ("2025-02-28", 1, "month", "2025-01-31"),
    ("2025-02-28", 3, "month", "2024-11-30"),
    ("2024-02-29", 3, "month", "2023-11-30"),
    # The 28th of a leap year is not the last of its month.
    ("2024-02-28", 1, "month", "2024-01-28"),
    ("2024-02-29", 1, "year", "2023-02-28"),
    ("2025-02-28", 1, "year", "2024-02-29"),
    ("2025-03-30", 1, "month", "2025-02-28"),
    ("2024-03-30", 1, "month", "2024-02-29"),
    ("2025-03-31", 1, "month", "2025-02-28"),
    ("2025-03-29", 1, "month", "2025-02-28"),
    ("2025-03-15", 1, "month", "2025-02-15"),
    ("2025-05-30", 3, "month", "2025-02-28"),
    ("2025-03-01", 1, "month", "2025-02-01"),
]
# First day, term, renewal in months, and the last days of its periods.
RENEWALS = [
    (
        "2025-01-31",
        1,
        1,
        ["2025-02-28", "2025-03-30", "2025-04-30", "2025-05-30", "2025-06-30"],
    ),
    ("2024-02-29", 12, 12, ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-28"]),
    ("2023-03-01", 12, 12, ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"]),
    ("2025-08-31", 6, 3, ["2026-02-28", "2026-05-30", "2026-08-30", "2026-11-30"]),
    ("2025-07-01", 24, 12, ["2027-06-30", "2028-06-30", "2029-06-30"]),
]


def day(text):
    return date.fromisoformat(text)


def add_months(start, months):
    """Give the day with the same number, or the last of a shorter month."""
    first = date(
        start.year + (start.month - 1 + months) // 12,
        (start.month - 1 + months) % 12 + 1,
        1,
    )
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=start.day - 1), following - timedelta(days=1))


@tagged("post_install", "-at_install")
class TestContractTerms(TransactionCase):
    def test_examples_in_docstrings_hold(self):
        for module, least in ((contract_terms, 25), (entitlement, 2)):
            result = doctest.testmod(module)
            self.assertGreaterEqual(result.attempted, least)
            self.assertFalse(result.failed)

    def test_last_days_worked_out_by_hand(self):
        for start, count, unit, end in ENDS:
            with self.subTest(start=start, count=count, unit=unit):
                self.assertEqual(end_of(day(start), Span(count, unit)), day(end))

    def test_notice_days_worked_out_by_hand(self):
        for end, count, unit, last in NOTICES:
            with self.subTest(end=end, count=count, unit=unit):
                found = last_notice_day(day(end), Span(count, unit))
                self.assertEqual(found, day(last))

    def test_renewals_worked_out_by_hand(self):
        for start, term, renewal, ends in RENEWALS:
            terms = Terms(
                day(start),
                day(ends[0]),
                Span(term, "month"),
                Span(renewal, "month"),
            )
            with self.subTest(start=start):
                found = [terms.end(number) for number in range(len(ends))]
                self.assertEqual(found, [day(end) for end in ends])

    def test_notice_day_is_the_last_from_which_the_notice_fits(self):
        """For every last day of four years and each notice of 1 to 13 months."""
        for offset in range(4 * 366):
            end = date(2023, 1, 1) + timedelta(days=offset)
            for months in (1, 2, 3, 6, 12, 13):
                last = last_notice_day(end, Span(months, "month"))
                self.assertLessEqual(add_months(last, months), end)
                self.assertGreater(add_months(last + timedelta(1), months), end)

    def test_periods_follow_each_other_without_gap_or_overlap(self):
        for offset in range(366):
            start = date(2024, 1, 1) + timedelta(days=offset)
            for months in (1, 3, 12):
                span = Span(months, "month")
                terms = Terms(start, end_of(start, span), span, span, 14)
                edge = start
                for number in range(14):
                    period = terms.period(number)
                    self.assertEqual(period.start, edge)
                    self.assertGreater(period.end, period.start)
                    edge = period.end + timedelta(1)

    def test_hundred_renewals_do_not_drift(self):
        span = Span(1, "month")
        terms = Terms(day("2025-01-31"), day("2025-02-28"), span, span)
        self.assertEqual(terms.end(1199), day("2125-01-30"))

    def test_an_end_that_was_typed_is_renewed_from_the_day_after(self):
        terms = Terms(
            day("2025-02-10"), day("2025-06-30"), Span(1, "year"), Span(1, "year")
        )
        self.assertEqual(terms.end(2), day("2027-06-30"))

    def test_a_typed_end_in_february_reaches_the_leap_day(self):
        terms = Terms(day("2025-01-10"), day("2025-02-28"), None, Span(1, "year"))
        self.assertEqual(terms.end(3), day("2028-02-29"))

    def test_days_and_weeks_are_renewed_too(self):
        terms = Terms(
            day("2025-01-01"), day("2025-01-14"), Span(2, "week"), Span(1, "week")
        )
        self.assertEqual(terms.end(2), day("2025-01-28"))

    def test_without_a_renewal_there_is_one_period(self):
        terms = Terms(day("2025-01-01"), day("2025-12-31"), Span(1, "year"))
        self.assertEqual(terms.end(3), day("2025-12-31"))

    def test_open_contract_has_no_end(self):
        terms = Terms(day("2025-01-01"))
        self.assertIsNone(terms.end(0))
        whole = Period(day("2025-01-01"), None)
        self.assertEqual(window(terms, "term", day("2030-01-01")), whole)

    def test_a_day_after_the_end_belongs_to_the_last_period(self):
        terms = Terms(day("2025-01-01"), day("2025-12-31"), Span(1, "year"))
        found = window(terms, "term", day("2026-02-01"))
        self.assertEqual(found.end, day("2025-12-31"))

    def test_a_day_before_the_start_belongs_to_the_first_year(self):
        terms = Terms(day("2025-01-31"), None)
        found = window(terms, "year", day("2024-06-01"))
        self.assertEqual(found, Period(day("2025-01-31"), day("2026-01-30")))

    def test_every_day_lies_in_its_own_window(self):
        for start in ("2024-02-29", "2024-01-31", "2024-03-01"):
            terms = Terms(day(start), None)
            for per in ("month", "year"):
                for offset in range(1500):
                    today = day(start) + timedelta(days=offset)
                    found = window(terms, per, today)
                    self.assertTrue(found.start <= today <= found.end, (start, today))

    def test_notice_that_comes_too_late_ends_the_next_period(self):
        year = Span(1, "year")
        terms = Terms(day("2025-01-01"), day("2025-12-31"), year, year)
        notice = Span(3, "month")
        for today, end in (
            ("2025-09-30", "2025-12-31"),
            ("2025-10-01", "2026-12-31"),
            ("2026-12-01", "2027-12-31"),
        ):
            self.assertEqual(earliest_end(terms, notice, None, day(today)), day(end))

    def test_the_minimum_term_comes_before_the_notice(self):
        year = Span(1, "year")
        terms = Terms(day("2025-01-01"), day("2025-12-31"), year, year)
        minimum = day("2026-12-31")
        found = earliest_end(terms, None, minimum, day("2025-03-01"))
        self.assertEqual(found, minimum)

    def test_reminder_on_a_day_off_comes_on_the_working_day_before(self):
        holidays = {day("2025-12-25"), day("2025-12-26")}
        found = reminder_days(
            day("2026-01-04"),
            [7, 9],
            lambda one: one.weekday() > 4 or one in holidays,
        )
        # 28 December is a Sunday after two holidays; the 26th is one of them.
        self.assertEqual(found, {7: day("2025-12-24"), 9: day("2025-12-24")})

    def test_where_nobody_ever_works_the_reminder_comes_on_its_day(self):
        found = reminder_days(day("2025-06-30"), [10], lambda one: True)
        self.assertEqual(found, {10: day("2025-06-20")})

    def test_invoices_of_a_period_are_counted(self):
        year = Period(day("2025-01-31"), day("2026-01-30"))
        count = times_invoiced(year, lambda number: add_months(year.start, number))
        self.assertEqual(count, 12)
        once = times_invoiced(year, lambda number: add_months(year.start, 12 * number))
        self.assertEqual(once, 1)
