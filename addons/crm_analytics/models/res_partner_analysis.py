from odoo import api, fields, models
from odoo.fields import Domain

from .crm_analysis_result import RFM_GROUPS, XYZ

READERS = "crm_analytics.crm_analytics_group_user"


class ResPartner(models.Model):
    """The customer's classes, as the newest run in use of the reader's company has
    them. People have those of their company."""

    _inherit = "res.partner"

    analysis_result_ids = fields.One2many(
        "crm.analysis.result", "partner_id", groups=READERS
    )
    analysis_result_id = fields.Many2one(
        "crm.analysis.result",
        "Classes",
        compute="_compute_analysis",
        compute_sudo=True,
        search="_search_analysis_result_id",
        groups="base.group_user",
    )
    xyz_class = fields.Selection(
        XYZ,
        "Regularity",
        compute="_compute_analysis",
        compute_sudo=True,
        search="_search_xyz_class",
        groups="base.group_user",
        help="X buys regularly, Y less so, Z as it comes.",
    )
    rfm_group = fields.Selection(
        RFM_GROUPS,
        "RFM Group",
        compute="_compute_analysis",
        compute_sudo=True,
        search="_search_rfm_group",
        groups="base.group_user",
        help="By how recently, how often and for how much this customer buys.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_analysis(self):
        results = self.env["crm.analysis.result"].search_fetch(
            [
                ("run_id", "=", self._analysis_run_id()),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ],
            ["partner_id", "xyz", "rfm_group"],
        )
        of = {result.partner_id.id: result for result in results}
        for partner in self:
            result = of.get(partner.commercial_partner_id.id, results.browse())
            partner.analysis_result_id = result
            partner.xyz_class = result.xyz
            partner.rfm_group = result.rfm_group

    @api.model
    def _analysis_run_id(self) -> int:
        """Give the newest run of the analysis in use of the reader's company, or 0."""
        # Which one is in use is no secret.
        runs_sudo = self.env["crm.analysis.run"].sudo()
        in_use = [
            ("analysis_id.is_in_use", "=", True),
            ("analysis_id.active", "=", True),
            ("company_id", "=", self.env.company.id),
            ("state", "=", "done"),
        ]
        return runs_sudo.search(in_use, order="date_end desc, id desc", limit=1).id or 0

    def _search_xyz_class(self, operator, value):
        return self._search_analysis("xyz", operator, value)

    def _search_rfm_group(self, operator, value):
        return self._search_analysis("rfm_group", operator, value)

    def _search_analysis_result_id(self, operator, value):
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        return ~self._in_analysis(Domain.TRUE)

    def _search_analysis(self, name, operator, value):
        if operator != "in":
            return NotImplemented
        found = self._in_analysis(Domain(name, "in", [key for key in value if key]))
        if False in value:
            found |= ~self._in_analysis(Domain(name, "!=", False))
        return found

    @api.model
    def _in_analysis(self, condition: Domain) -> Domain:
        """Give the contacts of the customers whose newest result meets a condition."""
        in_run = Domain("run_id", "=", self._analysis_run_id())
        # Everybody who sees the contact sees its class, and no more of the result.
        results_sudo = self.env["crm.analysis.result"].sudo()
        query = results_sudo._search(in_run & condition)
        return Domain("commercial_partner_id", "in", query.subselect("partner_id"))

    # The card

    def _card_facts(self, family):
        facts = super()._card_facts(family)
        group = self.commercial_partner_id.rfm_group
        if not group:
            return facts
        labels = dict(self._fields["rfm_group"]._description_selection(self.env))
        return [
            *facts,
            {
                "key": "rfm_group",
                "label": self.env._("Buys as"),
                "value": labels[group],
                "action": False,
            },
        ]
