"""Handing work on: assigned to whom, by whom; a deputy acts for the other, within the deputy's own rights and days."""

from datetime import date, datetime, timedelta

import pytest

from lib.access import Forbidden, Viewer
from lib.access.personas import personas
from lib.casework.accounts.colleagues import colleagues
from lib.casework.clock import ASSIGN, EXTEND, PAUSE, REMIND, RESUME
from lib.casework.deputies.naming import deputies, name_deputy, possible_deputies, principals
from lib.casework.deputies.steps import DEPUTY
from lib.casework.drafts import load_draft
from lib.casework.handling import binds, with_another
from lib.casework.objects import KINDS
from lib.casework.reading.visible import events_of, warning
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_chain, verify_register
from lib.casework.work.assignees import assignees
from lib.casework.work.reminding import remind
from lib.errors import UserError
from tests.casework.stepping import on_clue, on_warning

AT = datetime(2022, 9, 6, 9, 0)
LEADER, OFFICE, INSPECTOR, COUNTY, TOWN, *_ = personas(True)
FOUND = {"conclusion": "属实", "text": "票据少于罚款。", "checked": ["核对票据"]}
# Works in 嘉善, where nothing of 桐乡 is seen.
DEPUTED = {"to_id": "played-330483-1", "from_day": date(2022, 9, 1), "to_day": date(2022, 9, 30)}
ELSEWHERE = "played-330421-1"


def _row(register: Register, warning_id: str) -> tuple[str, str | None, str | None]:
    row = warning(register, OFFICE, None, warning_id)
    return row["state"], row["handler_id"], row["former_id"]


def test_what_is_assigned_is_signed_by_whom_it_was_assigned_to(register: Register, feed) -> None:
    [one] = feed({})
    on_warning("assign", register, OFFICE, one, submission_id="a", at=AT, to_id="demo-inspector", text="请核查票据")
    assert _row(register, one) == ("新生成", "demo-inspector", None)
    [event] = events_of(register, OFFICE, None, "warning", one).iloc[1:].to_dict("records")
    assert event["payload"]["to_name"] == "示范派驻乙"
    with pytest.raises(UserError, match="由示范派驻乙经办，您不能签收"):
        on_warning("sign", register, COUNTY, one, submission_id="b", at=AT)
    assert on_warning("sign", register, INSPECTOR, one, submission_id="c", at=AT).recorded
    on_warning("start", register, INSPECTOR, one, submission_id="d", at=AT)
    on_warning("assign", register, COUNTY, one, submission_id="e", at=AT, to_id="played-330483-1")
    assert _row(register, one) == ("核查中", "played-330483-1", "demo-inspector")
    with pytest.raises(UserError, match="经办，您不能反馈核查结论"):
        on_warning("conclude", register, INSPECTOR, one, submission_id="f", at=AT, **FOUND)
    assert not verify_chain(register) and not verify_register(register)


@pytest.mark.parametrize(
    ("who", "whose", "why"),
    [
        (OFFICE, "nobody", "没有登记过账号"),
        (OFFICE, "demo-leader", "不能交给示范领导"),
        (OFFICE, "demo-town", "不能交给示范镇丁"),
        (OFFICE, ELSEWHERE, "不能交给"),
        (COUNTY, "demo-inspector", "不能交给示范派驻乙"),
        (INSPECTOR, "demo-county", "不能交办"),
        (LEADER, "demo-inspector", "不能交办"),
    ],
    ids=["unknown", "no right", "other rules", "does not see it", "not of the county", "inspector", "leader"],
)
def test_it_is_assigned_only_to_whoever_exists_sees_it_and_may(
    register: Register, feed, who: Viewer, whose: str, why: str
) -> None:
    [one] = feed({})
    with pytest.raises(UserError, match=why):
        on_warning("assign", register, who, one, submission_id="a", at=AT, to_id=whose)
    assert _row(register, one) == ("新生成", None, None)


def test_whoever_is_offered_can_be_given_it(register: Register, feed) -> None:
    [one] = feed({})
    offered = assignees(register, COUNTY, "warning", one)
    assert set(offered) == {"demo-county", "played-330483-1", "played-330483-2"}
    everybody = assignees(register, OFFICE, "warning", one)
    assert everybody["demo-inspector"] == "示范派驻乙（派驻组）" and ELSEWHERE not in everybody
    assert {"demo-leader", "demo-town"}.isdisjoint(everybody)
    for number, account in enumerate(everybody):
        on_warning("assign", register, OFFICE, one, submission_id=f"a{number}", at=AT, to_id=account)


