from odoo import SUPERUSER_ID, api, fields, models


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "crm.stand.in.mixin"]

    # The mail gateway finds loops of one sender by this field.
    _primary_email = "partner_email"

    # They are searched from their other end; OCA's addons have no index on them.
    partner_id = fields.Many2one(index=True)
    product_id = fields.Many2one(index="btree_not_null")
    duplicate_id = fields.Many2one(index="btree_not_null")

    # What the card counts of one customer.
    _card_idx = models.Index("(partner_id, stage_id)")

    @api.model
    def default_get(self, fields):
        """Leave what the mail gateway makes unassigned: helpdesk_mgmt gives it to the
        gateway's own user, where nobody would look."""
        defaults = super().default_get(fields)
        if defaults.get("user_id") == SUPERUSER_ID:
            defaults["user_id"] = False
        return defaults

    def _portal_closing_stages(self):
        """Give the stages into which the customer may close this ticket."""
        self.ensure_one()
        return self.team_id._get_applicable_stages().filtered("close_from_portal")
