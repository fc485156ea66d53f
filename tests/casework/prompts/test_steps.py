"""A prompt's way: sent by a warning's steps, answered by its unit alone, accepted, returned, gone to see."""

from datetime import datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework import attachments
from lib.casework.drafts import load_draft, save_draft
from lib.casework.objects import KINDS
from lib.casework.prompts.states import OPEN_STATES, STATES
from lib.casework.prompts.steps import PROMPT, title_of
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.casework.warnings.ingest import ingest
from lib.casework.work.open import open_work
from lib.errors import UserError
from tests.casework.conftest import MONDAY, RULE, candidates, warnings_id
from tests.casework.stepping import on_warning

# Monday, 5 September 2022; the Mid-Autumn holiday is 10-12 September, none of them made up for.
AT = MONDAY.replace(hour=10)
UNIT = Viewer("p-unit", "示范联络员", "liaison", org_id="O0001")
ELSEWHERE = Viewer("p-else", "示范联络员乙", "liaison", org_id="O0002")
HIMSELF = Viewer("p-self", "示范联络员丙", "liaison", org_id="O0001", officer_id="P001")
REPLY: dict[str, Any] = {"found": "属实", "verified": ["调阅案卷"], "measures": "已补缴。\n已约谈。"}


def step(
    register: Register,
    viewer: Viewer,
    prompt_id: str,
    action: str,
    at: datetime = AT,
    text: str = "已核实。",
    **given: Any,
) -> Outcome:
    files = {name: given.pop(name) for name in ("photo_2", "photo_3") if name in given}
    upload = given.pop("attachment", None)
    sent = Submission(f"{prompt_id}-{action}-{at}", at, None, text, given, upload, files)
    return take(register, viewer, PROMPT, prompt_id, action, sent)


@pytest.fixture
def asked(register: Register, feed, inspector: Viewer) -> str:
    """A prompt that the inspector has sent to O0001 about a yellow warning naming officer P001."""
    [warning_id] = feed({})
    on_warning("sign", register, inspector, warning_id, submission_id="0", at=AT)
    on_warning("prompt", register, inspector, warning_id, submission_id="p", at=AT, text="请核实票据。5日内报。")
    [row] = objects(register, inspector, None, "prompt").to_dict("records")
    return str(row["prompt_id"])


def row_of(register: Register, viewer: Viewer, prompt_id: str) -> dict[str, Any]:
    frame = objects(register, viewer, None, "prompt")
    [row] = frame[frame["prompt_id"].eq(prompt_id)].to_dict("records")
    return row


@pytest.mark.parametrize(
    ("level", "due"),
    [
        ("red", datetime(2022, 9, 7, 23, 59, 59)),
        ("orange", datetime(2022, 9, 8, 23, 59, 59)),
        # 6, 7, 8, 9 and, after the holiday, 13 September.
        ("yellow", datetime(2022, 9, 13, 23, 59, 59)),
    ],
)
def test_the_unit_replies_within_the_workdays_of_the_level(register, feed, inspector, level: str, due: datetime):
    [warning_id] = feed({"level": level})
    on_warning("prompt", register, inspector, warning_id, submission_id="p", at=AT)
    [row] = objects(register, UNIT, None, "prompt").to_dict("records")
    assert (row["state"], row["due_at"], row["purpose"]) == ("待核实", due, "核实")
    assert row["asked"].startswith("请核实预警所列情况")


def test_the_unit_reads_what_was_written_to_it_and_nothing_of_the_warning(register, asked: str, inspector: Viewer):
    row = row_of(register, UNIT, asked)
    assert (row["title"], row["asked"]) == ("请核实票据", "请核实票据。5日内报。")
    assert [row[name] for name in ("warning_id", "level", "officer_id")] == [None] * 3
    told = events_of(register, UNIT, None, "prompt", asked)
    assert told["action"].tolist() == ["send"] and told["text"].tolist() == ["请核实票据。5日内报。"]
    assert "罚缴不一致" not in " ".join([*map(str, row.values()), *told["payload"].map(str)])
    assert row_of(register, inspector, asked)["officer_id"] == "P001"
    for other in (ELSEWHERE, HIMSELF):
        assert objects(register, other, None, "prompt").empty
        with pytest.raises(NotVisible):
            events_of(register, other, None, "prompt", asked)
        with pytest.raises(NotVisible):
            step(register, other, asked, "reply", **REPLY)
        with pytest.raises(NotVisible):
            save_draft(register, other, "prompt", asked, {"text": "x"}, AT, "reply")


