from odoo import api, fields, models


class CrmServiceRuleRun(models.Model):
    """That a service rule acted on a ticket, and what it did."""

    _name = "crm.service.rule.run"
    _description = "Run of a Service Rule"
    _order = "id desc"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "crm.service.rule", required=True, readonly=True, ondelete="cascade", index=True
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    told = fields.Text("What It Did", readonly=True)
    is_failed = fields.Boolean("Failed", readonly=True)
    episode = fields.Char("Wait Since", readonly=True)

    _once_per_wait = models.UniqueIndex(
        "(rule_id, ticket_id, episode) WHERE episode IS NOT NULL",
        "This rule has acted on this wait already.",
    )

    @api.readonly
    def action_open_ticket(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }
