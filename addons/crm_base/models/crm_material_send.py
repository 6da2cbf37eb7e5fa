import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

TOKEN_BYTES = 24
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
# Whoever reloads a page reads it once; and a link that is hammered writes nothing.
ONE_OPENING = timedelta(minutes=1)


class CrmMaterialSend(models.Model):
    """One material that was sent to one person, and whether that person opened it.

    The link in the mail carries the record's own token, so an opening is known to be
    this person's, and the token opens nothing else.
    """

    _name = "crm.material.send"
    _description = "Sent Material"
    _inherit = ["crm.follows.customer"]
    _order = "date desc, id desc"
    _rec_name = "subject"
    _check_company_auto = True

    subject = fields.Char("Material Sent", required=True, readonly=True)
    material_id = fields.Many2one(
        "crm.material",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(related="material_id.kind", store=True)
    version = fields.Integer(readonly=True, aggregator=None)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users", "Sent by", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    date = fields.Datetime(
        "Sent on", required=True, readonly=True, default=fields.Datetime.now
    )
    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(TOKEN_BYTES),
        groups="base.group_system",
    )
    opened_count = fields.Integer("Times Opened", readonly=True, default=0)
    is_opened = fields.Integer(
        "Opened",
        compute="_compute_is_opened",
        store=True,
        help="1 where the customer opened it, 0 where not; the sum is how many did.",
    )
    date_first_opened = fields.Datetime("First Opened", readonly=True)
    date_last_opened = fields.Datetime("Last Opened", readonly=True)
    date_revoked = fields.Datetime(
        "Link Revoked",
        readonly=True,
        copy=False,
        help="Since then the link opens nothing any more.",
    )

    _token_uniq = models.UniqueIndex("(token)")
    # The time line reads the newest of one person.
    _partner_date_idx = models.Index("(partner_id, date DESC)")

    @api.depends("opened_count")
    def _compute_is_opened(self):
        for send in self:
            send.is_opened = int(send.opened_count > 0)

    @api.model
    def _by_token(self, token: str):
        """Find what a link was made for; nothing where it is none of ours."""
        if not TOKEN.fullmatch(token):
            return self.browse()
        return self.search([("token", "=", token)], limit=1)

    def _link(self) -> str:
        self.ensure_one()
        # The token goes into the mail, and is shown to nobody.
        return f"{self.get_base_url()}/crm/material/{self.sudo().token}"

    def action_revoke(self):
        """Have the link open nothing any more: it went to the wrong person."""
        manager = self.env.user.has_group("crm_base.crm_base_group_manager")
        self.check_access("read")
        if not manager and self.user_id - self.env.user:
            raise AccessError(
                self.env._(
                    "Only who sent a material, and managers, revoke its link. Ask"
                    " %(name)s.",
                    name=(self.user_id - self.env.user)[0].name,
                )
            )
        # What was sent is written by the server alone.
        self.sudo().write({"date_revoked": fields.Datetime.now()})

    def _record_opening(self):
        """Count one opening, unless this is still the last one, or another request
        counts it at this moment."""
        self.ensure_one()
        now = fields.Datetime.now()
        last = self.date_last_opened
        if (last and now - last < ONE_OPENING) or not self.try_lock_for_update():
            return
        self.write(
            {
                "opened_count": self.opened_count + 1,
                "date_first_opened": self.date_first_opened or now,
                "date_last_opened": now,
            }
        )
