from odoo import api, models

from ..models.crm_report_schedule_tables import MOST_PRINTED


class CrmReportSheet(models.AbstractModel):
    """The print of a scheduled report: tables, with the rights of whoever prints."""

    _name = "report.crm_analytics.crm_report_sheet"
    _description = "Print of a Scheduled Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        schedules = self.env["crm.report.schedule"].browse(docids)
        # Those of a recipient come with the mail; nobody brings any by an address.
        tables = (data or {}).get("tables") if self.env.su else None
        if not tables:
            schedules.check_access("read")
            reader = self.env.user
            tables = {one.id: one._for_recipient(reader)._tables() for one in schedules}
        return {
            "docs": schedules,
            "tables_of": lambda schedule: tables[schedule.id],
            "shown": schedules._shown,
            "most": MOST_PRINTED,
        }
