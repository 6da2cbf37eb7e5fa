from odoo import fields, models


class ResPartnerGrade(models.Model):
    """What a level of resellers gets: how long a deal that they register is theirs.
    Their price list is Odoo's own field of the level."""

    _inherit = "res.partner.grade"

    protection_days = fields.Integer(
        default=90,
        help="So many days a registered deal is protected, from its approval on.",
    )
    protection_extensions = fields.Integer(
        "Extensions",
        default=1,
        help="So often a reseller may extend the protection of a deal by himself, each"
        " time by the same number of days.",
    )
    protection_reminder_days = fields.Integer(
        "Remind Before",
        default=14,
        help="So many days before the protection ends the reseller is reminded.",
    )

    _protection_sensible = models.Constraint(
        "CHECK (protection_days BETWEEN 1 AND 730"
        " AND protection_extensions BETWEEN 0 AND 20"
        " AND protection_reminder_days BETWEEN 0 AND 365)",
        "Deals are protected for 1 to 730 days, extended 0 to 20 times, and resellers"
        " are reminded 0 to 365 days before.",
    )
