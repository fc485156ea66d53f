"""Whether the register is what its events say: every row is built again from the events and compared.

What runs of the models write in bulk (facts of warnings, signals) stands in the events as digests; everything else
follows from what the events hold.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select

from lib.casework import outbox
from lib.casework.attachments import told_of
from lib.casework.audit import SEALED as AUDIT_SEALED
from lib.casework.objects import KINDS
from lib.casework.serial import SERIAL
from lib.casework.store.chain import EVENT_CHAIN, SEALED, broken_links, canonical, from_row
from lib.casework.store.kept import ANEW
from lib.casework.store.register import AUDIT_CHAIN, Register, restored_at
from lib.casework.store.rows import BASELINE, ROWS
from lib.casework.store.schema import (
    attachment,
    audit_log,
    chain,
    credential,
    event,
    person,
    rule_file,
    rule_version,
    serial,
    signal,
    store,
    warning,
)
from lib.casework.store.sealed import FACTS, MADE, STAMP, digest, plain, signals_digest
from lib.errors import UserError
from lib.rules.levels import SPOT_CHECK
from lib.warehouse.generation import current, sha256_of
from lib.warehouse.store import open_warehouse

_EMPTY = signals_digest([])


@dataclass
class _Warning:
    """A warning as its events tell it: digests, the run that saw it last, whether it fires, its level."""

    made: str | None = None
    facts: str | None = None
    stamp: list[Any] | None = None
    firing: bool = True
    level: str | None = None


@dataclass
class _Told:
    """What the events say the register holds."""

    rows: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in ROWS})
    warnings: dict[str, _Warning] = field(default_factory=dict)
    of_rule: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    signals: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    kind: str | None = None
    sealing: bool = False
    faults: list[str] = field(default_factory=list)

    def enter(self, warning_id: str, payload: Mapping[str, Any]) -> None:
        """Note of which rule and origin a warning is."""
        if "rule" in payload:
            self.of_rule.setdefault((payload["rule"], payload["origin"]), []).append(warning_id)


def verify_register(register: Register) -> list[str]:
    """What is wrong with the register: one Chinese line per fault, empty when all is well.

    Events, audit log and attachments by their seals; the ends of the chains by what is kept outside the store; every
    row of every table but drafts, sign-ins (each has a seal of its own) and the runner's by the events it stands on.
    """
    try:
        faults = verify_chain(register) + verify_audit(register) + register.lost()
    except UserError as damaged:
        return [damaged.message]
    with register.read() as connection:
        told = _told(connection)
        faults += told.faults
        faults += _warnings(connection, told)
        for name in ROWS:
            faults += _rows(connection, told, name)
        faults += _gaps(connection)
        faults += _signals(connection, told) + _passwords(connection, told)
        kind = connection.execute(select(store.c.value).where(store.c.name == "kind")).scalar_one_or_none()
    if told.kind is not None and kind != told.kind:
        faults.append(f"业务库的种类（合成或真实）被改动：登记为 {told.kind}，现为 {kind}")
    return faults


def verify_chain(register: Register) -> list[str]:
    """What is wrong with the events: changed, missing, inserted or cut-off rows, altered attachments.

    Returns one Chinese line per fault, empty when every seal holds and the last event is the recorded head.
    """
    with register.read() as connection:
        head = connection.execute(select(chain).where(chain.c.name == EVENT_CHAIN)).one()
        rows = connection.execute(select(event).order_by(event.c.seq), execution_options={"yield_per": 2000})
        faults, seq, last = broken_links(iter(rows), SEALED, "事件")
        if seq != head.seq:
            faults.append(f"事件链末尾缺失：应到第 {head.seq} 号，实到第 {seq} 号")
        elif last != head.hash:
            faults.append("事件链末端与链头记录不一致")
        files = select(attachment.c.attachment_id, attachment.c.sha256, attachment.c.content)
        for row in connection.execute(files, execution_options={"yield_per": 20}):
            if hashlib.sha256(row.content).hexdigest() != row.sha256:
                faults.append(f"附件 {row.attachment_id} 内容被改动")
    return faults


def verify_audit(register: Register) -> list[str]:
    """What is wrong with the audit log, one Chinese line per fault; empty when every seal holds."""
    with register.read() as connection:
        head = connection.execute(select(chain).where(chain.c.name == AUDIT_CHAIN)).one()
        rows = connection.execute(select(audit_log).order_by(audit_log.c.seq), execution_options={"yield_per": 2000})
        faults, seq, last = broken_links(iter(rows), AUDIT_SEALED, "操作日志")
    if (seq, last) != (head.seq, head.hash):
        faults.append(f"操作日志末尾缺失：应到第 {head.seq} 号，实到第 {seq} 号")
    return faults


def verify_generations(register: Register, home: Path) -> list[str]:
    """Whether the warehouse files are those whose sha256 stands in the chain, and in force the newest of them."""
    published, named = _published(register), current(home)
    faults = []
    if named is not None:
        with register.read() as connection:
            faults = _heads(connection, home)
    faults += changed_generations(register, home)
    newest = max(published, default=0)
    if named is None:
        if newest:
            faults.append(f"仓库没有数据，而业务库登记过第 {newest} 代")
    elif named.number < newest:
        faults.append(f"现用第 {named.number} 代仓库，而业务库登记过第 {newest} 代")
    return faults


def changed_generations(register: Register, home: Path) -> list[str]:
    """The warehouse files that are not what the chain says they are: one Chinese line for each."""
    faults = []
    for number, payload in _published(register).items():
        path = home / "warehouse" / payload["file"]
        if path.exists() and sha256_of(path) != payload["sha256"]:
            faults.append(f"第 {number} 代仓库文件的内容与事件登记的不符：{path.name}")
    return faults


def _published(register: Register) -> dict[int, dict[str, Any]]:
    """What the chain says of the warehouse's generations, since the store was last restored: then it may be beside
    another one."""
    told = select(event.c.object_id, event.c.payload).where(
        event.c.object_type == "generation", event.c.action == "publish", event.c.seq > restored_at()
    )
    with register.read() as connection:
        return {int(row.object_id): json.loads(row.payload) for row in connection.execute(told.order_by(event.c.seq))}


def _heads(connection: Connection, home: Path) -> list[str]:
    """The end of the event chain that a generation noted when it was made is still in the chain."""
    noted = open_warehouse(home).meta.get("register")
    if not noted:
        return []
    seq, seal = json.loads(noted)["event"]
    accepted = select(event.c.payload).where(event.c.object_type == "store", event.c.action.in_(ANEW))
    for text in connection.execute(accepted).scalars():
        # What is missing up to there is on record.
        with suppress(ValueError):
            if json.loads(json.loads(text)["kept"])["event"][0] >= seq:
                return []
    found = connection.execute(select(event.c.hash).where(event.c.seq == seq)).scalar_one_or_none()
    return [] if seq == 0 or found == seal else [f"业务库的事件链与本代仓库留底的不符（第 {seq} 号）"]


def _told(connection: Connection) -> _Told:
    told = _Told()
    for row in connection.execute(select(event).order_by(event.c.seq), execution_options={"yield_per": 2000}):
        teller = _TELLERS.get((row.object_type, row.action))
        if teller is not None:
            teller(told, row, json.loads(row.payload))
        if row.object_type != "store" and '"attachment_id":' in row.payload:
            for held in told_of(json.loads(row.payload)):
                _attachment(told, row, held)
        if f'"{SERIAL}":' in row.payload:
            _serial(told, row, json.loads(row.payload).get(SERIAL))
        # Whatever step sends one.
        if '"message":{' in row.payload:
            _message(told, row, json.loads(row.payload))
    return told


def _attachment(told: _Told, row: Row, held: dict[str, Any]) -> None:
    key = str(held["attachment_id"])
    if "person_id" not in held:
        told.rows["attachment"].setdefault(key, "")
        return
    values = {
        **held,
        "at": datetime.fromisoformat(str(held["at"])),
        "object_type": row.object_type,
        "object_id": row.object_id,
    }
    told.rows["attachment"][key] = digest(attachment, values)


def _serial(told: _Told, row: Row, held: Any) -> None:
    if isinstance(held, dict) and "number" in held:
        told.rows["serial"][row.object_id] = digest(serial, {**held, "object_id": row.object_id})


def _generate(told: _Told, row: Row, payload: dict[str, Any]) -> None:
    drawn = payload["level"] == SPOT_CHECK
    told.sealing |= "made" in payload
    told.enter(row.object_id, payload)
    told.warnings[row.object_id] = _Warning(
        made=payload.get("made"),
        facts=payload.get("facts"),
        stamp=[payload["rule_hash"], plain(warning.c.last_seen_at, row.at), payload.get("run_id", "")],
        firing=not drawn,
        level=payload["level"],
    )


def _level(told: _Told, row: Row, payload: dict[str, Any]) -> None:
    if row.object_id in told.warnings:
        told.warnings[row.object_id].level = payload["to"]


def _gone(told: _Told, row: Row, _payload: dict[str, Any]) -> None:
    if row.object_id in told.warnings:
        told.warnings[row.object_id].firing = False


def _again(told: _Told, row: Row, _payload: dict[str, Any]) -> None:
    if row.object_id in told.warnings:
        told.warnings[row.object_id].firing = True


def _ingest(told: _Told, row: Row, payload: dict[str, Any]) -> None:
    stamp = [payload["rule_hash"], plain(warning.c.last_seen_at, row.at), row.object_id]
    for key, sealed in payload["facts"].items():
        if key in told.warnings:
            told.warnings[key].facts = sealed
    own = told.of_rule.get((payload["rule"], payload["origin"]), [])
    # A complete run has seen whatever fires after it.
    for key in own if payload["complete"] else payload["seen"]:
        one = told.warnings.get(key)
        if one is not None and (one.firing or not payload["complete"]):
            one.stamp = stamp
    if payload["signals"] is not None:
        told.signals[payload["rule"]] = payload["signals"]


def _retire(told: _Told, _row: Row, payload: dict[str, Any]) -> None:
    told.signals[payload["rule"]] = _EMPTY


def _sealed_row(name: str, key: str | None = None) -> Callable[[_Told, Row, dict[str, Any]], None]:
    """A teller of rows whose event carries their digest, under the event's object or a key of its payload."""

    def tell(told: _Told, row: Row, payload: dict[str, Any]) -> None:
        number = row.object_id if key is None else payload[key]
        told.rows[name][number] = payload.get("row", "")

    return tell


