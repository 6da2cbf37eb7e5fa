from odoo import api, fields, models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """Which tickets a customer sees on the portal: the one place that decides it."""

    _inherit = "helpdesk.ticket"

    portal_customer_id = fields.Many2one(
        "res.partner",
        "Customer at that time",
        compute="_compute_portal_customer_id",
        store=True,
        index="btree_not_null",
        help="The company whose ticket this is, also after the person has left it.",
    )
    is_portal_visible = fields.Boolean(
        "Shown to me on the portal",
        compute="_compute_is_portal_visible",
        search="_search_is_portal_visible",
    )

    @api.depends("partner_id")
    def _compute_portal_customer_id(self):
        """Not following the person, who would take the tickets along to another
        company, for whose people to read."""
        for ticket in self:
            ticket.portal_customer_id = ticket.partner_id.commercial_partner_id

    @api.depends_context("uid")
    def _compute_is_portal_visible(self):
        # A rule asks this before anybody may read the ticket.
        visible_sudo = self.sudo().filtered_domain(self._portal_domain())
        for ticket in self:
            ticket.is_portal_visible = ticket.id in visible_sudo._ids

    @api.model
    def _search_is_portal_visible(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._portal_domain()
        if self.env.su:  # rules are evaluated so
            return domain
        # The domain is the rule itself: what it finds is what this person may see.
        return [("id", "in", self.sudo()._search(domain))]

    @api.model
    def _portal_domain(self) -> Domain:
        """The tickets of a customer: the own, those that the person follows, and those
        of the company where its administrator allows it.

        Asked anew for each search: a rule's own domain is kept in a cache, in which a
        switch that was turned off would stay on.
        """
        partner = self.env.user.sudo().partner_id  # one's own, with its switches
        company = partner.commercial_partner_id
        mine = Domain("partner_id", "=", partner.id)
        mine |= Domain("message_partner_ids", "in", partner.ids)
        if partner.portal_company_tickets:
            mine |= Domain("portal_customer_id", "=", company.id)
        return mine & Domain("portal_customer_id", "in", (partner | company).ids)
