"""Aggregates: which row is meant, in which order, and what becomes of NULL."""

from sqlglot import exp

from lib.engines.translate.parts import call, each, elements, field, given, in_order, missing, number, when

_ROW = "row"


def _keys(ordered: exp.Expr) -> list[exp.Expr]:
    return [one.this for one in ordered.expressions]


def arg_best(node: exp.ArgMax | exp.ArgMin) -> exp.Expr:
    """max_by gives NULL where the row with the greatest y has no x; DuckDB passes such rows over. Rows of values
    compare with NULL last."""
    value, by = node.this, node.expression
    key = in_order(elements(by)) if isinstance(by, exp.Tuple) else by.copy()
    counted = when((exp.Not(this=missing(value)), key))
    return call("max_by" if isinstance(node, exp.ArgMax) else "min_by", value, counted)


def end_of_order(node: exp.Last | exp.First) -> exp.Expr:
    """last(x order by y): Spark takes no order there. A value that is NULL counts."""
    ordered = node.this
    key = in_order(_keys(ordered))
    return call("max_by" if isinstance(node, exp.Last) else "min_by", ordered.this, key)


def gathered(node: exp.Expr) -> exp.Expr:
    """list(x order by y), with or without a filter: Spark drops the order and every NULL, and gives an empty list where
    DuckDB gives NULL."""
    where = node.expression if isinstance(node, exp.Filter) else None
    held = node.this if isinstance(node, exp.Filter) else node
    value, keys = held.this, []
    if isinstance(value, exp.Order):
        value, keys = value.this, [(one.this, bool(one.args.get("desc"))) for one in value.expressions]
    different = isinstance(value, exp.Distinct)
    if different:
        value = value.expressions[0]
        keys = [(value, desc) for _, desc in keys]

    def filtered(aggregate: exp.Expr) -> exp.Expr:
        return exp.Filter(this=aggregate, expression=where.copy()) if where is not None else aggregate

    parts: list[exp.Expr] = []
    for number_, (key, _) in enumerate(keys):
        parts += [exp.Literal.string(f"n{number_}"), missing(key), exp.Literal.string(f"k{number_}"), key.copy()]
    row = call("named_struct", *parts, exp.Literal.string("x"), value.copy())
    rows = filtered(call("collect_set" if different else "collect_list", row))
    if keys and not any(desc for _, desc in keys):
        rows = call("array_sort", rows)
    elif keys:
        rows = call("array_sort", rows, _comparing([desc for _, desc in keys]))
    found = call("transform", rows, each(_ROW, lambda one: field(one, "x")))
    counted = filtered(exp.Count(this=exp.Star()))
    return when((exp.GT(this=counted, expression=number(0)), found))


def _comparing(descending: list[bool]) -> exp.Lambda:
    """(a, b) -> which comes first: NULL last, whichever way the rest goes."""
    a, b = exp.to_identifier("a"), exp.to_identifier("b")
    branches = []
    for place, down in enumerate(descending):
        for name, turned in ((f"n{place}", False), (f"k{place}", down)):
            first, second = field(a.copy(), name), field(b.copy(), name)
            smaller, greater = (1, -1) if turned else (-1, 1)
            branches += [
                (exp.LT(this=first, expression=second), number(smaller)),
                (exp.GT(this=first.copy(), expression=second.copy()), number(greater)),
            ]
    return exp.Lambda(this=when(*branches, otherwise=number(0)), expressions=[a, b])


def part_of_best(node: exp.Bracket) -> exp.Expr:
    """max((a, b))[2]: the part of the row that compares last, NULL last in each."""
    best, wanted = node.this, int(node.expressions[0].name)
    parts: list[exp.Expr] = []
    for place, key in enumerate(elements(best.this)):
        parts += [exp.Literal.string(f"n{place}"), missing(key), exp.Literal.string(f"k{place}"), key.copy()]
    name = "max" if isinstance(best, exp.Max) else "min"
    return field(call(name, call("named_struct", *parts)), f"k{wanted}")


def _middle(values: exp.Expr) -> exp.Expr:
    """The median of a sorted list."""

    def at(shift: int) -> exp.Expr:
        half = call(
            "floor",
            exp.Div(
                this=exp.Paren(this=exp.Add(this=call("size", values.copy()), expression=number(shift))),
                expression=number(2),
            ),
        )
        return call("element_at", values.copy(), exp.Cast(this=half, to=exp.DataType.build("int")))

    both = exp.Add(this=at(1), expression=at(2))
    return exp.Div(this=exp.Paren(this=both), expression=number(2))


def spread(node: exp.Anonymous) -> exp.Expr:
    """mad(x), unknown to Spark: the median of the distances from the median."""

    def of(values: exp.Expr) -> exp.Expr:
        def around(middle: exp.Expr) -> exp.Expr:
            def apart(one: exp.Expr) -> exp.Expr:
                return call("abs", exp.Sub(this=one, expression=middle.copy()))

            distances = call("array_sort", call("transform", values.copy(), each("one", apart)))
            return given(distances, "distances", _middle)

        within = given(_middle(values), "middle", around)
        return when((exp.GT(this=call("size", values.copy()), expression=number(0)), within))

    held = call("collect_list", exp.Cast(this=node.expressions[0], to=exp.DataType.build("double")))
    return given(call("array_sort", held), "held", of)


def median(node: exp.Median) -> exp.Expr:
    return call("median", exp.Cast(this=node.this, to=exp.DataType.build("double")))


def different_over(node: exp.Window) -> exp.Expr:
    """count(distinct x) over (…): Spark counts no different values in a window."""
    distinct = node.this.this
    counted = exp.Window(this=call("collect_set", distinct.expressions[0]), partition_by=node.args.get("partition_by"))
    return exp.Cast(this=call("size", counted), to=exp.DataType.build("bigint"))
