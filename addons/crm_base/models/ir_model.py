from odoo import models


class IrModel(models.Model):
    _inherit = "ir.model"

    def _drop_table(self):
        self.env["crm.timeline"]._before_drop(self.mapped("model"))
        return super()._drop_table()


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _drop_column(self):
        self.env["crm.timeline"]._before_drop(self.mapped("model"))
        return super()._drop_column()
