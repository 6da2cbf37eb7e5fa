from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users, warmup

from .article_common import ArticleCase

QUESTION = """
<p>Dear Carla,</p>
<p>our grinder TX-99 (S/N: GR-4711-A) stops. Call Anna at +49 (30) 901-821 or write to
anna.berg@nordlicht.example.com. We are in Oranienstraße 25, 10999 Berlin.</p>
<p>VAT DE136695976, IBAN DE89 3704 0044 0532 0130 00</p>
<p>See https://files.example.com/x?token=abc123</p>
<img src="/web/image/7?access_token=secret"/>
<blockquote data-o-mail-quote="1">On Monday Anna Berg wrote</blockquote>
"""


@tagged("post_install", "-at_install")
class TestArticleOnTicket(ArticleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.hot = cls._article(
            "The grinder runs hot", body="<p>The thermal switch of the motor.</p>"
        )
        cls.staff = cls._article("When a grinder is hot", audience="staff")
        cls.partner = cls._article("Hot grinder parts", audience="partner")
        cls.ticket = cls._create_ticket(
            cls.anna,
            name="Our grinder is hot",
            description="<p>It stops. Is it the switch?</p>",
            user_id=cls.author.id,
        )
        cls.ticket.team_id.user_ids += cls.author

    def _suggest(self, ticket=None, user=None, **question):
        ticket = self.ticket if ticket is None else ticket
        question = {
            "name": ticket.name,
            "description": ticket.description,
            "product_id": ticket.product_id.id,
        } | question
        return ticket.with_user(user or self.author).suggest_articles(**question)

    def _names(self, rows):
        return [row["name"] for row in rows]

    # Suggested

    def test_articles_that_fit_are_suggested_the_best_first(self):
        self._article("Milk foam", body="<p>Steam.</p>")
        rows = self._suggest()
        self.assertEqual(rows[0]["name"], self.hot.name)
        self.assertEqual(
            set(self._names(rows)),
            {self.hot.name, self.staff.name, self.partner.name},
        )

    def test_suggestions_follow_what_is_typed_before_it_is_saved(self):
        foam = self._article("Milk foam", body="<p>Steam.</p>")
        rows = self._suggest(name="No milk foam", description=False)
        self.assertEqual(self._names(rows), [foam.name])
        new = self.env["helpdesk.ticket"].with_user(self.author)
        rows = new.suggest_articles(name="milk")
        self.assertEqual(self._names(rows), [foam.name])
        self.assertFalse(rows[0]["sendable"])

    def test_at_most_five_are_suggested(self):
        for number in range(8):
            self._article(f"Grinder {number}")
        self.assertEqual(len(self._suggest()), 5)

    def test_article_about_the_product_comes_first(self):
        product = self.env["product.product"].create({"name": "TX-99"})
        about = self._article(
            "Motor", body="<p>A switch.</p>",
            product_tmpl_ids=[Command.link(product.product_tmpl_id.id)],
        )  # fmt: skip
        self.assertNotEqual(self._suggest()[0]["name"], about.name)
        rows = self._suggest(product_id=product.id)
        self.assertEqual(rows[0]["name"], about.name)

    def test_articles_in_the_language_of_the_customer_come_first(self):
        self.anna.lang = "es_ES"
        spanish = self._article("Grinder", lang_id=self.spanish.id)
        self.assertEqual(self._suggest()[0]["name"], spanish.name)

    def test_nothing_is_suggested_for_nothing(self):
        for text in ("", "<p></p>", "!!!", "'; DROP TABLE", "x" * 100_000):
            rows = self._suggest(name="", description=text, product_id=False)
            self.assertEqual(rows, [])

    def test_drafts_are_not_suggested(self):
        self._article("Grinder hot hot", state="draft", author_id=self.colleague.id)
        self._article("Grinder hot hot", state="outdated")
        self.assertNotIn("Grinder hot hot", self._names(self._suggest()))

    def test_who_may_not_read_the_ticket_or_is_a_customer_gets_no_article_of_staff(
        self,
    ):
        rows = self._suggest(user=self.customer)
        self.assertEqual(self._names(rows), [self.hot.name])
        with self.assertRaises(AccessError):
            self._suggest(user=self.public)

    @users("css_author")
    @warmup
    def test_suggestions_take_few_queries(self):
        ticket = self.ticket.with_env(self.env)
        with self.assertQueryCount(16):
            ticket.suggest_articles(
                name="The grinder is hot", description="<p>Stop</p>"
            )

    # Sent and linked

    def test_answer_has_the_text_and_the_link(self):
        ticket = self.ticket.with_user(self.author)
        action = ticket.action_answer_with_article(self.hot.id)
        context = action["context"]
        self.assertIn("The thermal switch", context["default_body"])
        self.assertIn(self.hot._url(), context["default_body"])
        composer = (
            self.env["mail.compose.message"].with_user(self.author)
            .with_context(**context).create({})
        )  # fmt: skip
        self.assertFalse(self.ticket.article_ids)
        composer._action_send_mail()
        self.assertEqual(self.ticket.article_ids, self.hot)
        self.assertTrue(self.ticket.first_answer_date)
        message = self.ticket.message_ids[0]
        self.assertIn(self.anna, message.partner_ids)

    def test_link_that_was_pasted_by_hand_counts_too(self):
        for body, expected in (
            (f"See {self.hot._url()}", self.hot),
            (f"See https://other.example/help/{self.staff.id}", self.staff),
            ("See /help/999999999 and /help/x-1234567890123", self.hot.browse()),
        ):
            ticket = self._create_ticket(self.anna)
            ticket.message_post(
                body=body,
                author_id=self.author.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.assertEqual(ticket.article_ids, expected)

    def test_link_of_the_customer_or_in_a_note_is_not_sent_by_us(self):
        for author, subtype in (
            (self.anna, "mail.mt_comment"),
            (self.author.partner_id, "mail.mt_note"),
        ):
            self.ticket.message_post(
                body=self.hot._url(),
                author_id=author.id,
                message_type="comment",
                subtype_xmlid=subtype,
            )
        self.assertFalse(self.ticket.article_ids)

    def test_article_that_is_not_for_the_customer_is_not_sent(self):
        ticket = self.ticket.with_user(self.author)
        sendable = {row["name"]: row["sendable"] for row in self._suggest()}
        for article in (self.staff, self.partner):
            self.assertFalse(sendable[article.name])
            with self.assertRaisesRegex(UserError, "is not for this customer"):
                ticket.action_answer_with_article(article.id)
        self.assertTrue(sendable[self.hot.name])

    def test_article_for_partner_companies_is_sent_to_them(self):
        self.ticket.partner_id = self.lucia
        ticket = self.ticket.with_user(self.author)
        self.assertTrue(ticket.action_answer_with_article(self.partner.id))

    def test_drafts_are_neither_sent_nor_linked(self):
        draft = self._article(state="draft", author_id=self.colleague.id)
        ticket = self.ticket.with_user(self.author)
        for method in (
            "action_answer_with_article",
            "action_link_article",
            "action_dismiss_article",
        ):
            with self.assertRaises(AccessError):
                getattr(ticket, method)(draft.id)

    def test_customer_links_nothing(self):
        ticket = self.ticket.with_user(self.customer)
        for method in (
            "action_answer_with_article",
            "action_link_article",
            "action_dismiss_article",
        ):
            with self.assertRaises(AccessError):
                getattr(ticket, method)(self.hot.id)
        self.assertFalse(self.env["crm.article.feedback"].search([]))

    def test_article_is_linked_and_counts_its_tickets(self):
        self.ticket.with_user(self.author).action_link_article(self.staff.id)
        self.assertTrue(self._suggest()[0]["name"])
        self.assertEqual(self.staff.with_user(self.author).ticket_count, 1)
        self.assertEqual(self.staff.with_user(self.colleague).ticket_count, 0)
        domain = self.staff.with_user(self.author).action_open_tickets()["domain"]
        self.assertEqual(self.env["helpdesk.ticket"].search(domain), self.ticket)

    def test_article_that_does_not_help_is_not_suggested_again(self):
        ticket = self.ticket.with_user(self.author)
        for _twice in range(2):
            ticket.action_dismiss_article(self.hot.id)
        self.assertNotIn(self.hot.name, self._names(self._suggest()))
        other = self._create_ticket(self.petr, name="Hot grinder")
        rows = self._suggest(other, user=self.agent)
        self.assertIn(self.hot.name, self._names(rows))
        self.assertEqual(self.hot.not_helped_count, 1)

    # An article of a ticket

    def _resolved(self, **vals):
        self.nordlicht.write(
            {"street": "Oranienstraße 25", "zip": "10999", "city": "Berlin",
             "ref": "TX-99"}
        )  # fmt: skip
        self.author.partner_id.name = "Carla Ruiz"
        vals = {
            "name": "Anna's grinder GR stops",
            "description": QUESTION,
            "user_id": self.author.id,
        } | vals
        ticket = self._create_ticket(self.anna, **vals)
        for author, body in (
            (self.author.partner_id, "<p>Dear Anna Berg, set it coarser.</p>"),
            (self.anna, "<p>My private number is 030 555 12 34.</p>"),
        ):
            ticket.message_post(
                author_id=author.id,
                body=body,
                body_is_html=True,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        ticket.message_post(body="An inner note", subtype_xmlid="mail.mt_note")
        ticket.stage_id = self.done
        return ticket

    def _made_of(self, ticket):
        action = ticket.with_user(self.author).action_make_article()
        return self.env["crm.article"].browse(action["res_id"])

    def test_resolved_ticket_becomes_a_draft_without_what_is_personal(self):
        ticket = self._resolved()
        article = self._made_of(ticket)
        text = f"{article.name} {article.body}"
        for word in (
            "Anna", "Berg", "Carla", "901-821", "nordlicht", "Nordlicht", "Oranien",
            "10999", "DE136695976", "DE89", "token", "secret", "4711", "TX-99",
            "private", "inner note", "Monday", "<img",
        ):  # fmt: skip
            self.assertNotIn(word, text)
        for word in (
            "grinder",
            "stops",
            "set it coarser",
            "[name]",
            "[phone]",
            "[mail]",
        ):
            self.assertIn(word, text)
        self.assertRecordValues(
            article,
            [{"state": "draft", "audience": "staff", "ticket_id": ticket.id,
              "author_id": self.author.id}],
        )  # fmt: skip
        for kind in ("names: ", "phone numbers: 1", "serial numbers: 2", "pictures: 1"):
            self.assertIn(kind, article.masked)
        self.assertNotIn("Anna", article.masked)
        versions = str(article.version_ids.mapped("body"))
        self.assertNotIn("Anna", versions)

    def test_one_ticket_makes_one_article(self):
        ticket = self._resolved()
        self.assertEqual(self._made_of(ticket), self._made_of(ticket))

    def test_ticket_with_scripts_and_no_answer_makes_a_harmless_draft(self):
        ticket = self._create_ticket(
            self.anna,
            name="<script>alert(1)</script>",
            description="<p>x</p><script>alert(2)</script><img src=x onerror=alert(3)>",
            user_id=self.author.id,
        )
        body = str(self._made_of(ticket).body)
        self.assertNotIn("alert", body)
        self.assertNotIn("<script", body)

    def test_ticket_of_others_makes_no_article(self):
        ticket = self._create_ticket(self.petr, user_id=self.agent.id)
        for user in (self.colleague, self.customer):
            with self.assertRaises(AccessError):
                ticket.with_user(user).action_make_article()

    def test_it_is_published_only_after_somebody_read_it_for_names(self):
        article = self._made_of(self._resolved())
        article.with_user(self.author).action_submit()
        reviewed = article.with_user(self.reviewer)
        with self.assertRaisesRegex(UserError, "was made of a ticket"):
            reviewed.action_publish()
        reviewed.is_privacy_checked = True
        article.with_user(self.author).body = "<p>Anna Berg again</p>"
        with self.assertRaisesRegex(UserError, "was made of a ticket"):
            reviewed.action_publish()
        reviewed.is_privacy_checked = True
        reviewed.action_publish()
        self.assertEqual(article.state, "published")

    def test_author_does_not_vouch_for_it_and_does_not_hide_the_ticket(self):
        article = self._made_of(self._resolved()).with_user(self.author)
        with self.assertRaises(AccessError):
            article.is_privacy_checked = True
        article.write({"ticket_id": False, "masked": "nothing"})
        self.assertTrue(article.ticket_id)
        self.assertIn("names", article.masked)
