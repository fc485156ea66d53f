"""The SQL sections of a rule file, and what can be wrong with them."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import duckdb

from lib.catalog import load_catalog

TITLED = ("source", "group_source")
# The columns of the subjects that a rule tested.
TESTED = ("subject_id", "officer_id", "org_id", "area_code", "occurred_on")
_MARK = re.compile(r"^-- section: +(\S+)[ \t]*(.*)$", re.MULTILINE)
# What each kind of section may bind besides the declared parameters, with a value to try it on.
_SUBJECT = {"as_of": date(2022, 9, 25), "subject_id": ""}
_BOUND: dict[str, dict[str, Any]] = {
    "signals": {"as_of": _SUBJECT["as_of"]},
    "tested": {"as_of": _SUBJECT["as_of"]},
    "exposure": {"as_of": _SUBJECT["as_of"]},
    "peers": _SUBJECT,
    "source": _SUBJECT,
    "group_source": {"as_of": _SUBJECT["as_of"], "subject_ids": [""]},
}


class Section(NamedTuple):
    """One query of a rule: signals, tested, exposure, peers, source or group_source; the last two have a title."""

    kind: str
    title: str
    sql: str


def sections_of(body: str) -> list[Section]:
    """The sections of a file's SQL part, in order."""
    marks = list(_MARK.finditer(body))
    ends = [mark.start() for mark in marks[1:]] + [len(body)]
    return [
        Section(mark.group(1), mark.group(2).strip(), body[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    ]


def shape_faults(sections: list[Section], grouped: bool) -> Iterator[str]:
    """Sections that are unknown, doubled, missing or without a title, in Chinese."""
    kinds = [section.kind for section in sections]
    for kind in dict.fromkeys(kinds):
        if kind not in _BOUND:
            yield f"不认识的段 {kind}"
        elif kind not in TITLED and kinds.count(kind) > 1:
            yield f"段 {kind} 重复"
    needed = ["signals", "tested", "peers", "source", *(["exposure", "group_source"] if grouped else [])]
    missing = [kind for kind in needed if kind not in kinds]
    if missing:
        yield f"缺少段 {'、'.join(missing)}"
    for kind in ("exposure", "group_source"):
        if not grouped and kind in kinds:
            yield f"段 {kind} 只用于分组归并的模型"
    if any(section.kind in TITLED and not section.title for section in sections):
        yield "source 段没有标题"


@lru_cache(maxsize=1)
def _empty_tables() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:", config={"enable_external_access": "false"})
    for dataset in load_catalog().values():
        con.execute(dataset.create_table_sql())
    return con


def _nodes(tree: object) -> Iterator[dict]:
    if isinstance(tree, dict):
        yield tree
    for child in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(child)


def tables_of(sql: str) -> set[str]:
    """Names of the tables a query reads, without its own CTEs."""
    (text,) = _empty_tables().cursor().execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone() or ("{}",)
    nodes = list(_nodes(json.loads(text)))
    read = {node["table_name"] for node in nodes if node.get("type") == "BASE_TABLE"}
    named = {entry["key"] for node in nodes for entry in (node.get("cte_map") or {}).get("map", ())}
    return read - named


def sql_faults(section: Section, parameters: Mapping[str, Any], inputs: set[str]) -> Iterator[str]:
    """What is wrong with one query: more than a SELECT, undeclared parameters or datasets, unknown columns."""
    place = f"段 {section.kind}"
    try:
        statements = duckdb.extract_statements(section.sql)
    except duckdb.Error as error:
        yield f"{place} 的 SQL 有语法错误（{str(error).splitlines()[0]}）"
        return
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        yield f"{place} 应只有一条查询语句"
        return
    values = {**_BOUND[section.kind], **parameters}
    used = statements[0].named_parameters
    undeclared = sorted(used - values.keys())
    strangers = sorted(tables_of(section.sql) - (set(load_catalog()) if section.kind in TITLED else inputs))
    if undeclared:
        yield f"{place} 用了未声明的参数 {'、'.join(undeclared)}"
    if strangers:
        yield f"{place} 读了未声明的数据集 {'、'.join(strangers)}"
    if undeclared or strangers:
        return
    bound = {name: values[name] for name in used}
    try:
        if section.kind == "tested":
            columns = [column[0] for column in _empty_tables().cursor().execute(section.sql, bound).description or ()]
            if columns != list(TESTED):
                yield f"{place} 给出的列是 {'、'.join(columns)}，应依次为 {'、'.join(TESTED)}"
        else:
            _empty_tables().cursor().execute(f"explain {section.sql}", bound)
    except duckdb.Error as error:
        yield f"{place} 的 SQL 与数据目录不符（{str(error).splitlines()[0]}）"
