"""A query as a tree in which every column names its table and every value has its type."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.optimizer.annotate_types import TypeAnnotator, annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from lib.engines.session import EngineError

_WIDEST = (
    exp.DType.DOUBLE, exp.DType.DECIMAL, exp.DType.INT128, exp.DType.BIGINT, exp.DType.INT, exp.DType.SMALLINT,
    exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.DATE,
)  # fmt: skip
_ELEMENT = "element"
_OF_CALLS = {
    "mad": exp.DType.DOUBLE, "lgamma": exp.DType.DOUBLE, "list_sum": exp.DType.DOUBLE, "to_json": exp.DType.JSON,
    "list_has_all": exp.DType.BOOLEAN,
}  # fmt: skip


def _of_call(annotator: TypeAnnotator, node: exp.Anonymous) -> exp.Expr:
    return annotator._set_type(node, _OF_CALLS.get(node.name.lower(), exp.DType.UNKNOWN))


def _of_literal(annotator: TypeAnnotator, node: exp.Literal) -> exp.Expr:
    """1.25 is a decimal, 1e2 a double."""
    if not node.is_string and "." in node.name and "e" not in node.name.lower():
        before, _, behind = node.name.partition(".")
        return annotator._set_type(node, _decimal(len(before.lstrip("0")) + len(behind), len(behind)))
    if not node.is_string and node.name.isdigit() and int(node.name) >= 2**31:
        return annotator._set_type(node, exp.DType.BIGINT)
    return annotator._annotate_literal(node)


def _of_cast(annotator: TypeAnnotator, node: exp.Cast) -> exp.Expr:
    """JSON stays JSON when it is made a text: the engines write it otherwise."""
    json = node.this.type is not None and node.this.type.this == exp.DType.JSON
    return annotator._set_type(node, exp.DType.JSON if json else node.to)


def _as_its_own(annotator: TypeAnnotator, node: exp.Expr) -> exp.Expr:
    """Of the type of what it is of, also where that stands in an order."""
    held = node.this
    while isinstance(held, exp.Order | exp.Distinct):
        held = held.this if isinstance(held, exp.Order) else held.expressions[0]
    return annotator._set_type(node, held.type)


def _of_gathered(annotator: TypeAnnotator, node: exp.ArrayAgg) -> exp.Expr:
    held = node.this
    while isinstance(held, exp.Order | exp.Distinct):
        held = held.this if isinstance(held, exp.Order) else held.expressions[0]
    return annotator._set_type(node, _list_of(held.type))


def _list_of(kind: exp.DataType | None) -> exp.DataType:
    held = [kind.copy()] if kind is not None and kind.this != exp.DType.UNKNOWN else []
    return exp.DataType(this=exp.DType.ARRAY, expressions=held, nested=True)


def _element(kind: exp.DataType | None) -> exp.DataType | exp.DType:
    inner = kind.expressions if kind is not None else []
    return inner[0] if inner and isinstance(inner[0], exp.DataType) else exp.DType.UNKNOWN


def _of_element(annotator: TypeAnnotator, node: exp.Expr) -> exp.Expr:
    return annotator._set_type(node, _element(node.this.type))


def _of_place(annotator: TypeAnnotator, node: exp.Bracket) -> exp.Expr:
    """Of a list its elements, of max((a, b)) the value that stands there."""
    best = node.this.unnest()
    if isinstance(best, exp.Max | exp.Min) and isinstance(best.this, exp.Tuple) and len(node.expressions) == 1:
        index = node.expressions[0].name
        held = best.this.expressions
        if index.isdigit() and int(index) < len(held):
            return annotator._set_type(node, held[int(index)].type)
    return _of_element(annotator, node)


def _of_listed(annotator: TypeAnnotator, node: exp.Array) -> exp.Expr:
    known = [one.type for one in node.expressions if one.type is not None and one.type.this != exp.DType.UNKNOWN]
    return annotator._set_type(node, _list_of(known[0] if known else None))


def _of_sum(annotator: TypeAnnotator, node: exp.Add | exp.Sub) -> exp.Expr:
    """A day less a day is a number of days, a day moved by an interval a moment, a day and a number a day."""
    kinds = [one.type.this if one.type is not None else exp.DType.UNKNOWN for one in (node.this, node.expression)]
    if kinds == [exp.DType.DATE, exp.DType.DATE]:
        return annotator._set_type(node, exp.DType.BIGINT)
    if exp.DType.INTERVAL in kinds:
        return annotator._set_type(node, exp.DType.TIMESTAMP)
    if kinds[0] == exp.DType.DATE:
        return annotator._set_type(node, exp.DType.DATE)
    kind = _common([node.this, node.expression])
    if isinstance(kind, exp.DataType) and kind.this == exp.DType.DECIMAL and (pair := digits(kind)) is not None:
        kind = _decimal(pair[0] + 1, pair[1])
    return annotator._set_type(node, kind)


def _decimal(width: int, scale: int) -> exp.DataType:
    return exp.DataType.build(f"decimal({min(38, max(width, scale, 1))}, {scale})")


_DIGITS = {exp.DType.TINYINT: 3, exp.DType.SMALLINT: 5, exp.DType.INT: 10, exp.DType.BIGINT: 19, exp.DType.INT128: 38}


def digits(kind: exp.DataType | None) -> tuple[int, int] | None:
    """Width and scale of a decimal, or of a whole number as one; None of anything else."""
    if kind is None:
        return None
    if kind.this == exp.DType.DECIMAL and len(kind.expressions) == 2:
        return int(kind.expressions[0].name), int(kind.expressions[1].name)
    return (_DIGITS[kind.this], 0) if kind.this in _DIGITS else None


def widest(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Width and scale of decimals together; a width beyond 38 is one that DuckDB makes room for by losing places."""
    held = list(pairs)
    scale = max(pair[1] for pair in held)
    return max(pair[0] - pair[1] for pair in held) + scale, scale


