from odoo import fields, models
from odoo.tools import is_html_empty


class CrmInteraction(models.Model):
    """A talk may be the beginning of a deal."""

    _inherit = "crm.interaction"

    lead_id = fields.Many2one(
        "crm.lead",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_team.group_sale_salesman",
        help="What came of this talk.",
    )

    def action_make_lead(self):
        """Make a lead of what was said, for whoever noted it, and open it."""
        self.ensure_one()
        self.check_access("write")
        # Another may have made it already, and one may not see that.
        if not self.sudo().lead_id:
            self.lead_id = self.env["crm.lead"].create(self._lead_vals())
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.sudo().lead_id.id,  # an id; the form asks for the right
            "views": [(False, "form")],
        }

    def _lead_vals(self) -> dict:
        medium = self.env.ref("utm.utm_medium_phone", raise_if_not_found=False)
        campaign = self.env["utm.campaign"]._of_channel("call")
        notes = self.description
        return {
            "name": self.name,
            "partner_id": self.partner_id.id,
            "user_id": self.env.uid,
            "company_id": self.company_id.id,
            "description": False if is_html_empty(notes) else notes,
            "medium_id": medium.id if medium and self.kind == "call" else False,
            "campaign_id": campaign.id if self.kind == "call" else False,
        }
