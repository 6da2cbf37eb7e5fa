from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Domain

# Whoever of many may decide first does; more people are not called for it.
MOST_TOLD = 10


class CrmApproval(models.Model):
    """A request to let one document pass the limits of its people, and the decision.

    Nobody but the methods here writes it: they check who asks and who decides.
    """

    _name = "crm.approval"
    _description = "Approval"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    order_id = fields.Many2one(
        "sale.order", "Quotation", index="btree_not_null", ondelete="cascade"
    )
    move_id = fields.Many2one(
        "account.move", "Credit Note", index="btree_not_null", ondelete="cascade"
    )
    document = fields.Char(required=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary("Untaxed Amount")
    size = fields.Monetary("At List Prices")
    user_id = fields.Many2one("res.users", "Asked by", required=True, index=True)
    salesperson_id = fields.Many2one("res.users", index="btree_not_null")
    reason = fields.Text()
    goods = fields.Text(help="The lines of the document when it was asked.")
    line_ids = fields.One2many("crm.approval.line", "approval_id", "Passed Limits")
    summary = fields.Char(compute="_compute_summary")
    group_ids = fields.Many2many(
        "res.groups",
        "crm_approval_group_rel",
        "approval_id",
        "group_id",
        string="Decided by",
        help="Who decides belongs to all of these.",
    )
    state = fields.Selection(
        [
            ("asked", "To decide"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="asked",
        tracking=True,
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", "Decision by")
    date_decided = fields.Datetime("Decided on")
    note = fields.Text("Reason of the Decision")
    may_decide = fields.Boolean(
        "For Me to Decide",
        compute="_compute_may_decide",
        search="_search_may_decide",
    )
    is_mine = fields.Boolean(
        compute="_compute_may_decide", export_string_translation=False
    )

    _one_open_order = models.UniqueIndex(
        "(order_id) WHERE state = 'asked' AND order_id IS NOT NULL",
        "Approval of this quotation is asked for already.",
    )
    _one_open_move = models.UniqueIndex(
        "(move_id) WHERE state = 'asked' AND move_id IS NOT NULL",
        "Approval of this credit note is asked for already.",
    )

    @api.depends("document", "partner_id")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = self.env._(
                "%(document)s for %(customer)s",
                document=approval.document or "",
                customer=approval.partner_id.name or "",
            )

    @api.depends("line_ids")
    def _compute_summary(self):
        labels = dict(
            self.env["crm.approval.line"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        for approval in self:
            approval.summary = "; ".join(
                self.env._(
                    "%(kind)s %(value)s %(unit)s instead of %(allowed)s",
                    kind=labels[line.kind],
                    value=f"{line.value:.6g}",
                    unit=line.unit or "",
                    allowed=f"{line.allowed:.6g}",
                )
                for line in approval.line_ids
            )

    @api.depends_context("uid")
    @api.depends("state", "group_ids", "user_id", "salesperson_id")
    def _compute_may_decide(self):
        # The groups of the absent, for whom one acts, are not for users to read.
        mine_sudo = self.sudo().filtered_domain(self._decider_domain())
        for approval in self:
            approval.may_decide = (
                approval.state == "asked" and approval.id in mine_sudo._ids
            )
            approval.is_mine = approval.state == "asked" and (
                approval.user_id == self.env.user
            )

    @api.model
    def _search_may_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._decider_domain()
        if not self.env.su:
            # The groups of the absent, as above; what is found may be decided.
            domain = Domain("id", "in", self.sudo()._search(domain))
        return domain & Domain("state", "=", "asked")

    @api.model
    def _decider_domain(self) -> Domain:
        """What the user may decide: by the own groups, or by those of colleagues in
        whose place he stands now. Never what he asked for, or sells, himself."""
        user = self.env.user
        able = self._able_domain(user)
        for cover in self.env["crm.stand.in"]._covers_now():
            # A stand-in acts with the rights of the absent, whose groups are hidden.
            absent_sudo = user.browse(cover.absent).sudo()
            able |= self._able_domain(absent_sudo) & Domain.AND(
                Domain("partner_id.stand_in_ids", "in", [limit])
                for limit in cover.limits
            )
        return self._foreign_domain(user) & able

    @api.model
    def _able_domain(self, user) -> Domain:
        """Approvals for which a user is in all groups that decide."""
        groups = user.all_group_ids.ids
        lacking = Domain("group_ids", "any", [("id", "not in", groups)])
        return self._foreign_domain(user) & ~lacking & Domain("group_ids", "!=", False)

    @api.model
    def _foreign_domain(self, user) -> Domain:
        own = Domain("user_id", "=", user.id) | Domain("salesperson_id", "=", user.id)
        return ~own

    # What people do

    def action_approve(self):
        """Let the documents go as far as was asked."""
        return self._decide("approved")

    def action_refuse(self) -> dict:
        """Ask for the reason of a refusal."""
        return self._open_decision()

    def action_decide(self) -> dict:
        """Decide with a reason."""
        return self._open_decision()

    def _open_decision(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": "crm.approval.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_approval_ids": self.ids},
        }

    def action_withdraw(self):
        """Take back what one asked for."""
        self.check_access("read")
        approvals_sudo = self._locked()
        for approval_sudo in approvals_sudo:
            if approval_sudo.user_id != self.env.user:
                raise AccessError(
                    self.env._("Only who asked for an approval may withdraw it.")
                )
        approvals_sudo._close("withdrawn")
        return True

    def action_open_document(self) -> dict:
        self.ensure_one()
        record = self.order_id or self.move_id
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    # Deciding

    def _decide(self, state: str, note: str = ""):
        """Write down a decision of the user, if it is the user's and nobody was
        faster."""
        self.check_access("read")
        approvals_sudo = self._locked()
        for approval_sudo in approvals_sudo:
            decides = approval_sudo.with_user(self.env.user).may_decide
            if not decides or approval_sudo._document().user_id == self.env.user:
                raise AccessError(
                    self.env._(
                        "“%(name)s” is not for you to decide: that is done by members"
                        " of %(groups)s, and never by who asked or sells.",
                        name=approval_sudo.display_name,
                        groups=", ".join(approval_sudo.group_ids.mapped("full_name")),
                    )
                )
        approvals_sudo._close(state, note)
        return True

    def _locked(self):
        """Give the approvals for writing, if they still wait for a decision."""
        approvals_sudo = self.sudo()  # nobody has rights to write them
        try:
            approvals_sudo.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("A colleague is deciding this right now. Look again.")
            ) from error
        approvals_sudo.invalidate_recordset()
        for approval_sudo in approvals_sudo:
            if approval_sudo.state != "asked":
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(name)s” is closed already: %(state)s, by %(who)s.",
                        name=approval_sudo.display_name,
                        state=labels[approval_sudo.state],
                        who=approval_sudo.decided_by_id.name or "…",
                    )
                )
        return approvals_sudo

    def _close(self, state: str, note: str = ""):
        self.write(
            {
                "state": state,
                "note": note,
                "decided_by_id": self.env.uid,
                "date_decided": fields.Datetime.now(),
            }
        )
        self.activity_ids.unlink()
        for approval in self:
            approval._tell_decision()

    def _tell_decision(self):
        """Tell it on the document, and to those who wait for it."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        body = self.env._(
            "%(summary)s: %(state)s by %(who)s. %(note)s",
            summary=self.summary,
            state=labels[self.state],
            who=self.env.user.name,
            note=self.note or "",
        )
        waiting = (self.user_id | self.salesperson_id) - self.env.user
        self._document().message_post(
            body=body,
            author_id=self.env.user.partner_id.id,
            partner_ids=waiting.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    def _document(self):
        """Give the document with all rights: deciders need not be able to open it."""
        approval_sudo = self.sudo()  # see above
        return approval_sudo.order_id or approval_sudo.move_id

    def _call_deciders(self):
        """Give those who may decide something to do, the leader of the team first."""
        for approval in self:
            deciders = approval._deciders()
            if not deciders:
                raise UserError(
                    self.env._(
                        "There is nobody who could decide this: %(groups)s has no"
                        " other member in %(company)s. Tell an administrator.",
                        groups=", ".join(approval.group_ids.mapped("full_name")),
                        company=approval.company_id.name,
                    )
                )
            for user in deciders:
                approval.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Decide: %(what)s", what=approval.summary),
                    user_id=user.id,
                )

    def _deciders(self):
        """Give who may decide: the leader of the team alone, if he may."""
        users = self.env["res.users"].search(
            Domain("share", "=", False)
            & Domain("company_ids", "in", self.company_id.ids)
            & Domain("id", "not in", (self.user_id | self.salesperson_id).ids)
            & Domain.AND(
                Domain("all_group_ids", "in", group.ids) for group in self.group_ids
            ),
            order="id",
        )
        leader = self.order_id.team_id.user_id
        called = leader & users or users[:MOST_TOLD]
        return called | self._standing_in_for(called)

    def _standing_in_for(self, users):
        """Give who stands in now for some of the users with this customer."""
        now = fields.Datetime.now()
        found = users.browse()
        for period in self.env["crm.stand.in"]._periods():
            chosen = self.env["crm.stand.in"].browse(period.id).partner_ids
            if (
                period.absent in users._ids
                and period.runs_at(now)
                and (period.whole or self.partner_id in chosen)
            ):
                found |= users.browse(period.acting)
        return found - self.user_id - self.salesperson_id
