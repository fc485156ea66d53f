"""A query in steps: Spark writes a CTE out wherever it is named, so what is built on several grows with each of them;
DuckDB works it out once."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sqlglot import exp

_HELD = "held_"
# So many tables less to read are worth a step of its own; to read fewer again costs less than to set rows aside.
_WORTH = 4


class Translation(NamedTuple):
    """Spark SQL of a query, and what must stand under a name when it is asked: name and query, in this order."""

    held: tuple[tuple[str, str], ...]
    sql: str


def divided(tree: exp.Expr) -> list[tuple[str, exp.Expr]]:
    """The steps of a query under their names, the query itself last and without one.

    A name that stands twice, or before a table that it is built on, leaves a query whole.
    """
    found = list(tree.find_all(exp.CTE))
    before = any(table.name == one.alias for one in found for table in one.this.find_all(exp.Table))
    if before or len({one.alias for one in found}) < len(found):
        return [("", tree)]
    # Breadth first: those of the query before those of queries within it, each after what it is built on.
    ctes = {one.alias: one for one in found if one.find_ancestor(exp.CTE) is None}
    held = _worth_holding(tree, ctes)
    bodies = {name: one.this for name, one in ctes.items()}
    loose = {name: body for name, body in bodies.items() if name not in held}
    steps = [(_HELD + name, _with_its_own(bodies[name], loose)) for name in held]
    # Last first: what only they read goes with them.
    for name in reversed(ctes):
        if name in held or not any(table.name == name for table in tree.find_all(exp.Table)):
            ctes[name].pop()
    for one in list(tree.find_all(exp.With)):
        if not one.expressions:
            one.pop()
    for _, query in [*steps, ("", tree)]:
        for table in query.find_all(exp.Table):
            if table.name in held:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.alias_or_name)))
                table.set("this", exp.to_identifier(_HELD + table.name))
    return [*steps, ("", tree)]


def _worth_holding(tree: exp.Expr, ctes: Mapping[str, exp.CTE]) -> list[str]:
    mentions = Counter(table.name for table in tree.find_all(exp.Table))
    reads: dict[str, int] = {}
    held = []
    for name, cte in ctes.items():
        reads[name] = sum(reads.get(table.name, 1) for table in cte.this.find_all(exp.Table))
        if (mentions[name] - 1) * reads[name] >= _WORTH:
            held.append(name)
            reads[name] = 1
    return held


def _with_its_own(body: exp.Expr, loose: Mapping[str, exp.Expr]) -> exp.Expr:
    """A step together with those CTEs before it that are none."""
    wanted: set[str] = set()
    asked = [body]
    while asked:
        named = {table.name for table in asked.pop().find_all(exp.Table)} & loose.keys() - wanted
        wanted |= named
        asked += [loose[name] for name in named]
    query = body.copy()
    for name in reversed([name for name in loose if name in wanted]):
        within = query.args.get("with_")
        cte = exp.CTE(this=loose[name].copy(), alias=exp.TableAlias(this=exp.to_identifier(name)))
        query.set("with_", exp.With(expressions=[cte, *(within.expressions if within is not None else ())]))
    return query


def left_to_spark(node: exp.CTE) -> exp.Expr:
    """Whether a CTE is kept aside while the query runs: it gives the same rows, and Spark knows no such word."""
    node.set("materialized", None)
    return node
