from odoo import fields, models

TARGETS = [
    ("contact_name", "Name"),
    ("partner_name", "Company"),
    ("email_from", "E-mail"),
    ("phone", "Phone"),
    ("function", "Job Position"),
    ("name", "Subject"),
    ("street", "Street"),
    ("zip", "Postal Code"),
    ("city", "City"),
    ("country", "Country"),
    ("language", "Language"),
    ("industry", "Trade"),
    ("website", "Website"),
    ("expected_revenue", "Expected Revenue"),
    ("date_deadline", "Expected Closing"),
    ("description", "Notes"),
]


class CrmLeadImportColumn(models.Model):
    """A column of a spreadsheet, and what of a lead it holds."""

    _name = "crm.lead.import.column"
    _description = "Column of an Import"
    _order = "place, id"

    import_id = fields.Many2one(
        "crm.lead.import", required=True, index=True, ondelete="cascade"
    )
    place = fields.Integer(
        required=True, readonly=True, export_string_translation=False
    )
    name = fields.Char("Column", readonly=True)
    sample = fields.Char("For Example", readonly=True)
    target = fields.Selection(TARGETS, "Holds", help="Empty: the column is left out.")
