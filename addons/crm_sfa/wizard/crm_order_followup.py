from odoo import api, fields, models
from odoo.exceptions import UserError

NAMES = 20


class CrmOrderFollowup(models.TransientModel):
    """Does one thing for many orders, and tells for which it could not be done."""

    _name = "crm.order.followup"
    _description = "Follow-up of Orders"

    order_ids = fields.Many2many(
        "sale.order",
        "crm_order_followup_rel",
        "followup_id",
        "order_id",
        string="Orders",
        required=True,
    )
    kind = fields.Selection(
        [
            ("mail", "Write to the customers"),
            ("activity", "Plan an activity on each order"),
            ("step", "Set the next step of the opportunity"),
        ],
        "What",
        required=True,
        default="mail",
    )
    mail_template_id = fields.Many2one(
        "mail.template", "Text", domain="[('model', '=', 'sale.order')]"
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Activity",
        domain="[('res_model', 'in', (False, 'sale.order'))]",
        default=lambda self: self.env.ref("mail.mail_activity_data_call", False),
    )
    date_deadline = fields.Date("On", default=fields.Date.context_today)
    summary = fields.Char()
    user_id = fields.Many2one(
        "res.users",
        "For",
        domain="[('share', '=', False)]",
        help="Empty: the salesperson of each order.",
    )
    told = fields.Text("Result", readonly=True)
    is_done = fields.Boolean(export_string_translation=False)
    order_count = fields.Integer("Orders Chosen", compute="_compute_order_count")

    @api.depends("order_ids")
    def _compute_order_count(self):
        for wizard in self:
            wizard.order_count = len(wizard.order_ids)

    def action_do(self) -> dict:
        """Do it, then show what was done and what was left out."""
        self.ensure_one()
        if self.is_done:
            raise UserError(self.env._("This is done already. Choose the orders anew."))
        # The reader's rights hold: orders that he lost meanwhile are not there.
        orders = self.env["sale.order"].search([("id", "in", self.order_ids.ids)])
        do = {
            "mail": self._write_mails,
            "activity": self._plan_activities,
            "step": self._set_next_steps,
        }
        done, left_out = do[self.kind](orders)
        lines = [
            self.env._(
                "Done for %(done)s of %(all)s orders.",
                done=len(done),
                all=len(self.order_ids),
            )
        ]
        lines += [f"{order.name}: {why}" for order, why in left_out[:NAMES]]
        if len(left_out) > NAMES:
            lines.append(self.env._("and %(count)s more", count=len(left_out) - NAMES))
        self.write({"told": "\n".join(lines), "is_done": True})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow-up"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _write_mails(self, orders):
        if not self.mail_template_id:
            raise UserError(self.env._("Choose the text of the mails."))
        without = orders.filtered(lambda order: not order.partner_id.email)
        to_write = orders - without
        if to_write:
            composer = self.env["mail.compose.message"].create(
                {
                    "composition_mode": "mass_mail",
                    "model": "sale.order",
                    "res_ids": to_write.ids,
                    "template_id": self.mail_template_id.id,
                    "force_send": False,
                    "auto_delete_keep_log": True,
                }
            )
            composer._action_send_mail()
        why = self.env._("the customer has no mail address")
        return to_write, [(order, why) for order in without]

    def _plan_activities(self, orders):
        self._check_activity()
        mine = orders._filtered_access("write")
        why = self.env._("you may not change it")
        for order in mine:
            self._plan_on(order, order)
        return mine, [(order, why) for order in orders - mine]

    def _set_next_steps(self, orders):
        """The next step of a deal is the activity that is planned on it."""
        self._check_activity()
        without = orders.filtered(lambda order: not order.opportunity_id)
        done, left_out = orders.browse(), []
        for order in orders - without:
            deal = order.opportunity_id
            if not deal.has_access("write"):
                left_out.append((order, self.env._("you may not change its deal")))
                continue
            self._plan_on(deal, order)
            done |= order
        why = self.env._("it has no opportunity")
        return done, [*((order, why) for order in without), *left_out]

    def _plan_on(self, record, order):
        user = self.user_id or order.user_id or self.env.user
        record.activity_schedule(
            activity_type_id=self.activity_type_id.id,
            date_deadline=self.date_deadline,
            summary=self.summary or False,
            user_id=user.id,
        )

    def _check_activity(self):
        if not self.activity_type_id or not self.date_deadline:
            raise UserError(self.env._("Choose the activity and its day."))
