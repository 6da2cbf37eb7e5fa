from odoo import models
from odoo.exceptions import UserError


class CrmDealRegistration(models.Model):
    """What resellers do by themselves on the portal."""

    _inherit = "crm.deal.registration"

    def _extend_by_reseller(self):
        """Extend as often as the level allows."""
        self.ensure_one()
        self.lock_for_update()  # two clicks are one extension
        if not self.may_extend:
            raise UserError(
                self.env._("This deal cannot be extended any more. Please ask us.")
            )
        self._extend()

    def _tell_staff(self):
        """Let the responsible, or the team's leaders in the list, know of it."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        deal_sudo = self.sudo()  # the reseller on the portal posts nothing himself
        deal_sudo.message_post(
            body=self.env._(
                "%(reseller)s on the portal: %(customer)s, %(state)s.",
                reseller=deal_sudo.reseller_id.name,
                customer=self.customer_name,
                state=labels[self.state],
            ),
            partner_ids=deal_sudo.user_id.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )
