"""Reading spreadsheets of leads as people make them: any separator, any encoding,
titles above the headers, merged cells, formulas as text."""

import codecs
import contextlib
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import openpyxl
import phonenumbers

ENCODINGS = [
    ("utf-8-sig", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp1251", "Windows-1251 (Cyrillic)"),
    ("cp1252", "Windows-1252 (Western)"),
]
# A sheet that is larger than this when it is unpacked is no list of leads.
MOST_UNPACKED = 500 * 1024**2
MOST_MERGED = 20_000
MOST_COLUMNS = 200
# As much as a cell of Excel holds: more is a quotation mark that never closes.
MOST_IN_CELL = 32_767
# How far down the headers may stand.
HEADER_WITHIN = 15
LONGEST = 2_000
_SAMPLE = 64 * 1024

# How people call the columns, by what they hold; compared without case and signs.
NAMES = {
    "name": "subject|opportunity|lead|title|topic|asunto|oportunidad|titulo|tema|тема|"
    "сделка|лид|возможность|предмет",
    "contact_name": "name|contact|contact name|contact person|person|full name|nombre|"
    "nombre completo|contacto|persona|persona de contacto|имя|фио|контакт|"
    "контактное лицо|имя контакта",
    "partner_name": "company|company name|firm|organization|organisation|customer|"
    "account|empresa|compañía|organización|cliente|razón social|компания|"
    "организация|фирма|клиент|название компании|наименование",
    "email_from": "email|e-mail|mail|email address|correo|correo electrónico|почта|"
    "электронная почта|эл почта|емейл|имейл",
    "phone": "phone|telephone|tel|mobile|phone number|cell|teléfono|móvil|celular|"
    "número|телефон|тел|мобильный|номер|номер телефона|моб телефон",
    "function": "position|job|job position|job title|role|cargo|puesto|должность",
    "street": "street|address|calle|dirección|domicilio|улица|адрес",
    "zip": "zip|zip code|postal code|postcode|código postal|cp|индекс|почтовый индекс",
    "city": "city|town|ciudad|población|localidad|город|населенный пункт",
    "country": "country|país|страна",
    "language": "language|lang|idioma|lengua|язык",
    "industry": "industry|trade|branch|sector|industria|rubro|отрасль|сфера|"
    "вид деятельности",
    "website": "website|web|web site|site|url|página web|sitio web|сайт|веб сайт",
    "expected_revenue": "revenue|amount|expected revenue|budget|importe|ingresos|"
    "ingreso esperado|presupuesto|сумма|бюджет|ожидаемый доход|выручка",
    "date_deadline": "deadline|closing|expected closing|close date|date|fecha|"
    "fecha de cierre|cierre previsto|дата|срок|дата закрытия",
    "description": "notes|note|description|comment|comments|notas|descripción|"
    "comentario|comentarios|observaciones|примечание|комментарий|описание|заметки",
}


class SheetError(Exception):
    """A file that cannot be read; ``code`` says why."""

    def __init__(self, code: str, detail: object = ""):
        super().__init__(code)
        self.code, self.detail = code, detail


class BadCell(ValueError):
    """A cell that does not hold what its column should."""


# Headers


def header_key(text: object) -> str:
    """Bring a header into the form in which it is compared.

    >>> header_key(" E-Mail *"), header_key("Teléfono:"), header_key("ФИО\\n")
    ('email', 'telefono', 'фио')
    """
    plain = str(text or "").casefold().translate(_ACCENTS)
    return " ".join(re.findall(r"[^\W_]+", plain)).replace("e mail", "email")


_ACCENTS = str.maketrans("áéíóúüñё", "aeiouune")


def _known_headers() -> dict[str, str]:
    return {
        header_key(word): field
        for field, text in NAMES.items()
        for word in text.split("|")
    }


_KNOWN = _known_headers()


def guess(header: object) -> str:
    """Give the field that a header means, or an empty text.

    >>> [guess(h) for h in ("Company", "Correo electrónico", "Номер телефона", "X1")]
    ['partner_name', 'email_from', 'phone', '']
    >>> guess("Phone (mobile)"), guess("Your e-mail address")
    ('phone', 'email_from')
    """
    key = header_key(header)
    if key in _KNOWN:
        return _KNOWN[key]
    words = key.split()
    found = [
        (len(known), field)
        for known, field in _KNOWN.items()
        if len(known) > 3 and _holds(words, known.split())
    ]
    return max(found)[1] if found and len(words) <= 6 else ""


def _holds(words: list[str], few: list[str]) -> bool:
    size = len(few)
    return any(words[i : i + size] == few for i in range(len(words) - size + 1))


def header_row(rows: Sequence[Sequence[object]]) -> int:
    """Give the place of the row with the headers: the one of the first rows in which
    most columns are known by name; the first that has two texts if none is.

    >>> header_row([["Fair in Berlin", None], ["Contact", None], ["Name", "Phone"],
    ...             ["Anna", "030 1"]])
    2
    >>> header_row([["", ""], ["a", "b"], ["c", "d"]])
    1
    """
    rows = rows[:HEADER_WITHIN]
    known = [len({guess(cell) for cell in row} - {""}) for row in rows]
    if max(known, default=0):
        return known.index(max(known))
    filled = [sum(1 for cell in row if text_of(cell)) for row in rows]
    return next((i for i, count in enumerate(filled) if count > 1), 0)


# Cells


def text_of(cell: object) -> str:
    """Give what stands in a cell as one reads it, in one piece.

    >>> text_of(79161234567.0), text_of(None), text_of(True), text_of(1.5)
    ('79161234567', '', 'True', '1.5')
    >>> text_of('="0049 30"'), text_of("'+49 30"), text_of("  a\\xa0 b ")
    ('0049 30', '+49 30', 'a b')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    text = str(cell).replace("\x00", "")
    text = "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
    if quoted := re.fullmatch(r'="([^"]*)"', text):
        text = quoted[1].strip()
    # Excel writes it before what is no formula, and so do our own files.
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":
        text = text[1:]
    return text[:LONGEST]


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would reckon with a text instead of showing it.

    >>> [is_formula(t) for t in ("=A1&B1", "@SUM(A1)", "+49 30 90", "-HYPERLINK(1)")]
    [True, True, False, True]
    >>> is_formula("- by phone"), is_formula("+cmd|' /C calc'!A0")
    (False, True)
    """
    return bool(re.match(r"[=@]|[+\-][A-Za-z]+[(|!]", text))


def safe_cell(value: object) -> object:
    """Give a value that no spreadsheet takes for a formula.

    >>> [safe_cell(value) for value in ("=HYPERLINK(1)", "+49 30", "\\t=1", 7)]
    ["'=HYPERLINK(1)", "'+49 30", "'\\t=1", 7]
    """
    if not isinstance(value, str):
        return value
    value = _UNPRINTABLE.sub("", value)
    return f"'{value}" if value.lstrip()[:1] in tuple("=+-@") else value


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})(?: .*)?")