def _of_product(annotator: TypeAnnotator, node: exp.Mul) -> exp.Expr:
    kind = _common([node.this, node.expression])
    pairs = [digits(one.type) for one in (node.this, node.expression)]
    if isinstance(kind, exp.DataType) and kind.this == exp.DType.DECIMAL and None not in pairs:
        kind = _decimal(sum(pair[0] for pair in pairs if pair), sum(pair[1] for pair in pairs if pair))
    return annotator._set_type(node, kind)


def _of_total(annotator: TypeAnnotator, node: exp.Sum) -> exp.Expr:
    """Of whole numbers a hugeint, of decimals one of full width."""
    kind = node.this.type
    if kind is not None and kind.this == exp.DType.DECIMAL:
        return annotator._set_type(node, _decimal(38, (digits(kind) or (38, 0))[1]))
    whole = kind is not None and kind.this in _DIGITS
    return annotator._set_type(node, exp.DType.INT128 if whole else exp.DType.DOUBLE)


def _common(nodes: list[exp.Expr]) -> exp.DataType | exp.DType:
    """The type that DuckDB makes of several: of a double and a decimal a double, of a day and a moment a moment."""
    kinds = [one.type for one in nodes if one.type is not None and not isinstance(one.unnest(), exp.Null)]
    pairs = [pair for pair in map(digits, kinds) if pair is not None]
    if len(pairs) == len(kinds) and any(kind.this == exp.DType.DECIMAL for kind in kinds):
        return _decimal(*widest(pairs))
    for wanted in _WIDEST:
        for kind in kinds:
            if kind.this == wanted:
                return kind
    return next((kind for kind in kinds if kind.this != exp.DType.UNKNOWN), exp.DType.UNKNOWN)


def _of_several(annotator: TypeAnnotator, node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Case):
        held = [*(one.args["true"] for one in node.args["ifs"]), node.args.get("default")]
    elif isinstance(node, exp.If):
        held = [node.args["true"], node.args.get("false")]
    elif isinstance(node, exp.Binary):
        held = [node.this, node.expression]
    else:
        held = [node.this, *node.expressions]
    return annotator._set_type(node, _common([one for one in held if one is not None]))


def _of_rounded(annotator: TypeAnnotator, node: exp.Round) -> exp.Expr:
    """Whole numbers and decimals stay what they are."""
    kind = node.this.type
    if (pair := digits(kind)) is not None and kind is not None and kind.this == exp.DType.DECIMAL:
        places = node.args.get("decimals")
        scale = int(places.name) if isinstance(places, exp.Literal) and places.name.isdigit() else 0
        return annotator._set_type(node, _decimal(pair[0], min(scale, pair[1])))
    exact = kind is not None and kind.this in (*exp.DataType.INTEGER_TYPES, exp.DType.INT128, exp.DType.DECIMAL)
    return annotator._set_type(node, kind if exact else exp.DType.DOUBLE)


def _of_name(annotator: TypeAnnotator, node: exp.Identifier) -> exp.Expr:
    return annotator._set_type(node, node.meta.get(_ELEMENT) or exp.DType.UNKNOWN)


def _of_mapped(annotator: TypeAnnotator, node: exp.Transform) -> exp.Expr:
    return annotator._set_type(node, _list_of(node.expression.this.type))


