"""What a query may not hold: constructs that another engine answers otherwise without a word, and all that nobody has
tried on both.

`check` says so for the file of a model, an indicator or a mart, with the form that gives the same everywhere; the
translation refuses it again, so that nothing is passed on.
"""

import re
from collections.abc import Iterator
from math import isfinite

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.tokens import TokenType

from lib.engines.translate.parts import said
from lib.engines.translate.patterns import pattern_fault, written

_UNITS = {"DAY", "SECOND"}
_STEPS = {"DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND"}
_TRUNCATED = {"DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND", "QUARTER"}
_CLOCK = re.compile(r"\d+:\d\d:\d\d")
_COUNT = re.compile(r"-?\d{1,9}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d ([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,6})?")
# What was tried on both engines: kinds of node by the parts that they may have.
_BY_PARTS: dict[str, tuple[type[exp.Expr], ...]] = {
    "": (exp.Null, exp.RowNumber, exp.Rank, exp.DenseRank),
    "this": (
        exp.Abs, exp.ArrayAgg, exp.ArrayDistinct, exp.ArrayMin, exp.Avg, exp.Boolean, exp.DataTypeParam, exp.Day,
        exp.Exists, exp.Exp, exp.Explode, exp.FirstValue, exp.Flatten, exp.From, exp.Having, exp.Hour, exp.Last,
        exp.LastValue, exp.Length, exp.Ln, exp.LogicalAnd, exp.LogicalOr, exp.Lower, exp.MD5, exp.Max, exp.Median,
        exp.Min, exp.Minute, exp.Month, exp.Neg, exp.Not, exp.Paren, exp.Placeholder, exp.Qualify, exp.Sign,
        exp.Stddev, exp.StddevSamp, exp.Sum, exp.ToDays, exp.Upper, exp.Var, exp.Where, exp.Year,
    ),
    "this expression": (
        exp.Add, exp.And, exp.ArgMax, exp.ArgMin, exp.ArrayAppend, exp.ArrayContains, exp.ArrayFilter,
        exp.ArrayOverlaps, exp.Div, exp.EQ, exp.EndsWith, exp.Filter, exp.GT, exp.GTE, exp.IntDiv, exp.Is, exp.LT,
        exp.LTE, exp.Mod, exp.Mul, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif, exp.Or, exp.PropertyEQ,
        exp.RegexpLike, exp.StartsWith, exp.Sub, exp.Transform,
    ),
    "this expression negate": (exp.Like,),
    "expressions": (exp.Array, exp.Distinct, exp.Struct, exp.Tuple, exp.With),
    "expressions coalesce safe": (exp.Concat,),
    "this expressions": (exp.Bracket, exp.Coalesce, exp.Lambda, exp.Order),
    "this expressions ignore_nulls": (exp.Greatest, exp.Least),
    "this expressions coalesce safe": (exp.ConcatWs,),
    "this expressions nested": (exp.DataType,),
    "this expression safe": (exp.DPipe,),
    "this expression distinct with_ order limit": (exp.Except, exp.Intersect, exp.Union),
    "this alias": (exp.Alias, exp.Subquery, exp.Table),
    "this alias materialized": (exp.CTE,),
    "this nulls_first": (exp.ArraySort,),
    "this low high": (exp.Between,),
    "this ifs default": (exp.Case,),
    "this to": (exp.Cast,),
    "this table": (exp.Column,),
    "this big_int": (exp.Count,),
    "this expression unit date_part_boundary": (exp.DateDiff,),
    "this unit": (exp.DateTrunc, exp.Interval, exp.TimestampTrunc),
    "start end is_end_exclusive": (exp.GenerateSeries,),
    "expressions all": (exp.Group,),
    "this separator": (exp.GroupConcat,),
    "this quoted": (exp.Identifier,),
    "this true false": (exp.If,),
    "this expressions query": (exp.In,),
    "this kind side on using": (exp.Join,),
    "this offset default": (exp.Lag, exp.Lead),
    "expression": (exp.Limit,),
    "this is_string": (exp.Literal,),
    "this desc nulls_first": (exp.Ordered,),
    "this expression group": (exp.RegexpExtractAll,),
    "this expression replacement modifiers single_replace": (exp.RegexpReplace,),
    "this decimals": (exp.Round,),
    "expressions distinct from_ joins where group having qualify windows order limit with_": (exp.Select,),
    "except_ replace": (exp.Star,),
    "this columns": (exp.TableAlias,),
    "this position": (exp.Trim,),
    "this alias over partition_by order spec": (exp.Window,),
    "kind start start_side end end_side": (exp.WindowSpec,),
}  # fmt: skip
_TRIED = {kind: set(parts.split()) for parts, kinds in _BY_PARTS.items() for kind in kinds}
_CALLS = {"lgamma": 1, "list_has_all": 2, "list_sum": 1, "mad": 1, "to_json": 1}

