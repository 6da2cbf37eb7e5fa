from odoo import fields, models


class CrmInteraction(models.Model):
    """A call, or another contact, of which a ticket was made."""

    _inherit = "crm.interaction"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    def action_make_ticket(self):
        """Make a ticket of what was noted, once, and open it."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the note may be a colleague's, which one may read only
        note_sudo = self.sudo()
        note_sudo.lock_for_update()
        note_sudo.invalidate_recordset(["ticket_id"])
        if not note_sudo.ticket_id:
            note_sudo.ticket_id = self.env["helpdesk.ticket"].create(
                self._prepare_ticket_vals()
            )
        return self.action_open_ticket()

    def action_open_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }

    def _prepare_ticket_vals(self):
        tickets = self.env["helpdesk.ticket"]
        channel = "phone" if self.kind == "call" else "other"
        partner = self.partner_id
        return {
            "name": tickets._shortened(self.name),
            "description": tickets._described(self.description),
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
            "partner_phone": partner.phone,
            "channel_id": tickets._channel(channel).id,
            "company_id": (self.company_id or self.env.company).id,
        }
