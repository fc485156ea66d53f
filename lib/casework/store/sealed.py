"""What a row of the register looks like, as a digest that the event it stands on carries into the chain."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Column, Date, DateTime, Float, RowMapping, Table

from lib.casework.store.schema import LATER, signal, warning

_LENGTH = 40
# A row by the names of its columns, about to be written or read.
Row = Mapping[str, Any] | RowMapping
# A warning in three parts: how it was made, what runs say of it, and what follows from its events (level, firing, which
# run saw it last).
MADE = ("rule_id", "origin", "title", "subject_type", "subject_id", "period", "first_seen_at", "version_id")
FACTS = (
    "officer_id",
    "org_id",
    "area_code",
    "domain_code",
    "signal_count",
    "occurred_on",
    "value",
    "threshold",
    "evidence",
    "fired_level",
)
STAMP = ("rule_hash", "last_seen_at", "run_id")
# The content of a file is sealed by its own sha256.
APART = {"attachment": ("content",), "rule_file": ("content",)}


def plain(column: Column, value: Any) -> Any:
    """A stored or about to be stored value, the same whatever database or library it came through."""
    if value is None:
        return None
    if isinstance(column.type, Float):
        return repr(float(value))
    if isinstance(column.type, DateTime):
        return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)
    if isinstance(column.type, Date):
        return value.isoformat()[:10] if isinstance(value, date) else str(value)[:10]
    return value


def digest(table: Table, row: Row, names: Iterable[str] | None = None) -> str:
    """The digest of a row's columns, of all of them when no names are given; what a row does not have is null.

    A column of a later release counts where it holds something: rows from before it keep their digest.
    """
    chosen = names or [
        column.name
        for column in table.columns
        if column.name not in APART.get(table.name, ()) and not (column.info == LATER and row.get(column.name) is None)
    ]
    values = [plain(table.c[name], row.get(name)) for name in chosen]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def signals_digest(rows: Iterable[Row]) -> str:
    """The digest of a rule's signals, in no order."""
    names = [column.name for column in signal.columns if column.name != "rule_id"]
    values = sorted(
        json.dumps([plain(signal.c[name], row.get(name)) for name in names], ensure_ascii=False) for row in rows
    )
    return hashlib.sha256("\n".join(values).encode()).hexdigest()[:_LENGTH]


def arrow_digest(signals: pa.Table) -> str:
    """`signals_digest` of signals as a run gives them."""
    return signals_digest(signals.to_pylist())


def of_warning(row: Row) -> dict[str, str]:
    """What the first event of a warning carries about its row."""
    return {
        "made": digest(warning, row, MADE),
        "facts": digest(warning, row, FACTS),
        "rule": row["rule_id"],
        "origin": row["origin"],
    }
