"""A query in steps finds what it finds whole, and no step grows with what it is built on."""

import pytest
import sqlglot
from sqlglot import exp

from lib.engines.duckdb import IN_PROCESS
from lib.engines.translate import translate
from lib.engines.translate.dividing import divided
from lib.engines.translate.joins import settle
from lib.engines.translate.reading import bind, parsed, typed
from lib.rules import complete_params, read_cases, read_rules
from lib.rules.case_run import case_tables, fill
from lib.rules.portable import bound_kinds, known_tables
from tests.engines.equality import difference

# Tables that one step may read once every CTE is written out wherever it is named.
MOST = 24
TABLE = {"t": {"i": "INTEGER", "g": "INTEGER"}, "u": {"i": "INTEGER"}}


def steps_of(sql: str) -> dict[str, str]:
    """What is held, and the query itself under ''."""
    found = translate(sql, {}, TABLE)
    return {**dict(found.held), "": found.sql}


def reads(sql: str) -> int:
    """The tables that a query reads when Spark has written it out."""
    tree = sqlglot.parse_one(sql, dialect="spark")
    known: dict[str, int] = {}
    for cte in tree.find_all(exp.CTE):
        known[cte.alias] = sum(known.get(table.name, 1) for table in cte.this.find_all(exp.Table))
        cte.pop()
    return sum(known.get(table.name, 1) for table in tree.find_all(exp.Table))


def test_what_several_are_built_on_is_a_step_of_its_own() -> None:
    found = steps_of(
        """
        with pairs as (select t.i, t.g from t inner join u using (i) inner join u as w using (i)),
        sums as (select g, count(*) as n from pairs group by g),
        few as (select g from pairs where i > 3)
        select g, n from sums where g in (select g from few) and g not in (select g from pairs where i < 0)
        """
    )
    assert list(found) == ["held_pairs", ""]
    assert "`held_pairs` AS `pairs`" in found[""]
    assert "`u`" not in found[""]


def test_a_step_is_built_on_the_steps_before_it_and_carries_what_is_none() -> None:
    found = steps_of(
        """
        with few as (select i, g from t where i > 3),
        pairs as (select few.i, few.g from few, u, u as v, u as w),
        sums as (select a.g, count(*) as n from pairs as a inner join pairs as b using (g) group by all)
        select a.g, a.n from sums as a inner join sums as b on a.g = b.n inner join sums as c on c.g = b.n
        """
    )
    assert list(found) == ["held_pairs", "held_sums", ""]
    assert "WITH `few` AS" in found["held_pairs"]
    assert "few" not in found["held_sums"] and "`held_pairs` AS `a`" in found["held_sums"]
    assert "WITH" not in found[""]


@pytest.mark.parametrize(
    "query",
    [
        "with few as (select i from t where i > 3) select i from few where i in (select i from few)",
        "with a as (with b as (select t.i from t, u) select b.i from b, b as c), b as (select i from t) "
        "select a.i from a, b, a as c, a as d, a as e",
    ],
)
def test_what_costs_little_and_what_it_cannot_take_apart_stays_whole(query: str) -> None:
    assert list(steps_of(query)) == [""]


def test_no_step_of_a_model_grows_with_what_it_is_built_on() -> None:
    heavy = {}
    for rule in read_rules().values():
        for kind, sql in rule.sections.items():
            found = translate(sql, bound_kinds(rule.parameters), known_tables())
            heavy |= {
                f"{rule.id} {kind} {name}": count
                for name, step in (*found.held, ("", found.sql))
                if (count := reads(step)) > MOST
            }
    assert heavy == {}


@pytest.mark.parametrize("rule_id", ["M03", *(pytest.param(one, marks=pytest.mark.scale) for one in ("M05", "M19"))])
def test_in_steps_a_model_finds_what_it_finds_whole(rule_id: str) -> None:
    rule = read_rules()[rule_id]
    sql, found = rule.sections["signals"], []
    tree = parsed(sql)
    settle(tree)
    bind(tree, bound_kinds(rule.parameters))
    *held, (_, asked) = [(name, query.sql(dialect="duckdb")) for name, query in divided(typed(tree, known_tables()))]
    assert len(held) > 2
    with case_tables(rule) as con:
        for case in read_cases(rule):
            fill(con, rule, case.given)
            values = {**complete_params(rule, case.params), "as_of": case.as_of}
            session = IN_PROCESS.over(con)
            for name, step in held:
                session.put(name, session.run(step, values))
            found.append((case.name, difference(session.run(sql, values), session.run(asked, values))))
    assert [one for one in found if one[1]] == []
