"""Warnings by town on frames worked by hand: counts, rates, intervals, ranks, what is not known."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lib.access import Viewer
from lib.insight.interval import poisson_interval
from lib.insight.map import choices
from lib.insight.map.bands import band_of, bands
from lib.insight.map.risk import CASES, area_risk, base_of, by_county
from lib.insight.period import Span
from lib.warehouse.marts import build_marts
from lib.warehouse.reference import areas as area_rows
from lib.warehouse.skeleton import create_tables

CITY = Viewer("p1", "甲", "leader")
COUNTY = Viewer("p2", "乙", "county", area_code="330483")
TOWN = Viewer("p3", "丙", "town", area_code="330483101")
SPAN = Span(date(2022, 9, 1), date(2022, 9, 25))


def _areas() -> pd.DataFrame:
    rows = area_rows()
    names = rows.set_index("area_code")["area_name"]
    county = rows["area_code"].str[:6].where(rows["level"] != "市")
    return rows.assign(county_code=county, county_name=county.map(names)).drop(columns="parent_code")


def _warnings(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area_code", "level"], dtype="str")


def _done(**cases: int) -> pd.DataFrame:
    frame = pd.DataFrame({"area_code": list(cases), "cases": list(cases.values())})
    frame["area_code"] = frame["area_code"].astype("str").str[1:]
    return frame.assign(inspections=0, dispatches=0)


def _by_name(frame: pd.DataFrame) -> dict[str, dict]:
    return {row["name"]: row for row in frame.to_dict("records")}


def test_counts_rate_interval_and_rank():
    warnings = _warnings(("330483101", "red"), *[("330483101", "yellow")] * 4, ("330483100", "orange"))
    towns = _by_name(area_risk(CITY, warnings, _done(a330483101=250, a330483100=20, a330483001=500), _areas()))
    puyuan, wuzhen, wutong = towns["濮院镇"], towns["乌镇镇"], towns["梧桐街道"]
    assert (puyuan["warnings"], puyuan["red"], puyuan["yellow"], puyuan["highest"]) == (5, 1, 4, "red")
    assert puyuan["rate"] == pytest.approx(20) and puyuan["base"] == 250
    # Garwood's interval of 5 is 1.623 to 11.668, here per 250 cases.
    assert (puyuan["low"], puyuan["high"]) == (pytest.approx(6.494, abs=0.001), pytest.approx(46.673, abs=0.001))
    assert (wuzhen["rank"], puyuan["rank"]) == (1, 2)
    assert wutong["rate"] == 0 and wutong["low"] == 0 and pd.isna(wutong["rank"])


def test_a_town_with_few_cases_is_marked_and_not_ranked():
    towns = _by_name(area_risk(CITY, _warnings(("330483101", "red")), _done(a330483101=14, a330483100=15), _areas()))
    assert towns["濮院镇"]["few"] and pd.isna(towns["濮院镇"]["rank"])
    assert not towns["乌镇镇"]["few"]


def test_no_data_is_not_the_same_as_no_warnings():
    towns = _by_name(area_risk(CITY, _warnings(("330483103", "red")), _done(a330483101=20), _areas()))
    assert towns["濮院镇"]["known"] and towns["石门镇"]["known"]
    assert not towns["崇福镇"]["known"] and pd.isna(towns["崇福镇"]["rate"])
    assert pd.isna(towns["石门镇"]["rate"]) and towns["石门镇"]["warnings"] == 1


def test_units_above_the_towns_have_rows_of_their_own():
    warnings = _warnings(("330483", "orange"), ("330483", "red"), ("330400", "yellow"))
    frame = area_risk(CITY, warnings, _done(a330483=100), _areas())
    assert len(frame) == 72 + 2 and frame["is_town"].sum() == 72
    above = frame[~frame["is_town"]].set_index("code")
    assert above.loc["330483", "name"] == "县级单位" and above.loc["330483", "county_name"] == "桐乡市"
    assert above.loc["330483", "rate"] == pytest.approx(20)
    assert (above.loc["330400", "name"], above.loc["330400", "warnings"]) == ("市级单位", 1)


@pytest.mark.parametrize(("viewer", "count"), [(CITY, 72), (COUNTY, 11), (TOWN, 1)])
def test_only_towns_in_scope_are_there(viewer: Viewer, count: int):
    frame = area_risk(viewer, _warnings(), _done(), _areas())
    assert len(frame) == count
    assert viewer.area_code is None or frame["code"].str.startswith(viewer.area_code).all()


def test_what_a_rate_counts_per_thousand_of_follows_the_models_chosen():
    assert base_of({"grid_dispatch"}).column == "dispatches"
    assert base_of({"enterprise"}).column == "inspections"
    assert base_of({"grid_dispatch", "penalty_case"}) == CASES and base_of(set()) == CASES


def test_exact_interval_of_small_counts():
    low, high = poisson_interval(pd.Series([0, 1, 10]))
    assert low == pytest.approx([0, 0.0253, 4.7954], abs=0.0001)
    assert high == pytest.approx([3.6889, 5.5716, 18.3904], abs=0.0001)


def test_classes_leave_zero_out_and_cover_every_value_once():
    values = pd.Series([0, 1, 1, 1, 1, 2, 5, 81])
    found = bands(values, "件", whole=True)
    assert [band.text for band in found] == ["1 件", "2 件", "3–14 件", "15–29 件", "≥30 件"]
    assert band_of(values, found).tolist() == [-1, 0, 0, 0, 0, 1, 2, 4]


def test_classes_of_equal_or_missing_values():
    assert [band.text for band in bands(pd.Series([0, 3, 3]), "件", whole=True)] == ["≥1 件"]
    assert bands(pd.Series([0.0, 0.0]), "件", whole=False) == []
    assert band_of(pd.Series([0.0]), []).tolist() == [-1]


def test_classes_of_rates_have_limits_a_reader_can_use():
    values = pd.Series([0.7, 1.2, 3.3, 8.0, 22.0, 41.0])
    found = bands(values, "件", whole=False)
    assert [band.text for band in found] == ["<1.5 件", "1.5–6 件", "6–20 件", "≥20 件"]
    assert band_of(values, found).tolist() == [0, 0, 1, 2, 3, 3]


def test_places_offered_lie_in_scope():
    areas = _areas()
    assert list(choices.counties(CITY, areas))[:2] == ["全市", "南湖区"] and len(choices.counties(CITY, areas)) == 8
    assert choices.counties(COUNTY, areas) == {"桐乡市": "330483"} == choices.counties(TOWN, areas)
    tongxiang = choices.towns(CITY, areas, "330483")
    assert tongxiang["全部乡镇"] == "" and tongxiang["桐乡市县级单位"] == "330483" and len(tongxiang) == 13
    assert choices.towns(TOWN, areas, "330483") == {"濮院镇": "330483101"}
    assert "市级单位" in choices.towns(CITY, areas, "") and "市级单位" not in choices.towns(COUNTY, areas, "330483")


def test_the_mart_counts_decided_cases_checks_and_dispatches_by_place_field_and_month(tmp_path: Path):
    con = duckdb.connect(str(tmp_path / "mart.duckdb"))
    create_tables(con)
    con.execute("insert into org by name select 'O0001' as org_id, 'ZF' as domain_code, '330483101' as area_code")
    con.execute("""
        insert into penalty_case by name
        select col0 as case_id, 'O0001' as org_id, '330483101' as area_code, col1::date as decision_date,
            col2 as result_type, col3::decimal(14, 2) as fine_amt, 'P' as party_id, '自然人' as party_type,
            '普通' as procedure_type, 'I' as item_code, date '2022-08-01' as filed_date
        from (values ('C1', '2022-09-01', '处罚', 100), ('C2', '2022-09-30', '首违不罚', 0),
            ('C3', '2022-08-31', '处罚', 50), ('C4', null, '未决', null))
    """)
    con.execute("""
        insert into grid_dispatch by name
        select 'D1' as dispatch_id, 'E1' as event_no, 'O0001' as to_org_id, '330483101' as area_code,
            timestamp '2022-09-05 10:00' as assigned_at
    """)
    build_marts(con)
    rows = con.execute("select * from mart_area_month order by month").fetchall()
    assert [tuple(str(value) for value in row) for row in rows] == [
        ("330483101", "ZF", "2022-08-01", "1", "0", "0", "50.00"),
        ("330483101", "ZF", "2022-09-01", "2", "0", "1", "100.00"),
    ]


def test_rates_by_county_add_up_their_towns_and_leave_few_cases_last():
    risk = pd.DataFrame(
        [
            ("330483", "桐乡市", 2, 100),
            ("330483", "桐乡市", 1, 50),
            ("330481", "海宁市", 3, 14),
            ("", "市本级", 0, 0),
            ("330402", "南湖区", 8, 200),
        ],
        columns=["county_code", "county_name", "warnings", "base"],
    )
    found = by_county(risk)
    assert found["name"].tolist() == ["南湖区", "桐乡市", "海宁市", "市本级"]
    assert found["rate"].tolist()[:2] == [40.0, 20.0] and found["few"].tolist() == [False, False, True, True]
    # 3 events: the exact 95 % Poisson interval is 0.619 to 8.767.
    assert found.loc[1, ["low", "high"]].tolist() == pytest.approx([0.6187 / 0.15, 8.7673 / 0.15], rel=1e-3)
    assert pd.isna(found.loc[3, "rate"])
