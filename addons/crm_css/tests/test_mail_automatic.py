from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, new_test_user, tagged

from .mail_common import MailCase

# How mail programs in five languages begin an absence notice without a header.
ABSENCES = (
    "Automatic reply: Grinder stops",
    "Automatische Antwort: Grinder stops",
    "Respuesta automática: Grinder stops",
    "Автоматический ответ: Grinder stops",
    "Réponse automatique : Grinder stops",
)


@tagged("post_install", "-at_install")
class TestMailAutomatic(MailCase):
    """Machines answer nothing, start no clock, and get no answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.send_receipt = True
        cls.env.company.partner_id.email = "office@suite.example.com"

    def _answered(self):
        """Give a ticket of Anna that waits for her answer."""
        ticket = self._receive(self._mail(Auto_Submitted="auto-generated"))
        ticket.user_id = self.agent
        ticket.with_user(self.agent).message_post(
            body="Which one?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        self.assertFalse(ticket.asked_date)
        return ticket

    def _assert_set_aside(self, ticket, mail):
        stage = ticket.stage_id
        self.assertFalse(self._receive(mail))
        message = ticket.message_ids[0]
        self.assertIn("Automatic reply", message.body)
        self.assertTrue(message.is_internal)
        self.assertFalse(ticket.asked_date)
        self.assertEqual(ticket.stage_id, stage)
        self.assertNotIn(self.anna, message.notified_partner_ids)

    def test_absence_notice_in_five_languages_is_no_answer(self):
        ticket = self._answered()
        for subject in ABSENCES:
            with self.subTest(subject=subject):
                mail = self._reply(ticket)
                mail.replace_header("Subject", subject)
                self._assert_set_aside(ticket, mail)

    def test_automatic_reply_by_its_headers_is_no_answer(self):
        ticket = self._answered()
        for name, value in (
            ("Auto-Submitted", "auto-replied"),
            ("Auto-Submitted", "auto-generated (failure)"),
            ("Precedence", "auto_reply"),
            ("X-Autoreply", "yes"),
            ("Return-Path", "<>"),
        ):
            with self.subTest(name=name):
                self._assert_set_aside(ticket, self._reply(ticket, **{name: value}))

    def test_automatic_reply_reopens_no_ticket(self):
        ticket = self._answered()
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self._receive(self._reply(ticket, Auto_Submitted="auto-replied"))
        self.assertTrue(ticket.closed)
        self.assertEqual(ticket.reopen_count, 0)

    def test_accepted_invitation_is_no_answer(self):
        ticket = self._answered()
        mail = self._reply(ticket, text="Anna has accepted")
        mail.add_alternative(
            "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n",
            subtype="calendar",
            params={"method": "REPLY"},
        )
        self._assert_set_aside(ticket, mail)

    def test_sentence_about_absence_is_an_answer(self):
        ticket = self._answered()
        mail = self._reply(ticket)
        mail.replace_header("Subject", "Out of office hours it stops too")
        self._receive(mail)
        self.assertTrue(ticket.asked_date)

    def test_automatic_mail_of_a_stranger_leaves_no_trace(self):
        ticket = self._answered()
        count = len(ticket.message_ids)
        mail = self._reply(
            ticket, "eve@evil.example.com", Auto_Submitted="auto-replied"
        )
        self.assertFalse(self._receive(mail))
        self.assertEqual(len(ticket.message_ids), count)

    def test_two_machines_in_one_thread_send_each_other_nothing(self):
        ticket = self._answered()
        ticket.message_subscribe(self.lucia.ids)
        for sender in (self.anna_mail, self.lucia.email) * 3:
            self._receive(self._reply(ticket, sender, Auto_Submitted="auto-replied"))
        for message in ticket.message_ids[:6]:
            self.assertFalse(message.notified_partner_ids.filtered("partner_share"))

    # The receipt

    def _receipts(self, ticket):
        return ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")

    def test_customer_learns_the_number(self):
        ticket = self._receive(self._mail())
        receipt = self._receipts(ticket)
        self.assertIn(ticket.number, receipt.subject)
        self.assertNotIn("Grinder", f"{receipt.subject}{receipt.body}")
        self.assertEqual(receipt.partner_ids, self.anna)
        self.assertTrue(ticket.asked_date, "a receipt is no answer")
        mail = self.env["mail.mail"].search([("mail_message_id", "=", receipt.id)])
        self.assertIn("auto-replied", mail.headers)

    def test_receipt_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        template = self.env.ref("crm_css.mail_template_receipt")
        template.with_context(lang="es_ES").subject = "Recibimos {{ object.number }}"
        self.lucia.lang = "es_ES"
        ticket = self._receive(self._mail(self.lucia.email))
        self.assertIn("Recibimos", self._receipts(ticket).subject)

    def test_unknown_sender_learns_the_number_at_the_own_address(self):
        ticket = self._receive(self._mail("New <new@x.example.com>"))
        receipt = self._receipts(ticket)
        self.assertEqual(receipt.outgoing_email_to, "new@x.example.com")
        self.assertFalse(receipt.partner_ids)

    def test_answer_to_the_receipt_joins_the_ticket(self):
        ticket = self._receive(self._mail())
        answer = self._mail(In_Reply_To=self._receipts(ticket).message_id)
        self.assertFalse(self._receive(answer))
        self.assertFalse(ticket.message_ids[0].is_internal)

    def test_address_gets_one_receipt_an_hour(self):
        now = fields.Datetime.now()
        for minutes, count in ((0, 1), (30, 0), (61, 1)):
            with freeze_time(now + timedelta(minutes=minutes)):
                ticket = self._receive(self._mail())
                self.assertEqual(len(self._receipts(ticket)), count, minutes)

    def test_machine_list_and_nobody_get_no_receipt(self):
        for headers in (
            {"Auto_Submitted": "auto-generated"},
            {"Precedence": "bulk"},
            {"List_Id": "<news.x.example.com>"},
            {"sender": "no-reply@x.example.com"},
            {"Authentication_Results": "mx; dmarc=fail"},
        ):
            with self.subTest(headers=headers):
                ticket = self._receive(self._mail(**headers))
                self.assertTrue(ticket)
                self.assertFalse(self._receipts(ticket))

    def test_employee_gets_no_receipt(self):
        user = new_test_user(
            self.env, "css_col", groups="base.group_user", email="col@suite.example.com"
        )
        ticket = self._receive(self._mail(user.email))
        self.assertTrue(ticket)
        self.assertFalse(self._receipts(ticket))

    def test_team_without_the_switch_sends_none(self):
        self.team.send_receipt = False
        self.assertFalse(self._receipts(self._receive(self._mail())))

    def test_ticket_of_an_agent_gets_no_receipt(self):
        self.assertFalse(self._receipts(self._create_ticket(self.anna)))
