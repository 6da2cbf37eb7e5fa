import base64
import json
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import CrmCase

PIXEL = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
        "AABJRU5ErkJggg=="
    )
)


class MergeCase(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.keep, cls.double, cls.third = partners.create(
            [
                {"name": "Petr Ivanov", "phone": "+7 495 123-45-68", "city": "Moskva"},
                {
                    "name": "Пётр Иванов",
                    "email": "p@ivanov.example.com",
                    "city": "Москва",
                },
                {"name": "P. Ivanov", "function": "Director"},
            ]
        )
        cls.doubles = cls.double | cls.third

    def _merge(self, keep=None, others=None, user=None, **values):
        keep = (keep or self.keep).with_user(user or self.user)
        others = others or self.double
        merges = self.env["crm.merge"].with_user(user or self.user)
        return merges._merge(keep, others.with_user(user or self.user), values)

    def _snapshot(self):
        """All that points at the three partners, and they themselves, as it stands in
        the database; messages and journals of the merge itself left out."""
        self.env.flush_all()
        ids = (self.keep | self.doubles).ids
        merges = self.env["crm.merge"]
        found = {}
        for reference in merges._references("res_partner"):
            if reference.text:
                continue
            guard = f"AND {reference.guard} = 'res.partner'" if reference.guard else ""
            self.env.cr.execute(
                f"""SELECT to_jsonb(t) - 'write_date' - 'write_uid'
                    FROM "{reference.table}" AS t
                    WHERE "{reference.column}" = ANY(%s) {guard}""",
                [ids],
            )
            rows = [row[0] for row in self.env.cr.fetchall()]
            if reference.table == "mail_message":
                rows = [row for row in rows if row["id"] <= self.last_message]
            found[reference.table, reference.column] = sorted(map(json.dumps, rows))
        return found

    def _remember(self):
        self.env.cr.execute("SELECT max(id) FROM mail_message")
        self.last_message = self.env.cr.fetchone()[0]
        return self._snapshot()

    def _fill(self, partner):
        """Give a partner something of each kind."""
        self._note(partner, f"Called {partner.id}")
        child = {"name": "Child", "parent_id": partner.id}
        tag = self.env["res.partner.category"].create({"name": f"Tag {partner.id}"})
        partner.category_id = tag | self.shared_tag
        partner.message_post(body="Hello")
        partner.message_subscribe(self.outsider.partner_id.ids)
        partner.activity_schedule("mail.mail_activity_data_todo", user_id=self.user.id)
        self.customer.message_subscribe(partner.ids)
        return {
            "child": self.env["res.partner"].create(child),
            "file": self.env["ir.attachment"].create(
                {
                    "name": "a.txt",
                    "raw": b"a",
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
            ),
            "bank": self.env["res.partner.bank"].create(
                {"acc_number": "DE 1234", "partner_id": partner.id}
            ),
            "event": self.env["calendar.event"].create(
                {
                    "name": "Meeting",
                    "start": "2026-01-05 09:00:00",
                    "stop": "2026-01-05 10:00:00",
                    "partner_ids": [Command.set(partner.ids)],
                }
            ),
        }

    def _fill_all(self):
        self.shared_tag = self.env["res.partner.category"].create({"name": "Shared"})
        made = [self._fill(partner) for partner in (self.keep | self.doubles)]
        self.env.flush_all()
        return made


@tagged("post_install", "-at_install")
class TestMerge(MergeCase):
    def test_the_other_is_archived_and_says_where_it_went(self):
        merge = self._merge()
        self.assertFalse(self.double.active)
        self.assertEqual(self.double.merged_into_id, self.keep)
        self.assertEqual(merge.merged_ids, self.double.ids)
        self.assertEqual(self.double.name, "Пётр Иванов")

    def test_chosen_values_are_taken(self):
        self._merge(email="p@ivanov.example.com")
        self.assertEqual(self.keep.email, "p@ivanov.example.com")
        self.assertEqual(self.keep.city, "Moskva")

    def test_what_was_not_taken_stands_in_the_history(self):
        self._merge()
        newest = self.keep.message_ids[0]
        self.assertIn("p@ivanov.example.com", newest.body)
        self.assertEqual(newest.author_id, self.user.partner_id)

    def test_everything_points_at_what_stays(self):
        made = self._fill_all()
        self._merge(others=self.doubles)
        for one in made:
            self.assertEqual(one["child"].parent_id, self.keep)
            self.assertEqual(one["child"].commercial_partner_id, self.keep)
            self.assertEqual(one["file"].res_id, self.keep.id)
            self.assertEqual(one["event"].partner_ids, self.keep)
        self.assertEqual(len(self.keep.interaction_ids), 3)
        self.assertEqual(len(self.keep.activity_ids), 3)
        self.assertEqual(len(self.keep.category_id), 4)
        self.assertEqual(
            len(self.keep.message_ids.filtered(lambda m: "Hello" in m.body)), 3
        )
        self.assertIn(self.keep, self.customer.message_partner_ids)
        self.assertNotIn(self.double, self.customer.message_partner_ids)

    def test_what_is_there_twice_stays_once(self):
        made = self._fill_all()
        self._merge(others=self.doubles)
        followers = self.env["mail.followers"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.keep.id)]
        )
        self.assertEqual(len(followers.partner_id), len(followers))
        self.assertEqual(self.keep.bank_ids, made[0]["bank"])

    def test_undo_brings_everything_back(self):
        self._fill_all()
        before = self._remember()
        merge = self._merge(others=self.doubles, email="p@ivanov.example.com")
        self.assertNotEqual(self._snapshot(), before)
        merge.action_undo()
        self.assertEqual(merge.state, "undone", merge.report)
        after = self._snapshot()
        for place, rows in before.items():
            self.assertEqual(after[place], rows, place)
        self.assertFalse(self.keep.email)
        self.assertEqual(self.doubles.mapped("active"), [True, True])
        self.assertFalse(self.doubles.merged_into_id)

    def test_merge_undo_and_merge_again(self):
        self._fill_all()
        before = self._remember()
        self._merge(others=self.doubles).action_undo()
        again = self._merge(others=self.doubles)
        self.assertEqual(self.doubles.merged_into_id, self.keep)
        again.action_undo()
        self.assertEqual(self._snapshot(), before)

    def test_any_number_is_merged_at_once(self):
        many = self.env["res.partner"].create(
            [{"name": f"Ivanov {number}"} for number in range(12)]
        )
        self._merge(others=many)
        self.assertEqual(many.merged_into_id, self.keep)

    def test_the_number_of_queries_does_not_grow_with_what_moves(self):
        self._merge(others=self.third).action_undo()
        for number in range(40):
            self._note(self.double, f"Call {number}")
        self.env.flush_all()
        few = self._count(self.third)
        self.assertLess(self._count(self.double), few + 40)

    def _count(self, other):
        before = self.env.cr.sql_log_count
        self._merge(others=other).action_undo()
        return self.env.cr.sql_log_count - before

    def test_rows_that_hold_references_are_absorbed(self):
        made = self._fill_all()
        note = made[1]["bank"].message_post(body="Checked")
        self._merge()
        self.assertEqual(note.res_id, made[0]["bank"].id)

    def test_references_to_any_model_follow(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Write",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "object_write",
                "update_path": "parent_id",
                "resource_ref": f"res.partner,{self.double.id}",
            }
        )
        merge = self._merge()
        self.assertEqual(action.resource_ref, self.keep)
        merge.action_undo()
        self.assertEqual(action.resource_ref, self.double)

    def test_values_by_company_are_filled(self):
        self.double.value_class = "b"
        merge = self._merge()
        self.assertEqual(self.keep.value_class, "b")
        merge.action_undo()
        self.assertFalse(self.keep.value_class)
        self.assertEqual(self.double.value_class, "b")

    def test_a_value_by_company_that_is_there_stays(self):
        self.double.value_class = "b"
        self.keep.value_class = "a"
        self._merge()
        self.assertEqual(self.keep.value_class, "a")

    def test_properties_follow(self):
        self._define_property("many2one")
        self.jonas.properties = {"buyer": self.double.id}
        self._check_property(self.double.id, self.keep.id)

    def _define_property(self, kind):
        definition = self.env[
            "properties.base.definition"
        ]._get_definition_for_property_field("res.partner", "properties")
        definition.properties_definition = [
            {"name": "buyer", "type": kind, "string": "Buyer", "comodel": "res.partner"}
        ]

    def _check_property(self, old, new):
        merge = self._merge()
        self.assertEqual(self.jonas.properties["buyer"].id, new)
        merge.action_undo()
        self.assertEqual(self.jonas.properties["buyer"].id, old)

    def test_the_picture_of_the_other_stays_with_it(self):
        self.double.image_1920 = PIXEL
        self._merge()
        self.assertFalse(self.keep.image_1920)
        self.assertTrue(self.double.image_1920)

    def test_a_login_of_a_customer_follows(self):
        portal = new_test_user(self.env, "crm_portal", groups="base.group_portal")
        merge = self._merge(others=portal.partner_id)
        self.assertEqual(portal.partner_id, self.keep)
        merge.action_undo()
        self.assertNotEqual(portal.partner_id, self.keep)

    def test_a_shared_record_makes_the_whole_shared(self):
        self.keep.company_id = self.env.company
        self._merge()
        self.assertFalse(self.keep.company_id)

    def test_an_earlier_merge_follows(self):
        self._merge(self.double, self.third)
        self._merge(self.keep, self.double)
        self.assertEqual(self.third.merged_into_id, self.keep)

    def test_pairs_are_marked_and_open_again_after_the_undo(self):
        self.double.phone = self.keep.phone
        self.env["crm.duplicate.run"]._search_at_once()
        pair = self.env["crm.duplicate"].search(
            [("res_id", "=", self.keep.id), ("other_id", "=", self.double.id)]
        )
        merge = self._merge()
        self.assertEqual((pair.state, pair.merge_id), ("merged", merge))
        merge.action_undo()
        self.assertEqual(pair.state, "new")


