import doctest

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..tools import territory as tools
from .common import CrmCase


class TerritoryCase(CrmCase):
    """Germany with Berlin in it, and Spain."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany_id, cls.spain_id = cls.env.ref("base.de"), cls.env.ref("base.es")
        cls.germany = cls._territory("Germany", country_id=cls.germany_id)
        cls.berlin = cls._territory(
            "Berlin",
            parent_id=cls.germany.id,
            country_id=cls.germany_id,
            zip_from="10115",
            zip_to="14199",
        )
        cls.spain = cls._territory("Spain", country_id=cls.spain_id)

    @classmethod
    def _territory(cls, name, parent_id=False, company_id=False, **conditions):
        """Make a territory with one rule, where conditions are given."""
        rules = [Command.create(cls._conditions(conditions))] if conditions else []
        return cls.env["crm.territory"].create(
            {
                "name": name,
                "parent_id": parent_id,
                "company_id": company_id,
                "rule_ids": rules,
            }
        )

    @classmethod
    def _conditions(cls, conditions):
        return {
            name: value
            if isinstance(value, str)
            else ([Command.set(value.ids)] if name.endswith("_ids") else value.id)
            for name, value in conditions.items()
        }

    @classmethod
    def _live_in(cls, partner, code, country=None, **vals):
        partner.write(
            {"zip": code, "country_id": (country or cls.germany_id).id, **vals}
        )
        return partner


@tagged("post_install", "-at_install")
class TestTerritoryTools(CrmCase):
    def test_examples_in_docstrings_hold(self):
        result = doctest.testmod(tools)
        self.assertGreater(result.attempted, 15)
        self.assertFalse(result.failed)

    def _holds(self, low, high, code):
        keys = map(tools.zip_key, (code, low, high or low))
        return tools.in_range(*keys)

    def test_codes_inside_of_ranges(self):
        for low, high, code in (
            ("10115", "14199", "12 345"), ("10", "14", "14199"), ("08001", "", "08001"),
            ("08", "", "08001"), ("SW1A", "", "sw1a 1aa"), ("SW1", "SW20", "SW19 5AE"),
            ("SW1", "SW20", "SW195AE"), ("N1", "", "N12AB"), ("K1A", "K1Z", "K1A 0B1"),
            ("1000", "1999", "1250-096"), ("00-001", "00-999", "00950"),
            ("1000", "1099", "1012 AB"), ("LV-1001", "LV-1099", "1050"),
        ):  # fmt: skip
            self.assertTrue(self._holds(low, high, code), (low, high, code))

    def test_codes_outside_of_ranges(self):
        for low, high, code in (
            ("10115", "14199", "14200"), ("10115", "14199", "1012"), ("08", "", "8033"),
            ("SW1A", "", "SW1P 3AD"), ("SW2", "SW9", "SW10 0AA"), ("N1", "", "N12 1AB"),
            ("SW1", "SW20", "SE1 7PB"), ("10", "14", ""), ("10", "14", "🐉"),
            ("10", "14", "x" * 10_000),
        ):  # fmt: skip
            self.assertFalse(self._holds(low, high, code), (low, high, code))


@tagged("post_install", "-at_install")
class TestTerritoryOfCustomer(TerritoryCase):
    def test_customer_follows_the_address(self):
        self._live_in(self.customer, "10999")
        self.assertEqual(self.customer.territory_id, self.berlin)
        self._live_in(self.customer, "80331")
        self.assertEqual(self.customer.territory_id, self.germany)
        self._live_in(self.customer, "41004", self.spain_id)
        self.assertEqual(self.customer.territory_id, self.spain)
        self.customer.country_id = False
        self.assertFalse(self.customer.territory_id)

    def test_people_have_the_territory_of_their_company(self):
        self._live_in(self.customer, "10999")
        self._live_in(self.anna, "41004", self.spain_id, type="other")
        self.assertEqual((self.anna | self.jonas).territory_id, self.berlin)
        self.anna.parent_id = self.stranger
        self.assertFalse(self.anna.territory_id)
        self.anna.parent_id = False
        self.assertEqual(self.anna.territory_id, self.spain)

    def test_subsidiary_is_a_customer_of_its_own(self):
        self._live_in(self.customer, "10999")
        subsidiary = self.env["res.partner"].create(
            {
                "name": "Nordlicht España",
                "is_company": True,
                "type": "other",
                "parent_id": self.customer.id,
                "country_id": self.spain_id.id,
            }
        )
        self.assertEqual(subsidiary.territory_id, self.spain)

    def test_new_customer_has_a_territory(self):
        created = self.env["res.partner"].create(
            {"name": "New", "country_id": self.germany_id.id, "zip": "10999"}
        )
        self.assertEqual(created.territory_id, self.berlin)
        self.assertFalse(created.territory_manual)

    def test_territory_set_by_hand_stays_until_released(self):
        self._live_in(self.customer, "10999")
        with Form(self.customer.with_user(self.user)) as form:
            form.territory_manual = True
            form.territory_id = self.spain
        self._live_in(self.customer, "80331")
        self.assertEqual(self.customer.territory_id, self.spain)
        self.assertEqual(self.anna.territory_id, self.spain)
        with Form(self.customer.with_user(self.user)) as form:
            form.territory_manual = False
            self.assertEqual(form.territory_id, self.germany)
        self.assertEqual(self.customer.territory_id, self.germany)

    def test_ticking_by_hand_keeps_what_there_is(self):
        self._live_in(self.customer, "10999")
        with Form(self.customer.with_user(self.user)) as form:
            form.territory_manual = True
            self.assertEqual(form.territory_id, self.berlin)
        self.assertEqual(self.customer.territory_id, self.berlin)

    def test_new_address_in_the_form_leaves_the_rules_in_charge(self):
        self._live_in(self.customer, "10999")
        with Form(self.customer.with_user(self.user)) as form:
            form.zip = "80331"
            self.assertEqual(form.territory_id, self.germany)
        self.assertFalse(self.customer.territory_manual)

    def test_imported_territory_stays(self):
        self.customer.territory_id = self.spain
        self._live_in(self.customer, "10999")
        self.assertEqual(self.customer.territory_id, self.spain)

    def test_person_cannot_leave_the_company(self):
        with self.assertRaisesRegex(ValidationError, "Nordlicht"):
            self.anna.territory_id = self.spain

    def test_copy_follows_the_rules(self):
        self.customer.territory_id = self.spain
        self._live_in(self.customer, "10999")
        self.assertEqual(self.customer.copy().territory_id, self.berlin)

    def test_search_and_count_hold_the_parts(self):
        self._live_in(self.customer, "10999")
        self._live_in(self.stranger, "80331")
        self.env.flush_all()
        found = self.env["res.partner"].search(
            [("territory_id", "child_of", self.germany.id)]
        )
        self.assertLessEqual(self.customer | self.anna | self.stranger, found)
        self.assertEqual(self.germany.customer_count, 2)
        self.assertEqual(self.berlin.customer_count, 1)
        action = self.germany.with_user(self.user).action_open_customers()
        behind = self.env["res.partner"].search(action["domain"])
        self.assertEqual(behind, self.customer | self.stranger)

    def test_all_counts_take_one_query(self):
        territories = self.germany | self.berlin | self.spain
        territories.mapped("parent_path")
        self.env.flush_all()
        with self.assertQueryCount(2):  # the parts, and the count
            territories.mapped("customer_count")


@tagged("post_install", "-at_install")
class TestTerritoryOrder(TerritoryCase):
    """The closest rule wins, whatever was made first."""

    def _assert_wins(self, expected, **address):
        self.customer.write({"country_id": self.germany_id.id, **address})
        self.assertEqual(self.customer.territory_id, expected)

    def test_postal_code_wins_over_state_and_state_over_country(self):
        state = self.env.ref("base.state_de_be")
        by_state = self._territory(
            "State of Berlin", country_id=self.germany_id, state_ids=state
        )
        self._assert_wins(by_state, state_id=state.id, zip=False)
        self._assert_wins(self.berlin, state_id=state.id, zip="10999")
        self._assert_wins(self.germany, state_id=False, zip="80331")

    def test_country_wins_over_trade_and_both_over_one(self):
        trade = self.env["res.partner.industry"].create({"name": "Coffee"})
        by_trade = self._territory("Coffee", industry_ids=trade)
        both = self._territory(
            "German Coffee", country_id=self.germany_id, industry_ids=trade
        )
        self._assert_wins(both, industry_id=trade.id)
        self._assert_wins(self.germany, industry_id=False)
        self._assert_wins(by_trade, industry_id=trade.id, country_id=False)

    def test_deeper_territory_wins_a_tie(self):
        mitte = self._territory(
            "Mitte",
            parent_id=self.berlin.id,
            country_id=self.germany_id,
            zip_from="10",
        )
        self._assert_wins(mitte, zip="10999")
        self._assert_wins(self.berlin, zip="12059")

    def test_order_of_the_list_decides_between_equals(self):
        other = self._territory(
            "Other Berlin", country_id=self.germany_id, zip_from="10"
        )
        self.berlin.parent_id = False
        self._assert_wins(self.berlin, zip="10999")
        other.sequence = 1
        self.customer.zip = "10117"
        self.assertEqual(self.customer.territory_id, other)

    def test_overlap_names_the_other_territory(self):
        other = self._territory(
            "Brandenburg", country_id=self.germany_id, zip_from="14", zip_to="16"
        )
        self.assertEqual(other.rule_ids.overlap, "Germany / Berlin")
        self.assertEqual(self.berlin.rule_ids.overlap, "Brandenburg")
        self.assertEqual((other | self.berlin).mapped("overlap_count"), [1, 1])
        self.assertFalse(self.germany.rule_ids.overlap, "a part is no rival")
        other.rule_ids.zip_from = "142"
        self.env.invalidate_all()
        self.assertFalse(self.berlin.rule_ids.overlap)

    def test_archived_territory_takes_nobody(self):
        self.berlin.active = False
        self._assert_wins(self.germany, zip="10999")


@tagged("post_install", "-at_install")
class TestBadTerritory(TerritoryCase):
    def test_no_territory_is_its_own_parent(self):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.berlin.parent_id = self.berlin
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.germany.parent_id = self.berlin

    def test_range_from_big_to_small_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "smaller"):
            self._territory(
                "X", country_id=self.germany_id, zip_from="20000", zip_to="10000"
            )
        with self.assertRaisesRegex(ValidationError, "smaller"):
            self._territory(
                "Y", country_id=self.germany_id, zip_from="SW10", zip_to="SW2"
            )

    def test_range_without_its_first_code_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "first code"):
            self._territory("X", country_id=self.germany_id, zip_to="10000")

    def test_postal_code_without_country_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "country"):
            self._territory("X", zip_from="10000")

    def test_state_of_another_country_is_refused(self):
        state = self.env.ref("base.state_de_be")
        with self.assertRaisesRegex(ValidationError, "no part of Spain"):
            self._territory("X", country_id=self.spain_id, state_ids=state)

    def test_rule_without_condition_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "every customer"):
            self.germany.rule_ids = [Command.create({"zip_from": " - "})]

    def test_companies_are_not_mixed(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.berlin.company_id = self.env.company
            self.germany.company_id = other
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._territory("X", company_id=other.id, parent_id=self.spain.id).write(
                {"user_id": self.user.id}
            )

    def test_territory_of_one_company_takes_no_customer_of_another(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._territory(
            "Theirs", company_id=other.id, country_id=self.germany_id, zip_from="1"
        )
        theirs.sequence = 1
        self.berlin.rule_ids.unlink()
        self._live_in(self.customer, "10999")
        self.assertEqual(self.customer.territory_id, self.germany)
        self.customer.company_id = other
        self.assertEqual(self.customer.territory_id, theirs)
        with self.assertRaises(UserError):
            self.stranger.territory_id = theirs

    def test_two_of_one_name_in_one_place_are_refused(self):
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self._territory("Berlin", parent_id=self.germany.id)
        self.assertIn("name", str(caught.exception))


@tagged("post_install", "-at_install")
class TestTerritoryAccess(TerritoryCase):
    def test_users_read(self):
        berlin = self.berlin.with_user(self.user)
        self.assertEqual(berlin.rule_ids.zip_from, "10115")
        self.assertEqual(berlin.customer_count, 0)

    def test_users_change_nothing(self):
        berlin = self.berlin.with_user(self.user)
        for change in (
            lambda: berlin.write({"user_id": self.user.id}),
            lambda: berlin.rule_ids.write({"zip_to": "99999"}),
            lambda: berlin.create({"name": "Mine"}),
            berlin.unlink,
            berlin.action_apply,
            self.env["crm.territory"].with_user(self.user).action_apply,
        ):
            with self.assertRaises(AccessError):
                change()

    def test_managers_change(self):
        berlin = self.berlin.with_user(self.manager)
        berlin.user_id = self.user
        berlin.rule_ids.zip_to = "13999"
        berlin.action_apply()
        berlin.unlink()

    def test_others_see_nothing(self):
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for records in (self.berlin, self.berlin.rule_ids):
                with self.assertRaises(AccessError):
                    records.with_user(user).read(["display_name"])

    def test_those_of_another_company_are_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._territory(
            "Theirs", company_id=other.id, country_id=self.germany_id
        )
        self.assertNotIn(
            theirs, self.env["crm.territory"].with_user(self.manager).search([])
        )
        for records in (theirs, theirs.rule_ids):
            with self.assertRaises(AccessError):
                records.with_user(self.manager).read(["display_name"])

    def test_portal_customer_may_move_house(self):
        portal = new_test_user(self.env, "crm_mover", groups="base.group_portal")
        partner = portal.partner_id
        # As the portal does it: with the customer as the user, and more rights.
        partner.with_user(portal).sudo().write(
            {"country_id": self.germany_id.id, "zip": "10999"}
        )
        self.assertEqual(partner.territory_id, self.berlin)
