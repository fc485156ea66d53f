"""The register of political-discipline cases: who may what, names masked before anything is written, days in order."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lib.access import Forbidden, Viewer
from lib.access.policy import policy
from lib.casework.discipline.entering import enter_case
from lib.casework.discipline.steps import CASE
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.casework.store.verify import verify_register
from lib.casework.work.open import open_work
from lib.errors import UserError
from tests.casework.conftest import MONDAY

GIVEN = {
    "title": "不按规定请示报告重大事项",
    "names": ["欧阳某甲", "丁二"],
    "org_id": "O0001",
    "rank": "乡科级",
    "filed_on": date(2022, 9, 1),
}


def entered(register: Register, viewer: Viewer, key: str = "d-1", **more: Any) -> str:
    done = enter_case(register, viewer, Submission(key, MONDAY, payload=GIVEN | more), "330483101", "ZF")
    assert done.created is not None
    return done.created


def test_no_name_is_written_anywhere(register: Register, office: Viewer) -> None:
    entered(register, office)
    [row] = objects(register, office, None, "discipline_case").to_dict("records")
    assert (row["persons"], row["people_cnt"], row["state"]) == ("欧*、丁*", 2, "已立案")
    with register.read() as connection:
        written = json.dumps([list(map(str, one)) for one in connection.execute(select(event))], ensure_ascii=False)
    assert "欧*" in written and "欧阳" not in written and "丁二" not in written
    assert verify_register(register) == []


def test_days_are_not_ahead_and_not_before_it_was_filed(register: Register, office: Viewer) -> None:
    with pytest.raises(UserError, match="2022-09-06 还没有到"):
        entered(register, office, filed_on=date(2022, 9, 6))
    one, at = entered(register, office), MONDAY + timedelta(days=5)
    for day, told in ((date(2022, 8, 31), "早于立案"), (date(2022, 9, 11), "还没有到")):
        sent = Submission(str(day), at, payload={"on": day, "sanction": "警告"})
        with pytest.raises(UserError, match=told):
            take(register, office, CASE, one, "decide", sent)
    take(register, office, CASE, one, "decide", Submission("d", at, payload={"on": at.date(), "sanction": "警告"}))
    take(register, office, CASE, one, "archive", Submission("a", at + timedelta(days=1)))
    assert objects(register, office, None, "discipline_case").iloc[0]["state"] == "已归档"


@pytest.mark.parametrize("role", [role for role in policy().people if role != "trainee"])
def test_only_who_has_to_know_sees_it_and_nobody_is_given_it_to_do(
    register: Register, office: Viewer, role: str
) -> None:
    entered(register, office)
    place = {"county": {"area_code": "330483"}, "town": {"area_code": "330483101"}, "liaison": {"org_id": "O0001"}}
    viewer = Viewer("p-x", "某", role, **place.get(role, {}))  # type: ignore[arg-type]
    if role in ("leader", "office", "county"):
        assert len(objects(register, viewer, None, "discipline_case")) == 1
    else:
        with pytest.raises(Forbidden):
            objects(register, viewer, None, "discipline_case")
    if role != "office":
        with pytest.raises(Forbidden):
            entered(register, viewer, "other")
    if viewer.may("view", "work"):
        assert open_work(register, viewer, None, {}).empty
    other = Viewer("p-y", "某", "county", area_code="330482")
    assert objects(register, other, None, "discipline_case").empty