_WEEKDAY = "星期几请写成 date_diff('day', date '1900-01-01', d) % 7（星期一为 0）"
_PART = "请用 regexp_extract_all 或在目录里另列一列"
_RANK = "请用 median，或用 row_number 排序后按位次取"
_NOW = "请用 $as_of"
_LIST = "请用 list_filter、list_transform、list_contains、list_sort、list_distinct、a[1] 来写"
_FORM = "请用 regexp_matches(x, '模式')"
# What differs without a word, or was not tried, and what to write in its place.
_WORDS = {
    **dict.fromkeys(("dayofweek", "dayofweekiso", "isodow", "weekday", "dayname"), _WEEKDAY),
    **dict.fromkeys(("left", "right", "substring", "substr", "splitpart", "split_part", "split", "str_split"), _PART),
    **dict.fromkeys(("strposition", "strpos", "contains", "instr"), "请用 x like '%…%' 或 regexp_matches"),
    **dict.fromkeys(("percentilecont", "percentiledisc", "quantile", "approxquantile", "mode"), _RANK),
    **dict.fromkeys(("currentdate", "currenttimestamp", "currenttime", "now", "today", "localtime"), _NOW),
    **dict.fromkeys(("rand", "random", "uuid", "gen_random_uuid", "setseed"), "请按“md5(concat(id, $salt))”取"),
    **dict.fromkeys(("list_reverse", "array_reverse", "arrayreverse", "list_slice", "slice", "comprehension"), _LIST),
    **dict.fromkeys(("arrayconcat", "listappend", "arrayprepend", "list_aggregate", "listhas", "reduce"), _LIST),
    **dict.fromkeys(("ilike", "similarto", "glob", "regexpfullmatch", "regexpilike", "regexpextract"), _FORM),
    **dict.fromkeys(("bitwiseand", "bitwiseor", "bitwisexor", "bitwisenot"), "请用 // 和 % 写出"),
    **dict.fromkeys(("bitwiseleftshift", "bitwiserightshift"), "请用 * 和 // 写出"),
    **dict.fromkeys(("pow", "sqrt", "cbrt"), "请用 exp 与 ln 写出，整数次幂请连乘"),
    **dict.fromkeys(("floor", "ceil", "trunc"), "请用 round，整数相除请用 //"),
    **dict.fromkeys(("any", "all"), "请写成 in / exists (select …)，或与 min、max 比较"),
    **dict.fromkeys(("rollup", "cube", "groupingsets", "grouping"), "请每一层写一条 select … group by，再 union all"),
    **dict.fromkeys(("lateral", "unnest"), "请在 select 里用一个 unnest"),
    **dict.fromkeys(("pivot", "unpivot", "simplifiedpivot"), "各列请写成 count(*) filter (where …)"),
    **dict.fromkeys(("extract", "date_part", "datepart"), "请用 year、month、day、hour、minute"),
    **dict.fromkeys(("strftime", "timetostr", "tochar"), "请用 cast(… as varchar)，或 year、month、day 拼出"),
    **dict.fromkeys(("strtotime", "strptime", "strtodate", "makedate", "datefromparts"), "请在目录里列成日期的一列"),
    **dict.fromkeys(("dateadd", "datesub", "addmonths"), "请写成 d + interval (n) day 等"),
    **dict.fromkeys(("age", "timestampdiff"), "请用 date_diff('day', a, b)"),
    **dict.fromkeys(("bytestring", "rawstring", "hexstring", "unicodestring", "bitstring"), "文字请写在一对单引号里"),
    **dict.fromkeys(("stddevpop", "variance", "variancepop", "corr", "covarsamp"), "请用 avg 和 stddev_samp 写出"),
    **dict.fromkeys(("ntile", "percentrank", "cumedist", "nthvalue"), "请用 row_number 和“count(*) over (…)”写出"),
    **dict.fromkeys(("dot", "structextract", "struct_extract", "map"), "请把各项分列写出"),
    **dict.fromkeys(("jsonextract", "jsonextractscalar", "json_extract", "parsejson"), "请在目录里把这一项列成一列"),
    "hash": "请用 md5",
    "sha": "请用 md5",
    "sha2": "请用 md5",
    "log": "请用 ln",
    "chr": "请直接写出这个字符",
    "monthname": "请用 month",
    "quarter": "请写成“(month(d) + 2) // 3”",
    "week": "请用 date_diff('day', …) // 7",
    "lastday": "请写成 cast(date_trunc('month', d) + interval (1) month - interval (1) day as date)",
    "second": "请用 date_diff('second', …)",
    "skewness": "请用 avg 和 stddev_samp 自己写出",
    "anyvalue": "取到哪一行不确定，请用 min 或 max",
    "ignorenulls": "请先在 where 里去掉 NULL",
    "first": "请写成 arg_min(x, y)",
    "trycast": "请用 cast，装载时值已查过",
    "columns": "请逐列写出",
    "tablesample": "请按 md5 排序后取前若干行",
    "values": "请写成 select … union all select …",
    "offset": "请用 row_number 按位次取",
    "escape": "请用 regexp_matches",
    "collate": "请用“lower(x)”排序或比较",
    "atttimezone": "库里的时刻不带时区，请直接用",
    "attimezone": "库里的时刻不带时区，请直接用",
    "countif": "请用 count(*) filter (where …)",
    "approxdistinct": "请用 count(distinct x)",
    "row": "请写成“(a, b)”",
    "xor": "请写成 a <> b",
    "factorial": "请用 lgamma(n + 1)",
    "mediane": "请用 median",
    "replace": "请用 regexp_replace(x, '模式', '换成', 'g')",
    "initcap": "请用 lower 或 upper",
    "reverse": _PART,
    "unicode": "请直接比较这个字符",
    "tablecolumn": "请逐列写出",
    "fetch": "请用 limit",
    "sumif": "请用 sum(x) filter (where …)",
    "list_has_any": "请用 &&",
    "product": "请用 exp(sum(ln(x)))",
    "array_agg": "请用 list(x order by …)",
}
_OTHERWISE = "请用 docs/portable.md 里列出的函数和写法"
# The same of a part of what was tried.
_PARTS: dict[tuple[type[exp.Expr], str], str] = {
    (exp.ArraySort, "asc"): "请用 list_sort(x)，从大到小时用 a[-1] 从后往前取",
    (exp.Between, "symmetric"): "请写成 x between least(a, b) and greatest(a, b)",
    (exp.Distinct, "on"): "请用 row_number() over (partition by …) = 1",
    (exp.GenerateSeries, "step"): "请用“range(a, b)”再乘",
    (exp.GroupConcat, "on_overflow"): "请写 string_agg(distinct x, ',' order by x)",
    (exp.In, "field"): "请用“list_contains(l, x)”",
    (exp.In, "unnest"): "请用“list_contains(l, x)”",
    (exp.Join, "method"): "请写明连接的列，再用 row_number 取一行",
    (exp.Limit, "limit_options"): "请写固定的行数，或用 row_number",
    (exp.Max, "count"): "请排序后用 row_number",
    (exp.Min, "count"): "请排序后用 row_number",
    (exp.ArgMax, "count"): "请排序后用 row_number",
    (exp.ArgMin, "count"): "请排序后用 row_number",
    (exp.RegexpLike, "flag"): "请把大小写都写进模式",
    (exp.RegexpExtractAll, "parameters"): "请只取整个匹配",
    (exp.Cast, "format"): "请用不带格式的 cast",
    (exp.Select, "sample"): "请按 md5 排序后取前若干行",
    (exp.Select, "offset"): "请用 row_number 按位次取",
    (exp.Star, "rename"): "请用 as 逐列写出",
    (exp.Table, "db"): "请只写表名",
    (exp.Table, "sample"): "请按 md5 排序后取前若干行",
    (exp.Table, "pivots"): "各列请写成 count(*) filter (where …)",
    (exp.Table, "joins"): "请不用括号，逐个 join",
    (exp.Trim, "expression"): "请用 regexp_replace 去掉两端",
    (exp.WindowSpec, "exclude"): "请把这一行从结果里减去",
    (exp.With, "recursive"): "递归请改用 range、unnest，或逐层写出",
    **{(kind, "by_name"): "请按同样的次序逐列写出" for kind in (exp.Union, exp.Except, exp.Intersect)},
    **{(kind, "offset"): "请用 row_number 按位次取" for kind in (exp.Union, exp.Except, exp.Intersect)},
}


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    return node.key.lower()


