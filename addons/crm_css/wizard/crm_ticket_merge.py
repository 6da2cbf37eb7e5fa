from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# Of these one value is chosen; everything else of the others comes along.
CHOSEN = ("name", "partner_id", "team_id", "user_id", "priority_by_hand", "severity",
          "type_id", "category_id", "product_id", "contract_id",
          "channel_id")  # fmt: skip
# Of these the highest is proposed: the merged ticket is as urgent as its worst part.
HIGHEST = {"priority_by_hand", "severity"}
# What comes along with a value that is chosen.
ALONG = {"priority_by_hand": ["priority_hand_reason"]}


class CrmTicketMerge(models.TransientModel):
    """The preview of a merge of tickets: which stays, and what of the others."""

    _name = "crm.ticket.merge"
    _description = "Merge Tickets"

    ticket_ids = fields.Many2many(
        "helpdesk.ticket",
        string="Tickets",
        context={"active_test": False},
        help="Take one out to leave it as it is.",
    )
    survivor_id = fields.Many2one(
        "helpdesk.ticket",
        "Stays",
        compute="_compute_survivor_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('id', 'in', ticket_ids)]",
        help="The others are closed, archived, and point at it. By default the oldest"
        " that is open.",
    )
    preview = fields.Json(
        compute="_compute_preview",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Click the value that is kept.",
    )
    obstacle = fields.Text(compute="_compute_obstacle")
    other_customers = fields.Char(compute="_compute_obstacle")
    customers_confirmed = fields.Boolean("Merge them all the same")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "helpdesk.ticket":
            ids = self.env.context.get("active_ids") or []
            values["ticket_ids"] = [Command.set(ids)]
        return values

    @api.depends("ticket_ids")
    def _compute_survivor_id(self):
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            if wizard.survivor_id not in tickets or not wizard.survivor_id:
                wizard.survivor_id = tickets.sorted(
                    lambda t: (not t.active, bool(t.closed), t.id)
                )[:1]

    @api.depends("ticket_ids", "survivor_id")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._prepare_preview()

    @api.depends("ticket_ids", "survivor_id")
    def _compute_obstacle(self):
        merges = self.env["crm.merge"]
        for wizard in self:
            tickets, survivor = wizard.ticket_ids._origin, wizard.survivor_id._origin
            reasons = merges._obstacles(survivor, tickets) if survivor else []
            if len(tickets) < 2:
                reasons.append(self.env._("Choose at least two different tickets."))
            wizard.obstacle = "\n".join(reasons)
            customers = tickets.commercial_partner_id
            names = ", ".join(customers.mapped("display_name"))
            wizard.other_customers = names if len(customers) > 1 else False

    def action_merge(self):
        """Merge as the preview shows it, and open what stayed."""
        self.ensure_one()
        if not self.survivor_id:
            raise UserError(self.env._("Choose the ticket that stays."))
        if self.other_customers and not self.customers_confirmed:
            raise UserError(
                self.env._(
                    "These tickets belong to different customers: %(names)s. The one"
                    " may come to read what the other wrote. Tick the box if they are"
                    " one matter all the same.",
                    names=self.other_customers,
                )
            )
        survivor = self.survivor_id
        others = self.ticket_ids - survivor
        values = self._chosen_values() | self._dates()
        self.env["crm.merge"]._merge(survivor, others, values)
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": survivor.id,
            "views": [(False, "form")],
        }

    def _dates(self) -> dict:
        """The customer waits since the first question that has no answer."""
        asked = self.ticket_ids.filtered(lambda t: t.asked_date and not t.closed)
        first = min(asked.mapped("asked_date"), default=False)
        return {"asked_date": first} if first else {}

    def _prepare_preview(self) -> dict:
        survivor = self.survivor_id._origin
        if not survivor:
            return {"records": [], "rows": []}
        tickets = survivor | self.ticket_ids._origin
        rows = (self._prepare_row(name, tickets) for name in CHOSEN)
        return {
            "records": [
                {
                    "id": ticket.id,
                    "name": ticket.display_name,
                    "stays": ticket == survivor,
                    "references": len(ticket.message_ids) + len(ticket.attachment_ids),
                    "created": fields.Date.to_string(ticket.create_date),
                }
                for ticket in tickets
            ],
            "rows": [row for row in rows if row],
        }

    def _prepare_row(self, name: str, tickets) -> dict | None:
        """Give one field in which the tickets differ, with the value that is kept."""
        known = [ticket for ticket in tickets if ticket[name]]
        if not known or len({ticket[name] for ticket in tickets}) == 1:
            return None
        field = tickets._fields[name]
        chosen = known[0]
        if name in HIGHEST:
            chosen = max(known, key=lambda ticket: ticket[name])
        return {
            "name": name,
            "label": field._description_string(self.env),
            "values": [
                str(field.convert_to_export(ticket[name], ticket) or "")
                for ticket in tickets
            ],
            "chosen": chosen.id,
        }

    def _chosen_values(self) -> dict:
        """The values of the preview, taken anew from the tickets themselves."""
        tickets = {ticket.id: ticket for ticket in self.ticket_ids}
        values = {}
        for row in (self.preview or {}).get("rows", []):
            name, source = row.get("name"), tickets.get(row.get("chosen"))
            if name in CHOSEN and source and source != self.survivor_id:
                names = [name, *ALONG.get(name, ())]
                taken = source.read(names, load=None)[0]
                values |= {name: taken[name] for name in names}
        return values
