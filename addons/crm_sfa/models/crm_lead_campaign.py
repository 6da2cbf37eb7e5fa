from odoo import api, models


class CrmLead(models.Model):
    """Every lead belongs to the campaign of the channel that it came by."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        lost = leads.filtered(lambda lead: not lead.campaign_id)
        for (medium, source, company), some in lost.grouped(
            lambda lead: (lead.medium_id, lead.source_id, lead.company_id)
        ).items():
            campaign_id = self.env["crm.lead.channel"]._campaign_for(
                medium.id, source.id, (company or self.env.company).id
            )
            if campaign_id:
                some.campaign_id = campaign_id
        return leads

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A lead that comes by mail says so, so that its campaign is found."""
        medium = self.env.ref("utm.utm_medium_email", raise_if_not_found=False)
        values = {"medium_id": medium.id} if medium else {}
        return super().message_new(
            msg_dict, custom_values=values | (custom_values or {})
        )
