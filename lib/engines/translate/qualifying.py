"""QUALIFY as a query around the one it stands in."""

from sqlglot import exp

from lib.engines.session import EngineError


def unfold(tree: exp.Expr) -> exp.Expr:
    """Write every QUALIFY of a tree with qualified columns as a condition of an outer query: Spark knows QUALIFY, but
    not over groups.

    Raises EngineError beside distinct, order by or limit, which would come to stand on the wrong side.
    """
    for select in list(tree.find_all(exp.Select)):
        if select.args.get("qualify") is not None:
            if any(select.args.get(part) is not None for part in ("distinct", "order", "limit")):
                raise EngineError("qualify 不能与 distinct、order by、limit 写在同一层：请先写成一段 CTE")
            outer = _unfold(select)
            tree = outer if select is tree else tree
    return tree


def _unfold(select: exp.Select) -> exp.Select:
    condition = select.args["qualify"].this.copy()
    select.set("qualify", None)
    names = [one.alias_or_name for one in select.expressions]
    asked: list[exp.Expr] = []
    for node in [condition, *condition.walk(prune=lambda one: isinstance(one, exp.Window))]:
        inside = node.find_ancestor(exp.Window)
        if inside is None and isinstance(node, exp.Window | exp.Column) and not any(node is one for one in asked):
            asked.append(node)
    for place, node in enumerate(asked):
        name = f"qualify_{place}"
        select.append("expressions", exp.alias_(node.copy(), name))
        stand_in = exp.column(name, table="qualified")
        stand_in.type = node.type
        if node is condition:
            condition = stand_in
        else:
            node.replace(stand_in)
    inner = select.copy()
    inner.set("with_", None)
    outer = exp.Select(
        expressions=[exp.alias_(exp.column(name, table="qualified"), name) for name in names],
        from_=exp.From(this=exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("qualified")))),
        where=exp.Where(this=condition),
    )
    outer.set("with_", select.args.get("with_"))
    for one, shown in zip(outer.expressions, select.expressions, strict=False):
        one.type = one.this.type = shown.type
    select.replace(outer)
    return outer
