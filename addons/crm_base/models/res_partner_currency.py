from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .crm_contact_point import KINDS

TASK_TYPES = {
    "phone": "crm_base.activity_type_confirm_phone",
    "email": "crm_base.activity_type_confirm_email",
    "address": "crm_base.activity_type_confirm_address",
}


class ResPartner(models.Model):
    """Which contact details were confirmed when, and which are stale."""

    _inherit = "res.partner"

    contact_point_ids = fields.One2many(
        "crm.contact.point",
        "partner_id",
        "Confirmations",
        groups="base.group_user",
    )
    phone_status = fields.Char(
        compute="_compute_detail_status", groups="base.group_user"
    )
    email_status = fields.Char(
        "E-mail Status", compute="_compute_detail_status", groups="base.group_user"
    )
    address_status = fields.Char(
        compute="_compute_detail_status", groups="base.group_user"
    )
    is_phone_stale = fields.Boolean(
        "Phone Stale",
        compute="_compute_is_stale",
        search="_search_is_phone_stale",
        groups="base.group_user",
    )
    is_email_stale = fields.Boolean(
        "E-mail Stale",
        compute="_compute_is_stale",
        search="_search_is_email_stale",
        groups="base.group_user",
    )
    is_address_stale = fields.Boolean(
        "Address Stale",
        compute="_compute_is_stale",
        search="_search_is_address_stale",
        groups="base.group_user",
    )
    has_stale_details = fields.Boolean(
        "Stale Details",
        compute="_compute_is_stale",
        search="_search_has_stale_details",
        help="A phone, mail or address was not confirmed for longer than is allowed.",
        groups="base.group_user",
    )

    @api.depends("contact_point_ids.state", "contact_point_ids.confirmed_date")
    @api.depends_context("lang", "tz")
    def _compute_detail_status(self):
        for partner in self:
            partner.phone_status = partner._detail_status("phone")
            partner.email_status = partner._detail_status("email")
            partner.address_status = partner._detail_status("address")

    @api.depends("contact_point_ids.state", "contact_point_ids.confirmed_date")
    @api.depends_context("company")
    def _compute_is_stale(self):
        phone, email, address = (
            self.filtered_domain(self._stale_domain(kind)) for kind, _label in KINDS
        )
        for partner in self:
            partner.is_phone_stale = partner in phone
            partner.is_email_stale = partner in email
            partner.is_address_stale = partner in address
            partner.has_stale_details = partner in phone | email | address

    def _search_is_phone_stale(self, operator, value):
        return self._search_stale(["phone"], operator)

    def _search_is_email_stale(self, operator, value):
        return self._search_stale(["email"], operator)

    def _search_is_address_stale(self, operator, value):
        return self._search_stale(["address"], operator)

    def _search_has_stale_details(self, operator, value):
        return self._search_stale([kind for kind, _label in KINDS], operator)

    def _search_stale(self, kinds: list[str], operator: str):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._stale_domain(kind) for kind in kinds)

    def _stale_domain(self, kind: str) -> Domain:
        return self.env["crm.currency.rule"]._stale_domain(kind)

    @api.model
    def _has_detail_domain(self, kind: str) -> Domain:
        """The contacts that have such a detail of their own."""
        if kind != "address":
            return Domain(kind, "!=", False)
        # People at their company's address have none of their own.
        is_own = Domain("parent_id", "=", False) | Domain("is_company", "=", True)
        is_own |= Domain("type", "!=", "contact")
        return is_own & (Domain("street", "!=", False) | Domain("city", "!=", False))

    def _contact_value(self, kind: str) -> str:
        """Give the detail in the form in which two spellings of it agree."""
        self.ensure_one()
        if kind == "phone":
            return self.phone_sanitized or self.phone or ""
        if kind == "email":
            return self.email_normalized or self.email or ""
        if not self.filtered_domain(self._has_detail_domain("address")):
            return ""
        parts = (self.street, self.street2, self.zip, self.city, self.state_id.code)
        return ", ".join(filter(None, (*parts, self.country_id.code)))

    def _detail_status(self, kind: str) -> str:
        """Say in a few words how far a detail can be trusted."""
        if not self._contact_value(kind):
            return ""
        point = self._valid_contact_point(kind)
        if not point:
            return self.env._("Never confirmed")
        if point.state == "refuted":
            date = format_date(self.env, point.refuted_date)
            if not point.reason:
                return self.env._("Wrong since %(date)s", date=date)
            return f"{date}: {point.reason}"
        hows = dict(point._fields["how"]._description_selection(self.env))
        who = point.user_id.sudo().name  # a colleague's name, or the customer's own
        date = format_date(self.env, point.confirmed_date)
        return ", ".join(filter(None, (date, hows[point.how], who)))

    def _valid_contact_point(self, kind: str):
        """Give what is known of a detail as it is now."""
        return self.contact_point_ids.filtered(
            lambda point: point.kind == kind and point.state in {"confirmed", "refuted"}
        )[:1]

    # Confirming

    def action_confirm_phone(self):
        """Note that the phone is right, today."""
        self._confirm_by_hand("phone")

    def action_confirm_email(self):
        """Note that the mail address is right, today."""
        self._confirm_by_hand("email")

    def action_confirm_address(self):
        """Note that the postal address is right, today."""
        self._confirm_by_hand("address")

    def action_refute_phone(self):
        """Note that the phone is wrong."""
        self._refute_by_hand("phone")

    def action_refute_email(self):
        """Note that the mail address is wrong."""
        self._refute_by_hand("email")

    def action_refute_address(self):
        """Note that the postal address is wrong."""
        self._refute_by_hand("address")

    def _confirm_by_hand(self, kind: str):
        self._check_is_confirmer()
        self._confirm_contact_point(kind, "hand")

    def _refute_by_hand(self, kind: str):
        self._check_is_confirmer()
        self.env["crm.contact.point"]._refute(self, kind, "hand")

    def _check_is_confirmer(self):
        self.env["crm.contact.point"].check_access("read")
        self.check_access("write")

    def _confirm_contact_point(self, kind: str, how: str, date=None):
        """Note that a detail proved right; addons call it where they see that.

        :param kind: ``phone``, ``email`` or ``address``
        :param how: a value of ``crm.contact.point.how``
        :param date: when, if not now
        """
        self.env["crm.contact.point"]._confirm(self, kind, how, date)

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        reason = self.env._("A mail to %(email)s came back", email=email)
        self.env["crm.contact.point"]._refute(self, "email", "bounce", reason)
        return result

    # Tasks

    @api.model
    def _confirm_types(self):
        """The types of the activities by which confirming becomes a task."""
        types = self.env["mail.activity.type"]
        for xmlid in TASK_TYPES.values():
            types |= self.env.ref(xmlid, raise_if_not_found=False) or types
        return types

    @api.model
    def _without_task_domain(self, kind: str) -> Domain:
        task_type = self.env.ref(TASK_TYPES[kind])
        return ~Domain("activity_ids", "any", [("activity_type_id", "=", task_type.id)])

    def _plan_confirm_tasks(self, kind: str, user):
        if self and user:
            self.activity_schedule(TASK_TYPES[kind], user_id=user.id)

    def _close_confirm_tasks(self, kind: str):
        if self:
            # The task may be a colleague's, who is glad to be rid of it.
            self.sudo().activity_feedback(
                [TASK_TYPES[kind]], feedback=self.env._("Confirmed.")
            )

    @api.model
    def _drop_needless_confirm_tasks(self):
        """Remove the tasks to confirm what is no longer stale, or no longer there."""
        for kind, xmlid in TASK_TYPES.items():
            task_type = self.env.ref(xmlid)
            tasks = self.env["mail.activity"].search(
                [
                    ("activity_type_id", "=", task_type.id),
                    ("res_model", "=", self._name),
                    ("automated", "=", True),
                ]
            )
            due = self._stale_somewhere(kind, tasks.mapped("res_id"))
            tasks.filtered(lambda task, due=due: task.res_id not in due.ids).unlink()

    @api.model
    def _stale_somewhere(self, kind: str, ids: list[int]):
        """Give those of the contacts whose detail is stale for one of our companies."""
        stale = self.browse()
        for company in self.env["res.company"].search(Domain.TRUE) if ids else ():
            here = self.with_company(company)
            stale |= here.search(here._stale_domain(kind) & Domain("id", "in", ids))
        return stale

    # The card

    def _card_warnings(self, family):
        return [*super()._card_warnings(family), *self._detail_warnings()]

    def _detail_warnings(self) -> list[dict]:
        """Warn of the details of the person at hand that may be wrong."""
        labels = self.env["crm.contact.point"]._fields["kind"]
        stale = {
            "phone": self.is_phone_stale,
            "email": self.is_email_stale,
            "address": self.is_address_stale,
        }
        return [
            {"key": f"detail_{kind}", "text": text, "action": False}
            for kind, label in labels._description_selection(self.env)
            if (text := self._detail_warning(kind, label, stale[kind]))
        ]

    def _detail_warning(self, kind: str, label: str, is_stale: bool) -> str:
        point = self._valid_contact_point(kind)
        if point.state == "refuted":
            return f"{label}: {self._detail_status(kind)}"
        if not is_stale:
            return ""
        if not point:
            return self.env._("%(detail)s was never confirmed", detail=label)
        return self.env._(
            "%(detail)s not confirmed since %(date)s",
            detail=label,
            date=format_date(self.env, point.confirmed_date),
        )
