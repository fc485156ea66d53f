"""Pieces that rewrites are put together from: calls under the name that Spark knows, literals, what a node is."""

from collections.abc import Callable, Sequence

from sqlglot import exp

_WHOLE = {*exp.DataType.INTEGER_TYPES, exp.DType.INT128, exp.DType.BOOLEAN}
_FLOATS = {exp.DType.DOUBLE, exp.DType.FLOAT}
_MOMENTS = {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.DATETIME}


def call(name: str, *given: exp.Expr) -> exp.Anonymous:
    """A function that is written as it stands."""
    return exp.Anonymous(this=name, expressions=list(given))


def number(value: int) -> exp.Expr:
    literal = exp.Literal.number(abs(value))
    return exp.Neg(this=literal) if value < 0 else literal


def double(text: str) -> exp.Expr:
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build("double"))


def cast(node: exp.Expr, kind: str) -> exp.Cast:
    return exp.Cast(this=node, to=exp.DataType.build(kind, dialect="spark"))


def when(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Case:
    ifs = [exp.If(this=condition, true=then) for condition, then in branches]
    return exp.Case(ifs=ifs, default=otherwise)


def missing(node: exp.Expr) -> exp.Is:
    return exp.Is(this=node.copy(), expression=exp.Null())


def each(name: str, body: Callable[[exp.Expr], exp.Expr]) -> exp.Lambda:
    """name -> body(name)."""
    return exp.Lambda(this=body(exp.to_identifier(name)), expressions=[exp.to_identifier(name)])


def given(value: exp.Expr, name: str, body: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """body of a value that is worked out once: Spark has no other way to name one within an expression."""
    return call("element_at", call("transform", call("array", value), each(name, body)), number(1))


def field(node: exp.Expr, name: str) -> exp.Dot:
    return exp.Dot(this=node, expression=exp.to_identifier(name))


def in_order(keys: Sequence[exp.Expr]) -> exp.Anonymous:
    """Values that compare one after the other, each with NULL last, as DuckDB compares rows: Spark puts NULL first."""
    return call("struct", *(part for key in keys for part in (missing(key), key.copy())))


def aligned(rows: Sequence[Sequence[exp.Expr]]) -> list[list[exp.Expr]]:
    """Rows of values, each column of one type: Spark compares no rows of an int and a bigint, and has its own mind of
    what is an int."""
    found = [list(row) for row in rows]
    for column in range(min(map(len, found))):
        held = [row[column] for row in found if not isinstance(row[column], exp.Null)]
        kind = _widest(held)
        for row in found:
            if kind:
                row[column] = cast(row[column], kind)
            elif isinstance(row[column], exp.Null) and held and held[0].type is not None:
                row[column] = exp.Cast(this=exp.Null(), to=held[0].type.copy())
    return found


def _widest(nodes: Sequence[exp.Expr]) -> str:
    if any(map(is_float, nodes)):
        return "double"
    if any(map(is_decimal, nodes)):
        return "decimal(38, 18)"
    if any(map(is_moment, nodes)):
        return "timestamp_ntz"
    return "bigint" if nodes and all(map(is_whole, nodes)) and not any(map(_is_truth, nodes)) else ""


def _is_truth(node: exp.Expr) -> bool:
    return is_kind(node, {exp.DType.BOOLEAN})


def elements(node: exp.Expr) -> list[exp.Expr]:
    """The values of (a, b) or of one value."""
    return list(node.expressions) if isinstance(node, exp.Tuple) else [node.unnest()]


def is_kind(node: exp.Expr, kinds: set) -> bool:
    return node.type is not None and node.type.this in kinds


def is_whole(node: exp.Expr) -> bool:
    return is_kind(node, _WHOLE)


def is_float(node: exp.Expr) -> bool:
    return is_kind(node, _FLOATS)


def is_decimal(node: exp.Expr) -> bool:
    return is_kind(node, {exp.DType.DECIMAL})


def is_day(node: exp.Expr) -> bool:
    return is_kind(node, {exp.DType.DATE})


def is_moment(node: exp.Expr) -> bool:
    return is_kind(node, _MOMENTS)


def is_list(node: exp.Expr) -> bool:
    return is_kind(node, {exp.DType.ARRAY, exp.DType.LIST})


def is_text(node: exp.Expr) -> bool:
    return is_kind(node, exp.DataType.TEXT_TYPES)


def is_known(node: exp.Expr) -> bool:
    return node.type is not None and node.type.this != exp.DType.UNKNOWN


def said(what: str, portable: str = "") -> str:
    """Why something may not stand, and what to write in its place."""
    return f"{what} 在别的计算引擎上会得出不同的结果{'，' if portable else ''}{portable}"
