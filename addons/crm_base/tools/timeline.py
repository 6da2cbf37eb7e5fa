"""How an addon declares that its documents belong on the time line."""

from typing import NamedTuple

# The id of a row is id of the record * SLOTS + slot of its source.
SLOTS = 32


class Employee(NamedTuple):
    """What everybody may know of a colleague.

    :param is_here: he still works here, and is no customer with a login
    """

    name: str
    is_here: bool


class Source(NamedTuple):
    """One kind of document that is a contact with a customer.

    Field paths may go through many2one fields (``mail_message_id.date``) and end in a
    stored field.

    :param slot: number below 32, unique over all addons and never reused
    :param model: model whose records become rows
    :param kind: a value of ``crm.timeline.kind``, or the field that holds one where
        ``kind_field`` is true
    :param date: path of the date or datetime of the contact
    :param partner: path of the person; rows without one are left out
    :param subject: fields of the document, the first that is filled is the subject
    :param user: path of the employee, if there is one
    :param company: path of the company, if there is one
    :param direction: ``in``, ``out``, empty, or the field that holds it
    :param domain: which records count, whoever reads
    :param document: many2one to the document that a row opens and whose access rules
        decide who sees the row; empty: the record itself
    :param guard: fields of the document that hold the model and id of the record whose
        read access decides instead, for documents such as messages whose own rules
        are not SQL
    :param reader: what else the document must fulfil for this reader; it may name
        ``uid``
    :param amount: field of the document that holds money in its ``currency_id``, shown
        after the subject
    :param texts: fields of the document that a search in the text looks through
    """

    slot: int
    model: str
    kind: str
    date: str
    partner: str
    subject: tuple[str, ...]
    user: str = ""
    company: str = ""
    direction: str = ""
    domain: tuple = ()
    document: str = ""
    kind_field: bool = False
    direction_field: bool = False
    guard: tuple[str, ...] = ()
    reader: tuple = ()
    amount: str = ""
    texts: tuple[str, ...] = ("name",)
