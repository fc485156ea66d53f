"""A query as a tree in which every column names its table and every value has its type."""

from collections.abc import Mapping
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.optimizer.annotate_types import TypeAnnotator, annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from lib.engines.session import EngineError

_DOUBLES = {"mad", "lgamma", "list_sum"}


def _of_call(annotator: TypeAnnotator, node: exp.Anonymous) -> exp.Expr:
    annotator._set_type(node, exp.DType.DOUBLE if node.name.lower() in _DOUBLES else exp.DType.UNKNOWN)
    return node


def _of_literal(annotator: TypeAnnotator, node: exp.Literal) -> exp.Expr:
    """1.25 is a decimal, 1e2 a double."""
    if not node.is_string and "." in node.name and "e" not in node.name.lower():
        places = len(node.name.partition(".")[2])
        return annotator._set_type(node, exp.DataType.build(f"decimal(38, {places})"))
    return annotator._annotate_literal(node)


def _as_its_list(annotator: TypeAnnotator, node: exp.Expr) -> exp.Expr:
    return annotator._set_type(node, node.this.type)


def _of_mapped(annotator: TypeAnnotator, node: exp.Transform) -> exp.Expr:
    return annotator._set_type(node, exp.DType.ARRAY)


# What DuckDB's functions give that the reader does not know.
_OF_LISTS = (exp.ArrayFilter, exp.ArrayAppend, exp.ArraySort, exp.ArrayDistinct)
_KNOWN: dict[type[exp.Expr], Any] = {
    **DuckDB.EXPRESSION_METADATA,
    exp.Div: {"returns": exp.DType.DOUBLE},
    exp.Median: {"returns": exp.DType.DOUBLE},
    exp.Anonymous: {"annotator": _of_call},
    exp.Literal: {"annotator": _of_literal},
    exp.Transform: {"annotator": _of_mapped},
    exp.RegexpExtractAll: {"returns": exp.DataType.build("array<varchar>", dialect="spark")},
    **{kind: {"annotator": _as_its_list} for kind in _OF_LISTS},
}
# Columns and DuckDB types by table.
Tables = Mapping[str, Mapping[str, str]]


def parsed(sql: str) -> exp.Query:
    """The one query of a text as it was written. Raises EngineError."""
    try:
        found = sqlglot.parse(sql, dialect="duckdb", error_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        raise EngineError(f"读不懂这条查询（{str(error).splitlines()[0]}）") from error
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise EngineError("应只有一条查询语句")
    return found[0]


def bind(tree: exp.Expr, kinds: Mapping[str, str]) -> None:
    """Give every bound value its DuckDB type."""
    for mark in list(tree.find_all(exp.Placeholder)):
        if (kind := kinds.get(mark.name)) is not None:
            mark.replace(exp.Cast(this=mark.copy(), to=exp.DataType.build(kind, dialect="duckdb")))


def typed(tree: exp.Query, tables: Tables) -> exp.Expr:
    """The same query with its stars written out, its columns qualified and its types noted. Raises EngineError."""
    schema = MappingSchema({name: dict(columns) for name, columns in tables.items()}, dialect="duckdb")
    try:
        whole = qualify(tree, schema=schema, dialect="duckdb", quote_identifiers=False)
        return annotate_types(whole, schema=schema, expression_metadata=_KNOWN, dialect="duckdb")
    except SqlglotError as error:
        raise EngineError(f"列或表对不上（{str(error).splitlines()[0]}）") from error
