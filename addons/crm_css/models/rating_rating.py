from odoo import models


class RatingRating(models.Model):
    _inherit = "rating.rating"

    # The time line reads the newest of one person.
    _timeline_idx = models.Index("(partner_id, write_date DESC) WHERE consumed")
