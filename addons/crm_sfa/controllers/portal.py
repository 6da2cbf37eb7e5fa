from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal as SalePortal


class CustomerPortal(SalePortal):
    def _document_check_access(self, model_name, document_id, access_token=None):
        """A draft that was not approved, or not let go on beside a colleague's, is not
        for customers yet, whoever gave them the link."""
        document_sudo = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        if (
            model_name == "sale.order"
            and request.env.user.share
            and not document_sudo._may_be_seen_by_customer()
        ):
            raise AccessError(request.env._("This quotation is still being prepared."))
        return document_sudo
