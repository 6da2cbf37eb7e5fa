"""Names, mails and phones as people write them, brought into one form."""

import re
import unicodedata

import phonenumbers

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")


def clean_email(text: str) -> str | None:
    """Give the mail address in lower case, or None if it is none.

    >>> clean_email("  Anna.Berg@Example.COM ")
    'anna.berg@example.com'
    >>> clean_email("anna@@example.com") is None
    True
    >>> clean_email("no address") is None
    True
    """
    text = text.strip().lower()
    return text if _MAIL.fullmatch(text) else None


def clean_phone(text: str, country: str | None) -> str | None:
    """Give the number in international form, or None if it is no phone number.

    :param country: ISO code of the country that national numbers belong to

    >>> clean_phone("8 (495) 123-45-67", "RU")
    '+7 495 123-45-67'
    >>> clean_phone("0049 30 901820", "RU")
    '+49 30 901820'
    >>> clean_phone("+34 912 34 56 78 ext. 12", None)
    '+34 912 34 56 78 ext. 12'
    >>> clean_phone("call Anna", "DE") is None
    True
    """
    text = re.sub(r"^\s*00", "+", text)
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def name_key(text: str) -> str:
    """Give a form in which spellings of one name agree: case, accents, order.

    >>> name_key("  BERG,  Ánna ") == name_key("Anna Berg")
    True
    >>> name_key("Иванов Пётр") == name_key("пётр ИВАНОВ")
    True
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(sorted(re.findall(r"\w+", plain)))
