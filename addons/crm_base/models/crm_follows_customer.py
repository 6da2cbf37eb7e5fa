from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class CrmFollowsCustomer(models.AbstractModel):
    """What only those may see who may read its customer, ``partner_id``.

    A record rule cannot say it: Odoo reads the customer in a rule without the rules
    of customers. Records without a customer are left to the model's own rules.
    """

    _name = "crm.follows.customer"
    _description = "Record that Follows its Customer's Access Rights"

    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._readable_customer_domain()
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )

    def _readable_customer_domain(self) -> Domain:
        partners = self.env["res.partner"].with_context(active_test=False)
        if not partners.has_access("read"):
            return Domain("partner_id", "=", False)
        readable = partners._search(Domain.TRUE)
        if not readable.where_clause:
            return Domain.TRUE
        return Domain("partner_id", "=", False) | Domain("partner_id", "in", readable)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        forbidden, explain = result or (self.browse(), None)
        if forbidden == self or not any(self._ids):
            return result
        hidden = self._with_a_hidden_customer(self - forbidden)
        if not hidden:
            return result
        return forbidden | hidden, explain or self._hidden_customer_error

    def _with_a_hidden_customer(self, records):
        # Whether the customer may be read is what is asked here.
        partners = records.sudo().partner_id.sudo(False)
        hidden = partners - partners._filtered_access("read")
        # The record is not readable yet: that is what is asked.
        return records.filtered(lambda record: record.sudo().partner_id in hidden)

    def _hidden_customer_error(self) -> AccessError:
        return AccessError(
            self.env._(
                "This belongs to a customer whom you may not see. Ask an administrator"
                " for access to the customer."
            )
        )
