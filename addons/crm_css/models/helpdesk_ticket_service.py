from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """What decides how a ticket is served: how bad it is, where, and what was sold."""

    _inherit = "helpdesk.ticket"

    severity = fields.Selection(
        [
            ("0", "Question"),
            ("1", "Minor"),
            ("2", "Major"),
            ("3", "Standstill"),
        ],
        required=True,
        default="1",
        tracking=True,
        help="How much the customer is hindered, whoever the customer is. "
        "Standstill: the customer cannot work.",
    )
    contract_id = fields.Many2one(
        "contract.contract",
        "Service contract",
        index="btree_not_null",
        check_company=True,
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        tracking=True,
    )
    service_level_id = fields.Many2one(
        related="contract_id.service_level_id", store=True, index="btree_not_null"
    )
    territory_id = fields.Many2one(
        "crm.territory",
        compute="_compute_territory_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )

    @api.depends("partner_id")
    def _compute_territory_id(self):
        """Keep the territory that was true when the ticket came, for the reports."""
        for ticket in self:
            ticket.territory_id = ticket.partner_id.territory_id