@tagged("post_install", "-at_install")
class TestUndo(MergeCase):
    def test_undo_twice_is_told(self):
        merge = self._merge()
        merge.action_undo()
        with self.assertRaisesRegex(UserError, "undone already"):
            merge.action_undo()

    def test_what_was_changed_since_is_left_and_told(self):
        note = self._note(self.double, "Call")
        merge = self._merge(email="p@ivanov.example.com")
        note.partner_id = self.anna
        self.keep.email = "new@ivanov.example.com"
        merge.action_undo()
        self.assertEqual(merge.state, "partly")
        self.assertIn("Contact with a Customer: 1", merge.report)
        self.assertIn("Email", merge.report)
        self.assertEqual(note.partner_id, self.anna)
        self.assertEqual(self.keep.email, "new@ivanov.example.com")

    def test_what_came_since_stays_with_the_survivor(self):
        merge = self._merge()
        note = self._note(self.keep, "Call")
        merge.action_undo()
        self.assertEqual(note.partner_id, self.keep)

    def test_a_deleted_survivor_gives_back_what_is_left(self):
        tag = self.env["res.partner.category"].create({"name": "Tag"})
        self.double.category_id = tag
        child = self.env["res.partner"].create(
            {"name": "C", "parent_id": self.double.id}
        )
        merge = self._merge()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.keep.id])
        self.env.invalidate_all()
        merge.with_user(self.manager).action_undo()
        self.assertEqual(merge.state, "partly")
        self.assertIn(str(self.keep.id), merge.report)
        self.assertTrue(self.double.active)
        self.assertEqual(child.parent_id, self.double)

    def test_a_deleted_double_is_told(self):
        merge = self._merge(others=self.doubles)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.third.id])
        self.env.invalidate_all()
        merge.action_undo()
        self.assertEqual(merge.state, "partly")
        self.assertTrue(self.double.active)

    def test_a_deleted_document_is_told(self):
        note = self._note(self.double, "Call")
        merge = self._merge()
        note.unlink()
        merge.action_undo()
        self.assertEqual(merge.state, "partly")

    def test_the_later_merge_is_undone_first(self):
        first = self._merge(self.double, self.third)
        second = self._merge(self.keep, self.double)
        with self.assertRaisesRegex(UserError, "Undo that first"):
            first.action_undo()
        second.action_undo()
        first.action_undo()
        self.assertEqual(first.state, "undone")
        self.assertTrue(self.third.active)

    def test_an_archived_double_stays_archived(self):
        self.double.action_archive()
        self._merge().action_undo()
        self.assertFalse(self.double.active)

    def test_a_manager_undoes_what_others_merged(self):
        merge = self._merge()
        merge.with_user(self.manager).action_undo()
        self.assertEqual(merge.undo_user_id, self.manager)

    def test_a_colleague_does_not_undo(self):
        with self.assertRaises(AccessError):
            self._merge().with_user(self.colleague).action_undo()


