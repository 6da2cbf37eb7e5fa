"""Whether a mail address is that of a machine, which has no opinion on our service."""

import re

MACHINE = re.compile(
    r"^(?:(?:do)?[-_.]?not?[-_.]?reply|mailer[-_.]?daemon|postmaster|bounces?|"
    r"notifications?|alerts?|monitoring|nagios|zabbix|cron|daemon|robot|root)"
    r"(?:[-_.+].*)?@",
    re.IGNORECASE,
)


def is_machine(address: str) -> bool:
    """Tell whether nobody reads what is sent to an address.

    >>> boxes = ("no-reply", "noreply+7", "Root")
    >>> [is_machine(f"{box}@n.example.com") for box in boxes]
    [True, True, True]
    >>> [is_machine(f"{box}@n.example.com") for box in ("do_not_reply", "donotreply")]
    [True, True]
    >>> [is_machine(f"{box}@n.example.com") for box in ("norman", "alertina", "info")]
    [False, False, False]
    >>> is_machine("")
    False
    """
    return bool(MACHINE.match(address or ""))
