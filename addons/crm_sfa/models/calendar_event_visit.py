from odoo import fields, models


class CalendarEvent(models.Model):
    """An appointment may be a visit to a customer."""

    _inherit = "calendar.event"

    crm_visit_ids = fields.One2many(
        "crm.visit",
        "event_id",
        "Visits",
        readonly=True,
        copy=False,
        groups="sales_team.group_sale_salesman",
    )

    def _visit_customer(self):
        """Give whom an appointment is with: the customer of the deal, the one it was
        planned with, or the first guest from outside."""
        self.ensure_one()
        partners = self.env["res.partner"]
        # Whose deal it is does not matter for whom one meets.
        customer = self.sudo().opportunity_id.partner_id.with_env(self.env)
        if not customer and self.res_model == "res.partner":
            customer = partners.browse(self.res_id).exists()
        guests = self.partner_ids.filtered("partner_share").sorted("id")
        return customer or guests[:1]
