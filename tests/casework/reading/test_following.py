"""What came of an object goes on when it is closed, and nothing that was written goes with it."""

from datetime import timedelta

from lib.access import Viewer
from lib.casework.drafts import load_draft, save_draft
from lib.casework.reading.following import following
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from tests.casework.conftest import MONDAY
from tests.casework.stepping import on_warning

NEXT = MONDAY + timedelta(days=1)


def came(register: Register, viewer: Viewer, key: str) -> list[tuple[str, str, bool]]:
    found = following(register, viewer, None, "warning", key)
    return list(zip(found["kind"], found["state"], found["open"], strict=True))


def test_a_prompt_of_a_warning_is_told_of_and_outlives_it(register: Register, feed, inspector, office) -> None:
    [key] = feed({})
    on_warning("sign", register, inspector, key, submission_id="1", at=MONDAY)
    assert came(register, office, key) == []
    on_warning("prompt", register, inspector, key, submission_id="2", at=MONDAY, text="请核实。")
    assert came(register, office, key) == [("prompt", "待核实", True)]
    save_draft(register, inspector, "warning", key, {"text": "写到一半"}, MONDAY, "take_over")
    on_warning("start", register, inspector, key, submission_id="3", at=MONDAY)
    on_warning(
        "conclude", register, inspector, key, submission_id="4", at=NEXT, text="查实。", conclusion="属实",
        checked=["票据"],
    )  # fmt: skip
    on_warning("review", register, office, key, submission_id="5", at=NEXT)
    on_warning("close", register, office, key, submission_id="6", at=NEXT)
    assert came(register, office, key) == [("prompt", "待核实", True)]
    assert objects(register, office, None, "prompt")["state"].tolist() == ["待核实"]
    kept = load_draft(register, inspector, "warning", key, "take_over")
    assert kept is not None and kept["text"] == "写到一半"


def test_who_may_not_see_it_is_told_of_none(register: Register, concluded: str, office) -> None:
    on_warning("to_clue", register, office, concluded, submission_id="c", at=NEXT, text="线索。")
    assert came(register, office, concluded) == [("clue", "登记", True)]
    elsewhere = Viewer("p-9", "示范员09", "leader", area_code="330482")
    assert came(register, elsewhere, concluded) == []
