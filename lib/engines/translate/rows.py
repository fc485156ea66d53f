"""Rows of values, and JSON."""

from sqlglot import exp

from lib.engines.translate.parts import call, cast, elements, in_order, is_moment

_TIMES = "yyyy-MM-dd HH:mm:ss"


def member(node: exp.In) -> exp.Expr:
    """(a, b) in (select (c, d) …): to Spark that is one column of rows, not two."""
    query = node.args.get("query")
    found = query.find(exp.Select) if query is not None else None
    if found is not None and isinstance(node.this, exp.Tuple) and len(found.expressions) == 1:
        only = found.expressions[0].unalias()
        if isinstance(only, exp.Tuple):
            found.set("expressions", [exp.alias_(one, f"c{place}") for place, one in enumerate(only.expressions)])
    return node


def compared(node: exp.Binary) -> exp.Expr:
    """(a, b) < (c, d): a row is never unknown in DuckDB, and NULL comes last in it."""
    if not (isinstance(node.this, exp.Tuple) and isinstance(node.expression, exp.Tuple)):
        return node
    return type(node)(this=in_order(elements(node.this)), expression=in_order(elements(node.expression)))


def json(node: exp.Anonymous) -> exp.Expr:
    """Spark leaves out what is NULL, and writes moments with a T and a zone."""
    options = ("ignoreNullFields", "false", "timestampNTZFormat", _TIMES)
    return call("to_json", node.expressions[0], call("map", *(exp.Literal.string(one) for one in options)))


def json_text(node: exp.Cast) -> exp.Expr:
    """to_json gives a text."""
    held = node.this
    if isinstance(held, exp.Anonymous) and held.name.lower() == "to_json":
        return held.copy()
    return node


def record(node: exp.Struct) -> exp.Expr:
    """{'a': x} by its names; a moment becomes the text that DuckDB writes."""
    parts: list[exp.Expr] = []
    for one in node.expressions:
        value = one.expression
        parts += [exp.Literal.string(one.name), cast(value, "string") if is_moment(value) else value]
    return call("named_struct", *parts)
