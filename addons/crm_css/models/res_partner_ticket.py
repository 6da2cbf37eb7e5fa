from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _compute_helpdesk_ticket_count(self):
        """Count in the database: helpdesk_mgmt reads every ticket of the customer,
        which takes half a second where there are ten thousand."""
        tickets = self.env["helpdesk.ticket"]
        for partner in self:
            counts = tickets._read_group(
                [("partner_id", "child_of", partner.id)], ["stage_id"], ["__count"]
            )
            count = sum(number for _stage, number in counts)
            active = sum(number for stage, number in counts if not stage.closed)
            partner.helpdesk_ticket_count = count
            partner.helpdesk_ticket_active_count = active
            partner.helpdesk_ticket_count_string = f"{active} / {count}"
