"""Random expressions of the portable subset over random values, on two engines, many to a query."""

import math
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from lib.engines import EngineError, Session
from lib.engines.session import Engine
from tests.engines.equality import plain

ROWS = 60
BATCH = 40
TYPES = {
    "key": "INTEGER", "g": "INTEGER", "i": "INTEGER", "j": "INTEGER", "d": "DOUBLE", "e": "DOUBLE",
    "m": "DECIMAL(14,2)", "n": "DECIMAL(14,2)", "day": "DATE", "eve": "DATE", "came": "TIMESTAMP", "due": "TIMESTAMP",
    "s": "VARCHAR", "r": "VARCHAR", "b": "BOOLEAN", "c": "BOOLEAN", "l": "VARCHAR[]", "k": "VARCHAR[]",
}  # fmt: skip
_TEXTS = ["", "a", "B", "ab c", " 处罚 ", "无处罚", "o'brien", 'say "x"', "12-3", "警告", "a1b22", "\\d", "é", "𠮷"]


def values(seed_: int) -> list[dict[str, Any]]:
    """Rows of every type, with NULL, edges and ties."""
    dice = random.Random(seed_)

    def some(make: Callable[[], Any]) -> Any:
        return None if dice.random() < 0.12 else make()

    def day() -> date:
        return date(2020, 1, 1) + timedelta(days=dice.choice([0, 30, 59, 60, 365, 730, dice.randint(0, 1200)]))

    def moment() -> datetime:
        return datetime.combine(day(), datetime.min.time()) + timedelta(seconds=dice.choice([0, 1, 86399, 3600 * 9]))

    def texts() -> list[str | None]:
        return [some(lambda: dice.choice(_TEXTS)) for _ in range(dice.randint(0, 3))]

    makers: dict[str, Callable[[], Any]] = {
        "INTEGER": lambda: dice.choice([0, 1, -1, 2, 5, -7, dice.randint(-400, 400)]),
        "DOUBLE": lambda: dice.choice([0.0, 0.5, -2.5, 2.675, 1e-7, 3.125, dice.uniform(-50, 50)]),
        "DECIMAL(14,2)": lambda: dice.choice(
            [Decimal("0.00"), Decimal("2.50"), Decimal(dice.randint(-9999, 9999)) / 100]
        ),
        "DATE": day,
        "TIMESTAMP": moment,
        "VARCHAR": lambda: dice.choice(_TEXTS),
        "BOOLEAN": lambda: dice.random() < 0.5,
        "VARCHAR[]": texts,
    }
    rows = []
    for key in range(ROWS):
        row = {name: some(makers[kind]) for name, kind in TYPES.items()}
        rows.append({**row, "key": key, "g": dice.randint(0, 5)})
    return rows


def table(con: duckdb.DuckDBPyConnection, seed_: int) -> None:
    """The values as the table t."""
    con.execute(f"create or replace table t ({', '.join(f'{name} {kind}' for name, kind in TYPES.items())})")
    marks = ", ".join("?" for _ in TYPES)
    for row in values(seed_):
        con.execute(f"insert into t values ({marks})", [row[name] for name in TYPES])


Text = st.SearchStrategy[str]


def _form(form: str, **parts: Text) -> Text:
    return st.fixed_dictionaries(parts).map(lambda held: form.format(**held))


