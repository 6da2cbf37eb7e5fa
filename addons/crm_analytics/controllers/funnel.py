import json

from werkzeug.exceptions import BadRequest

from odoo import http
from odoo.http import content_disposition, request

from ..tools.sheet import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FunnelSheet(http.Controller):
    """The funnel as the page shows it, as a spreadsheet."""

    @http.route(
        "/crm_analytics/funnel.xlsx", type="http", auth="user", readonly=True,
        methods=["GET"],
    )  # fmt: skip
    def funnel_sheet(self, by="quarter", first=None, last=None, wanted="{}", **_other):
        """Give the workbook; the reader's rights and company are those of the page."""
        try:
            narrowed = json.loads(wanted)
        except ValueError:
            raise BadRequest from None
        companies = request.httprequest.cookies.get("cids", "").split("-")
        allowed = request.env.user.company_ids.ids
        chosen = [int(one) for one in companies if one.isdigit()]
        ids = [one for one in chosen if one in allowed] or request.env.company.ids
        funnel = request.env["crm.funnel"].with_context(allowed_company_ids=ids)
        tables = funnel._funnel_tables(by, first, last, narrowed)
        name = request.env._("Funnel")
        headers = [
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(f"{name}.xlsx")),
        ]
        return request.make_response(workbook(tables), headers)
