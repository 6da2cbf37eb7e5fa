"""The page of functions: each is told once, and what a row names is there."""

import re
from pathlib import Path

import pytest

from tools.settings import ADDONS, ROOT

DOCS = ROOT / "docs"
PAGE = DOCS / "functions.md"
COUNTS = {"A": 17, "B": 18, "C": 18, "D": 14, "E": 12, "F": 9, "G": 10, "H": 5}
CELLS = ["id", "function", "guide", "tours", "tests", "missing"]
ID = re.compile(r"[A-Z]\d\d")
LINK = re.compile(r"\[[^]]*\]\(([^)]*)\)")
NAME = re.compile(r"`([^`]*)`")
TOUR = re.compile(r'tours(?:"\))?\s*\.add\(\s*"(\w+)"')


def rows_of(text: str) -> list[dict[str, str]]:
    """Give the rows that begin with the id of a function, by the names of the cells."""
    lines = (line.strip() for line in text.splitlines())
    rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return [
        dict(zip(CELLS, row, strict=True))
        for row in rows
        if row and ID.fullmatch(row[0])
    ]


def wrong_ids(text: str) -> list[str]:
    """Give the ids that lack, stand there twice, or are none of the suite."""
    wanted = [
        f"{letter}{number:02}"
        for letter, count in COUNTS.items()
        for number in range(1, count + 1)
    ]
    found = [row["id"] for row in rows_of(text)]
    return [name for name in sorted({*wanted, *found})
            if found.count(name) != wanted.count(name)]  # fmt: skip


def anchors(page: Path) -> set[str]:
    """Give the anchors of the headlines of a page, as they are made on the web."""
    lines = page.read_text(encoding="utf-8").splitlines()
    titles = (line.lstrip("#").strip() for line in lines if line.startswith("#"))
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def lost_links(text: str) -> list[str]:
    """Give the links that lead nowhere, be it to a page or to a headline of it."""
    lost = []
    for link in LINK.findall(text):
        name, _, anchor = link.partition("#")
        page = DOCS / name
        if not page.is_file() or (anchor and anchor not in anchors(page)):
            lost.append(link)
    return lost


def lost_tours(text: str, registered: set[str]) -> list[str]:
    names = (name for row in rows_of(text) for name in NAME.findall(row["tours"]))
    return [name for name in names if name not in registered]


def lost_tests(text: str) -> list[str]:
    """Give what stands under tests and is no link to a file of tests."""
    cells = [cell for row in rows_of(text) for cell in row["tests"].split(", ") if cell]
    found = ((cell, LINK.fullmatch(cell)) for cell in cells)
    return [cell for cell, link in found if not (link and _is_test(DOCS / link[1]))]


def unexplained(text: str) -> list[str]:
    """Give the functions that no test proves, though nothing is said to be missing."""
    rows = rows_of(text)
    return [row["id"] for row in rows if not row["tests"] and not row["missing"]]


def tours() -> set[str]:
    paths = ADDONS.glob("*/static/tests/tours/*.js")
    return {
        name
        for path in paths
        for name in TOUR.findall(path.read_text(encoding="utf-8"))
    }


def _is_test(path: Path) -> bool:
    return path.is_file() and re.fullmatch(r"test_\w+\.py", path.name) is not None


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_function_stands_there_once(text):
    assert wrong_ids(text) == []


def test_every_link_leads_somewhere(text):
    assert lost_links(text) == []


def test_every_tour_is_registered(text):
    assert lost_tours(text, tours()) == []


def test_every_test_is_there(text):
    assert lost_tests(text) == []


def test_what_has_no_test_says_what_is_missing(text):
    assert unexplained(text) == []


# The finders find


def row(**cells: str) -> str:
    return f"| {' | '.join(cells.get(name, '') for name in CELLS)} |\n"


def all_rows() -> str:
    ids = (f"{c}{n:02}" for c, count in COUNTS.items() for n in range(1, count + 1))
    return "".join(row(id=name) for name in ids)


def test_what_lacks_is_twice_or_is_unknown_is_found():
    text = all_rows()
    assert wrong_ids(text) == []
    text = text.replace(row(id="B02"), "") + row(id="A01") + row(id="H06")
    assert wrong_ids(text) == ["A01", "B02", "H06"]


def test_an_id_within_a_cell_is_no_row():
    assert wrong_ids(all_rows() + "G02\n| function | G02 |\n") == []


def test_links_that_lead_nowhere_are_found():
    lost = ["guide/nobody.md", "guide.md#no-such-headline"]
    links = [*lost, "guide.md", "guide.md#agent", "../tests/test_functions.py"]
    assert lost_links(" ".join(f"[x]({link})" for link in links)) == lost


def test_tours_that_are_not_registered_are_found():
    text = row(id="A01", tours="`crm_a` (both), `crm_b`", missing="`crm_c`")
    assert lost_tours(text, {"crm_a"}) == ["crm_b"]


@pytest.mark.parametrize(
    "code",
    [
        'registry.category("web_tour.tours").add("crm_a", {',
        'registry\n    .category("web_tour.tours")\n    .add("crm_a", {',
        'tours.add("crm_a", {',
    ],
)
def test_every_way_to_register_a_tour_is_known(code):
    assert TOUR.findall(code) == ["crm_a"]


@pytest.mark.parametrize(
    "cell",
    [
        "[x](../tests/test_nobody.py)",
        "[x](../tests/bench)",
        "[x](../tools/odoo.py)",
        "tests/test_functions.py",
    ],
)
def test_what_is_no_test_is_found(cell):
    known = "[y](../tests/test_functions.py)"
    assert lost_tests(row(id="A01", tests=f"{known}, {cell}")) == [cell]


def test_a_function_without_proof_and_without_a_word_is_found():
    text = row(id="A01") + row(id="A02", tests="x") + row(id="A03", missing="Not yet")
    assert unexplained(text) == ["A01"]
