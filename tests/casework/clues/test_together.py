"""Clues that are one matter, or have to do with each other."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from lib.access import NotVisible, Viewer
from lib.casework.clues.registration import register_clue
from lib.casework.reading import visible
from lib.casework.store.register import Register
from lib.errors import UserError
from tests.casework.stepping import on_clue

AT = datetime(2022, 9, 1, 9, 0)


def entered(register: Register, viewer: Viewer, key: str, area_code: str = "330483101") -> str:
    done = register_clue(
        register, viewer, "grid", key, submission_id=f"s-{key}", at=AT, title="虚假办结", detail="现场未处置。",
        org_id="O0001", area_code=area_code, domain_code="ZF", officer_id="P001",
    )  # fmt: skip
    assert done.created is not None
    return done.created


def day(number: int) -> datetime:
    return AT + timedelta(days=number)


def rows(register: Register, viewer: Viewer) -> pd.DataFrame:
    return visible.clues(register, viewer, None).set_index("clue_id")


def to_disposed(register: Register, clue: str, county: Viewer, office: Viewer) -> None:
    on_clue("assess", register, county, clue, submission_id=f"a-{clue}", at=day(3), proposed="予以了结", text="查否。")
    on_clue("approve", register, office, clue, submission_id=f"b-{clue}", at=day(4))
    on_clue("undertake", register, county, clue, submission_id=f"c-{clue}", at=day(5))
    on_clue(
        "dispose", register, county, clue, submission_id=f"d-{clue}", at=day(6), disposition="予以了结", text="了结。"
    )


def test_one_put_into_another_is_disposed_of_with_it_and_counted_still(register, county, office) -> None:
    one, other = entered(register, county, "D1"), entered(register, county, "D2")
    on_clue("merge", register, county, one, submission_id="m", at=day(2), into=other, text="同一件事。")
    both = rows(register, county)
    assert both.loc[one, "state"] == "已并案" and both.loc[one, "merged_into"] == other
    assert both.loc[one, "assessed_at"] == day(2) and pd.isna(both.loc[one, "disposed_at"])
    to_disposed(register, other, county, office)
    both = rows(register, county)
    assert len(both) == 2
    assert both["disposed_at"].tolist() == [day(6), day(6)] == both["closed_at"].tolist()
    assert both["disposition"].tolist() == ["予以了结", "予以了结"]
    told = visible.events_of(register, county, None, "clue", other)
    [absorbed] = told[told["action"].eq("absorb")].to_dict("records")
    assert absorbed["payload"] == {"from": one} and absorbed["text"] == "同一件事。"
    assert absorbed["from_state"] == absorbed["to_state"] == "登记"


def test_one_that_is_part_of_a_part_follows_the_last(register, county, office) -> None:
    first, second, third = (entered(register, county, key) for key in ("D1", "D2", "D3"))
    on_clue("merge", register, county, first, submission_id="m1", at=day(1), into=second, text="同一件事。")
    on_clue("merge", register, county, second, submission_id="m2", at=day(2), into=third, text="同一件事。")
    to_disposed(register, third, county, office)
    assert rows(register, county)["disposed_at"].tolist() == [day(6)] * 3


def test_none_goes_into_itself_into_one_that_is_gone_or_into_one_unseen(register, county, office) -> None:
    one, other = entered(register, county, "D1"), entered(register, county, "D2")
    unseen = entered(register, office, "D3", area_code="330482101")
    with pytest.raises(UserError, match="同一条线索"):
        on_clue("merge", register, county, one, submission_id="m1", at=day(1), into=one, text="同一件事。")
    with pytest.raises(NotVisible):
        on_clue("merge", register, county, one, submission_id="m2", at=day(1), into=unseen, text="同一件事。")
    on_clue("merge", register, county, one, submission_id="m3", at=day(1), into=other, text="同一件事。")
    with pytest.raises(UserError, match="已经并入别的线索"):
        on_clue("merge", register, county, other, submission_id="m4", at=day(1), into=one, text="同一件事。")


def test_one_taken_out_again_stands_where_it_stood(register, county) -> None:
    one, other = entered(register, county, "D1"), entered(register, county, "D2")
    on_clue("assess", register, county, one, submission_id="a", at=day(1), proposed="初步核实", text="建议初核。")
    on_clue("merge", register, county, one, submission_id="m", at=day(2), into=other, text="同一件事。")
    on_clue("separate", register, county, one, submission_id="o", at=day(3), text="不是同一件事。")
    row = rows(register, county).loc[one]
    assert row["state"] == "研判" and pd.isna(row["merged_into"]) and row["assessed_at"] == day(1)


def test_two_that_have_to_do_with_each_other_stay_two_and_both_say_so(register, county) -> None:
    one, other = entered(register, county, "D1"), entered(register, county, "D2")
    on_clue("link", register, county, one, submission_id="l", at=day(1), other=other, text="同一当事人。")
    assert rows(register, county)["state"].tolist() == ["登记", "登记"]
    told = visible.events_of(register, county, None, "clue", other).iloc[-1]
    assert (told["action"], told["payload"]) == ("linked", {"from": one})


def test_nobody_is_dealt_with_for_what_is_not_true(register, county, office) -> None:
    one = entered(register, county, "D1")
    to_disposed(register, one, county, office)
    given = {"found": "不属实", "form": "第一种形态", "people_cnt": 1}
    with pytest.raises(UserError, match="不属实"):
        on_clue("report", register, county, one, submission_id="r1", at=day(7), text="结果。", **given)
    done = {"found": "不属实", "form": "未追究责任"}
    on_clue("report", register, county, one, submission_id="r2", at=day(7), text="结果。", **done)
    assert rows(register, county).loc[one, ["found", "form"]].tolist() == ["不属实", "未追究责任"]