# What DuckDB's functions give that the reader does not know.
_OF_LISTS = (
    exp.ArrayFilter, exp.ArrayAppend, exp.ArraySort, exp.ArrayDistinct, exp.Lag, exp.Lead, exp.FirstValue, exp.Max,
    exp.LastValue, exp.ArgMax, exp.ArgMin, exp.Last, exp.Min, exp.Nullif, exp.Abs, exp.Neg, exp.Paren,
)  # fmt: skip
_OF_SEVERAL = (exp.Case, exp.If, exp.Coalesce, exp.Greatest, exp.Least, exp.Mod, exp.IntDiv)
_OF_TEXTS = (exp.RegexpReplace, exp.Concat, exp.ConcatWs, exp.MD5, exp.Trim, exp.Lower, exp.Upper, exp.GroupConcat)
_TRUTHS = (
    exp.Exists, exp.In, exp.Like, exp.RegexpLike, exp.ArrayContains, exp.ArrayOverlaps, exp.StartsWith, exp.EndsWith,
    exp.Is, exp.Not, exp.Between, exp.LogicalAnd, exp.LogicalOr, exp.And, exp.Or,
)  # fmt: skip
_WHOLE = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.Count, exp.Length, exp.DateDiff, exp.Year, exp.Month, exp.Day,
    exp.Hour, exp.Minute,
)  # fmt: skip
_KNOWN: dict[type[exp.Expr], Any] = {
    **DuckDB.EXPRESSION_METADATA,
    exp.Add: {"annotator": _of_sum},
    exp.Sub: {"annotator": _of_sum},
    exp.Round: {"annotator": _of_rounded},
    exp.DPipe: {"annotator": _as_its_own},
    exp.Identifier: {"annotator": _of_name},
    exp.Mul: {"annotator": _of_product},
    exp.Sum: {"annotator": _of_total},
    exp.Div: {"returns": exp.DType.DOUBLE},
    exp.Median: {"returns": exp.DType.DOUBLE},
    exp.Sign: {"returns": exp.DType.TINYINT},
    exp.Interval: {"returns": exp.DType.INTERVAL},
    exp.ToDays: {"returns": exp.DType.INTERVAL},
    exp.Anonymous: {"annotator": _of_call},
    exp.Literal: {"annotator": _of_literal},
    exp.Cast: {"annotator": _of_cast},
    exp.ArrayAgg: {"annotator": _of_gathered},
    exp.Array: {"annotator": _of_listed},
    exp.ArrayMin: {"annotator": _of_element},
    exp.Flatten: {"annotator": _of_element},
    exp.Explode: {"annotator": _of_element},
    exp.Bracket: {"annotator": _of_place},
    exp.GenerateSeries: {"returns": exp.DataType.build("array<bigint>", dialect="spark")},
    exp.Transform: {"annotator": _of_mapped},
    exp.RegexpExtractAll: {"returns": exp.DataType.build("array<varchar>", dialect="spark")},
    **{kind: {"annotator": _as_its_own} for kind in _OF_LISTS},
    **{kind: {"annotator": _of_several} for kind in _OF_SEVERAL},
    **{kind: {"returns": exp.DType.TEXT} for kind in _OF_TEXTS},
    **{kind: {"returns": exp.DType.BOOLEAN} for kind in _TRUTHS},
    **{kind: {"returns": exp.DType.BIGINT} for kind in _WHOLE},
}
# Columns and DuckDB types by table.
Tables = Mapping[str, Mapping[str, str]]


def parsed(sql: str) -> exp.Query:
    """The one query of a text as it was written. Raises EngineError."""
    try:
        # Without the line break the parser misses the end of a last empty text.
        found = sqlglot.parse(sql + "\n", dialect="duckdb", error_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        raise EngineError(f"读不懂这条查询（{str(error).splitlines()[0]}）") from error
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise EngineError(
            "应只有一条查询语句，请以 select 或 with 开头（pivot 的各列请写成 count(*) filter (where …)）"
        )
    return found[0]


def bind(tree: exp.Expr, kinds: Mapping[str, str]) -> None:
    """Give every bound value its DuckDB type."""
    for mark in list(tree.find_all(exp.Placeholder)):
        if (kind := kinds.get(mark.name)) == "NULL":
            mark.replace(exp.Null())
        elif kind is not None:
            mark.replace(exp.Cast(this=mark.copy(), to=exp.DataType.build(kind, dialect="duckdb")))


def typed(tree: exp.Query, tables: Tables) -> exp.Expr:
    """The same query with its stars written out, its columns qualified and its types noted. Raises EngineError."""
    schema = MappingSchema({name: dict(columns) for name, columns in tables.items()}, dialect="duckdb")
    try:
        whole = qualify(tree, schema=schema, dialect="duckdb", quote_identifiers=False)
        whole = annotate_types(whole, schema=schema, expression_metadata=_KNOWN, dialect="duckdb")
        while _told(whole):
            whole = annotate_types(whole, schema=schema, expression_metadata=_KNOWN, dialect="duckdb")
        return whole
    except SqlglotError as error:
        raise EngineError(f"列或表对不上（{str(error).splitlines()[0]}）") from error


def _told(tree: exp.Expr) -> bool:
    """Whether the variable of a lambda was now told the type of the elements that it stands for."""
    told = False
    for held in tree.find_all(exp.Lambda):
        kind = _element(held.parent.this.type) if held.parent is not None else exp.DType.UNKNOWN
        if not isinstance(kind, exp.DataType):
            continue
        for one in held.this.find_all(exp.Identifier):
            alone = not isinstance(one.parent, exp.Column | exp.PropertyEQ)
            if alone and one.name == held.expressions[0].name and _ELEMENT not in one.meta:
                one.meta[_ELEMENT] = kind
                told = True
    return told
