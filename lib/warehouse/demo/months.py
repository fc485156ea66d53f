"""A synthetic city too big for one file: its lists, then a month at a time of what goes by the day, into a lake.

What is made at once is a piece: the lists, or what begins in a month with all that follows from it, in whatever month
that lies. A piece depends on the arguments alone, so pieces can be made in any order and on several machines; each has
a manifest of its own, written when its files are there, and a piece that is whole is not made again. The manifest of
the lake is put together of the pieces that are there. Nothing is planted.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from lib.catalog import load_catalog
from lib.errors import UserError
from lib.progress import Progress
from lib.warehouse.demo.books import keep_books
from lib.warehouse.demo.city import SQL, STAGES, draw, lay_out, room
from lib.warehouse.demo.spec import CitySpec, Span, spec_of
from lib.warehouse.demo.variables import set_span
from lib.warehouse.demo.words import WORDS
from lib.warehouse.generation import begin, note, write_lock
from lib.warehouse.lake import (
    BOOKS,
    NAME,
    Damaged,
    Manifest,
    Place,
    StoredFile,
    catalog_digest,
    manifest_of,
    stored_as,
    tables,
    write_parts,
)
from lib.warehouse.skeleton import create_tables

LISTS = "lists"
_GENERATION = 1
_LIST_STAGES = ("01_places", "02_items", "03_officers", "04_enterprises", "05_plans", "07_names", "07_visits")
# What a whole city counts in itself is counted here over all months first.
_MONTH_STAGES = tuple(stage for stage, _ in STAGES if stage not in (*_LIST_STAGES, "06_turns"))
# Lists that have a day: they follow from enterprises and teams, not from what happens.
_LISTED_BY_DAY = {"enterprise_credit", "inspection_plan"}
_HISTORIES = {"penalty_case_history", "fine_receipt_history"}

_NO_CASES = """
create or replace temp table b_case_seed as select null::integer as n, null::integer as i limit 0;
create or replace temp table b_case_party as select null::integer as n, null::integer as enterprise_n limit 0;
create or replace temp table b_month_turn (month varchar, pool varchar, p integer, is_frequent boolean, cases bigint);
"""
_COUNT_TURNS = """
insert into b_month_turn
select $month, pool, p, is_frequent(n, pool) as is_frequent, count(*) from b_case_seed group by pool, p, is_frequent
"""
_TURNS = """
create or replace temp table b_party_turn as
select
    pool, p, is_frequent,
    coalesce(sum(cases) filter (where month < getvariable('month')), 0)::bigint as before, sum(cases)::bigint as total
from b_month_turn group by all
"""


@dataclass(frozen=True)
class Made:
    """What a call did: the manifest now in force, and the names of the pieces it made with their rows and bytes."""

    manifest: Manifest
    pieces: dict[str, tuple[int, int]]


def build_months(
    home: Path,
    place: Place,
    *,
    rows: int,
    seed: int,
    as_of: date,
    clean: bool = False,
    months: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Made:
    """Make the lists and the months (as 2022-03; all without) of a city in a lake, as far as they are not there yet.

    Beside the lake `home` holds for as long as it runs a file of the lists and one month. Raises UserError when other
    data lie in the lake, when the city has no such month, or for what `build_city` refuses.
    """
    spec = spec_of(load_catalog(), rows=rows, seed=seed, as_of=as_of, clean=clean)
    wanted = _wanted(spec, months)
    tell = progress or (lambda stage, done, text: None)
    pieces = _Pieces(place, spec)
    pieces.refuse_others()
    made: dict[str, tuple[int, int]] = {}
    with write_lock(home):
        due = [name for name in (LISTS, *(span.month for span in wanted)) if pieces.whole(name) is None]
        if due:
            with _scratch(home, rows) as con:
                for name, files in _make(con, spec, place, due, tell):
                    pieces.keep(name, files)
                    made[name] = (_rows(files), sum(one.bytes for held in files.values() for one in held))
    return Made(pieces.put_in_force(), made)


def _wanted(spec: CitySpec, months: Sequence[str] | None) -> list[Span]:
    known = {span.month: span for span in spec.months}
    unknown = [name for name in months or () if name not in known]
    if unknown:
        first, *_, last = known
        raise UserError(f"这座城市没有这些月份：{'、'.join(unknown)}。", f"请在 {first} 至 {last} 之间选。")
    return list(known.values()) if months is None else [known[name] for name in sorted(set(months))]


@contextmanager
def _scratch(home: Path, rows: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database for the lists and one month, gone afterwards."""
    tmp = begin(home)
    try:
        with duckdb.connect(str(tmp), config=room(tmp, rows)) as con:
            yield con
    finally:
        for path in (tmp, tmp.with_name(f"{tmp.name}.wal")):
            path.unlink(missing_ok=True)


def _make(
    con: duckdb.DuckDBPyConnection, spec: CitySpec, place: Place, due: Sequence[str], tell: Progress
) -> Iterator[tuple[str, dict[str, list[StoredFile]]]]:
    """Make the pieces that are due, one after the other, each with the files of its tables."""
    lay_out(con, spec)
    for done, stage in enumerate(_LIST_STAGES):
        tell("名册", 0.15 * done / len(_LIST_STAGES), stage)
        if stage == "07_names":
            con.execute(_NO_CASES)
        draw(con, stage)
    monthly = _monthly()
    if LISTS in due:
        yield LISTS, _write(con, place, monthly, lists=True)
    for table in {table.name for table in tables(con)} - monthly:
        if table in load_catalog() and load_catalog()[table].no is not None:
            con.execute(f'truncate "{table}"')
    spans = [span for span in spec.months if span.month in due]
    if spans:
        _count_turns(con, spec, tell)
    for number, span in enumerate(spans):
        tell("按月生成", 0.2 + 0.79 * number / len(spans), span.month)
        set_span(con, spec, span)
        con.execute("set variable month = $month", {"month": span.month})
        con.execute(_TURNS)
        for stage in _MONTH_STAGES:
            draw(con, stage)
        yield span.month, _write(con, place, monthly, lists=False)
        for table in monthly:
            con.execute(f'truncate "{table}"')
        con.execute("checkpoint")