def _forms() -> dict[str, Text]:
    """Expressions by type; each refers to the others."""
    found: dict[str, Text] = {}

    def of(kind: str) -> Text:
        return st.deferred(lambda: found[kind])

    def any_of(kind: str, leaves: list[str], forms: list[Text]) -> None:
        leaf = st.sampled_from(leaves)
        found[kind] = st.one_of(leaf, leaf, leaf, *forms)
        found[f"{kind} leaf"] = leaf

    number, double, money, text = of("number"), of("double"), of("money"), of("text")
    day, moment, truth, texts = of("day"), of("moment"), of("truth"), of("texts")
    small, place = st.sampled_from(["0", "1", "2", "-1", "7"]), st.sampled_from(["1", "2", "-1", "-2"])
    for kind, leaves in {
        "number": ["i", "j", "3", "0"], "double": ["d", "e", "cast(0.5 as double)"], "money": ["m", "n", "1.25"],
        "text": ["s", "r", "'处罚'", "'a'"], "day": ["day", "eve", "date '2021-02-28'"],
        "moment": ["came", "due", "timestamp '2021-03-31 23:59:59'"], "truth": ["b", "c"], "texts": ["l", "k"],
    }.items():  # fmt: skip
        common = [
            _form("case when {w} then {x} else {y} end", w=truth, x=of(kind), y=of(kind)),
            _form("coalesce({x}, {y})", x=of(kind), y=of(kind)),
        ]
        if kind != "texts":
            common += [_form("nullif({x}, {y})", x=of(kind), y=of(kind))]
        if kind not in ("truth", "texts"):
            common += [
                _form("greatest({x}, {y})", x=of(kind), y=of(kind)),
                _form("least({x}, {y})", x=of(kind), y=of(kind)),
            ]
        any_of(kind, leaves, common)
    more: dict[str, list[Text]] = {
        "number": [
            _form("({x} + {y})", x=of("number leaf"), y=of("number leaf")),
            _form("({x} - {y})", x=of("number leaf"), y=of("number leaf")),
            _form("({x} * {y})", x=of("number leaf"), y=of("number leaf")),
            _form("({x} // 7)", x=number),
            _form("({x} % 5)", x=number),
            _form("abs({x})", x=number),
            _form("date_diff('day', {x}, {y})", x=day, y=day),
            _form("date_diff('day', {x}, {y})", x=moment, y=moment),
            _form("date_diff('second', {x}, {y})", x=moment, y=moment),
            _form("({x} - {y})", x=day, y=day),
            _form("year({x})", x=day),
            _form("month({x})", x=moment),
            _form("day({x})", x=day),
            _form("hour({x})", x=moment),
            _form("minute({x})", x=moment),
            _form("length({x})", x=text),
            _form("length({x})", x=texts),
            _form("cast(round({x}) as bigint)", x=of("double leaf")),
            _form("cast(round({x}) as integer)", x=of("money leaf")),
            _form("sign({x})", x=of("double leaf")),
        ],
        "double": [
            _form("cast({x} as double)", x=number),
            _form("cast({x} as double)", x=money),
            _form("({x} + {y})", x=double, y=double),
            _form("({x} - {y})", x=double, y=double),
            _form("({x} * {y})", x=of("double leaf"), y=of("double leaf")),
            _form("({x} / {y})", x=of("double leaf"), y=of("double leaf")),
            _form("({x} / {y})", x=number, y=number),
            _form("({x} / {y})", x=money, y=money),
            _form("({x} / nullif({y}, 0))", x=money, y=number),
            _form("round({x}, 2)", x=of("double leaf")),
            _form("round({x}, 3)", x=of("double leaf")),
            _form("round({x}, -1)", x=of("double leaf")),
            _form("ln({x})", x=of("double leaf")),
            _form("ln({x})", x=of("number leaf")),
            _form("exp({x})", x=st.sampled_from(["least(d, 10)", "least(e, 3)"])),
            _form("abs({x})", x=double),
            _form("lgamma(abs({x}) + 1)", x=of("number leaf")),
            _form("list_sum([{x}, {y}])", x=of("double leaf"), y=of("double leaf")),
        ],
        "money": [
            _form("({x} + {y})", x=of("money leaf"), y=of("money leaf")),
            _form("({x} - {y})", x=of("money leaf"), y=of("money leaf")),
            _form("round({x}, 1)", x=of("money leaf")),
            _form("abs({x})", x=of("money leaf")),
        ],
        "text": [
            _form("concat({x}, '·', {y})", x=text, y=text),
            _form("concat_ws('、', {x}, {y})", x=text, y=text),
            _form("({x} || {y})", x=text, y=text),
            _form("trim({x})", x=text),
            _form("md5({x})", x=text),
            _form("lower({x})", x=of("text leaf")),
            _form("cast({x} as varchar)", x=number),
            _form("cast({x} as varchar)", x=of("money leaf")),
            _form("cast({x} as varchar)", x=day),
            _form("cast({x} as varchar)", x=moment),
            _form("cast({x} as varchar)", x=of("truth leaf")),
            _form("regexp_replace({x}, '[a-c]+', 'x', 'g')", x=text),
            _form("{x}[{y}]", x=of("texts leaf"), y=place),
        ],
        "day": [
            _form("cast({x} as date)", x=moment),
            _form("({x} + {y})", x=day, y=small),
            _form("cast({x} + interval ({y}) day as date)", x=day, y=small),
            _form("cast({x} - interval ({y}) month as date)", x=day, y=small),
            _form("cast(date_trunc('month', {x}) as date)", x=day),
        ],
        "moment": [
            _form("({x} + interval ({y}) day)", x=day, y=small),
            _form("({x} - interval ({y}) month)", x=day, y=small),
            _form("({x} + interval ({y}) hour)", x=moment, y=small),
            _form("({x} + interval ({y}) minute)", x=moment, y=small),
            _form("({x} + interval '23:59:59')", x=day),
            _form("({x} + to_days({y}))", x=day, y=small),
            _form("date_trunc('hour', {x})", x=moment),
            _form("date_trunc('month', {x})", x=day),
            _form("cast({x} as timestamp)", x=day),
        ],
        "texts": [
            _form("list_append({x}, {y})", x=texts, y=text),
            _form("list_sort({x})", x=texts),
            _form("list_sort(list_distinct({x}))", x=texts),
            _form("[{x}, {y}]", x=text, y=text),
            _form("list_filter({x}, lambda one: one <> 'a')", x=of("texts leaf")),
            _form("list_transform({x}, lambda one: concat(one, '!'))", x=of("texts leaf")),
            _form("regexp_extract_all({x}, '[0-9]+')", x=text),
        ],
        "truth": [
            *(
                _form(f"({{x}} {sign} {{y}})", x=of(one), y=of(one))
                for sign in ("=", "<>", "<", ">=", "is distinct from", "is not distinct from")
                for one in ("number", "money", "text", "day", "moment", "double leaf")
            ),
            _form("({x} and {y})", x=truth, y=truth),
            _form("({x} or {y})", x=truth, y=truth),
            _form("(not {x})", x=truth),
            _form("({x} is null)", x=text),
            _form("({x} in (1, 2, {y}))", x=number, y=number),
            _form("({x} between {y} and {z})", x=day, y=day, z=day),
            _form("({x} < {y})", x=day, y=moment),
            _form("starts_with({x}, {y})", x=text, y=of("text leaf")),
            _form("ends_with({x}, {y})", x=text, y=of("text leaf")),
            _form("regexp_matches({x}, '^[a-z]|处')", x=text),
            _form("list_contains({x}, {y})", x=texts, y=of("text leaf")),
            _form("list_has_all({x}, {y})", x=texts, y=texts),
            _form("({x} && {y})", x=texts, y=texts),
            _form("(({x}, {y}) < ({z}, {w}))", x=of("number leaf"), y=text, z=of("number leaf"), w=text),
        ],
    }  # fmt: skip
    for kind, forms in more.items():
        found[kind] = st.one_of(found[f"{kind} leaf"], found[kind], *forms)
    for one in ("number", "double", "money", "text", "day", "moment", "truth", "texts"):
        found[f"any {one}"] = of(one)
    return found


