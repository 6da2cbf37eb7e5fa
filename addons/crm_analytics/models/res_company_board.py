from odoo import api, fields, models
from odoo.fields import Domain


class ResCompany(models.Model):
    """When the months were summed up that the boards show."""

    _inherit = "res.company"

    crm_months_date = fields.Datetime("Months Summed Up", readonly=True, copy=False)

    def _make_months(self) -> None:
        """Sum up orders and facts by month, for the boards."""
        for company in self:
            self.env["crm.customer.month"]._make(company)
            self.env["crm.sale.month"]._make(company)
            company.crm_months_date = fields.Datetime.now()

    @api.model
    def _cron_make_months(self):
        """Sum up the months of each company, that which was left longest first."""
        commit = self.env["ir.cron"]._commit_progress
        companies = self.search(Domain.TRUE, order="crm_months_date NULLS FIRST, id")
        commit(remaining=len(companies))
        for company in companies:
            if company.try_lock_for_update(allow_referencing=True):
                company._make_months()
            if not commit(1):
                break
