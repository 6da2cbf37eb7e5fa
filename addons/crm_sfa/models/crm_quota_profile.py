from odoo import fields, models

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august",
          "september", "october", "november", "december")  # fmt: skip


class CrmQuotaProfile(models.Model):
    """How a year's sales spread over its months, by weights of one's own."""

    _name = "crm.quota.profile"
    _description = "Seasonal Profile"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    january = fields.Float(default=1)
    february = fields.Float(default=1)
    march = fields.Float(default=1)
    april = fields.Float(default=1)
    may = fields.Float(default=1)
    june = fields.Float(default=1)
    july = fields.Float(default=1)
    august = fields.Float(default=1)
    september = fields.Float(default=1)
    october = fields.Float(default=1)
    november = fields.Float(default=1)
    december = fields.Float(default=1)

    _weights_positive = models.Constraint(
        "CHECK(LEAST(january, february, march, april, may, june, july, august,"
        " september, october, november, december) >= 0)",
        "The weight of a month cannot be below zero.",
    )
    _some_weight = models.Constraint(
        "CHECK(GREATEST(january, february, march, april, may, june, july, august,"
        " september, october, november, december) > 0)",
        "Give at least one month a weight, or nothing can be shared out by it.",
    )

    def _weight(self, month: int) -> float:
        """Give the weight of a month of the year, 1 to 12."""
        return self[MONTHS[month - 1]]
