"""Lists: places from the end, NULL among the elements, and what Spark calls otherwise."""

from sqlglot import exp

from lib.engines.translate.parts import call, cast, given, is_list, number, when


def bound(node: exp.Cast) -> exp.Expr:
    """A list that is bound is sent as the JSON of its elements, each a text."""
    if not (isinstance(node.this, exp.Placeholder) and is_list(node)):
        return node
    held, sent = node.to, "string"
    while held.this in (exp.DType.ARRAY, exp.DType.LIST):
        held, sent = held.expressions[0], f"array<{sent}>"
    return exp.Cast(this=call("from_json", node.this, exp.Literal.string(sent)), to=node.to)


def place(node: exp.Bracket) -> exp.Expr:
    """The parser counts from 0, also back from the end: a[-1] came to be the last but one. Outside is NULL."""
    index = node.expressions[0]
    return call("try_element_at", node.this, _counted_from_one(index))


def _counted_from_one(index: exp.Expr) -> exp.Expr:
    value = index.unnest()
    if isinstance(value, exp.Neg) and isinstance(value.this, exp.Literal):
        return number(1 - int(value.this.name))
    return number(int(value.name) + 1)


def has_all(node: exp.Anonymous) -> exp.Expr:
    """Every element of the second that is there is in the first."""
    whole, wanted = node.expressions
    left = call("array_except", call("array_compact", wanted), whole)
    return exp.EQ(this=call("size", left), expression=number(0))


def overlap(node: exp.ArrayOverlaps) -> exp.Expr:
    """An element that is NULL makes the answer unknown in Spark."""
    return call("arrays_overlap", call("array_compact", node.this), call("array_compact", node.expression))


def contains(node: exp.ArrayContains) -> exp.Expr:
    """Likewise; whether NULL is in a list is unknown, and Spark must be told its type."""
    if isinstance(node.expression.unnest(), exp.Null):
        return cast(exp.null(), "boolean")
    return call("array_contains", call("array_compact", node.this), node.expression)


def length(node: exp.Length) -> exp.Expr:
    """Of a text its characters, of a list its elements."""
    return cast(call("size" if is_list(node.this) else "length", node.this), "bigint")


def ordered(node: exp.ArraySort) -> exp.Expr:
    return call("array_sort", node.this)


def distinct(node: exp.ArrayDistinct) -> exp.Expr:
    """DuckDB leaves NULL out."""
    return call("array_distinct", call("array_compact", node.this))


def flat(node: exp.Flatten) -> exp.Expr:
    """A list that is NULL makes all of it NULL in Spark."""
    return call("flatten", call("array_compact", node.this))


def append(node: exp.ArrayAppend) -> exp.Expr:
    """To no list at all DuckDB appends as to an empty one."""
    return call("concat", call("coalesce", node.this, call("array")), call("array", node.expression))


def smallest(node: exp.ArrayMin) -> exp.Expr:
    return call("array_min", node.this)


def total(node: exp.Anonymous) -> exp.Expr:
    """The sum of a list of doubles, NULL left out; of none NULL."""

    def of(values: exp.Expr) -> exp.Expr:
        adding = exp.Lambda(
            this=exp.Add(this=exp.to_identifier("so_far"), expression=cast(exp.to_identifier("one"), "double")),
            expressions=[exp.to_identifier("so_far"), exp.to_identifier("one")],
        )
        summed = call("aggregate", values.copy(), cast(number(0), "double"), adding)
        return when((exp.GT(this=call("size", values.copy()), expression=number(0)), summed))

    return given(call("array_compact", node.expressions[0]), "those", of)


def numbers(node: exp.GenerateSeries) -> exp.Expr:
    """range(a, b): to just before b, none when b is not behind a; Spark would count down."""
    first, end = cast(node.args["start"], "bigint"), cast(node.args["end"], "bigint")
    one = number(1)
    last = call("greatest", exp.Sub(this=end, expression=one), first.copy())
    count = cast(call("greatest", exp.Sub(this=end.copy(), expression=first.copy()), number(0)), "int")
    return call("slice", call("sequence", first, last), one.copy(), count)


def mapped(node: exp.Transform) -> exp.Expr:
    return call("transform", node.this, node.expression)


def kept(node: exp.ArrayFilter) -> exp.Expr:
    return call("filter", node.this, node.expression)


def empty(node: exp.Array) -> exp.Expr:
    """A list without elements that Spark must not take for one of bytes or NULL alone."""
    return call("array", *node.expressions)


def unfolded(node: exp.Explode) -> exp.Expr:
    return call("explode", node.this)


def joined(node: exp.GroupConcat) -> exp.Expr:
    """Different texts in their own order, with something between them; of none NULL."""
    held = node.this
    while isinstance(held, exp.Order | exp.Distinct):
        held = held.this if isinstance(held, exp.Order) else held.expressions[0]
    separator = node.args["separator"]

    def of(texts: exp.Expr) -> exp.Expr:
        return when(
            (exp.GT(this=call("size", texts.copy()), expression=number(0)), call("array_join", texts.copy(), separator))
        )

    return given(call("array_sort", call("collect_set", held)), "texts", of)