def _of_node(node: exp.Expr) -> Iterator[str]:
    name = _name(node)
    if isinstance(node, exp.IgnoreNulls) and isinstance(node.this, exp.AnyValue):
        return
    if isinstance(node, exp.Anonymous):
        if name not in _CALLS:
            yield _untried(f"函数 {name}", name)
        elif len(node.expressions) != _CALLS[name]:
            yield _untried(f"函数 {name} 的这种写法", "")
    elif type(node) not in _TRIED:
        yield _untried(f"{'函数' if isinstance(node, exp.Func) else '写法'} {_as_written(node)}", name)
    else:
        for part, held in node.args.items():
            if held not in (None, False, []) and part not in _TRIED[type(node)]:
                yield said(f"{name} 的 {part.rstrip('_')}", _PARTS.get((type(node), part), _OTHERWISE))


def _as_written(node: exp.Expr) -> str:
    """What a function is called by DuckDB, not by the parser."""
    text = node.sql(dialect="duckdb") if isinstance(node, exp.Func) else ""
    word = text.partition("(")[0].strip().lower()
    return word if word.isidentifier() else node.key.lower()


def _untried(what: str, name: str) -> str:
    if name in _WORDS:
        return said(what.removeprefix("函数 ").removeprefix("写法 "), _WORDS[name])
    return f"{what} 没有在两种计算引擎上比对过，不能用，{_OTHERWISE}"


