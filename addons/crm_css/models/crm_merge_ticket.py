from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_base.models.crm_merge import _plain

TICKET = "helpdesk.ticket"
# What closing a ticket changes, and undoing gives back.
KEPT = ("stage_id", "closed_date", "first_closed_date", "last_stage_update",
        "asked_date", "reopen_count", "rating_status")  # fmt: skip


class CrmMerge(models.Model):
    """Tickets made one: the others are closed and archived without a mail about it."""

    _inherit = "crm.merge"

    @api.model
    def _merge_group(self, model):
        if model == TICKET:
            return "helpdesk_mgmt.group_helpdesk_user_own"
        return super()._merge_group(model)

    @api.depends("res_model")
    def _compute_may_undo(self):
        result = super()._compute_may_undo()
        if self.env.user.has_group("helpdesk_mgmt.group_helpdesk_manager"):
            for merge in self:
                if merge.res_model == TICKET and merge.state == "done":
                    merge.may_undo = True
        return result

    @api.model
    def _not_taken(self, survivor, record):
        """The words of a ticket that goes into another stand in that one's history."""
        if record._name == TICKET:
            return record._quoted()
        return super()._not_taken(survivor, record)

    def _archive(self, survivor, others):
        super()._archive(survivor, others)
        if survivor._name != TICKET:
            return
        before = {
            str(ticket.id): {
                name: _plain(value) if value else False
                for name, value in ticket.read(KEPT, load=None)[0].items()
            }
            for ticket in others
        }
        self.values = {**self.values, "tickets": before}
        others_sudo = others.sudo()  # clocks are nobody's to write
        others_sudo._sla_open_clocks()._drop(fields.Datetime.now())
        others._close_quietly()

    def _unarchive(self, others):
        super()._unarchive(others)
        if self.res_model != TICKET:
            return
        for ticket in others:
            kept = dict(self.values["tickets"][str(ticket.id)])
            kept.pop("id")
            # The stage moves dates and counters of its own, so these come after it.
            quiet = ticket._merging()
            quiet.write({"rating_status": "no_rate", "stage_id": kept["stage_id"]})
            quiet.write({name: kept[name] for name in KEPT if name != "stage_id"})
        others.sudo()._sla_choose_again()  # nobody writes clocks by hand

    @api.model
    def _ticket_bound_models(self) -> list[str]:
        """Name models that measure one ticket and stay with it; addons add theirs."""
        return [
            "crm.scorecard.review",
            "crm.service.rule.run",
            "crm.service.webhook",
            "crm.sla.clock",
            "crm.sla.interval",
            "crm.sla.notice",
        ]

    def _targets(self, reference, table, mapping):
        bound = {self.env[name]._table for name in self._ticket_bound_models()}
        if table == self.env[TICKET]._table and reference.table in bound:
            return {}
        return super()._targets(reference, table, mapping)

    def _which(self, reference, table, mapping):
        """A ticket is neither related to itself nor its own duplicate."""
        which = super()._which(reference, table, mapping)
        tickets = self.env[TICKET]
        if table != tickets._table:
            return which
        family = list({*mapping, *mapping.values()})
        related = tickets._fields["related_ticket_ids"]
        if reference.table == related.relation:
            other = (
                related.column2
                if reference.column == related.column1
                else related.column1
            )
            column = SQL.identifier("t", other)
            return SQL("%s AND %s <> ALL(%s)", which, column, family)
        if reference.table == table:
            return SQL("%s AND t.id <> ALL(%s)", which, family)
        return which
