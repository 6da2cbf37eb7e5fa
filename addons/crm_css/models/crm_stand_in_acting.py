from odoo import api, fields, models

from odoo.addons.crm_base.tools.stand_in import MOST_LINKS


class CrmStandIn(models.Model):
    """Who has to be told now."""

    _inherit = "crm.stand.in"

    @api.model
    def _acting_for(self, user, customer):
        """Give who acts for an employee with this customer now: the employee, or who
        stands in at this moment, and for that one again."""
        seen = user
        for _link in range(MOST_LINKS):
            other = self._stand_in_of(user, customer.commercial_partner_id)
            if not other or other in seen:
                break
            user, seen = other, seen | other
        return user

    @api.model
    def _stand_in_of(self, user, company):
        now = fields.Datetime.now()
        running = [
            period
            for period in self._periods()
            if period.absent == user.id and period.runs_at(now)
        ]
        for period in running:
            # The chosen customers are for the two of them; the answer is for jobs.
            chosen_sudo = self.sudo().browse(period.id).partner_ids
            if period.whole or company in chosen_sudo:
                return user.browse(period.acting)
        return user.browse()