_KINDS = _forms()
SCALARS = st.one_of(
    *(_KINDS[f"any {kind}"] for kind in ("number", "double", "money", "text", "day", "moment", "truth", "texts"))
)


def _json() -> Text:
    parts = {name: _KINDS[f"any {name}"] for name in ("number", "money", "text", "day", "moment", "texts", "truth")}
    return _form(
        "cast(to_json({{'a': {number}, 'b': {money}, 'c': {text}, 'd': {day}, 'e': {moment}, 'f': {texts},"
        " 'g': {truth}}}) as varchar)",
        **parts,
    )


def _aggregates() -> Text:
    number, money, text, day = (_KINDS[f"any {kind}"] for kind in ("number", "money", "text", "day"))
    truth, leaf, moment = _KINDS["any truth"], _KINDS["double leaf"], _KINDS["any moment"]
    return st.one_of(
        _form("sum({x})", x=number), _form("sum({x})", x=money), _form("avg({x})", x=money),
        _form("avg({x})", x=number),
        _form("min({x})", x=text), _form("max({x})", x=moment), _form("count({x})", x=truth),
        _form("count(distinct {x})", x=text), _form("count(*) filter (where {x})", x=truth),
        _form("bool_or({x})", x=truth), _form("bool_and({x})", x=truth), _form("median({x})", x=leaf),
        _form("mad({x})", x=leaf), _form("stddev_samp({x})", x=leaf),
        _form("arg_max({x}, key)", x=text), _form("arg_min({x}, ({y}, key))", x=day, y=number),
        _form("arg_max({x}, ({y}, key)) filter (where {z})", x=money, y=text, z=truth),
        _form("list({x} order by key)", x=text), _form("list({x} order by {y} desc, key)", x=number, y=text),
        _form("list({x} order by {y}, key desc) filter (where {z})", x=day, y=day, z=truth),
        _form("list(distinct {x} order by {x})", x=_KINDS["text leaf"]),
        _form("last({x} order by {y}, key)", x=text, y=number), _form("max(({x}, key))[1]", x=number),
        _form("min(({x}, {y}))[2]", x=day, y=text),
        _form("string_agg(distinct {x}, '、' order by {x})", x=_KINDS["text leaf"]),
        _form("list_sort(list_distinct(flatten(list({x} order by key))))", x=_KINDS["texts leaf"]),
    )  # fmt: skip