def _version(told: _Told, row: Row, payload: dict[str, Any]) -> None:
    rule_id, number = row.object_id.rsplit("-v", 1)
    values = {
        "version_id": row.object_id,
        "rule_id": rule_id,
        "version_no": int(number),
        "rule_hash": payload["rule_hash"],
        "params": canonical(payload["params"]),
        "author_id": row.actor_id,
        "author_name": row.actor_name,
        "created_at": row.at,
    }
    told.rows["rule_version"][row.object_id] = digest(rule_version, values)
    if "file" in payload:
        file = {"rule_hash": payload["rule_hash"], "rule_id": rule_id, "name": payload["file"]}
        told.rows["rule_file"].setdefault(payload["rule_hash"], digest(rule_file, file))
    else:
        told.rows["rule_file"].setdefault(payload["rule_hash"], "")


def _message(told: _Told, row: Row, payload: dict[str, Any]) -> None:
    if "message" in payload:
        values = outbox.row_of(from_row(row))
        told.rows["outbox"][values["outbox_id"]] = digest(ROWS["outbox"][0], values)


def _granted(told: _Told, row: Row, payload: dict[str, Any]) -> None:
    told.rows["person"][row.object_id] = digest(person, payload["row"])


def _revoked(told: _Told, row: Row, _payload: dict[str, Any]) -> None:
    told.rows["person"].pop(row.object_id, None)
    told.passwords.pop(row.object_id, None)


