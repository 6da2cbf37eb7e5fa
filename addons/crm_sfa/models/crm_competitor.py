from odoo import api, fields, models
from odoo.fields import Domain


class CrmCompetitor(models.Model):
    """A competitor: what it sells at what price, and how to win against it."""

    _name = "crm.competitor"
    _description = "Competitor"
    _inherit = ["mail.thread", "mail.activity.mixin", "image.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        index="btree_not_null",
        ondelete="set null",
        domain="[('is_company', '=', True)]",
        help="Where its address stands, if it is kept.",
    )
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    website = fields.Char()
    threat = fields.Selection(
        [("1", "Low"), ("2", "Middle"), ("3", "High")], required=True, default="2"
    )
    strengths = fields.Text()
    weaknesses = fields.Text()
    battle_card = fields.Html(
        sanitize=True,
        help="How to win against it. It is shown on each deal where it takes part.",
    )
    price_ids = fields.One2many("crm.competitor.price", "competitor_id", "Prices")
    lead_count = fields.Integer("Deals", compute="_compute_lead_count")

    def _compute_lead_count(self):
        deals = self.env["crm.lead"].with_context(active_test=False)
        groups = self.env["crm.lead.competitor"]._read_group(
            Domain("competitor_id", "in", self.ids)
            & Domain("lead_id", "in", deals._search(Domain.TRUE)),
            ["competitor_id"],
            ["__count"],
        )
        counts = dict(groups)
        for competitor in self:
            competitor.lead_count = counts.get(competitor, 0)

    @api.readonly
    def action_open_deals(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        return action | {
            "domain": [("rival_ids.competitor_id", "=", self.id)],
            "context": {"active_test": False, "default_type": "opportunity"},
        }