@tagged("post_install", "-at_install")
class TestRefused(MergeCase):
    def _refused(self, text, keep, others, user=None):
        with self.assertRaisesRegex((UserError, AccessError), text):
            self._merge(keep, others, user)
        self.assertFalse(self.env["crm.merge"].search([]))

    def test_a_record_with_itself(self):
        self._refused("two different", self.keep, self.keep)

    def test_the_contact_of_an_employee(self):
        self._refused("employee", self.keep, self.colleague.partner_id)

    def test_ones_own_contact(self):
        self._refused("employee", self.user.partner_id, self.keep)

    def test_the_contact_of_a_former_employee(self):
        self.colleague.active = False
        self._refused("employee", self.keep, self.colleague.partner_id)

    def test_two_logins(self):
        one = new_test_user(self.env, "portal_one", groups="base.group_portal")
        two = new_test_user(self.env, "portal_two", groups="base.group_portal")
        self._refused("login", one.partner_id, two.partner_id)

    def test_a_company_with_its_person(self):
        self._refused("belongs to", self.customer, self.anna)

    def test_a_person_with_its_company(self):
        self._refused("belongs to", self.anna, self.customer)

    def test_a_company_with_the_person_of_its_branch(self):
        branch = self.env["res.partner"].create(
            {"name": "Branch", "is_company": True, "parent_id": self.customer.id}
        )
        self.anna.parent_id = branch
        self._refused("belongs to", self.customer, self.anna)

    def test_one_who_belongs_to_a_company_goes_into_none_who_does_not(self):
        self._refused("one that stays", self.keep, self.anna)

    def test_people_of_two_companies(self):
        self.double.parent_id = self.stranger
        self._refused("different companies", self.anna, self.double)

    def test_ones_own_company(self):
        self._refused("own companies", self.env.company.partner_id, self.keep)

    def test_records_of_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids += other
        self.keep.company_id = self.env.company
        self.double.company_id = other
        both = {"allowed_company_ids": self.user.company_ids.ids}
        keep, double = (
            partner.with_user(self.user).with_context(**both)
            for partner in (self.keep, self.double)
        )
        with self.assertRaisesRegex(UserError, "different companies"):
            keep.env["crm.merge"]._merge(keep, double, {})

    def test_records_of_a_company_one_may_not_see(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.double.company_id = other
        self.env.flush_all()
        self._refused("", self.keep, self.double)

    def test_what_is_merged_already(self):
        self._merge()
        with self.assertRaisesRegex(UserError, "already"):
            self._merge(self.third, self.double)

    def test_what_somebody_else_merges_at_this_moment(self):
        partners = type(self.env["res.partner"])
        with patch.object(partners, "lock_for_update", side_effect=LockError("")):
            self._refused("at this moment", self.keep, self.double)

    def test_what_was_deleted(self):
        self.double.unlink()
        self._refused("deleted", self.keep, self.double)

    def test_what_the_database_refuses(self):
        self.env.cr.execute(
            "ALTER TABLE crm_interaction ADD CONSTRAINT test_never CHECK"
            f" (partner_id <> {self.keep.id})"
        )
        note = self._note(self.double, "Call")
        self.env.flush_all()
        self._refused("database refuses", self.keep, self.double)
        self.assertEqual(note.partner_id, self.double)
        self.assertTrue(self.double.active)

    def test_outsiders_merge_nothing(self):
        self._refused("", self.keep, self.double, self.outsider)

    def test_outsiders_see_no_merges(self):
        merge = self._merge()
        for user in (self.outsider, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                merge.with_user(user).read(["name"])

    def test_the_journal_is_for_the_administrator(self):
        self._note(self.double, "Call")
        journal = self._merge().sudo().journal_ids
        self.assertTrue(journal.mapped("rows"))
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                journal.with_user(user).mapped("rows")

    def test_merges_are_not_written_by_hand(self):
        with self.assertRaises(AccessError):
            self._merge().write({"state": "done"})


@tagged("post_install", "-at_install")
class TestWizard(MergeCase):
    def _form(self, *partners, user=None):
        ids = [partner.id for partner in partners]
        wizards = self.env["crm.duplicate.merge"].with_user(user or self.user)
        return Form(wizards.with_context(active_model="res.partner", active_ids=ids))

    def _row(self, form, name):
        return next(row for row in form.preview["rows"] if row["name"] == name)

    def test_preview_shows_what_differs_side_by_side(self):
        form = self._form(self.keep, self.double)
        names = [record["name"] for record in form.preview["records"]]
        self.assertEqual(names, ["Petr Ivanov", "Пётр Иванов"])
        self.assertEqual(self._row(form, "city")["values"], ["Moskva", "Москва"])
        rows = {row["name"] for row in form.preview["rows"]}
        self.assertFalse(rows & {"is_company", "active", "country_id"})

    def test_the_record_with_most_documents_stays(self):
        self._note(self.double, "Call")
        self.assertEqual(self._form(self.keep, self.double).survivor_id, self.double)

    def test_the_one_of_a_company_stays(self):
        self._note(self.keep, "Call")
        self.assertEqual(self._form(self.keep, self.jonas).survivor_id, self.jonas)

    def test_the_oldest_stays_where_none_has_more(self):
        self.assertEqual(self._form(self.double, self.keep).survivor_id, self.keep)

    def test_what_the_survivor_lacks_is_taken(self):
        form = self._form(self.keep, self.double)
        self.assertEqual(self._row(form, "email")["chosen"], self.double.id)
        form.save().action_merge()
        self.assertEqual(self.keep.email, "p@ivanov.example.com")

    def test_a_value_is_picked(self):
        form = self._form(self.keep, self.double)
        preview = form.preview
        for row in preview["rows"]:
            row["chosen"] = self.double.id
        form.preview = preview
        form.save().action_merge()
        self.assertEqual(self.keep.city, "Москва")
        self.assertEqual(self.keep.name, "Пётр Иванов")

    def test_another_survivor_turns_the_preview(self):
        form = self._form(self.keep, self.double)
        form.survivor_id = self.double
        self.assertEqual(self._row(form, "city")["values"], ["Москва", "Moskva"])

    def test_one_may_be_taken_out(self):
        form = self._form(self.keep, self.double, self.third)
        form.record_ids.remove(id=self.third.id)
        form.save().action_merge()
        self.assertTrue(self.third.active)
        self.assertEqual(self.double.merged_into_id, self.keep)

    def test_obstacles_are_told_before(self):
        self.assertIn("employee", self._form(self.keep, self.user.partner_id).obstacle)
        self.assertIn("two different", self._form(self.keep).obstacle)

    def test_a_forged_choice_writes_nothing_else(self):
        wizard = self._form(self.keep, self.double).save()
        wizard.preview = {
            "rows": [
                {"name": "company_id", "chosen": self.double.id},
                {"name": "nonsense", "chosen": self.double.id},
                {"name": "city", "chosen": self.user.partner_id.id},
                {"name": "active", "chosen": self.double.id},
                {},
            ]
        }
        wizard.action_merge()
        self.assertEqual(self.keep.city, "Moskva")
        self.assertTrue(self.keep.active)

    def test_a_record_one_may_not_see_is_not_previewed(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.double.company_id = other
        self.env.flush_all()
        with self.assertRaises(AccessError):
            self._form(self.keep, self.double)

    def test_outsiders_open_no_preview(self):
        with self.assertRaises(AccessError):
            self._form(self.keep, self.double, user=self.outsider)


@tagged("post_install", "-at_install")
class TestCopiesOfCustomer(MergeCase):
    """What documents have copied of their customer is right after each merge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep.parent_id = cls.customer
        vals = {"name": "Of the double", "partner_id": cls.double.id}
        due = {"date_due": "2030-01-01", "user_id": cls.user.id}
        cls.documents = [
            cls.env["crm.promise"].create(vals | due),
            cls.env["crm.need"].create(vals | {"user_id": cls.user.id}),
            cls.env["crm.document"].create(
                vals | {"file": PIXEL, "file_name": "a.png"}
            ),
            cls.env["crm.contact.point"].search(
                [("partner_id", "=", cls.double.id), ("kind", "=", "email")]
            )
            or cls.env["crm.contact.point"].create(
                {"partner_id": cls.double.id, "kind": "email", "value": "p@i.example"}
            ),
        ]

    def _assert_copies(self, person):
        self.env.flush_all()
        self.env.invalidate_all()
        for document in self.documents:
            self.assertEqual(document.partner_id, person, document)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        looked_at = set()
        copies = wizard._copies_of_partners()
        for field, column in (copy for copy in copies if copy[0].related):
            model = self.env[field.model_name].with_context(active_test=False)
            for record in model.search([(column.name, "=", person.id)]):
                looked_at.add(record._name)
                right = record.mapped(field.related)[:1]
                found = record.mapped(field.name)[:1]
                self.assertEqual(found, right, f"{record}: {field.name}")
        self.assertLessEqual({one._name for one in self.documents}, looked_at)

    def test_copies_follow_our_merge_and_its_undo(self):
        self._assert_copies(self.double)
        merge = self._merge()
        self._assert_copies(self.keep)
        self.assertEqual(self.documents[0].commercial_partner_id, self.customer)
        merge.action_undo()
        self._assert_copies(self.double)
        self.assertEqual(self.documents[0].commercial_partner_id, self.double)

    def test_copies_follow_odoos_merge(self):
        self.double.write(
            {"parent_id": self.stranger.id, "company_id": self.env.company.id}
        )
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.keep | self.double).ids, self.keep)
        self.assertFalse(self.double.exists())
        self._assert_copies(self.keep)
        self.assertEqual(self.documents[2].commercial_partner_id, self.customer)

    def test_time_line_follows_odoos_merge(self):
        self.double.parent_id = self.stranger
        note = self._note(self.double, "Call")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.keep | self.double).ids, self.keep)
        self.assertIn(note.name, self._subjects(self.customer))
        self.assertNotIn(note.name, self._subjects(self.stranger))

    def test_copies_of_people_follow_when_their_companies_are_merged(self):
        self.double.parent_id = self.stranger
        merge = self._merge(keep=self.customer, others=self.stranger)
        self._assert_copies(self.double)
        self.assertEqual(self.documents[0].commercial_partner_id, self.customer)
        merge.action_undo()
        self._assert_copies(self.double)
        self.assertEqual(self.documents[0].commercial_partner_id, self.stranger)

    def test_copies_of_people_follow_when_odoo_merges_their_companies(self):
        self.double.parent_id = self.stranger
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.customer | self.stranger).ids, self.customer)
        self._assert_copies(self.double)
        self.assertEqual(self.documents[0].commercial_partner_id, self.customer)


@tagged("post_install", "-at_install")
class TestDuplicatesTour(HttpCase, MergeCase):
    def test_a_user_merges_with_preview_and_undoes_it(self):
        self.user.password = "crm_user"
        self.double.phone = self.keep.phone
        self.third.phone = "+49 30 901899"
        self.env["crm.duplicate.run"]._search_at_once()
        self.start_tour(
            "/odoo/action-crm_base.crm_duplicate_action",
            "crm_base_duplicates",
            login="crm_user",
        )
        merge = self.env["crm.merge"].search([])
        self.assertEqual((merge.state, merge.user_id), ("undone", self.user))
        self.assertEqual(self.double.active, self.keep.active)
        self.assertEqual(self.keep.city, "Moskva")
