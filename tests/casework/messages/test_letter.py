"""Nothing personal leaves in a message: every one that any step of any kind makes, read sign by sign."""

import ast
import re
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lib.access import Viewer
from lib.casework import outbox as posts
from lib.casework.messages.letter import Stand, compose, written
from lib.casework.objects import KINDS
from lib.casework.store.register import Register, open_register
from lib.casework.store.schema import outbox
from lib.catalog.dataset import ROOT
from lib.catalog.private import mask_text
from lib.warehouse.store import open_warehouse
from tests.casework.conftest import Feed
from tests.casework.stepping import on_warning

NAMES = "|".join(kind.task for kind in KINDS.values())
LINK = "http://10.0.0.5:8501"
# All that may stand in one.
WHOLE = re.compile(
    rf"(?:【演示】)?您有一条(?:{NAMES})待办，请登录执法监督舱查看。\n编号：(?:\d+号|[A-Z][0-9a-f]+)"
    r"(?:\n办理期限：\d{4}-\d\d-\d\d)?"
    rf"(?:\n{LINK}/[a-z]+\?[a-z]+=[A-Z][0-9a-f]+)?"
)
TITLE = re.compile(rf"(?:【演示】)?执法监督舱：(?:{NAMES})待办")


def row(object_type: str = "prompt", **more: Any) -> Any:
    given_ = {"object_type": object_type, "object_id": "P0123456789abcdef", "to_org_id": "O1", **more}
    return SimpleNamespace(**given_)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("due", [None, datetime(2022, 10, 10, 23, 59, 59)])
def test_of_every_kind_a_letter_says_no_more_than_that_there_is_one(kind: str, due: datetime | None) -> None:
    for number in (None, "1234号"):
        told = written("K", row(kind), Stand(number, due), LINK, synthetic=True)
        assert WHOLE.fullmatch(told.body.replace(f"\n{LINK}\n", "")) or KINDS[kind].page is None
        assert TITLE.fullmatch(told.title)


@given(st.text(min_size=4), st.text(min_size=4))
def test_what_was_written_in_a_message_of_before_never_goes_out(subject: str, body: str) -> None:
    bare = written("K", row(), Stand("7号", None), LINK, synthetic=False)
    told = written("K", row(subject=subject, body=body), Stand("7号", None), LINK, synthetic=False)
    assert told == bare


def test_every_message_of_two_years_of_work_holds_nothing_personal(city_home: Path) -> None:
    register, warehouse = open_register(city_home), open_warehouse(city_home)
    with register.read() as connection:
        rows = connection.execute(select(outbox)).all()
    assert {one.object_type for one in rows} >= {"prompt", "notice"}
    by_kind: dict[str, list[Any]] = {}
    for one in rows:
        by_kind.setdefault(one.object_type, []).append(one)
    for kind, own in by_kind.items():
        assert {(one.subject, one.body) for one in own} == {
            (f"{KINDS[kind].task}待办", f"您有一条{KINDS[kind].task}待办，请登录执法监督舱查看。")
        }
        for one in own[:10]:
            told = compose(register, warehouse, one, "K", LINK)
            assert WHOLE.fullmatch(told.body), told.body
            assert mask_text(told.body.replace(LINK, "")) == told.body.replace(LINK, "")


def test_what_somebody_writes_into_a_prompt_stays_in_it(register: Register, feed: Feed, inspector: Viewer) -> None:
    [warning_id] = feed({"level": "red"})
    secret = "请核实张三丰（身份证 330402198001011234，车牌 浙F12345，电话 13812345678）的案件。"
    on_warning("prompt", register, inspector, warning_id, submission_id="p", at=datetime(2022, 9, 6), text=secret)
    with register.read() as connection:
        [one] = connection.execute(select(outbox)).all()
    assert not any(word in "|".join(map(str, one)) for word in ("张三丰", "330402", "浙F", "138", "身份证"))


def _message_calls() -> list[ast.Call]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.glob("lib/casework/**/*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [one for one in calls if ast.unparse(one.func) == "outbox.message"]


def test_no_step_puts_more_into_a_message_than_what_its_object_is_called() -> None:
    calls = _message_calls()
    assert len(calls) >= 2
    for call in calls:
        _, name = call.args
        # A constant of the module or the kind's own word, which nothing that somebody wrote can reach.
        fixed = isinstance(name, ast.Constant) or ast.unparse(name).isupper()
        assert fixed or ast.unparse(name) == "KINDS[object_type].task", ast.unparse(call)
    assert set(posts.message("O1", "工作提示")) == {"channel", "to_org_id", "subject", "body"}
