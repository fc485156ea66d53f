"""The tables whose rows stand on one event each, which seals the whole row."""

from datetime import datetime
from typing import Any

from sqlalchemy import Table, select

from lib.access import Viewer
from lib.casework.objects import KINDS
from lib.casework.store.schema import attachment, backtest, outbox, person, rule_file, rule_run, serial, signal, warning
from lib.casework.store.sealed import APART, STAMP, digest, of_warning, plain, signals_digest
from lib.casework.store.transaction import Transaction

# Of which table, under which key, what a person calls one.
ROWS: dict[str, tuple[Table, str, str]] = {
    **{kind.name: (kind.table, kind.key, kind.title) for kind in KINDS.values() if kind.lasting},
    "rule_run": (rule_run, "run_id", "模型运行"),
    "backtest": (backtest, "backtest_id", "回测报告"),
    "outbox": (outbox, "outbox_id", "待发消息"),
    "rule_file": (rule_file, "rule_hash", "模型文件"),
    "person": (person, "person_id", "登记的人员"),
    "serial": (serial, "object_id", "文号"),
    "attachment": (attachment, "attachment_id", "附件"),
}
BASELINE = "baseline"


def seal_earlier(tx: Transaction, at: datetime, viewer: Viewer) -> None:
    """Seal, as they stand, the rows of a store that an earlier release wrote without sealing them."""
    held: dict[str, Any] = {}
    for name, (table, key, _) in ROWS.items():
        columns = [column for column in table.columns if column.name not in APART.get(name, ())]
        held[name] = {row[key]: digest(table, row) for row in tx.connection.execute(select(*columns)).mappings()}
    held["warning"] = {
        row["warning_id"]: {
            **of_warning(row),
            "firing": bool(row["firing"]),
            "stamp": [plain(warning.c[name], row[name]) for name in STAMP],
        }
        for row in tx.connection.execute(select(warning)).mappings()
    }
    signals: dict[str, list] = {}
    for row in tx.connection.execute(select(signal)).mappings():
        signals.setdefault(row["rule_id"], []).append(row)
    held["signal"] = {rule_id: signals_digest(rows) for rule_id, rows in signals.items()}
    tx.append(viewer, at, "store", "register", BASELINE, None, None, "早先版本的记录按现状封存", held)
