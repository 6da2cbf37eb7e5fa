from odoo import fields, models
from odoo.tools import html2plaintext


class CrmArticleVersion(models.Model):
    """The title and the text of an article as somebody saved them."""

    _name = "crm.article.version"
    _description = "Version of an Article"
    _order = "id desc"

    article_id = fields.Many2one(
        "crm.article", required=True, readonly=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Title", required=True, readonly=True)
    body = fields.Html(
        readonly=True,
        sanitize_attributes=True,
        sanitize_style=True,
        sanitize_form=True,
    )
    user_id = fields.Many2one("res.users", "Saved by", required=True, readonly=True)
    date = fields.Datetime("Saved on", required=True, readonly=True)
    text_length = fields.Integer(
        "Characters",
        compute="_compute_text_length",
        aggregator=None,
        help="Of the text.",
    )

    def _compute_text_length(self):
        for version in self:
            version.text_length = len(html2plaintext(version.body or ""))

    def action_restore(self):
        """Bring title and text back; what stood there stays a version too."""
        self.ensure_one()
        self.article_id.write({"name": self.name, "body": self.body})
        return self.article_id._window(self.article_id)
