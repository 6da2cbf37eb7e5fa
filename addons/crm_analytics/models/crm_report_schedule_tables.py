import ast
from datetime import date, datetime

from lxml import etree

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, formatLang

from ..tools.sheet import Table, workbook

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# More rows than these nobody reads in a mail; a spreadsheet program opens them still.
MOST_ROWS = 20_000
MOST_PRINTED = 300
MOST_COLUMNS = 40
# How a field's values stand in a spreadsheet.
KINDS = {
    "date": "date",
    "datetime": "date",
    "float": "number",
    "integer": "count",
    "monetary": "money",
}


class CrmReportSchedule(models.Model):
    """What a scheduled report shows to a person: tables, for print and spreadsheet."""

    _inherit = "crm.report.schedule"

    def _for_recipient(self, user):
        """Give the schedule as a person sees it: own rights and language, and the
        company that it is about."""
        return self.with_user(user).with_context(
            lang=user.lang,
            tz=user.tz,
            allowed_company_ids=self.company_id.ids,
        )

    def _tables(self) -> list[Table]:
        """Give the tables with the rights of whoever asks."""
        self.ensure_one()
        # What the report is about is set by its manager; the figures keep to rights.
        content = self.sudo().content
        if content == "digest":
            return self._digest_tables()
        if content == "funnel":
            return self.env["crm.funnel"]._funnel_tables("quarter")
        return [self._list_table()]

    # The digest

    def _digest_tables(self) -> list[Table]:
        # Recipients may not read the plan.
        digest = self.env["crm.digest"].read_digest(self.sudo().every)
        words = [figure["words"] for figure in digest["figures"]]
        notes = (f"{digest['label']} ({digest['before']})", *words)
        columns = [
            (self.env._("Figure"), "text"),
            (self.env._("Before"), "count"),
            (self.env._("Now"), "count"),
            (self.env._("Change"), "count"),
        ]
        rows = [
            [figure["label"], figure["before"], figure["now"], figure["change"]]
            for figure in digest["figures"]
        ]
        tables = [Table(self.env._("What changed"), columns, rows, notes)]
        return tables + [
            self._digest_table(figure)
            for figure in digest["figures"]
            if figure["change"]
        ]

    def _digest_table(self, figure: dict) -> Table:
        columns = [
            (self.env._("By"), "text"),
            (self.env._("Who"), "text"),
            (self.env._("Before"), figure["kind"]),
            (self.env._("Now"), figure["kind"]),
            (self.env._("Change"), figure["kind"]),
        ]
        rows = [
            [of["label"], row["label"], row["before"], row["now"], row["change"]]
            for of in figure["dimensions"]
            for row in of["rows"]
        ]
        return Table(figure["label"], columns, rows)

    # A saved list

    def _list_table(self) -> Table:
        filter_sudo = self.sudo().filter_id  # a manager's filter, not the recipient's
        try:
            model = self.env[filter_sudo.model_id]
        except KeyError as error:
            raise UserError(
                self.env._(
                    "What the saved search “%(name)s” lists is not there any more.",
                    name=filter_sudo.name,
                )
            ) from error
        domain = self._list_domain(filter_sudo)
        found = model.search(domain, limit=MOST_ROWS + 1)
        notes = ()
        if len(found) > MOST_ROWS:
            found = found[:MOST_ROWS]
            notes = (self.env._("Only the first %(count)s rows.", count=MOST_ROWS),)
        names = self._list_names(model)
        return Table(
            filter_sudo.name,
            [self._list_column(model, name) for name in names],
            found.export_data(names)["datas"] if names else [],
            notes,
        )

    def _list_domain(self, filter_sudo) -> Domain:
        try:
            domain = Domain(ast.literal_eval(filter_sudo.domain.strip()))
            domain.validate(self.env[filter_sudo.model_id])
        except (SyntaxError, TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "The saved search “%(name)s” cannot be read any more (%(error)s)."
                    " Save it again.",
                    name=filter_sudo.name,
                    error=error,
                )
            ) from error
        return domain

    def _list_names(self, model) -> list[str]:
        """Give the names of the columns: those chosen, or the usual list's."""
        export_sudo = self.sudo().export_id  # a manager's list, not the recipient's
        if export_sudo:
            return export_sudo.export_fields.mapped("name")
        arch = etree.fromstring(model.get_view(view_type="list")["arch"])
        shown = [
            node.get("name")
            for node in arch.iterfind("./field")
            if node.get("column_invisible") not in ("1", "True")
            and node.get("optional") != "hide"
        ]
        known = model.fields_get(shown, ["exportable"])
        names = [name for name in shown if known.get(name, {}).get("exportable")]
        return names[:MOST_COLUMNS]

    def _list_column(self, model, path: str) -> tuple[str, str]:
        """Give the heading and kind of a column, such as ``partner_id/name``."""
        labels, kind = [], "text"
        for name in path.split("/"):
            known = model.fields_get([name], ["string", "type", "relation"])
            if name not in known:
                labels.append(name)
                break
            labels.append(known[name]["string"])
            kind = KINDS.get(known[name]["type"], "text")
            if known[name].get("relation"):
                model = self.env[known[name]["relation"]]
        return " / ".join(labels), kind

    # The files

    def _files(self, tables: list[Table]) -> list[tuple[str, bytes, str]]:
        """Give the files of a mail: name, content, type."""
        self_sudo = self.sudo()  # recipients may not read the plan
        files = []
        if self_sudo.as_pdf:
            files.append((f"{self_sudo.name}.pdf", self._pdf(tables), PDF))
        if self_sudo.as_xlsx:
            files.append((f"{self_sudo.name}.xlsx", workbook(tables), XLSX))
        return files

    def _pdf(self, tables: list[Table]) -> bytes:
        # The tables are those of the recipient; printing them needs no more rights.
        reports_sudo = self.env["ir.actions.report"].sudo()
        content, _kind = reports_sudo._render_qweb_pdf(
            "crm_analytics.crm_report_sheet", self.ids, {"tables": {self.id: tables}}
        )
        return content

    def _shown(self, value, kind: str) -> str:
        """Write a cell as the reader's language does."""
        if value is None or value is False or value == "":
            return ""
        if isinstance(value, bool):
            return self.env._("Yes")
        if isinstance(value, datetime):
            return format_datetime(self.env, value)
        if isinstance(value, date):
            return format_date(self.env, value)
        if isinstance(value, int | float):
            if kind == "percent":
                return f"{formatLang(self.env, 100 * value, digits=1)} %"
            digits = {"money": 2, "number": 1}.get(kind, 0)
            return formatLang(self.env, value, digits=digits)
        return str(value)