def _of_times(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.DateDiff) and (unit := node.text("unit").upper()) not in _UNITS:
        portable = {
            "MONTH": "请写成 12 * (year(b) - year(a)) + month(b) - month(a)",
            "YEAR": "请写成 year(b) - year(a)",
            "HOUR": "请先 date_trunc 到小时，再用 date_diff('second', …) // 3600",
            "MINUTE": "请先 date_trunc 到分钟，再用 date_diff('second', …) // 60",
        }
        yield said(f"date_diff('{unit.lower()}', …)", portable.get(unit, "请用 date_diff('day', …)"))
    if (
        isinstance(node, exp.TimestampTrunc | exp.DateTrunc)
        and (unit := node.args["unit"].name.upper()) not in _TRUNCATED
    ):
        yield said(f"date_trunc('{unit.lower()}', …)", "请用 day、month 等")
    if isinstance(node, exp.Interval):
        held = node.this.unnest()
        if node.unit is None and not _CLOCK.fullmatch(held.name):
            yield said(f"interval '{held.name}'", "请写成 interval (n) day 等，一种单位一个")
        elif node.unit is not None and node.unit.name.upper().rstrip("S") not in _STEPS:
            yield said(f"interval … {node.unit.name.lower()}", "请用 day、month、year、hour、minute、second")
        elif node.unit is not None and isinstance(held, exp.Literal) and not _COUNT.fullmatch(held.name):
            yield said(f"interval {held.name}", "请写整数，如 interval (12) hour")
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and node.this.is_string:
        yield from _of_written(node, node.this.name)


_ENDLESS = exp.Alias | exp.Lag | exp.Lead | exp.Predicate | exp.Least | exp.Greatest | exp.Min


def _of_written(node: exp.Cast, text: str) -> Iterator[str]:
    day = exp.DataType.is_type(node.to, exp.DType.DATE)
    moment = exp.DataType.is_type(node.to, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.DATETIME)
    if day and text.lower() == "infinity":
        # Spark has no such day: it may be compared, but never come to be seen or reckoned with.
        held: exp.Expr = node
        while isinstance(held.parent, exp.Coalesce | exp.Paren):
            held = held.parent
        above = held.parent
        shown = isinstance(above, exp.Alias) and above.parent is not None and above.parent.parent is None
        if shown or not isinstance(above, _ENDLESS):
            yield said("date 'infinity'", "请写 date '9999-12-31'")
    elif day and not _DAY.fullmatch(text):
        yield said(f"date '{text}'", "请写成 date '2024-01-31' 的样子")
    elif moment and not (_MOMENT.fullmatch(text) or _DAY.fullmatch(text)):
        yield said(f"timestamp '{text}'", "请写成 timestamp '2024-01-31 08:00:00' 的样子")


