from odoo import api, fields, models


class CrmArticleCategory(models.Model):
    """A chapter of the knowledge base; chapters may lie in each other."""

    _name = "crm.article.category"
    _description = "Article Category"
    _parent_store = True
    _order = "sequence, complete_name, id"
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", store=True, recursive=True
    )
    parent_id = fields.Many2one(
        "crm.article.category", "Parent Category", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True, export_string_translation=False)
    child_ids = fields.One2many("crm.article.category", "parent_id", "Subcategories")
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    article_ids = fields.One2many("crm.article", "category_id", "Articles")

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        """Keep the path in the language of the source, to sort and to search by."""
        for category in self.with_context(lang=None):
            parent = category.parent_id.complete_name
            category.complete_name = (
                f"{parent} / {category.name}" if parent else category.name
            )

    @api.depends("name", "parent_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for category in self:
            # The path is told to whoever sees the category: a reader on the portal
            # may see it by its articles alone.
            path_sudo, names = category.sudo(), []
            while path_sudo:
                names.append(path_sudo.name or "")
                path_sudo = path_sudo.parent_id
            category.display_name = " / ".join(reversed(names))
