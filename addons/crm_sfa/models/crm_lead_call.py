from odoo import fields, models


class CrmLead(models.Model):
    """Deals that are on a call list, or came of a call."""

    _inherit = "crm.lead"

    call_line_ids = fields.One2many(
        "crm.call.list.line",
        "lead_id",
        "Entries of Call Lists",
        readonly=True,
        groups="crm_base.crm_base_group_user",
    )
