from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..tools import fulltext

COLUMN = "search_vector"
# How much a word counts in the body, the keywords and the title.
WEIGHTS = "{0.1, 0.2, 0.5, 1.0}"
# One is found by mistyping a word of this length or longer.
SHORTEST_TYPO = 4
# How alike a word of a title must be, of 0 to 1: two letters of ten may be wrong.
LIKENESS = "0.45"
SOURCES = ("search_config", "search_title", "search_keywords", "search_body")
SYSTEM = "base.group_system"
# So many are listed in the back end; who gets more asks more narrowly.
LISTED = 500


def _vector_definition() -> str:
    """Give the expression that the database keeps the full text index of a row by.

    The configuration has to be written out: its name taken from a column would not be
    immutable, as the database demands of what it keeps by itself.
    """
    cases = " ".join(
        f"WHEN '{config}' THEN "
        + " || ".join(
            f"setweight(to_tsvector('{config}', coalesce({column}, '')), '{weight}')"
            for column, weight in zip(SOURCES[1:], "ABC", strict=True)
        )
        for config in [*sorted(fulltext.CONFIGS.values()), fulltext.SIMPLE]
    )
    return f"CASE search_config {cases} END"


class CrmArticle(models.Model):
    """Found by the words in it, in its own language, within the rights of who asks.

    The texts here are what the index is made of: in lower case, and with words without
    their accents. The database itself keeps the index beside them, so it cannot drift.
    """

    _inherit = "crm.article"

    search_config = fields.Char(compute="_compute_search_config", store=True)
    search_title = fields.Char(
        compute="_compute_search_title", store=True, groups=SYSTEM, prefetch=False
    )
    search_keywords = fields.Text(
        compute="_compute_search_keywords", store=True, groups=SYSTEM, prefetch=False
    )
    search_body = fields.Text(
        compute="_compute_search_body", store=True, groups=SYSTEM, prefetch=False
    )
    search_latin = fields.Char(
        compute="_compute_search_latin", store=True, groups=SYSTEM, prefetch=False
    )

    found_text = fields.Char(
        "Words",
        compute="_compute_found_text",
        search="_search_found_text",
        groups="base.group_user",
        help="Finds articles by the words in title, keywords and text.",
    )

    def init(self):
        """Add what Odoo has no type of field for: the vector, and its indexes."""
        cr, table = self.env.cr, self._table
        definition = _vector_definition()
        cr.execute(
            SQL(
                "SELECT col_description(attrelid, attnum) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attname = %s AND NOT attisdropped",
                table,
                COLUMN,
            )
        )
        if cr.fetchone() != (definition,):
            name = SQL.identifier(table)
            column = SQL.identifier(COLUMN)
            cr.execute(SQL("ALTER TABLE %s DROP COLUMN IF EXISTS %s", name, column))
            cr.execute(
                SQL(
                    "ALTER TABLE %s ADD COLUMN %s tsvector"
                    " GENERATED ALWAYS AS (%s) STORED",
                    name,
                    column,
                    SQL(definition),  # pylint: disable=sql-injection
                )
            )
            cr.execute(SQL("COMMENT ON COLUMN %s.%s IS %s", name, column, definition))
        self._create_text_index("search", COLUMN)
        if self.env.registry.has_trigram:
            self._create_text_index("latin", "search_latin gin_trgm_ops")

    def _create_text_index(self, name: str, expression: str):
        """Index at once what is written: articles are read far more often, and a list
        of pending entries would be gone through by each search."""
        self.env.cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS %s ON %s USING gin (%s)"
                " WITH (fastupdate = off)",
                SQL.identifier(f"{self._table}_{name}_idx"),
                SQL.identifier(self._table),
                SQL(expression),  # pylint: disable=sql-injection
            )
        )

    @api.depends("lang_id")
    def _compute_search_config(self):
        for article in self:
            article.search_config = fulltext.config_of(article.lang_id.code)

    @api.depends("name")
    def _compute_search_title(self):
        for article in self:
            article.search_title = fulltext.indexable(article.name)

    @api.depends("keywords", "number", "product_tmpl_ids.name", "lang_id")
    def _compute_search_keywords(self):
        for article in self:
            products = article.with_context(lang=article.lang_id.code).product_tmpl_ids
            words = [article.keywords, article.number, *products.mapped("name")]
            article.search_keywords = fulltext.indexable(" ".join(filter(None, words)))

    @api.depends("body")
    def _compute_search_body(self):
        for article in self:
            article.search_body = fulltext.indexable(html2plaintext(article.body or ""))

    @api.depends("name", "keywords")
    def _compute_search_latin(self):
        for article in self:
            text = f"{article.name} {article.keywords or ''}"
            article.search_latin = fulltext.latin(text)

    def _compute_found_text(self):
        self.found_text = False

    def _search_found_text(self, operator, value):
        """Search as readers do, in all states that the employee may see."""
        if operator not in ("ilike", "in"):
            return NotImplemented
        text = value if isinstance(value, str) else " ".join(filter(None, value))
        words = fulltext.words(text)
        if not words:
            return Domain.FALSE
        found = self._find_words(words, None, Domain.TRUE, LISTED, any_word=False)
        return Domain("id", "in", found.ids)

    # Finding

    @api.model
    def _find(self, text, lang=None, domain=Domain.TRUE, limit=10, any_word=False):
        """Give the published articles that fit a question, the best first, of those
        that the reader may see.

        All words are looked for, the last one also as the beginning of a word; where
        that finds nothing, any of the words; and at last titles that are spelled alike.

        :param lang: a language code; articles in other languages are left out
        :param any_word: for long texts, such as a mail: no article has all its words
        """
        words = fulltext.words(text)
        if not words:
            return self.browse()
        domain = self._open_domain() & Domain(domain) & self._language_domain(lang)
        ways = [True] if any_word else [False, True]
        if len(words) == 1:
            ways = [False]
        for way in ways:
            if found := self._find_words(words, lang, domain, limit, way):
                return found
        return self._find_alike(words, domain, limit)

    @api.model
    def _language_domain(self, lang) -> Domain:
        """Take in the regional kinds of a language, and what is for all languages."""
        if not lang:
            return Domain.TRUE
        base = lang.partition("_")[0]
        return Domain("lang_id", "=", False) | Domain(
            "search_config" if base in fulltext.CONFIGS else "lang_id.code",
            "=" if base in fulltext.CONFIGS else "=like",
            fulltext.CONFIGS.get(base, f"{base}%"),
        )

    def _find_words(self, words, lang, domain, limit, any_word):
        return self._browse_query(
            self._words_query(words, lang, domain, limit, any_word)
        )

    def _words_query(self, words, lang, domain, limit, any_word):
        # The columns of the index are the server's; the domain is checked as usual.
        query = self._search_as_reader(domain)
        vector = SQL.identifier(query.table, COLUMN)
        asked = self._tsquery(words, lang, any_word)
        query.add_where(SQL("%s @@ %s", vector, asked))
        query.order = SQL(
            "ts_rank(%s::float4[], %s, %s) DESC, %s DESC",
            WEIGHTS,
            vector,
            asked,
            SQL.identifier(query.table, "id"),
        )
        query.limit = limit
        return query

    def _tsquery(self, words, lang, any_word) -> SQL:
        """Give the question as the database understands it, once in each language.

        The words hold letters and digits only, and they go in as a parameter.
        """
        groups = []
        for word in words:
            forms = fulltext.spellings(word)
            if word == words[-1] and not any_word and len(word) > 1:
                forms += [f"{form}:*" for form in forms]
            groups.append(f"({' | '.join(forms)})")
        text = (" | " if any_word else " & ").join(groups)
        configs = dict.fromkeys(
            [fulltext.config_of(code) for code in self._asked_languages(lang)]
            + [fulltext.SIMPLE]
        )
        parts = (SQL("to_tsquery(%s::regconfig, %s)", name, text) for name in configs)
        return SQL("(%s)", SQL(" || ").join(parts))

    def _asked_languages(self, lang) -> list[str]:
        if lang:
            return [lang]
        return [code for code, _name in self.env["res.lang"].get_installed()]

    def _find_alike(self, words, domain, limit):
        """Find titles with a word that is spelled nearly as one of these."""
        latin = [fulltext.latin(word) for word in words[:6]]
        latin = [word for word in latin if len(word) >= SHORTEST_TYPO]
        if not latin or not self.env.registry.has_trigram:
            return self.browse()
        self.env.cr.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
            [LIKENESS],
        )
        return self._browse_query(self._alike_query(latin, domain, limit))

    def _alike_query(self, words, domain, limit):
        query = self._search_as_reader(domain)
        column = SQL.identifier(query.table, "search_latin")
        alike = SQL(" OR ").join(SQL("%s <%% %s", word, column) for word in words)
        query.add_where(SQL("(%s)", alike))
        likeness = SQL(" + ").join(
            SQL("word_similarity(%s, %s)", word, column) for word in words
        )
        query.order = SQL(
            "%s DESC, %s DESC", likeness, SQL.identifier(query.table, "id")
        )
        query.limit = limit
        return query

    def _search_as_reader(self, domain):
        """Give the query of what the reader may see.

        Readers may not look at the columns of the index, the condition on the language
        is ours: so the rules of the reader are taken into a search as the server.
        """
        self.browse().check_access("read")
        rules = Domain.TRUE
        if not self.env.su:
            rules = self.env["ir.rule"]._compute_domain(self._name, "read")
        self.flush_model([*SOURCES, "search_latin"])
        articles_sudo = self.sudo()
        return articles_sudo._search(domain & Domain(rules))

    def _browse_query(self, query):
        return self.browse(row[0] for row in self.env.execute_query(query.select()))