def _first_nulls(order: exp.Expr) -> bool:
    return any(one.args.get("nulls_first") for one in order.expressions)


def _of_lists(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.ArrayAgg):
        held = node.parent.parent if isinstance(node.parent, exp.Filter) else node.parent
        sorted_after = isinstance(held, exp.ArraySort)
        sorted_after |= isinstance(held, exp.Flatten) and node.find_ancestor(exp.ArraySort) is not None
        if not isinstance(node.this, exp.Order) and not sorted_after:
            yield said("没有 order by 的 list", "请写 list(x order by …)，或放进 list_sort")
    if isinstance(node, exp.ArrayDistinct) and not _whatever_the_order(node):
        yield said("没有 list_sort 的 list_distinct", "请写 list_sort(list_distinct(x))")
    if isinstance(node, exp.Array) and not node.expressions and isinstance(node.parent, exp.Alias):
        yield said("空列表的一列", "请写明类型，如 cast([] as varchar[])")
    if isinstance(node, exp.GroupConcat):
        yield from _of_joined(node)
    if isinstance(node, exp.Last):
        if not isinstance(node.this, exp.Order):
            yield said("没有 order by 的 last", "请写 last(x order by …)")
        elif any(one.args.get("desc") for one in node.this.expressions):
            yield said("last(x order by … desc)", "请写成 arg_min(x, y)，或按从小到大排")
    if isinstance(node, exp.Last | exp.ArrayAgg) and isinstance(node.this, exp.Order) and _first_nulls(node.this):
        yield said("聚合里的 nulls first", "请写 order by x is not null, x")
    if isinstance(node, exp.IgnoreNulls) and isinstance(node.this, exp.AnyValue):
        yield said("any_value", _WORDS["anyvalue"])
    if isinstance(node, exp.Bracket):
        index = node.expressions[0].unnest()
        whole = index.this if isinstance(index, exp.Neg) else index
        if not (len(node.expressions) == 1 and isinstance(whole, exp.Literal) and not whole.is_string):
            yield said("按变量取列表的一项或取一段", "请写固定的位次，如 a[1]、a[-1]")
        elif isinstance(index, exp.Neg) and whole.name == "1":
            yield said("a[0]", "位次请从 1 起写")
    if isinstance(node, exp.GenerateSeries) and not node.args.get("is_end_exclusive"):
        yield said("generate_series", "请写 range(a, b)，到 b 之前为止")
    if isinstance(node, exp.Struct) and not all(isinstance(one, exp.PropertyEQ) for one in node.expressions):
        yield said("没有名字的结构", "请写“{'name': value}”")
    if isinstance(node, exp.Lambda) and len(node.expressions) != 1:
        yield said("有两个变量的 lambda", "请只用一个变量")


def _whatever_the_order(node: exp.Expr) -> bool:
    """Whether what is made of a list is the same in whichever order it stands."""
    above = node.parent
    return isinstance(above, exp.ArraySort | exp.ArrayMin | exp.Length | exp.ArrayOverlaps | exp.ArrayContains) or (
        isinstance(above, exp.Anonymous) and above.name.lower() in ("list_has_all", "list_sum")
    )


def _of_joined(node: exp.GroupConcat) -> Iterator[str]:
    held = node.this
    plain = isinstance(held, exp.Order) and isinstance(held.this, exp.Distinct) and len(held.expressions) == 1
    plain = plain and held.expressions[0].this == held.this.expressions[0] and not held.expressions[0].args.get("desc")
    if not plain or node.args.get("separator") is None or _first_nulls(held):
        yield said("string_agg", "请写 string_agg(distinct x, ',' order by x)")
    if isinstance(node.parent, exp.Filter):
        yield said("string_agg 的 filter", "请写 string_agg(distinct case when … then x end, ',' order by …)")


