from odoo import fields, models
from odoo.exceptions import AccessError

from ..tools import clusters


class CrmCluster(models.Model):
    """A group of customers who behave alike, as one search found it."""

    _name = "crm.cluster"
    _description = "Customer Group"
    _order = "run_id desc, sequence, id"

    run_id = fields.Many2one(
        "crm.cluster.run",
        "Search",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id")
    currency_id = fields.Many2one(related="run_id.company_id.currency_id")
    sequence = fields.Integer(readonly=True, aggregator=None)
    name = fields.Char(
        required=True,
        translate=True,
        help="What sets the group apart most. Give it the name that you use.",
    )
    size = fields.Integer("Customers", readonly=True)
    size_share = fields.Float("% of Customers", readonly=True, digits=(5, 1))
    amount = fields.Monetary("Turnover", readonly=True)
    amount_share = fields.Float("% of Turnover", readonly=True, digits=(5, 1))
    profile = fields.Json(readonly=True)
    member_ids = fields.One2many("crm.cluster.member", "cluster_id", "Members")

    def write(self, vals):
        if not self.env.su and set(vals) - {"name"}:
            raise AccessError(
                self.env._("What was found is not changed by hand; only its name is.")
            )
        return super().write(vals)

    def action_open_customers(self) -> dict:
        """Open the customers of the group."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("cluster_member_ids.cluster_id", "=", self.id)],
            "context": {"create": False},
        }

    def _name_by_profile(self):
        """Name groups of one search by what sets them apart, in each language."""
        for lang, _title in self.env["res.lang"].get_installed():
            told = self.with_context(lang=lang)
            words = told.run_id._words()
            features = [words[part["code"]] for part in self[:1].profile or []]
            profiles = [[part["score"] for part in cluster.profile] for cluster in self]
            others = told.env._("like most customers")
            names = clusters.names(features, profiles, others)
            for cluster, name in zip(told, names, strict=True):
                cluster.name = name[:1].upper() + name[1:]
