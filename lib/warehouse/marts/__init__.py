"""Marts: the small tables that pages and models read, made inside each new generation."""

import hashlib
import re
from collections.abc import Mapping, Set
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import duckdb

from lib.catalog import load_catalog
from lib.warehouse.clock import now
from lib.warehouse.generation import SAME_DATA, Generation, begin, current, next_number, note, publish, write_lock
from lib.warehouse.marts.latest import dataset_latest
from lib.warehouse.marts.of_rules import rule_marts
from lib.warehouse.room import WRITING
from lib.warehouse.store import open_warehouse

_FOLDER = Path(__file__).parent
_MADE = "marts"
_NAMED = re.compile(r"\b(?:from|join)\s+\"?(\w+)")
_DAY = re.compile(r"^-- day: (\w+)$", re.MULTILINE)
_KIND = re.compile(r"^-- made as: (view)$", re.MULTILINE)


@lru_cache(maxsize=1)
def page_marts() -> Mapping[str, str]:
    """The queries of the marts of pages, by table name, in the order in which they build on each other."""
    found = {_named(path): path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.sql"))}
    return {**found, "mart_dataset_latest": dataset_latest()}


def _named(path: Path) -> str:
    return f"mart_{path.stem.lstrip('0123456789_')}"


def _print() -> str:
    return hashlib.sha256("\0".join(mart_queries().values()).encode()).hexdigest()


@lru_cache(maxsize=1)
def mart_queries() -> Mapping[str, str]:
    """The queries of all marts, of pages and of models, by table name."""
    return {**page_marts(), **{name: mart.query for name, mart in rule_marts().items()}}


def kind_of(query: str) -> str:
    """What the query of a mart is made as: a table, unless its file says otherwise."""
    said = _KIND.search(query)
    return said[1] if said else "table"


@lru_cache(maxsize=1)
def mart_days() -> Mapping[str, str]:
    """By table name, the column whose month a row of a mart is kept under in a lake, where its file says so."""
    return {name: said[1] for name, text in mart_queries().items() if (said := _DAY.search(text))}


@lru_cache(maxsize=64)
def datasets_behind(mart: str) -> frozenset[str]:
    """The datasets whose rows a mart is made of, by way of other marts too."""
    named = set(_NAMED.findall(mart_queries()[mart]))
    marts = [datasets_behind(other) for other in named & set(mart_queries()) - {mart}]
    return frozenset(named & set(load_catalog())).union(*marts)


def build_marts(con: duckdb.DuckDBPyConnection, changed: Set[str] | None = None) -> None:
    """Make the marts in an open, writable generation and note by which files.

    With `changed` only those that are made of one of these datasets, if the others are of this release.
    """
    made = con.execute("select value from meta where key = $key", {"key": _MADE}).fetchall()
    if made != [(_print(),)]:
        changed = None
        _clear(con)
    due = {name for name in mart_queries() if changed is None or changed & datasets_behind(name)}
    for name, mart in rule_marts().items():
        if name in due:
            mart.make(con)
    for name, query in page_marts().items():
        if name in due:
            con.execute(f'create or replace {kind_of(query)} "{name}" as {query}')
    con.execute("insert or replace into meta values (?, ?)", [_MADE, _print()])


def _clear(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the marts of an earlier release: what is a table now may have been a view."""
    made = con.execute("select table_name, table_type from information_schema.tables").fetchall()
    for name, kind in made:
        if name.startswith("mart_"):
            con.execute(f'drop {"view" if kind == "VIEW" else "table"} "{name}"')


def renew_marts(home: Path) -> Generation | None:
    """Publish the data in force with marts of this release, when an earlier one made them; None when nothing was due.

    The data are as they were, so that no model is due because of it. Raises UserError when another writer is at work.
    """
    named = current(home)
    if named is None or open_warehouse(home).meta.get(_MADE) == _print():
        return None
    with write_lock(home):
        tmp = begin(home, named)
        try:
            with duckdb.connect(str(tmp), config=WRITING) as con:
                build_marts(con)
                note(con, next_number(tmp), SAME_DATA, open_warehouse(home).as_of, now())
                con.execute("checkpoint")
            return publish(home, tmp)
        finally:
            with suppress(OSError):
                tmp.unlink(missing_ok=True)