def test_reply_and_acceptance_each_have_their_time(register, asked: str, inspector: Viewer):
    step(register, UNIT, asked, "reply", AT, **REPLY)
    row = row_of(register, inspector, asked)
    assert (row["state"], row["due_at"]) == ("已回复", datetime(2022, 9, 8, 23, 59, 59))
    with pytest.raises(Forbidden):
        step(register, UNIT, asked, "accept", AT)
    step(register, inspector, asked, "accept", AT)
    step(register, inspector, asked, "close", AT)
    assert row_of(register, UNIT, asked)["state"] == "办结"
    told = events_of(register, UNIT, None, "prompt", asked)
    assert told["action"].tolist() == ["send", "reply", "accept", "close"]
    assert verify_register(register) == []


def test_what_is_returned_goes_back_with_a_limit_of_its_own(register, asked: str, inspector: Viewer):
    step(register, UNIT, asked, "reply", **REPLY)
    with pytest.raises(UserError, match="退回重报需要填写说明"):
        step(register, inspector, asked, "send_back", text="")
    step(register, inspector, asked, "send_back", AT.replace(day=7), text="没有附票据。")
    row = row_of(register, UNIT, asked)
    assert (row["state"], row["due_at"]) == ("退回重报", datetime(2022, 9, 9, 23, 59, 59))
    step(register, UNIT, asked, "reply", AT.replace(day=8), **REPLY)
    assert row_of(register, UNIT, asked)["state"] == "已回复"


def test_two_people_go_and_the_checker_is_neither_the_handler_nor_of_the_unit(register, asked: str, inspector: Viewer):
    step(register, UNIT, asked, "reply", **REPLY)
    who = {"checker": "甲", "companion": "甲 "}
    with pytest.raises(UserError, match="两人同行"):
        step(register, inspector, asked, "visit", **who)
    with pytest.raises(UserError, match="不能是本件的经办人"):
        step(register, inspector, asked, "visit", checker=inspector.name, companion="乙")
    with pytest.raises(UserError, match="代单位回复过"):
        step(register, inspector, asked, "visit", checker="乙", companion=UNIT.name)
    step(register, inspector, asked, "visit", checker="乙", companion=inspector.name)
    photos = {"attachment": ("门口.jpg", b"\xff\xd8one"), "photo_2": ("台账.heic", b"two")}
    seen = {"visited_on": AT.date(), "agrees": "不一致", "text": "票据仍缺。"}
    done = step(register, inspector, asked, "visited", **seen, **photos)
    assert done.event is not None
    held = attachments.told_of(done.event.payload)
    assert [one["name"] for one in held] == ["门口.jpg", "台账.heic"]
    for one, content in zip(held, (b"\xff\xd8one", b"two"), strict=True):
        assert attachments.read(register, inspector, "prompt", asked, one["attachment_id"])[1] == content
        # What was found on site stays inside.
        with pytest.raises(NotVisible):
            attachments.read(register, UNIT, "prompt", asked, one["attachment_id"])
    assert events_of(register, UNIT, None, "prompt", asked)["action"].tolist() == ["send", "reply"]
    assert verify_register(register) == []


def test_the_units_own_photos_come_back_to_it_and_another_kind_of_file_does_not_come(register, asked: str, inspector):
    with pytest.raises(UserError, match=r"不收「木马\.exe」"):
        step(register, UNIT, asked, "reply", **REPLY, photo_3=("木马.exe", b"MZ"))
    photos = {"attachment": ("票.JPG", b"1"), "photo_2": ("单.pdf", b"2"), "photo_3": ("说明.docx", b"3")}
    done = step(register, UNIT, asked, "reply", **REPLY, **photos)
    assert done.event is not None
    for one in attachments.told_of(done.event.payload):
        for viewer in (UNIT, inspector):
            assert attachments.read(register, viewer, "prompt", asked, one["attachment_id"])[0] == one["name"]
        with pytest.raises(NotVisible):
            attachments.read(register, ELSEWHERE, "prompt", asked, one["attachment_id"])


