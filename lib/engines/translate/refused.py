"""What a query may not hold: constructs that another engine answers otherwise without a word, and all that nobody has
tried on both.

`check` says so for the file of a model, an indicator or a mart, with the form that gives the same everywhere; the
translation refuses it again, so that nothing is passed on.
"""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.tokens import TokenType

from lib.engines.translate.parts import is_decimal, is_float, is_known, is_list, is_text, is_whole

_UNITS = {"DAY", "SECOND"}
_STEPS = {"DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND"}
_TRUNCATED = {"DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND", "QUARTER"}
_CLOCK = re.compile(r"\d+:\d\d:\d\d")
# What was tried on both engines, by how sqlglot calls it.
_TRIED = {
    exp.Abs, exp.Add, exp.Alias, exp.And, exp.ArgMax, exp.ArgMin, exp.Array, exp.ArrayAgg, exp.ArrayAppend,
    exp.ArrayContains, exp.ArrayDistinct, exp.ArrayFilter, exp.ArrayMin, exp.ArrayOverlaps, exp.ArraySort, exp.Avg,
    exp.Between, exp.Boolean, exp.Bracket, exp.CTE, exp.Case, exp.Cast, exp.Coalesce, exp.Column, exp.Concat,
    exp.ConcatWs, exp.Count, exp.DPipe, exp.DataType, exp.DataTypeParam, exp.DateDiff, exp.DateTrunc, exp.Day,
    exp.Distinct, exp.Div,
    exp.Dot, exp.EQ, exp.EndsWith, exp.Except, exp.Exists, exp.Exp, exp.Explode, exp.Filter, exp.Flatten,
    exp.From, exp.GT, exp.GTE, exp.GenerateSeries, exp.Greatest, exp.Group, exp.GroupConcat, exp.Having, exp.Hour,
    exp.Identifier, exp.If, exp.In, exp.IntDiv, exp.Interval, exp.Is, exp.Join, exp.LT, exp.LTE, exp.Lag, exp.Lambda,
    exp.Last, exp.Lead, exp.Least, exp.Length, exp.Limit, exp.Literal, exp.Ln, exp.LogicalAnd, exp.LogicalOr, exp.Lower,
    exp.MD5, exp.Max, exp.Median, exp.Min, exp.Minute, exp.Mod, exp.Month, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif, exp.Or, exp.Order, exp.Ordered, exp.Paren, exp.Placeholder,
    exp.PropertyEQ, exp.Qualify, exp.RegexpExtractAll, exp.RegexpLike, exp.RegexpReplace, exp.Round, exp.RowNumber,
    exp.Select, exp.Sign, exp.StartsWith, exp.StddevSamp, exp.Star, exp.Struct, exp.Sub, exp.Subquery, exp.Sum,
    exp.Table, exp.TableAlias, exp.TimestampTrunc, exp.ToDays, exp.Transform, exp.Trim, exp.Tuple, exp.Union,
    exp.Unnest, exp.Upper, exp.Var, exp.Where, exp.Window, exp.WindowSpec, exp.With, exp.Year, exp.Stddev,
}  # fmt: skip
_CALLS = {"lgamma", "list_has_all", "list_sum", "mad", "to_json"}
# What differs without a word, and what to write in its place.
_WORDS = {
    "dayofweek": "星期几请写成 date_diff('day', date '1900-01-01', d) % 7（星期一为 0）",
    "dayofweekiso": "星期几请写成 date_diff('day', date '1900-01-01', d) % 7（星期一为 0）",
    "isodow": "星期几请写成 date_diff('day', date '1900-01-01', d) % 7（星期一为 0）",
    "hash": "两种引擎的散列不同，请用 md5",
    "log": "请用 ln",
    "left": "请用 regexp_extract_all 或在目录里另列一列",
    "right": "请用 regexp_extract_all 或在目录里另列一列",
    "substring": "请用 regexp_extract_all 或在目录里另列一列",
    "chr": "请直接写出这个字符",
    "monthname": "请用 month",
    "dayname": "请用 date_diff('day', date '1900-01-01', d) % 7",
    "skewness": "两种引擎的公式不同，请用 avg 和 stddev_samp 自己写出",
    "percentilecont": "请用 median，或排序后按位次取",
    "percentiledisc": "请用 median，或排序后按位次取",
    "quantile": "请用 median，或排序后按位次取",
    "approxquantile": "请用 median，或排序后按位次取",
    "anyvalue": "取到哪一行不确定，请用 min 或 max",
    "first": "请写成 arg_min(x, y)",
    "trycast": "请用 cast，装载时值已查过",
    "pivot": "各列请写成 count(*) filter (where …)",
    "columns": "请逐列写出",
    "lateral": "请在 select 里用一个 unnest",
    "tablesample": "请按 md5 排序后取前若干行",
}


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    return node.key.lower()


