from odoo import fields, models

KINDS = [("reason", "Reason"), ("need", "Need"), ("objection", "Objection")]


class CrmMotive(models.Model):
    """Why customers buy or do not: a reason, a need or an objection."""

    _name = "crm.motive"
    _description = "Motive"
    _order = "kind, sequence, name, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default="reason")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    answer = fields.Text(
        "What to Answer", translate=True, help="What has proved good to say to it."
    )

    _name_unique = models.UniqueIndex(
        "(kind, name)", "There is a motive of this kind and name already."
    )
