from odoo import models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # Finds the first ticket after an order: a customer may have hundreds.
    _after_order_idx = models.Index("(commercial_partner_id, create_date)")
