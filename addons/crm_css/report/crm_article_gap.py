from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_article import AUDIENCES


class CrmArticleGap(models.Model):
    """A question to which the knowledge base had no answer, with how often it came."""

    _name = "crm.article.gap"
    _description = "Asked and Not Found"
    _auto = False
    _order = "count desc, last_day desc, id"
    _rec_name = "terms"
    _depends = {
        "crm.article.search": [
            "terms", "lang_id", "audience", "hits", "day", "settled", "company_id",
        ]
    }  # fmt: skip

    terms = fields.Char("Asked", readonly=True)
    lang_id = fields.Many2one("res.lang", "Language", readonly=True)
    audience = fields.Selection(AUDIENCES, "Asked by", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    count = fields.Integer("Times", readonly=True)
    first_day = fields.Date("First Asked", readonly=True)
    last_day = fields.Date("Last Asked", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(id) AS id, terms, lang_id, audience, company_id,
                   count(*)::int AS count, min(day) AS first_day, max(day) AS last_day
              FROM crm_article_search
             WHERE hits = 0 AND settled IS NOT TRUE
             GROUP BY terms, lang_id, audience, company_id
            """
        )

    def action_make_article(self):
        """Begin an article with the words that were asked, and take the question off
        the list."""
        self.ensure_one()
        article = self.env["crm.article"].create(
            {
                "name": self.terms[:1].upper() + self.terms[1:],
                "keywords": self.terms,
                "lang_id": self.lang_id.id,
                "audience": self.audience,
                "company_id": False,
            }
        )
        self._settle()
        return article._window(article)

    def action_dismiss(self):
        """Take questions off the list that no article is wanted for."""
        self.env["crm.article"].check_access("create")
        self._settle()

    def _settle(self):
        """Take the questions off the list, those too that were asked by others."""
        for gap in self:
            domain = [
                ("terms", "=", gap.terms),
                ("lang_id", "=", gap.lang_id.id),
                ("audience", "=", gap.audience),
                ("company_id", "=", gap.company_id.id),
            ]
            # Nobody writes searches by hand, and they are those of all readers.
            searches_sudo = self.env["crm.article.search"].sudo()
            searches_sudo.search(domain).write({"settled": True})
