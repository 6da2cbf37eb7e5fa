import doctest
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..models import crm_duplicate_run
from ..tools import duplicate_block, duplicate_record, duplicates
from ..tools.duplicate_block import NEIGHBOURS, blocks_of, candidates
from ..tools.duplicate_record import Record, prepare
from ..tools.duplicates import LIKELY, SURE, find
from .common import CrmCase

# The search of contacts; addons have others searched too.
CONTACTS = [("res_model", "=", "res.partner")]


class DuplicateCase(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Pair = cls.env["crm.duplicate"]
        cls.petr, cls.again = cls._contacts(
            {
                "name": "Пётр Иванов",
                "email": "p.ivanov@talisman.example.com",
                "phone": "+7 495 123-45-68",
            },
            {
                "name": "Ivanov, Petr",
                "phone": "8 (495) 123 45 68",
                "country_id": cls.env.ref("base.ru").id,
            },
        )

    @classmethod
    def _contacts(cls, *vals_list):
        return cls.env["res.partner"].create(list(vals_list))

    @classmethod
    def _search(cls):
        cls.env["crm.duplicate.run"]._search_at_once()

    def _pairs(self, *partners, user=None):
        ids = [partner.id for partner in partners]
        domain = [("res_id", "in", ids), ("other_id", "in", ids)]
        return self.Pair.with_user(user or self.user).search(domain)

    def _pair(self, *partners, user=None):
        self._search()
        return self._pairs(*partners, user=user)


@tagged("post_install", "-at_install")
class TestSearch(DuplicateCase):
    def test_transposed_and_transliterated_name_with_one_phone_is_found(self):
        pair = self._pair(self.petr, self.again)
        self.assertEqual(pair.level, "sure")
        self.assertEqual(pair.explanation, "same name, same phone")

    def test_explanation_names_what_speaks_against_it(self):
        self.again.write({"name": "Petr Ivanow", "email": "sales@else.example.com"})
        pair = self._pair(self.petr, self.again)
        self.assertIn("different e-mail", pair.explanation)

    def test_explanation_is_read_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        pair = self._pair(self.petr, self.again).with_context(lang="es_ES")
        self.assertTrue(pair.explanation)

    def test_a_company_and_its_person_with_one_mail_are_two(self):
        mail = {"email": "info@nordlicht.example.com", "phone": "+49 30 901820"}
        self.customer.write(mail)
        self.anna.write({"name": "Nordlicht", **mail})
        self.assertFalse(self._pair(self.customer, self.anna))

    def test_colleagues_with_the_phone_of_the_office_are_two(self):
        (self.anna | self.jonas).write(
            {"phone": "+49 30 901820", "email": "info@n.example.com"}
        )
        self.assertFalse(self._pair(self.anna, self.jonas))

    def test_one_person_twice_in_one_company_is_found(self):
        again = self.anna.copy({"name": "Berg Anna", "email": False})
        self.assertTrue(self._pair(self.anna, again))

    def test_twins_at_one_address_are_not_sure(self):
        home = {
            "street": "Lindenallee 7",
            "zip": "10999",
            "city": "Berlin",
            "phone": "+49 30 901899",
        }
        twins = self._contacts(
            {"name": "Lena Vogel", **home}, {"name": "Marie Vogel", **home}
        )
        self.assertFalse(self._pair(*twins).filtered(lambda pair: pair.level == "sure"))

    def test_records_of_two_companies_are_never_proposed(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.petr.company_id = self.env.company
        self.again.company_id = other
        self.assertFalse(self._pair(self.petr, self.again))

    def test_a_shared_record_matches_one_of_a_company(self):
        self.again.company_id = self.env.company
        pair = self._pair(self.petr, self.again)
        self.assertEqual(pair.company_id, self.env.company)

    def test_employees_are_never_proposed(self):
        self.user.partner_id.write({"name": "Пётр Иванов", "phone": "+7 495 123-45-68"})
        self.assertFalse(self._pair(self.petr, self.user.partner_id))

    def test_addresses_of_delivery_are_no_people(self):
        place = self.anna.copy({"type": "delivery", "name": "Anna Berg"})
        self.assertFalse(self._pair(self.anna, place))

    def test_archived_records_are_never_proposed(self):
        self.again.action_archive()
        self.assertFalse(self._pair(self.petr, self.again))

    def test_a_proposal_that_holds_no_more_is_dropped(self):
        self._pair(self.petr, self.again)
        self.again.write({"name": "Olga Smirnova", "phone": "+49 30 901877"})
        self._search_changed(self.again)
        self.assertFalse(self._pairs(self.petr, self.again))

    def test_deleted_records_leave_no_proposal(self):
        pair = self._pair(self.petr, self.again)
        self.again.unlink()
        self.assertFalse(pair.exists())
        keys = self.env["crm.duplicate.key"].search([("res_id", "=", self.again.id)])
        self.assertFalse(keys)

    def _search_changed(self, partners):
        source = self.Pair._duplicate_source("res.partner")
        self.env.flush_all()
        self.Pair._find(source, partners.ids, {})


@tagged("post_install", "-at_install")
class TestRuns(DuplicateCase):
    def _cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_base.ir_cron_duplicate_find").method_direct_trigger()

    def test_cron_finds_and_remembers_how_far_it_was(self):
        self._cron()
        run = self.env["crm.duplicate.run"].search(CONTACTS, limit=1)
        self.assertEqual((run.state, run.progress), ("done", 100))
        self.assertTrue(self._pairs(self.petr, self.again))

    def test_cron_run_twice_finds_each_pair_once(self):
        self._cron()
        self._cron()
        self.assertEqual(len(self._pairs(self.petr, self.again)), 1)

    def test_second_run_reads_what_was_changed_only(self):
        runs = self.env["crm.duplicate.run"]
        self._search()
        self.env.cr.execute("UPDATE res_partner SET write_date = '2020-01-01'")
        self.again.name = "Petr Ivanov"
        self.env.flush_all()
        run = runs._begin().filtered_domain(CONTACTS)
        self.assertEqual(run.total, 1)

    def test_a_search_that_was_stopped_goes_on(self):
        self.patch(crm_duplicate_run, "BATCH", 3)
        run = self.env["crm.duplicate.run"]._begin().filtered_domain(CONTACTS)
        run._batch({})
        stopped = run.last_id
        self._cron()
        run.invalidate_recordset()
        self.assertGreater(run.last_id, stopped)
        self.assertEqual((run.state, run.done), ("done", run.total))
        self.assertTrue(self._pairs(self.petr, self.again))

    def test_a_late_run_reads_back_to_the_last_one(self):
        runs = self.env["crm.duplicate.run"]
        self._search()
        last = runs.search(CONTACTS, limit=1)
        last.date_until -= timedelta(days=3)
        self.assertLess(
            runs._begin().filtered_domain(CONTACTS).date_since, last.date_until
        )

    def test_small_batches_find_the_same(self):
        self._search()
        names = {(p.res_id, p.other_id) for p in self.Pair.search([])}
        self.Pair.search([]).unlink()
        self.env["crm.duplicate.run"].search([]).unlink()
        self.patch(crm_duplicate_run, "BATCH", 2)
        self._search()
        self.assertEqual({(p.res_id, p.other_id) for p in self.Pair.search([])}, names)

    def test_manager_starts_a_search(self):
        action = self.Pair.with_user(self.manager).action_search_now()
        self.assertEqual(action["res_model"], "crm.duplicate.run")
        self.assertEqual(self.env["crm.duplicate.run"].search_count(CONTACTS), 1)

    def test_user_does_not_start_a_search(self):
        with self.assertRaises(AccessError):
            self.Pair.with_user(self.user).action_search_now()


@tagged("post_install", "-at_install")
class TestDecisions(DuplicateCase):
    def test_not_a_duplicate_is_remembered(self):
        pair = self._pair(self.petr, self.again)
        pair.action_not_duplicate()
        self._search()
        self.assertEqual((pair.state, pair.user_id), ("not_duplicate", self.user))
        self.assertEqual(self._pairs(self.petr, self.again), pair)

    def test_not_a_duplicate_holds_for_what_was_merged_since(self):
        third = self._contacts({"name": "Petr Ivanov", "phone": "+7 495 123-45-68"})
        self._pair(self.petr, self.again).action_not_duplicate()
        self.env["crm.merge"].with_user(self.user)._merge(third, self.petr, {})
        self._search()
        self.assertFalse(self._pairs(third, self.again))

    def test_a_decision_can_be_taken_back(self):
        pair = self._pair(self.petr, self.again)
        pair.action_not_duplicate()
        pair.action_reopen()
        self.assertEqual(pair.state, "new")

    def test_many_are_decided_at_once(self):
        third = self._contacts({"name": "Petr Ivanov", "phone": "+7 495 123-45-68"})
        pairs = self._pair(self.petr, self.again, third)
        pairs.action_not_duplicate()
        self.assertEqual(set(pairs.mapped("state")), {"not_duplicate"})

    def test_merging_proposes_the_whole_group(self):
        third = self._contacts({"name": "Petr Ivanov", "phone": "+7 495 123-45-68"})
        self._search()
        action = self._pairs(self.petr, self.again).action_merge()
        ids = (self.petr | self.again | third).ids
        self.assertEqual(action["context"]["active_ids"], sorted(ids))

    def test_a_decided_pair_is_not_merged_again(self):
        pair = self._pair(self.petr, self.again)
        pair.action_not_duplicate()
        with self.assertRaises(UserError):
            pair.action_merge()

    def test_mine_are_those_of_my_customers(self):
        self._pair(self.petr, self.again)
        self.petr.user_id = self.user
        domain = [("is_mine", "=", True)]
        mine = self.Pair.with_user(self.user).search(domain)
        self.assertEqual(mine, self._pairs(self.petr, self.again))
        self.assertTrue(mine.is_mine)
        self.assertFalse(self.Pair.with_user(self.colleague).search(domain))


@tagged("post_install", "-at_install")
class TestRights(DuplicateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._search()
        cls.portal = new_test_user(cls.env, "crm_portal", groups="base.group_portal")

    def test_outsiders_read_no_pairs(self):
        public = self.env.ref("base.public_user")
        for user in (self.outsider, self.portal, public):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.Pair.with_user(user).search([]).mapped("score")

    def test_users_do_not_write_pairs_by_hand(self):
        pair = self._pairs(self.petr, self.again)
        with self.assertRaises(AccessError):
            pair.write({"state": "merged"})

    def test_outsiders_decide_nothing(self):
        pair = self._pairs(self.petr, self.again)
        with self.assertRaises(AccessError):
            pair.with_user(self.outsider).action_not_duplicate()

    def test_pairs_of_another_company_are_hidden(self):
        other = self.env["res.company"].create({"name": "Other"})
        pair = self._pairs(self.petr, self.again)
        pair.sudo().company_id = other
        self.assertFalse(self._pairs(self.petr, self.again))
        with self.assertRaises(AccessError):
            pair.with_user(self.user).action_not_duplicate()

    def test_names_that_one_may_not_read_are_not_told(self):
        other = self.env["res.company"].create({"name": "Other"})
        (self.petr | self.again).company_id = other
        pair = self._pairs(self.petr, self.again)
        self.env.flush_all()
        self.assertNotIn("Ivanov", f"{pair.name} {pair.other_name}")

    def test_keys_are_nobodys(self):
        for user in (self.user, self.manager, self.outsider):
            with self.assertRaises(AccessError):
                self.env["crm.duplicate.key"].with_user(user).search([]).mapped("key")

    def test_only_managers_see_the_searches(self):
        runs = self.env["crm.duplicate.run"]
        self.assertTrue(runs.with_user(self.manager).search([]).mapped("done"))
        with self.assertRaises(AccessError):
            runs.with_user(self.user).search([]).mapped("done")


@tagged("post_install", "-at_install")
class TestNewEntry(DuplicateCase):
    def _warning(self, user=None, **vals):
        partner = self.env["res.partner"].with_user(user or self.user).new(vals)
        return partner.duplicate_warning or ""

    def test_form_warns_before_saving(self):
        with Form(self.env["res.partner"].with_user(self.user)) as form:
            form.name = "Иванов Петр"
            self.assertFalse(form.duplicate_warning)
            form.phone = "+7 495 123 45 68"
            self.assertIn("same phone", str(form.duplicate_warning))
            self.assertIn(f"/odoo/res.partner/{self.petr.id}", form.duplicate_warning)
            form.phone = "+49 30 901899"
            self.assertFalse(form.duplicate_warning)

    def test_a_contact_that_is_saved_costs_nothing(self):
        petr = self.petr.with_user(self.user)
        petr.read(["name"])
        with self.assertQueryCount(0):
            self.assertFalse(petr.duplicate_warning)

    def test_a_new_contact_costs_two_queries(self):
        vals = {"name": "Petr Ivanov", "phone": "+7 495 123-45-68"}
        self._warning(**vals)
        self.env.flush_all()
        with self.assertQueryCount(3):
            self.assertTrue(self._warning(**vals))

    def test_a_changed_mail_is_found_at_once(self):
        self.again.email = "new@talisman.example.com"
        vals = {"name": "P. Ivanov", "email": "new@talisman.example.com"}
        self.assertIn("same e-mail", self._warning(**vals))

    def test_a_record_one_may_not_read_is_not_betrayed(self):
        other = self.env["res.company"].create({"name": "Other"})
        (self.petr | self.again).company_id = other
        vals = {"name": "Пётр Иванов", "phone": "+7 495 123-45-68"}
        self.assertFalse(self._warning(**vals))

    def test_a_name_is_shown_as_text(self):
        self.petr.name = "<script>alert(1)</script> Ivanov"
        vals = {"name": "script alert 1 script Ivanov", "phone": "+7 495 123-45-68"}
        self.assertNotIn("<script>", self._warning(**vals))

    def test_a_colleague_is_no_double_of_the_company(self):
        self.customer.phone = "+49 30 901820"
        vals = {
            "name": "Nordlicht",
            "parent_id": self.customer.id,
            "phone": "+49 30 901820",
        }
        self.assertFalse(self._warning(**vals))

    def test_import_costs_two_queries_more(self):
        self.env["res.partner"].create({"name": "Warm up"})
        many = [{"name": f"Person {number}"} for number in range(50)]
        with self.assertQueryCount(40):
            self.env["res.partner"].create(many)
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestBadInput(DuplicateCase):
    NAMES = (
        "x" * 10_000,
        "😀😀",
        "שלום עולם",
        "Zoë Ñandú",
        "'; DROP TABLE res_partner; --",
        "{{7*7}}",
        "=HYPERLINK(1)",
        "%s %d %",
        "A",
    )

    def test_any_name_is_stored_and_found(self):
        for name in self.NAMES:
            with self.subTest(name=name[:30]):
                phone = {"name": name, "phone": "+49 30 901899"}
                one, two = self._contacts(phone, phone)
                self.assertTrue(self._pair(one, two))
                (one | two).unlink()

    def test_empty_values_match_nothing(self):
        empty = {"name": " ", "phone": " ", "email": " ", "vat": " ", "street": ","}
        one, two = self._contacts(empty, empty)
        self.assertFalse(self._pair(one, two))

    def test_nonsense_phones_match_nothing(self):
        one, two = self._contacts(
            {"name": "Lena Vogel", "phone": "call me"},
            {"name": "Marie Adler", "phone": "call me"},
        )
        self.assertFalse(self._pair(one, two))

    def test_five_thousand_of_one_name_do_not_explode(self):
        records = {
            number: prepare(Record(number, "Juan García")) for number in range(1, 5001)
        }
        blocks = blocks_of(records.values())
        pairs = candidates(blocks, records)
        self.assertLess(len(pairs), 5000 * NEIGHBOURS)

    def test_a_thousand_of_one_name_in_the_base_do_not_explode(self):
        self._contacts(*({"name": "Juan García"} for _number in range(1000)))
        self._search()
        run = self.env["crm.duplicate.run"].search(CONTACTS, limit=1)
        self.assertLess(run.compared, 1000 * NEIGHBOURS * 2)

    def test_one_mailbox_of_all_does_not_explode(self):
        records = [
            Record(number, f"Person {number:04}", "info@big.example.com")
            for number in range(1, 3001)
        ]
        prepared = {record.id: prepare(record) for record in records}
        blocks = blocks_of(prepared.values())
        pairs = candidates(blocks, prepared)
        self.assertLess(len(pairs), 3000 * NEIGHBOURS * 4)

    def test_the_examples_of_the_engine_hold(self):
        for module in (duplicate_record, duplicate_block, duplicates):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 3)
            self.assertEqual(result.failed, 0)

    def test_thresholds_are_in_order(self):
        self.assertLess(LIKELY, SURE)
        self.assertFalse(find([]))