def day_of(cell: object, day_first: bool = True) -> date:
    """Give the day that a cell holds: a date, the number of one, or a text.

    >>> day_of("2026-03-31"), day_of("31.03.2026"), day_of("31/3/26")
    (datetime.date(2026, 3, 31), datetime.date(2026, 3, 31), datetime.date(2026, 3, 31))
    >>> day_of("03/31/2026", day_first=False), day_of(46112)
    (datetime.date(2026, 3, 31), datetime.date(2026, 3, 31))
    >>> day_of("30.02.2026")
    Traceback (most recent call last):
    ...
    odoo.addons.crm_sfa.tools.lead_sheet.BadCell: 30.02.2026
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    try:
        if text.isascii() and text.isdigit() and 20_000 < int(text) < 80_000:
            return date(1899, 12, 30) + timedelta(days=int(text))
        if found := _YEAR_FIRST.fullmatch(text):
            return date(*map(int, found.groups()))
        if found := _YEAR_LAST.fullmatch(text):
            one, sign, two, year = found.groups()
            year = int(year) + (2000 if len(year) == 2 else 0)
            # A date with points has the day in front everywhere.
            first = day_first or sign == "."
            day, month = (one, two) if first else (two, one)
            return date(year, int(month), int(day))
    except ValueError as error:
        raise BadCell(text) from error
    raise BadCell(text)


def is_day_first(samples: Iterable[object]) -> bool:
    """Tell whether dates with dashes stand as day/month; they do unless one says no.

    >>> is_day_first(["03/04/2026", "03/31/2026"]), is_day_first(["03/04/2026"])
    (False, True)
    """
    for sample in samples:
        found = _YEAR_LAST.fullmatch(text_of(sample))
        if found and found[2] != "." and int(found[3]) > 12:
            return False
    return True


class Phone(NamedTuple):
    """A number as people read it, and as machines compare it."""

    shown: str
    number: str


def phone_of(text: str, country: str = "") -> Phone:
    """Give the phone number that a text holds.

    :param country: ISO code of the country that national numbers belong to

    >>> phone_of("030 901820", "DE"), phone_of("79161234567", "RU").number
    (Phone(shown='+49 30 901820', number='+4930901820'), '+79161234567')
    >>> phone_of("+34 912 34 56 78 ext. 12").number
    '+34912345678'
    >>> phone_of("ask Anna", "DE")
    Traceback (most recent call last):
    ...
    odoo.addons.crm_sfa.tools.lead_sheet.BadCell: ask Anna
    """
    given = re.sub(r"^\s*00", "+", text)
    # Excel drops the plus: a long number may be a whole one.
    tries = [given] + [f"+{given}"] * given.isdigit()
    for one in tries:
        try:
            parsed = phonenumbers.parse(one, country or None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            formats = phonenumbers.PhoneNumberFormat
            return Phone(
                phonenumbers.format_number(parsed, formats.INTERNATIONAL),
                phonenumbers.format_number(parsed, formats.E164),
            )
    raise BadCell(text)


def money_of(cell: object) -> float:
    """Give the amount that a cell holds.

    >>> money_of("1.234,50 €"), money_of("1,234.50"), money_of("12 000"), money_of(7)
    (1234.5, 1234.5, 12000.0, 7.0)
    >>> money_of("1.234"), money_of("0,5")
    (1234.0, 0.5)
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    text = re.sub(r"[^\d.,\-]", "", text_of(cell))
    sign = max(text.rfind("."), text.rfind(","))
    behind = len(text) - sign - 1
    both = "." in text and "," in text
    if sign >= 0 and (both or behind != 3) and text.count(text[sign]) == 1:
        text = re.sub(r"[.,]", "", text[:sign]) + "." + text[sign + 1 :]
    else:
        text = re.sub(r"[.,]", "", text)
    try:
        amount = float(text)
    except ValueError:
        amount = float("nan")
    if not abs(amount) < 1e15:
        raise BadCell(text_of(cell))
    return amount


