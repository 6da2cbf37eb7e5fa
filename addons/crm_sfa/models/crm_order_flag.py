from functools import partial

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare, formatLang

from .crm_order_rule import BY_HISTORY


class CrmOrderFlag(models.Model):
    """An order that a rule found abnormal, with the figures that say why. It is
    cleared by itself when that no longer holds, or dismissed by a person."""

    _name = "crm.order.flag"
    _description = "Abnormal Order"
    _order = "date desc, id desc"
    _rec_name = "reason"
    _check_company_auto = True

    rule_id = fields.Many2one(
        "crm.order.rule", required=True, index=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(related="rule_id.kind", store=True, precompute=True)
    order_id = fields.Many2one(
        "sale.order", required=True, index=True, readonly=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        related="order_id.partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
    )
    user_id = fields.Many2one(
        related="order_id.user_id", store=True, precompute=True, index=True
    )
    team_id = fields.Many2one(related="order_id.team_id", store=True, precompute=True)
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", readonly=True, ondelete="cascade"
    )
    date = fields.Datetime("Found On", required=True, readonly=True)
    value = fields.Float("Found", readonly=True, aggregator=None)
    usual = fields.Float(readonly=True, aggregator=None)
    compared = fields.Integer("Orders Compared", readonly=True, aggregator=None)
    amount = fields.Float("Amount Concerned", readonly=True, aggregator=None)
    reason = fields.Char("Why", compute="_compute_reason")
    state = fields.Selection(
        [("open", "Open"), ("dismissed", "Dismissed"), ("cleared", "Cleared")],
        required=True,
        readonly=True,
        default="open",
    )
    date_closed = fields.Datetime("Closed On", readonly=True)
    dismissed_by_id = fields.Many2one("res.users", readonly=True)
    dismissal = fields.Text("Why It Is All Right", readonly=True)

    _once = models.UniqueIndex(
        "(rule_id, order_id, COALESCE(product_id, 0))",
        "This order is flagged by this rule already.",
    )
    _open_idx = models.Index("(order_id) WHERE state = 'open'")
    _open_customer_idx = models.Index(
        "(commercial_partner_id) WHERE state = 'open'",
    )

    @api.depends("kind", "value", "usual", "compared", "amount", "product_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        for flag in self:
            flag.reason = flag._reason_text()

    def _reason_text(self) -> str:
        # The figures belong to an order that the reader sees; its parts may be hidden.
        flag_sudo = self.sudo()
        if self.kind in BY_HISTORY:
            return flag_sudo._reason_by_history()
        return flag_sudo._reason_by_days()

    def _reason_by_history(self) -> str:
        if self.kind in ("price", "size"):
            show = self.order_id.currency_id.format
        else:
            show = partial(formatLang, self.env, digits=2)
        words = {
            "product": self.product_id.display_name or "",
            "value": show(self.value),
            "usual": show(self.usual),
            "count": self.compared,
        }
        if self.kind == "quantity":
            return self.env._(
                "%(product)s: quantity %(value)s, usually %(usual)s (last %(count)s"
                " orders).",
                **words,
            )
        if self.kind == "price":
            return self.env._(
                "%(product)s: price %(value)s, usually %(usual)s (last %(count)s"
                " orders).",
                **words,
            )
        if self.kind == "discount":
            return self.env._(
                "%(product)s: discount %(value)s %%, usually %(usual)s %% (last"
                " %(count)s orders).",
                **words,
            )
        return self.env._(
            "An order of %(value)s, usually %(usual)s (last %(count)s orders).", **words
        )

    def _reason_by_days(self) -> str:
        days = int(self.value)
        if self.kind == "late":
            return self.env._(
                "Not delivered %(days)s days after the promised date.", days=days
            )
        if self.kind == "unpaid":
            # By the books, which are in the company's currency.
            currency = self.order_id.company_id.currency_id
            return self.env._(
                "%(amount)s not paid, %(days)s days after it was due.",
                amount=currency.format(self.amount),
                days=days,
            )
        return self.env._(
            "Delivered %(days)s days ago and not invoiced: %(amount)s.",
            amount=self.order_id.currency_id.format(self.amount),
            days=days,
        )

    @api.model
    def _settle(self, rule, found: list[dict], order_ids: list[int] | None):
        """Write what a rule found; give the flags that are new or open again.

        :param order_ids: the orders that were looked at, None for all of them
        """
        looked_at = Domain("rule_id", "=", rule.id)
        if order_ids is not None:
            looked_at &= Domain("order_id", "in", order_ids)
        # What was cleared matters only where it is found again.
        looked_at &= Domain("state", "!=", "cleared") | Domain(
            "order_id", "in", [vals["order_id"] for vals in found]
        )
        known = {
            (flag.order_id.id, flag.product_id.id or None): flag
            for flag in self.search(looked_at)
        }
        now = fields.Datetime.now()
        fresh, missing = self.browse(), []
        for vals in found:
            flag = known.pop((vals["order_id"], vals["product_id"]), None)
            if flag is None:
                missing.append(vals | {"rule_id": rule.id, "date": now})
            elif flag._renew(vals, now):
                fresh |= flag
        gone = self.browse([flag.id for flag in known.values()])
        gone.filtered(lambda flag: flag.state != "cleared")._clear()
        fresh |= self.create(missing)
        self.flush_model()
        return fresh

    def _renew(self, vals: dict, now) -> bool:
        """Follow the figures; tell whether the flag is raised again."""
        figures = {name: vals[name] or 0 for name in ("value", "usual", "compared")}
        figures["amount"] = vals.get("amount") or 0
        moved = bool(float_compare(self.value, figures["value"], precision_digits=4))
        # What a person found all right stays so: of days by nature one more each day,
        # of figures until they change.
        dismissed = self.state == "dismissed"
        if dismissed and not (moved and self.kind in BY_HISTORY):
            return False
        if self.state == "open":
            changed = {
                name: value
                for name, value in figures.items()
                if float_compare(self[name], value, precision_digits=4)
            }
            if changed:
                self.write(changed)
            return False
        self.write(
            figures
            | {
                "state": "open",
                "date": now,
                "date_closed": False,
                "dismissed_by_id": False,
                "dismissal": False,
            }
        )
        return True

    def _clear(self):
        self.write({"state": "cleared", "date_closed": fields.Datetime.now()})
        self._drop_activities()

    @api.model
    def _clear_of_inactive_rules(self):
        self.search([("state", "=", "open"), ("rule_id.active", "=", False)])._clear()

    def action_dismiss(self) -> dict:
        """Ask why it is all right."""
        if not self.filtered(lambda flag: flag.state == "open"):
            raise UserError(self.env._("There is no open flag any more. Reload."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_sfa.crm_order_flag_dismiss_action"
        )
        return action | {"context": {"default_flag_ids": self.ids}}

    def _dismiss(self, why: str):
        self.check_access("read")
        # Whoever may change the order may say that it is all right.
        self.order_id.check_access("write")
        # The right was checked; flags are the server's.
        flags_sudo = self.sudo().filtered(lambda flag: flag.state == "open")
        if not flags_sudo:
            raise UserError(self.env._("There is no open flag any more. Reload."))
        flags_sudo.write(
            {
                "state": "dismissed",
                "date_closed": fields.Datetime.now(),
                "dismissed_by_id": self.env.uid,
                "dismissal": why,
            }
        )
        flags_sudo._drop_activities()
        for order, flags in flags_sudo.grouped("order_id").items():
            told = Markup("<br/>").join(flags.mapped("reason"))
            order.message_post(
                body=Markup("%s<br/>%s")
                % (self.env._("Found to be all right: %(why)s", why=why), told),
                author_id=self.env.user.partner_id.id,
                subtype_xmlid="mail.mt_note",
            )

    # Who is told

    def _tell(self):
        for rule, flags in self.grouped("rule_id").items():
            for order, mine in flags.grouped("order_id").items():
                users = mine._receivers(rule, order)
                if not users:
                    continue
                if rule.by_activity:
                    mine._plan_activities(order, users)
                else:
                    mine._notify(rule, order, users)

    def _receivers(self, rule, order):
        users = self.env["res.users"]
        if rule.tell in ("owner", "both"):
            users |= order.user_id
        if rule.tell in ("manager", "both"):
            users |= order.team_id.user_id
        return users.filtered("active")

    def _notify(self, rule, order, users):
        for user in users:
            told = self.with_context(lang=user.lang)
            order.message_notify(
                partner_ids=user.partner_id.ids,
                subject=f"{order.name}: {rule.with_context(lang=user.lang).name}",
                body=Markup("<br/>").join(told.mapped("reason")),
                author_id=self.env.ref("base.partner_root").id,
            )

    def _plan_activities(self, order, users):
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        self.env["mail.activity"].create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("sale.order"),
                    "res_id": order.id,
                    "activity_type_id": activity_type.id,
                    "user_id": user.id,
                    "automated": True,
                    "date_deadline": fields.Date.context_today(user),
                    "summary": self.with_context(lang=user.lang).env._(
                        "Look at an abnormal order"
                    ),
                    "note": Markup("<br/>").join(
                        self.with_context(lang=user.lang).mapped("reason")
                    ),
                    "crm_order_flag_ids": [(6, 0, self.ids)],
                }
                for user in users
            ]
        )

    def _drop_activities(self):
        """What is settled is nobody's task any more."""
        planned = self.env["mail.activity"].sudo()  # a colleague's reminder, too
        planned = planned.search([("crm_order_flag_ids", "in", self.ids)])
        planned.filtered(
            lambda activity: (
                not activity.crm_order_flag_ids.filtered(
                    lambda flag: flag.state == "open"
                )
            )
        ).unlink()
