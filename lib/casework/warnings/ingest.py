"""What a rule run found, into the register: warnings by stable id, signals as they are now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa
from sqlalchemy import Row, bindparam, delete, insert, select, update

from lib.access import SYSTEM
from lib.casework.deadlines import settings
from lib.casework.store.chain import moment_after
from lib.casework.store.register import Register
from lib.casework.store.schema import signal, warning
from lib.casework.store.sealed import FACTS, arrow_digest, digest, of_warning
from lib.casework.store.transaction import Transaction
from lib.casework.suppressions.steps import held_back
from lib.casework.warnings.states import CLOSED, MERGED, NEW, OPEN_STATES, TO_CLUE, WITHDRAWN
from lib.errors import UserError
from lib.rules import warning_id
from lib.rules.levels import graver, level_name

ENDED = frozenset({CLOSED, TO_CLUE, WITHDRAWN})

_FACTS = (
    "officer_id",
    "org_id",
    "area_code",
    "domain_code",
    "signal_count",
    "occurred_on",
    "value",
    "threshold",
    "evidence",
)


class RuleName(Protocol):
    """What ingest needs of a rule."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


@dataclass
class Ingested:
    """How many warnings of the rule fire, are new, changed level, were merged, no longer fire, fire again; how many of
    the new ones follow a finished warning about the same; how many were held back by a suppression."""

    warnings: int = 0
    new: int = 0
    raised: int = 0
    merged: int = 0
    gone: int = 0
    again: int = 0
    followed: int = 0
    held: int = 0


def ingest(
    register: Register,
    rule: RuleName,
    rule_hash: str,
    signals: pd.DataFrame | pa.Table | None,
    candidates: pd.DataFrame,
    at: datetime,
    run_id: str,
    *,
    version_id: str | None = None,
    origin: str = "model",
    complete: bool = True,
) -> Ingested:
    """Update the register with one run of one rule, in one transaction.

    `signals` replaces the rule's rows in `signal` (None leaves them). `candidates` are all warnings the rule now
    gives, one per (subject_type, subject_id, period), or with `complete` False only some of them. Known warnings
    get new facts and keep everything people wrote; a level only rises, with an event, and a closed warning whose
    level rises on the same facts is opened again. Facts later than those a finished warning was finished on open a new
    warning, which names the one it follows: its number is a hash of the same key and its place in the row, so that a
    repetition finds it again. What no longer fires says so and stays. A new warning of a subject that has an
    open one is merged into it; the third yellow one within 90 days becomes orange. A warning keeps the `version_id`
    of the rule under which it first came.

    Raises UserError when candidates repeat a warning.
    """
    result = Ingested(warnings=len(candidates))
    found = _rows(rule.id, candidates)
    with register.transaction() as tx:
        known = {
            row.warning_id: row
            for row in tx.connection.execute(
                select(warning).where(warning.c.rule_id == rule.id, warning.c.origin == origin)
            )
        }
        stamp = {"rule_hash": rule_hash, "last_seen_at": at, "run_id": run_id}
        found, follows = _numbered(tx, rule.id, found, known)
        changed = _refresh(tx, [(known[key], row) for key, row in found.items() if key in known], stamp, result)
        if complete:
            _silence(tx, [row for key, row in known.items() if key not in found], at, result)
        elif follows:
            _silence(tx, [known[key] for key in follows.values()], at, result)
        fresh = [row for key, row in found.items() if key not in known]
        raised = held_back(tx, rule.id, fresh, at, run_id)
        result.held, fresh = len(fresh) - len(raised), raised
        _add(
            tx,
            rule,
            fresh,
            known,
            {**stamp, "origin": origin, "first_seen_at": at, "version_id": version_id},
            follows,
            result,
        )
        _repeat_yellow(tx, rule.id, at, {row["warning_id"] for row in fresh}, result)
        held = None if signals is None else _replace_signals(tx, rule.id, signals)
        seen = [key for key in found if key in known]
        if seen or signals is not None:
            payload = {
                "rule": rule.id,
                "origin": origin,
                "rule_hash": rule_hash,
                "complete": complete,
                "facts": changed,
                "signals": held,
            } | ({} if complete else {"seen": seen})
            tx.append(SYSTEM, at, "run", run_id, "ingest", None, None, "", payload)
        tx.touch()
    return result


