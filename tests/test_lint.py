"""The checks of tools/ that are our own: each is shown what it must find."""

import subprocess
from pathlib import Path

import polib
import pytest

from tools import check_files, check_po, lint
from tools.settings import Problem

MANIFEST = {
    "name": "Sample",
    "summary": "A sample",
    "version": "19.0.1.2.0",
    "category": "Sales",
    "author": "CRM Suite",
    "license": "AGPL-3",
    "depends": ["base"],
    "data": ["views/sample_views.xml"],
    "demo": ["demo/sample_demo.xml"],
}
SOURCES = {
    "%(count)s of <b>%s</b>": ("%(count)s de <b>%s</b>", "<b>%s</b>: %(count)s"),
    "Dear {{ object.name }}": ("Hola, {{ object.name }}", "{{ object.name }}!"),
    "SLA": ("SLA", "SLA"),
}


# Text files


def found_in(root: Path, name: str, content: str | bytes) -> list[str]:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(check_files.text_findings(root, Path(name)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", "one\n\ntwo\n"),
        ("empty.py", ""),
        ("logo.png", b"\x89PNG\0 \n"),
        ("a.md", "History\n=======\n"),
        ("a.js", "const debuggers = 1;\n"),
        ("a.py", "breakpoints = spdb.run()\n"),
    ],
)
def test_clean_text_passes(tmp_path, name, content):
    assert found_in(tmp_path, name, content) == []


@pytest.mark.parametrize(
    ("name", "content", "finding"),
    [
        ("a.md", "one \n", "a.md:1: trailing blanks"),
        ("a.md", "one\r\ntwo\n", "a.md:1: trailing blanks"),
        ("a.md", "one", "a.md: must end with a single line feed"),
        ("a.md", "one\n\n", "a.md: must end with a single line feed"),
        ("a.md", f"{'<' * 7} HEAD\n", "a.md:1: merge conflict"),
        ("a.md", f"{'>' * 7} main\n", "a.md:1: merge conflict"),
        ("a.py", "\xe9\n".encode("latin-1"), "a.py: not UTF-8"),
        ("a.py", f"import {'p'}db\n", f"a.py:1: debug statement: import {'p'}db"),
        ("a.py", f"break{'point'}()\n", f"a.py:1: debug statement: break{'point'}()"),
        ("a.js", f"  debug{'ger'};\n", f"a.js:1: debug statement: debug{'ger'};"),
        ("a.xml", '<t t-debug=""/>\n', 'a.xml:1: debug statement: <t t-debug=""/>'),
    ],
)
def test_unclean_text_is_found(tmp_path, name, content, finding):
    assert found_in(tmp_path, name, content) == [finding]


def test_tidy_mends_blanks_and_the_end_of_a_file(tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"one \r\n\ntwo\t\n\n\n")
    check_files.tidy(tmp_path, Path("a.md"))
    assert path.read_bytes() == b"one\n\ntwo\n"


def test_tidy_leaves_images_alone(tmp_path):
    path = tmp_path / "logo.png"
    path.write_bytes(b"\x89PNG\0 \n\n")
    check_files.tidy(tmp_path, Path("logo.png"))
    assert path.read_bytes() == b"\x89PNG\0 \n\n"


@pytest.mark.parametrize(
    "name",
    ["tests/data/mail.txt", "addons/a/tests/samples/b.xml", "addons/a/tests/mail.eml"],
)
def test_what_tests_got_from_others_is_a_sample(name):
    assert check_files.is_sample(Path(name))


@pytest.mark.parametrize(
    "name", ["addons/a/data/b.xml", "tests/bench/data/c.py", "tests/test_d.py"]
)
def test_what_we_write_is_no_sample(name):
    assert not check_files.is_sample(Path(name))


# Paths of a machine


def paths_in(root: Path, name: str, line: str) -> list[str]:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text(f"first\n{line}\n")
    return list(check_files.path_findings(root, Path(name)))


@pytest.mark.parametrize("folder", ["root", "home/joe", "Users/joe", "workspace"])
def test_a_path_of_one_machine_is_found(tmp_path, folder):
    line = f"see /{folder}/crm/Makefile"
    assert paths_in(tmp_path, "a.md", line) == [f"a.md:2: path of one machine: {line}"]


@pytest.mark.parametrize(
    "line",
    [
        "/mnt/extra-addons, /etc/odoo, /var/lib/odoo",
        "https://example.com/home/joe/tickets",
        "/my/home/joe/tickets",
        "whoever works as root",
        "/home/ and /root alone",
    ],
)
def test_a_path_that_all_have_passes(tmp_path, line):
    assert paths_in(tmp_path, "a.md", line) == []


