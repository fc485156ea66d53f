"""Random whole queries of what models are made of, on two engines: joins, subqueries, groups, windows, values bound,
CTEs, sets of rows, over tables with NULL, ties, edges, without rows and of NULL alone."""

import random
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from lib.engines import EngineError, Session
from lib.engines.session import Engine
from tests.engines.equality import rows_of
from tests.engines.fuzz import near

COLUMNS = {
    "key": "INTEGER", "g": "INTEGER", "i": "INTEGER", "j": "BIGINT", "d": "DOUBLE", "m": "DECIMAL(14,2)",
    "n": "DECIMAL(18,4)", "day": "DATE", "eve": "DATE", "came": "TIMESTAMP", "s": "VARCHAR", "r": "VARCHAR",
    "b": "BOOLEAN", "l": "VARCHAR[]",
}  # fmt: skip
KINDS = {
    "key": "number", "g": "number", "i": "number", "j": "number", "d": "double", "m": "money", "n": "money",
    "day": "day", "eve": "day", "came": "moment", "s": "text", "r": "text", "b": "truth", "l": "texts",
}  # fmt: skip
ROWS = {"t": 24, "u": 15, "nothing": 0, "nulls": 4}
_TEXTS = [
    "", " ", "a", "A", "ab c", "处罚", "　处罚　", "无处罚", "o'x", 'say "x"', "12-3", "a1b22", "\\d", "é", "ß", "𠮷",
    "a%_b",
    "a\nb", "a\n", "tab\t", "$1", "[x]",
]  # fmt: skip
_DAYS = [
    date(100, 1, 1), date(1582, 10, 10), date(1970, 1, 1), date(2020, 2, 29), date(2021, 1, 31), date(2021, 2, 28),
    date(2021, 3, 31), date(2021, 12, 31), date(2022, 1, 1), date(9900, 12, 30),
]  # fmt: skip
_TIMES = ["00:00:00", "00:00:01", "23:59:59", "09:30:00", "12:00:00.5", "23:59:59.999999", "08:00:00.000001"]
FIRST = 4
BOUND: dict[str, Any] = {
    "count": 3, "big": 5_000_000_000, "rate": 0.25, "as_of": date(2021, 3, 31),
    "at": datetime(2021, 3, 31, 12, 30, 1, 5),
    "word": "处罚", "words": ["a", "处罚", ""], "none": [], "amount": Decimal("12.50"), "yes": True, "null": None,
    "mixed": [1, None, 2**31], "gaps": ["a", None, "'\"\\${x}😀"], "halves": [1, Decimal("2.50")],
    "days": [date(2021, 3, 31), None],
}  # fmt: skip
_BOUND_KINDS = {
    "number": ["count", "big"], "double": ["rate"], "day": ["as_of"], "moment": ["at"], "text": ["word"],
    "money": ["amount"], "truth": ["yes"], "texts": ["words"],
}  # fmt: skip


