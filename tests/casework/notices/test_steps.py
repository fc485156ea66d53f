"""The way of a supervision notice: each step and who may take it, what the unit sees of it, what it may not hold."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework import attachments
from lib.casework.clock import not_now
from lib.casework.daily.escalation import escalate_late
from lib.casework.deadlines import settings
from lib.casework.notices.drafting import draft_notice
from lib.casework.notices.next_step import next_steps, waits_for, who_may
from lib.casework.notices.states import STATES
from lib.casework.notices.steps import NOTICE
from lib.casework.objects import KINDS
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.steps import Outcome, Submission, Upload
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.errors import UserError

MONDAY = datetime(2022, 9, 5, 9, 0)
INSPECTOR = Viewer("p-inspector", "示范员01", "inspector", domains=frozenset({"ZF"}))
COLLEAGUE = Viewer("p-colleague", "示范员09", "inspector", domains=frozenset({"ZF"}))
OTHER_GROUP = Viewer("p-other", "示范员10", "inspector", domains=frozenset({"ZF", "SC"}))
OFFICE = Viewer("p-office", "示范员02", "office")
COUNTY = Viewer("p-county", "示范员03", "county", area_code="330483")
LEADER = Viewer("p-leader", "示范员04", "leader")
LIAISON = Viewer("p-unit", "某", "liaison", org_id="O0001")
STRANGER = Viewer("p-stranger", "另", "liaison", org_id="O0002")
EVERYBODY = (INSPECTOR, COLLEAGUE, OTHER_GROUP, OFFICE, COUNTY, LEADER, LIAISON, STRANGER)
CONTENT: dict[str, Any] = {
    "title": "关于罚没款未及时缴库问题", "org_id": "O0001", "urgency": None, "complex": False,
    "facts": "有3件案件的罚没款未缴库。\n案号〔2022〕第000168号。", "basis": "《行政处罚法》第六十七条（已核）。",
    "requirement": "一是立即缴库。", "feedback": "书面报告", "contact": "示范员01，0573-82510001", "annex": "",
    "copies": "",
}  # fmt: skip
GIVEN: dict[str, dict[str, Any]] = {
    "revise": {key: value for key, value in CONTENT.items() if key != "org_id"},
    "deliver": {"by": "浙政钉"},
    "receipt": {"received_by": "某"},
    "recheck": {"how": "现场复核"},
    "extend": {"more": 5},
    "apply_more": {"more": 5},
    "pause": {"why": "鉴定或检测"},
    "assign": {"to_id": "demo-county"},
}
WAY = ("review", "sign", "deliver", "receipt", "feed_back", "recheck", "close")
TAKERS = {
    "review": OFFICE, "sign": LEADER, "deliver": INSPECTOR, "receipt": LIAISON, "rectify": LIAISON,
    "feed_back": LIAISON, "recheck": COLLEAGUE, "close": OFFICE, "revise": INSPECTOR, "return": OFFICE,
    "refuse": LEADER, "withdraw": INSPECTOR, "send_back": COLLEAGUE, "extend": OFFICE, "pause": OFFICE,
    "apply_more": LIAISON, "refuse_more": OFFICE,
    "resume": OFFICE, "assign": OFFICE, "remind": LEADER,
}  # fmt: skip


def draft(register: Register, viewer: Viewer = INSPECTOR, at: datetime = MONDAY, key: str = "d", **more: Any) -> str:
    done = draft_notice(register, viewer, Submission(key, at, payload=CONTENT | more), "330483101", "ZF")
    assert done.recorded and done.created is not None
    return done.created


def do(
    register: Register, action: str, notice_id: str, at: datetime = MONDAY, viewer: Viewer | None = None,
    text: str = "说明", file: Upload | None = None, **given: Any,
) -> Outcome:  # fmt: skip
    """A step by whoever usually takes it, or by somebody else."""
    payload = GIVEN.get(action, {}) | given
    taker = viewer or TAKERS[action]
    sent = Submission(f"{notice_id}-{action}-{at}-{taker.person_id}", at, None, text, payload, file)
    return take(register, taker, NOTICE, notice_id, action, sent)


def upto(register: Register, last: str, days: int = 0, **more: Any) -> str:
    """A notice on its usual way, that step taken, each `days` after the one before."""
    notice_id = draft(register, **more)
    for number, action in enumerate(WAY[: WAY.index(last) + 1], start=1):
        do(register, action, notice_id, MONDAY + timedelta(days=days * number))
    return notice_id


def row(register: Register, viewer: Viewer, notice_id: str) -> pd.Series:
    return objects(register, viewer, None, "notice").set_index("notice_id").loc[notice_id]


def test_the_whole_way(register: Register) -> None:
    notice_id = upto(register, "close", days=1)
    found = row(register, OFFICE, notice_id)
    stages = ["signed_at", "delivered_at", "received_at", "answered_at", "rechecked_at", "closed_at"]
    assert found[stages].tolist() == [MONDAY + timedelta(days=number) for number in range(2, 8)]
    assert found[["state", "serial", "drafter_name"]].tolist() == ["销号", "监督通知〔2022〕第001号", "示范员01"]
    assert pd.isna(found["due_at"])
    assert verify_register(register) == []


def test_the_deadline_counts_from_delivery_and_receipt_lets_it_run_on(register: Register) -> None:
    notice_id = upto(register, "deliver")
    # 5 September 2022 and ten workdays, of which 12 September is none.
    assert row(register, OFFICE, notice_id)["due_at"] == datetime(2022, 9, 20, 23, 59, 59)
    do(register, "receipt", notice_id, MONDAY + timedelta(days=4))
    do(register, "rectify", notice_id, MONDAY + timedelta(days=5))
    assert row(register, LIAISON, notice_id)["due_at"] == datetime(2022, 9, 20, 23, 59, 59)
    do(register, "extend", notice_id, MONDAY + timedelta(days=6), more=3)
    found = row(register, OFFICE, notice_id)
    assert (found["due_at"], found["extended"], found["workdays"]) == (datetime(2022, 9, 23, 23, 59, 59), 3, 10)
    with pytest.raises(UserError, match="已经延期一次"):
        do(register, "extend", notice_id, MONDAY + timedelta(days=7), more=1)
    do(register, "feed_back", notice_id, MONDAY + timedelta(days=8))
    do(register, "send_back", notice_id, MONDAY + timedelta(days=9))
    again = row(register, OFFICE, notice_id)
    assert (again["state"], again["workdays"], again["extended"]) == ("整改", settings()["notice"]["again_workdays"], 0)
    with pytest.raises(UserError, match="已经延期一次"):
        do(register, "extend", notice_id, MONDAY + timedelta(days=10), more=1)


def test_a_complex_matter_has_more_time_and_a_revision_decides(register: Register) -> None:
    assert row(register, OFFICE, upto(register, "deliver", complex=True, key="c"))["workdays"] == 15
    notice_id = draft(register, key="e")
    do(register, "return", notice_id)
    do(register, "revise", notice_id, complex=True, facts="改过的事实。", urgency="加急")
    for action in WAY[:3]:
        do(register, action, notice_id)
    found = row(register, LIAISON, notice_id)
    assert found[["workdays", "days", "facts", "urgency"]].tolist() == [15, 15, "改过的事实。", "加急"]
    assert bool(found["complex"])


def test_a_pause_stands_still(register: Register) -> None:
    notice_id = upto(register, "receipt")
    do(register, "pause", notice_id, MONDAY + timedelta(days=1))
    assert pd.isna(row(register, OFFICE, notice_id)["due_at"])
    do(register, "resume", notice_id, MONDAY + timedelta(days=3))
    assert row(register, OFFICE, notice_id)["due_at"] == datetime(2022, 9, 22, 23, 59, 59)


def _ready(register: Register, action: str) -> str:
    """A notice from which a step can be taken."""
    before = {"review": "", "revise": "return", "return": "", "withdraw": "", "sign": "review", "refuse": "review"}
    if action in before:
        notice_id = draft(register)
        if before[action]:
            do(register, before[action], notice_id)
        return notice_id
    of = {"deliver": "sign", "receipt": "deliver", "close": "recheck", "recheck": "feed_back", "send_back": "feed_back"}
    notice_id = upto(register, of.get(action, "receipt"))
    first = {"resume": "pause", "refuse_more": "apply_more"}.get(action)
    if first is not None:
        do(register, first, notice_id)
    return notice_id


WHO = {
    "review": {OFFICE, COUNTY}, "return": {OFFICE, COUNTY}, "close": {OFFICE, COUNTY},
    "revise": {INSPECTOR, COLLEAGUE, OTHER_GROUP, OFFICE, COUNTY}, "withdraw": {INSPECTOR, OFFICE, COUNTY},
    "sign": {LEADER}, "refuse": {LEADER},
    "deliver": {INSPECTOR, COLLEAGUE, OTHER_GROUP, OFFICE, COUNTY},
    "receipt": {LIAISON}, "rectify": {LIAISON}, "feed_back": {LIAISON},
    "recheck": {INSPECTOR, COLLEAGUE, OFFICE, COUNTY}, "send_back": {INSPECTOR, COLLEAGUE, OFFICE, COUNTY},
    "extend": {LEADER, OFFICE, COUNTY}, "pause": {LEADER, OFFICE, COUNTY}, "resume": {LEADER, OFFICE, COUNTY},
    "apply_more": {LIAISON}, "refuse_more": {LEADER, OFFICE, COUNTY},
    "assign": {OFFICE, COUNTY}, "remind": {LEADER, OFFICE, COUNTY},
}  # fmt: skip


@pytest.mark.parametrize("action", [one for one, step in NOTICE.steps.items() if not step.aside])
def test_each_step_is_taken_by_those_who_may_and_offered_to_them_alone(action: str, tmp_path: Path) -> None:
    made = tmp_path / "made.sqlite"
    register = Register(f"sqlite:///{made}")
    notice_id = _ready(register, action)
    register.close()
    for viewer in EVERYBODY:
        own = shutil.copy(made, tmp_path / f"{viewer.person_id}.sqlite")
        register = Register(f"sqlite:///{own}")
        held = row(register, OFFICE, notice_id)
        steps = next_steps(viewer, held["state"], {"p-inspector"}, "|ZF", False, not_now(held))
        offered = {step.action for step in steps}
        may = viewer in WHO[action]
        try:
            taken = do(register, action, notice_id, MONDAY + timedelta(days=1), viewer).recorded
        except (Forbidden, NotVisible, UserError):
            taken = False
        assert taken == may, (action, viewer.person_id)
        # Whoever is out of the scope sees no notice that anything could be offered on.
        assert (action in offered) == may or viewer == STRANGER, (action, viewer.person_id)
        register.close()


def test_who_drafted_or_revised_neither_reviews_nor_signs(register: Register) -> None:
    notice_id = draft(register, viewer=OFFICE)
    with pytest.raises(UserError, match="拟稿人不能审核"):
        do(register, "review", notice_id, viewer=OFFICE)
    do(register, "revise", notice_id, viewer=COUNTY)
    with pytest.raises(UserError, match="拟稿人不能审核"):
        do(register, "review", notice_id, viewer=COUNTY)
    second = Viewer("p-office-2", "示范员05", "office")
    do(register, "review", notice_id, viewer=second)
    # Somebody who drafted and has become a leader since.
    with pytest.raises(UserError, match="拟稿人不能签发"):
        do(register, "sign", notice_id, viewer=Viewer("p-office", "示范员02", "leader"))


def test_the_unit_sees_it_from_delivery_on_without_what_was_done_inside(register: Register) -> None:
    notice_id = upto(register, "sign")
    assert objects(register, LIAISON, None, "notice").empty
    with pytest.raises(NotVisible):
        events_of(register, LIAISON, None, "notice", notice_id)
    with pytest.raises(NotVisible):
        do(register, "receipt", notice_id)
    do(register, "deliver", notice_id)
    do(register, "receipt", notice_id)
    do(register, "feed_back", notice_id, file=("整改报告.txt", b"done"))
    do(register, "recheck", notice_id, file=("现场.txt", b"seen"))
    shown = events_of(register, LIAISON, None, "notice", notice_id)
    assert shown["action"].tolist() == ["deliver", "receipt", "feed_back", "recheck"]
    found = row(register, LIAISON, notice_id)
    assert all(pd.isna(found[name]) for name in KINDS["notice"].kept)
    assert found["facts"].startswith("有3件") and found["serial"] == "监督通知〔2022〕第001号"
    assert objects(register, STRANGER, None, "notice").empty
    inside = {step.action for step in NOTICE.steps.values() if step.inside}
    assert inside == {"review", "return", "revise", "sign", "refuse", "withdraw", "assign"}


def test_a_file_of_an_inside_step_is_kept_from_the_unit(register: Register) -> None:
    notice_id = upto(register, "receipt")
    done = do(register, "feed_back", notice_id, file=("整改报告.txt", b"done"))
    assert done.event is not None
    number = done.event.payload["attachment"]["attachment_id"]
    assert attachments.read(register, LIAISON, "notice", notice_id, number)[1] == b"done"
    with pytest.raises(NotVisible):
        attachments.read(register, STRANGER, "notice", notice_id, number)


def test_what_would_be_starred_does_not_stand_in_a_notice(register: Register) -> None:
    for name in ("facts", "basis", "requirement", "feedback", "title", "annex", "copies"):
        with pytest.raises(UserError, match="个人信息"):
            draft(register, key=name, **{name: "身份证号330483199001011234"})
    notice_id = draft(register)
    with pytest.raises(UserError, match="个人信息"):
        do(register, "revise", notice_id, facts="联系13800138000。")
    # Refused, the typed text stays as a draft, and nothing was written.
    assert row(register, OFFICE, notice_id)["facts"] == CONTENT["facts"]
    assert row(register, OFFICE, notice_id)["contact"] == CONTENT["contact"]


def test_drafted_from_a_warning_it_goes_to_the_units_own(register: Register, feed: Any) -> None:
    [warning_id] = feed({})
    sent = Submission("w", MONDAY, payload=CONTENT)
    done = draft_notice(register, INSPECTOR, sent, "330483101", "ZF", "warning", warning_id)
    found = row(register, OFFICE, str(done.created))
    assert found[["origin", "source_id", "officer_id"]].tolist() == ["warning", warning_id, "P001"]
    with pytest.raises(UserError, match="主送单位"):
        other = Submission("w2", MONDAY, payload=CONTENT | {"org_id": "O0002"})
        draft_notice(register, OFFICE, other, "330482", "SC", "warning", warning_id)
    with pytest.raises(NotVisible):
        elsewhere = Viewer("p-x", "示范员11", "county", area_code="330482")
        draft_notice(
            register, elsewhere, Submission("w3", MONDAY, payload=CONTENT), "330482", "SC", "warning", warning_id
        )
    # Nobody sees, drafts or answers what is about themselves.
    own = Viewer("p-own", "某", "liaison", org_id="O0001", officer_id="P001")
    for action in WAY[:3]:
        do(register, action, str(done.created))
    assert objects(register, own, None, "notice").empty and len(objects(register, LIAISON, None, "notice")) == 1


def test_what_is_late_for_too_long_goes_up_once_for_each_deadline(register: Register) -> None:
    notice_id = upto(register, "receipt")
    beyond = datetime(2022, 9, 20) + timedelta(days=3)
    assert escalate_late(register, None, beyond) == 0
    assert escalate_late(register, None, datetime(2022, 9, 26, 6)) == 1
    assert escalate_late(register, None, datetime(2022, 9, 27, 6)) == 0
    found = row(register, LEADER, notice_id)
    assert found["escalated_at"] == datetime(2022, 9, 26, 6) and found["state"] == "整改"
    last = events_of(register, LEADER, None, "notice", notice_id).iloc[-1]
    assert (last["action"], last["actor_id"]) == ("escalate", "system") and "2022-09-20" in last["text"]
    assert "escalate" not in events_of(register, LIAISON, None, "notice", notice_id)["action"].tolist()
    do(register, "extend", notice_id, datetime(2022, 9, 27, 9), more=5)
    assert escalate_late(register, None, datetime(2022, 9, 28, 6)) == 0
    assert escalate_late(register, None, datetime(2022, 10, 24, 6)) == 1
    assert verify_register(register) == []


def test_whom_each_state_waits_for() -> None:
    told = {state: waits_for(state, "某队", "某甲") for state in STATES}
    assert told == {
        "拟稿": "监督室、县纪委", "退回修改": "某甲", "审核": "市纪委领导", "签发": "监督室、派驻组、县纪委",
        "送达": "某队", "整改": "某队", "反馈": "监督室、派驻组、县纪委", "复核": "监督室、县纪委",
        "销号": "", "撤回": "",
    }  # fmt: skip
    assert "由某队办理" in who_may(OFFICE, "整改", "某队", "") and "没有后续步骤" in who_may(OFFICE, "销号", "", "")


def test_the_unit_applies_once_for_the_one_extension_a_notice_may_have(register: Register) -> None:
    notice_id = upto(register, "receipt")
    before = _due_of(register, notice_id)
    do(register, "apply_more", notice_id, MONDAY + timedelta(days=1), text="设备到货晚。", more=8)
    assert _due_of(register, notice_id) == before
    do(register, "extend", notice_id, MONDAY + timedelta(days=2), viewer=LEADER, more=4)
    assert _due_of(register, notice_id) > before
    do(register, "feed_back", notice_id, MONDAY + timedelta(days=3))
    do(register, "send_back", notice_id, MONDAY + timedelta(days=4))
    with pytest.raises(UserError, match="已经延期一次"):
        do(register, "apply_more", notice_id, MONDAY + timedelta(days=5))


def _due_of(register: Register, notice_id: str) -> datetime:
    frame = objects(register, LIAISON, None, "notice")
    [due] = frame.loc[frame["notice_id"].eq(notice_id), "due_at"]
    return due
