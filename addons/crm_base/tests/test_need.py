from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CrmCase


class NeedCase(CrmCase):
    @classmethod
    def _need(cls, name="Smaller bags", partner=None, **vals):
        vals = {
            "name": name,
            "partner_id": (partner or cls.anna).id,
            "user_id": cls.user.id,
        } | vals
        return cls.env["crm.need"].create(vals)

    @classmethod
    def _topic(cls, name):
        return cls.env["crm.need.topic"].create({"name": name})


@tagged("post_install", "-at_install")
class TestNeed(NeedCase):
    def test_need_is_noted_with_name_and_customer_only(self):
        form = Form(self.env["crm.need"].with_user(self.user))
        form.name = "Smaller bags"
        form.partner_id = self.anna
        self.assertRecordValues(
            form.save(),
            [
                {
                    "kind": "want",
                    "state": "open",
                    "user_id": self.user.id,
                    "commercial_partner_id": self.customer.id,
                    "currency_id": self.env.company.currency_id.id,
                    "date": date.today(),
                }
            ],
        )

    def test_need_from_a_noted_contact_knows_where_it_came_up(self):
        note = self._note(self.jonas, "Talk", date="2026-01-05 12:00:00")
        action = note.with_user(self.user).action_needs()
        needs = self.env["crm.need"].with_user(self.user)
        form = Form(needs.with_context(**action["context"]))
        form.name = "Smaller bags"
        need = form.save()
        self.assertEqual(need.reference, note)
        self.assertEqual(need.partner_id, self.jonas)
        self.assertEqual(needs.search(action["domain"]), need)
        note.invalidate_recordset()
        self.assertEqual(note.need_count, 1)

    def test_customer_and_day_come_from_the_talk(self):
        note = self._note(self.jonas, "Talk", date="2026-01-05 12:00:00")
        need = self.env["crm.need"].create(
            {"name": "X", "res_model": note._name, "res_id": note.id}
        )
        self.assertRecordValues(
            need, [{"partner_id": self.jonas.id, "date": date(2026, 1, 5)}]
        )

    def test_document_is_chosen_by_hand(self):
        note = self._note(self.jonas, "Talk")
        need = self._need()
        need.reference = f"crm.interaction,{note.id}"
        self.assertEqual((need.res_model, need.res_id), (note._name, note.id))
        need.reference = False
        self.assertFalse(need.res_id or need.res_model)

    def test_need_outlives_its_document(self):
        note = self._note(self.jonas, "Talk")
        need = self._need(res_model=note._name, res_id=note.id)
        note.unlink()
        need.invalidate_recordset()
        self.assertFalse(need.reference)
        form = Form(need.with_user(self.user))
        form.amount = 5
        self.assertEqual(form.save().amount, 5)

    def test_need_outlives_the_addon_of_its_document(self):
        need = self._need()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_need SET res_model = 'x.gone', res_id = 1 WHERE id = %s",
            [need.id],
        )
        need.invalidate_recordset()
        self.assertFalse(need.reference)

    def test_other_addons_add_their_documents(self):
        need = type(self.env["crm.need"])
        self.addCleanup(setattr, need, "_reference_models", need._reference_models)
        need._reference_models = lambda self: ["crm.interaction", "res.partner"]
        models = dict(self.env["crm.need"]._selection_reference())
        self.assertEqual(set(models), {"crm.interaction", "res.partner"})
        self.assertEqual(
            self._need(res_model="res.partner", res_id=self.jonas.id).reference,
            self.jonas,
        )

    def test_day_of_the_answer_comes_with_the_state(self):
        need = self._need().with_user(self.user)
        need.state = "met"
        self.assertEqual(need.date_closed, date.today())
        need.state = "open"
        self.assertFalse(need.date_closed)

    def test_the_dearest_stands_first(self):
        small, big = self._need("Small", amount=10), self._need("Big", amount=1000)
        found = self.env["crm.need"].search([("id", "in", (small | big).ids)])
        self.assertEqual(list(found), [big, small])

    def test_topics_are_ranked_by_money(self):
        bags, terms = self._topic("Bags"), self._topic("Terms")
        self._need(topic_id=bags.id, amount=10)
        self._need(topic_id=bags.id, amount=20, partner=self.stranger)
        self._need(topic_id=terms.id, amount=500)
        rows = (
            self.env["crm.need"]
            .with_user(self.user)
            .formatted_read_group(
                [("topic_id", "in", (bags | terms).ids)],
                ["topic_id"],
                ["amount:sum", "__count"],
                order="amount:sum desc",
            )
        )
        self.assertEqual(
            [(row["topic_id"][1], row["amount:sum"], row["__count"]) for row in rows],
            [("Terms", 500.0, 1), ("Bags", 30.0, 2)],
        )

    def test_card_counts_open_needs_of_the_whole_company(self):
        self._need(partner=self.anna)
        self._need(partner=self.jonas)
        self._need(partner=self.jonas, state="met")
        self._need(partner=self.stranger)
        parts = self.customer.with_user(self.user).crm_card()["parts"]
        part = next(part for part in parts if part["key"] == "needs")
        self.assertEqual(part["value"], "2")
        self.assertEqual(len(self.env["crm.need"].search(part["action"]["domain"])), 2)


