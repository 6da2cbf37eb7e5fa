from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _init_store_data(self, store):
        result = super()._init_store_data(store)
        group = "helpdesk_mgmt.group_helpdesk_user_own"
        store.add_global_values(may_make_ticket=self.env.user.has_group(group))
        return result
