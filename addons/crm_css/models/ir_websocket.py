from odoo import models

from .helpdesk_ticket_presence import CHANNEL, SUBCHANNEL


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Let colleagues hear who else has a ticket open that they may read."""
        wanted = [name for name in channels if str(name).startswith(CHANNEL)]
        channels = [name for name in channels if name not in wanted]
        ids = [int(id_) for name in wanted if (id_ := name[len(CHANNEL) :]).isdecimal()]
        if ids and not self.env.user.share:
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
            allowed = tickets.search([("id", "in", ids)])
            channels += [(ticket, SUBCHANNEL) for ticket in allowed]
        return super()._build_bus_channel_list(channels)
