"""What people may do with a warning, and what is refused."""

from datetime import datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import select

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework import attachments
from lib.casework.reading import visible
from lib.casework.store.register import Register
from lib.casework.store.schema import event, outbox
from lib.errors import UserError
from tests.casework.stepping import on_warning

AT = datetime(2022, 9, 6, 9, 0)


def _row(register: Register, warning_id: str) -> pd.Series:
    from lib.casework.reading.snapshot import snapshot

    return snapshot(register).warning.set_index("warning_id").loc[warning_id]


def _count(register: Register) -> int:
    with register.read() as connection:
        return len(connection.execute(select(event.c.seq)).all())


def test_the_whole_way_from_new_to_closed(register: Register, concluded: str, office: Viewer) -> None:
    assert _row(register, concluded)["state"] == "已反馈"
    on_warning("review", register, office, concluded, submission_id="r", at=AT)
    done = on_warning("close", register, office, concluded, submission_id="e", at=AT + timedelta(hours=1))
    row = _row(register, concluded)
    assert done.recorded and done.event is not None and done.event.from_state == "已复核"
    assert row["state"] == "已办结"
    assert row["conclusion"] == "属实"
    assert row["signed_at"] == datetime(2022, 9, 5, 10)
    assert row["checking_at"] == datetime(2022, 9, 5, 11)
    assert row["concluded_at"] == datetime(2022, 9, 5, 15)
    assert row["closed_at"] == datetime(2022, 9, 6, 10)
    assert (row["handler_id"], row["handler_name"]) == ("p-inspector", "示范员01")
    assert row["last_seq"] == done.event_seq
    assert pd.isna(row["due_at"])


def test_sent_back_for_more_and_reported_again(
    register: Register, concluded: str, inspector: Viewer, office: Viewer
) -> None:
    on_warning("send_back", register, office, concluded, submission_id="b", at=AT, text="请补充银行流水。")
    row = _row(register, concluded)
    assert row["state"] == "退回补充"
    assert row["due_at"] == row["verify_due_at"]
    on_warning(
        "conclude",
        register,
        inspector,
        concluded,
        submission_id="again",
        at=AT,
        conclusion="部分属实",
        text="流水已补充。",
        checked=["银行流水"],
    )
    assert _row(register, concluded)[["state", "conclusion"]].tolist() == ["已反馈", "部分属实"]


