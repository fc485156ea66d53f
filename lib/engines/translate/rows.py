"""Rows of values, and JSON."""

from sqlglot import exp

from lib.engines.translate.parts import (
    aligned,
    call,
    cast,
    double,
    elements,
    given,
    in_order,
    is_day,
    is_float,
    is_moment,
    missing,
    when,
)
from lib.engines.translate.times import as_text

_ASKED = "rows_asked"
_TIMES = "yyyy-MM-dd HH:mm:ss"


def member(node: exp.In) -> exp.Expr:
    """(a, b) in (select (c, d) …): a row is there or not, never unknown, and NULL in it is as good as NULL; to Spark
    that is one column of rows, or two that may be unknown."""
    query = node.args.get("query")
    if query is None or not isinstance(node.this, exp.Tuple):
        return node
    rows = query.unnest()
    parts = rows.selects[0].unalias().expressions
    rows.set("expressions", [exp.alias_(one, f"part_{place}") for place, one in enumerate(parts)])
    same = [
        exp.NullSafeEQ(this=one, expression=exp.column(f"part_{place}", table=_ASKED))
        for place, one in enumerate(node.this.expressions)
    ]
    return exp.Exists(this=exp.select("1").from_(_asked(rows)).where(exp.and_(*same)))


def _asked(rows: exp.Query) -> exp.Subquery:
    return exp.Subquery(this=rows.copy(), alias=exp.TableAlias(this=exp.to_identifier(_ASKED)))


def unknown(node: exp.In) -> exp.Expr:
    """x in (select …) is NULL where x or one of the rows is: outside of conditions Spark makes that FALSE, and for
    NOT IN anywhere but in WHERE itself it looks at every pair."""
    query = node.args.get("query")
    if query is None or _settled(node):
        return node
    rows = query.unnest()
    empty = exp.column(rows.selects[0].alias_or_name, table=_ASKED).is_(exp.null())
    doubtful = exp.or_(
        exp.and_(missing(node.this), exp.Exists(this=rows.copy())),
        exp.Exists(this=exp.select("1").from_(_asked(rows)).where(empty)),
    )
    return exp.Paren(this=when((node.copy(), exp.true()), (doubtful, exp.null()), otherwise=exp.false()))


def _settled(node: exp.In) -> bool:
    """Whether it stands in a condition that takes FALSE for NULL; when denied, in WHERE or HAVING itself."""
    held: exp.Expr = node
    denied, direct = False, True
    while isinstance(held.parent, exp.And | exp.Or | exp.Paren | exp.Not):
        held = held.parent
        if isinstance(held, exp.Not):
            if denied or not isinstance(held.this.unnest(), exp.In):
                return False
            denied = True
        direct &= not isinstance(held, exp.Or)
    above = held.parent
    if isinstance(above, exp.Where | exp.Having):
        return not denied or (direct and isinstance(above.parent, exp.Select))
    return isinstance(above, exp.If) and held.arg_key == "this" and not denied


def compared(node: exp.Binary) -> exp.Expr:
    """(a, b) < (c, d): a row is never unknown in DuckDB, and NULL comes last in it."""
    if not (isinstance(node.this, exp.Tuple) and isinstance(node.expression, exp.Tuple)):
        return node
    left, right = aligned([elements(node.this), elements(node.expression)])
    return type(node)(this=in_order(left), expression=in_order(right))


def listed(node: exp.In) -> exp.Expr:
    """(a, b) in ((c, d), …), likewise."""
    if not (isinstance(node.this, exp.Tuple) and node.args.get("query") is None):
        return node
    first, *others = aligned([elements(one) for one in (node.this, *node.expressions)])
    return exp.In(this=in_order(first), expressions=[in_order(one) for one in others])


def decided(node: exp.If) -> exp.Expr:
    """A condition that is NULL must be told to be one."""
    case = node.parent
    if isinstance(node.this.unnest(), exp.Null) and not (isinstance(case, exp.Case) and case.this is not None):
        return exp.If(this=cast(exp.null(), "boolean"), **{key: one for key, one in node.args.items() if key != "this"})
    return node


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
        if is_moment(value) or is_day(value):
            value = as_text(value)
        elif is_float(value) and not isinstance(value.unnest(), exp.Literal):
            value = given(value, "value", _finite)
        parts += [exp.Literal.string(one.name), value]
    return call("named_struct", *parts)


def _finite(value: exp.Expr) -> exp.Expr:
    """JSON has no number without end: Spark would write a text for it."""
    endless = exp.or_(
        call("isnan", value.copy()), exp.EQ(this=call("abs", value.copy()), expression=double("Infinity"))
    )
    stop = call("raise_error", exp.Literal.string("JSON 里的数不能是无穷或 NaN，除数请用 nullif(…, 0)"))
    return when((endless, cast(stop, "double")), otherwise=value)
