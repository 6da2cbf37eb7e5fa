from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part, scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        mine = Domain("partner_id", "in", self.ids)
        rows = {"message": None, "cells": None}
        return [
            *super()._forget_parts(),
            Part("crm.lead.import.row", mine, clear=rows),
            Part("crm.lead.import.row", mentioned=("message", "cells"), clear=rows),
            scrub("crm.lead.assign.log", "reason"),
        ]
