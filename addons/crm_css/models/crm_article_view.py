from odoo import api, fields, models
from odoo.tools import SQL


class CrmArticleView(models.Model):
    """How often an article was read on the help pages on one day, by visitors who are
    no colleagues."""

    _name = "crm.article.view"
    _description = "Views of an Article"
    _order = "day desc, id desc"
    _rec_name = "article_id"

    article_id = fields.Many2one(
        "crm.article", required=True, readonly=True, index=True, ondelete="cascade"
    )
    day = fields.Date(required=True, readonly=True)
    count = fields.Integer("Views", required=True, readonly=True, default=0)

    _article_day_uniq = models.UniqueIndex("(article_id, day)")

    @api.model
    def _count_one(self, article):
        """Count one reader. In SQL, so that two at once do not make two rows."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_article_view (article_id, day, count)"
                " VALUES (%s, %s, 1) ON CONFLICT (article_id, day)"
                " DO UPDATE SET count = crm_article_view.count + 1",
                article.id,
                fields.Date.today(),
            )
        )
        self.invalidate_model(["count"])
