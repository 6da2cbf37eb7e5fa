from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

# From how many points on a ticket has which priority.
LEVELS = ((60, "3"), (30, "2"), (0, "1"))
LOWEST = "0"


class Reason(NamedTuple):
    """Why a ticket is more, or less, urgent than another."""

    text: str
    points: int


class HelpdeskTicket(models.Model):
    """Priority by what the customer is worth and has bought, and how bad it is."""

    _inherit = "helpdesk.ticket"
    _order = "priority desc, priority_points desc, sequence, id"

    value_class = fields.Selection(
        VALUE_CLASSES,
        compute="_compute_value_class",
        store=True,
        groups="base.group_user",  # no word of it to the customer
        help="The class of the customer; of a closed ticket, when it was closed.",
    )
    priority = fields.Selection(
        compute="_compute_priority", store=True, readonly=False, default=None
    )
    priority_points = fields.Integer(
        compute="_compute_priority", store=True, aggregator=None
    )
    priority_reason = fields.Char(
        "Why", compute="_compute_priority_reason", groups="base.group_user"
    )
    priority_by_hand = fields.Selection(
        selection=lambda self: self._fields["priority"].selection,
        string="Priority by hand",
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="Overrides the priority that follows from customer and severity.",
    )
    priority_hand_reason = fields.Char(
        "Reason of the override", copy=False, tracking=True, groups="base.group_user"
    )

    @api.depends("partner_id.value_class", "company_id")
    def _compute_value_class(self):
        for ticket in self:
            if ticket.closed and ticket.id:
                ticket.value_class = ticket.value_class  # history stays
            else:
                customer = ticket.partner_id.with_company(ticket.company_id)
                ticket.value_class = customer.value_class

    @api.depends(lambda self: self._priority_depends())
    def _compute_priority(self):
        reasons = self._priority_reasons()
        for ticket in self:
            if ticket.closed and ticket.id and ticket.priority:
                ticket.priority = ticket.priority  # history stays
                ticket.priority_points = ticket.priority_points
                continue
            points = sum(reason.points for reason in reasons[ticket])
            ticket.priority_points = points
            ticket.priority = ticket.priority_by_hand or ticket._level_of(points)

    @api.model
    def _priority_depends(self) -> list[str]:
        """Give the fields that `_priority_reasons` reads."""
        return [
            "priority_by_hand",
            "value_class",
            "severity",
            "type_id",
            "team_id",
            "partner_id.category_id",
            "service_level_id.points",
        ]

    @api.model
    def _level_of(self, points: int) -> str:
        return next((level for least, level in LEVELS if points >= least), LOWEST)

    def _priority_reasons(self) -> dict:
        """Say for each ticket, in a list of `Reason`, what makes it urgent.

        Addons add their reasons, and the fields that these read to
        `_priority_depends`.
        """
        # sudo: anybody opens tickets
        rules = self.env["crm.priority.rule"].sudo()._active_rules()
        reasons = {}
        for ticket in self:
            level_sudo = ticket.service_level_id.sudo()  # name and points alone
            holding = rules.filtered(lambda rule, t=ticket: rule._holds_for(t))
            reasons[ticket] = [Reason(rule.name, rule.points) for rule in holding]
            if level_sudo.points:
                reasons[ticket].append(Reason(level_sudo.name, level_sudo.points))
        return reasons

    @api.depends(
        lambda self: ["priority", "priority_hand_reason", *self._priority_depends()]
    )
    @api.depends_context("lang", "uid")
    def _compute_priority_reason(self):
        names = dict(self._fields["priority"]._description_selection(self.env))
        reasons = self._priority_reasons()
        for ticket in self:
            ticket.priority_reason = ticket._why(names, reasons[ticket])

    def _why(self, names: dict, reasons: list[Reason]) -> str:
        if self.priority_by_hand:
            return self.env._(
                "%(priority)s, set by hand: %(reason)s",
                priority=names[self.priority_by_hand],
                reason=self.priority_hand_reason,
            )
        if not reasons:
            return self.env._("%(priority)s: nothing special", priority=names["1"])
        return self.env._(
            "%(priority)s: %(reasons)s",
            priority=names.get(self.priority, ""),
            reasons=", ".join(
                f"{reason.text} ({reason.points:+d})" for reason in reasons
            ),
        )

    @api.constrains("priority_by_hand", "priority_hand_reason")
    def _check_priority_hand_reason(self):
        for ticket in self:
            reason = (ticket.priority_hand_reason or "").strip()
            if ticket.priority_by_hand and not reason:
                raise ValidationError(
                    self.env._(
                        "Say why ticket %(number)s gets another priority than the one "
                        "that follows from its customer and severity.",
                        number=ticket.number,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        noted = [self._note_hand(vals) for vals in vals_list]
        for vals in noted:
            vals.pop("priority", None)  # it follows, and the points are computed too
        return super().create(noted)

    def write(self, vals):
        return super().write(self._note_hand(vals))

    @api.model
    def _note_hand(self, vals: dict) -> dict:
        """Keep a priority that other code, or an import, sets on the ticket itself."""
        if not vals.get("priority") or "priority_by_hand" in vals:
            return dict(vals)
        reason = self.env._("Set by %(user)s", user=self.env.user.name)
        return vals | {
            "priority_by_hand": vals["priority"],
            "priority_hand_reason": vals.get("priority_hand_reason") or reason,
        }

    def action_override_priority(self):
        """Open the small form that asks for the priority and the reason."""
        self.ensure_one()
        view = self.env.ref("crm_css.helpdesk_ticket_view_form_priority")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Priority of %(number)s", number=self.number),
            "res_model": "helpdesk.ticket",
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_reset_priority(self):
        self.write({"priority_by_hand": False, "priority_hand_reason": False})

    @api.model
    def _rate_anew(self):
        """Recompute the priority of all open tickets, after the rules changed."""
        # Rules hold for all tickets, also for those that their manager may not see.
        self.sudo().search([("stage_id.closed", "=", False)])._rate_again()

    def _rate_again(self):
        """Recompute the priority, after what its reasons read has changed."""
        for name in ("priority", "priority_points"):
            self.env.add_to_compute(self._fields[name], self)

    @api.model
    def _cron_follow_class(self):
        """Take over classes that a job wrote to the customers by SQL."""
        self.flush_model(["value_class", "partner_id", "company_id", "stage_id"])
        self.env["res.partner"].flush_model(["value_class"])
        self.env.cr.execute(
            """
            SELECT DISTINCT t.partner_id
            FROM helpdesk_ticket AS t
            JOIN helpdesk_ticket_stage AS s ON s.id = t.stage_id AND NOT s.closed
            JOIN res_partner AS p ON p.id = t.partner_id
            WHERE t.value_class IS DISTINCT FROM p.value_class->>t.company_id::text
            """
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(ids))
        for start in range(0, len(ids), 1000):
            batch = self.env["res.partner"].browse(ids[start : start + 1000]).exists()
            batch._follow_value_class()
            self.env.flush_all()
            if not commit(len(batch)):
                break
