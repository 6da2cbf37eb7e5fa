from odoo import api, fields, models


class CrmInteraction(models.Model):
    """What came out of the talk: promises and needs."""

    _inherit = "crm.interaction"

    promise_ids = fields.One2many(
        "crm.promise",
        "interaction_id",
        "Promises",
        help="What was agreed: what, by whom, until when. Each is chased until it is"
        " kept.",
    )
    need_count = fields.Integer("Needs", compute="_compute_need_count")

    @api.depends_context("uid")
    def _compute_need_count(self):
        found = self.env["crm.need"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            ["res_id"],
            ["__count"],
        )
        counts = dict(found)
        for interaction in self:
            interaction.need_count = counts.get(interaction.id, 0)

    @api.readonly
    def action_needs(self):
        """Show the needs that came up here; a new one belongs here too."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Needs"),
            "res_model": "crm.need",
            "views": [(False, "list"), (False, "form")],
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": {"default_reference": f"{self._name},{self.id}"},
        }
