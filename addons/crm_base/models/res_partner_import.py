from odoo import api, models

from ..tools.contact_data import clean_email, clean_phone, name_key

HEADLINE = 1


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def load(self, fields, data):
        """Clean mails and phones of an imported file, and refuse the file whole if a
        row is bad, naming each such row and the reason."""
        if not self.env.context.get("import_file"):
            return super().load(fields, data)
        columns = {name: fields.index(name) for name in fields if name}
        rows = [list(row) for row in data]
        problems = self._clean_import(columns, rows) + self._import_doubles(
            columns, rows
        )
        if problems:
            problems.sort(key=lambda problem: problem["rows"]["from"])
            return {"ids": False, "messages": problems, "nextrow": 0}
        return super().load(fields, rows)

    def _clean_import(self, columns: dict, rows: list[list]) -> list[dict]:
        """Bring names, mails and phones of the rows into form; give the problems."""
        problems = []
        for index, row in enumerate(rows):
            for field, clean in (
                ("name", self._clean_name),
                ("email", self._clean_import_email),
                ("phone", self._clean_import_phone),
            ):
                if field not in columns or not any(row):
                    continue
                value, reason = clean(str(row[columns[field]] or ""), columns, row)
                row[columns[field]] = value
                if reason:
                    problems.append(self._import_problem(columns, row, index, reason))
        return problems

    def _clean_name(self, text: str, columns: dict, row: list) -> tuple:
        name = " ".join(text.split())
        is_new = not {"id", ".id"} & set(columns)
        return name, not name and is_new and self.env._("The name is missing.")

    def _clean_import_email(self, text: str, columns: dict, row: list) -> tuple:
        email = clean_email(text)
        if email or not text.strip():
            return email or "", None
        return text, self.env._("“%(text)s” is no e-mail address.", text=text)

    def _clean_import_phone(self, text: str, columns: dict, row: list) -> tuple:
        country = self._import_country(columns, row)
        phone = clean_phone(text, country.code)
        if phone or not text.strip():
            return phone or "", None
        return text, self.env._(
            "“%(text)s” is no phone number in %(country)s.",
            text=text,
            country=country.name or self.env._("any country"),
        )

    def _import_country(self, columns: dict, row: list):
        """The country of a row; that of the company where the file has none."""
        name = "country_id" in columns and str(row[columns["country_id"]] or "").strip()
        countries = self.env["res.country"]
        found = countries.name_search(name, operator="=", limit=1) if name else []
        return countries.browse(found[0][0]) if found else self.env.company.country_id

    def _import_doubles(self, columns: dict, rows: list[list]) -> list[dict]:
        """Give a problem for each row that names somebody whom an earlier row or the
        base has already: the same name, with the same mail or phone."""
        if {"id", ".id"} & set(columns) or "name" not in columns:
            return []
        known = self._known_contacts(columns, rows)
        problems = []
        for index, row in enumerate(rows):
            name = name_key(row[columns["name"]])
            keys = [
                (name, row[columns[field]])
                for field in ("email", "phone")
                if field in columns and row[columns[field]]
            ]
            where = next((known[key] for key in keys if key in known), None)
            if where:
                reason = self.env._(
                    "This contact is there already: %(where)s.", where=where
                )
                problems.append(self._import_problem(columns, row, index, reason))
            for key in keys:
                known.setdefault(
                    key, self.env._("row %(row)s of the file", row=index + HEADLINE + 1)
                )
        return problems

    def _known_contacts(self, columns: dict, rows: list[list]) -> dict:
        """Map (name, mail) and (name, phone) of the contacts in the base to a text."""
        known = {}
        for field, stored in (
            ("email", "email_normalized"),
            ("phone", "phone_sanitized"),
        ):
            if field not in columns:
                continue
            values = {row[columns[field]] for row in rows} - {""}
            wanted = {self._compact(field, value): value for value in values}
            wanted.pop("", None)
            found = self.search_fetch([(stored, "in", list(wanted))], ["name", stored])
            for partner in found:
                key = (name_key(partner.name or ""), wanted[partner[stored]])
                known[key] = partner.display_name
        return known

    def _compact(self, field: str, value: str) -> str:
        return (
            value
            if field == "email"
            else self.env.company._phone_format(number=value) or ""
        )

    def _import_problem(
        self, columns: dict, row: list, index: int, reason: str
    ) -> dict:
        """Give a problem as base_import shows it: by row and reason.

        Equal texts would be shown as one "at multiple rows", so each names its row's
        contact. Rows are counted as in a spreadsheet, with its headline.
        """
        named = (
            row[columns[name]] for name in ("name", "email", "phone") if name in columns
        )
        who = next(filter(None, named), self.env._("No name"))
        return {
            "type": "error",
            "rows": {"from": index, "to": index},
            "record": index + HEADLINE + 1,
            "message": f"{who}: {reason}",
        }
