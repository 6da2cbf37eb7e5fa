from odoo import fields, models


class ResPartner(models.Model):
    """What a person may see of the company's tickets, and that it ends with leaving."""

    _inherit = "res.partner"

    portal_company_tickets = fields.Boolean(
        "Sees the company's tickets",
        tracking=True,
        copy=False,
        help="On the portal this person sees all tickets of the company, not only the"
        " own. The company's portal administrator may change this.",
    )
    portal_administrator = fields.Boolean(
        tracking=True,
        copy=False,
        help="On the portal this person decides which colleagues see the company's"
        " tickets.",
    )

    def write(self, vals):
        if not vals.keys() & {"parent_id", "is_company", "active"}:
            return super().write(vals)
        # Before the move, tickets learn whose they are.
        self.env["helpdesk.ticket"].flush_model(["portal_customer_id"])
        people = self | self._with_portal_rights()
        before = {person: person.commercial_partner_id for person in people}
        result = super().write(vals)
        for person, company in before.items():
            if person.commercial_partner_id != company or not person.active:
                person._end_portal_rights(company)
        return result

    def _with_portal_rights(self):
        """Give the people of these companies who have a right that may end."""
        return self.sudo().search(  # rights end whoever moves the person
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                "|",
                ("portal_company_tickets", "=", True),
                ("portal_administrator", "=", True),
            ]
        )

    def _end_portal_rights(self, company):
        """Take what a person had in a company: rights, copies of answers, and links
        that open its tickets without a login."""
        # sudo: the tickets are those of others than of whoever moves the person
        person_sudo = self.sudo()
        if person_sudo.portal_company_tickets or person_sudo.portal_administrator:
            person_sudo.update(
                {"portal_company_tickets": False, "portal_administrator": False}
            )
        theirs = person_sudo.env["helpdesk.ticket"].with_context(active_test=False)
        tickets = theirs.search(
            [
                ("portal_customer_id", "in", (company - person_sudo).ids),
                "|",
                ("partner_id", "=", self.id),
                ("message_partner_ids", "in", self.ids),
            ]
        )
        tickets.message_unsubscribe(self.ids)
        tickets.filtered("access_token").write({"access_token": False})

    def _portal_colleagues(self):
        """Give the people of this person's company who can log in to the portal."""
        self.ensure_one()
        users_sudo = (
            self.env["res.users"]
            .sudo()  # logins are for administrators; people are given
            .search(
                [
                    ("share", "=", True),
                    (
                        "partner_id.commercial_partner_id",
                        "=",
                        self.commercial_partner_id.id,
                    ),
                ]
            )
        )
        return users_sudo.partner_id.sorted("name")

    def _set_company_tickets(self, colleague_id: int, allowed: bool) -> bool:
        """Switch, as the customer's own administrator, what a colleague sees."""
        self.ensure_one()
        # The right is looked up anew: it may have ended while the page was open.
        person_sudo = self.sudo()
        colleague = person_sudo._portal_colleagues().filtered(
            lambda partner: partner.id == colleague_id
        )
        if not person_sudo.portal_administrator or not colleague:
            return False
        colleague.portal_company_tickets = allowed
        return True
