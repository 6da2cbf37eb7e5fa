from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..tools import fulltext

# What is searched, and the part of it without the body: far smaller.
COLUMN, TITLE_COLUMN = "search_vector", "search_title_vector"
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


# So many articles are ranked by all their words in the time that a search may take.
CROWD = 1_000
# Of a long text so many words are looked for.
MOST_WORDS = 12
# A shorter beginning is that of too many words.
SHORTEST_BEGINNING = 3


def _vector_definition(columns: tuple[str, ...]) -> str:
    """Give the expression that the database keeps the full text index of a row by.

    The configuration has to be written out: its name taken from a column would not be
    immutable, as the database demands of what it keeps by itself.
    """
    cases = " ".join(
        f"WHEN '{config}' THEN "
        + " || ".join(
            f"setweight(to_tsvector('{config}', coalesce({column}, '')), '{weight}')"
            for column, weight in zip(columns, "ABC", strict=False)
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

    search_config = fields.Char(
        compute="_compute_search_config", store=True, export_string_translation=False
    )
    search_title = fields.Char(
        compute="_compute_search_title",
        store=True,
        groups=SYSTEM,
        prefetch=False,
        export_string_translation=False,
    )
    search_keywords = fields.Text(
        compute="_compute_search_keywords",
        store=True,
        groups=SYSTEM,
        prefetch=False,
        export_string_translation=False,
    )
    search_body = fields.Text(
        compute="_compute_search_body",
        store=True,
        groups=SYSTEM,
        prefetch=False,
        export_string_translation=False,
    )
    search_latin = fields.Char(
        compute="_compute_search_latin",
        store=True,
        groups=SYSTEM,
        prefetch=False,
        export_string_translation=False,
    )

    found_text = fields.Char(
        "Words",
        compute="_compute_found_text",
        search="_search_found_text",
        groups="base.group_user",
        help="Finds articles by the words in title, keywords and text.",
    )

    def init(self):
        """Add what Odoo has no type of field for: the vectors, and their indexes."""
        self._keep_vector(COLUMN, _vector_definition(SOURCES[1:]))
        self._keep_vector(TITLE_COLUMN, _vector_definition(SOURCES[1:3]))
        self._create_text_index("search", COLUMN)
        self._create_text_index("title", TITLE_COLUMN)
        if self.env.registry.has_trigram:
            self._create_text_index("latin", "search_latin gin_trgm_ops")

    def _keep_vector(self, name: str, definition: str):
        """Have the database keep a vector; make it anew where its definition changed,
        which stands in the column's comment."""
        cr = self.env.cr
        table, column = SQL.identifier(self._table), SQL.identifier(name)
        cr.execute(
            SQL(
                "SELECT col_description(attrelid, attnum) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attname = %s AND NOT attisdropped",
                self._table,
                name,
            )
        )
        if cr.fetchone() == (definition,):
            return
        expression = SQL(definition)  # pylint: disable=sql-injection
        cr.execute(SQL("ALTER TABLE %s DROP COLUMN IF EXISTS %s", table, column))
        cr.execute(
            SQL(
                "ALTER TABLE %s ADD COLUMN %s tsvector GENERATED ALWAYS AS (%s) STORED",
                table,
                column,
                expression,
            )
        )
        cr.execute(SQL("COMMENT ON COLUMN %s.%s IS %s", table, column, definition))

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
        counts = self._article_counts(words, None)
        found = self._find_words(words, counts, None, Domain.TRUE, LISTED)
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
        counts = self._article_counts(words, lang)
        found = self.browse()
        if not any_word or len(words) == 1:
            found = self._find_words(words, counts, lang, domain, limit)
        if not found and len(words) > 1:
            telling = self._telling_words(counts)
            found = self._find_words(telling, counts, lang, domain, limit, True)
        return found or self._find_alike(words, domain, limit)

    def _article_counts(self, words, lang) -> dict[str, float]:
        """Estimate how many articles have each word, by what the database knows of the
        most common ones: any other is in fewer. Words of no index are left out.

        The last word also counts as a beginning.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH common AS (
                    SELECT lexeme, part * greatest(reltuples, 0) AS articles
                      FROM pg_class
                      JOIN pg_stats ON tablename = relname
                       AND schemaname = relnamespace::regnamespace::text,
                           unnest(most_common_elems::text::text[],
                                  most_common_elem_freqs) elem(lexeme, part)
                     WHERE pg_class.oid = %(table)s::regclass
                       AND attname = %(column)s
                       AND lexeme IS NOT NULL
                ), asked AS (
                    SELECT DISTINCT word, lexeme
                      FROM unnest(%(words)s) word, unnest(%(configs)s) config,
                           unnest(to_tsvector(config::regconfig, word))
                )
                SELECT word,
                       coalesce(sum(articles), (SELECT min(articles) FROM common), 0)
                  FROM asked LEFT JOIN common
                    ON common.lexeme = asked.lexeme
                    OR word = %(last)s AND starts_with(common.lexeme, asked.lexeme)
                 GROUP BY word
                """,
                table=self._table,
                column=COLUMN,
                words=words,
                configs=self._configs(lang),
                last=words[-1],
            )
        )
        return dict(rows)

    @api.model
    def _telling_words(self, counts: dict[str, float]) -> list[str]:
        """Give the words that stand in few articles, the rarest first: those that all
        have tell nothing, and would cost the most."""
        telling, total = [], 0
        for word in sorted(counts, key=counts.get)[:MOST_WORDS]:
            total += counts[word]
            if telling and total > CROWD:
                break
            telling.append(word)
        return telling

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

    def _find_words(self, words, counts, lang, domain, limit, any_word=False):
        """Find by all words or by any; where too many articles have them, look into
        their titles and keywords first, and rank by these."""
        if not words:
            return self.browse()
        crowd = min((counts[word] for word in words if word in counts), default=0)
        asked = self._tsquery(words, lang, any_word)
        columns = [TITLE_COLUMN, COLUMN] if crowd > CROWD else [COLUMN]
        for column in columns:
            query = self._words_query(asked, domain, limit, column, columns[0])
            if found := self._browse_query(query):
                return found
        return self.browse()

    def _words_query(self, asked, domain, limit, column=COLUMN, ranked_by=COLUMN):
        query = self._search_as_reader(domain)
        query.add_where(SQL("%s @@ %s", SQL.identifier(query.table, column), asked))
        query.order = SQL(
            "ts_rank(%s::float4[], %s, %s) DESC, %s DESC",
            WEIGHTS,
            SQL.identifier(query.table, ranked_by),
            asked,
            SQL.identifier(query.table, "id"),
        )
        query.limit = limit
        return query

    def _tsquery(self, words, lang, any_word=False) -> SQL:
        """Give the question as the database understands it, once in each language.

        The words hold letters and digits only, and they go in as a parameter.
        """
        groups = []
        for word in words:
            forms = fulltext.spellings(word)
            if word == words[-1] and not any_word and len(word) >= SHORTEST_BEGINNING:
                forms += [f"{form}:*" for form in forms]
            groups.append(f"({' | '.join(forms)})")
        text = (" | " if any_word else " & ").join(groups)
        configs = self._configs(lang)
        parts = (SQL("to_tsquery(%s::regconfig, %s)", name, text) for name in configs)
        return SQL("(%s)", SQL(" || ").join(parts))

    def _configs(self, lang) -> list[str]:
        codes = [lang]
        if not lang:
            codes = [code for code, _name in self.env["res.lang"].get_installed()]
        configs = [fulltext.config_of(code) for code in codes]
        return list(dict.fromkeys([*configs, fulltext.SIMPLE]))

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
        articles_sudo = self.sudo()  # with the reader's rules, see above
        return articles_sudo._search(domain & Domain(rules))

    def _browse_query(self, query):
        return self.browse(row[0] for row in self.env.execute_query(query.select()))