def _said(what: str, portable: str = "") -> str:
    return f"{what} 在别的计算引擎上会得出不同的结果{'，' if portable else ''}{portable}"


def _of_node(node: exp.Expr) -> Iterator[str]:
    name = _name(node)
    if isinstance(node, exp.Anonymous) and name not in _CALLS:
        portable = _WORDS.get(name)
        yield _said(name, portable) if portable else f"函数 {name} 没有在两种计算引擎上比对过，不能用"
    elif type(node) not in _TRIED and not isinstance(node, exp.Anonymous | exp.IgnoreNulls):
        if name in _WORDS:
            yield _said(name, _WORDS[name])
        elif not isinstance(node, exp.Hint):
            kind = "函数" if isinstance(node, exp.Func) else "写法"
            yield f"{kind} {name} 没有在两种计算引擎上比对过，不能用"


def _of_times(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.DateDiff) and (unit := node.text("unit").upper()) not in _UNITS:
        portable = {
            "MONTH": "请写成 12 * (year(b) - year(a)) + month(b) - month(a)",
            "YEAR": "请写成 year(b) - year(a)",
            "HOUR": "请先 date_trunc 到小时，再用 date_diff('second', …) // 3600",
            "MINUTE": "请先 date_trunc 到分钟，再用 date_diff('second', …) // 60",
        }
        yield _said(f"date_diff('{unit.lower()}', …)", portable.get(unit, "请用 date_diff('day', …)"))
    if (
        isinstance(node, exp.TimestampTrunc | exp.DateTrunc)
        and (unit := node.args["unit"].name.upper()) not in _TRUNCATED
    ):
        yield _said(f"date_trunc('{unit.lower()}', …)", "请用 day、month 等")
    if isinstance(node, exp.Interval):
        if node.unit is None and not _CLOCK.fullmatch(node.this.name):
            yield _said(f"interval '{node.this.name}'", "请写成 interval (n) day 等，一种单位一个")
        elif node.unit is not None and node.unit.name.upper().rstrip("S") not in _STEPS:
            yield _said(f"interval … {node.unit.name.lower()}", "请用 day、month、year、hour、minute、second")


def _of_lists(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.ArrayAgg):
        held = node.parent.parent if isinstance(node.parent, exp.Filter) else node.parent
        sorted_after = isinstance(held, exp.ArraySort)
        sorted_after |= isinstance(held, exp.Flatten) and node.find_ancestor(exp.ArraySort) is not None
        if not isinstance(node.this, exp.Order) and not sorted_after:
            yield _said("没有 order by 的 list", "请写 list(x order by …)，或放进 list_sort")
    if isinstance(node, exp.GroupConcat) and not (isinstance(node.this, exp.Order) and node.find(exp.Distinct)):
        yield _said("string_agg", "请写 string_agg(distinct x, ',' order by x)")
    if isinstance(node, exp.Last) and not isinstance(node.this, exp.Order):
        yield _said("没有 order by 的 last", "请写 last(x order by …)")
    if isinstance(node, exp.IgnoreNulls):
        yield _said("any_value", _WORDS["anyvalue"])
    if isinstance(node, exp.ArgMax | exp.ArgMin) and node.args.get("count") is not None:
        yield _said("取前几个的 arg_max / arg_min", "请排序后用 row_number")
    if isinstance(node, exp.Bracket):
        index = node.expressions[0].unnest()
        whole = index.this if isinstance(index, exp.Neg) else index
        if not (len(node.expressions) == 1 and isinstance(whole, exp.Literal) and not whole.is_string):
            yield _said("按变量取列表的一项", "请写固定的位次，如 a[1]、a[-1]")


