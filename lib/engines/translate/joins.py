"""Joins by USING, put so that the reader of columns takes each from the right side."""

from sqlglot import exp

from lib.engines.session import EngineError


def settle(tree: exp.Query) -> None:
    """Joins that filter stand last, or within a query of their own: what follows must not take columns from them.

    Raises EngineError where a column of USING may be missing on the side that it would be taken from.
    """
    for select in list(tree.find_all(exp.Select)):
        joins = select.args.get("joins") or []
        filters = [place for place, join in enumerate(joins) if join.is_semi_or_anti_join and join.args.get("using")]
        followed = [place for place in filters if any(not one.is_semi_or_anti_join for one in joins[place + 1 :])]
        if followed:
            _put_within(select, followed)
        elif any(len(joins[place].args["using"]) > 1 for place in filters[1:]):
            raise EngineError("两个 semi / anti join … using 连用时，后一个只能有一列：请先写成一段 CTE")
        joins = select.args.get("joins") or []
        for place, join in enumerate(joins[:-1]):
            later = {one.name for next_ in joins[place + 1 :] for one in next_.args.get("using") or ()}
            if join.side in ("FULL", "RIGHT") and later & {one.name for one in join.args.get("using") or ()}:
                raise EngineError(f"{join.side.lower()} join … using 之后又按同一列 join：请先写成一段 CTE")


def _put_within(select: exp.Select, followed: list[int]) -> None:
    source, joins = select.args["from_"].this, select.args["joins"]
    if followed != [0]:
        raise EngineError("semi / anti join … using 之后还有 join：请把前面的写成一段 CTE，或把它放到最后")
    name = source.alias_or_name
    within = exp.select("*").from_(source.copy())
    within.set("joins", [joins[0].copy()])
    select.set("from_", exp.From(this=exp.Subquery(this=within, alias=exp.TableAlias(this=exp.to_identifier(name)))))
    select.set("joins", joins[1:])


def unmix(tree: exp.Expr) -> None:
    """In the condition of a join, a column of a later USING is that of the tables so far, not of all together."""
    for select in tree.find_all(exp.Select):
        joins = select.args.get("joins") or []
        if not joins:
            continue
        names = [select.args["from_"].this.alias_or_name]
        names += [join.alias_or_name for join in joins]
        for place, join in enumerate(joins):
            known = set(names[: place + 2])
            for merged in list(join.args["on"].find_all(exp.Coalesce)) if join.args.get("on") else []:
                columns = [merged.this, *merged.expressions]
                if all(isinstance(one, exp.Column) and one.name == merged.this.name for one in columns):
                    held = [one for one in columns if one.table in known]
                    if held and len(held) < len(columns):
                        merged.replace(held[0] if len(held) == 1 else exp.Coalesce(this=held[0], expressions=held[1:]))
