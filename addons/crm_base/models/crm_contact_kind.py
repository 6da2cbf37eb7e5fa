from odoo import fields, models


class CrmContactKind(models.Model):
    """A kind of contact between people, of those on the time line.

    What is not listed here (an order, an invoice, a mailing) is no contact for a
    contact policy. An addon whose own kind is one adds a record.
    """

    _name = "crm.contact.kind"
    _description = "Kind of Contact"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The kind's value on the time line.")
    sequence = fields.Integer(default=10)
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        ondelete="set null",
        help="What a contact of this kind is planned as.",
    )

    _code_unique = models.Constraint(
        "unique(code)", "There is a kind of contact with this code already."
    )