def test_a_draft_is_its_writers_own(register, asked: str, inspector: Viewer):
    save_draft(register, UNIT, "prompt", asked, {"text": "写到一半"}, AT, "reply")
    assert load_draft(register, UNIT, "prompt", asked, "reply") == {"text": "写到一半"}
    assert load_draft(register, inspector, "prompt", asked, "reply") is None


def test_time_is_put_off_and_stopped_by_whoever_sent_it(register, asked: str, inspector: Viewer):
    with pytest.raises(Forbidden):
        step(register, UNIT, asked, "extend", more=2)
    step(register, inspector, asked, "extend", more=2)
    assert row_of(register, UNIT, asked)["due_at"] == datetime(2022, 9, 15, 23, 59, 59)
    step(register, inspector, asked, "pause", why="等待单位补充材料")
    assert pd.isna(row_of(register, UNIT, asked)["due_at"])
    step(register, inspector, asked, "resume", AT.replace(day=7))
    row = row_of(register, UNIT, asked)
    assert (row["due_at"], row["extended"], row["paused"]) == (datetime(2022, 9, 19, 23, 59, 59), 2, 2)


def test_a_conclusion_sends_its_own_words_and_not_what_was_found(register, feed, inspector: Viewer):
    [warning_id] = feed({})
    for number, action in enumerate(("sign", "start")):
        on_warning(action, register, inspector, warning_id, submission_id=str(number), at=AT)
    given = {"conclusion": "不属实", "text": "举报人乙所述不实。", "checked": ["票据"], "work_prompt": True}
    on_warning("conclude", register, inspector, warning_id, submission_id="c", at=AT, **given,
               work_prompt_text="请完善票据管理。")  # fmt: skip
    [row] = objects(register, UNIT, None, "prompt").to_dict("records")
    assert (row["purpose"], row["asked"], row["state"]) == ("工作提示", "请完善票据管理。", "待核实")
    assert "举报人" not in str(events_of(register, UNIT, None, "prompt", row["prompt_id"]).to_dict())
    assert verify_register(register) == []


def test_no_prompt_comes_of_a_conclusion_without_one(register, concluded: str, inspector: Viewer):
    assert objects(register, inspector, None, "prompt").empty


def test_a_town_handles_the_prompts_of_its_own_models_alone(register, asked: str):
    town = Viewer("p-t", "示范员06", "town", area_code="330483101")
    step(register, UNIT, asked, "reply", **REPLY)
    with pytest.raises(UserError, match="不办理这条提示"):
        step(register, town, asked, "accept")


@pytest.mark.parametrize(
    ("asked", "title"),
    [("请立即进行核实。并反馈。", "请立即进行核实"), ("请核实\n第二行", "请核实"), ("长" * 80, "长" * 59 + "…")],
)
def test_a_prompt_is_called_by_its_first_sentence(asked: str, title: str):
    assert title_of(asked) == title


GIVEN: dict[str, dict[str, Any]] = {
    "reply": REPLY,
    "visit": {"checker": "甲", "companion": "乙"},
    "visited": {"visited_on": AT.date(), "agrees": "与回复一致"},
    "extend": {"more": 1},
    "pause": {"why": "其他"},
}


@given(actions=st.lists(st.sampled_from(sorted(PROMPT.steps)), max_size=9))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_tried_in_whatever_order_the_state_is_one_a_step_leads_to(tmp_path_factory, actions: list[str]):
    register = Register(f"sqlite:///{tmp_path_factory.mktemp('store') / 'casework.sqlite'}")
    inspector = Viewer("p-inspector", "示范员01", "inspector")
    ingest(register, RULE, "hash-1", None, candidates({}), MONDAY, "M05-000001")
    on_warning("prompt", register, inspector, warnings_id("M05", "penalty_case", "C1"), submission_id="p", at=AT)
    [prompt_id] = objects(register, inspector, None, "prompt")["prompt_id"]
    state = "待核实"
    for number, action in enumerate(actions):
        one = PROMPT.steps[action]
        viewer = UNIT if one.right == "reply" else inspector
        sent = Submission(str(number), AT, None, "说明", GIVEN.get(action, {}))
        try:
            take(register, viewer, PROMPT, prompt_id, action, sent)
            possible = True
        except UserError:
            possible = False
        assert possible <= (state in one.sources)
        state = (one.target or state) if possible else state
        row = row_of(register, inspector, prompt_id)
        assert row["state"] == state and state in STATES
        assert pd.isna(row["due_at"]) or row["due_at"] >= row["opened_at"]
        assert (state in OPEN_STATES) or not PROMPT.possible(inspector, state)
    register.close()


