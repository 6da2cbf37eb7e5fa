"""What the headers of a mail tell about who sent it: a person, a machine, a forger."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

# How programs begin the subject of an absence notice or an automatic answer.
AUTOMATIC = re.compile(
    r"\s*(?:\[[^\]]*\]\s*)?(?:"
    r"auto(?:matic)?[ -]?(?:reply|response|antwort)|out of (?:the )?office"
    r"|automatische (?:antwort|abwesenheitsmeldung)|abwesenheits(?:notiz|meldung)"
    r"|respuesta autom[aá]tica|fuera de (?:la )?oficina"
    r"|автоматический ответ|автоответ(?:чик)?|отсутствие на рабочем месте"
    r"|r[eé]ponse automatique|absen(?:t|ce) du bureau"
    r")\s*(?:[:–—(-]|re:|$)",
    re.IGNORECASE,
)
# Mail to many, or of an address that nobody reads.
BULK = {"bulk", "list", "junk", "auto_reply"}
NOBODY = re.compile(r"(?:no|do[-_.]?not|ne|не)[-_.]?reply|mailer-daemon|postmaster")


def is_automatic(mail: Message) -> bool:
    """Tell a mail that a program wrote, also by its subject and by its content.

    >>> def mail(**headers):
    ...     message = Message()
    ...     for name, value in headers.items():
    ...         message[name.replace("_", "-")] = value
    ...     return message
    >>> is_automatic(mail(Auto_Submitted="auto-generated"))
    True
    >>> is_automatic(mail(Auto_Submitted="no", Subject="Out of office chair broken"))
    False
    >>> [is_automatic(mail(Subject=subject)) for subject in (
    ...     "Automatic reply: Grinder", "Abwesenheitsnotiz: Urlaub",
    ...     "Respuesta automática: Molinillo", "Автоматический ответ: Счёт",
    ...     "Réponse automatique : Moulin", "Re: automatic reply is not sent")]
    [True, True, True, True, True, False]
    >>> is_automatic(mail(Content_Type='text/calendar; method="REPLY"'))
    True
    """
    submitted = _header(mail, "Auto-Submitted").split(";")[0].strip()
    return (
        submitted not in ("", "no")
        or _header(mail, "Precedence") in ("auto_reply", "junk")
        or any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond"))
        or _header(mail, "Return-Path") == "<>"
        or bool(AUTOMATIC.match(str(mail.get("Subject") or "")))
        or _is_calendar_reply(mail)
    )


def wants_receipt(mail: Message) -> bool:
    """Tell whether a receipt reaches a person, and starts no game of two machines.

    >>> message = Message()
    >>> message["From"] = "Anna Berg <anna@n.example.com>"
    >>> wants_receipt(message)
    True
    >>> message["List-Id"] = "<news.n.example.com>"
    >>> wants_receipt(message)
    False
    >>> message = Message()
    >>> message["From"] = "no-reply@shop.example.com"
    >>> wants_receipt(message)
    False
    """
    return not (
        is_automatic(mail)
        or _header(mail, "Precedence") in BULK
        or mail.get("List-Id")
        or mail.get("List-Unsubscribe")
        or mail.get("X-Auto-Response-Suppress")
        or NOBODY.search(_header(mail, "From"))
    )


def is_forged(mail: Message) -> bool:
    """Tell whether our own mail server found that the sender is not who it says.

    Only the topmost header is ours; those below came with the mail. A good result
    proves nothing, for anybody may write one, so only a bad one counts.

    >>> message = Message()
    >>> is_forged(message)
    False
    >>> message["Authentication-Results"] = "mx; spf=pass; dmarc=fail (p=none)"
    >>> is_forged(message)
    True
    >>> message = Message()
    >>> message["Authentication-Results"] = "mx; spf=fail smtp.mailfrom=x; dkim=pass"
    >>> is_forged(message)
    False
    """
    found = dict(
        re.findall(
            r"\b(spf|dkim|dmarc)\s*=\s*(\w+)", _header(mail, "Authentication-Results")
        )
    )
    if "dmarc" in found:
        return found["dmarc"] == "fail"
    return found.get("spf") == "fail" and found.get("dkim") != "pass"


def flattened(raw: bytes, note: str) -> EmailMessage:
    """Give a mail with the same headers, a note, and the mail itself as a file.

    >>> mail = flattened(b"Subject: One\\nSubject: Two\\n\\nText", "See the file.")
    >>> mail["Subject"], [part.get_filename() for part in mail.iter_attachments()]
    ('One', ['mail.eml'])
    """
    mail = EmailMessage()
    mail.set_content(note)
    mail.add_attachment(
        raw, maintype="application", subtype="octet-stream", filename="mail.eml"
    )
    # Not parsed as a whole, for that is what failed.
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    for name, value in message_from_bytes(head, policy=policy.SMTP).items():
        if name.lower() not in mail and not name.lower().startswith("content-"):
            mail[name] = str(value)
    return mail


def _is_calendar_reply(mail: Message) -> bool:
    return any(
        part.get_content_type() == "text/calendar"
        and str(part.get_param("method") or "").upper() in ("REPLY", "COUNTER")
        for part in mail.walk()
    )


def _header(mail: Message, name: str) -> str:
    return str(mail.get(name) or "").strip().lower()
