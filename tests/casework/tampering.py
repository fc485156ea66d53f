"""Changing a store behind the register's back, as somebody with the database and the code can."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from lib.casework.store import kept
from lib.casework.store.chain import GENESIS, SEALED, event_id, seal
from lib.casework.store.register import Register
from lib.casework.store.schema import chain, event, metadata
from lib.warehouse.home import register_path

Rows = dict[str, list[dict[str, Any]]]


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