def test_images_may_name_paths_of_their_own(tmp_path):
    assert paths_in(tmp_path, "docker/Dockerfile", f"WORKDIR /{'root'}/build") == []


# Manifests


def found_in_manifest(addon: Path, manifest: dict | str) -> list[str]:
    addon.mkdir(exist_ok=True)
    (addon / "__manifest__.py").write_text(f"{manifest}\n")
    return list(check_files.manifest_findings(addon))


def test_a_good_manifest_passes(tmp_path):
    assert found_in_manifest(tmp_path, MANIFEST) == []


def test_keys_that_the_order_does_not_know_come_last(tmp_path):
    assert found_in_manifest(tmp_path, MANIFEST | {"post_init_hook": "fill"}) == []
    (finding,) = found_in_manifest(tmp_path, {"post_init_hook": "fill"} | MANIFEST)
    assert finding.startswith("order of keys must be name, summary, version,")


def test_keys_in_another_order_are_found(tmp_path):
    manifest = dict(reversed(MANIFEST.items()))
    assert found_in_manifest(tmp_path, manifest) == [
        f"order of keys must be {', '.join(MANIFEST)}"
    ]


def test_a_missing_key_is_found(tmp_path):
    manifest = {key: value for key, value in MANIFEST.items() if key != "summary"}
    assert found_in_manifest(tmp_path, manifest) == ["lacks summary"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("assets", {}), ("installable", True), ("auto_install", False)],
)
def test_defaults_and_empty_values_are_found(tmp_path, key, value):
    assert found_in_manifest(tmp_path, MANIFEST | {key: value}) == [
        f"{key} is a default or empty: leave it out"
    ]


def test_auto_install_is_no_default(tmp_path):
    assert found_in_manifest(tmp_path, MANIFEST | {"auto_install": True}) == []


@pytest.mark.parametrize("version", ["1.0", "18.0.1.0.0", "19.0.1.0", "19.0.1.0.0.1"])
def test_another_form_of_version_is_found(tmp_path, version):
    assert found_in_manifest(tmp_path, MANIFEST | {"version": version}) == [
        f"version {version!r} is not 19.0.x.y.z"
    ]


def test_another_licence_is_found(tmp_path):
    assert found_in_manifest(tmp_path, MANIFEST | {"license": "LGPL-3"}) == [
        "license is LGPL-3, not AGPL-3"
    ]


def test_a_manifest_that_does_not_parse_is_found(tmp_path):
    (finding,) = found_in_manifest(tmp_path, "{'name': ")
    assert finding.startswith("cannot be read: ")


@pytest.mark.parametrize(
    ("folder", "findings"),
    [
        ("19.0.1.2.0", []),
        ("19.0.1.1.10", []),
        ("19.0.1.10.0", ["migrations/19.0.1.10.0 is ahead of version 19.0.1.2.0"]),
        ("1.2.0", ["migrations/1.2.0 is not named 19.0.x.y.z"]),
    ],
)
def test_migrations_are_compared_with_the_version(tmp_path, folder, findings):
    (tmp_path / "migrations" / folder).mkdir(parents=True)
    assert found_in_manifest(tmp_path, MANIFEST) == findings


# Translations


def write_po(path: Path, entries: dict[str, str], flags: tuple = ()) -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for source, text in sorted(entries.items()):
        catalogue.append(polib.POEntry(msgid=source, msgstr=text, flags=list(flags)))
    path.write_text(str(catalogue), "utf-8")


@pytest.fixture
def addon(tmp_path) -> Path:
    """An addon whose translations are complete."""
    folder = tmp_path / "crm_sample" / "i18n"
    folder.mkdir(parents=True)
    write_po(folder / "crm_sample.pot", dict.fromkeys(SOURCES, ""))
    write_po(folder / "es.po", spanish())
    write_po(folder / "ru.po", {source: texts[1] for source, texts in SOURCES.items()})
    return folder.parent


def spanish() -> dict[str, str]:
    return {source: texts[0] for source, texts in SOURCES.items()}


def found_in_spanish(addon: Path) -> list[str]:
    """The findings, all of which must be about es.po, without its name and lines."""
    found = list(check_po.findings(addon))
    prefix = str(addon / "i18n" / "es.po")
    assert all(finding.startswith(prefix) for finding in found)
    return [finding.removeprefix(prefix).lstrip(":0123456789 ") for finding in found]


def test_complete_translations_pass(addon):
    assert list(check_po.findings(addon)) == []


def test_a_missing_language_is_found(addon):
    (addon / "i18n" / "es.po").unlink()
    assert found_in_spanish(addon) == ["missing"]


