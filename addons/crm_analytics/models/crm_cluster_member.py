from odoo import api, fields, models


class CrmClusterMember(models.Model):
    """A customer in a group; written by the search, in SQL."""

    _name = "crm.cluster.member"
    _description = "Member of a Customer Group"
    _order = "run_id desc, cluster_id, distance, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "crm.cluster.run",
        "Search",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    cluster_id = fields.Many2one(
        "crm.cluster",
        "Group",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="run_id.company_id.currency_id")
    distance = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(8, 2),
        help="How far the customer is from the middle of the group. The nearest are"
        " typical of it.",
    )
    amount = fields.Monetary("Turnover", readonly=True)
    orders = fields.Integer(readonly=True)

    @api.readonly
    def action_open_customer(self) -> dict:
        """Open the customer."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
