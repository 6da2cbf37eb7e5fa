from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    # The time line reads the newest of one person.
    _timeline_idx = models.Index("(author_id, date DESC) WHERE author_id IS NOT NULL")
