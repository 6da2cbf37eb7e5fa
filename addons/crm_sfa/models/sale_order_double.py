from datetime import timedelta

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL, format_date

from ..tools.double_offer import Double, Offered


class SaleOrder(models.Model):
    """Two sellers do not offer the same to one customer without knowing it."""

    _inherit = "sale.order"

    double_offer_hint = fields.Text("Colleagues' Offers", compute="_compute_double")
    double_offer_reason = fields.Text(
        "Offered beside a Colleague",
        readonly=True,
        copy=False,
        help="Why this was offered although a colleague offered the same.",
    )
    # Of colleagues in other companies too, so nobody reads it but these methods.
    double_offer_user_ids = fields.Many2many(
        "res.users",
        "crm_double_offer_user_rel",
        "order_id",
        "user_id",
        string="Colleagues Known",
        copy=False,
        groups=fields.NO_ACCESS,
    )

    @api.depends_context("uid")
    @api.depends("state", "partner_id", "user_id", "order_line.product_id")
    def _compute_double(self):
        drafts = self.filtered(lambda order: order.state == "draft")
        (self - drafts).double_offer_hint = False
        doubles = drafts._double_offers()
        for number, order in enumerate(drafts):
            mine = [double for double in doubles if double.key == number]
            order.double_offer_hint = order._double_text(mine) if mine else False

    def _double_offers(self) -> list[Double]:
        """Give the newest offer of each colleague who offered the same to the same
        customer, those whom the seller was told of left out. One query, however many
        offers there are; ``key`` is the place of the order in this recordset."""
        offered = [one for key, order in enumerate(self) for one in order._offered(key)]
        if not offered:
            return []
        self.env["sale.order"].flush_model(
            ["partner_id", "state", "date_order", "user_id", "double_offer_user_ids"]
        )
        self.env["sale.order.line"].flush_model(["order_id", "product_id"])
        self.env["product.product"].flush_model(["product_tmpl_id"])
        self.env["product.template"].flush_model(["categ_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        columns = list(zip(*offered, strict=True))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (mine.key, other.user_id)
                       mine.key, other.id, other.user_id,
                       line.product_id = mine.product
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[],
                              %s::timestamp[])
                       AS mine(key, customer, seller, product, category, since)
                  JOIN res_partner AS person
                    ON person.commercial_partner_id = mine.customer
                  JOIN sale_order AS other
                    ON other.partner_id = person.id
                   AND other.state != 'cancel'
                   AND other.date_order >= mine.since
                   AND other.user_id != mine.seller
                  JOIN sale_order_line AS line
                    ON line.order_id = other.id
                   AND line.is_downpayment IS NOT TRUE
                   AND line.price_unit >= 0
                  JOIN product_product AS product ON product.id = line.product_id
                  JOIN product_template AS template
                    ON template.id = product.product_tmpl_id
                 WHERE line.product_id = mine.product
                    OR template.categ_id = mine.category
                 ORDER BY mine.key, other.user_id,
                       (line.product_id = mine.product) DESC, other.date_order DESC
                """,
                *[list(column) for column in columns],
            )
        )
        # Whom he was told of is kept from the seller's hands, and only compared.
        known = [order._origin.sudo().double_offer_user_ids._ids for order in self]
        return [Double(*row) for row in rows if row[2] not in known[row[0]]]

    def _offered(self, key: int) -> list[Offered]:
        self.ensure_one()
        # The settings of the company that sells hold, whoever asks.
        company_sudo = self.company_id.sudo()
        days = company_sudo.double_offer_days
        customer = self.partner_id.commercial_partner_id._origin.id
        seller = self.user_id.id or self.env.uid
        if not days or not customer:
            return []
        since = fields.Datetime.now() - timedelta(days=days)
        by_category = company_sudo.double_offer_by == "category"
        products = self.order_line.filtered(
            lambda line: not line.is_downpayment and line.price_unit >= 0
        ).product_id
        return [
            Offered(
                key,
                customer,
                seller,
                product._origin.id,
                (by_category and product.categ_id.id) or 0,
                fields.Datetime.to_string(since),
            )
            for product in products
        ]

    def _double_text(self, doubles: list[Double]) -> str:
        """Tell who offered: of what the user may not see, nothing else."""
        orders = self.env["sale.order"].browse([double.order for double in doubles])
        seen = orders.with_context(
            allowed_company_ids=self.env.user.company_ids.ids
        )._filtered_access("read")
        readable = {order.id: order for order in seen}
        # A colleague of another company may be known by name only.
        users_sudo = self.env["res.users"].sudo()
        lines = []
        for double in doubles:
            same = (
                self.env._("the same product")
                if double.exact
                else self.env._("goods of the same category")
            )
            who = users_sudo.browse(double.user).name
            if order := readable.get(double.order):
                lines.append(
                    self.env._(
                        "%(who)s offered %(same)s to this customer: %(order)s of"
                        " %(day)s.",
                        who=who,
                        same=same,
                        order=order.name,
                        day=format_date(self.env, order.date_order),
                    )
                )
            else:
                lines.append(
                    self.env._(
                        "%(who)s offered %(same)s to this customer.", who=who, same=same
                    )
                )
        return "\n".join(lines)

    @api.constrains("state")
    def _check_double(self):
        ours = self.filtered(lambda order: order.state == "sale")
        if ours._approval_sent_by_us():
            ours._double_check()

    def _check_before_sending(self):
        self.filtered(lambda order: order.state in ("draft", "sent"))._double_check()
        return super()._check_before_sending()

    def _double_check(self):
        """Stop whoever sends what a colleague offers too, until there is a reason."""
        doubles = self._double_offers()
        if not doubles:
            return
        orders = self.browse([self[key].id for key in {one.key for one in doubles}])
        raise RedirectWarning(
            self._double_message(doubles),
            {
                "type": "ir.actions.act_window",
                "name": self.env._("Offer it all the same"),
                "res_model": "crm.double.offer",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_order_ids": orders.ids},
            },
            self.env._("Give a reason"),
        )

    def _double_message(self, doubles: list[Double]) -> str:
        parts = [
            f"{order.name}: {order._double_text(mine)}"
            for key, order in enumerate(self)
            if (mine := [double for double in doubles if double.key == key])
        ]
        return self.env._(
            "A colleague offered the same to this customer. Speak with each other, or"
            " go on with a reason, which both will read.\n%(what)s",
            what="\n".join(parts),
        )

    def _double_go_on(self, reason: str):
        """Keep why the seller goes on, and tell both."""
        self.check_access("write")
        doubles = self._double_offers()
        if not doubles:
            raise UserError(self.env._("No colleague offered the same: simply go on."))
        for key, order in enumerate(self):
            mine = [double for double in doubles if double.key == key]
            if mine:
                order._double_tell(mine, reason)

    def _double_tell(self, doubles: list[Double], reason: str):
        # The colleagues' quotations may be hidden from who writes on them here.
        order_sudo = self.sudo()
        users_sudo = order_sudo.env["res.users"].browse([one.user for one in doubles])
        order_sudo.double_offer_user_ids |= users_sudo
        reasons = [order_sudo.double_offer_reason, reason]
        order_sudo.double_offer_reason = "\n".join(filter(None, reasons))
        author = self.env.user.partner_id
        order_sudo.message_post(
            body=Markup("%s<br/>%s")
            % (self._double_text(doubles).replace("\n", " "), escape(reason)),
            author_id=author.id,
            partner_ids=(self.user_id.partner_id - author).ids,
            subtype_xmlid="mail.mt_note",
        )
        for double in doubles:
            other_sudo = order_sudo.browse(double.order)
            other_sudo.message_post(
                body=self.env._(
                    "%(who)s offers the same to this customer. Reason: %(reason)s",
                    who=self.user_id.name or self.env.user.name,
                    reason=reason,
                ),
                author_id=author.id,
                partner_ids=other_sudo.user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )

    def _may_be_seen_by_customer(self) -> bool:
        """Tell whether the customer may open it by its link. What was sent, he saw."""
        self.ensure_one()
        if self.state != "draft":
            return True
        held = self.company_id.approval_on_send and self._approval_is_open()
        return not held and not self._double_offers()