def test_a_clue_is_handed_over_too(register: Register, concluded: str, office: Viewer) -> None:
    done = on_warning("to_clue", register, OFFICE, concluded, submission_id="t", at=AT, text="移交")
    clue = str(done.created)
    on_clue("assign", register, OFFICE, clue, submission_id="a", at=AT, to_id="demo-county")
    with pytest.raises(UserError, match="不能交给示范领导"):
        on_clue("assign", register, OFFICE, clue, submission_id="b", at=AT, to_id="demo-leader")


def test_what_was_handed_to_somebody_is_their_work_or_their_deputys_whatever_kind_it_is(
    register: Register, concluded: str
) -> None:
    clue = str(on_warning("to_clue", register, OFFICE, concluded, submission_id="t", at=AT, text="移交").created)
    on_clue("assign", register, OFFICE, clue, submission_id="a", at=AT, to_id="demo-county")
    given = {"proposed": "初步核实", "text": "应核实"}
    with pytest.raises(UserError, match="已交办示范县丙，您不能研判") as refused:
        on_clue("assess", register, INSPECTOR, clue, submission_id="b", at=AT, **given)
    assert refused.value.hint == "由示范县丙或其代理人办理；确需换人的，请监督室、县纪委重新「交办」。"
    assert load_draft(register, INSPECTOR, "clue", clue)["text"] == "应核实"
    held = (register, INSPECTOR, "clue", clue, AT)
    assert with_another(*held) == ("demo-county", "示范县丙") and with_another(register, COUNTY, *held[2:]) is None
    name_deputy(register, COUNTY, Submission("d", AT, payload=DEPUTED))
    with register.read() as connection:
        deputy = colleagues(connection)["played-330483-1"]
    assert with_another(register, deputy, *held[2:]) is None
    done = on_clue("assess", register, deputy, clue, submission_id="c", at=AT, **given)
    assert done.event is not None and done.event.payload["for_id"] == "demo-county"
    # Approving is for another than whoever assessed; time and handing on are for those above.
    assert on_clue("approve", register, OFFICE, clue, submission_id="e", at=AT).recorded
    on_clue("assign", register, OFFICE, clue, submission_id="f", at=AT, to_id="demo-office")
    with pytest.raises(UserError, match="已交办示范监督室甲，您不能承办"):
        on_clue("undertake", register, COUNTY, clue, submission_id="g", at=AT)
    assert on_clue("undertake", register, OFFICE, clue, submission_id="h", at=AT).recorded


@pytest.mark.parametrize("name", [one.name for one in KINDS.values() if ASSIGN in one.workflow.steps])
def test_every_kind_that_is_handed_over_has_work_that_is_bound(name: str) -> None:
    """Of whoever holds it: the steps that move it on; what those above do stays theirs."""
    flow = KINDS[name].workflow
    bound = {action for action, step in flow.steps.items() if binds(flow, step)}
    if name != "warning":
        assert bound and not bound & {ASSIGN, REMIND, EXTEND, PAUSE, RESUME, "withdraw", "reply"}


def test_one_is_reminded_of_a_matter_once_a_day(register: Register, feed) -> None:
    one, other = feed({}, {"subject_id": "C2"})
    assert remind(register, LEADER, [("warning", one)], submission="r1", at=AT) == (1, [])
    done, refused = remind(
        register, OFFICE, [("warning", one), ("warning", other)], submission="r2", at=AT + timedelta(hours=2)
    )
    assert done == 1 and refused == ["今天已经催办过（示范领导，09:00）。"]
    again = remind(register, OFFICE, [("warning", one)], submission="r3", at=AT + timedelta(days=1))
    assert again == (1, []) and _row(register, one)[0] == "新生成"
    with pytest.raises(UserError, match="不能催办"):
        on_warning("remind", register, INSPECTOR, one, submission_id="r4", at=AT)


