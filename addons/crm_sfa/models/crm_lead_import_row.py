from odoo import fields, models

STATES = [
    ("created", "New lead"),
    ("linked", "Lead of a known contact"),
    ("double", "Left out as double"),
    ("bad", "Bad"),
]


class CrmLeadImportRow(models.Model):
    """What came of one row of a spreadsheet."""

    _name = "crm.lead.import.row"
    _description = "Row of an Import"
    _order = "import_id desc, number, id"
    _rec_name = "number"
    _log_access = False

    import_id = fields.Many2one(
        "crm.lead.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="import_id.company_id")
    number = fields.Integer("Row", required=True, readonly=True, aggregator=None)
    state = fields.Selection(STATES, required=True, readonly=True)
    lead_id = fields.Many2one(
        "crm.lead",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The lead that was made, or the one that is there already.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, ondelete="set null"
    )
    message = fields.Char(readonly=True)
    cells = fields.Text(readonly=True, help="A bad row as it stood in the file.")

    _number_idx = models.Index("(import_id, number)")
