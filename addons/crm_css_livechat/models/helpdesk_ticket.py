from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    livechat_id = fields.Many2one(
        "discuss.channel",
        "Live chat",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )

    def action_open_livechat(self):
        """Open the chat in its window."""
        self.ensure_one()
        Store(bus_channel=self.env.user).add(
            self.livechat_id, extra_fields={"open_chat_window": True}
        ).bus_send()