def _monthly() -> set[str]:
    by_day = {dataset.name for dataset in load_catalog().numbered if dataset.day}
    return by_day - _LISTED_BY_DAY | _HISTORIES


def _count_turns(con: duckdb.DuckDBPyConnection, spec: CitySpec, tell: Progress) -> None:
    """Whose turn it is in a month follows from the cases before it: those of all months are drawn, but not kept."""
    for number, span in enumerate(spec.months):
        tell("当事人轮次", 0.15 + 0.05 * number / len(spec.months), span.month)
        set_span(con, spec, span)
        draw(con, "06_cases")
        con.execute(_COUNT_TURNS, {"month": span.month})


def _write(
    con: duckdb.DuckDBPyConnection, place: Place, monthly: set[str], *, lists: bool
) -> dict[str, list[StoredFile]]:
    """The files of the lists, or of the month in the tables now; what stays empty is written with the lists."""
    listed = [one for one in tables(con) if one.kind != "books" and (one.name not in monthly) == lists]
    parts = {one.name: [part for part in one.parts(con.cursor()) if part.rows or lists] for one in listed}
    due = [part for held in parts.values() for part in held]
    written = {one.path: one for one in write_parts(con.cursor, place, due, lambda stage, done, text: None)}
    return {name: [written[part.path] for part in held] for name, held in parts.items() if held}


def _rows(files: dict[str, list[StoredFile]]) -> int:
    return sum(one.rows for held in files.values() for one in held)


def digest_of(spec: CitySpec) -> str:
    """What tells a city from every other: its arguments, and what it is made by."""
    found = hashlib.sha256(json.dumps([spec.rows, spec.seed, str(spec.as_of), spec.clean, catalog_digest()]).encode())
    for path in sorted([*SQL.glob("*.sql"), *WORDS.glob("*.csv")]):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


class _Pieces:
    """The pieces of a city in a lake."""

    def __init__(self, place: Place, spec: CitySpec) -> None:
        self.place, self.spec, self.city = place, spec, digest_of(spec)
        with duckdb.connect() as con:
            create_tables(con)
            self._tables = {table.name: table for table in tables(con) if table.name not in BOOKS}
        self._there = place.sizes()

    def _path(self, name: str) -> str:
        return f"pieces/{self.city}/{name}.json"

    def refuse_others(self) -> None:
        """Raises UserError when the lake holds anything but this city."""
        try:
            found = manifest_of(self.place)
        except Damaged:
            return
        if found is not None and found.city != self.city:
            raise UserError(f"{self.place.url} 里已有别的数据，不能再写这座城市。", "请另给一个空的位置。")

    def whole(self, name: str) -> Manifest | None:
        """The manifest of a piece when all its files are there, else None."""
        try:
            found = manifest_of(self.place, self._path(name))
        except Damaged:
            return None
        lost = found is None or any(self._there.get(one.path) != one.bytes for one in found.files)
        return None if lost else found

    def keep(self, name: str, files: dict[str, list[StoredFile]]) -> None:
        """Write down that a piece is there: after its files."""
        self._put(self._path(name), self._manifest(files))
        self._there |= {one.path: one.bytes for held in files.values() for one in held}

    def _put(self, path: str, manifest: Manifest) -> None:
        with self.place.written(path) as out:
            out.write(manifest.dumped())

    def _manifest(self, files: dict[str, list[StoredFile]], missing: tuple[str, ...] = ()) -> Manifest:
        return Manifest(
            generation=_GENERATION,
            published_at=self.spec.created_at.isoformat(sep=" "),
            as_of=self.spec.as_of.isoformat(),
            synthetic=True,
            catalog=catalog_digest(),
            tables={name: stored_as(self._tables[name], held) for name, held in files.items()},
            city=self.city,
            missing=missing,
        )

    def put_in_force(self) -> Manifest:
        """Write the manifest of the lake: all pieces that are there, whoever made them, and what they come to."""
        # Others may have made some meanwhile.
        self._there = self.place.sizes()
        names = [LISTS, *(span.month for span in self.spec.months)]
        held = {name: found for name in names if (found := self.whole(name)) is not None}
        files: dict[str, list[StoredFile]] = {name: [] for name in self._tables}
        for piece in held.values():
            for name, table in piece.tables.items():
                files[name] += table.files
        for name in files:
            files[name].sort(key=lambda one: one.month or "")
        manifest = self._manifest(files | self._books(files), tuple(name for name in names if name not in held))
        self._put(NAME, manifest)
        return manifest

    def _books(self, files: dict[str, list[StoredFile]]) -> dict[str, list[StoredFile]]:
        """What the city says of itself."""
        catalog = load_catalog()
        rows = {one.name: sum(file.rows for file in files[one.name]) for one in catalog.numbered}
        with duckdb.connect() as con:
            create_tables(con)
            keep_books(con, catalog, self.spec, _GENERATION, rows)
            con.execute("insert into meta values ('planted', 'false')")
            note(con, _GENERATION, "demo", self.spec.as_of, self.spec.created_at)
            books = [table for table in tables(con) if table.name in BOOKS]
            self._tables |= {table.name: table for table in books}
            due = [part for table in books for part in table.parts(con)]
            written = write_parts(con.cursor, self.place, due, lambda stage, done, text: None)
            return {one.path.split("/")[0]: [one] for one in written}
