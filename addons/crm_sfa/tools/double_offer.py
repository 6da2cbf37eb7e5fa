"""Offers of colleagues to the same customer."""

from typing import NamedTuple


class Offered(NamedTuple):
    """One thing that a quotation offers.

    :param key: of the quotation
    :param since: of what age the offers of colleagues are, as text
    """

    key: int
    customer: int
    seller: int
    product: int
    category: int
    since: str


class Double(NamedTuple):
    """The newest offer of a colleague of something that a quotation offers too.

    :param exact: the same product, not only one of its category
    """

    key: int
    order: int
    user: int
    exact: bool
