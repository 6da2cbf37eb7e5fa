from odoo import models

QUOTATIONS = (
    "sale.report_saleorder",
    "sale.report_saleorder_document",
    "sale.report_saleorder_raw",
    "sale.report_saleorder_pro_forma",
)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """What is printed, or attached to a mail, goes to the customer."""
        if report.report_name in QUOTATIONS:
            orders = self.env["sale.order"].browse(docids)
            if orders._approval_sent_by_us():
                orders._check_before_sending()
        return super()._get_rendering_context(report, docids, data)
