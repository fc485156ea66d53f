"""Versions of a model: a rule file with its thresholds, on its way 草稿 → 试运行 → 复核 → 发布 → 停用.

What runs is the stored text of the file, found by its sha256: an edited file changes nothing until it is published.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import pandas as pd
from sqlalchemy import Row, func, insert, select

from lib.access import SYSTEM, Viewer, under
from lib.casework import drafts
from lib.casework.objects import KINDS
from lib.casework.rules.states import DRAFT, LIVE, STATES, STOPPED
from lib.casework.rules.steps import DRAFTING, RULE_VERSION, VERSION, last_events, move
from lib.casework.steps import Outcome
from lib.casework.store.chain import Event, canonical
from lib.casework.store.register import Register
from lib.casework.store.schema import event, rule_file, rule_version
from lib.casework.store.transaction import Transaction
from lib.errors import UserError
from lib.rules import Rule, RuleError, complete_params, parse_rule
from lib.rules.rule import Value
from lib.rules.variant import ordered_params

_FILES = select(rule_version.c.rule_id, rule_version.c.rule_hash).distinct()


@dataclass(frozen=True)
class Version:
    """One version: which file (by hash), which thresholds, whose, in which state since when."""

    version_id: str
    rule_id: str
    version_no: int
    rule_hash: str
    state: str
    state_at: datetime
    last_seq: int
    author_id: str
    author_name: str
    created_at: datetime
    file_name: str = field(repr=False)
    content: str = field(repr=False)
    stored_params: str = field(repr=False)

    @cached_property
    def rule(self) -> Rule:
        """The rule of the stored file.

        Raises RuleError when this release can no longer read it, or when the text is not the one that was approved.
        """
        rule = parse_rule(self.file_name, self.content)
        if rule.hash != self.rule_hash:
            raise RuleError(f"模型 {self.rule_id} {self.name}的内容与登记的指纹不符。", "请从备份恢复业务库。")
        return rule

    @cached_property
    def params(self) -> dict[str, Value]:
        """Every threshold of the version, typed."""
        return thresholds(self.rule, self.stored_params)

    @property
    def name(self) -> str:
        return f"第{self.version_no}版"


def version_name(version_id: str) -> str:
    """'M01-v2' as 第2版."""
    return f"第{version_id.rsplit('-v', 1)[1]}版"


def thresholds(rule: Rule, stored: str) -> dict[str, Value]:
    """Parameters from their stored JSON text, days as dates again."""
    dates = {parameter.name for parameter in rule.parameters if parameter.type == "date"}
    return {name: date.fromisoformat(value) if name in dates else value for name, value in json.loads(stored).items()}


def versions(register: Register, rule_id: str | None = None, states: Iterable[str] = STATES) -> list[Version]:
    """The versions in the given states, of one rule or of all, by rule and number."""
    last = last_events()
    columns = [
        rule_version,
        last.c.to_state,
        last.c.at.label("state_at"),
        last.c.seq,
        rule_file.c.name,
        rule_file.c.content,
    ]
    query = (
        select(*columns)
        .join(last, last.c.object_id == rule_version.c.version_id)
        .join(rule_file, rule_file.c.rule_hash == rule_version.c.rule_hash)
        .where(last.c.to_state.in_(tuple(states)))
        .order_by(rule_version.c.rule_id, rule_version.c.version_no)
    )
    if rule_id is not None:
        query = query.where(rule_version.c.rule_id == rule_id)
    with register.read() as connection:
        return [_version(row) for row in connection.execute(query)]


def _version(row: Row) -> Version:
    return Version(
        version_id=row.version_id,
        rule_id=row.rule_id,
        version_no=row.version_no,
        rule_hash=row.rule_hash,
        state=row.to_state,
        state_at=row.state_at,
        last_seq=row.seq,
        author_id=row.author_id,
        author_name=row.author_name,
        created_at=row.created_at,
        file_name=row.name,
        content=row.content,
        stored_params=row.params,
    )


def live_versions(register: Register) -> dict[str, Version]:
    """The version in force of each rule that has one, by rule id."""
    return {one.rule_id: one for one in versions(register, states=(LIVE,))}


def live_version(register: Register, rule_id: str) -> Version | None:
    """The version of a rule that is in force."""
    return next(iter(versions(register, rule_id, states=(LIVE,))), None)


def version(register: Register, version_id: str) -> Version:
    """One version. Raises UserError when there is none of this number."""
    for one in versions(register, version_id.rsplit("-v", 1)[0]):
        if one.version_id == version_id:
            return one
    raise UserError(f"没有模型版本 {version_id}。", "请从模型目录打开。")


def known_files(register: Register) -> set[str]:
    """The sha256 of every rule file that the register took in."""
    with register.read() as connection:
        return set(connection.execute(select(rule_file.c.rule_hash)).scalars())


def take_in(register: Register, rules: Mapping[str, Rule], at: datetime) -> None:
    """Make the register know the rule files.

    A register without any version takes all files as delivered and in force. Later a new or edited file becomes a
    draft, and a version in force whose file is gone is stopped.
    """
    with register.read() as connection:
        known = set(map(tuple, connection.execute(_FILES)))
    if known >= {(rule.id, rule.hash) for rule in rules.values()} and not live_versions(register).keys() - rules:
        return
    with register.transaction() as tx:
        known = set(map(tuple, tx.connection.execute(_FILES)))
        first = not known
        for rule in rules.values():
            if (rule.id, rule.hash) not in known:
                _keep_file(tx, rule)
                action, state, text = (
                    ("deliver", LIVE, "随系统交付的初始版本") if first else ("draft", DRAFT, "模型文件有新内容")
                )
                _create(tx, SYSTEM, rule, complete_params(rule, None), at, action, state, text)
        for rule_id, one in live_versions(register).items():
            if rule_id not in rules:
                move(tx, SYSTEM, one.version_id, "stop", LIVE, STOPPED, at, "模型文件已移除")


def _keep_file(tx: Transaction, rule: Rule) -> None:
    stored = select(rule_file.c.rule_hash).where(rule_file.c.rule_hash == rule.hash)
    if tx.connection.execute(stored).one_or_none() is None:
        content = rule.path.read_bytes().decode("utf-8")
        tx.connection.execute(
            insert(rule_file).values(rule_hash=rule.hash, rule_id=rule.id, name=rule.path.name, content=content)
        )


def _create(
    tx: Transaction,
    viewer: Viewer,
    rule: Rule,
    params: Mapping[str, Value],
    at: datetime,
    action: str,
    state: str,
    text: str,
    submission_id: str | None = None,
) -> Event:
    newest = select(func.max(rule_version.c.version_no)).where(rule_version.c.rule_id == rule.id)
    number = (tx.connection.execute(newest).scalar() or 0) + 1
    version_id = f"{rule.id}-v{number}"
    tx.connection.execute(
        insert(rule_version).values(
            version_id=version_id,
            rule_id=rule.id,
            version_no=number,
            rule_hash=rule.hash,
            params=canonical(params),
            author_id=viewer.person_id,
            author_name=viewer.name,
            created_at=at,
        )
    )
    payload = {"rule_hash": rule.hash, "params": dict(params), "created": version_id, "file": rule.path.name}
    return tx.append(viewer, at, RULE_VERSION, version_id, action, None, state, text, payload, submission_id)


@under("tune", "rule_version")
def save_version(
    register: Register,
    viewer: Viewer,
    base: Version,
    params: Mapping[str, Value],
    *,
    submission_id: str,
    at: datetime,
    text: str,
) -> Outcome:
    """A new draft: the file of `base` with other thresholds, and the reason; `created` of the outcome is its id.

    Raises Forbidden without the right to tune, RuleError for an unknown name, a value out of bounds or levels out of
    order, UserError without a reason.
    """
    checked = ordered_params(base.rule, params)
    for fault in DRAFTING.faults({}, text).values():
        raise fault
    with register.transaction() as tx:
        first = tx.submitted(submission_id)
        if first is not None:
            return Outcome(recorded=False, duplicate=True, event=first, created=first.payload.get("created"))
        written = _create(tx, viewer, base.rule, checked, at, DRAFTING.action, DRAFT, text.strip(), submission_id)
        drafts.discard(tx, viewer, RULE_VERSION, base.version_id, DRAFTING.action)
    return Outcome(recorded=True, event=written, created=written.object_id)


@under("view", "rule_version")
def history(register: Register, viewer: Viewer, rule_id: str) -> pd.DataFrame:
    """What was done with the versions of a rule, newest first: version_id, at, actor_name, action, to_state, text."""
    names = {step.action: step.name for step in VERSION.steps.values()} | dict(KINDS[RULE_VERSION].noted)
    columns = (
        event.c.object_id.label("version_id"),
        event.c.at,
        event.c.actor_name,
        event.c.action,
        event.c.to_state,
        event.c.text,
    )
    query = (
        select(*columns)
        .join(rule_version, rule_version.c.version_id == event.c.object_id)
        .where(event.c.object_type == RULE_VERSION, rule_version.c.rule_id == rule_id)
        .order_by(event.c.seq.desc())
    )
    with register.read() as connection:
        frame = pd.DataFrame(map(tuple, connection.execute(query)), columns=[column.name for column in columns])
    return frame.assign(action=frame["action"].map(names).fillna(frame["action"]))
