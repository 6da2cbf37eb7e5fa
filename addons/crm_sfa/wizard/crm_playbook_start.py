from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmPlaybookStart(models.TransientModel):
    """Start a playbook by hand, on deals or customers."""

    _name = "crm.playbook.start"
    _description = "Start a Playbook"

    playbook_id = fields.Many2one(
        "crm.playbook", required=True, domain="[('target', '=', target)]"
    )
    target = fields.Char(compute="_compute_target")
    lead_ids = fields.Many2many("crm.lead", string="Deals")
    partner_ids = fields.Many2many("res.partner", string="Customers")
    date_start = fields.Date(
        "Start",
        required=True,
        default=fields.Date.context_today,
        help="The day from which the steps are counted; it may lie ahead.",
    )

    @api.depends("lead_ids")
    def _compute_target(self):
        for wizard in self:
            wizard.target = "crm.lead" if wizard.lead_ids else "res.partner"

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        ids = self.env.context.get("active_ids")
        field = {"crm.lead": "lead_ids", "res.partner": "partner_ids"}.get(
            self.env.context.get("active_model")
        )
        if ids and field and not values.get(field):
            values[field] = ids
        return values

    def action_start(self):
        self.ensure_one()
        records = self.lead_ids or self.partner_ids
        records.check_access("write")
        if self.playbook_id.target != records._name:
            raise UserError(
                self.env._(
                    "“%(name)s” is for something else. Choose another playbook.",
                    name=self.playbook_id.name,
                )
            )
        runs = self.playbook_id._start(records, self.date_start)
        if not runs:
            raise UserError(
                self.env._(
                    "“%(name)s” runs here already. Stop it first to begin anew.",
                    name=self.playbook_id.name,
                )
            )
        return {"type": "ir.actions.act_window_close"}
