from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

AGENTS = "helpdesk_mgmt.group_helpdesk_user_own"
MANAGERS = "helpdesk_mgmt.group_helpdesk_manager"
STATES = [
    ("draft", "Draft"),
    ("offered", "Offered"),
    ("planned", "Not yet begun"),
    ("running", "Running"),
    ("renewed", "Renewed"),
    ("notice", "Notice given"),
    ("expired", "Expired"),
    ("ended", "Ended"),
]
# States in which the customer is served under the contract.
IN_FORCE = ("running", "renewed", "notice")
# What decides which tickets a contract covers, and when it is to be watched.
DECIDING = {
    "active",
    "commercial_partner_id",
    "company_id",
    "covered_partner_ids",
    "covered_product_ids",
    "first_end",
    "is_service",
    "is_terminated",
    "notice_interval",
    "notice_unit",
    "partner_id",
    "renewal_count",
    "renewal_interval",
    "renewal_kind",
    "renewal_unit",
    "service_level_id",
    "service_start",
    "service_step",
    "term_interval",
    "term_unit",
    "terminate_date",
    "territory_id",
}
# What settles the question whether and how a contract goes on.
DECISIONS = {"is_terminated", "renewal_count"}


class ContractContract(models.Model):
    """A service contract: whom and what it covers, and where in its life it is."""

    _inherit = "contract.contract"

    is_service = fields.Boolean(
        "Service Contract",
        tracking=True,
        help="It entitles the customer to service: its tickets, dates and included "
        "hours are watched.",
    )
    manager_id = fields.Many2one(
        "res.users",
        compute="_compute_manager_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Hears of it when the contract runs out and nobody has decided.",
    )
    covered_partner_ids = fields.Many2many(
        "res.partner",
        "crm_contract_partner_rel",
        "contract_id",
        "partner_id",
        string="People Covered",
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        help="Who may ask for help. Empty: everybody of the customer.",
    )
    covered_product_ids = fields.Many2many(
        "product.product",
        "crm_contract_product_rel",
        "contract_id",
        "product_id",
        string="Products Covered",
        help="Empty: all products. A ticket that names no product is covered.",
    )
    territory_id = fields.Many2one(
        "crm.territory",
        index="btree_not_null",
        check_company=True,
        help="Where help is given, with all parts of it. Empty: everywhere.",
    )
    coverage = fields.Text(help="What is covered and what is not, in words.")
    service_step = fields.Selection(
        [("draft", "Draft"), ("offered", "Offered"), ("signed", "Signed")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        export_string_translation=False,
    )
    service_state = fields.Selection(
        STATES,
        compute="_compute_service_state",
        search="_search_service_state",
        help="Follows from what was agreed and from today's date.",
    )
    ticket_ids = fields.One2many("helpdesk.ticket", "contract_id", "Tickets")
    ticket_count = fields.Integer(compute="_compute_ticket_count")

    @api.depends("is_service", "company_id")
    def _compute_manager_id(self):
        for contract in self.filtered("is_service"):
            contract.manager_id = (
                contract.manager_id or contract.company_id.contract_manager_id
            )

    @api.depends(
        "is_service",
        "service_step",
        "service_start",
        "service_end",
        "period_start",
        "renewal_kind",
        "renewal_count",
        "is_terminated",
        "terminate_date",
    )
    def _compute_service_state(self):
        self.service_state = False
        for state, _label in STATES:
            self.filtered_domain(self._state_domain(state)).service_state = state

    @api.model
    def _search_service_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        states = Domain.OR(self._state_domain(state) for state in value if state)
        return states | Domain("is_service", "=", False) if False in value else states

    @api.model
    def _state_domain(self, state: str) -> Domain:
        """Tell which contracts are in a state today."""
        service = Domain("is_service", "=", True)
        signed = service & Domain("service_step", "=", "signed")
        told = Domain("is_terminated", "=", True)
        over = told & Domain("terminate_date", "<", "today")
        begun = signed & Domain("service_start", "<=", "today") & ~over
        undecided = begun & ~told
        goes_on = (
            Domain("service_end", "=", False)
            | Domain("service_end", ">=", "today")
            | Domain("renewal_kind", "=", "tacit")
        )
        ahead = Domain("renewal_count", ">", 0) & Domain("period_start", ">", "today")
        return {
            "draft": service & Domain("service_step", "=", "draft"),
            "offered": service & Domain("service_step", "=", "offered"),
            "planned": signed & ~over & Domain("service_start", ">", "today"),
            "running": undecided & goes_on & ~ahead,
            "renewed": undecided & goes_on & ahead,
            "notice": begun & told,
            "expired": undecided & ~goes_on,
            "ended": signed & over,
        }.get(state, Domain.FALSE)

    @api.model
    def _in_force_domain(self) -> Domain:
        """Tell under which contracts customers are served today."""
        return Domain.OR(self._state_domain(state) for state in IN_FORCE)

    def _compute_ticket_count(self):
        groups = self.env["helpdesk.ticket"]._read_group(
            [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
        )
        counts = {contract.id: count for contract, count in groups}
        for contract in self:
            contract.ticket_count = counts.get(contract.id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        contracts.filtered("is_service")._terms_changed()
        return contracts

    def write(self, vals):
        if not DECIDING.intersection(vals):
            return super().write(vals)
        before = self.filtered("is_service")
        customers = before.commercial_partner_id
        result = super().write(vals)
        if "is_service" in vals:
            # Managers of service make no other contracts, not in two steps either.
            self.check_access("write")
        if DECISIONS.intersection(vals):
            before.sudo()._rest_reminders()  # reminders are colleagues' too
        (before | self.filtered("is_service"))._terms_changed(customers)
        return result

    def _terms_changed(self, customers=None):
        """Bring in line what follows from the terms: deadlines, and open tickets.

        :param customers: whose contracts these were before
        """
        if not self:
            return
        families = self.commercial_partner_id | (customers or self.env["res.partner"])
        # sudo: who may change a contract need not be able to change tickets
        self.sudo()._refresh_watch(families)
        # Tickets follow their contract, whoever may see them.
        self.env["helpdesk.ticket"].sudo()._follow_contracts(families)

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Show agents their own views: those of the accountants need other rights."""
        own = {
            "form": "crm_css.contract_contract_view_form_service",
            "list": "crm_css.contract_contract_view_list_service",
        }
        if not view_id and view_type in own and self.env.user.has_group(AGENTS):
            view_id = self.env.ref(own[view_type]).id
        return super().get_view(view_id, view_type, **options)

    def get_formview_id(self, access_uid=None):
        if self.is_service:
            return self.env.ref("crm_css.contract_contract_view_form_service").id
        return super().get_formview_id(access_uid=access_uid)

    def action_offer(self):
        self._step("offered", "draft")

    def action_sign(self):
        """Let the contract run from its first day on."""
        for contract in self:
            if not contract.service_start:
                raise UserError(
                    self.env._(
                        "When does “%(name)s” begin? Fill in its first day.",
                        name=contract.display_name,
                    )
                )
        self._step("signed", "draft", "offered")

    def action_redraft(self):
        self._step("draft", "offered")

    def _step(self, step: str, *allowed: str):
        self.check_access("write")
        for contract in self:
            if not contract.is_service or contract.service_step not in allowed:
                raise UserError(
                    self.env._(
                        "“%(name)s” is at another step already. Reload the page to see"
                        " who changed it.",
                        name=contract.display_name,
                    )
                )
        self.write({"service_step": step})

    def action_open_tickets(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tickets"),
            "res_model": "helpdesk.ticket",
            "views": [(False, "list"), (False, "form")],
            "domain": [("contract_id", "=", self.id)],
        }

    def action_open_invoicing(self) -> dict:
        """Open the contract as the accountants see it."""
        self.ensure_one()
        form = self.env.ref("contract.contract_contract_customer_form_view")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoicing"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(form.id, "form")],
        }

    def action_terminate_contract(self) -> dict:
        """Suggest the day on which a notice given today ends a service contract."""
        action = super().action_terminate_contract()
        if self.is_service and not self.is_terminated:
            action["context"]["default_terminate_date"] = self._earliest_end()
        return action

    def _terminate_contract(
        self,
        terminate_reason_id,
        terminate_comment,
        terminate_date,
        terminate_lines_with_last_date_invoiced=False,
    ):
        """Let managers of service end service contracts, without the rights of
        accountants, which the group of the original brings."""
        by_manager = self.is_service and self.env.user.has_group(MANAGERS)
        contract = self
        if by_manager:
            self.check_access("write")
            contract = self.with_user(self.env.ref("base.user_root"))
        result = super(ContractContract, contract)._terminate_contract(
            terminate_reason_id.with_env(contract.env),
            terminate_comment,
            terminate_date,
            terminate_lines_with_last_date_invoiced,
        )
        if by_manager:
            self._message_log(
                body=self.env._(
                    "Ends on %(date)s: %(reason)s.",
                    date=terminate_date,
                    reason=terminate_reason_id.name,
                )
            )
        return result
