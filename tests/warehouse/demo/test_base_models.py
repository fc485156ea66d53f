"""The base of the synthetic city trips none of the nineteen models."""

import re
import time
from pathlib import Path

import duckdb
import pytest

from lib.warehouse.demo import build_city, city
from lib.warehouse.demo.plants.truth import TRUTH_SCHEMA
from tests.warehouse.demo.conftest import AS_OF

CHECKS = dict(
    part.split("\n", 1)
    for part in re.split(r"^-- check: ", (Path(__file__).parent / "base_models.sql").read_text("utf-8"), flags=re.M)[1:]
)


def _hits(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return con.execute(query, {"as_of": AS_OF} if "$as_of" in query else {}).fetchall()


def test_all_nineteen_models_are_checked():
    assert {name[:3] for name in CHECKS} == {f"M{number:02d}" for number in range(1, 20)}


@pytest.mark.parametrize("name", CHECKS)
def test_clean_city_trips_no_model(clean_city, name):
    assert _hits(clean_city, CHECKS[name]) == []


@pytest.fixture(scope="module")
def bare_city(tmp_path_factory: pytest.TempPathFactory):
    """The base as it is before plants, with its ordinary lateness."""
    patch = pytest.MonkeyPatch()
    patch.setattr(city, "_plant", lambda *_: TRUTH_SCHEMA.empty_table())
    home = tmp_path_factory.mktemp("bare-city")
    named = build_city(home, rows=400_000, as_of=AS_OF)
    patch.undo()
    return duckdb.connect(str(named.path), read_only=True)


def test_ordinary_lateness_is_three_in_a_thousand_and_nobodys_habit(bare_city):
    late, worst, longest = bare_city.execute(
        """
        with late as (select officer_id, finished_at - due_at as over from grid_dispatch where finished_at > due_at)
        select count(*), (select max(n) from (select count(*) as n from late group by officer_id)), max(over) from late
        """
    ).fetchone()
    (dispatches,) = bare_city.execute("select count(*) from grid_dispatch").fetchone()
    assert late / dispatches == pytest.approx(0.003, abs=0.0005)
    assert worst == 1
    assert longest.total_seconds() < 7 * 86400


def test_the_base_trips_nothing_but_ordinary_lateness(bare_city):
    hits = {name: len(_hits(bare_city, query)) for name, query in CHECKS.items()}
    late = hits.pop("M16 late, reopened, closed at once, photo used twice")
    (expected,) = bare_city.execute("select count(*) from grid_dispatch where finished_at > due_at").fetchone()
    assert late == expected > 50
    assert {name: count for name, count in hits.items() if count} == {}


def test_off_site_share_of_transport_cases_is_the_published_one(bare_city):
    (share,) = bare_city.execute(
        "select avg(is_offsite::integer) from penalty_case join org using (org_id) where domain_code = 'JT'"
    ).fetchone()
    assert share == pytest.approx(0.694, abs=0.005)


def test_campaigns_raise_the_number_of_cases(bare_city):
    inside, outside = bare_city.execute(
        """
        with day as (
            select day_date, exists (
                select 1 from inspection_plan p
                where p.plan_type = '专项行动' and p.domain_code = 'SC' and day_date between p.start_date and p.end_date
            ) as is_campaign
            from workday
            where is_workday and day_date between date '2020-10-01' and date '2022-09-20'
        ),
        filed as (
            select filed_date, count(*) as n from penalty_case join org using (org_id)
            where domain_code = 'SC' group by 1
        )
        select
            avg(coalesce(n, 0)) filter (where is_campaign), avg(coalesce(n, 0)) filter (where not is_campaign)
        from day left join filed on filed_date = day_date
        """
    ).fetchone()
    assert 1.3 < inside / outside < 1.8


def test_a_party_comes_back_after_months(bare_city):
    (closest,) = bare_city.execute(
        """
        with step as (
            select filed_date - lag(filed_date) over (partition by party_id order by filed_date) as gap
            from penalty_case
        )
        select min(gap) from step
        """
    ).fetchone()
    assert 100 < closest < 200


@pytest.mark.scale
def test_the_full_city_trips_nothing_either_and_is_built_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(city, "_plant", lambda *_: TRUTH_SCHEMA.empty_table())
    began = time.process_time()
    named = build_city(tmp_path, as_of=AS_OF)
    assert time.process_time() - began < 120, "two cores for a minute"
    with duckdb.connect(str(named.path), read_only=True) as con:
        hits = {name: len(_hits(con, query)) for name, query in CHECKS.items()}
    assert [name for name, count in hits.items() if count] == ["M16 late, reopened, closed at once, photo used twice"]
