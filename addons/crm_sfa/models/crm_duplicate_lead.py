from odoo import api, models

from odoo.addons.crm_base.tools.duplicate_record import Source


class CrmDuplicate(models.Model):
    """Leads that came twice."""

    _inherit = "crm.duplicate"

    @api.model
    def _duplicate_candidates(self):
        leads = Source(
            model="crm.lead",
            domain=(
                ("active", "=", True),
                ("won_status", "=", "pending"),
                # One customer has several deals on purpose.
                "|",
                ("type", "=", "lead"),
                ("partner_id", "=", False),
            ),
            watched=(
                "contact_name", "partner_name", "email_from", "phone", "street", "zip",
                "city", "type", "partner_id", "active",
            ),
            name="duplicate_name",
            email="email_normalized",
            phone="phone_sanitized",
            street="street",
            zip="zip",
            city="city",
            is_company="duplicate_is_company",
            company="company_id",
            user="user_id",
        )  # fmt: skip
        return [*super()._duplicate_candidates(), leads]

    @api.model
    def _merge_wizard(self, model):
        return "crm.lead.merge" if model == "crm.lead" else super()._merge_wizard(model)
