from odoo import models


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    # The time line reads the newest of one person.
    _sent_idx = models.Index(
        "(res_id, sent_datetime DESC) WHERE sent_datetime IS NOT NULL"
    )
    _opened_idx = models.Index(
        "(res_id, open_datetime DESC) WHERE open_datetime IS NOT NULL"
    )
