from odoo import api, models
from odoo.tools import SQL

# What a customer may hold a payment back for; the manners of our people are not.
KINDS = ["product", "delivery", "service", "invoice"]


class CrmPaymentDue(models.Model):
    """An open complaint stops the reminders of its customer."""

    _inherit = "crm.payment.due"
    _depends = {
        "crm.complaint": ["commercial_partner_id", "company_id", "kind", "state"],
    }

    @api.model
    def _disputes_sql(self):
        return SQL(
            """%s UNION ALL
               SELECT commercial_partner_id, company_id, NULL FROM crm_complaint
                WHERE state != 'closed' AND kind = ANY(%s)""",
            super()._disputes_sql(),
            KINDS,
        )
