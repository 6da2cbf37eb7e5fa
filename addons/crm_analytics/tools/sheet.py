"""Tables of a report, and the workbook that holds them."""

import io
import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import xlsxwriter

# How the cells of each kind of column are shown.
FORMATS = {
    "text": "@",
    "count": "#,##0",
    "number": "#,##0.0",
    "money": "#,##0.00",
    "percent": "0.0%",
    "date": "yyyy-mm-dd",
}
WIDTHS = {"text": 32, "date": 12}
# What a workbook takes as the name of a sheet.
MOST_NAME = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$")


class Table(NamedTuple):
    """A table of a report.

    :param columns: the heading and the kind of each, one of ``FORMATS``
    :param notes: sentences that stand above it
    """

    title: str
    columns: list[tuple[str, str]]
    rows: list[list]
    notes: tuple[str, ...] = ()


def sheet_names(titles: list[str]) -> list[str]:
    """Give names that a workbook takes: short, without signs it forbids, each once.

    >>> sheet_names(["a/b", "a:b", "", "x" * 40])[:3]
    ['a b', 'a b 2', 'Sheet']
    >>> len(sheet_names(["x" * 40, "x" * 40])[1])
    31
    """
    taken: list[str] = []
    for title in titles:
        name = (FORBIDDEN.sub(" ", title).strip() or "Sheet")[:MOST_NAME].strip()
        count, base = 1, name
        while name.casefold() in (one.casefold() for one in taken):
            count += 1
            name = f"{base[: MOST_NAME - 1 - len(str(count))]} {count}"
        taken.append(name)
    return taken


def workbook(tables: list[Table]) -> bytes:
    """Write a workbook with a sheet for each table.

    A cell never becomes a formula or a link, whatever its text begins with.

    >>> workbook([Table("Orders", [("Who", "text")], [["=1+1"]])])[:2]
    b'PK'
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(stream, options) as book:
        formats = {
            kind: book.add_format({"num_format": FORMATS[kind]}) for kind in FORMATS
        }
        bold = book.add_format({"bold": True})
        names = sheet_names([table.title for table in tables])
        for name, table in zip(names, tables, strict=True):
            _write_table(book.add_worksheet(name), table, formats, bold)
    return stream.getvalue()


def _write_table(sheet, table: Table, formats: dict, bold) -> None:
    top = len(table.notes)
    for at, note in enumerate(table.notes):
        sheet.write_string(at, 0, note)
    for at, (heading, kind) in enumerate(table.columns):
        sheet.set_column(at, at, WIDTHS.get(kind, 16))
        sheet.write_string(top, at, heading, bold)
    sheet.freeze_panes(top + 1, 0)
    for line, row in enumerate(table.rows, start=top + 1):
        for at, value in enumerate(row):
            _write_cell(sheet, line, at, value, formats[table.columns[at][1]])


def _write_cell(sheet, line: int, at: int, value, shown) -> None:
    """Write a value as what it is; there is no way here to write a formula."""
    if value is None or value is False or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, int | float | Decimal) and math.isfinite(value):
        sheet.write_number(line, at, value, shown)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(line, at, value, shown)
    else:
        sheet.write_string(line, at, str(value))
