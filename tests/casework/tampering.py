"""Changing a store behind the register's back, as somebody with the database and the code can."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from lib.casework.store import guard, kept
from lib.casework.store.chain import GENESIS, SEALED, event_id, seal
from lib.casework.store.register import Register
from lib.casework.store.schema import chain, event, metadata
from lib.warehouse.home import register_path

Rows = dict[str, list[dict[str, Any]]]


def lift(connection: Connection) -> None:
    """Take the triggers away that refuse changes; they are put up again when the store is next opened."""
    if connection.dialect.name == "sqlite":
        for name in connection.exec_driver_sql(_TRIGGERS).scalars().all():
            connection.exec_driver_sql(f"drop trigger {name}")
        return
    for table in guard.KEPT:
        for name in guard._names(table.name, sqlite=False):
            connection.exec_driver_sql(f"drop trigger if exists {name} on {table.name}")


def lift_file(path: Path) -> None:
    """The same of the SQLite file at a path."""
    with closing(sqlite3.connect(path)) as store, store:
        for (name,) in store.execute(_TRIGGERS).fetchall():
            store.execute(f"drop trigger {name}")


_TRIGGERS = "select name from sqlite_master where type = 'trigger'"


def rewritten(
    connection: Connection, edit: Callable[[dict], None], keep: Callable[[dict], bool] = lambda _row: True
) -> None:
    """The chain sealed anew from the start, every seal right."""
    rows = [dict(row) for row in connection.execute(select(event).order_by(event.c.seq)).mappings()]
    connection.execute(delete(event))
    previous, seq = GENESIS, 0
    for row in filter(keep, rows):
        edit(row)
        seq += 1
        row |= {"seq": seq, "prev_hash": previous}
        row["hash"] = previous = seal(previous, row, SEALED)
        row["event_id"] = event_id(previous)
        connection.execute(insert(event).values(**row))
    connection.execute(update(chain).where(chain.c.name == "event").values(seq=seq, hash=previous))


def held(connection: Connection) -> Rows:
    """All that stands in a store."""
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in metadata.sorted_tables
    }


def put_back(connection: Connection, rows: Rows) -> None:
    """An old copy in place of what stands in the store."""
    for table in metadata.sorted_tables:
        connection.execute(delete(table))
        if rows[table.name]:
            connection.execute(insert(table), rows[table.name])


def kept_anew(register: Register, home: Path) -> None:
    """The ends of the chains kept outside, as of the store as it is now."""
    kept.forget(register_path(home))
    register.keep_ends()
