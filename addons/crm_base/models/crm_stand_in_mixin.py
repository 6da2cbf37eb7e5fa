from odoo import api, fields, models
from odoo.fields import Domain


class CrmStandInMixin(models.AbstractModel):
    """A document that a stand-in carries on: record rules ask for ``is_covered``.

    The model declares its employee and its customer in
    :meth:`CrmStandIn._covered_models`.
    """

    _name = "crm.stand.in.mixin"
    _description = "Document That a Stand-in Carries On"

    is_covered = fields.Boolean(
        "I Stand in",
        compute="_compute_is_covered",
        search="_search_is_covered",
        help="You stand in for the employee of this document right now.",
    )

    @api.depends_context("uid")
    def _compute_is_covered(self):
        # A rule asks this before anybody may read the document.
        covered_sudo = self.sudo().filtered_domain(self._covered_now_domain())
        for document in self:
            document.is_covered = document.id in covered_sudo._ids

    @api.model
    def _search_is_covered(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._covered_now_domain()
        if self.env.su:  # rules are evaluated so
            return domain
        # The periods of a chain may be those of others, whom one does not see.
        return [("id", "in", self.sudo()._search(domain))]

    def _covered_now_domain(self) -> Domain:
        """The documents that the user covers at this moment.

        Asked anew for each search, so that rights open and close by the clock.
        """
        covered = self.env["crm.stand.in"]._covered_models()[self._name]
        customer = f"{covered.customer}.stand_in_ids"
        return Domain.OR(
            Domain(covered.user, "=", cover.absent)
            & Domain.AND(Domain(customer, "in", [limit]) for limit in cover.limits)
            for cover in self.env["crm.stand.in"]._covers_now()
        )