def _of_texts(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.RegexpReplace):
        if node.text("modifiers") != "g":
            yield said("没有 'g' 的 regexp_replace", "请加上 'g'，只换一处时用 ^ 或 $ 定住")
        put = node.args["replacement"]
        if not (isinstance(put, exp.Literal) and put.is_string) or set(put.name) & set("\\$"):
            yield said("regexp_replace 换成的文字里的变量、\\ 和 $", "请只写固定的文字")
    if isinstance(node, exp.RegexpExtractAll) and node.text("group") not in ("", "0"):
        yield said("regexp_extract_all 的分组", "请只取整个匹配")
    if isinstance(node, exp.RegexpLike | exp.RegexpReplace | exp.RegexpExtractAll):
        pattern = written(node.expression.unnest())
        if pattern is None:
            yield said("不是固定文字的模式", "请把模式直接写成 '…'")
        elif fault := pattern_fault(pattern, places=not isinstance(node, exp.RegexpLike)):
            yield said(f"模式 '{pattern}'", fault)
    if isinstance(node, exp.Like):
        pattern = node.expression
        if not (isinstance(pattern, exp.Literal) and pattern.is_string) or "\\" in pattern.name:
            yield said("like 后面的变量和 \\", "请把模式直接写成 '…%'，或用 starts_with、regexp_matches")


def _long(interval: exp.Interval) -> bool:
    return interval.unit is not None and interval.unit.name.upper().rstrip("S") in ("MONTH", "YEAR")


def _of_windows(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Window) and node.this is not None and not isinstance(node.this, exp.Identifier):
        held = node.this.this if isinstance(node.this, exp.Filter) else node.this
        if isinstance(held, exp.Count) and isinstance(held.this, exp.Distinct):
            if node.args.get("order") or node.args.get("spec") or isinstance(node.this, exp.Filter):
                yield said("有次序、范围或 filter 的 count(distinct x) over", "请先分组去重，再 count")
            if node.args.get("alias"):
                yield said("count(distinct x) over 一个有名字的窗口", "请写成 over (partition by …)")
        elif isinstance(held, exp.Median) and (node.args.get("order") or node.args.get("spec")):
            yield said("有次序的 median over", "请先 group by 算出，再 join")
        elif not isinstance(held, _OVER) or isinstance(getattr(held, "this", None), exp.Distinct | exp.Order):
            yield said(f"{_name(held)} 的 over", "请先 group by 算出，再 join")
    if isinstance(node, exp.Lag | exp.Lead):
        offset = node.args.get("offset")
        if offset is not None and not (isinstance(offset, exp.Literal) and _COUNT.fullmatch(offset.name)):
            yield said(f"{_name(node)} 的位次", "请写固定的正整数")
    if isinstance(node, exp.WindowSpec):
        if str(node.args.get("kind")).upper() not in ("ROWS", "RANGE"):
            yield said("groups 的窗口", "请用 rows 或 range")
        for part in ("start", "end"):
            edge = node.args.get(part)
            if not isinstance(edge, exp.Expr):
                continue
            bare = edge.unnest()
            fixed = bare.this.unnest() if isinstance(bare, exp.Interval) and bare.unit is not None else bare
            if not (isinstance(fixed, exp.Literal) and _COUNT.fullmatch(fixed.name)):
                yield said("窗口范围里的变量", "请写固定的数或 interval (n) day")
        edges = [node.args.get("start"), node.args.get("end")]
        if len({_long(one) for one in edges if isinstance(one, exp.Interval)}) > 1:
            yield said("一端按月、一端按日的窗口范围", "两端请用同一种单位")
    if isinstance(node, _RANKED) and not isinstance(node.parent, exp.Window):
        yield said(f"没有 over 的 {_name(node)}", "请写 over (order by …)")


_RANKED = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue)
_OVER = (*_RANKED, exp.Sum, exp.Count, exp.Min, exp.Max, exp.Avg, exp.LogicalOr, exp.LogicalAnd, exp.Median)


