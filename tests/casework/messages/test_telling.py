"""Which steps send the unit a message: those after which it waits for the unit, and no others."""

from datetime import datetime

import pytest
from sqlalchemy import select

from lib.access import Viewer
from lib.casework.deadlines import calendar
from lib.casework.messages.letter import standing
from lib.casework.objects import KINDS
from lib.casework.prompts.steps import PROMPT
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import outbox
from lib.casework.store.verify import verify_register
from tests.casework.conftest import Feed
from tests.casework.stepping import on_warning

AT = datetime(2022, 9, 6, 9, 0)
UNIT = Viewer("p-unit", "示范联络员", "liaison", org_id="O0001")
TELLING = [(kind, step) for kind in KINDS.values() for step in kind.workflow.steps.values() if step.tells]


@pytest.mark.parametrize(("kind", "step"), TELLING, ids=[f"{kind.name} {step.action}" for kind, step in TELLING])
def test_what_a_unit_is_told_of_it_can_open(kind, step) -> None:
    assert step.tells <= step.sources and not step.inside
    assert "org_id" in kind.table.c and kind.reaches and kind.page is not None


def test_the_unit_is_told_when_it_is_asked_returned_to_and_reminded(
    register: Register, feed: Feed, inspector: Viewer, office: Viewer
) -> None:
    [warning_id] = feed({})
    on_warning("sign", register, inspector, warning_id, submission_id="0", at=AT)
    on_warning("prompt", register, inspector, warning_id, submission_id="p", at=AT, text="请核实。")
    number = str(objects(register, inspector, None, "prompt")["prompt_id"].item())

    def told(viewer: Viewer, action: str, at: datetime, **given: object) -> int:
        take(register, viewer, PROMPT, number, action, Submission(f"{action} {at}", at, None, "已核实。", dict(given)))
        with register.read() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.created_at)).all()
        assert {(one.object_type, one.object_id, one.to_org_id) for one in rows} == {("prompt", number, "O0001")}
        return len(rows)

    assert told(office, "remind", AT.replace(day=7)) == 2
    assert told(UNIT, "reply", AT.replace(day=7), found="属实", verified=["调阅案卷"]) == 2
    # It waits for the inspector now: that is no business of the unit's.
    assert told(office, "remind", AT.replace(day=8)) == 2
    assert told(inspector, "send_back", AT.replace(day=8)) == 3
    with register.read() as connection:
        stand = standing(connection, calendar(), "prompt", number)
    row = objects(register, inspector, None, "prompt").iloc[0]
    assert (stand.number, stand.due_at) == (row["number"], row["due_at"])
    assert verify_register(register) == []