def test_a_step_from_the_wrong_state_says_what_may_follow(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    with pytest.raises(UserError) as refused:
        on_warning("start", register, inspector, warning_id, submission_id="x", at=AT)
    assert "现在是「新生成」" in refused.value.message
    assert refused.value.hint == "接下来可以：签收、接手、浙政钉提示、撤销、交办、催办。"
    assert _count(register) == 1


def test_nothing_follows_a_withdrawn_warning(register: Register, feed, office: Viewer, inspector: Viewer) -> None:
    [warning_id] = feed({})
    on_warning("withdraw", register, office, warning_id, submission_id="w", at=AT, reason="数据更正", text="票据补录。")
    with pytest.raises(UserError) as refused:
        on_warning("sign", register, inspector, warning_id, submission_id="s", at=AT)
    assert "「撤销」" in refused.value.message
    assert _row(register, warning_id)["closed_at"] == AT


def test_the_reviewer_is_another_person(register: Register, concluded: str, feed) -> None:
    same = Viewer("p-inspector", "示范员01", "office")
    with pytest.raises(UserError, match="复核人不能是反馈核查结论的人"):
        on_warning("review", register, same, concluded, submission_id="r", at=AT)
    assert _row(register, concluded)["state"] == "已反馈"


@pytest.mark.parametrize("conclusion", ["基本属实", ""])
def test_an_unknown_conclusion_is_refused(register: Register, feed, inspector: Viewer, conclusion: str) -> None:
    [warning_id] = feed({})
    with pytest.raises(UserError, match="核查结论"):
        on_warning(
            "conclude",
            register,
            inspector,
            warning_id,
            submission_id="x",
            at=AT,
            conclusion=conclusion,
            text="x",
            checked=["x"],
        )


def test_a_conclusion_needs_text_and_something_checked(register: Register, concluded: str, inspector: Viewer) -> None:
    given = {"submission_id": "x", "at": AT, "conclusion": "属实"}
    with pytest.raises(UserError, match="需要填写说明"):
        on_warning("conclude", register, inspector, concluded, text="  ", checked=["现场"], **given)
    with pytest.raises(UserError, match="至少选择一项核查内容"):
        on_warning("conclude", register, inspector, concluded, text="有", checked=[], **given)


def test_the_prompt_goes_to_the_outbox_and_changes_no_state(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({"level": "red"})
    on_warning("prompt", register, inspector, warning_id, submission_id="p", at=AT)
    with register.read() as connection:
        sent = pd.DataFrame(connection.execute(select(outbox)).mappings().all())
    written = sent[["channel", "to_org_id", "object_type", "subject"]].values.tolist()
    assert written == [["浙政钉", "O0001", "prompt", "工作提示待办"]]
    assert sent["sent_at"].isna().all()
    assert _row(register, warning_id)["state"] == "新生成"


def test_a_substantiated_warning_becomes_a_clue_once(register: Register, concluded: str, office: Viewer) -> None:
    first = on_warning("to_clue", register, office, concluded, submission_id="k", at=AT, text="涉嫌截留罚款。")
    again = on_warning("to_clue", register, office, concluded, submission_id="k", at=AT, text="涉嫌截留罚款。")
    found = visible.clues(register, office, None)
    assert first.created == again.created == found["clue_id"].item()
    assert again.duplicate
    assert found[["origin", "warning_id", "rule_id", "state", "org_id"]].values.tolist() == [
        ["model", concluded, "M05", "登记", "O0001"]
    ]
    row = _row(register, concluded)
    assert (row["state"], row["clue_id"]) == ("转线索", first.created)


def test_an_unfounded_warning_cannot_become_a_clue(register: Register, feed, inspector: Viewer, office: Viewer) -> None:
    [warning_id] = feed({})
    on_warning("sign", register, inspector, warning_id, submission_id="1", at=AT)
    on_warning("start", register, inspector, warning_id, submission_id="2", at=AT)
    on_warning(
        "conclude",
        register,
        inspector,
        warning_id,
        submission_id="3",
        at=AT,
        conclusion="不属实",
        text="已退付。",
        checked=["票据"],
        work_prompt=True,
    )
    with pytest.raises(UserError, match="不属实"):
        on_warning("to_clue", register, office, warning_id, submission_id="4", at=AT, text="转")
    row = _row(register, warning_id)
    assert (row["state"], row["work_prompt"]) == ("已反馈", True)


def test_rights_of_the_roles(register: Register, concluded: str, inspector: Viewer) -> None:
    leader = Viewer("p-leader", "示范员09", "leader")
    with pytest.raises(Forbidden):
        on_warning("review", register, inspector, concluded, submission_id="1", at=AT)
    with pytest.raises(Forbidden):
        on_warning("send_back", register, leader, concluded, submission_id="2", at=AT, text="x")
    with pytest.raises(Forbidden):
        on_warning("to_clue", register, leader, concluded, submission_id="3", at=AT, text="x")


def test_outside_the_scope_looks_like_not_there(register: Register, feed, county: Viewer) -> None:
    [elsewhere] = feed({"area_code": "330482"})
    messages = set()
    for warning_id in (elsewhere, "W0000000000000000"):
        with pytest.raises(NotVisible) as refused:
            on_warning("sign", register, county, warning_id, submission_id="s", at=AT)
        messages.add(str(refused.value))
        with pytest.raises(NotVisible):
            visible.warning(register, county, None, warning_id)
        with pytest.raises(NotVisible):
            visible.events_of(register, county, None, "warning", warning_id)
    assert len(messages) == 1
    assert visible.warnings(register, county, None).empty


def test_a_domain_scope_and_ones_own_number(register: Register, feed) -> None:
    inside, other = feed({"subject_id": "C1"}, {"subject_id": "C2", "domain_code": "SC"})
    market = Viewer("p-m", "示范员04", "inspector", domains=frozenset({"SC"}))
    assert visible.warnings(register, market, None)["warning_id"].tolist() == [other]
    with pytest.raises(NotVisible):
        on_warning("sign", register, market, inside, submission_id="s", at=AT)
    oneself = Viewer("p-o", "示范员05", "inspector", officer_id="P001")
    with pytest.raises(NotVisible):
        on_warning("sign", register, oneself, other, submission_id="s", at=AT)


def test_a_town_records_only_on_its_own_models(register: Register, feed) -> None:
    [warning_id] = feed({})
    town = Viewer("p-t", "示范员06", "town", area_code="330483101")
    with pytest.raises(Forbidden, match="不办理这个模型"):
        on_warning("sign", register, town, warning_id, submission_id="s", at=AT)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("笔录\u202egpj.exe", "笔录gpj.exe"),
        ("..\\..\\案卷\n一\x00.pdf", "案卷 一.pdf"),
        ("\u2066甲\u2069.pdf", "甲.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_the_name_of_an_attachment_does_not_disguise_it(given: str, kept: str) -> None:
    assert attachments._name(given) == kept


def test_the_attachment_comes_back_as_it_was(
    register: Register, concluded: str, inspector: Viewer, office: Viewer, county: Viewer
) -> None:
    on_warning("send_back", register, office, concluded, submission_id="b", at=AT, text="缺票据。")
    done = on_warning(
        "conclude",
        register,
        inspector,
        concluded,
        submission_id="f",
        at=AT,
        conclusion="属实",
        text="附票据。",
        checked=["票据"],
        attachment=("../票据.pdf", b"%PDF"),
    )
    assert done.event is not None
    kept = done.event.payload["attachment"]
    assert kept["name"] == "票据.pdf"
    assert attachments.read(register, county, "warning", concluded, kept["attachment_id"]) == ("票据.pdf", b"%PDF")
    stranger = Viewer("p-x", "示范员07", "county", area_code="330482")
    with pytest.raises(NotVisible):
        attachments.read(register, stranger, "warning", concluded, kept["attachment_id"])


def test_an_event_is_never_earlier_than_the_one_before(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({}, at=AT)
    on_warning("sign", register, inspector, warning_id, submission_id="s", at=AT - timedelta(days=1))
    assert _row(register, warning_id)["signed_at"] == AT