def _of_shape(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.In) and isinstance(node.this, exp.Tuple) and node.args.get("query") is not None:
        rows = node.args["query"].unnest()
        if not (isinstance(rows, exp.Select) and isinstance(rows.selects[0].unalias(), exp.Tuple)):
            yield said("(a, b) in 一条不是 select (c, d) 的查询", "请写成“(a, b)” in (select (c, d) from …)")
    if isinstance(node, exp.Select):
        joins = node.args.get("joins") or []
        listed = [not any(one.args.get(part) for part in ("kind", "side", "method", "on", "using")) for one in joins]
        if any(listed) and not all(listed):
            yield said("逗号与 join 混用的 from", "请把逗号写成 cross join")
    if isinstance(node, exp.Join) and isinstance(node.this, exp.Unnest | exp.Lateral):
        yield said("join unnest", "请在 select 里用一个 unnest")
    if isinstance(node, exp.Select):
        unfolded = [one for one in node.expressions if one.find(exp.Explode)]
        if len(unfolded) > 1:
            yield said("一层里有两个 unnest", "请分成两层")
        if any(not isinstance(one.unalias(), exp.Explode) for one in unfolded):
            yield said("算式里的 unnest", "请先单列一层 select unnest(…) as x，再算")
        if unfolded and any(
            node.args.get(part) for part in ("group", "having", "qualify", "distinct", "order", "limit")
        ):
            yield said("与 group by、distinct、order by、limit 同一层的 unnest", "请分成两层")
        if any(isinstance(join.this, exp.Unnest) for join in node.args.get("joins") or ()):
            yield said("与 unnest 连接", "请在 select 里用一个 unnest")
    if isinstance(node, exp.Explode) and not isinstance(node.parent, exp.Alias | exp.Select):
        yield said("算式里的 unnest", "请先单列一层 select unnest(…) as x，再算")
    if isinstance(node, exp.Query) and node.args.get("limit") is not None:
        bare = isinstance(node, exp.Select) and not node.args.get("from_")
        if node.args.get("order") is None and not bare:
            yield said("没有 order by 的 limit", "请写 order by，排到能分出先后的列")
        if isinstance(held := node.args["limit"].expression, exp.Expr) and not isinstance(
            held.unnest(), exp.Literal | exp.Placeholder
        ):
            yield said("算出来的 limit", "请写固定的行数，或用 row_number")
    if isinstance(node, exp.From) and isinstance(node.this, exp.Unnest):
        yield said("from unnest", "请写成 select unnest(…)")
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Func):
        yield said(f"from {_as_written(node.this)}(…)", "请写成 from (select unnest(range(…)) as x)，或目录里的表")
    if isinstance(node, exp.Ordered) and isinstance(node.this, exp.Var):
        yield said("order by all", "请逐列写出")
    if isinstance(node, exp.Count) and node.this is None:
        yield said("count()", "请写 count(*)")
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct) and len(node.this.expressions) != 1:
        yield said("count(distinct a, b)", "请写成 count(distinct (a, b))")
    if (
        isinstance(node, exp.Distinct)
        and isinstance(node.parent, exp.AggFunc)
        and not isinstance(node.parent, exp.Count | exp.ArrayAgg | exp.GroupConcat | exp.Min | exp.Max)
    ):
        yield said(f"{_name(node.parent)}(distinct …)", "请先 select distinct，再聚合")
    if isinstance(node, exp.Literal) and not node.is_string and not _fits(node.name):
        yield said(f"数 {node.name}", "请写 bigint 或“decimal(38)”装得下的数")
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Star) and node.find_ancestor(exp.Func):
        yield said("函数里的 *", "请逐列写出")


def _fits(text: str) -> bool:
    digits = text.lower().partition("e")[0].replace(".", "")
    if not digits.isdigit():
        return False
    if "." in text or "e" in text.lower():
        return len(digits) <= 38 and isfinite(float(text))
    return int(text) < 2**63


def _of_tokens(sql: str) -> Iterator[str]:
    tokens = DuckDB().tokenize(sql + "\n")
    for kind, text, colons in zip(tokens, tokens[1:], tokens[2:], strict=False):
        dated = kind.text.upper() in ("DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIME")
        if dated and text.token_type == TokenType.STRING and colons.token_type == TokenType.DCOLON:
            yield said(f"{kind.text} '{text.text}'::…", "请写成 cast(… as …)")
    if any(one.token_type == TokenType.TILDE for one in tokens):
        yield said("~", _FORM)


def refused(sql: str, tree: exp.Expr) -> list[str]:
    """What stands in a query as it was written and may not (Chinese), each once."""
    found = list(_of_tokens(sql))
    for node in tree.walk():
        for look in (_of_node, _of_times, _of_lists, _of_texts, _of_windows, _of_shape):
            found += look(node)
    return list(dict.fromkeys(found))
