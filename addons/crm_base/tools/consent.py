"""How a question to the consent ledger is put, and how it is answered."""

from typing import NamedTuple

from odoo.tools import SQL

# Stands for every channel, as an empty purpose stands for every purpose.
ANY = "any"
CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("post", "Letter"),
    ("chat", "Chat"),
    (ANY, "Any channel"),
]
# The scopes of an entry: 1 = given for any channel, 2 = for all purposes, 3 = both.
SCOPES = range(4)


class Answer(NamedTuple):
    """Whether somebody may be contacted, and why; true where it is allowed.

    >>> bool(Answer(False, "Consent was withdrawn.")), bool(Answer(True, ""))
    (False, True)
    """

    allowed: bool
    reason: str

    def __bool__(self):
        return self.allowed


def narrower(scope: int) -> list[int]:
    """Give the scopes whose grant lifts a withdrawal of this scope: itself, and those
    that say the same of fewer channels or purposes.

    >>> [narrower(scope) for scope in SCOPES]
    [[0], [0, 1], [0, 2], [0, 1, 2, 3]]
    """
    return [other for other in SCOPES if other & scope == other]


def state_sql() -> SQL:
    """SQL of the state that follows from the last entries of each scope.

    Reads the columns ``withdrawn_0`` to ``withdrawn_3``, ``granted_…`` and
    ``expired_…``: date and id of the last such entry, as an array, or NULL. A
    withdrawal stands until a newer grant of the same or a narrower scope; a general
    grant never undoes a particular refusal.
    """
    withdrawn = SQL(" OR ").join(
        SQL(
            "withdrawn_%(scope)s > COALESCE(GREATEST(%(grants)s), '{}')",
            scope=SQL(str(scope)),
            grants=SQL(", ").join(SQL(f"granted_{other}") for other in narrower(scope)),
        )
        for scope in SCOPES
    )
    granted = SQL(" OR ").join(
        SQL(f"granted_{scope} > COALESCE(expired_{scope}, '{{}}')") for scope in SCOPES
    )
    expired = SQL(", ").join(SQL(f"expired_{scope}") for scope in SCOPES)
    return SQL(
        "CASE WHEN %s THEN 'withdrawn' WHEN %s THEN 'granted'"
        " WHEN COALESCE(%s) IS NOT NULL THEN 'expired' END",
        withdrawn,
        granted,
        expired,
    )
