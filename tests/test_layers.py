"""The house: which addon may know which, and what each addon brings along."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from odoo.modules.module import Manifest

from tools.odoo import manifest, suite
from tools.settings import ADDONS

FLOOR = "crm_base"
DOMAINS = {"crm_css", "crm_sfa", "crm_ma", "crm_call_center"}
LEAVES = {"crm_portal", "crm_analytics", "crm_sfa_commission"}
# Each of them is the business of a domain.
NOT_BELOW_THE_FLOOR = {"crm", "sale", "account", "mass_mailing"}
SOURCES = {".py", ".xml", ".csv", ".js"}
MODEL_CLASSES = {"Model", "TransientModel"}

each_addon = pytest.mark.parametrize("addon", suite())


@cache
def below(addon: str) -> frozenset[str]:
    """All addons that an addon needs, itself among them."""
    needs = Manifest.for_addon(addon)["depends"]
    return frozenset({addon}).union(*(below(need) for need in needs))


def glue() -> set[str]:
    """The addons that join others wherever those are installed together."""
    return {addon for addon in suite() if manifest(addon).get("auto_install")}


def sources(addon: str, *suffixes: str) -> list[Path]:
    paths = sorted((ADDONS / addon).rglob("*"))
    return [path for path in paths if path.suffix in (suffixes or SOURCES)]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_addons(tree: ast.Module) -> set[str]:
    """Give the addons that a module imports from by name."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    found = (re.match(r"odoo\.addons\.(\w+)", name) for name in names)
    return {match[1] for match in found if match}


def asks_for_a_model(node: ast.AST) -> bool:
    """Tell whether it is ``... in self.env``, ``self.env.get(...)`` or alike."""
    if isinstance(node, ast.Compare):
        asked = zip(node.ops, node.comparators, strict=True)
        return any(
            isinstance(op, ast.In | ast.NotIn) and _is_registry(where)
            for op, where in asked
        )
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return call and node.func.attr == "get" and _is_registry(node.func.value)


def _is_registry(node: ast.AST) -> bool:
    name = getattr(node, "attr", None) or getattr(node, "id", None)
    return name in {"env", "registry", "pool"}


def new_models(tree: ast.Module) -> set[str]:
    """Give the models that a module defines rather than extends."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _is_model(node):
            values = {
                target.id: ast.literal_eval(line.value)
                for line in node.body
                if isinstance(line, ast.Assign)
                for target in line.targets
                if isinstance(target, ast.Name) and target.id in {"_name", "_inherit"}
            }
            found.add(values.get("_name", values.get("_inherit")))
            inherited = values.get("_inherit", [])
            found -= {inherited} if isinstance(inherited, str) else set(inherited)
    return found


def _is_model(node: ast.ClassDef) -> bool:
    return any(getattr(base, "attr", None) in MODEL_CLASSES for base in node.bases)


# Layers


@each_addon
def test_an_addon_has_its_place_in_the_house(addon):
    assert addon in {FLOOR} | DOMAINS | LEAVES | glue()


@pytest.mark.parametrize("addon", sorted(DOMAINS & set(suite())))
def test_a_domain_needs_no_other_domain(addon):
    assert below(addon) & DOMAINS == {addon}


@each_addon
def test_nothing_needs_a_leaf(addon):
    assert (below(addon) - {addon}) & LEAVES == set() or addon in glue()


@each_addon
def test_nothing_needs_a_glue_addon(addon):
    assert (below(addon) - {addon}) & glue() == set() or addon in glue()


def test_the_floor_needs_nothing_of_the_suite():
    assert below(FLOOR) & set(suite()) == {FLOOR}


def test_the_floor_needs_no_domain_of_the_erp():
    assert below(FLOOR) & NOT_BELOW_THE_FLOOR == set()


@each_addon
def test_an_addon_imports_only_what_it_needs(addon):
    found = {
        str(path.relative_to(ADDONS)): names
        for path in sources(addon, ".py")
        if (names := imported_addons(tree_of(path)) - below(addon))
    }
    assert found == {}


@each_addon
def test_an_addon_names_only_what_it_needs(addon):
    others = sorted(set(suite()) - below(addon))
    name = re.compile(rf"\b({'|'.join(others)})[./]")
    found = {
        f"{path.relative_to(ADDONS)}:{number}": line.strip()
        for path in sources(addon)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if others and name.search(line)
    }
    assert found == {}


@each_addon
def test_no_addon_asks_whether_a_model_is_there(addon):
    found = [
        f"{path.relative_to(ADDONS)}:{node.lineno}"
        for path in sources(addon, ".py")
        for node in ast.walk(tree_of(path))
        if asks_for_a_model(node)
    ]
    assert found == []


# What belongs to an addon


@each_addon
def test_an_addon_says_why_it_is_there(addon):
    text = (ADDONS / addon / "readme" / "DESCRIPTION.md").read_text(encoding="utf-8")
    assert len(text.split()) > 20


@each_addon
def test_an_addon_has_tests(addon):
    folder = ADDONS / addon / "tests"
    imported = (folder / "__init__.py").read_text(encoding="utf-8").split()
    names = {path.stem for path in folder.glob("test_*.py")}
    assert names
    # Odoo's own runner sees what is imported only.
    assert names <= set(imported)


@each_addon
@pytest.mark.parametrize("name", ["{addon}.pot", "es.po", "ru.po"])
def test_an_addon_speaks_three_languages(addon, name):
    assert (ADDONS / addon / "i18n" / name.format(addon=addon)).is_file()


@each_addon
def test_an_addon_with_models_has_access_lines(addon):
    paths = sources(addon, ".py")
    models = set().union(*(new_models(tree_of(path)) for path in paths))
    lines = "security/ir.model.access.csv"
    listed = lines in manifest(addon).get("data", [])
    assert listed or not models, f"{addon} defines {models} without {lines}"


# The finders find


@pytest.mark.parametrize(
    "code",
    [
        "if 'sale.order' in self.env: pass",
        "if 'sale.order' not in request.env: pass",
        "found = name in env.registry",
        "orders = self.env.get('sale.order')",
    ],
)
def test_asking_whether_a_model_is_there_is_found(code):
    assert any(asks_for_a_model(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ["name in self.env.context", "self.env['sale.order']", "vals.get('env')"]
)
def test_other_questions_are_not(code):
    assert not any(asks_for_a_model(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "import odoo.addons.crm_css.tools",
        "from odoo.addons import crm_css",
        "from odoo.addons.crm_css.tools import x",
        "def f():\n    from odoo.addons.crm_css import y",
    ],
)
def test_every_way_to_import_an_addon_is_found(code):
    assert imported_addons(ast.parse(code)) == {"crm_css"}


@pytest.mark.parametrize(
    ("body", "models"),
    [
        ("_name = 'crm.need'", {"crm.need"}),
        ("_name = 'crm.need'; _inherit = ['mail.thread']", {"crm.need"}),
        ("_inherit = 'crm.lead'", set()),
        ("_name = 'crm.lead'; _inherit = 'crm.lead'", set()),
        ("_name = 'crm.lead'; _inherit = ['crm.lead', 'mail.thread']", set()),
    ],
)
def test_new_models_are_told_from_extended_ones(body, models):
    assert new_models(ast.parse(f"class A(models.Model):\n    {body}")) == models
