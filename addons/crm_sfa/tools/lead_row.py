"""One row of a spreadsheet, read into what a lead holds."""

import re
from collections.abc import Mapping
from html import escape

from odoo.addons.crm_base.tools.contact_data import clean_email

from . import lead_sheet
from .lead_sheet import BadCell, Line

LONGEST_LINE = 250
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
LOOKED_UP = {"country": "country_id", "language": "lang_id", "industry": "industry_id"}


class Row:
    """A row on its way: first what it holds, then what came of it.

    :param double: lead that is there already, or row of the same batch
    :param likeness: there is a contact who may be this one
    :param seller: user, team and reason
    """

    __slots__ = ("cells", "double", "is_empty", "lead", "likeness", "notes", "number",
                 "problem", "seller", "vals")  # fmt: skip

    def __init__(self, number: int, cells: list):
        self.number, self.cells = number, cells
        self.vals: dict = {}
        self.problem, self.notes = "", []
        self.is_empty = False
        self.double: tuple[int, int] | None = None
        self.lead, self.likeness = 0, False
        self.seller: tuple[int, int, str] = (0, 0, "")

    @property
    def mail(self) -> str:
        return self.vals.get("email_normalized", "")

    @property
    def phone(self) -> str:
        return self.vals.get("phone_sanitized", "")

    @property
    def keys(self) -> list[str]:
        """What tells that two rows are of one person."""
        return [key for key in (self.mail, self.phone) if key]

    @property
    def is_good(self) -> bool:
        return not self.problem and not self.double

    @property
    def state(self) -> str:
        if self.problem:
            return "bad"
        if self.double:
            return "double"
        return "linked" if self.vals.get("partner_id") else "created"


class Reader:
    """Reads rows by the columns of one file.

    >>> reader = Reader({0: ("contact_name", "Name"), 1: ("phone", "Phone")}, 2,
    ...                 "DE", True, {"phone": "%(column)s: %(text)s"}, {})
    >>> row = reader.row(Line(2, ["Anna", "030 901820"]))
    >>> row.vals["name"], row.phone, row.problem
    ('Anna', '+4930901820', '')
    >>> reader.row(Line(3, ["Anna", "ask her"])).problem
    'Phone: ask her'
    >>> [reader.row(Line(4, row)).is_empty for row in (["Name", "Phone"], [])]
    [True, True]
    """

    def __init__(
        self,
        targets: Mapping[int, tuple[str, str]],
        width: int,
        country: str,
        day_first: bool,
        problems: Mapping[str, str],
        names: Mapping[str, Mapping[str, int]],
    ):
        self.targets, self.width = dict(targets), width
        self.country, self.day_first = country, day_first
        self.problems, self.names = problems, names

    def row(self, line: Line) -> Row:
        row = Row(line.number, line.cells)
        texts = [lead_sheet.text_of(cell) for cell in line.cells]
        if not any(texts) or self._is_header(texts):
            row.is_empty = True
            return row
        if any(texts[self.width :]):
            row.problem = self.problems["width"]
        for place, (target, column) in self.targets.items():
            if not row.problem and place < len(texts) and texts[place]:
                self._cell(row, target, column, line.cells[place], texts[place])
        if not row.problem:
            self._complete(row)
        return row

    def _is_header(self, texts: list[str]) -> bool:
        """Tell whether the headers stand here once more, as in files put together."""
        return all(
            place < len(texts)
            and lead_sheet.header_key(texts[place]) == lead_sheet.header_key(column)
            for place, (_target, column) in self.targets.items()
        )

    def _cell(self, row: Row, target: str, column: str, cell: object, text: str):
        named = {"column": column, "text": text[:60]}
        if text in ERRORS:
            row.problem = self.problems["error"] % named
        elif target != "description" and lead_sheet.is_formula(text):
            row.problem = self.problems["formula"] % named
        elif target in LOOKED_UP:
            self._look_up(row, target, text, named)
        else:
            try:
                row.vals |= self._values(target, cell, text)
            except BadCell:
                row.problem = self.problems[target] % named

    def _look_up(self, row: Row, target: str, text: str, named: dict):
        found = self.names[target].get(lead_sheet.header_key(text))
        if found:
            row.vals[LOOKED_UP[target]] = found
        else:
            row.notes.append(self.problems["unknown"] % named)

    def _values(self, target: str, cell: object, text: str) -> dict:
        if target == "email_from":
            mail = clean_email(text)
            if not mail:
                raise BadCell(text)
            return {"email_from": mail, "email_normalized": mail}
        if target == "phone":
            phone = self._first_phone(text)
            return {"phone": phone.shown, "phone_sanitized": phone.number}
        if target == "date_deadline":
            return {target: lead_sheet.day_of(cell, self.day_first)}
        if target == "expected_revenue":
            return {target: lead_sheet.money_of(cell)}
        if target == "description":
            return {target: f"<p>{escape(text)}</p>".replace("\n", "<br>")}
        return {target: " ".join(text.split())[:LONGEST_LINE]}

    def _first_phone(self, text: str) -> lead_sheet.Phone:
        """Give the first number of a cell that may hold several."""
        for part in re.split(r"[,;\n]| / ", text)[:5]:
            try:
                return lead_sheet.phone_of(part, self.country)
            except BadCell:
                continue
        raise BadCell(text)

    def _complete(self, row: Row):
        vals = row.vals
        person, company = vals.get("contact_name"), vals.get("partner_name")
        reached = person or company or row.mail or vals.get("phone")
        if not reached:
            row.problem = self.problems["nobody"]
        elif not vals.get("name"):
            vals["name"] = " – ".join(filter(None, (company, person))) or reached