# Files


class Line(NamedTuple):
    """A row of the file with its number as a spreadsheet counts them."""

    number: int
    cells: list


def read(data: bytes, encoding: str = "", separator: str = "") -> Iterator[Line]:
    """Give the rows of a file one by one; only one is in memory.

    >>> [line.cells for line in read("a;b\\n1;2\\n".encode("utf-8-sig"))]
    [['a', 'b'], ['1', '2']]
    """
    if data[:4] == b"PK\x03\x04":
        return _read_xlsx(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise SheetError("old_excel")
    return _read_text(data, encoding, separator)


def encoding_of(data: bytes) -> str:
    """Tell in which encoding a text is.

    >>> encoding_of("Имя".encode("cp1251")), encoding_of("Núñez, José".encode("cp1252"))
    ('cp1251', 'cp1252')
    >>> encoding_of("Имя".encode()), encoding_of("a".encode("utf-16"))
    ('utf-8-sig', 'utf-16')
    """
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _SAMPLE):
            decoder.decode(data[start : start + _SAMPLE])
        decoder.decode(b"", final=True)
        return "utf-8-sig"
    except UnicodeDecodeError:
        # Words of Cyrillic are high bytes throughout; in Spanish it is a letter here
        # and there.
        runs = re.findall(rb"[\x80-\xff]+", data[: 16 * _SAMPLE])
        high = sum(map(len, runs))
        long = sum(len(run) for run in runs if len(run) > 2)
        return "cp1251" if long * 2 > high else "cp1252"