def fill(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    """The four tables, with NULL, ties and edges."""
    dice = random.Random(seed)

    def moment() -> datetime:
        return datetime.fromisoformat(f"{dice.choice(_DAYS[2:-1])} {dice.choice(_TIMES)}")

    makers = {
        "number": lambda: dice.choice([0, 1, -1, 2, 3, 5, -7, 400]),
        "double": lambda: dice.choice([0.0, 0.5, -2.5, 2.675, 1e-7, 3.125, 1e12, 0.1]),
        "money": lambda: dice.choice([Decimal("0.00"), Decimal("2.50"), Decimal("-1.25"), Decimal("99999.99")]),
        "day": lambda: dice.choice(_DAYS[3:9] if dice.random() < 0.8 else _DAYS),
        "moment": moment,
        "text": lambda: dice.choice(_TEXTS),
        "truth": lambda: dice.random() < 0.5,
        "texts": lambda: [dice.choice([*_TEXTS, None]) for _ in range(dice.randint(0, 3))],
    }
    for name, count in ROWS.items():
        con.execute(f"create or replace table {name} ({', '.join(f'{one} {kind}' for one, kind in COLUMNS.items())})")
        for key in range(count):
            row = {
                one: None if name == "nulls" or dice.random() < 0.15 else makers[kind]() for one, kind in KINDS.items()
            }
            row |= {"key": key} if name != "nulls" else {}
            row |= {"g": dice.choice([None, 0, 1, 2])} if name != "nulls" else {}
            con.execute(f"insert into {name} values ({', '.join('?' for _ in row)})", [*row.values()])


class Column(NamedTuple):
    """How a column is written, and of what kind it is."""

    sql: str
    kind: str


class Writer:
    """Writes one query after another, each of a type that DuckDB accepts for the most part."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.names = 0
        self.ctes: dict[str, dict[str, str]] = {}

    def pick(self, choices: Any) -> Any:
        return self.dice.choice(list(choices))

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def name(self) -> str:
        self.names += 1
        return f"q{self.names}"

    # Values.

    def leaf(self, kind: str, scope: list[Column]) -> str:
        held = [one.sql for one in scope if one.kind == kind]
        if held and self.chance(0.8):
            return self.pick(held)
        if self.chance(0.3) and kind in _BOUND_KINDS:
            return f"${self.pick(_BOUND_KINDS[kind])}"
        return self.pick(
            {
                "number": ["0", "1", "-3", "cast(null as integer)", "2147483000"],
                "double": ["cast(0.5 as double)", "1e2", "cast(null as double)"],
                "money": ["1.25", "0.00", "cast(12.5 as decimal(6, 2))", "-0.01"],
                "day": ["date '2021-02-28'", "date '2020-02-29'", "cast('9900-12-30' as date)"],
                "moment": ["timestamp '2021-03-31 23:59:59'", "timestamp '2021-01-01 00:00:00.25'"],
                "text": ["'a'", "''", "'处罚'", "'𠮷'", "'a\\d'", "'it''s'"],
                "truth": ["true", "false", "cast(null as boolean)"],
                "texts": ["['a', null]", "cast([] as varchar[])", "['处罚', '']"],
            }[kind]
        )

    def value(self, kind: str, scope: list[Column], depth: int = 2) -> str:
        if depth <= 0 or self.chance(0.35):
            return self.leaf(kind, scope)

        def v(other: str) -> str:
            return self.value(other, scope, depth - 1)

        def e(other: str) -> str:
            return self.leaf(other, scope)

        common = [
            lambda: f"case when {self.truth(scope, depth - 1)} then {v(kind)} else {v(kind)} end",
            lambda: f"case when {self.truth(scope, depth - 1)} then {v(kind)} end",
            lambda: f"case {e('text')} when {e('text')} then {v(kind)} when 'a' then {v(kind)} else {v(kind)} end",
            lambda: f"coalesce({v(kind)}, {e(kind)})",
            lambda: f"if({self.truth(scope, depth - 1)}, {v(kind)}, {e(kind)})",
        ]
        if kind != "texts":
            common += [lambda: f"nullif({v(kind)}, {e(kind)})"]
        if kind not in ("truth", "texts"):
            common += [lambda: f"greatest({v(kind)}, {e(kind)})", lambda: f"least({v(kind)}, {e(kind)})"]
        own: dict[str, list[Any]] = {
            "number": [
                lambda: f"({e('number')} + {self.pick(['1', '7', '-2'])})", lambda: f"({e('number')} % 5)",
                lambda: f"({e('number')} // {self.pick(['2', '-3', 'nullif(3, 0)'])})", lambda: f"abs({e('number')})",
                lambda: f"date_diff('day', {e('day')}, {v('day')})", lambda: f"({e('day')} - {e('day')})",
                lambda: f"date_diff('second', {e('moment')}, {e('moment')})", lambda: f"length({v('text')})",
                lambda: f"date_diff('day', {e('moment')}, {e('day')})", lambda: f"length({v('texts')})",
                lambda: f"year({v('day')})", lambda: f"month({v('moment')})", lambda: f"day({v('day')})",
                lambda: f"hour({v('moment')})", lambda: f"cast(round({e('money')}) as bigint)",
                lambda: f"cast({e('truth')} as integer)", lambda: f"sign({e('money')})",
                lambda: f"round({e('number')}, -1)",
            ],
            "double": [
                lambda: f"({e('double')} * {e('double')})", lambda: f"({e('money')} / {e('number')})",
                lambda: f"({e('number')} / {e('number')})", lambda: f"cast({v('money')} as double)",
                lambda: f"round({e('double')}, {self.pick('0123')})", lambda: f"({e('double')} + {e('number')})",
                lambda: f"ln({e('number')})", lambda: f"({e('double')} - {e('money')})",
                lambda: f"coalesce({e('double')}, {e('money')})", lambda: f"greatest({e('money')}, {e('double')}, 1)",
                lambda: f"case when {e('truth')} then {e('money')} when b then {e('number')} else {e('double')} end"
                if self._has(scope, "b") else e("double"),
            ],
            "money": [
                lambda: f"({e('money')} + {e('money')})", lambda: f"({e('money')} - {e('number')})",
                lambda: f"({self.pick(['m', '1.25']) if any(o.sql == 'm' for o in scope) else '0.5'} * 1.5)",
                lambda: f"round({e('money')}, {self.pick('012')})", lambda: f"cast({e('money')} as decimal(20, 1))",
                lambda: f"cast({e('double')} as decimal(24, {self.pick('0236')}))", lambda: f"abs({e('money')})",
                lambda: f"cast({e('number')} as decimal(22, 2))",
            ],
            "text": [
                lambda: f"concat({v('text')}, '·', {v('text')})", lambda: f"({v('text')} || {e('text')})",
                lambda: f"concat_ws('、', {v('text')}, {e('number')}, {e('text')})", lambda: f"trim({v('text')})",
                lambda: f"concat({e('money')}, '/', {e('day')}, {e('truth')})", lambda: f"upper({v('text')})",
                lambda: f"lower({v('text')})", lambda: f"ltrim({v('text')})", lambda: f"md5({v('text')})",
                lambda: f"cast({v('number')} as varchar)", lambda: f"cast({v('money')} as varchar)",
                lambda: f"cast({v('day')} as varchar)", lambda: f"cast({v('moment')} as varchar)",
                lambda: f"{e('texts')}[{self.pick(['1', '2', '-1', '-2', '5'])}]",
                lambda: f"regexp_replace({v('text')}, '{self.pick(_REPLACED)}', '-', 'g')",
            ],
            "day": [
                lambda: f"cast({v('moment')} as date)", lambda: f"({e('day')} - {self.pick(['1', '31', '-1'])})",
                lambda: f"cast({e('day')} - interval ({self.pick(['1', '12', '13'])}) month as date)",
                lambda: f"cast({e('day')} - interval ({e('number')} % 40) month as date)",
                lambda: f"cast(date_trunc('{self.pick(['month', 'year', 'quarter', 'day'])}', {e('day')}) as date)",
            ],
            "moment": [
                lambda: f"({e('day')} - interval ({self.pick(['1', '30'])}) {self.pick(_STEPS)})",
                lambda: f"({e('moment')} + interval {self.pick(['1', '90'])} {self.pick(_STEPS)})",
                lambda: f"date_trunc('{self.pick(['hour', 'minute', 'day', 'month'])}', {e('moment')})",
                lambda: f"cast({v('day')} as timestamp)", lambda: f"({e('day')} + to_days({self.pick(['1', '-1'])}))",
            ],
            "texts": [
                lambda: f"list_append({v('texts')}, {e('text')})", lambda: f"list_sort({v('texts')})",
                lambda: f"list_filter({e('texts')}, lambda s: s <> 'a')", lambda: f"[{v('text')}, {e('text')}]",
                lambda: f"list_transform({e('texts')}, lambda x: concat(x, {e('text')}))",
                lambda: f"list_sort(list_distinct({v('texts')}))", lambda: f"({e('texts')} || {e('texts')})",
                lambda: f"regexp_extract_all({v('text')}, '{self.pick(_GATHERED)}')",
            ],
            "truth": [lambda: self.truth(scope, depth - 1)],
        }  # fmt: skip
        return str(self.pick([*common, *own[kind], *own[kind]])())

    def _has(self, scope: list[Column], name: str) -> bool:
        return any(one.sql == name for one in scope)

    def truth(self, scope: list[Column], depth: int = 2) -> str:
        kind = self.pick(["number", "money", "text", "day", "moment", "double"])

        def v(other: str) -> str:
            return self.value(other, scope, depth - 1)

        forms = [
            lambda: f"{v(kind)} {self.pick(['=', '<>', '<', '>=', '>', '<='])} {v(kind)}",
            lambda: f"{v(kind)} is {self.pick(['', 'not '])}distinct from {v(kind)}",
            lambda: f"{v(kind)} {self.pick(['in', 'not in'])} ({v(kind)}, {v(kind)}, {self.leaf(kind, scope)})",
            lambda: f"{v(kind)} between {v(kind)} and {v(kind)}",
            lambda: f"{v(kind)} is {self.pick(['', 'not '])}null",
            lambda: f"({v('truth')} {self.pick(['and', 'or'])} {v('truth')})",
            lambda: f"not ({v('truth')})",
            lambda: f"({v('truth')}) is {self.pick(['true', 'not true', 'false', 'not false'])}",
            lambda: f"{v('number')} {self.pick(['<', '=', '>='])} {v('money')}",
            lambda: f"{v('money')} {self.pick(['<', '=', '>='])} {self.leaf('double', scope)}",
            lambda: f"{v('day')} {self.pick(['<', '=', '>='])} {v('moment')}",
            lambda: f"{v('text')} {self.pick(['like', 'not like'])} '{self.pick(_LIKED)}'",
            lambda: f"regexp_matches({v('text')}, '{self.pick(_MATCHED)}')",
            lambda: f"starts_with({v('text')}, {self.leaf('text', scope)})",
            lambda: f"list_contains({v('texts')}, {v('text')})",
            lambda: f"list_has_all({v('texts')}, {v('texts')})",
            lambda: f"({v('texts')} && {v('texts')})",
            lambda: f"({v('number')}, {v('text')}) {self.pick(['<', '=', '<>', '>='])} ({v('number')}, {v('text')})",
            lambda: f"({v('day')}, {v('text')}) in (({v('day')}, {v('text')}), ({v('day')}, 'a'))",
            lambda: f"{v('day')} >= '2021-02-28'",
        ]
        if depth > 1 and self.chance(0.4):
            return self.membership(scope)
        return f"({self.pick(forms)()})"

    def membership(self, scope: list[Column]) -> str:
        """A subquery in a condition, often correlated."""
        name = self.name()
        table = self.pick([*ROWS, "u", "t"])
        inner = [Column(f"{name}.{one}", kind) for one, kind in KINDS.items()]
        kind = self.pick(["number", "text", "day", "money"])
        where = []
        if scope and self.chance(0.5):
            same = self.pick(["number", "text", "day"])
            sign = self.pick(["=", "=", "=", "<", "is not distinct from"])
            where.append(f"{self.leaf(same, inner)} {sign} {self.column(same, scope)}")
        if self.chance(0.4):
            where.append(self.flat_truth(inner))
        said = f" where {' and '.join(where)}" if where else ""
        source = f"from {table} as {name}{said}"
        negated = self.pick(["", "not "])
        return str(
            self.pick(
                [
                    lambda: f"({self.value(kind, scope, 0)} {negated}in (select {self.leaf(kind, inner)} {source}))",
                    lambda: f"({negated}exists (select 1 {source}))",
                    lambda: f"({negated}exists ({source}))",
                    lambda: (
                        f"(({self.leaf('number', scope)}, {self.leaf('text', scope)}) {negated}in"
                        f" (select ({self.leaf('number', inner)}, {self.leaf('text', inner)}) {source}))"
                    ),
                    lambda: (
                        f"({self.leaf(kind, scope)} {self.pick(['=', '<', '>='])}"
                        f" (select {self.pick(['max', 'min'])}({self.leaf(kind, inner)}) {source}))"
                    ),
                    lambda: f"((select count(*) {source}) {self.pick(['=', '>'])} {self.pick('0125')})",
                ]
            )()
        )

    def column(self, kind: str, scope: list[Column]) -> str:
        held = [one.sql for one in scope if one.kind == kind]
        return self.pick(held) if held else self.leaf(kind, scope)

    def flat_truth(self, scope: list[Column]) -> str:
        kind = self.pick(["number", "text", "day", "money"])
        return f"{self.leaf(kind, scope)} {self.pick(['=', '<', '>=', '<>'])} {self.leaf(kind, scope)}"

    # Rows.

    def source(self, depth: int) -> tuple[str, list[Column]]:
        """What stands after from, and the columns that it gives."""
        if depth <= 0 or self.chance(0.35):
            return self.one(depth)
        left, scope = self.one(depth - 1)
        right, more = self.one(depth - 1)
        kind = self.pick(
            ["inner join", "left join", "right join", "full join", "join", "semi join", "anti join", "cross join"]
        )
        if kind == "cross join":
            return f"{left} cross join {right}", scope + more
        plain = {one.sql.rpartition(".")[2]: one.kind for one in scope}
        both = [
            one
            for one in more
            if plain.get(one.sql.rpartition(".")[2]) == one.kind and one.kind in ("number", "text", "day")
        ]
        if both and self.chance(0.35):
            shared = {
                one.sql.rpartition(".")[2] for one in self.dice.sample(both, min(len(both), self.pick([1, 1, 2])))
            }
            joined = f"{left} {kind} {right} using ({', '.join(sorted(shared))})"
            kept = [
                Column(one.sql.rpartition(".")[2], one.kind) if one.sql.rpartition(".")[2] in shared else one
                for one in scope
            ]
            if kind in ("semi join", "anti join"):
                return joined, kept
            return joined, kept + [one for one in more if one.sql.rpartition(".")[2] not in shared]
        same = self.pick(["number", "text", "day"])
        on = [f"{self.column(same, scope)} = {self.column(same, more)}"]
        if self.chance(0.4):
            on.append(
                self.pick([self.flat_truth(scope + more), f"{self.column('day', scope)} <= {self.column('day', more)}"])
            )
        if self.chance(0.15):
            on = [f"({self.flat_truth(scope + more)} or {on[0]})"]
        joined = f"{left} {kind} {right} on {' and '.join(on)}"
        return joined, scope if kind in ("semi join", "anti join") else scope + more

    def one(self, depth: int) -> tuple[str, list[Column]]:
        name = self.name()
        if self.ctes and self.chance(0.5):
            cte = self.pick(self.ctes)
            return f"{cte} as {name}", [Column(f"{name}.{one}", kind) for one, kind in self.ctes[cte].items()]
        if depth > 0 and self.chance(0.4):
            sql, columns = self.select(depth - 1)
            return f"({sql}) as {name}", [Column(f"{name}.{one}", kind) for one, kind in columns.items()]
        table = self.pick(["t", "t", "t", "u", "u", "nothing", "nulls"])
        return f"{table} as {name}", [Column(f"{name}.{one}", kind) for one, kind in KINDS.items()]

    def select(self, depth: int) -> tuple[str, dict[str, str]]:
        """A query and the kinds of its columns by name."""
        shapes = [
            self.plain,
            self.plain,
            self.grouped,
            self.grouped,
            self.windowed,
            self.sets,
            self.firsts,
            self.unfolded,
        ]
        return self.pick(shapes)(depth)

    def where(self, scope: list[Column]) -> str:
        return f" where {self.truth(scope)}" if self.chance(0.55) else ""

    def chosen(self, scope: list[Column], most: int = 4) -> dict[str, tuple[str, str]]:
        found = {}
        for place in range(self.dice.randint(1, most)):
            kind = self.pick(["number", "double", "money", "text", "day", "moment", "truth", "texts", "text", "number"])
            found[f"c{place}"] = (self.value(kind, scope), kind)
        return found

    def plain(self, depth: int) -> tuple[str, dict[str, str]]:
        source, scope = self.source(depth)
        columns = self.chosen(scope)
        listed = ", ".join(f"{sql} as {name}" for name, (sql, _) in columns.items())
        kinds = {name: kind for name, (_, kind) in columns.items()}
        if self.chance(0.15):
            listed += f", {self.json(scope)} as js"
        if self.chance(0.2):
            listed += f", {self.scalar(scope)} as sub"
            kinds["sub"] = "number"
        different = "distinct " if self.chance(0.2) and " as js" not in listed else ""
        return f"select {different}{listed} from {source}{self.where(scope)}", kinds

    def scalar(self, scope: list[Column]) -> str:
        name = self.name()
        inner = [Column(f"{name}.{one}", kind) for one, kind in KINDS.items()]
        table = self.pick(["u", "t", "nothing", "nulls"])
        same = self.pick(["number", "text", "day"])
        counted = self.pick(
            ["count(*)", f"max({name}.i)", f"sum({name}.i)", f"count(distinct {name}.s)", f"min({name}.g) + 1"]
        )
        held = f"{self.leaf(same, inner)} = {self.column(same, scope)}" if self.chance(0.7) else self.flat_truth(inner)
        return f"(select {counted} from {table} as {name} where {held})"

    def json(self, scope: list[Column]) -> str:
        inner = f"{{'x': {self.value('number', scope, 1)}, 'y': [{self.value('day', scope, 1)}, null]}}"
        return (
            f"cast(to_json({{'a': {self.value('number', scope)}, '名': {self.value('text', scope)},"
            f" 'm': {self.leaf('money', scope)}, 'd': {self.value('day', scope)},"
            f" 'at': {self.value('moment', scope)}, 'l': {self.value('texts', scope)},"
            f" 'b': {self.value('truth', scope, 1)}, 'in': {inner}, 'rows': [{inner}]}}) as varchar)"
        )

    def aggregate(self, scope: list[Column]) -> tuple[str, str]:
        def v(kind: str) -> str:
            return self.value(kind, scope, 1)

        key = ", ".join(self.keys(scope))
        where = f" filter (where {self.truth(scope, 1)})" if self.chance(0.3) else ""
        text, number = v("text"), v("number")
        leaf = self.leaf("text", scope)
        forms = [
            ("count(*)" + where, "number"), (f"count({v('text')})" + where, "number"),
            (f"count(distinct {text})" + where, "number"), (f"count(distinct ({number}, {text}))" + where, "number"),
            (f"sum({number})" + where, "number"), (f"sum({v('money')})" + where, "money"),
            (f"avg({v('money')})" + where, "double"), (f"avg({v('number')})" + where, "double"),
            (f"min({v('day')})" + where, "day"), (f"max({text})" + where, "text"),
            (f"max({v('moment')})" + where, "moment"),
            (f"min({v('money')})" + where, "money"), (f"bool_or({v('truth')})" + where, "truth"),
            (f"bool_and({v('truth')})" + where, "truth"), (f"median({self.leaf('number', scope)})" + where, "double"),
            (f"stddev_samp({self.leaf('number', scope)})" + where, "double"),
            (f"string_agg(distinct {leaf}, '、' order by {leaf})", "text"),
        ]  # fmt: skip
        if key:
            forms += [
                (f"arg_max({text}, ({number}, {key}))" + where, "text"),
                (f"arg_min({v('day')}, ({v('text')}, {key}))" + where, "day"),
                (f"list({text} order by {v('number')} desc, {key})" + where, "texts"),
                (f"list({text} order by {v('day')}, {key})" + where, "texts"),
                (f"last({v('day')} order by {v('number')}, {key})" + where, "day"),
                (f"max(({number}, {key}))[1]", "number"),
                (f"list_sort(list({text}))", "texts"),
            ]
        return self.pick(forms)

    def keys(self, scope: list[Column]) -> list[str]:
        """Columns that tell every row apart where only tables are read; of queries there is none."""
        held = [one.sql for one in scope if one.sql.rpartition(".")[2] == "key"]
        sources = {one.sql.rpartition(".")[0] for one in scope}
        return held if held and "" not in sources and len(held) == len(sources) else []

    def grouped(self, depth: int) -> tuple[str, dict[str, str]]:
        source, scope = self.source(depth)
        kinds = [self.pick(["number", "text", "day", "truth", "money"]) for _ in range(self.pick([0, 1, 1, 2]))]
        groups = {f"k{place}": (self.value(kind, scope, 1), kind) for place, kind in enumerate(kinds)}
        groups = {name: held for name, held in groups.items() if any(one.sql in held[0] for one in scope)}
        measures = {f"a{place}": self.aggregate(scope) for place in range(self.dice.randint(1, 3))}
        columns = {**groups, **measures}
        listed = ", ".join(f"{sql} as {name}" for name, (sql, _) in columns.items())
        by = ""
        if groups:
            places = ", ".join(map(str, range(1, len(groups) + 1)))
            ways = ["all", ", ".join(sql for sql, _ in groups.values()), places]
            by = f" group by {self.pick(ways)}"
        having = ""
        if groups and self.chance(0.3):
            sql, kind = self.aggregate(scope)
            having = f" having {sql} {self.pick(['=', '>=', '<>'])} {self.leaf(kind, [])}" if kind != "texts" else ""
        kinds_ = {name: kind for name, (_, kind) in columns.items()}
        return f"select {listed} from {source}{self.where(scope)}{by}{having}", kinds_

    def windowed(self, depth: int) -> tuple[str, dict[str, str]]:
        table = self.pick(["t", "u", "nothing"])
        name = self.name()
        scope = [Column(f"{name}.{one}", kind) for one, kind in KINDS.items()]
        key = f"{name}.key"
        columns: dict[str, tuple[str, str]] = {"k": (key, "number")}

        def v(kind: str) -> str:
            return self.value(kind, scope, 1)

        for place in range(self.dice.randint(1, 3)):
            by = f"partition by {self.pick([f'{name}.g', v('truth'), v('text')])} " if self.chance(0.7) else ""
            way = self.pick(["", " desc", " desc nulls first", " nulls first", " nulls last"])
            order = f"{by}order by {self.column(self.pick(['number', 'text', 'day', 'money']), scope)}{way}, {key}"
            ties = f"{by}order by {self.column(self.pick(['number', 'text', 'day']), scope)}{way}"
            days = f"{by}order by {name}.day"
            rows = self.pick(
                ["", " rows between 2 preceding and current row", " rows between unbounded preceding and 1 preceding",
                 " rows between current row and unbounded following", " rows between 1 preceding and 2 following"]
            )  # fmt: skip
            span = self.pick(["interval (31) day preceding", "interval (1) month preceding", "unbounded preceding"])
            numbers = f"{by}order by {name}.i range between 2 preceding and 1 following"
            columns[f"w{place}"] = self.pick(
                [
                    (f"row_number() over ({order})", "number"), (f"rank() over ({ties})", "number"),
                    (f"dense_rank() over ({ties})", "number"), (f"lag({v('text')}) over ({order})", "text"),
                    (f"lead({v('day')}, 2) over ({order})", "day"),
                    (f"lag({v('number')}, 1, -1) over ({order})", "number"),
                    (f"first_value({v('text')}) over ({order}{rows})", "text"),
                    (f"last_value({v('money')}) over ({order}{rows})", "money"),
                    (f"sum({v('number')}) over ({order}{rows})", "number"),
                    (f"sum({v('money')}) over ({ties})", "money"),
                    (f"count(*) over ({days} range between {span} and current row)", "number"),
                    (f"sum({v('number')}) over ({days} range between {span} and interval (1) day preceding)",
                    "number"),
                    (f"max({v('text')}) over ({days} range between current row and interval (40) day following)",
                     "text"),
                    (f"count({v('text')}) over ({numbers})", "number"), (f"min({v('day')}) over ({by})", "day"),
                    (f"count(distinct {v('text')}) over ({by})", "number"),
                    (f"avg({v('money')}) over ({order}{rows})", "double"),
                    (f"count(*) filter (where {v('truth')}) over ({order}{rows})", "number"),
                    (f"bool_or({v('truth')}) over ({ties})", "truth"),
                    (f"median({self.leaf('number', scope)}) over ({by})", "double"),
                ]
            )  # fmt: skip
        listed = ", ".join(f"{sql} as {one}" for one, (sql, _) in columns.items())
        sql = f"select {listed} from {table} as {name}{self.where(scope)}"
        if self.chance(0.3):
            sql += f" qualify {self.pick(['row_number', 'rank'])}() over (partition by {name}.g order by {key}) <= 2"
        return sql, {one: kind for one, (_, kind) in columns.items()}

    def sets(self, depth: int) -> tuple[str, dict[str, str]]:
        sign = self.pick(["union all", "union", "except", "intersect", "except all", "intersect all"])
        kinds = [self.pick(["number", "text", "day", "money", "truth", "moment"]) for _ in range(self.pick([1, 2]))]
        sides = []
        for _ in range(self.pick([2, 2, 3])):
            source, scope = self.one(depth - 1)
            listed = ", ".join(f"{self.value(kind, scope, 1)} as c{place}" for place, kind in enumerate(kinds))
            sides.append(f"select {listed} from {source}{self.where(scope)}")
        return f" {sign} ".join(sides), {f"c{place}": kind for place, kind in enumerate(kinds)}

    def firsts(self, depth: int) -> tuple[str, dict[str, str]]:
        """The first rows in an order that tells them apart as far as they differ."""
        source, scope = self.source(depth)
        kinds = [self.pick(["number", "text", "day", "money", "moment"]) for _ in range(self.pick([1, 2]))]
        columns = {f"c{place}": (self.value(kind, scope, 1), kind) for place, kind in enumerate(kinds)}
        listed = ", ".join(f"{sql} as {name}" for name, (sql, _) in columns.items())
        ways = self.pick(["", " desc", " nulls first", " desc nulls last"])
        order = ", ".join(f"{name}{ways}" for name in columns)
        return f"select {listed} from {source}{self.where(scope)} order by {order} limit {self.pick('1359')}", {
            name: kind for name, (_, kind) in columns.items()
        }

    def unfolded(self, depth: int) -> tuple[str, dict[str, str]]:
        source, scope = self.one(depth - 1)
        return (
            f"select {self.value('number', scope, 1)} as c0, unnest({self.value('texts', scope, 1)}) as c1"
            f" from {source}{self.where(scope)}",
            {"c0": "number", "c1": "text"},
        )

    def query(self) -> str:
        """A whole query, often on CTEs named once or several times."""
        self.ctes, self.names, held = {}, 0, []
        for place in range(self.pick([0, 0, 1, 2, 3])):
            sql, columns = self.select(1)
            self.ctes[f"cte{place}"] = columns
            held.append(f"cte{place} as ({sql})")
        sql, _ = self.select(2)
        return f"with {', '.join(held)} {sql}" if held else sql


_STEPS = ["second", "minute", "hour", "day", "month", "year"]
_LIKED = ["a%", "%处%", "_", "%a_", "", "a%_b", "%\n%", "[x]"]
_MATCHED = [
    "^a",
    "b$",
    "^$",
    "处|无",
    "a.b",
    "[0-9]+-",
    "\\\\.",
    "\\pL",
    "^\\s*$",
    "\\$1",
    "[^a]",
    "(ab)+ ?c",
    "\\w\\W",
]
_REPLACED = ["[a-c]+", "处罚?", "[0-9]", "\\s", "b$", ".", "\\pN+", "^a?"]
_GATHERED = ["[0-9]+", "[a-z]+", "处|罚", "\\w", ".b", "[^ ]+"]


def forms() -> list[str]:
    """The queries of forms.sql."""
    text = Path(__file__).with_name("forms.sql").read_text(encoding="utf-8").partition("\n")[2]
    return [one.strip() for one in text.split("\n;\n") if one.strip()]


def written(count: int, seed: int) -> Iterator[str]:
    """So many queries."""
    writer = Writer(seed)
    for _ in range(count):
        yield writer.query()


def _asked(session: Session, query: str) -> list[dict] | str:
    try:
        return rows_of(session.run(query, BOUND, 60))
    except EngineError as error:
        return error.message
    except OverflowError:
        return "a day that Python does not have"


class Run(NamedTuple):
    """What became of random queries: asked of both, refused before anything was sent (by what was said), refused by
    DuckDB, and those that differ."""

    equal: int
    refused: dict[str, int]
    wrong: int
    differing: list[str]


def _differs(query: str, one: list[dict], other: list[dict] | str) -> str:
    if isinstance(other, str):
        return f"{query}\n    {other[:300]}"
    if len(one) != len(other):
        return f"{query}\n    {len(one)} / {len(other)} rows"
    for left, right in zip(one, other, strict=True):
        for name, value in left.items():
            if not near(value, right[name]):
                return f"{query}\n    {name}: {value!r} / {right[name]!r}"
    return ""


def compared(engines: tuple[Engine, Engine], count: int, seed: int) -> Run:
    """Ask two engines so many random queries of tables filled anew."""
    equal, wrong, refused, found = 0, 0, {}, []
    with duckdb.connect(":memory:") as con:
        fill(con, seed)
        sessions = engines[0].over(con), engines[1].over(con)
        for query in [*written(count, seed), *(forms() if seed == FIRST else ())]:
            one = _asked(sessions[0], query)
            if isinstance(one, str):
                wrong += 1
                continue
            other = _asked(sessions[1], query)
            if isinstance(other, str) and "计算引擎" in other:
                for said in other.split("；"):
                    refused[said] = refused.get(said, 0) + 1
            elif said := _differs(query, one, other):
                found.append(said)
            else:
                equal += 1
    return Run(equal, refused, wrong, found)
