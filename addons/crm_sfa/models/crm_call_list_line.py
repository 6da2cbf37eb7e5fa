from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCallListLine(models.Model):
    """A lead or deal that is called, and what was sold in the call."""

    _inherit = "crm.call.list.line"

    lead_id = fields.Many2one(
        "crm.lead",
        "Deal",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What the call is about, or what came of it.",
    )
    order_ids = fields.Many2many(
        "sale.order",
        "crm_call_line_order_rel",
        "line_id",
        "order_id",
        "Orders",
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )

    @api.depends("lead_id")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for line in self:
            if line.lead_id and not line.partner_id:
                lead_sudo = line.lead_id.sudo()  # a name alone, as of a contact
                names = (lead_sudo.contact_name, lead_sudo.partner_name, lead_sudo.name)
                line.display_name = next(filter(None, names))
        return result

    def _call_document(self):
        if self.lead_id and self.lead_id.has_access("write"):
            return self.lead_id
        return super()._call_document() or self.lead_id

    def _script_names(self):
        names = super()._script_names()
        if self.partner_id or not self.lead_id:
            return names
        return names | {
            "person": self.lead_id.contact_name or "",
            "company": self.lead_id.partner_name or "",
        }

    def _screen_line(self):
        line = super()._screen_line()
        line["name"] = line["name"] or self.display_name
        return line

    def _screen_phones(self):
        phones = super()._screen_phones()
        lead = self._own_lead()
        if not lead.phone or lead.phone in {phone["shown"] for phone in phones}:
            return phones
        number = lead.phone_sanitized or lead.phone
        own = {"number": number, "shown": lead.phone, "whose": "", "status": ""}
        return [own, *phones]

    def _own_lead(self):
        """The lead, if the caller may read it."""
        return self.lead_id._filtered_access("read")

    # Outcomes

    def _follow_outcome(self, outcome, interaction):
        made = super()._follow_outcome(outcome, interaction)
        if outcome.makes_deal and not self.lead_id:
            lead = self.env["crm.lead"].create(self._prepare_deal_vals())
            self.sudo().lead_id = lead  # entries are written by methods only
            made.append(lead)
        elif outcome.kind == "success" and self._own_lead().type == "lead":
            self._convert_lead()
        return made

    def _prepare_deal_vals(self) -> dict:
        medium = self.env.ref("utm.utm_medium_phone", raise_if_not_found=False)
        orders = self.order_ids.filtered(lambda order: order.state != "cancel")
        return {
            "name": self.list_id.name,
            "type": "opportunity",
            "partner_id": self.partner_id.id,
            "user_id": self.env.uid,
            "company_id": self.company_id.id,
            "campaign_id": self.list_id.campaign_id.id,
            "medium_id": medium.id if medium else False,
            "expected_revenue": sum(
                order.amount_untaxed / (order.currency_rate or 1) for order in orders
            ),
        }

    def _convert_lead(self):
        """A lead that says yes is a deal."""
        if self.lead_id.has_access("write"):
            self.lead_id.convert_opportunity(self.lead_id.partner_id)

    @api.model
    def undo_call(self, attempt_id):
        # Callers write no attempts; that this is the own one is checked below.
        attempt_sudo = self.env["crm.call.attempt"].sudo().browse(attempt_id).exists()
        self._check_undo(attempt_sudo)
        for model, id_ in attempt_sudo.undo["made"] if attempt_sudo else ():
            lead_sudo = attempt_sudo.env[model].browse(id_)
            if model == "crm.lead" and lead_sudo.exists().order_ids:
                raise UserError(
                    self.env._(
                        "“%(deal)s” has quotations already, so the call cannot be taken"
                        " back.",
                        deal=lead_sudo.name,
                    )
                )
        return super().undo_call(attempt_id)
