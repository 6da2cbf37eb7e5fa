from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_base.tools.forget import Part, scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        """Articles hold no person on purpose; some may by mistake."""
        texts = ("name", "keywords", "body", "teaser")
        index = ("search_title", "search_keywords", "search_body")
        return [
            *super()._forget_parts(),
            # In Latin letters the name is no longer known for one.
            Part(
                "crm.article",
                mentioned=("name", "keywords"),
                clear={"search_latin": SQL("number")},
            ),
            scrub("crm.article", *texts, *index),
            scrub("crm.article.version", "name", "body"),
            scrub("crm.article.search", "terms"),
        ]
