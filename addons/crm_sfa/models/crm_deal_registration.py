import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize, plaintext2html

STATES = [
    ("submitted", "Submitted"),
    ("approved", "Protected"),
    ("refused", "Refused"),
    ("expired", "Expired"),
    ("won", "Won"),
    ("lost", "Lost"),
]
# From which state a registration may come into which.
MOVES = {
    "submitted": {"approved", "refused", "lost"},
    "approved": {"expired", "won", "lost"},
    "refused": {"submitted"},
    "expired": {"approved", "won", "lost"},
    "won": set(),
    "lost": set(),
}
# What methods write only, whoever may change the rest.
DECIDED = {
    "state",
    "date_submitted",
    "date_decided",
    "date_protected",
    "decided_by_id",
    "reason",
    "extensions",
    "is_reminded",
    "lead_id",
}
# What is protected, and for whom.
SUBJECT = {
    "company_id",
    "customer_name",
    "email",
    "partner_id",
    "phone",
    "reseller_id",
    "vat",
}
LEADER = "sales_team.group_sale_salesman_all_leads"


class CrmDealRegistration(models.Model):
    """A reseller tells us of a deal of his; once approved, it is his for a time."""

    _name = "crm.deal.registration"
    _description = "Deal Registration"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_submitted desc, id desc"
    _rec_name = "customer_name"
    _check_company_auto = True

    reseller_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('grade_id', '!=', False)]",
        tracking=True,
    )
    grade_id = fields.Many2one(related="reseller_id.grade_id", string="Level")
    contact_id = fields.Many2one(
        "res.partner",
        "Registered By",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', reseller_id)]",
        help="The person at the reseller who hears of it.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index=True,
        domain="[('share', '=', False)]",
        tracking=True,
        groups="base.group_user",
    )
    customer_name = fields.Char("End Customer", required=True, tracking=True)
    vat = fields.Char("Tax Number")
    email = fields.Char("E-mail")
    phone = fields.Char()
    email_normalized = fields.Char(
        compute="_compute_keys", store=True, index="btree_not_null"
    )
    phone_sanitized = fields.Char(
        compute="_compute_keys", store=True, index="btree_not_null"
    )
    vat_key = fields.Char(compute="_compute_keys", store=True, index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner",
        "Known Customer",
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",
        help="The end customer among our contacts, if we know him.",
    )
    category_id = fields.Many2one(
        "product.category", "Product Category", index="btree_not_null"
    )
    amount = fields.Monetary("Expected Amount", tracking=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_until = fields.Date("Decision Expected", required=True)
    description = fields.Text()
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="submitted",
        copy=False,
        index=True,
        tracking=True,
    )
    date_submitted = fields.Datetime(
        "Submitted On", readonly=True, default=fields.Datetime.now, copy=False
    )
    date_decided = fields.Datetime("Decided On", readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, groups="base.group_user"
    )
    date_protected = fields.Date(
        "Protected Until", readonly=True, copy=False, tracking=True
    )
    extensions = fields.Integer("Extended", readonly=True, copy=False)
    is_reminded = fields.Boolean(readonly=True, copy=False)
    reason = fields.Text(
        readonly=True, copy=False, help="Why it was refused. The reseller reads it."
    )
    lead_id = fields.Many2one(
        "crm.lead",
        "Deal",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist", compute="_compute_pricelist_id", groups="base.group_user"
    )
    may_extend = fields.Boolean(compute="_compute_may_extend")

    _live_idx = models.Index(
        "(company_id, date_protected) WHERE state IN ('submitted', 'approved')"
    )
    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "The expected amount cannot be below zero."
    )

    @api.depends("email", "phone", "vat", "company_id")
    def _compute_keys(self):
        for deal in self:
            deal.email_normalized = email_normalize(deal.email or "")
            country = deal.company_id.country_id
            deal.phone_sanitized = deal._phone_format(
                number=deal.phone, country=country, force_format="E164"
            ) or re.sub(r"[^\d+]", "", deal.phone or "")
            deal.vat_key = re.sub(r"[\W_]", "", deal.vat or "").upper()

    @api.depends("reseller_id", "company_id")
    def _compute_pricelist_id(self):
        for deal in self:
            reseller = deal.reseller_id.with_company(deal.company_id)
            deal.pricelist_id = reseller.property_product_pricelist

    @api.depends("state", "extensions", "grade_id")
    def _compute_may_extend(self):
        for deal in self:
            grade_sudo = deal.sudo().grade_id  # of a level, how often alone
            allowed = grade_sudo.protection_extensions
            deal.may_extend = deal.state == "approved" and deal.extensions < allowed

    @api.constrains("reseller_id")
    def _check_reseller(self):
        for deal in self:
            if not deal.sudo().reseller_id.grade_id:  # the level alone, not who it is
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has no partner level, so it is no reseller. Give it"
                        " a level on its contact first.",
                        name=deal.reseller_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Given here, so that no default of the context takes its place.
            fresh = dict.fromkeys(DECIDED, False) | {
                "state": "submitted",
                "extensions": 0,
                "date_submitted": fields.Datetime.now(),
            }
            vals_list = [vals | fresh for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        self._check_subject(vals)
        if not self.env.su and not DECIDED.isdisjoint(vals):
            raise UserError(
                self.env._(
                    "State, protection and reason of a registration are changed by its"
                    " buttons only."
                )
            )
        return super().write(vals)

    def _check_subject(self, vals: dict) -> None:
        """What was decided on stays what it was, for those who do not decide."""
        if self.env.su or SUBJECT.isdisjoint(vals) or self.env.user.has_group(LEADER):
            return
        if any(deal.state != "submitted" for deal in self):
            raise UserError(
                self.env._(
                    "The registration was decided. Team leaders and managers change"
                    " whose deal it is."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if kept := self.filtered(lambda deal: deal.state != "submitted"):
            raise UserError(
                self.env._(
                    "The registration of “%(name)s” was decided. It shows who was first"
                    " and stays.",
                    name=kept[0].customer_name,
                )
            )

    # Buttons

    def action_approve(self):
        """Protect the deals; who is surely among our contacts already is linked."""
        self._check_decider()
        for deal in self:
            if not deal.partner_id:
                deal.partner_id = deal._sure_customer()
            deal._move("approved")
            days = deal.sudo().grade_id.protection_days or 90  # how long alone
            # Nobody writes these dates by hand; that he may decide was checked.
            deal.sudo().date_protected = fields.Date.today() + timedelta(days=days)
            deal._tell_reseller(
                deal.env._(
                    "Your deal with %(customer)s is approved. It is protected until"
                    " %(day)s.",
                    customer=deal.customer_name,
                    day=deal.date_protected,
                )
            )

    def action_refuse(self) -> dict:
        """Ask for the reason, which the reseller reads."""
        self._check_decider()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_sfa.crm_deal_refuse_action"
        )
        return action | {"context": {"default_registration_ids": self.ids}}

    def action_won(self):
        self.check_access("write")
        self._move("won")

    def action_lost(self):
        self.check_access("write")
        self._move("lost")

    def action_extend(self):
        """Protect for one more time, at our own discretion."""
        self._check_decider()
        for deal in self:
            if deal.state == "expired":
                deal._move("approved")
            deal._extend()

    def action_make_lead(self) -> dict:
        """Make a deal of ours of which the reseller is the customer, and open it."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "approved":
            raise UserError(
                self.env._("Approve the registration before you make a deal of it.")
            )
        if not self.lead_id:
            lead = self.env["crm.lead"].create(self._prepare_lead_vals())
            self.sudo().lead_id = lead  # written by methods only
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }

    def _prepare_lead_vals(self) -> dict:
        """The reseller buys, at the price list of his level, and sells on."""
        reach = ", ".join(filter(None, (self.vat, self.email, self.phone)))
        end_customer = self.env._(
            "End customer: %(name)s (%(reach)s)", name=self.customer_name, reach=reach
        )
        return {
            "name": f"{self.reseller_id.name}: {self.customer_name}",
            "type": "opportunity",
            "partner_id": (self.contact_id or self.reseller_id).id,
            "user_id": self.user_id.id or self.env.uid,
            "company_id": self.company_id.id,
            "expected_revenue": self.amount,
            "date_deadline": self.date_until,
            "description": plaintext2html(f"{end_customer}\n{self.description or ''}"),
        }

    # Business methods

    def _check_decider(self):
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(LEADER)):
            raise UserError(
                self.env._("Team leaders and managers decide on registrations.")
            )

    def _move(self, state: str, reason: str = ""):
        """Go on to a state, if it can be reached from the present one."""
        self.lock_for_update()  # reseller and staff may decide at the same moment
        labels = dict(self._fields["state"]._description_selection(self.env))
        for deal in self:
            if state not in MOVES[deal.state]:
                raise UserError(
                    self.env._(
                        "The registration of “%(name)s” is “%(state)s” and cannot"
                        " become “%(new)s”.",
                        name=deal.customer_name,
                        state=labels[deal.state],
                        new=labels[state],
                    )
                )
        vals = {"state": state, "date_decided": fields.Datetime.now()}
        # Whoever may move it was checked before; nobody else writes these fields.
        self.sudo().write(
            vals | {"decided_by_id": self.env.uid, "reason": reason or False}
        )

    def _refuse(self, reason: str):
        self._check_decider()
        for deal in self:
            deal._move("refused", reason)
            deal._tell_reseller(
                deal.env._(
                    "We cannot protect your deal with %(customer)s. Reason: %(reason)s",
                    customer=deal.customer_name,
                    reason=reason,
                )
            )

    def _extend(self):
        self.ensure_one()
        self.lock_for_update()
        deal_sudo = self.sudo()  # the right was checked by who calls
        if deal_sudo.state != "approved":
            raise UserError(self.env._("Only protected deals are extended."))
        days = timedelta(days=deal_sudo.grade_id.protection_days or 90)
        start = max(deal_sudo.date_protected, fields.Date.today())
        deal_sudo.write(
            {
                "date_protected": start + days,
                "extensions": deal_sudo.extensions + 1,
                "is_reminded": False,
            }
        )

    def _tell_reseller(self, text: str):
        """Write to who registered the deal, and keep it in the history."""
        deal_sudo = self.sudo()  # the right was checked by who calls
        contact = deal_sudo.contact_id or deal_sudo.reseller_id
        body = f"{text} {self.get_base_url()}/my/deals/{self.id}"
        deal_sudo.message_post(
            body=body,
            subject=self.customer_name,
            partner_ids=contact.ids,
            subtype_xmlid="mail.mt_comment",
        )

    @api.model
    def _protected_domain(self) -> Domain:
        return Domain("state", "=", "approved") & Domain(
            "date_protected", ">=", fields.Date.today()
        )

    # The job

    @api.model
    def _cron_expire(self):
        """Remind resellers before the protection ends, and end it on its day."""
        commit = self.env["ir.cron"]._commit_progress
        due = self._due()
        commit(remaining=len(due))
        for deal in due:
            # A colleague decides on it at this moment: its turn comes tomorrow.
            locked = deal.try_lock_for_update()
            # It may have been decided, extended or seen to since the list was made.
            if locked._is_due():
                locked._expire_or_remind()
            if not commit(1):
                break

    @api.model
    def _due(self):
        today = fields.Date.today()
        soon = today + timedelta(days=365)
        approved = self.search(
            [("state", "=", "approved"), ("date_protected", "<", soon)],
            order="date_protected, id",
        )
        return approved.filtered(lambda deal: deal._is_due())

    def _is_due(self) -> bool:
        today = fields.Date.today()
        return self.state == "approved" and (
            self.date_protected < today or self._is_reminder_due(today)
        )

    def _is_reminder_due(self, today) -> bool:
        days = timedelta(days=self.grade_id.protection_reminder_days)
        return (
            not self.is_reminded and bool(days) and self.date_protected - days <= today
        )

    def _expire_or_remind(self):
        contact = self.contact_id or self.reseller_id
        deal = self.with_context(lang=contact.lang)
        words = {"customer": self.customer_name, "day": self.date_protected}
        if self.date_protected < fields.Date.today():
            deal._move("expired")
            deal._tell_reseller(
                deal.env._(
                    "The protection of your deal with %(customer)s ended on %(day)s.",
                    **words,
                )
            )
            return
        self.is_reminded = True
        deal._tell_reseller(
            deal.env._(
                "The protection of your deal with %(customer)s ends on %(day)s. Extend"
                " it, or tell us how it ended.",
                **words,
            )
        )
