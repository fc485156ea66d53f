"""A look at Apache Spark in every run where Java and PySpark are there, and always in CI: the first case of each model,
and some random queries; all of it is in test_spark."""

from lib.engines.session import Engine
from lib.rules import read_rules
from tests.engines.equality import of_rule
from tests.engines.queries import compared

_QUERIES, _SEED = 100, 5


def test_the_first_case_of_each_model_finds_the_same_on_spark(engines: tuple[Engine, Engine]) -> None:
    found = [one for rule in read_rules().values() for one in of_rule(rule, engines, most=1, signals_alone=True)]
    assert len({one.file for one in found}) == len(read_rules())
    assert [f"{one.file} {one.section} {said}" for one in found for said in one.differences] == []


def test_random_queries_give_the_same_on_spark(engines: tuple[Engine, Engine]) -> None:
    run = compared(engines, _QUERIES, _SEED)
    assert run.differing == []
    assert run.equal > 0.8 * _QUERIES
