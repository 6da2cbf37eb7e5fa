"""Takes what identifies a person out of a text, before it becomes an article.

What it takes out is replaced by a word in brackets, so a reader sees that something
stood there. It rather takes too much: a person reads the result before it is published.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lxml import etree, html

# The kinds of what is known of a customer, in the order in which they are taken out.
KNOWN = ("mail", "bank", "tax", "serial", "address", "name")
SHORTEST_PART = 3
# Elements that are kept; of the others only the text is.
KEPT = frozenset(
    [
        "p",
        "br",
        "div",
        "ul",
        "ol",
        "li",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "s",
        "code",
        "pre",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "thead",
        "tbody",
        "tr",
        "td",
        "th",
        "hr",
        "sub",
        "sup",
    ]
)
DROPPED = ("style", "script", "head", "title", "iframe", "object", "svg")
QUOTED = "//*[@data-o-mail-quote or @data-o-mail-quote-node]"

# Nothing that a person wrote has so long a word; patterns would take long on it.
LONG_WORD = re.compile(r"\S{300,}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.I)
MAIL = re.compile(
    r"[\w.+%'-]{1,64} ?(?:@|\(at\)|\[at\]) ?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.I
)
IBAN = re.compile(
    r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b"
)
TAX = re.compile(
    r"\b(?:(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO"
    r"|SE|SI|SK)[ ]?(?=[A-Z0-9]{0,7}\d{5})[A-Z0-9]{8,12}"
    r"|[A-HJ-NP-SUVW]\d{7}[0-9A-J]|\d{8}-?[A-Z])\b"
    r"|\b(?:ИНН|КПП|ОГРН|INN|VAT|CIF|NIF|USt-IdNr\.?)[ :№#]*[A-Z]{0,2}\d[\d ]{6,14}\d",
)
SERIAL = re.compile(
    r"(?P<label>\b(?:s/n|sn|serial(?:[ ]?(?:number|no\.?|nr\.?))?|seriennummer"
    r"|(?:n[º°.]?|núm(?:ero|\.)?|numero)[ ]?de serie|сери\w+ (?:номер\w*|№)|зав\. ?№)"
    r"[ :#№=]*)(?=[\w-]*\d)[\w-]{4,40}",
    re.I,
)
# Dates, and decimal numbers with their groups, look like phones to what follows.
NO_PHONE = re.compile(
    r"(?<![\d./-])(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?![./-]?\d)"
    r"|(?<![\d+])\d{1,3}(?:[ .]\d{3})*,\d{1,2}\b"
)
PHONE = re.compile(
    r"(?<![\w-])(?:\+|00)?\(?\d"
    r"(?:(?:[ \u00a0]?[-–/()][ \u00a0]?|[ \u00a0.]|\)[ ]?\()?\d){5,19}"
    r"(?: ?(?:ext\.?|доб\.?|int\.?|x) ?\d{1,5})?(?![\w-])",
    re.I,
)
FEWEST_DIGITS, FEWEST_DIGITS_IN_A_ROW = 7, 9
SECRET = re.compile(r"(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{16,}|token|access|/my/", re.I)
CYRILLIC_ENDING = re.compile("[аеёийоуыьэюя]$")


class Masked(NamedTuple):
    """A text without what identifies, and how often which kind was taken out."""

    text: str
    found: Counter


def mask_text(text: str, known: Mapping[str, Iterable[str]] | None = None) -> Masked:
    """Mask a plain text.

    :param known: what is known of the people concerned, by kind: see ``KNOWN``

    >>> mask_text("Call +49 (30) 901-821 or write anna.berg@n.example.com").text
    'Call [phone] or write [mail]'
    >>> for number in ["030 901821", "8 (495) 123-45-67", "0034 954.12.34.56",
    ...                "+7 495 123-45-67 доб. 12", "901821901", "030/90 18 21"]:
    ...     print(mask_text(f"Tel. {number}.").text)
    Tel. [phone].
    Tel. [phone].
    Tel. [phone].
    Tel. [phone].
    Tel. [phone].
    Tel. [phone].

    What only looks like a phone stays.

    >>> mask_text("On 2026-03-04 at 92-96 °C, 1.250,00 EUR, E-04711234, SO4711234").text
    'On 2026-03-04 at 92-96 °C, 1.250,00 EUR, E-04711234, SO4711234'

    Names are found in parts and, in Russian, in each case.

    >>> known = {"name": ["Anna Berg", "Пётр Иванов", "Olivar del Sur S.L."]}
    >>> mask_text("Dear Anna, Ms BERG and Anna Berg's Bergen", known).text
    'Dear [name], Ms [name] and [name] Bergen'
    >>> mask_text("Петру Иванову от Петра, Ивановой нет", known).text
    '[name] от [name], [name] нет'
    >>> mask_text("Olivar del Sur S.L. asks; the sur stays, Olivar not", known).text
    '[name] asks; the sur stays, [name] not'

    >>> known = {"address": ["Oranienstraße 25"], "serial": ["TX-99/1"]}
    >>> mask_text("At oranienstraße  25, TX-99/1, S/N: AB-1234", known).text
    'At [address], [serial], S/N: [serial]'
    >>> mask_text("IBAN DE89 3704 0044 0532 0130 00, VAT DE136695976, B12345678").text
    'IBAN [bank], [tax], [tax]'
    >>> mask_text("ИНН 7707083893").text
    '[tax]'

    A link is kept unless it opens something.

    >>> mask_text("https://example.com/manual.pdf").text
    'https://example.com/manual.pdf'
    >>> masked = mask_text("https://example.com/a?token=1 https://a.example/my/orders/7")
    >>> masked.text, masked.found["link"]
    ('[link] [link]', 2)
    """
    found = Counter()
    masker = _Masker(known or {}, found)
    return Masked(masker.mask(CONTROL.sub("", text or "")), found)


def mask_html(source: str, known: Mapping[str, Iterable[str]] | None = None) -> Masked:
    """Mask an HTML text; keep its paragraphs and lists, drop pictures, attributes,
    quoted mails and comments.

    >>> known = {"name": ["Anna Berg"]}
    >>> mask_html('<p style="x">Hi <b>Anna</b> Berg,<img src="a"> call 030 9018210</p>',
    ...           known).text
    '<p>Hi <b>[name]</b> [name], call [phone]</p>'
    >>> mask_html('<a href="mailto:a@b.example">Anna</a>', known).text
    '<p>[name]</p>'
    >>> mask_html('<p>Yes<!-- Anna --></p><div data-o-mail-quote="1">Anna</div>').text
    '<p>Yes</p>'
    >>> mask_html("").text, mask_html("<script>x</script>").text
    ('', '')
    >>> mask_html('<img src="badge.png">').found["picture"]
    1
    """
    found = Counter()
    if not (source or "").strip():
        return Masked("", found)
    root = html.fragment_fromstring(CONTROL.sub("", source), create_parent="div")
    _drop_what_is_not_text(root, found)
    masker = _Masker(known or {}, found)
    for element in list(root.iter(etree.Element)):
        element.text = masker.mask(element.text or "")
        if element is not root:
            element.tail = masker.mask(element.tail or "")
            element.attrib.clear()
            if element.tag not in KEPT:
                element.drop_tag()
    return Masked(_serialize(root), found)


def _drop_what_is_not_text(root, found: Counter) -> None:
    etree.strip_elements(root, *DROPPED, etree.Comment, etree.PI, with_tail=False)
    for element in root.xpath(QUOTED):
        # A quote may hold others, which went with it.
        if element.getparent() is not None:
            element.drop_tree()
    for picture in root.xpath("//img"):
        found["picture"] += 1
        picture.drop_tree()


def _serialize(root) -> str:
    if root.text.strip() and not root.xpath("p|div|ul|ol|table"):
        root.tag = "p"
        return etree.tostring(root, encoding="unicode", method="html")
    inner = (etree.tostring(e, encoding="unicode", method="html") for e in root)
    return (html_escape(root.text) + "".join(inner)).strip()


def html_escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Masker:
    """The patterns of one case, and what they found."""

    def __init__(self, known: Mapping[str, Iterable[str]], found: Counter):
        self.found = found
        self.known = [
            (kind, pattern)
            for kind in KNOWN
            if (pattern := _pattern_of(kind, known.get(kind, ())))
        ]

    def mask(self, text: str) -> str:
        text = LONG_WORD.sub(self._put("link"), text)
        text = LINK.sub(self._link, text)
        text = MAIL.sub(self._put("mail"), text)
        for kind, pattern in self.known:
            text = pattern.sub(self._put(kind), text)
        text = IBAN.sub(self._put("bank"), text)
        text = TAX.sub(self._put("tax"), text)
        text = SERIAL.sub(self._serial, text)
        return self._phones(text)

    def _put(self, kind: str):
        def put(_match):
            self.found[kind] += 1
            return f"[{kind}]"

        return put

    def _link(self, match) -> str:
        address = match[0]
        end = re.search(r"[.,;:!?)\]]*$", address)[0]
        address = address[: len(address) - len(end)]
        opens = "@" in address or "?" in address or "#" in address
        if opens or SECRET.search(address):
            self.found["link"] += 1
            return f"[link]{end}"
        return match[0]

    def _serial(self, match) -> str:
        self.found["serial"] += 1
        return f"{match['label']}[serial]"

    def _phones(self, text: str) -> str:
        pieces, start = [], 0
        for match in NO_PHONE.finditer(text):
            pieces += [PHONE.sub(self._phone, text[start : match.start()]), match[0]]
            start = match.end()
        return "".join([*pieces, PHONE.sub(self._phone, text[start:])])

    def _phone(self, match) -> str:
        number = match[0]
        digits = sum(sign.isdigit() for sign in number)
        fewest = FEWEST_DIGITS_IN_A_ROW if number.isdigit() else FEWEST_DIGITS
        if digits < fewest:
            return number
        self.found["phone"] += 1
        return "[phone]"


def _pattern_of(kind: str, values: Iterable[str]) -> re.Pattern | None:
    """Give a pattern that finds any of the values as whole words, longest first."""
    values = {value.strip() for value in values if value and value.strip()}
    forms = {_spaced(value): len(value) for value in values}
    if kind == "name":
        forms |= {
            _inflected(part): len(part)
            for value in values
            for part in re.findall(r"[^\W\d_]+", value)
            if len(part) >= SHORTEST_PART and part[0].isupper()
        }
    if not forms:
        return None
    ordered = sorted(forms, key=lambda form: -forms[form])
    return re.compile(rf"(?<!\w)(?:{'|'.join(ordered)})(?!\w)")


def _spaced(value: str) -> str:
    """A value as it stands, in any case, with any blanks between its words."""
    words = r"[\s\u00a0]+".join(_inflected(word) for word in value.split())
    return f"(?i:{words})"


def _inflected(part: str) -> str:
    """A name in its cases; a part alone counts only with a capital letter, for many a
    name is a word too."""
    if re.fullmatch("[А-Яа-яЁё]{4,}", part):
        stem = CYRILLIC_ENDING.sub("", part)
        letters = "".join("[её]" if s in "её" else s for s in stem)
        form = f"{letters}[а-яё]{{0,3}}"
    else:
        form = re.escape(part) + (r"(?:['’]?s)?" if part[-1].isalpha() else "")
    upper = form if part.isupper() else f"{form}|{re.escape(part.upper())}"
    return f"(?:{upper})"