def _windows() -> Text:
    number, text, truth = (_KINDS[f"any {kind}"] for kind in ("number", "text", "truth"))
    return st.one_of(
        _form("row_number() over (partition by g order by {x} desc, {y}, key)", x=number, y=text),
        _form("lag({x}) over (partition by g order by {y}, key)", x=text, y=number),
        _form("lead({x}, 1, 'none') over (order by {y} desc, key)", x=text, y=text),
        _form("count(distinct {x}) over (partition by g)", x=text),
        _form("sum({x}) over (partition by g order by key)", x=number),
        _form("count(*) filter (where {x}) over (partition by g)", x=truth),
        _form("min({x}) over (partition by {y} order by key rows between 3 preceding and current row)", x=text, y=truth)
    )  # fmt: skip


# What is asked of every row, of every group, over windows.
SHAPES: dict[str, tuple[Text, str]] = {
    "rows": (st.one_of(SCALARS, SCALARS, SCALARS, _json()), "select key, {} from t"),
    "groups": (_aggregates(), "select g, {} from t group by g"),
    "windows": (_windows(), "select key, {} from t"),
}


def near(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(near, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(near(one[key], other[key]) for key in one)
    return bool(one == other) and type(one) is type(other)


def _asked(session: Session, query: str, expressions: list[str]) -> list[dict] | str:
    text = query.format(", ".join(f"{one} as x{place}" for place, one in enumerate(expressions)))
    try:
        found = session.run(text, {}).to_pylist()
    except EngineError as error:
        return error.message
    return sorted((plain(row) for row in found), key=lambda row: next(iter(row.values())))


def differing(sessions: tuple[Session, Session], query: str, expressions: list[str]) -> Iterator[str]:
    """What two sessions answer otherwise, each expression with both answers; one that both refuse is no difference.

    A query that fails is cut in two until the expression stands alone.
    """
    one, other = (_asked(session, query, expressions) for session in sessions)
    if isinstance(one, str) or isinstance(other, str):
        if len(expressions) > 1:
            half = len(expressions) // 2
            yield from differing(sessions, query, expressions[:half])
            yield from differing(sessions, query, expressions[half:])
        elif isinstance(one, str) != isinstance(other, str):
            yield f"{expressions[0]}: {str(one)[:90]} / {str(other)[:200]}"
        return
    for place, expression in enumerate(expressions):
        name = f"x{place}"
        for left, right in zip(one, other, strict=True):
            if not near(left[name], right[name]):
                yield f"{expression}: {left[name]!r} / {right[name]!r}"
                break


def drawn(shape: str, count: int, seed_: int) -> list[str]:
    """So many different expressions of a shape."""
    found: dict[str, None] = {}

    @seed(seed_)
    @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(SHAPES[shape][0])
    def draw(expression: str) -> None:
        if len(expression) < 600:
            found[expression] = None

    draw()
    return list(found)


def fuzzed(engines: tuple[Engine, Engine], expressions: int, seed_: int = 1) -> tuple[int, list[str]]:
    """How many expressions were tried on both engines, and what differs."""
    shares = {"rows": 0.7, "groups": 0.2, "windows": 0.1}
    tried, found = 0, []
    for number, (shape, share) in enumerate(shares.items()):
        with duckdb.connect(":memory:") as con:
            table(con, seed_ + number)
            sessions = engines[0].over(con), engines[1].over(con)
            waiting = iter(drawn(shape, int(expressions * share), seed_))
            while batch := list(islice(waiting, BATCH)):
                tried += len(batch)
                found += differing(sessions, SHAPES[shape][1], batch)
    return tried, found
