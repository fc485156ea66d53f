"""Texts and patterns."""

from sqlglot import exp

from lib.engines.translate.parts import call, number


def joined(node: exp.Concat) -> exp.Expr:
    """concat passes NULL over; in Spark one NULL makes all of it NULL."""
    empty = exp.Literal.string("")
    return call("concat", *(call("coalesce", one, empty.copy()) for one in node.expressions))


def joined_with(node: exp.ConcatWs) -> exp.Expr:
    return call("concat_ws", *node.expressions)


def matched(node: exp.RegexpLike) -> exp.Expr:
    return call("regexp", node.this, node.expression)


def replaced(node: exp.RegexpReplace) -> exp.Expr:
    """With 'g': Spark replaces every place always."""
    return call("regexp_replace", node.this, node.expression, node.args["replacement"])


def extracted(node: exp.RegexpExtractAll) -> exp.Expr:
    """The whole match; Spark would give the first group."""
    return call("regexp_extract_all", node.this, node.expression, number(0))