def retire(register: Register, rule_id: str, at: datetime) -> int:
    """Mark the warnings of a rule that is no longer in force as not firing; returns how many there were."""
    result = Ingested()
    with register.transaction() as tx:
        firing = select(warning).where(warning.c.rule_id == rule_id, warning.c.firing, warning.c.origin == "model")
        rows = list(tx.connection.execute(firing))
        if rows:
            tx.append(SYSTEM, at, "run", rule_id, "retire", None, None, "模型已停用", {"rule": rule_id})
        _silence(tx, rows, at, result, "模型已停用，不再命中")
        if rows:
            tx.connection.execute(delete(signal).where(signal.c.rule_id == rule_id))
        tx.touch()
    return result.gone


def _rows(rule_id: str, candidates: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The candidates as rows by warning id, missing values None."""
    frame = candidates.reindex(columns=["subject_type", "subject_id", "period", "level", *_FACTS])
    rows: dict[str, dict[str, Any]] = {}
    for row in pa.Table.from_pandas(frame, preserve_index=False).to_pylist():
        if isinstance(row["occurred_on"], datetime):
            row["occurred_on"] = row["occurred_on"].date()
        row["period"] = row["period"] or ""
        row["signal_count"] = int(row["signal_count"] or 1)
        row["evidence"] = row["evidence"] or "{}"
        key = warning_id(rule_id, row["subject_type"], row["subject_id"], row["period"])
        if key in rows:
            raise UserError(
                f"模型 {rule_id} 对同一对象给出了两条预警：{row['subject_id']} {row['period']}",
                "请检查模型的 signals 查询，每个对象只能有一行。",
            )
        rows[key] = {"warning_id": key, **row}
    return rows


def _numbered(
    tx: Transaction, rule_id: str, found: dict[str, dict[str, Any]], known: dict[str, Row]
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The candidates by the number of the warning they belong to, and which finished one each new number follows."""
    numbered, follows = {}, {}
    for row in found.values():
        newest, key, place = None, row["warning_id"], 1
        while key in known:
            newest, place = known[key], place + 1
            key = warning_id(rule_id, row["subject_type"], row["subject_id"], f"{row['period']}|{place}")
        if newest is not None and not (_later(row, newest) and _ended(tx, newest.warning_id)):
            key = newest.warning_id
        elif newest is not None:
            follows[key] = newest.warning_id
        numbered[key] = {**row, "warning_id": key}
    return numbered, follows


def _later(row: dict[str, Any], held: Row) -> bool:
    return row["occurred_on"] is not None and held.occurred_on is not None and row["occurred_on"] > held.occurred_on


def _ended(tx: Transaction, key: str) -> bool:
    """Whether people are through with a warning, or with the one it was merged into."""
    state = _state(tx, key)
    if state != MERGED:
        return state in ENDED
    merged = tx.latest("warning", key, "merge")
    return merged is not None and _ended(tx, merged.payload["into"])


def _refresh(
    tx: Transaction, pairs: list[tuple[Row, dict[str, Any]]], stamp: dict[str, Any], result: Ingested
) -> dict[str, str]:
    """Known warnings that were found again; returns the digests of the facts that have changed, by warning id."""
    updates, changed = [], {}
    for old, row in pairs:
        level = old.level
        if not old.firing:
            result.again += 1
            _note(tx, old.warning_id, stamp["last_seen_at"], "again", "再次命中")
        if graver(row["level"], old.level):
            level = row["level"]
            _raise(tx, old.warning_id, old.level, level, stamp["last_seen_at"], "本次运行命中级别上升", result)
        facts = {name: row[name] for name in _FACTS}
        facts["domain_code"] = row["domain_code"] or old.domain_code
        updates.append(
            {"key": old.warning_id, "firing": True, "level": level, "fired_level": row["level"], **facts, **stamp}
        )
        sealed = digest(warning, updates[-1], FACTS)
        if sealed != digest(warning, old._mapping, FACTS):
            changed[old.warning_id] = sealed
    if updates:
        names = [name for name in updates[0] if name != "key"]
        statement = update(warning).where(warning.c.warning_id == bindparam("key"))
        tx.connection.execute(statement.values({name: bindparam(name) for name in names}), updates)
    return changed


def _silence(tx: Transaction, rows: list[Row], at: datetime, result: Ingested, text: str = "不再命中") -> None:
    gone = [row.warning_id for row in rows if row.firing]
    for key in gone:
        _note(tx, key, at, "gone", text)
    if gone:
        statement = update(warning).where(warning.c.warning_id == bindparam("key")).values(firing=False)
        tx.connection.execute(statement, [{"key": key} for key in gone])
    result.gone += len(gone)


def _note(tx: Transaction, key: str, at: datetime, action: str, text: str) -> None:
    last = tx.last_event("warning", key)
    state = None if last is None else last.to_state
    tx.append(SYSTEM, moment_after(at, last), "warning", key, action, state, state, text)


def _raise(tx: Transaction, key: str, old: str, new: str, at: datetime, why: str, result: Ingested) -> None:
    last = tx.last_event("warning", key)
    state = NEW if last is None or last.to_state is None else last.to_state
    reopens = state == CLOSED
    text = f"{level_name(old)}升为{level_name(new)}：{why}" + ("，重新打开" if reopens else "")
    tx.append(
        SYSTEM,
        moment_after(at, last),
        "warning",
        key,
        "reopen" if reopens else "raise",
        state,
        NEW if reopens else state,
        text,
        {"from": old, "to": new},
    )
    result.raised += 1


def _add(
    tx: Transaction,
    rule: RuleName,
    fresh: list[dict[str, Any]],
    known: dict[str, Row],
    stamp: dict[str, Any],
    follows: dict[str, str],
    result: Ingested,
) -> None:
    at = stamp["first_seen_at"]
    fresh.sort(key=lambda row: (row["occurred_on"] or date.max, row["period"], row["warning_id"]))
    subjects = {(row["subject_type"], row["subject_id"]) for row in fresh}
    opened = {
        (row.subject_type, row.subject_id): (row.warning_id, row.level)
        for row in known.values()
        if (row.subject_type, row.subject_id) in subjects and _state(tx, row.warning_id) in OPEN_STATES
    }
    for row in fresh:
        row |= {"rule_id": rule.id, "title": rule.title, "firing": True, "fired_level": row["level"], **stamp}
        key = row["warning_id"]
        payload = {"level": row["level"], "rule_hash": row["rule_hash"], "run_id": row["run_id"], **of_warning(row)}
        text = f"{level_name(row['level'])}预警"
        if key in follows:
            payload["follows"] = follows[key]
            text += "：同一对象的前一条预警办结之后又有新的情况"
            result.followed += 1
        tx.append(SYSTEM, at, "warning", key, "generate", None, NEW, text, payload)
        subject = (row["subject_type"], row["subject_id"])
        if subject in opened:
            _merge(tx, key, opened[subject][0], at)
            result.merged += 1
        else:
            opened[subject] = (key, row["level"])
    if fresh:
        tx.connection.execute(insert(warning), fresh)
    result.new = len(fresh)
    _lift_merged(tx, fresh, opened, at, result)


def _state(tx: Transaction, key: str) -> str | None:
    last = tx.last_event("warning", key)
    return None if last is None else last.to_state


def _merge(tx: Transaction, key: str, into: str, at: datetime) -> None:
    tx.append(SYSTEM, at, "warning", key, "merge", NEW, MERGED, "并入同一对象未办结的预警", {"into": into})


def _set_level(tx: Transaction, key: str, level: str) -> None:
    tx.connection.execute(update(warning).where(warning.c.warning_id == key).values(level=level))


def _lift_merged(
    tx: Transaction,
    fresh: list[dict[str, Any]],
    opened: dict[tuple[str, str], tuple[str, str]],
    at: datetime,
    result: Ingested,
) -> None:
    """The open warning takes over the level of a heavier one that was merged into it."""
    for row in fresh:
        subject = (row["subject_type"], row["subject_id"])
        into, level = opened[subject]
        if into != row["warning_id"] and graver(row["level"], level):
            _raise(tx, into, level, row["level"], at, "并入的另一条预警级别更高", result)
            _set_level(tx, into, row["level"])
            opened[subject] = (into, row["level"])


def _repeat_yellow(tx: Transaction, rule_id: str, at: datetime, fresh: set[str], result: Ingested) -> None:
    """The third yellow warning of a subject within 90 days becomes orange, and so does the open one it joined."""
    if not fresh:
        return
    limit = settings()["warning"]["repeat_yellow"]
    columns = (
        warning.c.warning_id,
        warning.c.subject_type,
        warning.c.subject_id,
        warning.c.level,
        warning.c.occurred_on,
    )
    yellow = select(*columns).where(
        warning.c.rule_id == rule_id, warning.c.fired_level == "yellow", warning.c.occurred_on.is_not(None)
    )
    subjects: dict[tuple[str, str], list[Row]] = {}
    for row in tx.connection.execute(yellow.order_by(warning.c.occurred_on, warning.c.warning_id)):
        subjects.setdefault((row.subject_type, row.subject_id), []).append(row)
    reach = timedelta(days=limit["days"])
    for rows in subjects.values():
        if len(rows) < limit["count"] or not any(row.warning_id in fresh for row in rows):
            continue
        counted = [row for row in rows if _state(tx, row.warning_id) != WITHDRAWN]
        for index, row in enumerate(counted):
            earlier = counted[index - limit["count"] + 1] if index >= limit["count"] - 1 else None
            if row.warning_id in fresh and earlier is not None and row.occurred_on - earlier.occurred_on <= reach:
                _lift(tx, row, f"{limit['days']}日内第{limit['count']}次黄色预警", at, result)


def _lift(tx: Transaction, row: Row, why: str, at: datetime, result: Ingested) -> None:
    merged = tx.latest("warning", row.warning_id, "merge")
    for key in [row.warning_id] + ([merged.payload["into"]] if merged else []):
        level = tx.connection.execute(select(warning.c.level).where(warning.c.warning_id == key)).scalar_one()
        if graver("orange", level):
            _raise(tx, key, level, "orange", at, why, result)
            _set_level(tx, key, "orange")


def _replace_signals(tx: Transaction, rule_id: str, signals: pd.DataFrame | pa.Table) -> str:
    """Put the rule's signals in place of those before; returns their digest."""
    tx.connection.execute(delete(signal).where(signal.c.rule_id == rule_id))
    table = signals if isinstance(signals, pa.Table) else pa.Table.from_pandas(signals, preserve_index=False)
    if table.num_rows == 0:
        return arrow_digest(table)
    columns = [column.name for column in signal.c if column.name != "rule_id"]
    # Tens of thousands of rows: straight to the driver, without a parameter dictionary for every row.
    mark = "?" if tx.connection.dialect.paramstyle == "qmark" else "%s"
    names = ", ".join(["rule_id", *columns])
    statement = f"insert into signal ({names}) values ({', '.join([mark] * (len(columns) + 1))})"
    values = [_values(table, name) for name in columns]
    tx.connection.exec_driver_sql(statement, list(zip([rule_id] * table.num_rows, *values, strict=True)))
    return arrow_digest(table)


def _values(table: pa.Table, name: str) -> list:
    if name not in table.column_names:
        return [None] * table.num_rows
    column = table[name]
    if name == "occurred_on":
        column = column.cast(pa.date32()).cast(pa.string())
    return column.to_pylist()
