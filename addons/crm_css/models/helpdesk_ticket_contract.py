from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..tools.entitlement import Cover, Source, best_mood

BATCH = 500
DECIDING = {
    "commercial_partner_id",
    "company_id",
    "contract_id",
    "partner_id",
    "product_id",
    "territory_id",
}


class HelpdeskTicket(models.Model):
    """Under which contract a ticket is served: it finds itself, or is chosen."""

    _inherit = "helpdesk.ticket"

    contract_id = fields.Many2one(
        compute="_compute_contract_id",
        store=True,
        readonly=False,
        domain="[('is_service', '=', True),"
        " ('commercial_partner_id', '=', commercial_partner_id)]",
        help="Found by itself: the contract that covers this person, product and "
        "territory on the day of the ticket, the best service level first. What is "
        "chosen by hand stays.",
    )
    is_contract_chosen = fields.Boolean(
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    entitlement_use_ids = fields.One2many(
        "crm.entitlement.use", "ticket_id", "Booked on the Contract", readonly=True
    )
    entitlement_hint = fields.Char(compute="_compute_entitlement_hint")
    entitlement_mood = fields.Selection(
        [("success", "Covered"), ("warning", "Not covered"), ("danger", "Used up")],
        compute="_compute_entitlement_hint",
        export_string_translation=False,
    )

    @api.depends("partner_id", "product_id", "territory_id", "company_id")
    def _compute_contract_id(self):
        found = self._find_contracts()
        for ticket in self:
            if ticket.is_contract_chosen:
                ticket.contract_id = ticket.contract_id
            else:
                ticket.contract_id = found[ticket]

    @api.depends("contract_id", "entitlement_use_ids", "partner_id", "product_id")
    def _compute_entitlement_hint(self):
        told = [source.cover(self) for source in self._entitlement_sources()]
        nothing = self.env._("No contract covers this")
        for ticket in self:
            covers = [covers[ticket.id] for covers in told if ticket.id in covers]
            ticket.entitlement_hint = (
                " · ".join(cover.text for cover in covers) or nothing
            )
            ticket.entitlement_mood = best_mood(covers)

    @api.model
    def _entitlement_sources(self) -> list[Source]:
        """Name what may entitle a customer to help, best first; addons add theirs."""
        return [Source("contract", lambda tickets: tickets._contract_covers())]

    def _contract_covers(self) -> dict[int, Cover]:
        """Tell what the contract of each ticket leaves to use up."""
        # sudo: the agent sees the hint also where he may not open the contract
        contracts_sudo = self.sudo().contract_id
        covers = {one.id: one._cover() for one in contracts_sudo}
        return {
            ticket.id: covers[ticket.sudo().contract_id.id]  # as above
            for ticket in self
            if ticket.sudo().contract_id  # as above
        }

    def _find_contracts(self) -> dict:
        """Give for each ticket the contract that covers it best."""
        nothing = self.env["contract.contract"]
        families = self.partner_id.commercial_partner_id
        # sudo: who writes a ticket, a customer too, need not see contracts
        candidates = nothing.sudo()
        if families.ids:
            candidates = candidates.search(
                [
                    ("commercial_partner_id", "in", families.ids),
                    ("is_service", "=", True),
                    ("service_step", "=", "signed"),
                ]
            )
        by_family = candidates.grouped("commercial_partner_id")
        today = fields.Date.context_today(self)
        found = {}
        for ticket in self:
            family = ticket.partner_id.commercial_partner_id._origin
            days = {today, ticket._contract_day() or today}
            fitting = by_family.get(family, candidates.browse()).filtered(
                lambda one, ticket=ticket, days=days: one._covers(ticket, days)
            )
            found[ticket] = nothing.browse(fitting._best().id)
        return found

    def _contract_day(self) -> date | None:
        """Give the day on which the customer asked for help."""
        return self.create_date and fields.Date.context_today(self, self.create_date)

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        named = [
            ticket
            for ticket, vals in zip(tickets, vals_list, strict=True)
            if "contract_id" in vals
        ]
        self.browse([ticket.id for ticket in named])._note_choice()
        tickets._count_on_contracts()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if "contract_id" in vals:
            self._note_choice()
        if DECIDING.intersection(vals):
            self._count_on_contracts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        # It is proof also for who may not see what was used.
        if booked := self.sudo().filtered("entitlement_use_ids")[:1]:
            raise UserError(
                self.env._(
                    "Ticket %(name)s has used up something of a contract, and stays as"
                    " the proof of it. Archive it instead.",
                    name=booked.display_name,
                )
            )

    def _note_choice(self):
        """Remember whether the contract is another one than would be found."""
        if not self:
            return
        found = self._find_contracts()
        for ticket in self:
            # The contract may be hidden from who writes the ticket: it is compared.
            chosen = ticket.sudo().contract_id.sudo(False) != found[ticket]
            if ticket.is_contract_chosen != chosen:
                ticket.is_contract_chosen = chosen

    @api.model
    def _follow_contracts(self, families):
        """Look again for the contracts of the open tickets of these customers."""
        tickets = self.search(
            [
                ("commercial_partner_id", "in", families.ids),
                ("stage_id.closed", "=", False),
                ("is_contract_chosen", "=", False),
            ]
        )
        tickets._follow()

    def _follow(self):
        found = self._find_contracts()
        for ticket in self:
            if ticket.contract_id != found[ticket]:
                ticket.contract_id = found[ticket]

    @api.model
    def _follow_all_contracts(self):
        """Do the same for all customers, where a contract begins or ends by the day."""
        self.flush_model()
        self.env["contract.contract"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT ticket.id FROM helpdesk_ticket AS ticket
                JOIN helpdesk_ticket_stage AS stage ON stage.id = ticket.stage_id
                WHERE stage.closed IS NOT TRUE
                AND ticket.active
                AND ticket.is_contract_chosen IS NOT TRUE
                AND EXISTS (
                    SELECT FROM contract_contract AS contract
                    WHERE contract.commercial_partner_id = ticket.commercial_partner_id
                    AND contract.is_service AND contract.service_step = 'signed')
                ORDER BY ticket.id"""
            )
        )
        for ids in split_every(BATCH, [row[0] for row in rows]):
            self.browse(ids)._follow()

    def _count_on_contracts(self):
        """Book each ticket on its contract where that includes a number of tickets."""
        # sudo: customers open tickets too, and nobody books for himself here
        tickets_sudo = self.sudo()
        booked = defaultdict(dict)
        for use in tickets_sudo.entitlement_use_ids:
            if use.kind == "tickets" and not (use.reverses_id or use.reversed_by_ids):
                booked[use.ticket_id][use.contract_id] = use
        vals_list = []
        for ticket in tickets_sudo:
            contract = ticket.contract_id
            counts = contract if contract.included_tickets else contract.browse()
            for other, use in booked[ticket].items():
                if other != counts:
                    vals_list.append(
                        {"reverses_id": use.id, "contract_id": other.id, "quantity": -1}
                    )
            if counts and counts not in booked[ticket]:
                vals_list.append(ticket._prepare_ticket_use(counts))
        if vals_list:
            tickets_sudo.env["crm.entitlement.use"].create(vals_list)

    def _prepare_ticket_use(self, contract) -> dict:
        day = self._contract_day() or fields.Date.context_today(self)
        return {
            "contract_id": contract.id,
            "kind": "tickets",
            "quantity": 1,
            "date": max(day, contract.service_start),
            "ticket_id": self.id,
            "reason": self.env._("One more ticket than included"),
        }

    def action_book_on_contract(self) -> dict:
        """Open the window in which time is booked on the contract."""
        self.ensure_one()
        if not self.contract_id:
            raise UserError(self.env._("No contract covers this ticket."))
        action = self.contract_id.action_book()
        return action | {"context": action["context"] | {"default_ticket_id": self.id}}