def _password(told: _Told, row: Row, payload: dict[str, Any]) -> None:
    told.passwords[row.object_id] = payload["password"]


def _found(told: _Told, _row: Row, payload: dict[str, Any]) -> None:
    told.kind = payload["kind"]


def _baseline(told: _Told, row: Row, payload: dict[str, Any]) -> None:
    if told.sealing:
        told.faults.append(f"事件第 {row.seq} 号把已封存的记录重新封存，其前的改动不再可查")
    for name in ROWS:
        told.rows[name] |= payload.get(name, {})
    for key, held in payload["warning"].items():
        one = told.warnings.setdefault(key, _Warning())
        one.made, one.facts, one.firing, one.stamp = held["made"], held["facts"], held["firing"], held["stamp"]
        told.enter(key, held)
    told.signals |= payload["signal"]


_TELLERS: Mapping[tuple[str, str], Callable[[_Told, Row, dict[str, Any]], None]] = {
    **{(kind.name, action): _sealed_row(kind.name) for kind in KINDS.values() if kind.lasting for action in kind.first},
    ("warning", "generate"): _generate,
    ("warning", "raise"): _level,
    ("warning", "reopen"): _level,
    ("warning", "gone"): _gone,
    ("warning", "again"): _again,
    ("run", "ingest"): _ingest,
    ("run", "retire"): _retire,
    ("run", "log"): _sealed_row("rule_run"),
    ("rule_version", "deliver"): _version,
    ("rule_version", "draft"): _version,
    ("rule_version", "backtest"): _sealed_row("backtest", "created"),
    ("person", "grant"): _granted,
    ("person", "change"): _granted,
    ("person", "revoke"): _revoked,
    ("person", "password"): _password,
    ("store", "found"): _found,
    ("store", BASELINE): _baseline,
}


