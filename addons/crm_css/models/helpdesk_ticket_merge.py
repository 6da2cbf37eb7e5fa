from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """Tickets about the same thing, made one and parted again."""

    _inherit = "helpdesk.ticket"

    merged_into_id = fields.Many2one(
        "helpdesk.ticket",
        "Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="This ticket is the same as that one: everything of it is there now.",
    )
    merge_count = fields.Integer(
        "Merged Tickets", compute="_compute_merge_count", groups="base.group_user"
    )

    @api.depends_context("uid")
    def _compute_merge_count(self):
        merges = self.env["crm.merge"]
        counts = merges._read_group(self._merges_domain(), ["res_id"], ["__count"])
        counts = dict(counts)
        for ticket in self:
            ticket.merge_count = counts.get(ticket.id, 0)

    def _merges_domain(self) -> Domain:
        return (
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("state", "=", "done")
        )

    @api.readonly
    def action_open_merges(self) -> dict:
        """Open what was merged into this ticket; each can be undone there."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merged into %(name)s", name=self.display_name),
            "res_model": "crm.merge",
            "views": [(False, "list"), (False, "form")],
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
        }

    def _merge_obstacles(self, survivor) -> list[str]:
        """Say why these tickets cannot be one, in sentences."""
        reasons = []
        if len(self.company_id) > 1:
            reasons.append(
                self.env._(
                    "The tickets belong to different companies: %(names)s.",
                    names=", ".join(self.company_id.mapped("name")),
                )
            )
        if survivor.closed or not survivor.active:
            reasons.append(
                self.env._(
                    "%(name)s is closed. Reopen it first, or let another one stay.",
                    name=survivor.display_name,
                )
            )
        return reasons

    def _quoted(self) -> Markup:
        """Title and words of a ticket, for the history of another one."""
        self.ensure_one()
        return Markup("<b>%s</b><div>%s</div>") % (
            self.display_name,
            self.description or "",
        )

    def _merging(self):
        return self._quietly().with_context(crm_ticket_merge=True)

    def _close_quietly(self):
        """Close tickets that live on in another one: nobody is written to, and nobody
        asked for a rating."""
        for team, tickets in (
            self.filtered(lambda t: not t.closed).grouped("team_id").items()
        ):
            closing = team._get_applicable_stages().filtered("closed")
            if closing:
                tickets._merging().write(
                    {"rating_status": "no_rate", "stage_id": closing[0].id}
                )

    def message_post(self, **kwargs):
        """What is said in a ticket that lives on in another one belongs there."""
        target = self.merged_into_id
        spoken = kwargs.get("message_type") in ("comment", "email")
        if target and spoken:
            return target.message_post(**kwargs)
        return super().message_post(**kwargs)