def test_the_kind_keeps_from_the_unit_what_the_model_knows():
    assert set(KINDS["prompt"].kept) == {"warning_id", "level", "officer_id"}


def _due(register: Register, prompt_id: str) -> tuple[Any, int]:
    row = row_of(register, UNIT, prompt_id)
    return row["due_at"], row["asked_more"]


def test_the_unit_applies_for_more_time_and_only_a_decision_moves_the_deadline(register, asked: str, inspector: Viewer):
    first = datetime(2022, 9, 13, 23, 59, 59)
    step(register, UNIT, asked, "apply_more", text="凭证在银行，周五取回。", more=3)
    assert _due(register, asked) == (first, 3)
    with pytest.raises(UserError, match="已经申请过延期，正在等待答复"):
        step(register, UNIT, asked, "apply_more", AT.replace(hour=11), text="再请。", more=2)
    assert step(register, inspector, asked, "extend", AT.replace(hour=12), text="同意两天。", more=2).recorded
    assert _due(register, asked) == (datetime(2022, 9, 15, 23, 59, 59), 0)
    with pytest.raises(UserError, match="已经申请过延期，已经答复"):
        step(register, UNIT, asked, "apply_more", AT.replace(hour=13), text="再请。", more=2)
    with pytest.raises(UserError, match="没有待答复的延期申请"):
        step(register, inspector, asked, "refuse_more", AT.replace(hour=14), text="否。")
    assert verify_register(register) == []


def test_a_refused_application_leaves_everything_where_it_was_and_the_unit_reads_why(register, asked: str, inspector):
    before = row_of(register, UNIT, asked)
    with pytest.raises(UserError, match="1 至 10 个工作日"):
        step(register, UNIT, asked, "apply_more", AT.replace(hour=9), text="再请。", more=11)
    step(register, UNIT, asked, "apply_more", text="人手不足。", more=10)
    step(register, inspector, asked, "refuse_more", AT.replace(hour=12), text="请按期核实。")
    after = row_of(register, UNIT, asked)
    assert [after[name] for name in ("state", "due_at", "extended", "asked_more")] == [
        before["state"], before["due_at"], 0, 0,
    ]  # fmt: skip
    told = events_of(register, UNIT, None, "prompt", asked)
    assert told["text"].tolist()[-2:] == ["人手不足。", "请按期核实。"]
    with pytest.raises(UserError, match="已经答复"):
        step(register, UNIT, asked, "apply_more", AT.replace(hour=13), text="再请。", more=2)


def test_only_the_unit_applies_and_only_who_may_extend_decides(register, asked: str, inspector: Viewer):
    for viewer, action in ((inspector, "apply_more"), (UNIT, "extend"), (UNIT, "refuse_more")):
        with pytest.raises(Forbidden):
            step(register, viewer, asked, action, more=2) if action != "refuse_more" else step(
                register, viewer, asked, action
            )
    with pytest.raises(NotVisible):
        step(register, ELSEWHERE, asked, "apply_more", more=2)


def test_what_was_applied_for_waits_in_the_list_of_whoever_decides(register, asked: str, inspector: Viewer):
    step(register, UNIT, asked, "apply_more", text="人手不足。", more=2)
    own = open_work(register, inspector, None, {})
    [row] = own[own["kind"].eq("prompt")].to_dict("records")
    assert (row["action"], row["step"], row["mine"]) == ("extend", "决定延期", True)
    [row] = open_work(register, UNIT, None, {}).to_dict("records")
    assert (row["action"], row["mine"]) == ("reply", True)
    step(register, inspector, asked, "refuse_more", AT.replace(hour=12), text="请按期核实。")
    own = open_work(register, inspector, None, {})
    assert own.loc[own["kind"].eq("prompt"), "action"].tolist() == ["reply"]
