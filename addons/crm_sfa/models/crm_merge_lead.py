from odoo import api, models
from odoo.tools import html2plaintext

# How a lead is reached.
REACHED_BY = ("contact_name", "partner_name", "phone", "email_from", "street", "zip",
              "city", "website")  # fmt: skip


class CrmMerge(models.Model):
    """Leads made one."""

    _inherit = "crm.merge"

    @api.model
    def _merge_group(self, model):
        if model == "crm.lead":
            return "sales_team.group_sale_salesman"
        return super()._merge_group(model)

    @api.depends("res_model")
    def _compute_may_undo(self):
        result = super()._compute_may_undo()
        if self.env.user.has_group("sales_team.group_sale_manager"):
            for merge in self:
                if merge.res_model == "crm.lead" and merge.state == "done":
                    merge.may_undo = True
        return result

    @api.model
    def _contact_fields(self, record):
        if record._name != "crm.lead":
            return super()._contact_fields(record)
        return {
            name: record._fields[name]._description_string(self.env)
            for name in REACHED_BY
        }

    @api.model
    def _not_taken(self, survivor, record):
        text = super()._not_taken(survivor, record)
        if record._name != "crm.lead" or not record.description:
            return text
        notes = html2plaintext(record.description).strip()
        return f"{text or record.display_name}; {notes}" if notes else text
