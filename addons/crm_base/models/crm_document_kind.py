from odoo import fields, models


class CrmDocumentKind(models.Model):
    """What a document is, and how long it must be kept for that."""

    _name = "crm.document.kind"
    _description = "Document Kind"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_letter = fields.Boolean(
        "Letter",
        help="Documents of this kind came from the customer or went there, and count"
        " as contacts.",
    )
    needs_expiry = fields.Boolean(
        "Expires Always",
        help="A document of this kind is registered with a date of expiry only.",
    )
    reminder_days = fields.Integer(
        "Remind Before (Days)",
        default=30,
        help="How many days before a document expires its owner is reminded.",
    )
    retention_years = fields.Integer(
        "Keep for (Years)",
        help="A registered document cannot be deleted by anybody for so many years"
        " after its date. 0: managers may delete it at any time. Documents that are"
        " registered already keep the date they got.",
    )

    _retention_years = models.Constraint(
        "CHECK (retention_years BETWEEN 0 AND 100)",
        "Documents are kept for 0 to 100 years.",
    )
    _reminder_days = models.Constraint(
        "CHECK (reminder_days BETWEEN 0 AND 3650)",
        "A reminder comes 0 to 3650 days before the expiry.",
    )
