from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ContractContract(models.Model):
    _inherit = "contract.contract"

    sla_calendar_id = fields.Many2one(
        "resource.calendar",
        "Service Hours",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="The hours in which the deadlines of this contract are counted, such as"
        " around the clock. Empty: as the SLA policy says.",
    )

    @api.constrains("sla_calendar_id")
    def _check_sla_calendar(self):
        for contract in self:
            calendar = contract.sla_calendar_id
            if calendar and not calendar._sla_is_usable():
                raise ValidationError(calendar._sla_problem())

    def write(self, vals):
        result = super().write(vals)
        if "service_level_id" in vals:
            # The level may have been sold without a right to write tickets.
            tickets_sudo = self.env["helpdesk.ticket"].sudo()
            tickets_sudo.search(
                [("contract_id", "in", self.ids), ("closed", "=", False)]
            )._sla_choose_again()
        return result
