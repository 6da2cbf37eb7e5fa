from odoo import api, fields, models
from odoo.exceptions import UserError

# Of these one value is chosen; everything else of the others comes along.
CHOSEN = ("name", "partner_id", "team_id", "user_id", "priority_by_hand", "severity",
          "type_id", "category_id", "product_id", "contract_id",
          "channel_id")  # fmt: skip
# Of these the highest is proposed: the merged ticket is as urgent as its worst part.
HIGHEST = {"priority_by_hand", "severity"}
# What comes along with a value that is chosen.
ALONG = {"priority_by_hand": ["priority_hand_reason"]}


class CrmTicketMerge(models.TransientModel):
    """The preview of a merge of tickets."""

    _name = "crm.ticket.merge"
    _inherit = "crm.merge.preview"
    _description = "Merge Tickets"

    record_ids = fields.Many2many(
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
        domain="[('id', 'in', record_ids)]",
        help="The others are closed, archived, and point at it. By default the oldest"
        " that is open.",
    )
    other_customers = fields.Char(compute="_compute_other_customers")
    customers_confirmed = fields.Boolean("Merge them all the same")

    @api.depends("record_ids")
    def _compute_other_customers(self):
        for wizard in self:
            customers = wizard.record_ids._origin.commercial_partner_id
            names = ", ".join(customers.mapped("display_name"))
            wizard.other_customers = names if len(customers) > 1 else False

    def action_merge(self):
        if self.other_customers and not self.customers_confirmed:
            raise UserError(
                self.env._(
                    "These tickets belong to different customers: %(names)s. The one"
                    " may come to read what the other wrote. Tick the box if they are"
                    " one matter all the same.",
                    names=self.other_customers,
                )
            )
        return super().action_merge()

    def _best_first(self, records):
        return records.sorted(lambda t: (not t.active, bool(t.closed), t.id))

    def _chosen_fields(self, survivor):
        return list(CHOSEN)

    def _proposed(self, name, known):
        if name in HIGHEST:
            return max(known, key=lambda ticket: ticket[name])
        return super()._proposed(name, known)

    def _reference_counts(self, records):
        return {t.id: len(t.message_ids) + len(t.attachment_ids) for t in records}

    def _along(self, name):
        return ALONG.get(name, [])

    def _values(self):
        """The customer waits since the first question that has no answer."""
        asked = self.record_ids.filtered(lambda t: t.asked_date and not t.closed)
        first = min(asked.mapped("asked_date"), default=False)
        return super()._values() | ({"asked_date": first} if first else {})
