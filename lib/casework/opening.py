"""Making an object: its row and the event that seals it, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert

from lib.access import Viewer
from lib.casework.store.chain import Event
from lib.casework.store.sealed import digest
from lib.casework.store.transaction import Transaction


def begin(
    tx: Transaction,
    viewer: Viewer,
    table: Table,
    values: Mapping[str, Any],
    action: str,
    state: str,
    at: datetime,
    text: str = "",
    payload: Mapping[str, Any] | None = None,
    submission_id: str | None = None,
) -> Event:
    """Write the row of a new object and its first event, which carries `payload` and the digest of the row."""
    [key] = table.primary_key.columns
    tx.connection.execute(insert(table).values(**values))
    sealed = {**(payload or {}), "row": digest(table, values)}
    return tx.append(viewer, at, table.name, str(values[key.name]), action, None, state, text, sealed, submission_id)
