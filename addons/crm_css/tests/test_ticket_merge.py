from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import ServiceCase

AGENT = "helpdesk_mgmt.group_helpdesk_user_own"
# Previews, and the ledger of service levels, which goes on: test_deadline_counts.py.
LEFT_OUT = ("crm_ticket", "crm_sla")


class MergeCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep = cls._create_ticket(cls.anna, name="Grinder", priority="1")
        cls.double = cls._create_ticket(
            cls.anna, name="Grinder again", description="<p>Smoke now</p>",
            priority="3", severity="3",
        )  # fmt: skip
        cls.third = cls._create_ticket(cls.nordlicht, name="Grinder, third")
        cls.others = cls.double | cls.third
        cls.tickets = cls.keep | cls.others
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")

    def _wizard(self, tickets=None, user=None, **vals):
        ids = (self.tickets if tickets is None else tickets).ids
        model = self.env["crm.ticket.merge"].with_user(user or self.agent)
        context = {"active_model": "helpdesk.ticket", "active_ids": ids}
        return model.with_context(**context).create(vals)

    def _merge(self, *args, **kwargs):
        self._wizard(*args, **kwargs).action_merge()
        return self.env["crm.merge"].search([], order="id desc", limit=1)

    def _fill(self, ticket):
        """Give a ticket something of each kind."""
        tag = self.env["helpdesk.ticket.tag"].create({"name": f"Tag {ticket.id}"})
        ticket.tag_ids = tag
        ticket.message_post(
            body=f"Word {ticket.id}", message_type="email", author_id=self.anna.id,
            subtype_xmlid="mail.mt_comment", attachments=[("a.txt", b"a")],
        )  # fmt: skip
        ticket.message_subscribe(self.petr.ids)
        ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent.id, summary="Call"
        )
        ticket.helper_ids = self.agent
        file = {"name": "b.txt", "raw": b"b", "res_model": ticket._name}
        self.env["ir.attachment"].create(file | {"res_id": ticket.id})
        ticket.rating_ids = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(ticket._name),
                "res_id": ticket.id,
                "partner_id": self.anna.id,
            }
        )

    def _snapshot(self):
        """All that points at the tickets as it stands in the database, and they
        themselves; what the merge itself said left out."""
        self.env.flush_all()
        found = {}
        for reference in self.env["crm.merge"]._references("helpdesk_ticket"):
            if reference.text or reference.table.startswith(LEFT_OUT):
                continue
            guard = ""
            if reference.guard:
                guard = f"AND {reference.guard} = 'helpdesk.ticket'"
            self.env.cr.execute(
                f"""SELECT to_jsonb(t) - 'write_date' - 'write_uid'
                    FROM "{reference.table}" AS t
                    WHERE "{reference.column}" = ANY(%s) {guard}""",
                [self.tickets.ids],
            )
            rows = [row[0] for row in self.env.cr.fetchall()]
            if reference.table == "mail_message":
                rows = [row for row in rows if row["id"] <= self.last_message]
            found[reference.table, reference.column] = sorted(rows, key=str)
        self.env.cr.execute(
            """SELECT to_jsonb(t) - 'write_date' - 'write_uid' - 'duration_tracking'
                - 'sla_due_date' FROM helpdesk_ticket AS t
                WHERE id = ANY(%s) ORDER BY id""",
            [self.tickets.ids],
        )
        found["tickets"] = [
            # Never reopened: zero, or not told.
            row[0] | {"reopen_count": row[0]["reopen_count"] or 0}
            for row in self.env.cr.fetchall()
        ]
        return found

    def _remember(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT max(id) FROM mail_message")
        self.last_message = self.env.cr.fetchone()[0]
        return self._snapshot()


@tagged("post_install", "-at_install")
class TestTicketMerge(MergeCase):
    def test_others_are_closed_archived_and_point_at_the_one_that_stays(self):
        self._merge()
        self.assertTrue(self.keep.active)
        self.assertFalse(self.keep.closed)
        self.assertEqual(self.others.mapped("active"), [False, False])
        self.assertEqual(self.others.mapped("closed"), [True, True])
        self.assertEqual(self.others.merged_into_id, self.keep)

    def test_priority_and_severity_are_the_highest(self):
        self._merge()
        self.assertEqual((self.keep.priority, self.keep.severity), ("3", "3"))

    def test_everything_of_the_others_comes_along(self):
        for ticket in self.tickets:
            self._fill(ticket)
        self._merge()
        bodies = "".join(self.keep.message_ids.mapped("body"))
        for ticket in self.others:
            self.assertIn(f"Word {ticket.id}", bodies)
        self.assertIn("Smoke now", bodies)
        self.assertIn("Grinder, third", bodies)
        self.assertEqual(len(self.keep.attachment_ids), 6)
        self.assertEqual(len(self.keep.tag_ids), 3)
        self.assertEqual(len(self.keep.activity_ids), 3)
        self.assertIn(self.petr, self.keep.message_partner_ids)
        self.assertFalse(self.others.tag_ids)
        self.assertFalse(self.others.activity_ids)

    def test_undo_restores_all_of_it(self):
        for ticket in self.tickets:
            self._fill(ticket)
        self.third.stage_id = self.done
        self.double.related_ticket_ids = self.keep | self.third
        self.keep.duplicate_id = self.double
        before = self._remember()
        merge = self._merge()
        self.assertNotEqual(self._snapshot(), before)
        merge.with_user(self.agent).action_undo()
        self.maxDiff = None
        self.assertEqual(merge.state, "undone", merge.report)
        after = self._snapshot()
        for key in before:
            self.assertEqual(after[key], before[key], key)

    def test_merged_again_after_undo(self):
        self._merge().with_user(self.agent).action_undo()
        self._merge()
        self.assertEqual(self.others.merged_into_id, self.keep)

    def test_what_was_changed_since_stays_and_is_told(self):
        merge = self._merge()
        self.keep.priority = "0"
        merge.with_user(self.agent).action_undo()
        self.assertEqual(merge.state, "partly")
        self.assertEqual(self.keep.priority, "0")

    def test_ticket_is_related_neither_to_itself_nor_its_own_duplicate(self):
        self.double.related_ticket_ids = self.keep
        self.keep.duplicate_id = self.double
        self._merge()
        self.assertNotIn(self.keep, self.keep.related_ticket_ids)
        self.assertNotEqual(self.keep.duplicate_id, self.keep)

    def test_customer_is_not_written_to_about_it(self):
        self.done.mail_template_id = self.env.ref(
            "helpdesk_mgmt.closed_ticket_template"
        )
        mails = self.env["mail.mail"].search_count([])
        self._merge()
        self.env.flush_all()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_customer_waits_since_the_first_question(self):
        self.keep._note_answer(self.keep.create_date)
        self.double.asked_date = "2026-01-05 08:00:00"
        self._merge()
        self.assertEqual(str(self.keep.asked_date), "2026-01-05 08:00:00")

    def test_merge_of_merges_leads_to_the_last(self):
        self._merge(self.double | self.third, survivor_id=self.double.id)
        self._merge(self.keep | self.double)
        self.assertEqual(self.others.merged_into_id, self.keep)

    def test_value_of_the_other_is_taken_where_chosen(self):
        wizard = self._wizard()
        preview = wizard.preview
        for row in preview["rows"]:
            if row["name"] == "name":
                row["chosen"] = self.double.id
        wizard.preview = preview
        wizard.action_merge()
        self.assertEqual(self.keep.name, "Grinder again")

    def test_forged_preview_writes_no_other_field(self):
        wizard = self._wizard()
        row = {"name": "company_id", "chosen": self.double.id}
        wizard.preview = {"records": [], "rows": [row | {"name": "create_uid"}, row]}
        self.assertEqual(wizard._chosen_values(), {})


@tagged("post_install", "-at_install")
class TestMergeRefused(MergeCase):
    def test_with_itself(self):
        with self.assertRaisesRegex(UserError, "two different"):
            self._wizard(self.keep).action_merge()

    def test_different_customers_unless_confirmed(self):
        other = self._create_ticket(self.petr)
        wizard = self._wizard(self.keep | other)
        self.assertIn("Talisman", wizard.other_customers)
        with self.assertRaisesRegex(UserError, "different customers"):
            wizard.action_merge()
        wizard.customers_confirmed = True
        wizard.action_merge()
        self.assertEqual(other.merged_into_id, self.keep)

    def test_different_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.agent.company_ids |= company
        other = self._create_ticket(self.anna, team_id=False, company_id=company.id)
        model = self.env["crm.merge"].with_user(self.agent)
        model = model.with_context(allowed_company_ids=self.agent.company_ids.ids)
        keep = self.keep.with_env(model.env)
        with self.assertRaisesRegex(UserError, "different companies"):
            model._merge(keep, other.with_env(model.env), {})

    def test_into_a_closed_one(self):
        self.keep.stage_id = self.done
        wizard = self._wizard(survivor_id=self.keep.id)
        self.assertIn("closed", wizard.obstacle)
        with self.assertRaisesRegex(UserError, "closed"):
            wizard.action_merge()

    def test_open_one_is_proposed(self):
        self.keep.stage_id = self.done
        self.assertEqual(self._wizard().survivor_id, self.double)

    def test_one_that_is_merged_already(self):
        self._merge(self.keep | self.double)
        again = self.third | self.double
        with self.assertRaisesRegex(UserError, "already"):
            self.env["crm.merge"].with_user(self.agent)._merge(
                self.third.with_user(self.agent), again[-1].with_user(self.agent), {}
            )

    def test_tickets_one_may_not_change(self):
        limited = new_test_user(self.env, "css_lim", groups=AGENT)
        self.keep.user_id = limited
        self.double.user_id = self.agent
        with self.assertRaises(AccessError):
            self._wizard(self.keep | self.double, limited).action_merge()
        self.assertTrue(self.double.active)

    def test_outsiders_have_no_preview_and_no_merge(self):
        outsider = new_test_user(self.env, "css_outsider", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._wizard(user=outsider)
        merges = self.env["crm.merge"].with_user(outsider)
        with self.assertRaises(AccessError):
            merges._merge(self.keep.with_user(outsider), self.double, {})

    def test_merge_of_a_colleague_is_undone_by_a_manager_only(self):
        merge = self._merge()
        other = new_test_user(
            self.env, "css_other2", groups="helpdesk_mgmt.group_helpdesk_user"
        )
        with self.assertRaises(AccessError):
            merge.with_user(other).action_undo()
        manager = new_test_user(
            self.env, "css_boss2", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        merge.with_user(manager).action_undo()
        self.assertEqual(merge.state, "undone")

    def test_titles_in_the_list_of_merges_are_for_agents(self):
        merge = self._merge()
        base = "crm_base.crm_base_group"
        for group in (AGENT, f"{base}_user", f"{base}_manager"):
            user = new_test_user(self.env, f"css_{group}", groups=group)
            with self.subTest(group=group):
                merges = self.env["crm.merge"].with_user(user)
                self.assertFalse(merges.search([("id", "=", merge.id)]))
        self.assertTrue(merge.with_user(self.agent).search([("id", "=", merge.id)]))

    def test_contacts_are_merged_by_their_own_group_still(self):
        double = self.env["res.partner"].create({"name": "Anna Bergh"})
        outsider = new_test_user(self.env, "css_out3", groups="base.group_user")
        merges = self.env["crm.merge"].with_user(outsider)
        with self.assertRaisesRegex(AccessError, "records of this kind"):
            merges._merge(self.anna, double, {})


@tagged("post_install", "-at_install")
class TestMailAfterMerge(MergeCase):
    def _reply(self, to):
        return self.env["mail.thread"].message_process(
            False,
            f"From: anna.berg@nordlicht.example.com\nTo: support@suite.example.com\n"
            f"Subject: Re: Grinder\nMessage-Id: <reply@n.example.com>\n"
            f"In-Reply-To: {to.message_id}\n\nStill hot.\n",
        )

    def test_reply_to_a_merged_ticket_lands_in_the_one_that_stays(self):
        sent = self.double.message_post(
            body="Is it hot?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._merge()
        self._reply(sent)
        self.assertIn("Still hot", self.keep.message_ids[0].body)
        self.assertFalse(self.double.active)

    def test_reply_to_the_last_note_of_a_merged_ticket_too(self):
        self._merge()
        last = self.double.message_ids[0]
        self._reply(last)
        self.assertIn("Still hot", self.keep.message_ids[0].body)

    def test_what_is_said_on_the_old_page_lands_in_the_one_that_stays(self):
        self._merge()
        message = self.double.message_post(
            body="Hello?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(message.res_id, self.keep.id)

    def test_reply_goes_back_to_its_ticket_after_undo(self):
        sent = self.double.message_post(
            body="Is it hot?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._merge().with_user(self.agent).action_undo()
        self._reply(sent)
        self.assertIn("Still hot", self.double.message_ids[0].body)


@tagged("post_install", "-at_install")
class TestSplit(MergeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.question = cls._say(cls.keep, cls.anna, "And the invoice is wrong", "i.pdf")
        cls.answer = cls._say(cls.keep, cls.agent.partner_id, "The fuse is on its way")

    @classmethod
    def _say(cls, ticket, author, text, file=None):
        return ticket.message_post(
            body=text, author_id=author.id, message_type="email",
            subtype_xmlid="mail.mt_comment", subject=text,
            attachments=[(file, b"x")] if file else [],
        )  # fmt: skip

    def _split(self, messages=None, ticket=None, user=None):
        wizard = self.env["crm.ticket.split"].with_user(user or self.agent)
        wizard = wizard.create(
            {
                "ticket_id": (ticket or self.keep).id,
                "message_ids": [
                    Command.set((self.question if messages is None else messages).ids)
                ],
                "name": "Wrong invoice",
            }
        )
        return self.env["helpdesk.ticket"].browse(wizard.action_split()["res_id"])

    def test_messages_become_a_ticket_with_their_files(self):
        ticket = self._split()
        self.assertEqual(self.question.res_id, ticket.id)
        self.assertEqual(ticket.attachment_ids.name, "i.pdf")
        self.assertNotIn(self.question, self.keep.message_ids)
        self.assertIn(self.answer, self.keep.message_ids)
        self.assertIn("invoice is wrong", ticket.description)
        self.assertEqual(ticket.partner_id, self.anna)
        self.assertEqual(ticket.team_id, self.team)

    def test_both_know_of_each_other(self):
        ticket = self._split()
        self.assertEqual(ticket.related_ticket_ids, self.keep)
        self.assertEqual(self.keep.related_ticket_ids, ticket)
        self.assertEqual(ticket.split_from_id, self.keep)

    def test_who_waits_is_told_anew(self):
        self.assertFalse(self.keep.asked_date)
        ticket = self._split()
        self.assertEqual(ticket.asked_date, self.question.date)
        self.assertFalse(ticket.first_answer_date)
        self.assertFalse(self.keep.asked_date)

    def test_undo_puts_all_of_it_back(self):
        ticket = self._split()
        self._say(ticket, self.agent.partner_id, "A new one is coming")
        ticket.with_user(self.agent).action_undo_split()
        self.assertFalse(ticket.active)
        self.assertEqual(ticket.merged_into_id, self.keep)
        self.assertEqual(self.question.res_id, self.keep.id)
        self.assertIn("i.pdf", self.keep.attachment_ids.mapped("name"))
        bodies = "".join(self.keep.message_ids.mapped("body"))
        self.assertIn("A new one is coming", bodies)

    def test_title_is_the_subject_of_the_first(self):
        form = Form(
            self.env["crm.ticket.split"].with_context(
                active_model="helpdesk.ticket", active_id=self.keep.id
            )
        )
        self.assertEqual(form.ticket_id, self.keep)

    def test_the_title_of_a_hidden_ticket_is_not_told(self):
        limited = new_test_user(self.env, "css_limited", groups=AGENT)
        self.keep.user_id = self.agent
        self.env.invalidate_all()
        wizard = self.env["crm.ticket.split"].with_user(limited)
        with self.assertRaises(AccessError):
            wizard.new({"ticket_id": self.keep.id}).mapped("name")

    def test_nothing_chosen_is_refused(self):
        with self.assertRaises(UserError):
            self._split(self.question.browse())

    def test_message_of_another_ticket_is_refused(self):
        strange = self._say(self.double, self.anna, "Elsewhere")
        with self.assertRaises(AccessError):
            self._split(self.question | strange)

    def test_message_that_is_no_tickets_is_refused(self):
        strange = self.petr.message_post(body="About Petr")
        with self.assertRaises(AccessError):
            self._split(strange)

    def test_ticket_one_may_not_change_is_refused(self):
        limited = new_test_user(self.env, "css_lim2", groups=AGENT)
        self.keep.user_id = self.agent
        with self.assertRaises(AccessError):
            self._split(user=limited)

    def test_ticket_that_was_not_split_has_nothing_to_undo(self):
        with self.assertRaises(UserError):
            self.keep.with_user(self.agent).action_undo_split()