def _rows(connection: Connection, told: _Told, name: str) -> list[str]:
    """The rows of one table against what the events told; an empty digest asks for the row only."""
    table, key, zh = ROWS[name]
    expected, faults, present = told.rows[name], [], set()
    for row in connection.execute(select(table).order_by(table.c[key])).mappings():
        number = row[key]
        present.add(number)
        if number not in expected:
            # A file kept with a draft, or given up with one, has no event yet.
            if name != "attachment":
                faults.append(f"{zh} {number} 有记录而没有登记事件")
        elif expected[number] and digest(table, row) != expected[number]:
            faults.append(f"{zh} {number} 的内容与登记事件不符")
        if name == "rule_file" and hashlib.sha256(row["content"].encode()).hexdigest() != number:
            faults.append(f"{zh} {row['name']} 的内容与指纹不符")
        if name == "backtest" and hashlib.sha256(row["report"].encode()).hexdigest() != row["sha256"]:
            faults.append(f"{zh} {number} 的报告与指纹不符")
    return [f"{zh} {number} 有登记事件而没有记录" for number in sorted(set(expected) - present)] + faults


def _called(kind: str) -> str:
    return KINDS[kind].title if kind in KINDS else kind


def _gaps(connection: Connection) -> list[str]:
    """Numbers that were left out in a year."""
    years = select(serial.c.kind, serial.c.year, func.count().label("given"), func.max(serial.c.number).label("last"))
    rows = connection.execute(years.group_by(serial.c.kind, serial.c.year).order_by(serial.c.kind, serial.c.year))
    return [
        f"{_called(row.kind)} {row.year} 年的文号不连续：编到第 {row.last} 号，实有 {row.given} 个"
        for row in rows
        if row.given != row.last
    ]


def _warnings(connection: Connection, told: _Told) -> list[str]:
    faults, present = [], set()
    for row in connection.execute(select(warning).order_by(warning.c.warning_id)).mappings():
        key = row["warning_id"]
        present.add(key)
        one = told.warnings.get(key)
        if one is None:
            faults.append(f"预警 {key} 有记录而没有登记事件")
            continue
        if one.level is not None and row["level"] != one.level:
            faults.append(f"预警 {key} 的级别与事件不一致")
        if one.made is not None and digest(warning, row, MADE) != one.made:
            faults.append(f"预警 {key} 的模型、对象或首次发现与登记事件不符")
        if one.facts is not None and digest(warning, row, FACTS) != one.facts:
            faults.append(f"预警 {key} 的单位、人员、数值或证据与最近一次运行的登记不符")
        if one.made is not None and bool(row["firing"]) != one.firing:
            faults.append(f"预警 {key} 是否命中与事件不一致")
        if one.made is not None and [plain(warning.c[name], row[name]) for name in STAMP] != one.stamp:
            faults.append(f"预警 {key} 的最近命中时间、运行或规则版本与事件不一致")
    return [f"预警 {key} 有登记事件而没有记录" for key in sorted(set(told.warnings) - present)] + faults


def _signals(connection: Connection, told: _Told) -> list[str]:
    held: dict[str, list[Any]] = {}
    for row in connection.execute(select(signal)).mappings():
        held.setdefault(row["rule_id"], []).append(row)
    rules = sorted(set(held) | set(told.signals))
    return [
        f"模型 {rule_id} 的信号与最近一次运行的登记不符"
        for rule_id in rules
        if signals_digest(held.get(rule_id, [])) != told.signals.get(rule_id, _EMPTY)
    ]


def _passwords(connection: Connection, told: _Told) -> list[str]:
    stored = {
        row.person_id: hashlib.sha256(row.password.encode()).hexdigest()
        for row in connection.execute(select(credential.c.person_id, credential.c.password))
    }
    return [
        f"账号 {key} 的登录密码与登记事件不符"
        for key in sorted(set(stored) | set(told.passwords))
        if stored.get(key) != told.passwords.get(key)
    ]
