import re

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models

from ..tools import fulltext, masking
from .crm_article import AUDIENCES

KEPT = relativedelta(years=2)
BATCH = 10_000
MASK = re.compile(r"\[\w+\]")


class CrmArticleSearch(models.Model):
    """What somebody looked for in the knowledge base, and whether anything was found.

    Not who: neither person nor address is kept, and mails and numbers in the words are
    masked.
    """

    _name = "crm.article.search"
    _description = "Search for Articles"
    _order = "id desc"
    _rec_name = "terms"

    terms = fields.Char("Asked", required=True, readonly=True, index=True)
    lang_id = fields.Many2one("res.lang", "Language", readonly=True, index=True)
    audience = fields.Selection(AUDIENCES, "Asked by", required=True, readonly=True)
    hits = fields.Integer("Found", required=True, readonly=True, default=0)
    clicked = fields.Boolean("Opened one", readonly=True)
    day = fields.Date(
        required=True, readonly=True, default=fields.Date.today, index=True
    )
    settled = fields.Boolean(
        readonly=True, help="An article was begun, or none is wanted."
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)

    _gap_idx = models.Index("(terms) WHERE hits = 0 AND NOT settled")

    @api.model
    def _note(self, text: str, hits: int, audience: str, lang: str | None = None):
        """Note a question; nothing where it holds no word."""
        company = self.env.company
        text = masking.mask_text((text or "")[: fulltext.LONGEST_QUESTION]).text
        terms = fulltext.clean_terms(text)
        if not fulltext.words(MASK.sub("", terms)):
            return self.browse()
        # As the system: else the row would say who made it.
        searches_sudo = self.with_user(SUPERUSER_ID)
        return searches_sudo.create(
            {
                "terms": terms,
                "lang_id": self.env["res.lang"]._get_data(code=lang).id,
                "audience": audience,
                "hits": hits,
                "company_id": company.id,
            }
        )

    @api.autovacuum
    def _gc_old(self):
        limit = fields.Date.today() - KEPT
        old = self.search([("day", "<", limit)], limit=BATCH)
        old.unlink()
        return len(old), len(old) == BATCH