def _of_texts(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.RegexpReplace) and node.text("modifiers") != "g":
        yield _said("没有 'g' 的 regexp_replace", "请加上 'g'，只换一处时用 ^ 或 $ 定住")
    if isinstance(node, exp.RegexpExtractAll) and node.text("group") not in ("", "0"):
        yield _said("regexp_extract_all 的分组", "请只取整个匹配")
    if isinstance(node, exp.Cast) and node.args.get("format") is not None:
        yield _said("带格式的 cast", "请用不带格式的 cast")


def _of_shape(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.In) and isinstance(node.this, exp.Tuple) and node.args.get("query") is not None:
        rows = node.args["query"].unnest()
        if not (isinstance(rows, exp.Select) and isinstance(rows.selects[0].unalias(), exp.Tuple)):
            yield _said("(a, b) in 一条不是 select (c, d) 的查询", "请写成 (a, b) in (select (c, d) from …)")
    if isinstance(node, exp.Join) and (node.method or "").upper() in ("ASOF", "POSITIONAL", "NATURAL"):
        yield _said(f"{node.method.lower()} join", "请写明连接的列，再用 row_number 取一行")
    if isinstance(node, exp.Join) and isinstance(node.this, exp.Unnest | exp.Lateral):
        yield _said("join unnest", "请在 select 里用一个 unnest")
    if isinstance(node, exp.SetOperation) and node.args.get("by_name"):
        yield _said("union by name", "请按同样的次序逐列写出")
    if isinstance(node, exp.Select):
        unfolded = [one for one in node.expressions if one.find(exp.Explode)]
        if len(unfolded) > 1:
            yield _said("一层里有两个 unnest", "请分成两层")
        if any(isinstance(join.this, exp.Unnest) for join in node.args.get("joins") or ()):
            yield _said("与 unnest 连接", "请在 select 里用一个 unnest")
    if isinstance(node, exp.From) and isinstance(node.this, exp.Unnest | exp.GenerateSeries):
        yield _said("from unnest / generate_series", "请写成 select unnest(…)")


def _of_literals(sql: str) -> Iterator[str]:
    tokens = DuckDB().tokenize(sql)
    for kind, text, colons in zip(tokens, tokens[1:], tokens[2:], strict=False):
        dated = kind.text.upper() in ("DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIME")
        if dated and text.token_type == TokenType.STRING and colons.token_type == TokenType.DCOLON:
            yield _said(f"{kind.text} '{text.text}'::…", "请写成 cast(… as …)")


def refused(sql: str, tree: exp.Expr) -> list[str]:
    """What stands in a query as it was written and may not (Chinese), each once."""
    found = list(_of_literals(sql))
    for node in tree.walk():
        for look in (_of_node, _of_times, _of_lists, _of_texts, _of_shape):
            found += look(node)
    return list(dict.fromkeys(found))


def refused_types(tree: exp.Expr) -> list[str]:
    """What may not stand in a query for the types of its parts, each once."""
    return list(dict.fromkeys(said for node in tree.walk() for said in _of_types(node)))


def _of_types(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Cast):
        whole = exp.DataType.is_type(node.to, *exp.DataType.INTEGER_TYPES, exp.DType.INT128)
        rounded = isinstance(node.this.unnest(), exp.Round)
        if whole and not rounded and (is_float(node.this) or is_decimal(node.this)):
            yield _said("把小数直接 cast 成整数", "请先 round")
        if is_float(node.this) and exp.DataType.is_type(node.to, *exp.DataType.TEXT_TYPES):
            yield _said("把浮点数 cast 成文字", "请先 cast 成 decimal")
        if whole and is_text(node.this):
            yield _said("把文字 cast 成整数", "请用目录里是数的一列")
    if isinstance(node, exp.Length) and not (is_list(node.this) or is_text(node.this)):
        yield _said("length 一个类型不明的值", "请先 cast 成文字，或另列一列")
    if isinstance(node, exp.Round) and not (is_whole(node.this) or is_decimal(node.this) or is_float(node.this)):
        yield _said("round 一个类型不明的值", "请先 cast 成 double 或 decimal")
    if isinstance(node, exp.Median) and not (is_float(node.this) or is_whole(node.this)) and is_known(node.this):
        yield _said("小数的 median", "请写 median(cast(… as double))")
