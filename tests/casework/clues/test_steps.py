"""The way of a clue, and what counts as disposed and as settled."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework.clues.registration import register_clue
from lib.casework.reading import visible
from lib.casework.store.register import Register
from lib.errors import UserError
from tests.casework.stepping import on_clue

AT = datetime(2022, 9, 1, 9, 0)
PLACE = {"org_id": "O0001", "area_code": "330483101", "domain_code": "ZF", "officer_id": "P001"}


@pytest.fixture
def grid_clue(register: Register, county: Viewer) -> str:
    done = register_clue(
        register, county, "grid", "D001", submission_id="g-1", at=AT, title="虚假办结", detail="现场未处置。", **PLACE
    )
    assert done.recorded and done.created is not None
    return done.created


def _to_undertaken(register: Register, clue_id: str, county: Viewer, office: Viewer) -> None:
    on_clue("assess", register, county, clue_id, submission_id="a", at=AT, proposed="初步核实", text="建议初核。")
    on_clue("approve", register, office, clue_id, submission_id="b", at=AT + timedelta(days=1))
    on_clue("undertake", register, county, clue_id, submission_id="c", at=AT + timedelta(days=2))


def _row(register: Register, viewer: Viewer) -> pd.Series:
    return visible.clues(register, viewer, None).iloc[0]


def test_the_whole_way_of_a_clue(register: Register, grid_clue: str, county: Viewer, office: Viewer) -> None:
    assert _row(register, county)["due_at"] == datetime(2022, 10, 1, 23, 59, 59)
    _to_undertaken(register, grid_clue, county, office)
    on_clue(
        "dispose",
        register,
        county,
        grid_clue,
        submission_id="d",
        at=AT + timedelta(days=9),
        disposition="初步核实",
        text="已核。",
    )
    on_clue(
        "file_case", register, county, grid_clue, submission_id="f", at=AT + timedelta(days=10), text="立案审查调查。"
    )
    on_clue(
        "report",
        register,
        county,
        grid_clue,
        submission_id="e",
        at=AT + timedelta(days=20),
        text="给予警告。",
        found="属实",
        form="第二种形态",
        people_cnt=1,
    )
    before = _row(register, county)
    on_clue("archive", register, office, grid_clue, submission_id="z", at=AT + timedelta(days=21))
    row = _row(register, county)
    assert pd.isna(before["closed_at"])
    assert row[["state", "disposition", "form", "people_cnt", "proposed"]].tolist() == [
        "归档",
        "初步核实",
        "第二种形态",
        1,
        "初步核实",
    ]
    assert row["approved_at"] == AT + timedelta(days=1)
    assert row["disposed_at"] == AT + timedelta(days=9)
    assert row["case_filed_at"] == AT + timedelta(days=10)
    assert row["closed_at"] == AT + timedelta(days=21)
    assert row["handler_name"] == "示范员03"


def test_shelved_is_disposed_but_not_settled(
    register: Register, grid_clue: str, county: Viewer, office: Viewer
) -> None:
    _to_undertaken(register, grid_clue, county, office)
    on_clue(
        "dispose", register, county, grid_clue, submission_id="d", at=AT, disposition="暂存待查", text="暂不具备条件。"
    )
    on_clue("report", register, county, grid_clue, submission_id="e", at=AT, text="暂存。", found="无法查实")
    on_clue("archive", register, county, grid_clue, submission_id="z", at=AT)
    row = _row(register, county)
    assert row["disposed_at"] == AT + timedelta(days=2)
    assert pd.isna(row["closed_at"])
    on_clue("reopen", register, county, grid_clue, submission_id="o", at=AT + timedelta(days=30), text="出现新材料。")
    on_clue(
        "dispose",
        register,
        county,
        grid_clue,
        submission_id="d2",
        at=AT + timedelta(days=31),
        disposition="予以了结",
        text="否",
    )
    row = _row(register, county)
    assert (row["disposed_at"], row["closed_at"]) == (AT + timedelta(days=2), AT + timedelta(days=31))


def test_settled_at_once_when_nothing_is_in_it(
    register: Register, grid_clue: str, county: Viewer, office: Viewer
) -> None:
    _to_undertaken(register, grid_clue, county, office)
    on_clue(
        "dispose",
        register,
        county,
        grid_clue,
        submission_id="d",
        at=AT + timedelta(days=5),
        disposition="予以了结",
        text="查否。",
    )
    row = _row(register, county)
    assert (row["state"], row["closed_at"]) == ("处置", AT + timedelta(days=5))
    with pytest.raises(UserError, match="暂存待查"):
        on_clue("reopen", register, county, grid_clue, submission_id="o", at=AT, text="x")
    with pytest.raises(UserError, match="立案审查调查"):
        on_clue("file_case", register, county, grid_clue, submission_id="f", at=AT, text="x")


def test_who_proposes_does_not_approve(register: Register, grid_clue: str, county: Viewer, office: Viewer) -> None:
    on_clue("assess", register, county, grid_clue, submission_id="a", at=AT, proposed="谈话函询", text="建议函询。")
    with pytest.raises(UserError, match="审批人不能是提出研判意见的人"):
        on_clue("approve", register, county, grid_clue, submission_id="b", at=AT)
    on_clue("reject", register, office, grid_clue, submission_id="c", at=AT, text="依据不足。")
    assert _row(register, county)["state"] == "登记"


def test_one_source_gives_one_clue(register: Register, grid_clue: str, county: Viewer, office: Viewer) -> None:
    again = register_clue(
        register, office, "grid", "D001", submission_id="g-2", at=AT, title="同一派单", detail="", **PLACE
    )
    assert (again.recorded, again.duplicate, again.created) == (False, True, grid_clue)
    assert len(visible.clues(register, office, None)) == 1


def test_rights_and_scope(register: Register, grid_clue: str, county: Viewer) -> None:
    town = Viewer("p-town", "示范员08", "town", area_code="330483101")
    other = Viewer("p-other", "示范员07", "county", area_code="330482")
    given = {"submission_id": "x", "at": AT, "title": "x", "detail": ""}
    with pytest.raises(Forbidden):
        register_clue(register, town, "grid", "D002", **given, **PLACE)
    with pytest.raises(Forbidden):
        register_clue(register, other, "grid", "D002", **given, **PLACE)
    with pytest.raises(NotVisible):
        on_clue("assess", register, other, grid_clue, submission_id="y", at=AT, proposed="谈话函询", text="x")
    assert visible.clues(register, other, None).empty
    with pytest.raises(UserError, match="来源"):
        register_clue(register, county, "model", "W1", **given, **PLACE)
