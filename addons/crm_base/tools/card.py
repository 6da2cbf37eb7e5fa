"""How an addon declares what stands on the customer's card."""

from typing import NamedTuple

from odoo.fields import Domain


class Part(NamedTuple):
    """One figure: how many records of a model belong to the customer.

    All figures of a card are counted in one query, under the reader's own access
    rules; a model that the reader may not read gives no figure.

    :param key: unique on the card
    :param label: translated, as a heading
    :param model: model that is counted and opened
    :param domain: which records; it names the customer's family itself
    :param warn: any such record is a warning
    :param total: where given, the figure reads "so many of so many"
    :param user: field of the employee who works on the record: he stands among those
        who work with the customer now
    """

    key: str
    label: str
    model: str
    domain: Domain
    warn: bool = False
    total: Domain | None = None
    user: str = ""
