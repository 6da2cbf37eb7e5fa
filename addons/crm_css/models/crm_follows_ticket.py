from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmFollowsTicket(models.AbstractModel):
    """What only those may see who may read its ticket, ``ticket_id``.

    A record rule cannot say it: Odoo reads the ticket in a rule without the rules of
    tickets. Records without a ticket are left to the model's own rules.
    """

    _name = "crm.follows.ticket"
    _description = "Record that Follows its Ticket's Access Rights"

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
            domain = Domain(domain) & self._readable_ticket_domain()
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        forbidden, explain = result or (self.browse(), None)
        if forbidden == self or not any(self._ids):
            return result
        hidden = self._with_a_hidden_ticket(self - forbidden)
        if not hidden:
            return result
        return forbidden | hidden, explain or self._hidden_ticket_error

    def _own_domain(self) -> Domain:
        """The records that the user may see whoever has the ticket."""
        return Domain.FALSE

    def _readable_ticket_domain(self) -> Domain:
        free = Domain("ticket_id", "=", False) | self._own_domain()
        if not self.env["helpdesk.ticket"].has_access("read"):
            return free
        return free | self._ticket_domain(Domain.TRUE)

    def _ticket_domain(self, domain: Domain) -> Domain:
        """Give the domain of the records whose ticket is one of those and may be read.

        It asks for the one ticket of each row: the list of all is long.
        """

        def to_sql(model, alias, query):
            found = self.env["helpdesk.ticket"]._search(domain, active_test=False)
            ids = SQL.identifier(found.table, "id"), SQL.identifier(alias, "ticket_id")
            found.add_where(SQL("%s = %s", *ids))
            return SQL("EXISTS (%s)", found.select(SQL("1")))

        return Domain.custom(to_sql=to_sql)

    def _with_a_hidden_ticket(self, records):
        # The record may not be read yet; whether its ticket may is asked here.
        tickets = records.sudo().ticket_id.sudo(False)
        hidden = tickets - tickets._filtered_access("read")
        if not hidden:
            return records.browse()
        behind_sudo = records.sudo().filtered(  # that one may not see it is asked
            lambda one: one.ticket_id in hidden
        )
        own_sudo = behind_sudo.filtered_domain(self._own_domain())
        return (behind_sudo - own_sudo).sudo(False)

    def _hidden_ticket_error(self) -> AccessError:
        return AccessError(
            self.env._(
                "This belongs to a ticket that you may not see. Ask the leader of the"
                " team for it."
            )
        )
