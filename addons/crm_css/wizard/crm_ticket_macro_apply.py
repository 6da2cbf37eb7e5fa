from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmTicketMacroApply(models.TransientModel):
    """The preview of a macro on one ticket or several, before it is sent."""

    _name = "crm.ticket.macro.apply"
    _description = "Apply a Macro"

    ticket_ids = fields.Many2many("helpdesk.ticket", string="Tickets")
    ticket_count = fields.Integer(compute="_compute_tickets")
    team_ids = fields.Many2many("helpdesk.ticket.team", compute="_compute_tickets")
    macro_id = fields.Many2one(
        "crm.ticket.macro",
        required=True,
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_ids)]",
        ondelete="cascade",
    )
    kind = fields.Selection(related="macro_id.kind")
    text = fields.Html(
        compute="_compute_text",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="As the customer gets it. Change what does not fit.",
    )
    sets = fields.Text("Then", compute="_compute_sets")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "helpdesk.ticket":
            ids = self.env.context.get("active_ids") or []
            values["ticket_ids"] = [Command.set(ids)]
        return values

    @api.depends("ticket_ids")
    def _compute_tickets(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)
            wizard.team_ids = wizard.ticket_ids.team_id

    @api.depends("macro_id", "ticket_ids")
    def _compute_text(self):
        for wizard in self:
            macro, first = wizard.macro_id, wizard.ticket_ids._origin[:1]
            texts = macro._texts(first) if macro and first else {}
            wizard.text = texts.get(first.id) or False

    @api.depends("macro_id")
    def _compute_sets(self):
        for wizard in self:
            macro = wizard.macro_id
            wizard.sets = "\n".join(macro._says()) if macro else False

    def action_apply(self):
        self.ensure_one()
        if not self.ticket_ids:
            raise UserError(self.env._("Choose the tickets first."))
        # What was changed by hand fits the one ticket that was seen.
        text = (self.text or "") if self.ticket_count == 1 else None
        self.macro_id._apply(self.ticket_ids, text)
        return {"type": "ir.actions.act_window_close"}
