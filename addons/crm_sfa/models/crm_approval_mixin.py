from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..tools.approval import Breach, breach, is_worse


class CrmApprovalMixin(models.AbstractModel):
    """A document that goes no further while it passes the limits of its people.

    The model says how far it goes (:meth:`_approval_values`) and asks
    :meth:`_approval_check` wherever it goes on.
    """

    _name = "crm.approval.mixin"
    _description = "Document with Limits"

    approval_state = fields.Selection(
        [
            ("free", "Not needed"),
            ("needed", "Needed"),
            ("asked", "Asked for"),
            ("refused", "Refused"),
            ("approved", "Approved"),
        ],
        "Approval",
        compute="_compute_approval",
        help="Whether the document passes limits, and what was decided about that.",
    )
    approval_hint = fields.Text("Passed Limits", compute="_compute_approval")

    # To be said by the model

    @api.model
    def _approval_field(self) -> str:
        """The field of approvals that names documents of this model."""
        raise NotImplementedError

    def _approval_values(self, kinds: set[str]) -> dict[str, float]:
        """How far the document goes, for some kinds of limits."""
        raise NotImplementedError

    def _approval_size(self) -> float:
        """How much is bought, whatever is given away: what was approved for little
        was not approved for much. In the currency of the document."""
        raise NotImplementedError

    def _approval_goods(self) -> str:
        """The lines in a few words, for who decides on a phone."""
        raise NotImplementedError

    def _approval_salesperson(self):
        return self.user_id

    # Limits

    def _compute_approval(self):
        for document in self:
            document.approval_state, document.approval_hint = "free", False
            breaches = document._approval_breaches(document._approval_people())
            if not breaches:
                continue
            document.approval_state = document._approval_stand(breaches)
            document.approval_hint = document._approval_text(breaches)

    def _approval_stand(self, breaches: list[Breach]) -> str:
        if self._approval_covers(breaches):
            return "approved"
        last_sudo = self._approvals_sudo()[:1]
        stands = ("asked", "refused")
        return last_sudo.state if last_sudo.state in stands else "needed"

    def _approval_text(self, breaches: list[Breach]) -> str:
        lines = self.env["crm.approval.line"]
        labels = dict(lines._fields["kind"]._description_selection(self.env))
        # Groups are not for users to read; who decides is.
        limits_sudo = self.env["crm.approval.limit"].sudo()
        return "\n".join(
            self.env._(
                "%(kind)s: %(value)s, you may go to %(allowed)s. Decided by:"
                " %(group)s.",
                kind=labels[one.kind],
                value=f"{one.value:.6g} {limits_sudo.browse(one.limit).unit}",
                allowed=f"{one.allowed:.6g}",
                group=limits_sudo.browse(one.limit).approver_group_id.name,
            )
            for one in breaches
        )

    def _approval_people(self):
        """Give whose limits count: those of the user who acts. Where that is a
        customer or a job, those of who sells and of who made the document."""
        user = self.env.user
        if user.id != SUPERUSER_ID and not user.share:
            return user
        return self._approval_makers()

    def _approval_makers(self):
        makers = self._approval_salesperson() | self.sudo().create_uid  # whoever it was
        return makers.filtered(lambda one: one.id != SUPERUSER_ID and not one.share)

    def _approval_breaches(self, people, only: set[str] | None = None) -> list[Breach]:
        """Give the limits of these people that the document passes, the strictest of
        each kind."""
        self.ensure_one()
        limits = self.env["crm.approval.limit"]._of_company(self.company_id)
        kinds = {limit.kind for limit in limits} & (only or self._approval_kinds())
        if not kinds:
            return []
        # Costs, debts and other people's groups are not for every seller to read.
        document_sudo = self.sudo().with_company(self.company_id)
        values = document_sudo._approval_values(kinds)
        value_class = document_sudo.partner_id.commercial_partner_id.value_class or ""
        # As above.
        groups_of = [person.sudo().all_group_ids.ids for person in people] or [[]]
        found: dict[str, Breach] = {}
        for kind, value in values.items():
            for groups in groups_of:
                one = breach(limits, kind, value, groups, value_class)
                strictest = found.get(kind)
                if one and (
                    not strictest or is_worse(kind, strictest.allowed, one.allowed)
                ):
                    found[kind] = one
        return list(found.values())

    @api.model
    def _approval_kinds(self) -> set[str]:
        return {"discount", "margin", "credit", "terms"}

    def _approvals_sudo(self):
        """Give the approvals of the document, newest first, whoever may see them."""
        field = self._approval_field()
        # Whether one covers the document does not depend on who asks.
        return self.env["crm.approval"].sudo().search([(field, "=", self._origin.id)])

    def _approval_covers(self, breaches: list[Breach]) -> bool:
        """Tell whether it was approved that the document goes as far as it does."""
        currency = self.currency_id
        size = self.sudo()._approval_size()  # costs are not for every seller
        customer = self.partner_id.commercial_partner_id
        for approval_sudo in self._approvals_sudo():
            approved = {line.kind: line.value for line in approval_sudo.line_ids}
            if (
                approval_sudo.state == "approved"
                and approval_sudo.partner_id == customer._origin
                and approval_sudo.currency_id == currency
                and currency.compare_amounts(size, approval_sudo.size) <= 0
                and all(
                    one.kind in approved
                    and not is_worse(one.kind, one.value, approved[one.kind])
                    for one in breaches
                )
            ):
                return True
        return False

    def _approval_is_open(self, only: set[str] | None = None) -> list[Breach]:
        """Give the passed limits that nobody has approved yet."""
        self.ensure_one()
        breaches = self._approval_breaches(self._approval_people(), only)
        return [] if not breaches or self._approval_covers(breaches) else breaches

    def _approval_check(self, only: set[str] | None = None):
        """Stop whoever goes on with a document that passes limits unapproved."""
        for document in self:
            if breaches := document._approval_is_open(only):
                document._approval_stop(breaches)
            if document._approval_people() == self.env.user:
                document._approval_by_authority(only)

    def _approval_stop(self, breaches: list[Breach]):
        message = self.env._(
            "%(name)s cannot go on before it is approved.\n%(what)s",
            name=self.display_name,
            what=self._approval_text(breaches),
        )
        user = self.env.user
        if user.share or user.id == SUPERUSER_ID:
            raise UserError(message)
        # As a dictionary, for users may not read actions by id.
        raise RedirectWarning(
            message,
            self._approval_ask_action(),
            self.env._("Ask for approval"),
        )

    def _approval_by_authority(self, only: set[str] | None = None):
        """Write down that somebody with wider limits let the document go on, so that
        the customer may accept it."""
        makers = self._approval_makers() - self.env.user
        breaches = makers and self._approval_breaches(makers, only)
        if breaches and not self._approval_covers(breaches):
            approval_sudo = self._approval_create(breaches, "")
            approval_sudo._close("approved", self.env._("Within the own limits."))

    # Asking

    def action_ask_approval(self) -> dict:
        """Open the request for an approval."""
        self.ensure_one()
        self.check_access("write")
        return self._approval_ask_action()

    def _approval_ask_action(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for approval"),
            "res_model": "crm.approval.ask",
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{self._approval_field()}": self.id},
        }

    def _approval_ask(self, reason: str):
        """Ask for the approval of how far the document goes now."""
        self.ensure_one()
        self.check_access("write")
        breaches = self._approval_is_open()
        if not breaches:
            raise UserError(
                self.env._("%(name)s needs no approval.", name=self.display_name)
            )
        self.lock_for_update()
        pending_sudo = self._approvals_sudo().filtered(lambda one: one.state == "asked")
        pending_sudo.write({"state": "withdrawn"})
        pending_sudo.activity_ids.unlink()
        approval_sudo = self._approval_create(breaches, reason)
        approval_sudo._call_deciders()
        return approval_sudo.sudo(self.env.su)

    def _approval_create(self, breaches: list[Breach], reason: str):
        limits_sudo = self.env["crm.approval.limit"].sudo()  # sellers read no limits
        groups_sudo = limits_sudo.browse([one.limit for one in breaches])
        # Approvals are made by this method only: nobody has rights to create one.
        return (
            self.env["crm.approval"]
            .sudo()
            .create(
                {
                    self._approval_field(): self.id,
                    "document": self.display_name,
                    "partner_id": self.partner_id.commercial_partner_id.id,
                    "company_id": self.company_id.id,
                    "currency_id": self.currency_id.id,
                    "amount": self.amount_untaxed,
                    "size": self.sudo()._approval_size(),
                    "user_id": self.env.uid,
                    "salesperson_id": self._approval_salesperson().id,
                    "reason": reason,
                    "goods": self._approval_goods(),
                    "group_ids": [(6, 0, groups_sudo.approver_group_id.ids)],
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "kind": one.kind,
                                "value": one.value,
                                "allowed": one.allowed,
                                "group_id": limits_sudo.browse(
                                    one.limit
                                ).approver_group_id.id,
                            },
                        )
                        for one in breaches
                    ],
                }
            )
        )
