"""Integrity registers: how they stand, and what the data shows of their controls, counted by hand."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lib.access import Forbidden, Viewer
from lib.access.personas import personas
from lib.casework.daily.reviews import call_reviews
from lib.casework.store.register import Register
from lib.catalog.steps import points, steps
from lib.insight.library import risks
from lib.insight.library.controls import MEASURES, controls, observed
from lib.insight.parts import counts
from lib.insight.share import Share
from lib.insight.warnings.filter import WarningFilter
from lib.insight.warnings.listing import warning_list
from lib.rules import read_rules
from lib.warehouse.clock import now
from lib.warehouse.generation import begin, current, publish
from lib.warehouse.store import Warehouse
from tests.casework.risks.test_steps import TEXT, entered, step
from tests.cities import handmade

OFFICE = next(viewer for viewer in personas(True) if viewer.person_id == "demo-office")
COUNTY = next(viewer for viewer in personas(True) if viewer.person_id == "demo-county")
UNIT = "O0002"


def _case(number: int, decided: date | None, **more: object) -> dict:
    return {
        "case_id": f"R{number}", "case_no": f"R{number}", "org_id": UNIT, "procedure_type": "普通",
        "filed_date": date(2022, 5, 9), "decision_date": decided, "result_type": "处罚" if decided else "未决",
        "area_code": "330483", **more,
    }  # fmt: skip


def _event(case: int, kind: str, at: datetime, operator: str = "P0001", approver: str | None = None) -> dict:
    return {
        "event_id": f"E{case}{kind}{at:%m%d}{approver}", "case_id": f"R{case}", "event_type": kind, "event_at": at,
        "operator_id": operator, "approver_id": approver, "area_code": "330483",
    }  # fmt: skip


# 2022-06-01 is a Wednesday; Friday 06-03 is the Dragon Boat festival: seven workdays on is 06-13, a Monday.
DECIDED = date(2022, 6, 1)
CASES = [
    _case(1, DECIDED),
    _case(2, DECIDED),
    _case(3, DECIDED),
    # Older than twelve months, of another procedure, of another unit.
    _case(4, date(2021, 9, 25), filed_date=date(2021, 9, 1)),
    _case(5, DECIDED, procedure_type="简易"),
    _case(6, DECIDED, org_id="O0004"),
    # Its seven workdays still run.
    _case(7, date(2022, 9, 20)),
]
EVENTS = [
    _event(1, "决定", datetime(2022, 6, 1, 9), approver="P0009"),
    _event(2, "决定", datetime(2022, 6, 1, 9), approver="P0001"),
    _event(3, "决定", datetime(2022, 6, 1, 9)),
    # One of two approvals is one's own.
    _event(5, "决定", datetime(2022, 6, 1, 9), approver="P0009"),
    _event(5, "决定", datetime(2022, 6, 2, 9), approver="P0001"),
    _event(4, "决定", datetime(2021, 9, 25, 9), approver="P0009"),
    _event(6, "决定", datetime(2022, 6, 1, 9), approver="P0009"),
    _event(1, "事先告知", datetime(2022, 5, 20, 9)),
    _event(2, "事先告知", datetime(2022, 6, 1, 23)),
    _event(3, "事先告知", datetime(2022, 6, 2, 9)),
    _event(1, "送达", datetime(2022, 6, 13, 23)),
    _event(2, "送达", datetime(2022, 6, 14, 0, 30)),
]
HANDLERS = [
    ("R1", "P0001", "主办"), ("R1", "P0002", "协办"), ("R2", "P0001", "主办"), ("R2", "P0002", "审核"),
    ("R3", "P0001", "主办"), ("R3", "P0001", "协办"), ("R5", "P0001", "主办"), ("R7", "P0001", "主办"),
    ("R7", "P0003", "主办"),
]  # fmt: skip


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Warehouse]]:
    home: Path = handmade.put(tmp_path_factory.mktemp("risks"))
    tmp = begin(home, current(home))
    rows = {
        "penalty_case": CASES,
        "case_event": EVENTS,
        "case_officer": [
            {"case_id": case, "officer_id": officer, "role_type": role} for case, officer, role in HANDLERS
        ],
    }
    with duckdb.connect(str(tmp)) as con:
        for table, of_table in rows.items():
            con.register("added", pd.DataFrame(of_table))
            con.execute(f"insert into {table} by name select * from added")
            con.unregister("added")
    publish(home, tmp)
    register, warehouse = handmade.opened(home)
    yield register, warehouse
    register.close()


Held = tuple[Register, Warehouse]


def seen(held: Held, measure: str, step: str, viewer: Viewer = OFFICE) -> dict[str, bool]:
    rows = observed(held[1], viewer, UNIT, step, measure)
    return {case: met for case, met in zip(rows["case_id"], rows["met"], strict=True) if case.startswith("R")}


def test_what_controls_are_counted_by_hand(held: Held) -> None:
    assert seen(held, "approved", "决定") == {"R1": True, "R2": False, "R3": False, "R5": False}
    assert seen(held, "approved", "立案") == {}
    # Told of in time: before it, and on the day itself; R7 not at all.
    assert seen(held, "told_before", "事先告知") == {"R1": True, "R2": True, "R3": False, "R7": False}
    # On the seventh workday, on the eighth, never; of R7 the time still runs.
    assert seen(held, "delivered", "送达") == {"R1": True, "R2": False, "R3": False, "R5": False}
    # Two people in one case; the same twice is one, and who reviews does not handle.
    assert seen(held, "two_handlers", "调查取证") == {"R1": True, "R2": False, "R3": False, "R7": True}


def test_no_control_of_a_unit_outside_the_scope_is_told(held: Held) -> None:
    assert seen(held, "approved", "决定", COUNTY) == seen(held, "approved", "决定")
    elsewhere = Viewer("x", "某", "county", area_code="330482")
    assert observed(held[1], elsewhere, UNIT, "决定", "approved").empty
    with pytest.raises(Forbidden):
        observed(held[1], Viewer("x", "某", "liaison", org_id=UNIT), UNIT, "决定", "approved")


def test_what_stands_beside_a_step_is_known() -> None:
    assert set(controls()) <= {step.name for step in steps()}
    assert {name for one in controls().values() for name in one.measures} == set(MEASURES)
    listed = {f"I{number:02d}" for number in range(1, 32)}
    assert {name for one in controls().values() for name in one.indicators} <= listed
    assert {model for point in points().values() for model in point.risk.models} <= set(read_rules())


def test_a_risk_with_its_evidence(held: Held) -> None:
    register, warehouse = held
    at = now(warehouse) - timedelta(days=30)
    point = "决定：不按基准、畸轻畸重"
    given = {"org_id": UNIT, "point": point, "review_on": warehouse.as_of + timedelta(days=60)}
    entered(register, OFFICE, at, "a", ("330483", "ZF"), **given)
    late = {**given, "point": "调查终结：久拖不决", "review_on": warehouse.as_of - timedelta(days=3), "level": "低"}
    entered(register, OFFICE, at, "b", ("330483", "ZF"), **late)
    other = {**given, "org_id": "O0004"}
    entered(register, OFFICE, at, "c", ("330483", "JT"), **other)
    call_reviews(register, warehouse, now(warehouse))
    frame = risks.risk_list(register, warehouse, OFFICE)
    assert counts(frame, risks.PARTS) == {"open": 3, "high": 2, "called": 1, "late": 1, "closed": 0, "all": 3}
    assert frame["state"].tolist() == ["待复核", "在册", "在册"]
    first = risks.by_unit(frame).iloc[0]
    assert first[["org_id", "open", "high", "late", "reviewed"]].tolist() == [UNIT, 2, 1, 1, 0]
    told = frame.set_index("point")
    one = told.loc[point] if isinstance(told.loc[point], pd.Series) else told[told["org_id"].eq(UNIT)].loc[point]
    [approved] = risks.at_work(warehouse, OFFICE, {**one.to_dict(), "point": point})
    assert (approved.name, approved.share) == ("approved", Share(1, 4))
    # M01 watches what drags on: three of its warnings are of this unit, as the workbench lists them.
    [watched] = risks.watched(register, warehouse, OFFICE, {"point": "调查终结：久拖不决", **_of(frame)})
    assert (watched.rule_id, watched.warnings, watched.true, watched.open) == ("M01", 3, 0, 3)
    assert watched.query["w_orgs"] == ["桐乡市综合行政执法局"]
    rows = warning_list(register, warehouse, OFFICE)
    assert len(WarningFilter(rules=(watched.label,), orgs=("桐乡市综合行政执法局",)).apply(rows)) == 3


def _of(frame: pd.DataFrame) -> dict:
    found = frame[frame["org_id"].eq(UNIT) & frame["step"].eq("调查终结")].iloc[0]
    return {name: value for name, value in found.to_dict().items() if name != "point"}


def test_texts_are_kept_in_versions(held: Held) -> None:
    register, warehouse = held
    at = now(warehouse) - timedelta(days=20)
    one = entered(register, OFFICE, at, "texts", ("330483", "ZF"), org_id=UNIT)
    step(register, OFFICE, one, "revise", at + timedelta(days=1), **{**TEXT, "owner": "分管副局长"})
    told = risks.versions(register, warehouse, OFFICE, one)
    assert [(text["version"], text["owner"]) for text in told] == [(2, "分管副局长"), (1, "法制科科长")]