def _name(register: Register, viewer: Viewer, to: str, first: date, last: date, number: str = "1") -> str:
    sent = Submission(f"name-{number}", AT, None, "出差", {"to_id": to, "from_day": first, "to_day": last})
    return str(name_deputy(register, viewer, sent).created)


def test_a_deputy_acts_for_the_other_from_the_first_day_to_the_last(register: Register, feed) -> None:
    [one] = feed({})
    on_warning("sign", register, INSPECTOR, one, submission_id="1", at=AT)
    _name(register, INSPECTOR, "demo-county", date(2022, 9, 7), date(2022, 9, 8))
    with pytest.raises(UserError, match="由示范派驻乙经办"):
        on_warning("start", register, COUNTY, one, submission_id="2", at=AT.replace(hour=23, minute=59))
    done = on_warning("start", register, COUNTY, one, submission_id="3", at=datetime(2022, 9, 7))
    assert done.event is not None
    assert (done.event.payload["for_id"], done.event.payload["for_name"]) == ("demo-inspector", "示范派驻乙")
    assert _row(register, one) == ("核查中", "demo-inspector", None)
    assert principals(register, COUNTY, datetime(2022, 9, 8, 23, 59)) == {"demo-inspector": "示范派驻乙"}
    last = datetime(2022, 9, 9)
    assert principals(register, COUNTY, last) == {}
    with pytest.raises(UserError, match="由示范派驻乙经办"):
        on_warning("conclude", register, COUNTY, one, submission_id="4", at=last, **FOUND)
    assert not verify_register(register)


def test_a_deputy_sees_and_may_no_more_than_before(register: Register, feed) -> None:
    [one] = feed({})
    on_warning("sign", register, INSPECTOR, one, submission_id="1", at=AT)
    _name(register, INSPECTOR, "demo-town", date(2022, 9, 6), date(2022, 9, 8))
    with pytest.raises(Forbidden):
        on_warning("start", register, TOWN, one, submission_id="2", at=AT)


def test_a_deputy_is_named_for_days_to_come_among_those_who_can_be_and_ended_by_either(register: Register) -> None:
    assert "demo-inspector" not in possible_deputies(register, INSPECTOR)
    assert set(possible_deputies(register, TOWN)) == {"played-330483101"}
    for who, to, first, last in (
        (INSPECTOR, "demo-inspector", date(2022, 9, 6), date(2022, 9, 7)),
        (INSPECTOR, "nobody", date(2022, 9, 6), date(2022, 9, 7)),
        (TOWN, "demo-office", date(2022, 9, 6), date(2022, 9, 7)),
        (INSPECTOR, "demo-county", date(2022, 9, 8), date(2022, 9, 7)),
        (INSPECTOR, "demo-county", date(2022, 9, 1), date(2022, 9, 5)),
    ):
        with pytest.raises(UserError):
            _name(register, who, to, first, last)
    number = _name(register, INSPECTOR, "demo-county", date(2022, 9, 6), date(2022, 9, 30), "2")
    assert deputies(register, COUNTY, AT)["person_name"].tolist() == ["示范派驻乙"]
    assert deputies(register, OFFICE, AT).empty
    with pytest.raises(Forbidden):
        take(register, OFFICE, DEPUTY, number, "end", Submission("e0", AT))
    take(register, COUNTY, DEPUTY, number, "end", Submission("e1", AT))
    assert principals(register, COUNTY, AT) == {} and deputies(register, INSPECTOR, AT).empty


def test_of_any_other_kind_a_deputys_event_says_for_whom_too(register: Register, concluded: str) -> None:
    done = on_warning("to_clue", register, INSPECTOR, concluded, submission_id="t", at=AT, text="移交")
    clue = str(done.created)
    _name(register, INSPECTOR, "demo-county", date(2022, 9, 6), date(2022, 9, 6))
    own = on_clue("assess", register, OFFICE, clue, submission_id="a", at=AT, proposed="初步核实", text="应核实")
    assert own.event is not None and "for_id" not in own.event.payload
    acted = on_clue("approve", register, COUNTY, clue, submission_id="b", at=AT)
    assert acted.event is not None and acted.event.payload["for_name"] == "示范派驻乙"
    after = on_clue("undertake", register, COUNTY, clue, submission_id="c", at=AT + timedelta(days=1))
    assert after.event is not None and "for_id" not in after.event.payload
