"""Days and moments: what DuckDB and Spark reckon in other steps or give back in other types."""

from sqlglot import exp

from lib.engines.translate.parts import call, cast, given, is_day, is_moment, is_whole, number, when

# The last day that Spark has; DuckDB's infinity is read as that day as well.
_LAST_DAY = "9999-12-31"
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600}
_PLACES = {"DAY": 0, "HOUR": 1, "MINUTE": 2, "SECOND": 3}


def _moment(node: exp.Expr) -> exp.Expr:
    return cast(node, "timestamp_ntz")


def _span(interval: exp.Interval) -> exp.Expr:
    """interval (n) month and interval (n) day take no expression in Spark, and '23:59:59' no unit."""
    held = interval.this.unnest()
    if interval.unit is None:
        hours, minutes, seconds = (number(int(part)) for part in held.name.split(":"))
        return call("make_dt_interval", number(0), hours, minutes, seconds)
    unit = interval.unit.name.upper().rstrip("S")
    count = cast(exp.Literal.number(held.name) if isinstance(held, exp.Literal) else held, "int")
    if unit in ("MONTH", "YEAR"):
        return call("make_ym_interval", *((count, number(0)) if unit == "YEAR" else (number(0), count)))
    places = [number(0)] * _PLACES[unit]
    return call("make_dt_interval", *(one.copy() for one in places), count)


def interval(node: exp.Interval) -> exp.Expr:
    """The edge of a window must stand there as it is."""
    if isinstance(node.parent, exp.WindowSpec) and node.unit is not None:
        count = exp.Literal.string(node.this.unnest().name)
        return exp.Interval(this=count, unit=exp.Var(this=node.unit.name.upper().rstrip("S")))
    return _span(node)


def to_days(node: exp.ToDays) -> exp.Expr:
    """Unknown to Spark."""
    return call("make_dt_interval", cast(node.this, "int"))


def is_interval(node: exp.Expr) -> bool:
    """Also after it was rewritten."""
    bare = node.unnest()
    return isinstance(bare, exp.Interval | exp.ToDays) or (
        isinstance(bare, exp.Anonymous) and bare.name.lower() in ("make_dt_interval", "make_ym_interval")
    )


def moved(node: exp.Add | exp.Sub) -> exp.Expr:
    """A day moved by an interval is a moment in DuckDB, a day in Spark; a day less a day is a number of days, in Spark
    an interval; a day and a number is a day in both, but Spark wants to be told."""
    left, right = node.this, node.expression
    if is_interval(right):
        return type(node)(this=_moment(left), expression=right)
    if is_interval(left):
        return type(node)(this=left, expression=_moment(right))
    if isinstance(node, exp.Sub) and is_day(left) and is_day(right):
        return cast(call("datediff", left, right), "bigint")
    if is_day(left) and is_whole(right):
        return call("date_add" if isinstance(node, exp.Add) else "date_sub", left, cast(right, "int"))
    return node


def date_diff(node: exp.DateDiff) -> exp.Expr:
    """DuckDB counts the boundaries between two moments, Spark whole units of 24 hours."""
    later, earlier = node.this, node.expression
    unit = node.text("unit").upper()
    if unit == "DAY":
        return cast(call("datediff", cast(later, "date"), cast(earlier, "date")), "bigint")
    step = _SECONDS[unit]
    ends = [
        call("floor", exp.Div(this=call("unix_seconds", cast(_moment(end), "timestamp")), expression=number(step)))
        for end in (later, earlier)
    ]
    return cast(exp.Paren(this=exp.Sub(this=ends[0], expression=ends[1])), "bigint")


def truncated(node: exp.TimestampTrunc | exp.DateTrunc) -> exp.Expr:
    """Spark gives a moment with a time zone."""
    unit = exp.Literal.string(node.args["unit"].name.lower())
    return _moment(call("date_trunc", unit, _moment(node.this)))


def as_text(value: exp.Expr) -> exp.Expr:
    """A day or a moment as DuckDB writes it. Before the year 1 and after 9999 the two write otherwise: Spark is told to
    stop."""

    def of(one: exp.Expr) -> exp.Expr:
        within = exp.and_(
            exp.GTE(this=one.copy(), expression=cast(exp.Literal.string("0001-01-01"), "date")),
            exp.LT(this=one.copy(), expression=cast(exp.Literal.string("+10000-01-01"), "date")),
        )
        stop = call("raise_error", exp.Literal.string("公元 1 年以前、9999 年以后的日期不能写成文字"))
        empty = exp.Is(this=one.copy(), expression=exp.Null())
        return when((exp.or_(empty, exp.Paren(this=within)), cast(one, "string")), otherwise=cast(stop, "string"))

    return given(value, "day", of)


def written(node: exp.Cast) -> exp.Expr:
    """cast(day as varchar)."""
    if exp.DataType.is_type(node.to, *exp.DataType.TEXT_TYPES) and (is_day(node.this) or is_moment(node.this)):
        return as_text(node.this)
    return node


def endless(node: exp.Cast) -> exp.Expr:
    """Spark has no day without end."""
    if isinstance(node.this, exp.Literal) and node.this.name.lower() == "infinity" and is_day(node):
        node.this.replace(exp.Literal.string(_LAST_DAY))
    return node
