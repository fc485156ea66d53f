"""Running a rule: bound parameters, a time limit, and a result that is checked before anyone uses it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lib.engines import EngineError, Session, TooLong
from lib.rules.errors import RuleError, RuleTimeout
from lib.rules.levels import LEVELS
from lib.rules.parameters import complete_params
from lib.rules.rule import Definition, Rule, Value

TIMEOUT_SECONDS = 600.0

_OWN = [
    ("subject_id", pa.string()),
    ("level", pa.string()),
    ("officer_id", pa.string()),
    ("org_id", pa.string()),
    ("area_code", pa.string()),
    ("occurred_on", pa.date32()),
    ("value", pa.float64()),
    ("threshold", pa.float64()),
    ("evidence", pa.string()),
]
_TYPE = ("subject_type", pa.string())
SIGNALS = pa.schema([("rule_id", pa.string()), _TYPE, *_OWN])
SUBJECTS = pa.schema(
    [
        ("subject_id", pa.string()),
        ("officer_id", pa.string()),
        ("org_id", pa.string()),
        ("area_code", pa.string()),
        ("occurred_on", pa.date32()),
    ]
)
EXPOSURE = pa.schema([("group_id", pa.string()), ("month", pa.date32()), ("exposure", pa.int64())])
# A rule whose groups do work of several kinds counts it apart by kind, between month and exposure.
_BY_KIND = EXPOSURE.insert(2, pa.field("work_kind", pa.string()))

_COUNT = "select count(*) as tested from (\n{}\n) as subjects"
_SAMPLE = "select * from (\n{}\n) as subjects order by md5(subject_id || $salt), subject_id limit $sample_size"


def run_section(
    session: Session, definition: Definition, sql: str, values: Mapping[str, Any], timeout: float = TIMEOUT_SECONDS
) -> pa.Table:
    """The rows of one section, with those of `values` bound that it uses.

    Raises RuleTimeout after `timeout` seconds, RuleError when the SQL fails.
    """
    try:
        return session.run(sql, values, timeout)
    except TooLong as error:
        raise RuleTimeout(f"{definition.label} {error.message}。", "请缩短回看窗口，或在数据空闲时再运行。") from error
    except EngineError as error:
        raise RuleError(
            f"{definition.label} 运行出错：{error.message}", error.hint or f"请检查 {definition.path.name} 和数据版本。"
        ) from error


def conformed(definition: Definition, section: str, table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table cast to a schema. Raises RuleError naming the section when its columns are others."""
    if table.column_names != schema.names:
        raise RuleError(
            f"{definition.label} 的段 {section} 给出的列是 {'、'.join(table.column_names)}。",
            f"应依次为 {'、'.join(schema.names)}。",
        )
    try:
        return table.cast(schema)
    except pa.ArrowException as error:
        raise RuleError(
            f"{definition.label} 的段 {section} 列类型不对（{error}）。", "请在 SQL 中转换类型。"
        ) from error


def _check_signals(rule: Rule, table: pa.Table) -> None:
    strange = set(pc.unique(table["level"]).to_pylist()) - set(LEVELS)
    if strange:
        raise RuleError(f"模型 {rule.id} 给出了不认识的等级 {strange}。", "等级只有 red、orange、yellow。")
    for column in ("subject_id", "occurred_on", "evidence"):
        if table[column].null_count:
            raise RuleError(f"模型 {rule.id} 有 {table[column].null_count} 条信号的 {column} 为空。", "请检查 SQL。")
    repeated = table.num_rows - pc.count_distinct(table["subject_id"]).as_py()
    if repeated:
        raise RuleError(f"模型 {rule.id} 有 {repeated} 个对象重复命中。", "每个对象只应有一行，取最高等级。")


def run_rule(
    session: Session,
    rule: Rule,
    as_of: date,
    params: Mapping[str, Value] | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> pa.Table:
    """The signals of a rule on `as_of`, one row per subject, in the schema SIGNALS.

    `value` and `threshold` are in the rule's unit (threshold null when no bound was crossed); `evidence` is JSON with
    `branches` and the keys the rule names. The subjects are the rule's, unless it gives a last column `subject_type`.
    Raises RuleError for wrong parameters or SQL, RuleTimeout.
    """
    values = {**complete_params(rule, params), "as_of": as_of}
    found = run_section(session, rule, rule.sections["signals"], values, timeout)
    typed_itself = found.column_names[-1] == _TYPE[0]
    table = conformed(rule, "signals", found, pa.schema([*_OWN, _TYPE] if typed_itself else _OWN))
    _check_signals(rule, table)
    rows = table.num_rows
    if not typed_itself:
        table = table.append_column(_TYPE[0], pa.repeat(rule.subject, rows))
    return table.append_column("rule_id", pa.repeat(rule.id, rows)).select(SIGNALS.names).cast(SIGNALS)


def run_exposure(
    session: Session,
    rule: Rule,
    as_of: date,
    params: Mapping[str, Value] | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> pa.Table | None:
    """What the groups of a grouped rule handled by month, in the schema EXPOSURE, perhaps with `work_kind` before the
    exposure; None for a direct rule."""
    if not rule.grouped:
        return None
    values = {**complete_params(rule, params), "as_of": as_of}
    found = run_section(session, rule, rule.sections["exposure"], values, timeout)
    return conformed(rule, "exposure", found, _BY_KIND if "work_kind" in found.column_names else EXPOSURE)


def run_tested(
    session: Session,
    rule: Rule,
    as_of: date,
    params: Mapping[str, Value] | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> int:
    """How many subjects the rule looked at and could have flagged on `as_of`.

    Raises RuleError for wrong parameters or SQL, RuleTimeout.
    """
    values = {**complete_params(rule, params), "as_of": as_of}
    found = run_section(session, rule, _COUNT.replace("{}", rule.sections["tested"]), values, timeout)
    return int(found["tested"][0].as_py())


def sample_tested(
    session: Session,
    rule: Rule,
    as_of: date,
    params: Mapping[str, Value] | None = None,
    *,
    salt: str,
    size: int,
    timeout: float = TIMEOUT_SECONDS,
) -> pa.Table:
    """`size` of the tested subjects in the schema SUBJECTS, drawn by a hash of subject, rule and `salt`.

    Raises RuleError for wrong parameters or SQL, RuleTimeout.
    """
    values = {**complete_params(rule, params), "as_of": as_of, "salt": f"{rule.id} {salt}", "sample_size": size}
    found = run_section(session, rule, _SAMPLE.replace("{}", rule.sections["tested"]), values, timeout)
    return conformed(rule, "tested", found, SUBJECTS)
