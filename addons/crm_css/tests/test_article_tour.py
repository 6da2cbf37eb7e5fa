from odoo.tests import HttpCase, tagged

from .article_common import ArticleCase


class TourCase(ArticleCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hot = cls._article()
        for user in (cls.author, cls.reviewer, cls.customer):
            user.password = user.login

    def _ticket(self, **vals):
        vals = {"name": "Our grinder is hot", "user_id": self.author.id} | vals
        self.team.user_ids |= self.author
        return self._create_ticket(self.anna, **vals)


@tagged("post_install", "-at_install")
class TestArticleTour(TourCase):
    def test_agent_finds_and_sends_an_article_from_a_ticket(self):
        milk = self._article("Milk of the grinder")
        ticket = self._ticket()
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "crm_css_article_on_ticket",
            login=self.author.login,
        )
        self.assertEqual(ticket.article_ids, self.hot)
        self.assertEqual(ticket.dismissed_article_ids, milk)
        self.assertTrue(ticket.first_answer_date)

    def test_resolved_ticket_is_published_as_an_article(self):
        ticket = self._ticket(description="<p>Anna Berg here. It stops.</p>")
        ticket.message_post(
            body="Set it coarser.",
            author_id=self.author.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "crm_css_article_published",
            login=self.reviewer.login,
        )
        article = self.env["crm.article"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(article.state, "published")
        self.assertNotIn("Anna", article.body)


@tagged("post_install", "-at_install")
class TestArticlePortalTour(TourCase):
    def test_customer_finds_an_article_instead_of_sending_a_ticket(self):
        before = self.env["helpdesk.ticket"].search_count([])
        self.start_tour(
            "/new/ticket",
            "crm_css_article_instead_of_ticket",
            login=self.customer.login,
        )
        self.env.invalidate_all()
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)
        self.assertEqual(self.hot.solved_count, 1)
        asked = self.env["crm.article.search"].search([])
        self.assertRecordValues(
            asked, [{"terms": "our grinder is too hot", "hits": 1, "clicked": True}]
        )

    def test_customer_searches_reads_and_votes(self):
        self.start_tour("/my", "crm_css_help_pages", login=self.customer.login)
        self.env.invalidate_all()
        self.assertEqual((self.hot.view_count, self.hot.helped_count), (1, 1))
        self.assertTrue(self.env["crm.article.search"].search([]).clicked)


@tagged("post_install", "-at_install")
class TestArticlePortalTourOnPhone(TestArticlePortalTour):
    browser_size = "375x667"
    touch_enabled = True
