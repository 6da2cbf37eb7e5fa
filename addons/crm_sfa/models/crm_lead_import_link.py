from odoo import fields, models


class CrmLead(models.Model):
    """Leads that came out of a spreadsheet."""

    _inherit = "crm.lead"

    import_row_ids = fields.One2many(
        "crm.lead.import.row",
        "lead_id",
        "Rows of Imports",
        readonly=True,
        groups="sales_team.group_sale_manager",
    )
