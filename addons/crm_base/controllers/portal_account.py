from odoo.http import request

from odoo.addons.portal.controllers import portal

from ..models.crm_contact_point import KINDS


class CustomerPortal(portal.CustomerPortal):
    def _create_or_update_address(self, partner_sudo, *args, **form_data):
        """Whoever saves the own details has looked at them, changed or not."""
        partner_sudo, feedback = super()._create_or_update_address(
            partner_sudo, *args, **form_data
        )
        if "messages" not in feedback and partner_sudo == request.env.user.partner_id:
            for kind, _label in KINDS:
                partner_sudo._confirm_contact_point(kind, "portal")
        return partner_sudo, feedback