def separator_of(text: str) -> str:
    """Tell what stands between the cells of a text.

    >>> [separator_of(t) for t in ("a;b,c;d\\n1;2;3", "a\\tb", 'x,"a;b;c;d",y', "a")]
    [';', '\\t', ',', ',']
    """
    bare = re.sub(r'"[^"]*"', "", text)
    lines = [line for line in bare.splitlines()[:HEADER_WITHIN] if line.strip()]
    found = Counter(
        {
            sign: sum(1 for line in lines if sign in line) * 1000 + bare.count(sign)
            for sign in (",", ";", "\t", "|")
        }
    )
    best, count = found.most_common(1)[0]
    return best if count else ","


def _read_text(data: bytes, encoding: str, separator: str) -> Iterator[Line]:
    encoding = encoding or encoding_of(data)
    try:
        sample = codecs.getincrementaldecoder(encoding)().decode(data[:_SAMPLE])
        text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
        clean = (line.replace("\x00", "") for line in text)
        rows = csv.reader(clean, delimiter=separator or separator_of(sample))
        number = 0
        for number, cells in enumerate(rows, 1):
            if any(len(cell) > MOST_IN_CELL for cell in cells):
                raise SheetError("quotes", number)
            yield Line(number, cells[:MOST_COLUMNS])
    except UnicodeError as error:
        raise SheetError("encoding", encoding) from error
    except csv.Error as error:
        raise SheetError("quotes", number + 1) from error


def _read_xlsx(data: bytes) -> Iterator[Line]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise SheetError("too_big")
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        sheet = book.worksheets[0]
        merged = _merged(data, sheet)
    except SheetError:
        raise
    except Exception as error:  # openpyxl raises what it stumbles over, of any kind
        raise SheetError("broken") from error  # told to who imports
    return _xlsx_lines(book, sheet, merged)


def _xlsx_lines(book, sheet, merged) -> Iterator[Line]:
    # Files that other programs wrote may name wrong bounds.
    sheet.reset_dimensions()
    kept: dict[int, tuple[int, object]] = {}
    rows = enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1)
    with contextlib.closing(book):
        while True:
            try:
                number, row = next(rows)
            except StopIteration:
                return
            except Exception as error:  # as in _read_xlsx: rows are parsed here
                raise SheetError("broken") from error
            cells = list(row)
            _spread(number, cells, merged.get(number, ()), kept)
            yield Line(number, cells)


def _spread(number: int, cells: list, begins, kept: dict) -> None:
    """Let a cell that was merged over several rows hold in each of them."""
    for column, (last, value) in list(kept.items()):
        if number > last:
            del kept[column]
        elif column < len(cells) and cells[column] is None:
            cells[column] = value
    for column, last in begins:
        if column < len(cells):
            kept[column] = (last, cells[column])


_MERGE = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')


def _merged(data: bytes, sheet) -> dict[int, list[tuple[int, int]]]:
    """Find the cells that go over several rows: by the first row, column and last row.

    openpyxl leaves them out where it reads row by row.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        path = sheet._worksheet_path
        with archive.open(path) as file:
            tail = b""
            while chunk := file.read(_SAMPLE):
                tail = _merged_in(tail + chunk, found)
    return found


def _merged_in(chunk: bytes, found: dict) -> bytes:
    end = 0
    for match in _MERGE.finditer(chunk):
        end = match.end()
        letters, top, _right, bottom = match.groups()
        if top != bottom and len(found) < MOST_MERGED:
            column = openpyxl.utils.column_index_from_string(letters.decode()) - 1
            found.setdefault(int(top), []).append((column, int(bottom)))
    return chunk[max(end, len(chunk) - 80) :]


def plain(cell: object) -> object:
    """Give a cell in a form that JSON can hold.

    >>> plain(datetime(2026, 3, 31)), plain(1.5), plain(None)
    ('2026-03-31', 1.5, None)
    """
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return cell if isinstance(cell, (int, float, type(None))) else str(cell)[:LONGEST]
