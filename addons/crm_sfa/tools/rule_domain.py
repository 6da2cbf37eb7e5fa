"""Domains that people choose and that are kept as text."""

from ast import literal_eval

from odoo.fields import Domain

# What a text that is no domain, or names a field that is gone, is answered with.
BROKEN = (ValueError, SyntaxError, TypeError, KeyError)


def parse(text: str | None) -> Domain:
    """Read a domain as data, never as code.

    >>> parse('[["probability", ">", 5]]')
    Domain('probability', '>', 5)
    >>> parse(None).is_true()
    True
    """
    return Domain(literal_eval(text or "[]"))
