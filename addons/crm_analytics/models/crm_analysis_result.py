from odoo import api, fields, models

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

XYZ = [("x", "X"), ("y", "Y"), ("z", "Z")]
RFM_GROUPS = [
    ("champion", "Champions"),
    ("loyal", "Loyal"),
    ("potential", "Potential loyalists"),
    ("new", "New"),
    ("promising", "Promising"),
    ("attention", "Need attention"),
    ("sleepy", "About to sleep"),
    ("risk", "At risk"),
    ("keep", "Not to be lost"),
    ("hibernating", "Hibernating"),
    ("lost", "Lost"),
]


class CrmAnalysisResult(models.Model):
    """What a run says of one customer. Written by the run only."""

    _name = "crm.analysis.result"
    _description = "Result of an Analysis"
    _order = "run_id desc, rank, id"
    _rec_name = "partner_id"
    # A hundred thousand rows a run: who wrote them, and when, stands on the run.
    _log_access = False

    run_id = fields.Many2one(
        "crm.analysis.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id")
    currency_id = fields.Many2one(related="run_id.company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    turnover = fields.Monetary(
        help="Confirmed orders without taxes, less credit notes, in the run's time."
    )
    margin = fields.Monetary()
    orders = fields.Integer()
    last_date = fields.Date("Last Order")
    days = fields.Integer(
        "Days Since",
        aggregator="avg",
        help="From the last order to the end of the run.",
    )
    rank = fields.Integer(aggregator=None, help="1 is the most important customer.")
    share = fields.Float("Share %", digits=(16, 4), help="Of the importance of all.")
    cumulated = fields.Float(
        "Cumulated %",
        digits=(16, 4),
        aggregator=None,
        help="With those who are as important, and all who are more so.",
    )
    abc = fields.Selection(VALUE_CLASSES, "ABC")
    variation = fields.Float(
        digits=(16, 4),
        aggregator="avg",
        help="Standard deviation of the periods divided by their mean.",
    )
    xyz = fields.Selection(XYZ, "XYZ")
    contact_variation = fields.Float(
        "Variation of Contacts", digits=(16, 4), aggregator="avg"
    )
    contact_xyz = fields.Selection(XYZ, "Contacts")
    r = fields.Integer(aggregator=None, help="Recency: 5 bought most recently.")
    f = fields.Integer(aggregator=None, help="Frequency: 5 buys most often.")
    m = fields.Integer(aggregator=None, help="Money: 5 buys most.")
    rfm_group = fields.Selection(RFM_GROUPS, "RFM Group")

    _run_rank_idx = models.Index("(run_id, rank, id)")

    @api.readonly
    def action_open_customer(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }
