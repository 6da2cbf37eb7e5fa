import base64
import json
from unittest.mock import patch

from odoo import Command, fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_base.tools.rate_limit import RateLimit

from ..controllers import article as controller
from .article_common import ArticleCase

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


class PagesCase(ArticleCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["crm.article.category"].create({"name": "Grinders"})
        cls.hot = cls._article(category_id=cls.category.id)
        for user in (cls.customer, cls.partner_company, cls.author):
            user.password = user.login

    def setUp(self):
        super().setUp()
        self.opener.headers.update(BROWSER)
        for name in ("SEARCHES", "VOTES"):
            limit = RateLimit(times=100, seconds=60)
            self.patch(controller, name, limit)

    def _login(self, user):
        if user == self.public:
            self.authenticate(None, None)
            self.env.company.help_access = "public"
        else:
            self.authenticate(user.login, user.login)

    def _get(self, path, **kwargs):
        with mute_logger("odoo.http"):
            return self.url_open(path, **kwargs)

    def _call(self, path, **params):
        reply = self.url_open(
            path,
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return reply.json().get("result")

    def _post(self, path, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        with mute_logger("odoo.http"):
            return self.url_open(path, data=data)

    def _searches(self):
        self.env.invalidate_all()
        return self.env["crm.article.search"].search([], order="id")


@tagged("post_install", "-at_install")
class TestHelpPages(PagesCase):
    def test_customer_reads_the_list_and_an_article(self):
        self._login(self.customer)
        page = self._get("/help").text
        self.assertIn(self.hot.name, page)
        self.assertIn("Grinders", page)
        page = self._get(self.hot._path()).text
        self.assertIn("Let it cool down.", page)
        self.assertIn("Did this help?", page)

    def test_stranger_is_sent_to_the_login_whatever_there_is(self):
        draft = self._article(state="draft")
        paths = ["/help", "/help?q=grinder", self.hot._path(), draft._path(), "/help/9"]
        for path in [*paths, f"/help/{self.hot.id}/file/1"]:
            reply = self._get(path, allow_redirects=False)
            self.assertEqual(reply.status_code, 303, path)
            self.assertIn("/web/login", reply.headers["Location"])
            self.assertNotIn(self.hot.name, reply.text)

    def test_stranger_reads_where_the_company_says_so(self):
        self._login(self.public)
        self.assertIn(self.hot.name, self._get("/help").text)
        self.assertEqual(self._get(self.hot._path()).status_code, 200)
        partner = self._article("For partners", audience="partner")
        self.assertEqual(self._get(partner._path()).status_code, 404)
        self.assertNotIn("For partners", self._get("/help").text)

    def test_what_is_not_for_the_reader_is_not_found_by_its_number(self):
        self._login(self.customer)
        for vals in (
            {"state": "draft"},
            {"state": "review"},
            {"state": "outdated"},
            {"audience": "staff"},
            {"audience": "partner"},
            {"valid_until": "2020-01-01"},
            {"active": False},
        ):
            article = self._article("Hidden", **vals)
            for path in (article._path(), f"/help/{article.id}"):
                reply = self._get(path)
                self.assertEqual(reply.status_code, 404, vals)
                self.assertNotIn("Hidden", reply.text)
            for path in ("/help", "/help?q=hidden", f"/help/{article.id}/vote"):
                self.assertNotIn("Hidden", self._post(path).text)

    def test_partner_company_reads_what_is_for_it(self):
        partner = self._article("Spare parts", audience="partner")
        self._login(self.partner_company)
        self.assertIn("Spare parts", self._get("/help?q=spare").text)
        self.assertEqual(self._get(partner._path()).status_code, 200)

    def test_colleague_reads_what_is_for_staff(self):
        staff = self._article("Goodwill", audience="staff")
        self._login(self.author)
        self.assertEqual(self._get(staff._path()).status_code, 200)

    def test_nonsense_addresses_are_not_found(self):
        self._login(self.customer)
        for slug in (
            "x", "-", "grinder-0", "1e9", "99999999999999999999", "1%0A2",
            "..%2F..%2Fweb", "'; DROP", "🎉", "x" * 5000, "-" + str(2**31),
        ):  # fmt: skip
            reply = self._get(f"/help/{slug}")
            self.assertIn(reply.status_code, (400, 404), slug[:20])
            self.assertNotIn("Traceback", reply.text)
        for category in ("x", "0", "-1", "1 OR 1=1", "9" * 30, "🎉"):
            reply = self._get("/help", params={"category": category})
            self.assertEqual(reply.status_code, 200)

    def test_old_address_leads_to_the_new_one(self):
        self._login(self.customer)
        old = self.hot._path()
        self.hot.name = "Hot grinder"
        reply = self._get(old, allow_redirects=False)
        self.assertEqual(reply.status_code, 301)
        self.assertTrue(reply.headers["Location"].endswith(self.hot._path()))
        reply = self._get(f"/help///evil.example-{self.hot.id}", allow_redirects=False)
        self.assertNotIn("evil.example/", reply.headers.get("Location", ""))

    def test_scripts_in_titles_and_questions_are_text(self):
        evil = "<script>alert(1)</script>"
        self._article(f"Boiler {evil}")
        self._login(self.customer)
        for path in ("/help", "/help?q=boiler"):
            self.assertNotIn(evil, self._get(path).text)
        page = self._get("/help", params={"q": f'"{evil}'}).text
        self.assertNotIn(evil, page)
        self.assertIn("&lt;script&gt;", page)

    def test_search_finds_and_tells_what_it_did_not_find(self):
        self._login(self.customer)
        page = self._get("/help?q=grinders").text
        self.assertIn(self.hot.name, page)
        page = self._get("/help?q=xyzzy").text
        self.assertIn("o_crm_help_nothing", page)
        self.assertRecordValues(
            self._searches(),
            [
                {"terms": "grinders", "hits": 1, "clicked": False,
                 "audience": "customer"},
                {"terms": "xyzzy", "hits": 0, "clicked": False, "audience": "customer"},
            ],
        )  # fmt: skip

    def test_article_in_another_language_is_better_than_none(self):
        self._article("Кофемолка", lang_id=self.russian.id)
        self._login(self.customer)
        page = self._get("/help", params={"q": "кофемолки"}).text
        self.assertIn("Nothing in your language", page)
        self.assertIn("Кофемолка", page)

    def test_click_on_what_was_found_is_noted_for_ones_own_search_only(self):
        self._login(self.customer)
        page = self._get("/help?q=grinder").text
        search = self._searches()
        self.assertIn(f"?search={search.id}", page)
        self._get(f"{self.hot._path()}?search={search.id}")
        foreign = self.env["crm.article.search"]._note("grinder", 1, "staff")
        for number in (foreign.id, "x", "1 OR 1=1", -1, "9" * 50):
            self._get(self.hot._path(), params={"search": number})
        self.assertEqual(self._searches().mapped("clicked"), [True, False])

    def test_reader_is_counted_once_and_machines_and_colleagues_are_not(self):
        self._login(self.customer)
        for _twice in range(2):
            self._get(self.hot._path())
        self.env.invalidate_all()
        self.assertEqual(self.hot.view_count, 1)
        self._login(self.author)
        self._get(self.hot._path())
        self._login(self.public)
        self._get(self.hot._path(), headers={"User-Agent": "Googlebot/2.1"})
        self.env.invalidate_all()
        self.assertEqual(self.hot.view_count, 1)
        self._get(self.hot._path())
        self.env.invalidate_all()
        self.assertEqual(self.hot.view_count, 2)

    # Votes

    def _votes(self, article=None):
        self.env.invalidate_all()
        article = article or self.hot
        return article.helped_count, article.not_helped_count

    def test_visitor_votes_once_and_may_change_it(self):
        self._login(self.customer)
        reply = self._post(f"/help/{self.hot.id}/vote", helped="1")
        self.assertIn("Thank you", reply.text)
        self.assertEqual(self._votes(), (1, 0))
        self._post(f"/help/{self.hot.id}/vote", helped="1")
        self.assertEqual(self._votes(), (1, 0))
        self._post(f"/help/{self.hot.id}/vote", helped="0")
        self.assertEqual(self._votes(), (0, 1))

    def test_two_visitors_are_two(self):
        for user in (self.public, self.customer, self.partner_company, self.public):
            self._login(user)
            self._post(f"/help/{self.hot.id}/vote", helped="1")
        self.assertEqual(self._votes(), (4, 0))

    def test_who_voted_is_not_kept(self):
        self._login(self.customer)
        self._post(f"/help/{self.hot.id}/vote", helped="1")
        feedback = self.env["crm.article.feedback"].search([])
        self.assertRegex(feedback.visitor, r"^[0-9a-f]{64}$")
        self.assertNotEqual(feedback.create_uid, self.customer)

    def test_link_does_not_vote_nor_a_form_from_elsewhere(self):
        self._login(self.customer)
        path = f"/help/{self.hot.id}/vote"
        self.assertEqual(self._get(f"{path}?helped=1").status_code, 405)
        self.assertEqual(self._get(path, data={"helped": "1"}).status_code, 400)
        for nonsense in ("2", "", "yes", "-1", "1; DROP"):
            self._post(path, helped=nonsense)
        self.assertEqual(self._votes(), (0, 0))

    def test_nobody_votes_on_what_one_may_not_read(self):
        draft = self._article(state="draft")
        self._login(self.customer)
        reply = self._post(f"/help/{draft.id}/vote", helped="1")
        self.assertEqual(reply.status_code, 404)
        self.assertEqual(self._votes(draft), (0, 0))

    def test_votes_and_searches_are_limited(self):
        self._login(self.customer)
        with patch.object(controller, "VOTES", RateLimit(1, 60)):
            self._post(f"/help/{self.hot.id}/vote", helped="1")
            reply = self._post(f"/help/{self.hot.id}/vote", helped="0")
        self.assertEqual(reply.status_code, 429)
        self.assertEqual(self._votes(), (1, 0))
        with patch.object(controller, "SEARCHES", RateLimit(1, 60)):
            self.assertEqual(self._get("/help?q=grinder").status_code, 200)
            self.assertEqual(self._get("/help?q=grinder").status_code, 429)
            self.assertEqual(self._call("/help/suggest", text="grinder"), [])

    # Files

    def _with_file(self, content=b"Manual", name="manual.txt", **vals):
        article = self._article(**vals)
        file = self.env["ir.attachment"].create(
            {"name": name, "datas": base64.b64encode(content)}
        )
        article.attachment_ids = [Command.link(file.id)]
        return article, file

    def test_file_is_read_by_whom_the_article_is_for(self):
        article, file = self._with_file()
        path = f"/help/{article.id}/file/{file.id}"
        self._login(self.customer)
        self.assertIn(path, self._get(article._path()).text)
        reply = self._get(path)
        self.assertEqual(reply.content, b"Manual")
        self.assertIn("attachment", reply.headers["Content-Disposition"])
        self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff")

    def test_file_of_what_one_may_not_read_is_not_found(self):
        self._login(self.customer)
        for vals in ({"state": "draft"}, {"audience": "staff"}, {"state": "outdated"}):
            article, file = self._with_file(**vals)
            for path in (
                f"/help/{article.id}/file/{file.id}",
                f"/help/{self.hot.id}/file/{file.id}",
                f"/web/content/{file.id}",
                f"/web/content/crm.article/{article.id}/attachment_ids",
            ):
                reply = self._get(path)
                self.assertIn(reply.status_code, (403, 404), path)
                self.assertNotIn(b"Manual", reply.content)

    def test_file_of_another_record_is_not_given_out_by_an_article(self):
        ticket = self._create_ticket(self.petr)
        foreign = self.env["ir.attachment"].create(
            {"name": "secret.txt", "datas": base64.b64encode(b"Secret"),
             "res_model": ticket._name, "res_id": ticket.id}
        )  # fmt: skip
        self.hot.attachment_ids = [Command.link(foreign.id)]
        self._login(self.customer)
        self.assertNotIn("secret.txt", self._get(self.hot._path()).text)
        path = f"/help/{self.hot.id}/file/{foreign.id}"
        self.assertEqual(self._get(path).status_code, 404)

    def test_page_with_scripts_is_saved_and_not_shown(self):
        article, file = self._with_file(b"<script>alert(1)</script>", "x.html")
        self._login(self.customer)
        reply = self._get(f"/help/{article.id}/file/{file.id}")
        self.assertIn("attachment", reply.headers["Content-Disposition"])


@tagged("post_install", "-at_install")
class TestSuggestOnPortal(PagesCase):
    def test_articles_for_customers_are_suggested_to_anybody_on_the_form(self):
        self._article("Grinder secret", audience="staff")
        self._article("Grinder parts", audience="partner")
        self._article("Grinder draft", state="draft")
        for user in (self.customer, self.partner_company, self.author):
            self._login(user)
            found = self._call("/help/suggest", text="my grinder stops")
            self.assertEqual(
                found,
                [{"id": self.hot.id, "name": self.hot.name,
                  "teaser": "Let it cool down.", "url": self.hot._path()}],
            )  # fmt: skip

    def test_stranger_is_told_nothing_where_the_pages_are_closed(self):
        self.assertEqual(self._call("/help/suggest", text="grinder"), [])
        self.assertIsNone(self._call("/help/asked", text="xyzzy"))
        self.assertFalse(self._call("/help/solved", article_id=self.hot.id))
        self.assertFalse(self._searches())
        self._login(self.public)
        self.assertTrue(self._call("/help/suggest", text="grinder"))

    def test_suggesting_writes_nothing(self):
        self._login(self.customer)
        for text in ("gri", "grinder", "xyzzy"):
            self._call("/help/suggest", text=text)
        self.assertFalse(self._searches())

    def test_bad_questions_suggest_nothing(self):
        self._login(self.customer)
        for text in ("", " ", "!!", None, 5, [], {"a": 1}, "x" * 300_000, "\x00", "'"):
            self.assertEqual(self._call("/help/suggest", text=text), [])
            self.assertIsNone(self._call("/help/asked", text=text) or None)

    def test_question_that_stands_is_noted_without_who_asked(self):
        self._login(self.customer)
        asked = "Xyzzy of anna.berg@n.example.com +49 30 901821"
        self._call("/help/asked", text=asked)
        noted = self._searches()
        self.assertEqual(noted.terms, "xyzzy of [mail] [phone]")
        self.assertEqual((noted.hits, noted.audience), (0, "customer"))
        self.assertNotEqual(noted.create_uid, self.customer)
        self.assertNotIn("partner_id", noted._fields)

    def test_question_that_was_spared_counts_once_a_day(self):
        self._login(self.customer)
        search = self._call("/help/asked", text="grinder stops")
        for _twice in range(2):
            answer = self._call("/help/solved", article_id=self.hot.id, search=search)
            self.assertTrue(answer)
        self.env.invalidate_all()
        self.assertEqual(self.hot.solved_count, 1)
        self.assertTrue(self._searches().clicked)
        self.assertRecordValues(
            self.env["crm.article.feedback"].search([]),
            [{"kind": "solved", "origin": "question", "day": fields.Date.today(),
              "category_id": self.category.id}],
        )  # fmt: skip
        self._post(f"/help/{self.hot.id}/vote", helped="1")
        self.env.invalidate_all()
        self.assertEqual((self.hot.solved_count, self.hot.helped_count), (1, 1))

    def test_nothing_is_counted_for_what_one_may_not_read(self):
        self._login(self.customer)
        draft = self._article(state="draft")
        staff = self._article(audience="staff")
        for number in (draft.id, staff.id, 0, -1, "1", None, [1], 10**20):
            self.assertFalse(self._call("/help/solved", article_id=number))
        self.assertFalse(self.env["crm.article.feedback"].search([]))


@tagged("post_install", "-at_install")
class TestAskedAndNotFound(ArticleCase):
    def _ask(self, text, hits=0, audience="customer", lang="en_US"):
        return self.env["crm.article.search"]._note(text, hits, audience, lang)

    def _gaps(self, user=None):
        gaps = self.env["crm.article.gap"].with_user(user or self.author)
        return gaps.search([])

    def test_equal_questions_are_counted_together(self):
        for text in ("Milk  foam?", "milk foam?", " MILK FOAM? "):
            self._ask(text)
        self._ask("milk foam?", lang="es_ES")
        self._ask("grinder", hits=2)
        self.assertEqual(
            [(gap.terms, gap.lang_id.code, gap.count) for gap in self._gaps()],
            [("milk foam?", "en_US", 3), ("milk foam?", "es_ES", 1)],
        )

    def test_question_becomes_a_draft_and_leaves_the_list(self):
        self._ask("milk foam")
        self._ask("milk foam")
        action = self._gaps().action_make_article()
        self.assertFalse(self._gaps())
        article = self.env["crm.article"].browse(action["res_id"])
        self.assertRecordValues(
            article,
            [{"name": "Milk foam", "keywords": "milk foam", "state": "draft",
              "audience": "customer", "author_id": self.author.id}],
        )  # fmt: skip

    def test_question_no_article_is_wanted_for_leaves_the_list(self):
        self._ask("milk")
        self._ask("stock price")
        self._gaps().filtered(lambda gap: gap.terms == "stock price").action_dismiss()
        self.assertEqual(self._gaps().mapped("terms"), ["milk"])

    def test_question_asked_again_later_comes_back(self):
        self._ask("milk")
        self._gaps().action_dismiss()
        self._ask("milk")
        self.assertEqual(self._gaps().count, 1)

    def test_questions_without_a_word_are_not_noted(self):
        for text in ("", "???", None, "🙂"):
            self.assertFalse(self._ask(text))
        self.assertEqual(len(self._ask("x " * 10_000).terms), 99)

    def test_question_of_another_company_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._ask("milk").company_id = other
        self.assertFalse(self._gaps(self.reviewer))

    def test_old_questions_are_thrown_away(self):
        old, new = self._ask("old"), self._ask("new")
        old.day = "2020-01-01"
        self.env["crm.article.search"]._gc_old()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())
