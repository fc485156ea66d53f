"""What the ranking is made from, and who sees what of it."""

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lib.access import Forbidden, NotVisible, Viewer
from lib.insight.ranking import course as ranking_course
from lib.insight.ranking import fairness, officers
from lib.insight.ranking import units as unit_ranking
from lib.insight.ranking import work as officer_work
from lib.insight.ranking.funnel import above, control_limits, funnel_points, limits_meet
from lib.insight.ranking.officers import contributions, work_of
from lib.insight.ranking.rank import rank_officers
from lib.warehouse.marts import build_marts
from lib.warehouse.skeleton import create_tables
from tests.casework.stepping import on_warning
from tests.cities import handmade

OFFICE = Viewer("o1", "室甲", "office")
COUNTY = Viewer("c1", "县乙", "county", area_code="330483")
ELSEWHERE = Viewer("c2", "县丁", "county", area_code="330482")
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101")
ROADS = Viewer("i1", "组丁", "inspector", domains=frozenset({"JT"}))
SPAN = officer_work.window(handmade.AS_OF)


class House:
    """A warehouse as far as these queries need one."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def query(self, sql: str, params: dict | None = None) -> pd.DataFrame:
        return self.con.execute(sql, params or {}).df()

    def arrow(self, sql: str, params: dict | None = None) -> pa.Table:
        return self.con.execute(sql, params or {}).to_arrow_table()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ranking")
    handmade.put(place)
    return place


@pytest.fixture
def work() -> duckdb.DuckDBPyConnection:
    """An empty warehouse in memory with one case of each kind and its marts."""
    con = duckdb.connect()
    create_tables(con)
    con.execute("insert into org (org_id, org_name, domain_code, area_code) values ('O1', '队', 'ZF', '330483101')")
    con.execute("insert into power_item (item_code, domain_code) values ('I1', 'SC')")
    con.execute(
        """
        insert into penalty_case (case_id, org_id, area_code, item_code, procedure_type, is_offsite, filed_date,
            decision_date) values
            ('C1', 'O1', '330483101', 'I1', '普通', false, date '2022-03-20', date '2022-04-02'),
            ('C2', 'O1', '330483101', null, '简易', true, date '2022-06-30', date '2022-06-30'),
            ('C3', 'O1', '330483101', 'I1', '普通', null, date '2020-03-20', null)
        """
    )
    con.execute(
        """
        insert into case_officer (case_id, officer_id, role_type) values
            ('C1', 'P2', '主办'), ('C1', 'P1', '主办'), ('C1', 'P0', '协办'), ('C2', 'P1', '主办'), ('C3', 'P1', '主办')
        """
    )
    con.execute(
        """
        insert into grid_dispatch (dispatch_id, event_no, to_org_id, officer_id, assigned_at, area_code) values
            ('D1', 'G1', 'O1', 'P1', timestamp '2022-09-30 23:59:59', '330483101'),
            ('D2', 'G2', 'O1', null, timestamp '2022-09-30 23:59:59', '330483101')
        """
    )
    con.execute(
        """
        insert into inspection_record (inspection_id, org_id, officer_id, officer2_id, started_at, area_code) values
            ('N1', 'O1', 'P1', 'P2', timestamp '2021-12-31 10:00:00', '330483101'),
            ('N2', 'O1', 'P1', 'P1', timestamp '2022-01-01 10:00:00', '330483101')
        """
    )
    build_marts(con)
    return con


def test_everybody_on_a_piece_of_work_has_it_in_the_weightiest_role(work: duckdb.DuckDBPyConnection):
    query = "select subject_id, officer_id, role, stratum, month from mart_officer_work order by all"
    assert work.execute(query).fetchall() == [
        ("C1", "P0", "协办", "案件·SC·普通·现场·2022Q2", date(2022, 4, 1)),
        ("C1", "P1", "主办", "案件·SC·普通·现场·2022Q2", date(2022, 4, 1)),
        ("C1", "P2", "主办", "案件·SC·普通·现场·2022Q2", date(2022, 4, 1)),
        ("C2", "P1", "主办", "案件·ZF·简易·非现场·2022Q2", date(2022, 6, 1)),
        ("C3", "P1", "主办", "案件·SC·普通·现场·未决", None),
        ("D1", "P1", "主办", "派单·ZF·网格·2022Q3", date(2022, 9, 1)),
        ("N1", "P1", "主办", "检查·ZF·检查·2021Q4", date(2021, 12, 1)),
        ("N1", "P2", "主办", "检查·ZF·检查·2021Q4", date(2021, 12, 1)),
        ("N2", "P1", "主办", "检查·ZF·检查·2022Q1", date(2022, 1, 1)),
    ]


def test_exposure_is_the_work_counted_by_kind_and_month(work: duckdb.DuckDBPyConnection):
    found = work.execute("select sum(exposure), count(*), min(exposure) from mart_officer_exposure").fetchone()
    assert found == (9, 9, 1)
    assert work.execute("select exposure from mart_officer_exposure where month is null").fetchall() == [(1,)]


def test_cases_inspections_and_dispatches_are_compared_because_the_rules_find_officers_there():
    assert officer_work.kinds_of_work() == ("案件", "检查", "派单")


def test_observed_and_expected_by_hand(home: Path):
    """P0003 drew the one grouped M16 warning in 20 dispatches, P0002 none in 60; P0001 has work nobody else does."""
    register, warehouse = handmade.opened(home)
    ranking = officers.officer_ranking(register, warehouse, OFFICE)
    table = ranking.table.set_index("officer_id")
    weight = table.loc["P0003", "observed"]
    days = (pd.Timestamp("2022-09-25") - charge_day(register, warehouse, "P0003")).days
    assert weight == pytest.approx(1 * 0.5 ** (days / 365))
    assert table.loc["P0003", "expected"] == 0
    assert table.loc["P0002", ["observed", "expected"]].tolist() == [0, pytest.approx(60 * weight / 20)]
    assert table.loc["P0001", ["observed", "expected", "exposure"]].tolist() == [0, 0, 3]
    assert table["status"].to_dict() == {"P0003": "ranked", "P0002": "ranked", "P0001": "insufficient"}
    assert table.loc["P0003", "rank"] == 1
    assert (ranking.population, ranking.left_out) == (2, 0)


def charge_day(register, warehouse, officer_id: str) -> pd.Timestamp:
    held = officers.snapshot(register, warehouse).warning
    return pd.Timestamp(held.loc[held["subject_id"].eq(officer_id), "occurred_on"].iloc[0])


def test_a_case_and_its_warning_count_by_role(work: duckdb.DuckDBPyConnection):
    """Yellow, taken as true by half: 0.5 for each 主办, 0.3 of it for the 协办; named and personal: only the named."""
    house = House(work)
    span = officer_work.window(date(2022, 9, 25))
    day = pd.Timestamp("2022-05-01")
    charge = officer_work.Charge("W1", "", "M01", "penalty_case", "C1", "", day, "yellow", 0.5)
    found = officer_work.weighted_warnings(house, (charge,), span).set_index("officer_id")["weight"]  # type: ignore[arg-type]
    assert found.to_dict() == {"P0": pytest.approx(0.15), "P1": 0.5, "P2": 0.5}
    named = charge._replace(officer_id="P0")
    found = officer_work.weighted_warnings(house, (named,), span).set_index("officer_id")["weight"]  # type: ignore[arg-type]
    assert found.to_dict() == {"P0": 0.5, "P1": 0.5, "P2": 0.5}
    personal = named._replace(rule_id="M17", level="red", factor=1.0)
    found = officer_work.weighted_warnings(house, (personal,), span).set_index("officer_id")["weight"]  # type: ignore[arg-type]
    assert found.to_dict() == {"P0": 3.0}
    done = officer_work.exposure(house, span).set_index(["officer_id", "stratum"])["exposure"]  # type: ignore[arg-type]
    assert done.loc[("P0", "案件·SC·普通·现场·2022Q2")] == pytest.approx(0.3)
    assert done.loc[("P2", "案件·SC·普通·现场·2022Q2")] == 1


def test_a_past_day_knows_only_what_was_done_by_then():
    """W1 found true on the 20th, W2 merged on the 5th, W3 withdrawn on the 15th, W4 first seen on the 18th."""
    day = pd.Timestamp
    frame = pd.DataFrame(
        {
            "warning_id": ["W1", "W2", "W3", "W4"],
            "origin": "model",
            "officer_id": "P1",
            "org_id": "O1",
            "rule_id": "M01",
            "subject_type": "penalty_case",
            "subject_id": ["C1", "C2", "C3", "C4"],
            "period": "",
            "occurred_on": day("2022-08-01"),
            "level": "yellow",
            "state": ["已办结", "合并", "撤销", "新生成"],
            "state_at": [day("2022-09-21"), day("2022-09-05"), day("2022-09-15"), day("2022-09-18")],
            "conclusion": ["属实", None, None, None],
            "concluded_at": [day("2022-09-20"), pd.NaT, pd.NaT, pd.NaT],
            "first_seen_at": [day("2022-09-01")] * 3 + [day("2022-09-18")],
        }
    )
    held = SimpleNamespace(warning=frame, head="a head of its own")

    def known(at: str | None) -> list[str]:
        return [one.warning_id for one in officer_work.charges(held, at and day(at))]  # type: ignore[arg-type]

    assert known("2022-09-02") == ["W1", "W2", "W3"]
    assert known("2022-09-10") == ["W1", "W3"]
    assert known("2022-09-16") == ["W1"]
    assert known(None) == known("2022-09-25") == ["W1", "W4"]


def test_what_is_not_verified_counts_at_the_verified_share_of_its_model():
    judged = ["属实"] * 6 + ["部分属实"] * 2 + ["不属实"] * 2
    frame = pd.DataFrame({"rule_id": ["M01"] * 10 + ["M02"] * 3, "conclusion": [*judged, "不属实", "无法查实", None]})
    shares, overall = officer_work.verified_shares(frame)
    # Six count in full and two by 0.7; over all eleven judged, ten more are taken to have been true beforehand.
    assert shares == {"M01": pytest.approx(0.74)}
    assert overall == pytest.approx((7.4 + 10) / (11 + 10))
    first, none = frame.iloc[[10]], frame.iloc[[]]
    assert officer_work.verified_shares(none) == ({}, 1.0)
    assert officer_work.verified_shares(first) == ({}, pytest.approx(10 / 11))


def test_a_past_day_sees_the_cases_then_in_hand(work: duckdb.DuckDBPyConnection):
    """C1 was filed in March and decided on 2 April: in hand at the end of March, decided at the end of April."""
    house = House(work)
    day = pd.Timestamp("2022-03-25")
    charge = officer_work.Charge("W1", "", "M01", "penalty_case", "C1", "", day, "yellow", 1.0)
    for as_of, stratum in ((date(2022, 3, 31), "未决"), (date(2022, 4, 30), "2022Q2")):
        span = officer_work.window(as_of)
        found = officer_work.weighted_warnings(house, (charge,), span)  # type: ignore[arg-type]
        assert set(found["stratum"]) == {f"案件·SC·普通·现场·{stratum}"}
        done = officer_work.exposure.__wrapped__(house, span)  # type: ignore[arg-type]
        cases = done[done["kind"].eq("案件") & done["officer_id"].eq("P2")]
        assert cases[["stratum", "exposure"]].values.tolist() == [[f"案件·SC·普通·现场·{stratum}", 1.0]]
    before = officer_work.window(date(2022, 2, 28))
    assert officer_work.weighted_warnings(house, (charge,), before).empty  # type: ignore[arg-type]
    done = officer_work.exposure.__wrapped__(house, before)  # type: ignore[arg-type]
    assert done[done["officer_id"].eq("P2")]["kind"].tolist() == ["检查"]


def test_roles_are_compared_with_the_same_role(work: duckdb.DuckDBPyConnection):
    frame = pd.DataFrame({"stratum": ["案件·SC"], "role": ["审批"], "exposure": [0.1]})
    assert officer_work.by_role(frame)["stratum"].tolist() == ["案件·SC·审批"]
    done = officer_work.exposure.__wrapped__(House(work), officer_work.window(date(2022, 9, 25)))
    case = done[done["stratum"].eq("案件·SC·普通·现场·2022Q2")].set_index("officer_id")
    assert case["role"].to_dict() == {"P0": "协办", "P1": "主办", "P2": "主办"}


def test_chance_in_a_city_with_four_roles_makes_nobody_stand_out():
    """Warnings fall on cases at random; approvers sign many. Without the role in the stratum 30 of 1,500 stood out."""
    rng = np.random.default_rng(3)
    roles, shares, crowd = ["主办", "协办", "审核", "审批"], [1.0, 0.3, 0.1, 0.1], [1000, 1000, 80, 40]
    cases = 20_000
    parts = [
        pd.DataFrame(
            {
                "case": np.arange(cases),
                "officer_id": start + rng.integers(0, size, cases),
                "role": role,
                "exposure": share,
            }
        )
        for role, share, size, start in zip(roles, shares, crowd, [0, 0, 1000, 1080], strict=True)
    ]
    work_of_all = pd.concat(parts).assign(stratum="案件")
    warned = rng.random(cases) < 0.02
    drawn = work_of_all[warned[work_of_all["case"]]].rename(columns={"exposure": "weight"})
    drawn = officer_work.by_role(drawn.assign(occurred_on=pd.Timestamp("2022-06-01")))
    table = rank_officers(drawn, officer_work.by_role(work_of_all), as_of=date(2022, 9, 25), min_exposure=5)
    assert table["low"].gt(1).sum() <= 2


def test_a_case_led_by_two_is_one_for_the_unit(work: duckdb.DuckDBPyConnection):
    params = {**officer_work.window_of(officer_work.window(date(2022, 9, 25))), "lead": "主办"}
    done = House(work).query(unit_ranking._DONE, params).set_index("stratum")["exposure"]
    assert done["案件·SC·普通·现场·2022Q2"] == 1
    assert done["检查·ZF·检查·2021Q4"] == 1


def test_a_warning_found_not_true_no_longer_weighs(tmp_path: Path):
    handmade.put(tmp_path)
    register, warehouse = handmade.opened(tmp_path)
    held = officers.snapshot(register, warehouse).warning
    warning_id = held.loc[held["subject_id"].eq("P0003"), "warning_id"].iloc[0]
    at = datetime(2022, 9, 25, 10)
    on_warning("sign", register, OFFICE, warning_id, submission_id="1", at=at)
    on_warning("start", register, OFFICE, warning_id, submission_id="2", at=at)
    told = {"conclusion": "不属实", "text": "记录有误", "checked": ["调阅派单"]}
    on_warning("conclude", register, OFFICE, warning_id, submission_id="3", at=at, **told)
    table = officers.officer_ranking(register, warehouse, OFFICE).table.set_index("officer_id")
    assert table.loc["P0003", "observed"] == 0
    found = contributions(register, warehouse, OFFICE, "P0003").set_index("rule_id")
    assert found.loc["M16", ["red", "orange", "yellow", "weight", "other"]].tolist() == [0, 0, 0, 0, 1]


def test_contributions_add_up_to_what_was_observed(home: Path):
    register, warehouse = handmade.opened(home)
    table = officers.officer_ranking(register, warehouse, OFFICE).table.set_index("officer_id")
    for officer_id in ("P0002", "P0003"):
        found = contributions(register, warehouse, OFFICE, officer_id)
        assert found["weight"].sum() == pytest.approx(table.loc[officer_id, "observed"])
    work = work_of(warehouse, OFFICE, "P0003")
    assert work.to_dict("records") == [{"kind": "派单", "role": "主办", "share": 1.0, "pieces": 20, "exposure": 20.0}]


def test_peers_are_the_whole_citys_whoever_looks(home: Path):
    register, warehouse = handmade.opened(home)
    everybody = officers.officer_ranking(register, warehouse, OFFICE)
    county = officers.officer_ranking(register, warehouse, COUNTY)
    pd.testing.assert_frame_equal(everybody.table, county.table)
    for viewer in (ELSEWHERE, ROADS):
        other = officers.officer_ranking(register, warehouse, viewer)
        assert other.table.empty
        assert (other.population, other.counted) == (everybody.population, everybody.counted)
        with pytest.raises(NotVisible):
            contributions(register, warehouse, viewer, "P0003")
        with pytest.raises(NotVisible):
            work_of(warehouse, viewer, "P0003")


def test_a_town_does_not_see_the_ranking(home: Path):
    register, warehouse = handmade.opened(home)
    with pytest.raises(Forbidden):
        officers.officer_ranking(register, warehouse, TOWN)
    with pytest.raises(Forbidden):
        contributions(register, warehouse, TOWN, "P0003")


def test_an_officer_does_not_see_the_own_row(home: Path):
    register, warehouse = handmade.opened(home)
    own = Viewer("i2", "组己", "inspector", officer_id="P0003")
    assert "P0003" not in set(officers.officer_ranking(register, warehouse, own).table["officer_id"])


def test_places_and_domains_narrow_what_is_shown_not_what_is_compared(home: Path):
    register, warehouse = handmade.opened(home)
    ranking = officers.officer_ranking(register, warehouse, OFFICE)
    assert ranking.areas == ["桐乡市", "桐乡市 濮院镇"]
    assert ranking.domains == ["ZF"]
    assert set(ranking.within(("桐乡市 濮院镇",), ())["officer_id"]) == {"P0002", "P0003"}
    assert len(ranking.within(("桐乡市",), ())) == 3
    assert ranking.within((), ("JT",)).empty


def test_work_outside_the_window_does_not_count(home: Path):
    _, warehouse = handmade.opened(home)
    assert SPAN.start == date(2021, 10, 1)
    found = pd.Timestamp("2022-08-01")
    charge = officer_work.Charge("W1", "P0003", "M16", "grid_dispatch", "DP0003000", "", found, "red", 1.0)
    earlier = officer_work.window(date(2022, 7, 31))
    assert officer_work.weighted_warnings(warehouse, (charge,), SPAN)["weight"].tolist() == [3.0]
    assert officer_work.weighted_warnings(warehouse, (charge,), earlier).empty


def test_a_warning_about_a_person_belongs_to_the_work_the_person_did_most(home: Path):
    _, warehouse = handmade.opened(home)
    found = pd.Timestamp("2022-09-25")
    about = officer_work.Charge("W1", "P0001", "M08", "officer", "P0001", "", found, "orange", 1.0)
    monthly = about._replace(warning_id="W2", officer_id="P0003", rule_id="M16", period="2022-08", level="red")
    other_quarter = monthly._replace(warning_id="W3", period="2022-02")
    found = officer_work.weighted_warnings(warehouse, (about, monthly, other_quarter), SPAN).set_index("warning_id")
    assert found["stratum"].to_dict() == {"W1": "案件·ZF·普通·现场·未决", "W2": "派单·ZF·网格·2022Q3"}
    assert found["weight"].to_dict() == {"W1": 2.0, "W2": 3.0}


def test_what_is_found_in_inspections_is_not_set_against_cases(home: Path):
    _, warehouse = handmade.opened(home)
    found = pd.Timestamp("2022-09-25")
    fined = officer_work.Charge("W1", "P0001", "M02", "enterprise", "F1", "", found, "yellow", 1.0)
    inspected = fined._replace(warning_id="W2", rule_id="M09")
    assert officer_work.weighted_warnings(warehouse, (fined, inspected), SPAN)["warning_id"].tolist() == ["W1"]


def test_limits_of_chance_by_hand():
    """Four expected: 8 or fewer are seen in 97.86 % of cases, 7 or fewer in 94.89 %, so 97.5 % lies at 7.88."""
    ranked = pd.DataFrame({"observed": [7.0, 8.0, 9.0, 40.0], "expected": [4.0, 4.0, 4.0, 8.0]})
    limits = control_limits(ranked, 1.0).query("limit == '95%'").set_index("expected")
    high = 8 - (0.97864 - 0.975) / (0.97864 - 0.94887)
    # None is seen in 1.83 %, at most one in 9.16 %: 2.5 % lies at 0.09.
    low = 1 - (0.09158 - 0.025) / (0.09158 - 0.01832)
    assert limits.loc[4.0, ["low", "high"]].tolist() == pytest.approx([low / 4, high / 4], abs=1e-3)
    assert above(ranked, 1.0, "95%").tolist() == [False, True, True, True]
    assert above(ranked, 1.0, "99.8%").tolist() == [False, False, False, True]
    # Of weight 4 each: 8 is two seen where one was expected.
    assert above(ranked, 4.0, "95%").tolist() == [False, False, False, True]


def test_a_single_warning_lies_outside_no_limit():
    ranked = pd.DataFrame({"observed": [3.0, 4.0], "expected": [0.01, 0.01]})
    assert above(ranked, 1.5, "99.8%").tolist() == [False, True]
    limits = control_limits(ranked, 1.5)
    assert (limits.eval("high * expected") >= 3 - 1e-9).all()
    assert limits_meet(limits)
    assert not limits_meet(control_limits(ranked.assign(expected=4.0), 1.5))
    assert not limits_meet(limits.head(0))


def test_points_at_the_same_place_are_counted_together():
    ranked = pd.DataFrame({"observed": [0.0, 0.0, 8.0, 3.0], "expected": [4.0, 4.001, 4.0, 0.0]})
    points = funnel_points(ranked).sort_values("crude")
    assert points["officers"].tolist() == [2, 1]
    assert points["crude"].tolist() == [0, 2]
    assert control_limits(ranked.head(0), 1.0).empty


def test_units_towns_peers_and_course_use_the_same_figures(home: Path):
    register, warehouse = handmade.opened(home)
    table = officers.officer_ranking(register, warehouse, OFFICE).table.set_index("officer_id")
    units = officers.units_of(register, warehouse, OFFICE, "P0003")
    assert units[["org_name", "exposure"]].values.tolist() == [["濮院镇综合行政执法队", 20.0]]
    peers = officers.peers_of(register, warehouse, OFFICE, "P0003")
    assert peers[["officer_id", "overlap"]].values.tolist() == [["P0002", 1.0]]
    course = ranking_course.course(register, warehouse, OFFICE, "P0003")
    assert course["day"].tolist() == [date(2022, 8, 31), handmade.AS_OF]
    assert course["ratio"].iloc[-1] == pytest.approx(table.loc["P0003", "ratio"])
    # Before 25 September the register knew of no warning.
    assert course["ratio"].dropna().iloc[0] == pytest.approx(1, abs=0.05)
    towns = unit_ranking.unit_ranking(register, warehouse, OFFICE, unit_ranking.TOWN)
    assert "桐乡市 濮院镇" in set(towns["name"])
    assert unit_ranking.unit_ranking(register, warehouse, ELSEWHERE, unit_ranking.UNIT).empty
    with pytest.raises(Forbidden):
        unit_ranking.unit_ranking(register, warehouse, TOWN, unit_ranking.UNIT)
    with pytest.raises(NotVisible):
        ranking_course.course(register, warehouse, ELSEWHERE, "P0003")


def test_groups_that_stand_out_more_often_are_named():
    """40 of 100 in towns stand out against 0 of 400 elsewhere: 8 % of all; the interval of 40 % begins at 31 %."""
    rows = 500
    table = pd.DataFrame(
        {
            "officer_id": [f"P{n}" for n in range(rows)],
            "status": "ranked",
            "low": [2.0] * 40 + [0.5] * 460,
            "officer_type": "事业",
            "org_level": ["镇街"] * 100 + ["县"] * 400,
            "org_id": "O1",
            "exposure": 20.0,
            "area_label": ["桐乡市 濮院镇"] * 100 + ["桐乡市"] * 400,
        }
    )
    found = fairness.fairness(table).set_index(["aspect", "group"])
    assert found.loc[("城乡", "镇"), ["ranked", "flagged", "verdict"]].tolist() == [100, 40, "偏多"]
    assert found.loc[("城乡", "镇"), "low"] == pytest.approx(0.309, abs=1e-3)
    assert found.loc[("单位层级", "县"), "verdict"] == "偏少"
    assert found.loc[("人员类型", "事业"), "verdict"] == "与全体相当"
    few = fairness.fairness(table.head(10)).set_index(["aspect", "group"])
    assert few.loc[("人员类型", "事业"), "verdict"] == "人数少"
    assert fairness.fairness(table.head(0)).empty
