from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import ServiceCase

AGENT = "helpdesk_mgmt.group_helpdesk_user_own"
TEXT = """<p>Dear <t t-out="object.partner_id.name"/>, about
 <t t-out="object.number"/>.</p>"""


class MacroCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limited = new_test_user(cls.env, "css_macro", groups=AGENT)
        cls.manager = new_test_user(
            cls.env, "css_macro_boss", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.ticket = cls._create_ticket(cls.anna)
        cls.russian = cls._create_ticket(cls.petr)
        cls.waiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.tag = cls.env["helpdesk.ticket.tag"].create({"name": "Serial"})
        cls.macro = cls.env["crm.ticket.macro"].create(
            {
                "name": "Serial number",
                "user_id": False,
                "body": TEXT,
                "stage_id": cls.waiting.id,
                "severity": "2",
                "tag_ids": [Command.set(cls.tag.ids)],
                "assign": "me",
            }
        )

    def _wizard(self, tickets=None, user=None, macro=None):
        tickets = self.ticket if tickets is None else tickets
        model = self.env["crm.ticket.macro.apply"].with_user(user or self.agent)
        context = {"active_model": "helpdesk.ticket", "active_ids": tickets.ids}
        return model.with_context(**context).create(
            {"macro_id": (macro or self.macro).id}
        )

    def _apply(self, *args, **kwargs):
        self._wizard(*args, **kwargs).action_apply()

    def _last(self, ticket):
        return ticket.message_ids.filtered(lambda m: m.message_type == "comment")[:1]


@tagged("post_install", "-at_install")
class TestMacro(MacroCase):
    def test_text_is_filled_in_and_sent_and_the_rest_is_set(self):
        self._apply()
        message = self._last(self.ticket)
        self.assertIn("Dear Anna Berg, about", message.body)
        self.assertIn(self.ticket.number, message.body)
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertIn(self.anna, message.notified_partner_ids)
        self.assertRecordValues(
            self.ticket,
            [{"stage_id": self.waiting.id, "severity": "2", "user_id": self.agent.id}],
        )
        self.assertIn(self.tag, self.ticket.tag_ids)
        self.assertFalse(self.ticket.asked_date)

    def test_tags_that_are_there_stay(self):
        other = self.env["helpdesk.ticket.tag"].create({"name": "VIP"})
        self.ticket.tag_ids = other
        self._apply()
        self.assertEqual(self.ticket.tag_ids, other | self.tag)

    def test_text_is_changed_before_it_goes(self):
        form = Form(
            self.env["crm.ticket.macro.apply"]
            .with_user(self.agent)
            .with_context(active_model="helpdesk.ticket", active_ids=self.ticket.ids)
        )
        form.macro_id = self.macro
        self.assertIn("Dear Anna Berg", form.text)
        self.assertIn("Set the Severity: Major", form.sets)
        form.text = "<p>Dear Anna, short.</p>"
        form.save().action_apply()
        self.assertIn("Dear Anna, short.", self._last(self.ticket).body)

    def test_several_tickets_get_the_text_each_in_its_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.petr.lang = "ru_RU"
        self.macro.with_context(
            lang="ru_RU"
        ).body = '<p>Здравствуйте, <t t-out="object.partner_id.name"/>!</p>'
        self._apply(self.ticket | self.russian)
        self.assertIn("Dear Anna Berg", self._last(self.ticket).body)
        self.assertIn("Здравствуйте, Пётр Иванов!", self._last(self.russian).body)

    def test_note_is_not_sent_to_the_customer(self):
        self.macro.kind = "note"
        self._apply()
        message = self._last(self.ticket)
        self.assertTrue(message.subtype_id.internal)
        self.assertNotIn(self.anna, message.notified_partner_ids)

    def test_macro_without_a_text_says_nothing(self):
        self.macro.body = False
        before = self._last(self.ticket)
        self._apply()
        self.assertEqual(self._last(self.ticket), before)
        self.assertEqual(self.ticket.stage_id, self.waiting)

    def test_customer_without_a_contact_is_answered_by_mail(self):
        self.ticket.write({"partner_id": False, "partner_email": "x@y.example.com"})
        self._apply()
        mails = self._last(self.ticket).mail_ids
        self.assertIn("x@y.example.com", "".join(mails.mapped("email_to")))

    def test_script_in_a_customers_name_is_text(self):
        self.anna.name = "<script>alert(1)</script>"
        self._apply()
        self.assertNotIn("<script>", self._last(self.ticket).body)

    def test_name_that_looks_like_a_template_is_text(self):
        self.anna.name = "{{7*7}} ${7*7}"
        self._apply()
        self.assertIn("{{7*7}} ${7*7}", self._last(self.ticket).body)

    def test_teams_limit_where_it_is_offered(self):
        team = self.team.copy({"name": "Other", "alias_name": "other"})
        self.macro.team_ids = team
        macros = self.env["crm.ticket.macro"]
        self.assertNotIn(self.macro, macros.search(macros._usable_domain(self.team)))
        self.assertIn(self.macro, macros.search(macros._usable_domain(team)))


@tagged("post_install", "-at_install")
class TestMacroRights(MacroCase):
    def _create(self, user, **vals):
        vals = {"name": "Mine", "body": "<p>Hello</p>"} | vals
        return self.env["crm.ticket.macro"].with_user(user).create(vals)

    def test_agents_have_their_own_and_read_the_shared(self):
        own = self._create(self.agent)
        self.assertEqual(own.user_id, self.agent)
        own.body = "<p>Hi</p>"
        macros = self.env["crm.ticket.macro"].with_user(self.limited)
        self.assertIn(self.macro, macros.search([]))
        self.assertNotIn(own, macros.search([]))
        with self.assertRaises(AccessError):
            own.with_user(self.limited).read(["name"])

    def test_agents_share_nothing_and_change_nothing_shared(self):
        with self.assertRaises(AccessError):
            self._create(self.agent, user_id=False)
        with self.assertRaises(AccessError):
            self.macro.with_user(self.agent).name = "Mine"
        own = self._create(self.agent)
        with self.assertRaises(AccessError):
            own.user_id = False

    def test_managers_share(self):
        self.assertFalse(self._create(self.manager).user_id)
        self.macro.with_user(self.manager).name = "Serial"

    def test_macro_of_another_company_is_not_seen(self):
        self.macro.company_id = self.env["res.company"].create({"name": "Other"})
        macros = self.env["crm.ticket.macro"].with_user(self.agent)
        self.assertNotIn(self.macro, macros.search([]))

    def test_outsiders_and_customers_see_none(self):
        for login, group in (
            ("css_m1", "base.group_user"),
            ("css_m2", "base.group_portal"),
        ):
            user = new_test_user(self.env, login, groups=group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.macro.with_user(user).read(["name"])

    def test_agent_saves_no_code(self):
        bad = (
            '<t t-out="object.env.cr.dbname"/>',
            '<t t-out="object.user_id.sudo().password"/>',
            '<t t-foreach="[1]" t-as="x"/>',
            '<t t-set="x" t-value="1"/>',
        )
        editors = self.env.ref("mail.group_mail_template_editor")
        self.agent.group_ids -= editors
        for body in bad:
            with self.subTest(body=body), self.assertRaises(AccessError):
                self._create(self.agent, body=body)

    def test_agent_uses_the_blanks_of_the_list(self):
        self.agent.group_ids -= self.env.ref("mail.group_mail_template_editor")
        macro = self._create(self.agent, body=TEXT)
        self._apply(macro=macro)
        self.assertIn("Dear Anna Berg", self._last(self.ticket).body)

    def test_blanks_of_the_list_are_the_tickets_own(self):
        # Odoo looks them up on the ticket, whatever stands before the dot.
        allowed = self.ticket.mail_allowed_qweb_expressions()
        self.assertFalse([one for one in allowed if not one.startswith("object.")])

    def test_every_blank_of_the_list_is_filled_in_for_an_agent(self):
        self.agent.group_ids -= self.env.ref("mail.group_mail_template_editor")
        blanks = set(self.ticket.mail_allowed_qweb_expressions())
        body = "".join(
            f'<t t-out="{one}"/>' for one in blanks - {"object.contact_name"}
        )
        self._apply(macro=self._create(self.agent, body=f"<p>{body}</p>"))
        self.assertIn(self.team.name, self._last(self.ticket).body)

    def test_macro_does_not_open_a_ticket_of_others(self):
        self.ticket.user_id = self.agent
        with self.assertRaises(AccessError):
            self._apply(user=self.limited)

    def test_macro_of_a_colleague_is_not_applied(self):
        own = self._create(self.agent)
        ticket = self._create_ticket(self.anna, user_id=self.limited.id)
        with self.assertRaises(AccessError):
            self._apply(ticket, user=self.limited, macro=own.with_user(self.limited))

    def test_template_that_does_not_work_any_more_says_so(self):
        self.macro.body = '<p><t t-out="object.gone_field"/></p>'
        with self.assertRaises(UserError), self.assertLogs("odoo.addons.mail"):
            self._apply()

    def test_no_ticket_no_macro(self):
        with self.assertRaises(UserError):
            self._apply(self.ticket.browse())

    def test_colleague_who_gets_it_is_named(self):
        with self.assertRaises(ValidationError):
            self.macro.assign = "user"

    def test_agents_manage_their_canned_answers(self):
        canned = self.env["mail.canned.response"].with_user(self.agent)
        answer = canned.create({"source": "hi", "substitution": "Hello"})
        answer.substitution = "Good day"
        menu = self.env.ref("crm_css.mail_canned_response_menu")
        visible = self.env["ir.ui.menu"].with_user(self.limited)._visible_menu_ids()
        self.assertIn(menu.id, visible)
