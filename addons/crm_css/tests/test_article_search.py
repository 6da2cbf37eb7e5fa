from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged, users, warmup
from odoo.tools import SQL, mute_logger

from .article_common import ArticleCase


@tagged("post_install", "-at_install")
class TestArticleSearch(ArticleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hot = cls._article(
            "The grinder runs hot",
            body="<p>The thermal switch protects the motor of grinders.</p>",
            keywords="overheats E04",
        )
        cls.foam = cls._article("Milk foam", body="<p>Clean the steam wand.</p>")
        cls.filter = cls._article(
            "Water", body="<p>Grinders need no filter. Machines do.</p>"
        )
        cls.hot_es = cls._article(
            "El molinillo se calienta",
            lang_id=cls.spanish.id,
            body="<p>La instalación eléctrica: ¿café molido?</p>",
            source_id=cls.hot.id,
        )
        cls.hot_ru = cls._article(
            "Кофемолка перегревается",
            lang_id=cls.russian.id,
            body="<p>Проверьте счётчик и жернова кофемолки.</p>",
            source_id=cls.hot.id,
        )

    # Words

    def test_other_forms_of_a_word_are_found_in_each_language(self):
        for question, article in (
            ("grinding steamed wands", self.foam.browse()),
            ("steaming wands", self.foam),
            ("instalaciones eléctricas", self.hot_es),
            ("жёрнов кофемолок", self.hot_ru.browse()),
            ("жерновами кофемолку", self.hot_ru),
        ):
            with self.subTest(question):
                self.assertEqual(self._find_words_only(*question.split()), article)

    def test_case_and_accents_do_not_matter(self):
        for question in ("INSTALACIÓN", "instalacion", "cafe", "CAFÉ"):
            self.assertEqual(self._find(question), self.hot_es, question)
        for question in ("счетчик", "СЧЁТЧИК"):
            self.assertEqual(self._find(question), self.hot_ru, question)

    def test_title_counts_more_than_keywords_and_these_more_than_the_text(self):
        by_text = self._article("One", body="<p>A burr is worn.</p>")
        by_keyword = self._article("Two", keywords="burr")
        by_title = self._article("The burr")
        self.assertEqual(self._find("burr"), by_title + by_keyword + by_text)

    def test_last_word_is_also_a_beginning(self):
        self.assertEqual(self._find("thermal swi"), self.hot)
        self.assertEqual(self._find("кофемол", lang="ru_RU"), self.hot_ru)

    def test_all_words_come_before_any_word(self):
        self.assertEqual(self._find("filter grinders"), self.filter)
        found = self._find("filter foam")
        self.assertEqual(set(found), {self.filter, self.foam})

    def test_word_with_a_typing_error_is_found_by_the_title(self):
        for question, article in (
            ("grindre", self.hot),
            ("mollinillo", self.hot_es),
            ("перегрваеться", self.hot_ru),
            ("kofemolka", self.hot_ru),
        ):
            self.assertIn(article, self._find(question), question)

    def test_number_and_error_code_are_found(self):
        self.assertEqual(self._find(self.foam.number), self.foam)
        self.assertEqual(self._find("e04"), self.hot)

    def test_index_follows_the_text(self):
        self.foam.body = "<p>Use a pitcher.</p>"
        self.assertEqual(self._find("pitcher"), self.foam)
        self.assertFalse(self._find_words_only("wand"))
        self.foam.lang_id = self.spanish
        self.assertEqual(self.foam.search_config, "spanish")

    def _find_words_only(self, *words):
        """Search without what follows where nothing is found."""
        return self.env["crm.article"]._find_words(words, {}, None, Domain.TRUE, 5)

    def test_language_is_kept_to_where_asked_for(self):
        self.assertEqual(self._find("кофемолка", lang="ru_RU"), self.hot_ru)
        self.assertFalse(self._find("счётчик", lang="en_US"))
        everywhere = self._article("Everywhere счётчик", lang_id=False)
        self.assertEqual(self._find("счётчик", lang="en_US"), everywhere)

    def test_regional_kind_of_a_language_reads_the_language(self):
        self.assertEqual(self._find("instalación", lang="es_MX"), self.hot_es)

    # Bad input

    def test_signs_of_the_query_language_are_words_or_nothing(self):
        for question in (
            "grinder & | ! <-> (",
            "'grinder':*",
            "grinder' OR 1=1 --",
            "grinder\\",
            '"grinder',
            "gri%nder_%",
            "grinder {{7*7}}",
            "grinder:ABCD",
            "!grinder",
        ):
            with self.subTest(question):
                self.assertIn(self.hot, self._find(question, any_word=True))

    def test_nothing_to_look_for_finds_nothing(self):
        for question in (
            "",
            "   ",
            None,
            False,
            "!!! ???",
            "\x00",
            "🙂",
            "'; --",
            "%%",
        ):
            self.assertFalse(self._find(question))

    def test_words_that_are_in_every_text_find_nothing(self):
        self.assertFalse(self._find("the and of"))

    def test_very_long_question_is_cut(self):
        self.assertIn(self.hot, self._find("grinder " * 100_000))
        self.assertFalse(self._find("x" * 1_000_000))
        self.assertIn(
            self.hot,
            self._find(
                "grinder " + " ".join(f"w{n}" for n in range(5000)), any_word=True
            ),
        )

    def test_very_long_text_is_indexed_in_part(self):
        long = self._article(
            "Long", body=f"<p>needle {' '.join(f'wort{n}' for n in range(60_000))}</p>"
        )
        self.assertEqual(self._find("needle"), long)

    # Rights

    def test_readers_find_what_is_for_them(self):
        staff = self._article("Boiler secret", audience="staff")
        partner = self._article("Boiler parts", audience="partner")
        customer = self._article("Boiler care")
        for user, expected in (
            (self.colleague, staff + partner + customer),
            (self.outsider, staff + partner + customer),
            (self.partner_company, partner + customer),
            (self.customer, customer),
            (self.public, self.env["crm.article"]),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(set(self._find("boiler", user)), set(expected))
                alike = self._find("boilr", user)
                self.assertEqual(set(alike), set(expected))

    def test_stranger_finds_articles_for_customers_where_the_company_says_so(self):
        article = self._article("Boiler")
        self.assertFalse(self._find("boiler", self.public))
        self.env.company.help_access = "public"
        self.assertEqual(self._find("boiler", self.public), article)
        self.env.company.help_access = "login"
        self.assertFalse(self._find("boiler", self.public))

    def test_only_what_is_published_and_valid_is_found(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        for vals in (
            {"state": "draft"},
            {"state": "review"},
            {"state": "outdated"},
            {"valid_until": yesterday},
            {"active": False},
        ):
            self._article("Boiler", **vals)
        for user in (self.author, self.reviewer, self.customer):
            self.assertFalse(self._find("boiler", user))

    def test_article_of_another_company_is_not_found(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._article("Boiler", company_id=other.id)
        for user in (self.reviewer, self.customer):
            self.assertFalse(self._find("boiler", user))

    def test_columns_of_the_index_are_not_for_readers(self):
        for user in (self.customer, self.colleague):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.hot.with_user(user).read(["search_body"])

    def test_words_find_drafts_of_ones_own_in_the_back_end(self):
        draft = self._article("Boiler", state="draft")
        articles = self.env["crm.article"]
        for user, expected in (
            (self.author, draft),
            (self.reviewer, draft),
            (self.colleague, articles),
        ):
            domain = [("found_text", "ilike", "boilers")]
            self.assertEqual(articles.with_user(user).search(domain), expected)

    # Speed

    @users("css_colleague")
    @warmup
    def test_search_is_two_queries(self):
        with self.assertQueryCount(2):
            self.env["crm.article"]._find("thermal switch", lang="en_US")

    @users("css_colleague")
    @warmup
    def test_search_in_vain_is_five_queries(self):
        with self.assertQueryCount(5):
            self.env["crm.article"]._find("zzzzzz yyyyyy", lang="en_US")

    def _fill(self, count=2_000):
        """Add articles, past the ORM, so that an index is worth while."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO crm_article (name, state, audience, active, author_id,
                                     search_config, search_title, search_body,
                                     search_latin)
            SELECT title, 'published', 'customer', TRUE, %s, 'english', title,
                   repeat(title || ' ', 20), title
              FROM (SELECT 'word' || n || ' other' || n %% 97 AS title
                      FROM generate_series(1, %s) n) made
            """,
            [self.author.id, count],
        )
        self.env.cr.execute("ANALYZE crm_article")

    def _plan(self, query):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row[0] for row in rows)

    def test_words_are_looked_up_in_the_index(self):
        self._fill()
        for user in (self.colleague, self.customer):
            articles = self.env["crm.article"].with_user(user)
            for any_word in (False, True):
                asked = articles._tsquery(["thermal", "switch"], None, any_word)
                for column, index in (
                    ("search_vector", "crm_article_search_idx"),
                    ("search_title_vector", "crm_article_title_idx"),
                ):
                    query = articles._words_query(
                        asked, articles._open_domain(), 5, column, column
                    )
                    self.assertIn(index, self._plan(query))

    def test_words_that_most_articles_have_are_not_what_is_looked_for(self):
        self._fill()
        self.env.cr.execute(
            "UPDATE crm_article SET search_body = 'coffee machine ' || search_body"
        )
        self.env.cr.execute("ANALYZE crm_article")
        articles = self.env["crm.article"].with_user(self.customer)
        words = ["the", "coffee", "machine", "thermal"]
        counts = articles._article_counts(words, "en_US")
        self.assertGreater(counts["coffee"], 1_900)
        self.assertLess(counts["thermal"], 100)
        self.assertEqual(set(articles._telling_words(counts)), {"the", "thermal"})
        found = articles._find("the coffee machine thermal", any_word=True)
        self.assertEqual(found, self.hot)

    def test_word_that_most_articles_have_is_looked_for_in_titles_first(self):
        self._fill()
        self.env.cr.execute(
            "UPDATE crm_article SET search_body = 'coffee ' || search_body"
        )
        self.env.cr.execute("ANALYZE crm_article")
        self.foam.name = "Coffee with foam"
        articles = self.env["crm.article"].with_user(self.customer)
        self.assertEqual(articles._find("coffee"), self.foam)
        self.foam.name = "Foam"
        self.assertEqual(len(articles._find("coffee", limit=7)), 7)

    def test_typing_errors_are_looked_up_in_an_index(self):
        self.assertTrue(self.env.registry.has_trigram)
        self._fill()
        articles = self.env["crm.article"].with_user(self.customer)
        query = articles._alike_query(["grindre"], articles._open_domain(), 5)
        self.assertIn("crm_article_latin_idx", self._plan(query))