def test_a_term_that_is_not_there_is_found(addon):
    terms = spanish()
    del terms["SLA"]
    write_po(addon / "i18n" / "es.po", terms)
    assert found_in_spanish(addon) == ["lacks 'SLA'"]


def test_an_empty_translation_is_found(addon):
    write_po(addon / "i18n" / "es.po", spanish() | {"SLA": ""})
    assert found_in_spanish(addon) == ["not translated: 'SLA'"]


def test_fuzzy_translations_are_found(addon):
    write_po(addon / "i18n" / "es.po", spanish(), flags=("fuzzy",))
    assert found_in_spanish(addon) == [
        f"fuzzy: {source!r}" for source in sorted(SOURCES)
    ]


def test_a_term_that_the_template_lacks_is_found(addon):
    write_po(addon / "i18n" / "es.po", spanish() | {"Zebra": "Cebra"})
    assert found_in_spanish(addon) == ["not in the template: 'Zebra'"]


def test_an_obsolete_term_is_found(addon):
    path = addon / "i18n" / "es.po"
    path.write_text(path.read_text("utf-8") + '\n#~ msgid "Zoo"\n#~ msgstr "Zoo"\n')
    assert found_in_spanish(addon) == ["obsolete: 'Zoo'"]


@pytest.mark.parametrize(
    ("source", "text", "finding"),
    [
        ("Until %s", "Hasta", "loses ['%s'], adds []"),
        ("Until %s", "Hasta %d", "loses ['%s'], adds ['%d']"),
        ("In %(days)d d", "En %(dias)d d", "loses ['%(days)d'], adds ['%(dias)d']"),
        ("A <b>big</b> one", "Uno <b>grande", "loses ['</b'], adds []"),
        ("Hi {{ a.b }}", "Hola {{ a.c }}", "loses ['{{ a.b }}'], adds ['{{ a.c }}']"),
        (
            '<t t-out="a"/>',
            '<t t-out="b"/>',
            "loses ['t-out=\"a\"'], adds ['t-out=\"b\"']",
        ),
    ],
)
def test_a_lost_placeholder_or_tag_is_found(tmp_path, source, text, finding):
    folder = tmp_path / "crm_sample" / "i18n"
    folder.mkdir(parents=True)
    write_po(folder / "crm_sample.pot", {source: ""})
    write_po(folder / "ru.po", {source: source})
    write_po(folder / "es.po", {source: text})
    assert found_in_spanish(folder.parent) == [f"{finding}: {source!r}"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Up 20% of all", "Un 20% de todo"),
        ('<a title="More" href="x">More</a>', '<a title="Más" href="x">Más</a>'),
    ],
)
def test_percentages_and_titles_may_change(source, text):
    assert check_po._flaw(polib.POEntry(msgid=source, msgstr=text)) == ""


def test_another_order_is_found_and_tidied(addon):
    path = addon / "i18n" / "es.po"
    catalogue = polib.pofile(str(path))
    catalogue.reverse()
    path.write_text(str(catalogue), "utf-8")
    finding = "not sorted and wrapped as Odoo exports it (make format)"
    assert found_in_spanish(addon) == [finding]
    check_po.tidy(path)
    assert list(check_po.findings(addon)) == []


def test_a_file_that_does_not_parse_is_found(addon):
    (addon / "i18n" / "es.po").write_text("nonsense\n")
    (finding,) = found_in_spanish(addon)
    assert "Syntax error" in finding


def test_words_for_other_addons_are_looked_at(addon):
    path = addon / "i18n_extra" / "es.po"
    path.parent.mkdir()
    write_po(path, {"Until %s": "Hasta el %s"})
    assert list(check_po.findings(addon)) == []
    write_po(path, {"Team": "", "Until %s": "Hasta"})
    assert [finding.split(": ", 1)[1] for finding in check_po.findings(addon)] == [
        "not translated: 'Team'",
        "loses ['%s'], adds []: 'Until %s'",
    ]


def test_english_translations_are_found(addon):
    write_po(addon / "i18n" / "en_GB.po", {})
    (finding,) = check_po.findings(addon)
    assert finding.endswith("en_GB.po: English is the source")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("models/a.py", "name = fields.Char()"),
        ("models/a.py", 'raise UserError(self.env._("No"))'),
        ("static/src/a.js", 'const label = _t("Label");'),
        ("views/a.xml", "<odoo/>"),
    ],
)
def test_an_addon_with_strings_needs_a_template(tmp_path, name, content):
    path = tmp_path / "crm_sample" / name
    path.parent.mkdir(parents=True)
    path.write_text(content)
    (finding,) = check_po.findings(tmp_path / "crm_sample")
    assert finding.endswith("crm_sample.pot: missing")


