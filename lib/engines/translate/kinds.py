"""What a query may not do with values of a type: where the engines take one kind of value for another, each does it in
its own way, or one of them stops."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from sqlglot import exp

from lib.engines.translate.parts import elements, is_kind, is_list, said
from lib.engines.translate.reading import digits, widest

_MOST_DIGITS = 38
_NUMBERS = {"whole", "decimal", "float"}
_TIMES = {"day", "moment"}
_FAMILIES: dict[str, set[exp.DType]] = {
    "whole": {exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT, exp.DType.INT128},
    "decimal": {exp.DType.DECIMAL},
    "float": {exp.DType.DOUBLE},
    "text": {*exp.DataType.TEXT_TYPES},
    "truth": {exp.DType.BOOLEAN},
    "day": {exp.DType.DATE},
    "moment": {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.DATETIME},
    "list": {exp.DType.ARRAY, exp.DType.LIST},
    "record": {exp.DType.STRUCT},
    "json": {exp.DType.JSON},
    "interval": {exp.DType.INTERVAL},
}
_OF_TYPE = {kind: family for family, kinds in _FAMILIES.items() for kind in kinds}
_WORDS = {
    "whole": "整数", "decimal": "decimal", "float": "浮点数", "text": "文字", "truth": "真假", "day": "日期",
    "moment": "时刻", "list": "列表", "record": "结构", "json": "JSON", "interval": "间隔", "unknown": "类型不明的值",
    "null": "NULL",
}  # fmt: skip
# What may be cast into what; a text only where it is written out.
_CASTS = {
    "whole": {"whole", "decimal", "float", "text", "truth"},
    "decimal": {"decimal", "float", "text"},
    "float": {"float", "decimal"},
    "text": {"text"},
    "truth": {"truth", "text", "whole"},
    "day": {"day", "moment", "text"},
    "moment": {"moment", "day", "text"},
    "json": {"text"},
    "null": set(_FAMILIES) - {"interval", "record", "json"},
}
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")
_TEXTS = (
    exp.Concat, exp.ConcatWs, exp.DPipe, exp.EndsWith, exp.Like, exp.Lower, exp.MD5, exp.RegexpExtractAll,
    exp.RegexpLike, exp.RegexpReplace, exp.StartsWith, exp.Trim, exp.Upper,
)  # fmt: skip
_COUNTED = (exp.Avg, exp.Exp, exp.Ln, exp.Median, exp.Neg, exp.Abs, exp.Sign, exp.Stddev, exp.StddevSamp, exp.Sum)
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif)
_OF_LISTS = (
    exp.ArrayAppend, exp.ArrayContains, exp.ArrayDistinct, exp.ArrayFilter, exp.ArrayMin, exp.ArrayOverlaps,
    exp.ArraySort, exp.Explode, exp.Flatten, exp.Transform,
)  # fmt: skip
_UNITS_OF_MOMENTS = ("DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND")
_ORDERING = exp.Max | exp.Min | exp.Greatest | exp.Least | exp.GT | exp.GTE | exp.LT | exp.LTE
_PARTS_OF_TIME = (exp.Year, exp.Month, exp.Day, exp.Hour, exp.Minute)


def family(node: exp.Expr) -> str:
    """The kind of value that a node is."""
    bare = node.unnest()
    if isinstance(bare, exp.Null):
        return "null"
    if isinstance(bare, exp.Star):
        return "whole"
    if isinstance(bare, exp.Tuple):
        return "row"
    if isinstance(bare, exp.Query) and bare.selects:
        return family(bare.selects[0].unalias())
    if isinstance(bare, exp.Distinct | exp.Order):
        return family(bare.this if isinstance(bare, exp.Order) else bare.expressions[0])
    if (kind := bare.type) is not None and kind.this in _OF_TYPE:
        return _OF_TYPE[kind.this]
    return _of_variable(bare)


def _of_variable(node: exp.Expr) -> str:
    """Of the variable of a lambda: the kind of the elements."""
    above = node.find_ancestor(exp.Lambda) if isinstance(node, exp.Identifier | exp.Column) else None
    if above is not None and above.parent is not None and above.expressions[0].name == node.name:
        return of_elements(above.parent.this)
    return "unknown"


def of_elements(node: exp.Expr) -> str:
    """The kind of the elements of a list."""
    held = node.unnest()
    if isinstance(held, exp.Array) and held.expressions:
        return family(held.expressions[0])
    inner = held.type.expressions if held.type is not None else []
    if inner and isinstance(inner[0], exp.DataType):
        return _OF_TYPE.get(inner[0].this, "unknown")
    return "unknown"


def _alike(one: str, other: str) -> bool:
    if "null" in (one, other):
        return True
    if one == "unknown" or other == "unknown":
        return False
    return one == other or {one, other} <= _NUMBERS or {one, other} <= _TIMES


def _mixed(nodes: Iterable[exp.Expr], where: str) -> Iterator[str]:
    """Several values of which one is taken, or that are held against each other."""
    held = [node for node in nodes if family(node) != "null"]
    yield from _of_width(held)
    for one, other in pairwise(held):
        kinds = family(one), family(other)
        if kinds == ("row", "row"):
            if isinstance(one.unnest(), exp.Tuple) and isinstance(other.unnest(), exp.Tuple):
                for left, right in zip(elements(one.unnest()), elements(other.unnest()), strict=False):
                    yield from _mixed((left, right), where)
        elif kinds == ("list", "list"):
            inner = of_elements(one), of_elements(other)
            if "unknown" not in inner and not _alike(*inner):
                yield _said_mixed(where, *inner)
        elif not (_alike(*kinds) or _written(one, other) or _written(other, one)):
            yield _said_mixed(where, *kinds)


def _of_width(nodes: Iterable[exp.Expr]) -> Iterator[str]:
    """Decimals that together need more than 38 digits: DuckDB rounds the finer ones, also when it only compares."""
    pairs = [pair for node in nodes if (pair := digits(node.unnest().type)) is not None]
    if len({scale for _, scale in pairs}) > 1 and widest(pairs)[0] > _MOST_DIGITS:
        yield said("位数合起来超过 38 的 decimal", "请先 cast 成同样的 decimal(p, s)")


def _said_mixed(where: str, one: str, other: str) -> str:
    return said(f"{where} {_WORDS.get(one, one)}与{_WORDS.get(other, other)}", "请先 cast 成同一类型")


def _written(one: exp.Expr, other: exp.Expr) -> bool:
    """A day that is written as text beside one that is none."""
    text = one.unnest()
    return (
        isinstance(text, exp.Literal)
        and text.is_string
        and (match := _WRITTEN.fullmatch(text.name)) is not None
        and (family(other) == "moment" or (family(other) == "day" and not match.group(1)))
    )


def _wants(node: exp.Expr, kinds: set[str], what: str, portable: str) -> Iterator[str]:
    if (found := family(node)) not in kinds | {"null"}:
        yield said(f"{what} {_WORDS.get(found, found)}", portable)


def refused_types(tree: exp.Expr) -> list[str]:
    """What may not stand in a query for the types of its parts, each once."""
    looks = (_of_casts, _of_choices, _of_sums, _of_conditions, _of_values, _of_lists, _of_order, _of_outcome)
    return list(dict.fromkeys(fault for node in tree.walk() for look in looks for fault in look(node)))


def _of_casts(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.DataType) and not isinstance(node.parent, exp.Struct | exp.ColumnDef):
        if node.this not in _OF_TYPE or node.this in (exp.DType.INTERVAL, exp.DType.STRUCT, exp.DType.JSON):
            yield said(f"类型 {node.sql('duckdb')}", "请用 integer、bigint、decimal(p, s)、double、varchar、date 等")
        elif node.this in exp.DataType.TEXT_TYPES and node.expressions:
            yield said(f"类型 {node.sql('duckdb')}", "请写 varchar")
        elif node.this == exp.DType.DECIMAL and len(node.expressions) != 2:
            yield said(f"类型 {node.sql('duckdb')}", "请写明 decimal(p, s)")
    if not isinstance(node, exp.Cast):
        return
    if isinstance(node.this, exp.Placeholder):
        return
    held, target = family(node.this), _OF_TYPE.get(node.to.this, "unknown")
    whole = target == "whole"
    if whole and held in ("float", "decimal") and not isinstance(node.this.unnest(), exp.Round):
        yield said("把小数直接 cast 成整数", "请先 round")
    elif held == "float" and target == "text":
        yield said("把浮点数 cast 成文字", "请先 cast 成 decimal")
    elif held == "text" and whole and not isinstance(node.this, exp.Literal):
        yield said("把文字 cast 成整数", "请用目录里是数的一列")
    elif held == "text" and isinstance(node.this, exp.Literal) and target in ("whole", "decimal", "float", *_TIMES):
        if target not in _TIMES and not re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", node.this.name):
            yield said(f"cast('{node.this.name}' as …)", "请直接写出这个数")
    elif held == "list" and target == "list":
        inner = node.to.expressions[0]
        if not (isinstance(inner, exp.DataType) and _OF_TYPE.get(inner.this) == of_elements(node.this)) and (
            not isinstance(node.this, exp.Array) or node.this.expressions
        ):
            yield said("把列表 cast 成另一类型的列表", "请用 list_transform 逐项 cast")
    elif not (whole and held in ("float", "decimal")) and target not in _CASTS.get(held, set()):
        yield said(f"把{_WORDS.get(held, held)} cast 成{_WORDS.get(target, target)}", "请在目录里另列一列")


def _of_choices(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, _COMPARED):
        yield from _mixed((node.this, node.expression), "比较")
    elif isinstance(node, exp.Between):
        yield from _mixed((node.this, node.args["low"], node.args["high"]), "比较")
    elif isinstance(node, exp.In) and node.args.get("query") is None:
        for one in node.expressions:
            yield from _mixed((node.this, one), "比较")
    elif isinstance(node, exp.In):
        asked = node.args["query"].unnest()
        if isinstance(asked, exp.Query) and asked.selects:
            yield from _mixed((node.this, asked.selects[0].unalias()), "比较")
    elif isinstance(node, exp.Case):
        branches = [one.args["true"] for one in node.args["ifs"]]
        yield from _mixed([*branches, *([node.args["default"]] if node.args.get("default") else [])], "同一列里")
        if node.this is not None:
            for one in node.args["ifs"]:
                yield from _mixed((node.this, one.this), "比较")
    elif isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
        yield from _mixed([node.args["true"], *([node.args["false"]] if node.args.get("false") else [])], "同一列里")
    elif isinstance(node, exp.Coalesce | exp.Greatest | exp.Least):
        yield from _mixed((node.this, *node.expressions), "同一列里")
    elif isinstance(node, exp.Array):
        yield from _mixed(node.expressions, "列表里")
    elif isinstance(node, exp.Lag | exp.Lead) and node.args.get("default") is not None:
        yield from _mixed((node.this, node.args["default"]), "同一列里")
    elif isinstance(node, exp.SetOperation):
        for left, right in zip(_columns(node.left), _columns(node.right), strict=False):
            yield from _mixed((left.unalias(), right.unalias()), "同一列里")
            if {family(left.unalias()), family(right.unalias())} == {"decimal", "float"}:
                yield _said_mixed("同一列里", "decimal", "float")
    elif isinstance(node, exp.ArrayContains | exp.ArrayAppend):
        kinds = of_elements(node.this), family(node.expression)
        if "unknown" not in kinds and not _alike(*kinds):
            yield _said_mixed("列表里", *kinds)


def _columns(query: exp.Expr) -> list[exp.Expr]:
    bare = query.unnest()
    return list(bare.selects) if isinstance(bare, exp.Query) else []


def _of_sums(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Add | exp.Sub):
        kinds = family(node.this), family(node.expression)
        numbers = all(one in _NUMBERS | {"null"} for one in kinds)
        moved = kinds[0] in _TIMES and kinds[1] == "interval"
        moved |= isinstance(node, exp.Add) and kinds[1] in _TIMES and kinds[0] == "interval"
        days = kinds[0] == "day" and (kinds[1] == "whole" or (isinstance(node, exp.Sub) and kinds[1] == "day"))
        if "moment" in kinds and "interval" not in kinds and isinstance(node, exp.Sub):
            yield said("两个时刻相减", "请用“date_diff('day', a, b)”或“date_diff('second', a, b)”")
        elif not (numbers or moved or days):
            yield said(f"{_WORDS.get(kinds[0], kinds[0])}与{_WORDS.get(kinds[1], kinds[1])}相加减", "请先 cast")
    elif isinstance(node, exp.Mul | exp.Div):
        for one in (node.this, node.expression):
            yield from _wants(one, _NUMBERS, "乘除", "请先 cast 成数")
    elif isinstance(node, exp.IntDiv | exp.Mod):
        for one in (node.this, node.expression):
            yield from _wants(one, {"whole"}, "// 和 % 一个", "请先 round 再 cast 成整数")
    elif isinstance(node, _COUNTED):
        yield from _wants(node.this, _NUMBERS, f"{node.key} 一个", "请先 cast 成数")
    elif isinstance(node, exp.Interval) and not isinstance(node.this, exp.Literal):
        yield from _wants(node.this, {"whole"}, "interval 一个", "请先 round 再 cast 成整数")
    if isinstance(node, exp.Interval | exp.ToDays):
        held: exp.Expr = node
        while isinstance(held.parent, exp.Paren):
            held = held.parent
        if not isinstance(held.parent, exp.Add | exp.Sub | exp.WindowSpec):
            yield said("单独的 interval", "请只用它加减日期和时刻")
    if isinstance(node, exp.Round):
        yield from _wants(node.this, _NUMBERS, "round 一个", "请先 cast 成 double 或 decimal")
        places = node.args.get("decimals")
        bare = places.this if isinstance(places, exp.Neg) else places
        if bare is not None and not (isinstance(bare, exp.Literal) and bare.name.isdigit()):
            yield said("round 的位数", "请写固定的位数")
    if isinstance(node, exp.Median) and family(node.this) == "decimal":
        yield said("小数的 median", "请写 median(cast(… as double))")


def _of_conditions(node: exp.Expr) -> Iterator[str]:
    held: list[exp.Expr] = []
    if isinstance(node, exp.And | exp.Or):
        held = [node.this, node.expression]
    elif isinstance(node, exp.Not | exp.Where | exp.Having | exp.Qualify | exp.LogicalAnd | exp.LogicalOr) or (
        isinstance(node, exp.If) and not (isinstance(node.parent, exp.Case) and node.parent.this is not None)
    ):
        held = [node.this]
    elif isinstance(node, exp.Join) and node.args.get("on") is not None:
        held = [node.args["on"]]
    elif isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean):
        held = [node.this]
    for one in held:
        yield from _wants(one, {"truth"}, "作条件的", "请写出比较，如 x <> 0")


def _of_values(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, _TEXTS):
        given = [node.this, node.expression, *node.expressions]
        if isinstance(node, exp.DPipe) and all(family(one) == "list" for one in given[:2]):
            return
        if isinstance(node, exp.ConcatWs):
            given = node.expressions
        joined = isinstance(node, exp.Concat | exp.ConcatWs | exp.DPipe)
        kinds = {"text", "whole", "decimal", "day", "moment", "truth"} if joined else {"text"}
        for one in given:
            if isinstance(one, exp.Expr):
                yield from _wants(one, kinds, f"{node.key} 一个", "请先 cast 成文字")
    elif isinstance(node, _PARTS_OF_TIME):
        yield from _wants(node.this, _TIMES, f"{node.key} 一个", "请先 cast 成 date 或 timestamp")
    elif isinstance(node, exp.DateDiff):
        for one in (node.this, node.expression):
            yield from _wants(one, _TIMES, "date_diff 一个", "请先 cast 成 date 或 timestamp")
    elif isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        yield from _wants(node.this, _TIMES, "date_trunc 一个", "请先 cast 成 date 或 timestamp")
    elif isinstance(node, exp.Length):
        yield from _wants(node.this, {"text", "list"}, "length 一个", "请先 cast 成文字，或另列一列")
    elif isinstance(node, exp.Bracket) and not isinstance(node.this.unnest(), exp.Max | exp.Min):
        yield from _wants(node.this, {"list"}, "按位次取", "文字的一段请用 regexp_extract_all")
    elif isinstance(node, exp.Anonymous) and node.name.lower() in ("mad", "lgamma"):
        yield from _wants(node.expressions[0], _NUMBERS, f"{node.name.lower()} 一个", "请先 cast 成数")
    elif isinstance(node, exp.Anonymous) and node.name.lower() == "to_json":
        yield from _wants(node.expressions[0], {"record", "list"}, "to_json 一个", "请写“to_json({'name': value})”")
        if of_elements(node.expressions[0]) == "moment":
            yield said("to_json 一列时刻", "请先逐项 cast 成文字")
    elif isinstance(node, exp.Struct):
        for one in node.expressions:
            if is_list(one.expression) and of_elements(one.expression) == "moment":
                yield said("to_json 一列时刻", "请先逐项 cast 成文字")
    elif isinstance(node, exp.Dot):
        yield said("结构里的一项", "请把各项分列写出")


def _of_lists(node: exp.Expr) -> Iterator[str]:
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    if not (isinstance(node, _OF_LISTS) or name.startswith("list_")):
        return
    held = [*node.expressions] if name else [node.this, node.expression]
    both = isinstance(node, exp.ArrayOverlaps) or name == "list_has_all"
    for one in held if both else held[:1]:
        yield from _wants(one, {"list"}, "列表函数里的", "请写列表，如 ['a']")
    if name == "list_sum" and of_elements(held[0]) not in _NUMBERS:
        yield said("list_sum 一个不是数的列表", "请先逐项 cast 成 double")
    if isinstance(node, exp.ArraySort | exp.ArrayMin) and of_elements(held[0]) in ("list", "record", "json"):
        yield said("排一个列表的列表", "请先 flatten")


def _of_order(node: exp.Expr) -> Iterator[str]:
    unordered = {"list", "record", "json", "unknown"}
    asked: list[exp.Expr] = []
    if isinstance(node, exp.Ordered | _ORDERING):
        asked = [node.this]
    elif isinstance(node, exp.ArgMax | exp.ArgMin):
        asked = [node.expression]
    for one in asked:
        for part in elements(one.unnest()) if isinstance(one.unnest(), exp.Tuple) else [one]:
            if (found := family(part)) in unordered:
                yield said(f"按{_WORDS[found]}排序或比大小", "请按其中的一项，或先 cast")
    if isinstance(node, exp.EQ | exp.NEQ | exp.NullSafeEQ | exp.NullSafeNEQ | exp.Nullif):
        for one in (node.this, node.expression):
            if family(one) in ("record", "json"):
                yield said(f"比较{_WORDS[family(one)]}", "请比较其中的一项")
    if isinstance(node, exp.Group):
        for one in node.expressions:
            if family(one) in ("record", "json"):
                yield said(f"按{_WORDS[family(one)]}分组", "请按其中的一项")
    if (
        isinstance(node, exp.Select)
        and node.args.get("distinct")
        and any(family(one.unalias()) in ("record", "json") for one in node.expressions)
    ):
        yield said("select distinct 里的 JSON", "请先 distinct，再写成 JSON")


def _of_span(node: exp.Window) -> Iterator[str]:
    """A range of values before and after that of a row."""
    spec, order = node.args.get("spec"), node.args.get("order")
    edges = [] if spec is None else [spec.args.get("start"), spec.args.get("end")]
    edges = [one for one in edges if isinstance(one, exp.Expr)]
    if spec is None or order is None or not edges or str(spec.args.get("kind")).upper() != "RANGE":
        return
    held = family(order.expressions[0].this)
    for edge in edges:
        unit = edge.unit.name.upper().rstrip("S") if isinstance(edge, exp.Interval) and edge.unit is not None else ""
        allowed = {"whole": {""}, "day": {"DAY", "MONTH", "YEAR"}, "moment": {*_UNITS_OF_MOMENTS}}.get(held, set())
        if unit not in allowed:
            yield said(f"按{_WORDS.get(held, held)}的 range", "请按整数、日期或时刻排，范围用同类的数或 interval")


def _of_outcome(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Window):
        yield from _of_span(node)
    if isinstance(node, exp.Column) and not node.table and not isinstance(node.this, exp.Star):
        above = node.find_ancestor(exp.Select, exp.SetOperation)
        if isinstance(above, exp.Select) and node.name not in above.named_selects:
            yield said(f"列 {node.name}", "请在它前面写明表名")
    if is_kind(node, {exp.DType.INTERVAL}) and isinstance(node, exp.Column):
        yield said("间隔的一列", "请用 date_diff 得出天数或秒数")
