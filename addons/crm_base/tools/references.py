"""How another table points at a record, and what must be unique there."""

from typing import NamedTuple


class Reference(NamedTuple):
    """One column that holds ids of a model.

    :param guard: a column that names the model, where the same column holds ids of
        several
    :param text: the column holds "model,id"
    """

    table: str
    column: str
    guard: str = ""
    text: bool = False


class Unique(NamedTuple):
    """One unique index: what is unique in it beside a column, and for which rows."""

    others: tuple[str, ...]
    predicate: str


def moved(reference: Reference, model: str, ids: list[int]) -> list:
    """Give the values of a column that stand for some records.

    >>> moved(Reference("a", "b"), "res.partner", [1, 2])
    [1, 2]
    >>> moved(Reference("a", "b", text=True), "res.partner", [1, 2])
    ['res.partner,1', 'res.partner,2']
    """
    return [f"{model},{id_}" for id_ in ids] if reference.text else list(ids)
