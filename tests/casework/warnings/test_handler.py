"""Who handles a warning: the signer, until another takes it over; and what can be taken back."""

from datetime import datetime

import pytest

from lib.access import Forbidden, Viewer
from lib.casework.drafts import load_draft
from lib.casework.reading.visible import events_of, warning
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_chain
from lib.errors import UserError
from tests.casework.stepping import on_warning

AT = datetime(2022, 9, 6, 9, 0)
OTHER = Viewer("p-other", "示范员09", "inspector")
FOUND = {"conclusion": "属实", "text": "票据少于罚款。", "checked": ["核对票据"]}


def _state(register: Register, viewer: Viewer, warning_id: str) -> tuple[str, str | None]:
    row = warning(register, viewer, None, warning_id)
    return row["state"], row["handler_name"]


def _deeds(register: Register, viewer: Viewer, warning_id: str) -> list[str]:
    return events_of(register, viewer, None, "warning", warning_id)["action"].tolist()


def test_signing_and_starting_is_one_submission_and_two_events(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    done = on_warning("sign_start", register, inspector, warning_id, submission_id="s", at=AT)
    assert done.recorded and _state(register, inspector, warning_id) == ("核查中", "示范员01")
    again = on_warning("sign_start", register, inspector, warning_id, submission_id="s", at=AT)
    assert again.duplicate and _deeds(register, inspector, warning_id) == ["generate", "sign", "start"]


@pytest.mark.parametrize("who", [OTHER, Viewer("p-office", "示范员02", "office")], ids=["peer", "superior"])
def test_nobody_concludes_what_another_handles(register: Register, feed, inspector: Viewer, who: Viewer) -> None:
    [warning_id] = feed({})
    on_warning("sign", register, inspector, warning_id, submission_id="1", at=AT)
    with pytest.raises(UserError, match="由示范员01经办，您不能开始核查"):
        on_warning("start", register, who, warning_id, submission_id="2", at=AT)
    on_warning("start", register, inspector, warning_id, submission_id="3", at=AT)
    with pytest.raises(UserError, match="请先「接手」"):
        on_warning("conclude", register, who, warning_id, submission_id="4", at=AT, **FOUND)
    assert load_draft(register, who, "warning", warning_id)["text"] == FOUND["text"]
    assert _state(register, inspector, warning_id) == ("核查中", "示范员01")


def test_who_takes_over_concludes_and_the_former_handler_no_longer(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    on_warning("sign_start", register, inspector, warning_id, submission_id="1", at=AT)
    with pytest.raises(UserError, match="需要填写说明"):
        on_warning("take_over", register, OTHER, warning_id, submission_id="2", at=AT, text=" ")
    on_warning("take_over", register, OTHER, warning_id, submission_id="3", at=AT, text="经办人出差两周。")
    row = warning(register, inspector, None, warning_id)
    assert (row["state"], row["handler_id"], row["former_id"], row["former_name"]) == (
        "核查中",
        "p-other",
        "p-inspector",
        "示范员01",
    )
    with pytest.raises(UserError, match="由示范员09经办"):
        on_warning("conclude", register, inspector, warning_id, submission_id="4", at=AT, **FOUND)
    assert on_warning("conclude", register, OTHER, warning_id, submission_id="5", at=AT, **FOUND).recorded


def test_taking_over_needs_a_handler_a_scope_and_the_rule(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    with pytest.raises(UserError, match="还没有人经办"):
        on_warning("take_over", register, inspector, warning_id, submission_id="1", at=AT, text="我来")
    on_warning("sign", register, inspector, warning_id, submission_id="2", at=AT)
    with pytest.raises(UserError, match="已经由您经办"):
        on_warning("take_over", register, inspector, warning_id, submission_id="3", at=AT, text="我来")
    town = Viewer("p-town", "示范员05", "town", area_code="330483101")
    with pytest.raises(Forbidden):
        on_warning("take_over", register, town, warning_id, submission_id="4", at=AT, text="我来")


def test_a_step_is_taken_back_by_an_event_that_undoes_it(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    on_warning("sign_start", register, inspector, warning_id, submission_id="1", at=AT)
    assert on_warning("undo", register, inspector, warning_id, submission_id="2", at=AT).recorded
    assert _state(register, inspector, warning_id) == ("已签收", "示范员01")
    on_warning("undo", register, inspector, warning_id, submission_id="3", at=AT)
    row = warning(register, inspector, None, warning_id)
    assert (row["state"], row["handler_name"], row["signed_at"], row["checking_at"]) == ("新生成", None, None, None)
    assert _deeds(register, inspector, warning_id) == ["generate", "sign", "start", "undo", "undo"]
    # Whoever signs next is the handler, as if nobody had been.
    on_warning("sign_start", register, OTHER, warning_id, submission_id="4", at=AT)
    assert _state(register, inspector, warning_id) == ("核查中", "示范员09")
    assert not verify_chain(register)


def test_only_ones_own_last_step_is_taken_back(register: Register, feed, inspector: Viewer) -> None:
    [warning_id] = feed({})
    on_warning("sign", register, inspector, warning_id, submission_id="1", at=AT)
    with pytest.raises(UserError, match="不能撤回"):
        on_warning("undo", register, OTHER, warning_id, submission_id="2", at=AT)
    on_warning("prompt", register, OTHER, warning_id, submission_id="3", at=AT, text="请核实")
    with pytest.raises(UserError, match="不能撤回"):
        on_warning("undo", register, inspector, warning_id, submission_id="4", at=AT)
    assert _state(register, inspector, warning_id)[0] == "已签收"


def test_what_was_returned_and_started_again_goes_back_to_returned(
    register: Register, concluded: str, inspector: Viewer, office: Viewer
) -> None:
    on_warning("send_back", register, office, concluded, submission_id="1", at=AT, text="请补充")
    on_warning("start", register, inspector, concluded, submission_id="2", at=AT)
    on_warning("undo", register, inspector, concluded, submission_id="3", at=AT)
    assert _state(register, inspector, concluded)[0] == "退回补充"