@pytest.mark.parametrize(
    ("name", "content"),
    [("hooks.py", "def fill(env): ..."), ("tests/test_a.py", "name = fields.Char()")],
)
def test_an_addon_without_strings_needs_no_template(tmp_path, name, content):
    path = tmp_path / "crm_sample" / name
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert list(check_po.findings(tmp_path / "crm_sample")) == []


# Git


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Run git in an empty repository, untouched by anybody's settings."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "repository"
    root.mkdir()

    def run(*arguments: str) -> None:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        command = ["git", *identity, *arguments]
        subprocess.run(command, cwd=root, check=True, capture_output=True)

    run("init", "--initial-branch=main")
    run.root = root
    return run


@pytest.mark.parametrize("tag", ["ADD", "IMP", "FIX", "REF", "MIG", "I18N"])
def test_a_usual_subject_passes(git, tag):
    git("commit", "--allow-empty", "-m", f"[{tag}] crm_base, tools: time line")
    assert check_files.commit_findings(git.root) == []


@pytest.mark.parametrize(
    "subject",
    ["Time line", "[WIP] crm_base: time line", "[ADD] time line", "[ADD] crm_base:x"],
)
def test_an_unusual_subject_is_found(git, subject):
    git("commit", "--allow-empty", "-m", "[ADD] crm_base: addon")
    git("commit", "--allow-empty", "-m", subject)
    (finding,) = check_files.commit_findings(git.root)
    assert finding.endswith(f": {subject!r} is not like '[ADD] crm_base: ...'")


def test_a_repository_without_commits_passes(git):
    assert check_files.commit_findings(git.root) == []


def test_merges_may_be_called_as_they_are(git):
    git("commit", "--allow-empty", "-m", "[ADD] crm_base: addon")
    git("checkout", "-b", "side")
    git("commit", "--allow-empty", "-m", "[IMP] crm_base: side")
    git("checkout", "main")
    git("merge", "--no-ff", "-m", "Merge branch side", "side")
    assert check_files.commit_findings(git.root) == []


def test_a_shallow_clone_tells_of_what_it_has(git, tmp_path):
    for subject in ("Old sin", "[ADD] crm_base: addon"):
        git("commit", "--allow-empty", "-m", subject)
    git("clone", "--depth=1", git.root.as_uri(), str(tmp_path / "clone"))
    assert check_files.commit_findings(tmp_path / "clone") == []
    assert len(check_files.commit_findings(git.root)) == 1


def test_files_are_those_that_git_has_or_would_take(git):
    for name in (
        "kept.py", "gone.py", "new file é.py", "ignored.py", "a/static/lib/x.js",
        "tests/data/mail.eml",
    ):  # fmt: skip
        (git.root / name).parent.mkdir(parents=True, exist_ok=True)
        (git.root / name).touch()
    (git.root / ".gitignore").write_text("ignored.py\n")
    (git.root / "link.py").symlink_to("kept.py")
    git("add", "kept.py", "gone.py")
    (git.root / "gone.py").unlink()
    names = [str(path) for path in lint.tracked(git.root)]
    assert names == [".gitignore", "kept.py", "new file é.py"]


def test_a_folder_without_git_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(Problem, match="git cannot list the files"):
        lint.tracked(tmp_path)


# The run


def test_all_checks_run_before_the_problem_is_told(monkeypatch, capsys):
    monkeypatch.setattr(lint, "tracked", lambda root: [Path("a.py"), Path("b.py")])
    checks = [
        ("first", lambda files: [f"{path}: bad" for path in files]),
        ("second", lambda files: []),
        ("third", lambda files: ["worse"]),
    ]
    monkeypatch.setattr(lint, "CHECKS", checks)
    with pytest.raises(Problem, match=r"^Lint failed: first, third\.$"):
        lint.run()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] + line.split()[-1] for line in lines[:3]] == [
        "firstfailed", "secondok", "thirdfailed",
    ]  # fmt: skip
    assert lines[3:] == [
        "", "first:", "  a.py: bad", "  b.py: bad", "", "third:", "  worse",
    ]  # fmt: skip


def test_nothing_is_rewritten_without_fix(monkeypatch):
    monkeypatch.setattr(lint, "tracked", lambda root: [])
    monkeypatch.setattr(lint, "CHECKS", [])
    rewritten = []
    monkeypatch.setattr(lint, "_rewrite", rewritten.append)
    lint.run()
    assert rewritten == []
    lint.run(fix=True)
    assert rewritten == [[]]
