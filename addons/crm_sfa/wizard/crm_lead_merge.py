from odoo import fields, models

# Of these one value is chosen; everything else of the others comes along.
CHOSEN = ("name", "partner_id", "contact_name", "partner_name", "function",
          "email_from", "phone", "website", "street", "street2", "zip", "city",
          "state_id", "country_id", "lang_id", "user_id", "team_id", "expected_revenue",
          "priority", "date_deadline", "campaign_id", "medium_id", "source_id",
          "referred")  # fmt: skip
HIGHEST = {"expected_revenue", "priority"}


class CrmLeadMerge(models.TransientModel):
    """The preview of a merge of leads."""

    _name = "crm.lead.merge"
    _inherit = "crm.merge.preview"
    _description = "Merge Leads"

    record_ids = fields.Many2many(
        "crm.lead",
        string="Leads",
        context={"active_test": False},
        help="Take one out to leave it as it is.",
    )
    survivor_id = fields.Many2one(
        "crm.lead",
        "Stays",
        compute="_compute_survivor_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('id', 'in', record_ids)]",
        help="The others are archived and point at it. By default the one that has come"
        " farthest.",
    )

    def _best_first(self, records):
        return records._sort_by_confidence_level(reverse=True)

    def _chosen_fields(self, survivor):
        return list(CHOSEN)

    def _proposed(self, name, known):
        if name in HIGHEST:
            return max(known, key=lambda lead: lead[name])
        return super()._proposed(name, known)

    def _reference_counts(self, records):
        return {
            lead.id: len(lead.message_ids) + lead.quotation_count for lead in records
        }
