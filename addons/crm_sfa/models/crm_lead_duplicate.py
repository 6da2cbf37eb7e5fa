from odoo import api, fields, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """Doubles: a new lead warns before it is saved, a merged one tells where to."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.duplicate.mixin"]

    merged_into_id = fields.Many2one(
        "crm.lead",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="This lead was a double. Everything is at the other one now.",
    )
    duplicate_name = fields.Char(
        compute="_compute_duplicate_name",
        export_string_translation=False,
        help="Who asks, by which leads are compared: the person, else the company.",
    )
    duplicate_is_company = fields.Boolean(
        compute="_compute_duplicate_name", export_string_translation=False
    )

    @api.depends("contact_name", "partner_name")
    def _compute_duplicate_name(self):
        for lead in self:
            lead.duplicate_name = lead.contact_name or lead.partner_name
            lead.duplicate_is_company = not lead.contact_name

    def _field_to_sql(self, alias, field_expr, query=None):
        """The two are told by columns, so that the search reads a hundred thousand
        leads without making records of them."""
        if field_expr not in ("duplicate_name", "duplicate_is_company"):
            return super()._field_to_sql(alias, field_expr, query)
        person = SQL("NULLIF(%s, '')", self._field_to_sql(alias, "contact_name", query))
        if field_expr == "duplicate_name":
            company = self._field_to_sql(alias, "partner_name", query)
            return SQL("COALESCE(%s, %s)", person, company)
        return SQL("%s IS NULL", person)

    @api.depends("merged_into_id")
    def _compute_won_status(self):
        result = super()._compute_won_status()
        # A double is not lost: nobody lost it.
        self.filtered("merged_into_id").won_status = "pending"
        return result

    def _merge_obstacles(self, survivor) -> list[str]:
        reasons = super()._merge_obstacles(survivor)
        closed = self.filtered(lambda lead: lead.won_status != "pending")
        if closed:
            reasons.append(
                self.env._(
                    "%(names)s: won or lost already. What is closed stays as it is.",
                    names=", ".join(closed.mapped("display_name")),
                )
            )
        if len(self.company_id) > 1:
            reasons.append(
                self.env._(
                    "The leads belong to different companies of yours: %(names)s.",
                    names=", ".join(self.company_id.mapped("name")),
                )
            )
        customers = self.partner_id.commercial_partner_id
        if len(customers) > 1:
            reasons.append(
                self.env._(
                    "The leads belong to different customers: %(names)s. Merge the"
                    " customers first, if these are one.",
                    names=", ".join(customers.mapped("display_name")),
                )
            )
        return reasons
