"""The SQL sections of a rule file, and what can be wrong with them."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import count
from typing import Any, NamedTuple

import duckdb

from lib.catalog import load_catalog
from lib.rules.facts import create_table_sql, facts_of
from lib.warehouse.marts.of_rules import rule_marts
from lib.warehouse.room import CHECKING

TITLED = ("source", "group_source")
SHARED = "shared"
# The columns of the subjects that a rule tested.
TESTED = ("subject_id", "officer_id", "org_id", "area_code", "occurred_on")
_GIVEN: Mapping[str, Sequence[str]] = {"tested": TESTED}
# What may stand in place of a table: values that the query itself holds. Others read what no input declares.
_OF_VALUES = {"unnest", "range", "generate_series"}
# What answers by when, where and by whom it is asked: the day of a rule is $as_of.
_OF_THE_MOMENT = {
    "now", "today", "get_current_timestamp", "get_current_time", "current_date", "current_time", "current_timestamp",
    "localtime", "localtimestamp", "transaction_timestamp", "random", "setseed", "uuid", "uuidv4", "uuidv7",
    "gen_random_uuid", "nextval", "currval", "getvariable", "getenv", "current_setting", "version", "user",
    "current_user", "session_user", "current_role", "current_database", "current_catalog", "current_schema",
    "current_schemas", "current_query", "current_query_id", "txid_current",
}  # fmt: skip
_MARK = re.compile(r"^-- section: +(\S+)[ \t]*(.*)$", re.MULTILINE)
# What holds words or brackets that are none of the query's own.
_ASIDE = r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'"
_TOKEN = re.compile(rf"{_ASIDE}|\"(?:[^\"]|\"\")*\"|[(),]", re.DOTALL)
_WITH = re.compile(r"\A(?P<said>(?:\s*--[^\n]*\n)*)\s*with(?P<recursive>\s+recursive)?\s+", re.IGNORECASE)
_NAMED = re.compile(r"\A(?:\s*--[^\n]*\n)*\s*(?P<name>\w+)\s+as\b[^(]*\(", re.IGNORECASE)
# What each kind of section may bind besides the declared parameters, with a value to try it on.
_SUBJECT = {"as_of": date(2022, 9, 25), "subject_id": ""}
_BOUND: dict[str, dict[str, Any]] = {
    "signals": {"as_of": _SUBJECT["as_of"]},
    "tested": {"as_of": _SUBJECT["as_of"]},
    "exposure": {"as_of": _SUBJECT["as_of"]},
    "peers": _SUBJECT,
    "source": _SUBJECT,
    "group_source": {"as_of": _SUBJECT["as_of"], "subject_ids": [""]},
    "counted": {"as_of": _SUBJECT["as_of"], "since": date(2019, 10, 1)},
}
_OF_MODELS = ("signals", "tested", "exposure", "peers", "source", "group_source")


class Section(NamedTuple):
    """One query of a file: signals, tested, exposure, peers, source or group_source of a rule, counted or source of an
    indicator; sources have a title.

    The section shared is no query: its CTEs stand in every other section that names them.
    """

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


def _ctes(shared: str) -> tuple[bool, dict[str, str]]:
    """Whether the CTEs of a shared section may be recursive, and the text of each by name, in order.

    Raises ValueError when it is not a list of CTEs beginning with `with`.
    """
    begun = _WITH.match(shared)
    if begun is None:
        raise ValueError("段 shared 应以 with 开头，只写公用的 CTE")
    body, depth, start = shared[begun.end() :], 0, 0
    texts = []
    for token in _TOKEN.finditer(body):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if token.group() == "," and depth == 0:
            texts.append(body[start : token.start()].strip())
            start = token.end()
    ctes: dict[str, str] = {}
    for text in [*texts, body[start:].strip()]:
        named = _NAMED.match(text)
        if named is None or not re.sub(_ASIDE, "", text, flags=re.DOTALL).rstrip().endswith(")"):
            raise ValueError("段 shared 只写公用的 CTE，不写查询")
        if named["name"] in ctes:
            raise ValueError(f"段 shared 中 {named['name']} 重复")
        ctes[named["name"]] = text
    return begun["recursive"] is not None, ctes


def _words(sql: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub(_ASIDE, " ", sql, flags=re.DOTALL)))


def _used(sql: str, ctes: Mapping[str, str]) -> list[str]:
    """The names of the CTEs that a query needs, those that they need among them, in order."""
    words = _words(sql)
    used: list[str] = []
    for name in reversed(list(ctes)):
        if name in words:
            used.append(name)
            words |= _words(ctes[name])
    return used[::-1]


def with_shared(sections: list[Section]) -> list[Section]:
    """The queries of a file, each with the shared CTEs it uses before its own.

    Raises ValueError when the shared section is no list of CTEs.
    """
    shared = next((section.sql for section in sections if section.kind == SHARED), None)
    if shared is None:
        return sections
    recursive, ctes = _ctes(shared)
    return [
        section._replace(sql=_put_before(section.sql, [ctes[name] for name in _used(section.sql, ctes)], recursive))
        for section in sections
        if section.kind != SHARED
    ]


def _put_before(sql: str, ctes: list[str], recursive: bool) -> str:
    if not ctes:
        return sql
    begun = _WITH.match(sql)
    own = sql if begun is None else sql[begun.end() :]
    word = "with recursive" if recursive or (begun and begun["recursive"]) else "with"
    said = begun["said"] if begun else ""
    together = ",\n\n".join(ctes) + ("," if begun else "")
    return f"{said}{word} {together}\n\n{own}"


def _shared_faults(sections: list[Section]) -> Iterator[str]:
    shared = [section for section in sections if section.kind == SHARED]
    if not shared:
        return
    if sections[0].kind != SHARED:
        yield "段 shared 应写在最前"
    try:
        _, ctes = _ctes(shared[0].sql)
    except ValueError as error:
        yield str(error)
        return
    used = {name for section in sections if section.kind != SHARED for name in _used(section.sql, ctes)}
    if idle := [name for name in ctes if name not in used]:
        yield f"段 shared 中的 {'、'.join(idle)} 没有哪一段使用"


def kind_faults(sections: list[Section], known: Collection[str], needed: Collection[str]) -> Iterator[str]:
    """Sections that are unknown, doubled, missing or without a title, in Chinese."""
    kinds = [section.kind for section in sections]
    for kind in dict.fromkeys(kinds):
        if kind not in known and kind != SHARED:
            yield f"不认识的段 {kind}"
        elif kind not in TITLED and kinds.count(kind) > 1:
            yield f"段 {kind} 重复"
    missing = [kind for kind in needed if kind not in kinds]
    if missing:
        yield f"缺少段 {'、'.join(missing)}"
    if any(section.kind in TITLED and not section.title for section in sections):
        yield "source 段没有标题"
    yield from _shared_faults(sections)


def shape_faults(sections: list[Section], grouped: bool) -> Iterator[str]:
    """What is wrong with the sections of a model, in Chinese."""
    needed = ["signals", "tested", "peers", "source", *(["exposure", "group_source"] if grouped else [])]
    yield from kind_faults(sections, _OF_MODELS, needed)
    for kind in ("exposure", "group_source"):
        if not grouped and any(section.kind == kind for section in sections):
            yield f"段 {kind} 只用于分组归并的模型"


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """A database to bind queries in, one for all: to open one takes longer than to check a query."""
    con = duckdb.connect(":memory:", config={"enable_external_access": "false", **CHECKING})
    con.execute("set lock_configuration = true")
    return con


_NUMBERS = count()


@cache
def _empty_tables(names: frozenset[str]) -> str:
    """A schema of that database with these datasets, marts and facts without rows, and with nothing else."""
    schema = f"memory.set_{next(_NUMBERS)}"
    marts = [mart for name, mart in rule_marts().items() if name in names]
    beneath = {dataset for mart in marts for dataset in mart.reads} - names
    with _database().cursor() as con:
        con.execute(f"create schema {schema}")
        con.execute(f"use {schema}")
        for name in sorted({*names, *beneath} - rule_marts().keys()):
            facts = facts_of(name)
            con.execute(load_catalog()[name].create_table_sql() if facts is None else create_table_sql(name, facts))
        for mart in marts:
            mart.make(con)
        for name in beneath:
            con.execute(f'drop table "{name}"')
    return schema


def _described(sql: str, bound: Mapping[str, Any], readable: frozenset[str]) -> list[str]:
    """The columns that a query gives where only these tables are to be read."""
    with _database().cursor() as con:
        con.execute(f"use {_empty_tables(readable)}")
        return [row[0] for row in con.execute(f"describe {sql}", bound).fetchall()]


def _nodes(tree: object) -> Iterator[dict]:
    if isinstance(tree, dict):
        yield tree
    for child in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(child)


def _tree(sql: str) -> list[dict]:
    """The nodes of a query as DuckDB reads it; none when it is not one plain query."""
    with _database().cursor() as con:
        (text,) = con.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone() or ("{}",)
    tree = json.loads(text)
    return [] if tree.get("error") else list(_nodes(tree))


def _tables(nodes: list[dict]) -> set[str]:
    """Names of the tables a query reads, without its own CTEs."""
    read = {node["table_name"] for node in nodes if node.get("type") == "BASE_TABLE"}
    named = {entry["key"] for node in nodes for entry in (node.get("cte_map") or {}).get("map", ())}
    return read - named


def _ways_round(nodes: list[dict]) -> Iterator[str]:
    """What in a query reads other things than declared inputs and bound values."""
    for node in nodes:
        kind = node.get("type")
        if kind == "BASE_TABLE" and (node.get("schema_name") or node.get("catalog_name")):
            yield f"{node.get('schema_name') or node['catalog_name']}.{node['table_name']}"
        elif kind == "TABLE_FUNCTION" and node["function"]["function_name"].lower() not in _OF_VALUES:
            yield f"{node['function']['function_name']}()"
        elif kind == "SHOW_REF":
            yield "describe / show / summarize"
        elif node.get("class") == "FUNCTION" and node["function_name"].lower() in _OF_THE_MOMENT:
            yield f"{node['function_name']}()"
        elif node.get("class") == "COLUMN_REF" and node["column_names"][-1].lower() in _OF_THE_MOMENT:
            yield node["column_names"][-1]


def sql_faults(
    section: Section, parameters: Mapping[str, Any], inputs: set[str], columns: Mapping[str, Sequence[str]] = _GIVEN
) -> Iterator[str]:
    """What is wrong with one query: more than a SELECT, undeclared parameters or datasets, unknown columns, or others
    than it must give by its kind.

    Nothing of the file is executed: its queries are bound to tables without rows, of the declared inputs alone.
    """
    place = f"段 {section.kind}"
    try:
        statements = duckdb.extract_statements(section.sql)
    except duckdb.Error as error:
        yield f"{place} 的 SQL 有语法错误（{str(error).splitlines()[0]}）"
        return
    nodes = _tree(section.sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT or not nodes:
        yield f"{place} 应只有一条查询语句"
        return
    values = {**_BOUND[section.kind], **parameters}
    used = statements[0].named_parameters
    readable = frozenset({*inputs, *(load_catalog() if section.kind in TITLED else ())})
    undeclared = sorted(used - values.keys())
    strangers = sorted(_tables(nodes) - readable)
    round_about = sorted(set(_ways_round(nodes)))
    if undeclared:
        yield f"{place} 用了未声明的参数 {'、'.join(undeclared)}"
    if strangers:
        yield f"{place} 读了未声明的数据集 {'、'.join(strangers)}"
    if round_about:
        yield f"{place} 绕过了声明的输入：{'、'.join(round_about)}"
    if undeclared or strangers or round_about:
        return
    bound = {name: values[name] for name in used}
    try:
        given = _described(section.sql, bound, readable)
    except duckdb.Error as error:
        yield f"{place} 的 SQL 与数据目录不符（{str(error).splitlines()[0]}）"
    else:
        wanted = columns.get(section.kind)
        if wanted is not None and given != list(wanted):
            yield f"{place} 给出的列是 {'、'.join(given)}，应依次为 {'、'.join(wanted)}"
