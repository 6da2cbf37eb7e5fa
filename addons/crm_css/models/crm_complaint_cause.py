from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmComplaintCause(models.Model):
    """Why customers complain: a tree, so that reports can sum up."""

    _name = "crm.complaint.cause"
    _description = "Complaint Cause"
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _parent_store = True

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", store=True, recursive=True
    )
    parent_id = fields.Many2one(
        "crm.complaint.cause", "Part of", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.complaint.cause", "parent_id", "Parts")
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex(
        "(name, COALESCE(parent_id, 0))",
        "There is a cause of this name in the same place already.",
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for cause in self:
            above = cause.parent_id.complete_name
            cause.complete_name = f"{above} / {cause.name}" if above else cause.name

    @api.constrains("parent_id")
    def _check_circle(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A cause cannot be a part of itself. Choose another one above it."
                )
            )
