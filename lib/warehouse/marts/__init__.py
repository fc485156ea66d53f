"""Marts: the small tables that pages and models read, made inside each new generation."""

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import duckdb

from lib.warehouse.clock import now
from lib.warehouse.generation import SAME_DATA, Generation, begin, current, next_number, note, publish, write_lock
from lib.warehouse.marts.latest import dataset_latest
from lib.warehouse.marts.of_rules import make_rule_marts, rule_marts
from lib.warehouse.room import WRITING
from lib.warehouse.store import open_warehouse

_FOLDER = Path(__file__).parent
_MADE = "marts"
_DAY = re.compile(r"^-- day: (\w+)$", re.MULTILINE)


def _scripts() -> list[str]:
    return [*(path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.sql"))), dataset_latest()]


def _print(scripts: list[str]) -> str:
    queries = [mart.query for mart in rule_marts().values()]
    return hashlib.sha256("\0".join([*scripts, *queries]).encode()).hexdigest()


@lru_cache(maxsize=1)
def mart_days() -> Mapping[str, str]:
    """By table name, the column whose month a row of a mart is kept under in a lake, where its file says so."""
    texts = {
        f"mart_{path.stem.lstrip('0123456789_')}": path.read_text(encoding="utf-8") for path in _FOLDER.rglob("*.sql")
    }
    return {name: said[1] for name, text in texts.items() if (said := _DAY.search(text))}


def build_marts(con: duckdb.DuckDBPyConnection) -> None:
    """Run every .sql file beside this one in name order on an open, writable generation, make the marts of models, and
    note by which files."""
    scripts = _scripts()
    make_rule_marts(con)
    for script in scripts:
        con.execute(script)
    con.execute("insert or replace into meta values (?, ?)", [_MADE, _print(scripts)])


def renew_marts(home: Path) -> Generation | None:
    """Publish the data in force with marts of this release, when an earlier one made them; None when nothing was due.

    The data are as they were, so that no model is due because of it. Raises UserError when another writer is at work.
    """
    named = current(home)
    if named is None or open_warehouse(home).meta.get(_MADE) == _print(_scripts()):
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
