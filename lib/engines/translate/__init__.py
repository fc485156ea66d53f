"""From DuckDB SQL to Spark SQL that gives the same rows.

sqlglot reads and writes; what it leaves different is put right by rewrites, one small function each, whose docstring
says what differs. What no rewrite covers is refused (`refused`), here and by `check`, never passed on.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from lib.engines.session import EngineError
from lib.engines.translate import aggregates, lists, numbers, rows, texts, times
from lib.engines.translate.dividing import Translation, divided, left_to_spark
from lib.engines.translate.joins import settle, unmix
from lib.engines.translate.kinds import refused_types
from lib.engines.translate.qualifying import unfold
from lib.engines.translate.reading import Tables, bind, parsed, typed
from lib.engines.translate.refused import refused

__all__ = ["Tables", "Translation", "translate"]

Rewrite = Callable[[Any], exp.Expr]
_NODES: dict[type[exp.Expr], list[Rewrite]] = {
    exp.Add: [times.moved],
    exp.ArgMax: [aggregates.arg_best],
    exp.ArgMin: [aggregates.arg_best],
    exp.Array: [lists.empty],
    exp.ArrayAppend: [lists.append],
    exp.ArrayContains: [lists.contains],
    exp.ArrayDistinct: [lists.distinct],
    exp.ArrayFilter: [lists.kept],
    exp.ArrayMin: [lists.smallest],
    exp.ArrayOverlaps: [lists.overlap],
    exp.ArraySort: [lists.ordered],
    exp.Avg: [numbers.mean],
    exp.Bracket: [lists.place],
    exp.CTE: [left_to_spark],
    exp.Cast: [lists.bound, rows.json_text, times.endless, times.written, numbers.whole, numbers.exact],
    exp.Concat: [texts.joined],
    exp.ConcatWs: [texts.joined_with],
    exp.DataType: [numbers.huge],
    exp.DateDiff: [times.date_diff],
    exp.DateTrunc: [times.truncated],
    exp.Div: [numbers.divided],
    exp.EQ: [rows.compared],
    exp.Explode: [lists.unfolded],
    exp.First: [aggregates.end_of_order],
    exp.Flatten: [lists.flat],
    exp.GT: [rows.compared],
    exp.GTE: [rows.compared],
    exp.GenerateSeries: [lists.numbers],
    exp.GroupConcat: [lists.joined],
    exp.Greatest: [numbers.best_of],
    exp.If: [rows.decided],
    exp.In: [rows.member, rows.listed, rows.unknown],
    exp.IntDiv: [numbers.whole_division],
    exp.Interval: [times.interval],
    exp.LT: [rows.compared],
    exp.LTE: [rows.compared],
    exp.Last: [aggregates.end_of_order],
    exp.Least: [numbers.best_of],
    exp.Length: [lists.length],
    exp.Ln: [numbers.ln],
    exp.Lower: [texts.cased],
    exp.Median: [aggregates.median],
    exp.RegexpExtractAll: [texts.extracted],
    exp.RegexpLike: [texts.matched],
    exp.RegexpReplace: [texts.replaced],
    exp.Sign: [numbers.sign],
    exp.NEQ: [rows.compared],
    exp.NullSafeEQ: [rows.compared],
    exp.NullSafeNEQ: [rows.compared],
    exp.Round: [numbers.rounded],
    exp.Stddev: [numbers.deviation],
    exp.StddevSamp: [numbers.deviation],
    exp.Struct: [rows.record],
    exp.Sub: [times.moved],
    exp.Sum: [numbers.total],
    exp.TimestampTrunc: [times.truncated],
    exp.ToDays: [times.to_days],
    exp.Transform: [lists.mapped],
    exp.Trim: [texts.trimmed],
    exp.Upper: [texts.cased],
}
_CALLS: dict[str, Rewrite] = {
    "lgamma": numbers.lgamma,
    "list_has_all": lists.has_all,
    "list_sum": lists.total,
    "mad": aggregates.spread,
    "to_json": rows.json,
}


def _rewritten(node: exp.Expr) -> exp.Expr:
    """What comes in place of a node whose own parts have been rewritten."""
    if isinstance(node, exp.Filter) and isinstance(node.this, exp.ArrayAgg):
        return aggregates.gathered(node)
    if isinstance(node, exp.ArrayAgg):
        # Under a filter the two are rewritten together.
        return node if isinstance(node.parent, exp.Filter) else aggregates.gathered(node)
    if isinstance(node, exp.Bracket) and isinstance(node.this, exp.Max | exp.Min):
        return aggregates.part_of_best(node)
    if isinstance(node, exp.Window) and isinstance(node.this, exp.Count) and isinstance(node.this.this, exp.Distinct):
        return aggregates.different_over(node)
    if isinstance(node, exp.Anonymous):
        rewrite = _CALLS.get(node.name.lower())
        return node if rewrite is None else rewrite(node)
    for rewrite in _NODES.get(type(node), ()):
        found = rewrite(node)
        if found is not node:
            return found
    return node


def _refuse(found: list[str]) -> None:
    if found:
        raise EngineError("；".join(found))


@lru_cache(maxsize=512)
def _translated(sql: str, kinds: tuple[tuple[str, str], ...], tables: tuple) -> Translation:
    tree = parsed(sql)
    _refuse(refused(sql, tree))
    settle(tree)
    bind(tree, dict(kinds))
    whole = typed(tree, {name: dict(columns) for name, columns in tables})
    _refuse(refused_types(whole))
    unmix(whole)
    whole = unfold(whole)
    for node in reversed(list(whole.walk(bfs=True))):
        found = _rewritten(node)
        if found is not node:
            found.type = node.type
            node.replace(found)
    try:
        *held, (_, asked) = [
            (name, query.sql(dialect="spark", identify=True, unsupported_level=ErrorLevel.RAISE))
            for name, query in divided(whole)
        ]
        return Translation(tuple(held), asked)
    except SqlglotError as error:
        raise EngineError(f"这条查询译不成 Spark SQL（{str(error).splitlines()[0]}）") from error


def translate(sql: str, kinds: Mapping[str, str], tables: Tables) -> Translation:
    """Spark SQL that gives the rows which DuckDB gives for a query, with :name where it has $name, in steps.

    `kinds` are the DuckDB types of the bound values, `tables` those of every column that the query may read. Raises
    EngineError for what cannot be translated to the same.
    """
    known = tuple((name, tuple(columns.items())) for name, columns in sorted(tables.items()))
    return _translated(sql, tuple(sorted(kinds.items())), known)
