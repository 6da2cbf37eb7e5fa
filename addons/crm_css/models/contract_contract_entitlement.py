from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, float_round, format_date

from ..tools import contract_terms

KINDS = [("hours", "Hours"), ("visits", "Visits"), ("tickets", "Tickets")]
NAMES = tuple(kind for kind, _label in KINDS)
AMOUNTS = [f"{kind}_{part}" for kind in NAMES for part in ("used", "left", "percent")]
METER = [*AMOUNTS, "window_start", "window_end"]


class ContractContract(models.Model):
    """What the contract includes, and how much of it is used up."""

    _inherit = "contract.contract"

    included_hours = fields.Float(
        help="0: hours are counted, but not limited.", tracking=True
    )
    included_visits = fields.Float(
        help="0: visits are counted, but not limited.", tracking=True
    )
    included_tickets = fields.Float(
        help="0: tickets are not counted.",
        tracking=True,
    )
    included_per = fields.Selection(
        [
            ("term", "Contract period"),
            ("year", "Contract year"),
            ("month", "Contract month"),
        ],
        "Amounts per",
        required=True,
        default="term",
        tracking=True,
        help="For which time the amounts hold; what is left over is lost. Years and "
        "months are counted from the first day of the contract.",
    )
    window_start = fields.Date("Counted From", compute="_compute_meter")
    window_end = fields.Date("Counted Until", compute="_compute_meter")
    hours_used = fields.Float(compute="_compute_meter")
    hours_left = fields.Float(compute="_compute_meter")
    hours_percent = fields.Float("Hours Used (%)", compute="_compute_meter")
    visits_used = fields.Float(compute="_compute_meter")
    visits_left = fields.Float(compute="_compute_meter")
    visits_percent = fields.Float("Visits Used (%)", compute="_compute_meter")
    tickets_used = fields.Float(compute="_compute_meter")
    tickets_left = fields.Float(compute="_compute_meter")
    tickets_percent = fields.Float("Tickets Used (%)", compute="_compute_meter")
    use_ids = fields.One2many("crm.entitlement.use", "contract_id")
    # Written by each entry: so of two at one moment the second starts anew.
    use_turn = fields.Integer(
        default=0, readonly=True, copy=False, export_string_translation=False
    )
    hours_product_id = fields.Many2one(
        "product.product",
        "Hours Beyond",
        compute="_compute_overuse_products",
        store=True,
        readonly=False,
        domain="[('sale_ok', '=', True)]",
        help="What the customer buys when more hours are used than included.",
    )
    visits_product_id = fields.Many2one(
        "product.product",
        "Visits Beyond",
        compute="_compute_overuse_products",
        store=True,
        readonly=False,
        domain="[('sale_ok', '=', True)]",
        help="What the customer buys when more visits are made than included.",
    )
    tickets_product_id = fields.Many2one(
        "product.product",
        "Tickets Beyond",
        compute="_compute_overuse_products",
        store=True,
        readonly=False,
        domain="[('sale_ok', '=', True)]",
        help="What the customer buys when more tickets come than included.",
    )

    @api.depends("company_id", "is_service")
    def _compute_overuse_products(self):
        for contract in self.filtered("is_service"):
            for kind in NAMES:
                name = f"{kind}_product_id"
                contract[name] = (
                    contract[name] or contract.company_id[f"overuse_{name}"]
                )

    @api.depends(
        "use_ids",
        "included_hours",
        "included_visits",
        "included_tickets",
        "included_per",
        "service_start",
        "service_end",
        "renewal_count",
    )
    def _compute_meter(self):
        today = fields.Date.context_today(self)
        windows = {contract: contract._window(today) for contract in self}
        used = self._used({one.id: window for one, window in windows.items()})
        for contract, window in windows.items():
            contract.window_start = window and window.start
            contract.window_end = (window and window.end) or False
            for kind in NAMES:
                amount = used.get((contract._origin.id, kind), 0.0)
                included = contract[f"included_{kind}"]
                contract[f"{kind}_used"] = amount
                contract[f"{kind}_left"] = max(included - amount, 0.0)
                contract[f"{kind}_percent"] = (
                    100 * amount / included if included else 0.0
                )

    def _window(self, day: date):
        """Give the time in which a day lies, and for which the amounts hold."""
        terms = self._terms()
        return terms and contract_terms.window(terms, self.included_per, day)

    @api.model
    def _used(self, windows: dict) -> dict[tuple[int, str], float]:
        """Add up, in one query, what each contract used in its window, by kind."""
        rows = [
            SQL("(%s, %s::date, %s::date)", contract._origin.id, edge.start, edge.end)
            for contract, edge in (
                (self.browse(key), edge) for key, edge in windows.items() if edge
            )
            if contract._origin.id
        ]
        if not rows:
            return {}
        found = self.env.execute_query(
            SQL(
                """SELECT use.contract_id, use.kind, sum(use.quantity)
                FROM (VALUES %s) AS span(contract_id, first, last)
                JOIN crm_entitlement_use AS use
                    ON use.contract_id = span.contract_id
                    AND use.date >= span.first
                    AND (span.last IS NULL OR use.date <= span.last)
                GROUP BY use.contract_id, use.kind""",
                SQL(", ").join(rows),
                to_flush=self.env["crm.entitlement.use"]._fields["quantity"],
            )
        )
        return {(key, kind): total for key, kind, total in found}

    def _left_on(self, kind: str, day: date) -> float | None:
        """Give how much was left for a day; nothing where the kind is not limited."""
        self.ensure_one()
        included = self[f"included_{kind}"]
        window = self._window(day)
        if not included or not window:
            return None
        used = self._used({self.id: window}).get((self.id, kind), 0.0)
        return float_round(max(included - used, 0.0), precision_digits=4)

    def _take_turn(self):
        """Let one user at a time book on these contracts.

        The second waits for the first, and is then made to start anew by the database,
        for the row has changed: so it sees what the first one used.
        """
        self.env.execute_query(
            SQL(
                """UPDATE contract_contract SET use_turn = use_turn + 1
                WHERE id IN %s RETURNING id""",
                tuple(sorted(self.ids)),
            )
        )

    def _meter_text(self) -> str:
        """Tell what is left, in a few words: “6.5 of 10 h left, 3 of 5 visits left”."""
        self.ensure_one()
        told = {
            "hours": self.env._("%(left)s of %(all)s h left"),
            "visits": self.env._("%(left)s of %(all)s visits left"),
            "tickets": self.env._("%(left)s of %(all)s tickets left"),
        }
        return ", ".join(
            text % {"left": f"{self[f'{kind}_left']:g}", "all": f"{included:g}"}
            for kind, text in told.items()
            if (included := self[f"included_{kind}"])
        )

    def _cover_text(self) -> str:
        """Tell the level, until when it runs and what is left, in one line."""
        self.ensure_one()
        name = self.service_level_id.name or self.name
        if end := self._last_day():
            date_text = format_date(self.env, end)
            name = self.env._("%(level)s until %(date)s", level=name, date=date_text)
        meter = self._meter_text()
        return f"{name}: {meter}" if meter else name

    @api.constrains("included_hours", "included_visits", "included_tickets")
    def _check_included(self):
        for contract in self:
            for kind in NAMES:
                if not 0 <= contract[f"included_{kind}"] <= 10**6:
                    raise ValidationError(
                        self.env._(
                            "“%(name)s”: what is included is between 0 and 1,000,000.",
                            name=contract.display_name,
                        )
                    )

    def action_open_uses(self) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_css.crm_entitlement_use_action"
        )
        return action | {
            "domain": [("contract_id", "=", self.id)],
            "context": {"default_contract_id": self.id},
        }

    def action_book(self) -> dict:
        """Open the window in which use is booked."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Book on the Contract"),
            "res_model": "crm.entitlement.book",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_contract_id": self.id},
        }
