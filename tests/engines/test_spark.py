"""Every section of every model and indicator on every case, and every mart, on DuckDB and on Apache Spark."""

from collections.abc import Iterable

import duckdb
import pytest

from lib.engines.session import Engine
from lib.rules import read_rules
from lib.rules.indicators import read_indicators
from tests.engines.equality import Tally, difference, of_indicator, of_marts, of_rule
from tests.engines.fuzz import fuzzed
from tests.engines.queries import FIRST, compared

pytestmark = pytest.mark.scale


def _equal(tallies: Iterable[Tally]) -> None:
    found = list(tallies)
    assert sum(one.cases for one in found) > 0
    assert [f"{one.file} {one.section} {said}" for one in found for said in one.differences] == []


@pytest.mark.parametrize("rule_id", read_rules())
def test_a_model_finds_the_same_on_spark(engines: tuple[Engine, Engine], rule_id: str) -> None:
    _equal(of_rule(read_rules()[rule_id], engines))


@pytest.mark.parametrize("indicator_id", read_indicators())
def test_an_indicator_counts_the_same_on_spark(engines: tuple[Engine, Engine], indicator_id: str) -> None:
    _equal(of_indicator(read_indicators()[indicator_id], engines))


def test_the_marts_hold_the_same_on_spark(engines: tuple[Engine, Engine]) -> None:
    _equal(of_marts(read_rules(), engines))


def test_random_expressions_give_the_same_on_spark(engines: tuple[Engine, Engine]) -> None:
    tried, differing = fuzzed(engines, expressions=3000)
    assert tried > 2500
    assert differing == []


@pytest.mark.parametrize("seed", range(FIRST, FIRST + 8))
def test_random_queries_give_the_same_on_spark(engines: tuple[Engine, Engine], seed: int) -> None:
    run = compared(engines, 125, seed)
    assert run.differing == []
    assert run.equal > 100


@pytest.mark.parametrize(
    "query",
    [
        "select k, {} as r from t", "select k from t where {}", "select k from t where k > 1 or {}",
        "select k from t where ({}) is null", "select k, coalesce({}, true) as r from t",
        "select k, case when {} then 1 when not ({}) then 2 end as r from t",
        "select count(*) filter (where {}) as r from t", "select bool_or({}) as r from t",
    ],
)  # fmt: skip
def test_membership_is_unknown_on_spark_where_it_is(engines: tuple[Engine, Engine], query: str) -> None:
    with duckdb.connect(":memory:") as con:
        con.execute("create table t as from (values (1, 'a'), (2, 'z'), (3, null)) as t(k, x)")
        con.execute("create table known as from (values ('a'), ('b')) as known(y)")
        con.execute("create table doubtful as from (values ('a'), (null)) as doubtful(y)")
        con.execute("create table nothing (y varchar)")
        one, other = (engine.over(con) for engine in engines)
        differing = [
            asked
            for held in ("known", "doubtful", "nothing")
            for member in (
                f"x in (select y from {held})",
                f"x not in (select y from {held})",
                f"(x, k) in (select (y, 1) from {held})",
                f"(x, k) not in (select (y, 3) from {held})",
            )
            if difference(one.run(asked := query.replace("{}", member), {}), other.run(asked, {}))
        ]
    assert differing == []