@tagged("post_install", "-at_install")
class TestNeedBadInput(NeedCase):
    def test_endless_name_is_refused_with_what_to_do(self):
        with self.assertRaisesRegex(ValidationError, r"10000 characters.*details"):
            self._need("x" * 10_000)

    def test_worth_less_than_nothing_is_refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError) as caught,
            self.env.cr.savepoint(),
        ):
            self._need(amount=-1)
        message = self.env["crm.need"]._sql_error_to_message(caught.exception)
        self.assertIn("less than zero", message)

    def test_a_very_great_amount_is_kept(self):
        need = self._need(amount=10**15)
        need.invalidate_recordset()
        self.assertAlmostEqual(need.amount / 10**15, 1)

    def test_documents_of_other_kinds_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "res.users"):
            self._need(res_model="res.users", res_id=self.user.id)

    def test_one_topic_has_one_name(self):
        self._topic("Bags")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError) as caught,
            self.env.cr.savepoint(),
        ):
            self._topic("BAGS")
        message = self.env["crm.need.topic"]._sql_error_to_message(caught.exception)
        self.assertIn("with this name already", message)

    def test_contact_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": other.id}
        )
        with self.assertRaisesRegex(UserError, "Foreign"):
            self._need(partner=foreign, company_id=self.env.company.id)

    def test_customer_with_needs_is_not_deleted(self):
        self._need()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.anna.unlink()


@tagged("post_install", "-at_install")
class TestNeedAccess(NeedCase):
    def test_owner_changes_and_deletes_the_own_need(self):
        need = self._need().with_user(self.user)
        need.amount = 100
        need.unlink()

    def test_who_noted_it_for_a_colleague_may_change_it(self):
        need = (
            self.env["crm.need"]
            .with_user(self.user)
            .create(
                {
                    "name": "Bags",
                    "partner_id": self.anna.id,
                    "user_id": self.colleague.id,
                }
            )
        )
        need.amount = 100

    def test_need_of_a_colleague_is_read_only(self):
        need = self._need().with_user(self.colleague)
        self.assertEqual(need.name, "Smaller bags")
        with self.assertRaises(AccessError):
            need.state = "refused"
        with self.assertRaises(AccessError):
            need.unlink()

    def test_manager_changes_all(self):
        need = self._need().with_user(self.manager)
        need.state = "refused"
        need.unlink()

    def test_topics_are_added_by_all_and_changed_by_managers(self):
        topics = self.env["crm.need.topic"]
        topic = topics.with_user(self.user).create({"name": "Bags"})
        with self.assertRaises(AccessError):
            topic.name = "Sacks"
        topic.with_user(self.manager).name = "Sacks"

    def test_users_outside_the_suite_and_portal_see_nothing(self):
        need = self._need(topic_id=self._topic("Bags").id)
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for record in (need, need.topic_id):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])

    def test_need_of_another_company_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids |= other
        need = self._need(company_id=other.id).with_user(self.colleague)
        self.assertNotIn(need, need.search([]))
        with self.assertRaises(AccessError):
            need.read(["name"])

    def test_a_document_that_one_may_not_read_shows_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        note = self._note(self.jonas, "Secret", company_id=other.id)
        need = self._need(
            res_model=note._name, res_id=note.id, company_id=self.env.company.id
        )
        (row,) = need.with_user(self.colleague).web_read(
            {"reference": {"fields": {"display_name": {}}}}
        )
        self.assertNotIn("Secret", str(row))
