"""The registry of kinds: what each one promises holds, and what cannot be is refused."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import Column, MetaData, String, Table, select

import lib.casework.objects as package
from lib.access import SYSTEM, Viewer
from lib.access.policy import policy
from lib.casework.deadlines import calendar
from lib.casework.objects import KINDS, Kind
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import events_of, objects
from lib.casework.rules.tasks import open_task, tasks
from lib.casework.rules.versions import take_in, versions
from lib.casework.steps import Step
from lib.casework.store.register import Register
from lib.casework.store.rows import ROWS
from lib.rules import read_rules
from lib.ui.paths import BY_URL, OTHERS
from tests.casework.conftest import MONDAY, Feed


def test_every_module_of_the_folder_is_one_kind() -> None:
    modules = {path.stem for path in Path(package.__path__[0]).rglob("*.py")} - {"__init__", "kind"}
    assert set(KINDS) == modules and len(KINDS) >= 4


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_a_kind_names_is_there(kind: Kind) -> None:
    steps = [*kind.workflow.steps.values(), *filter(None, [kind.workflow.opening])]
    assert {(step.right, kind.name) for step in steps} | {("view", kind.name)} <= policy().rights.keys()
    assert set(kind.first) <= {*kind.noted, *(step.action for step in steps)}
    assert kind.page is None or kind.page[1] in {*BY_URL[kind.page[0]].parameters.split(), *OTHERS}
    assert (kind.name in ROWS) == kind.lasting


def test_what_an_event_cannot_hold_is_no_kind() -> None:
    kind = KINDS["rule_task"]
    long = Step("close", "办结", "tune", frozenset({"待处理"}), "这个状态的名字实在太长所以写不进一个事件")
    with pytest.raises(ValueError, match="to_state"):
        replace(kind, workflow=replace(kind.workflow, steps={"close": long}))
    with pytest.raises(ValueError, match="another name"):
        replace(kind, workflow=KINDS["clue"].workflow)
    with pytest.raises(ValueError, match="area_code"):
        replace(kind, scope=("area_code",))


def test_where_versions_and_tasks_stand_is_read_like_any_other(register: Register, county: Viewer) -> None:
    take_in(register, read_rules(), MONDAY)
    with register.transaction() as tx:
        open_task(tx, "M05", "M05-v1", "jump", MONDAY + timedelta(hours=1), "命中骤变")
    found = objects(register, county, None, "rule_version").set_index("version_id")
    assert {one.version_id: (one.state, one.state_at, one.last_seq) for one in versions(register)} == {
        key: (row["state"], row["state_at"], row["last_seq"]) for key, row in found.iterrows()
    }
    [task] = objects(register, county, None, "rule_task").to_dict("records")
    [told] = tasks(register, SYSTEM).to_dict("records")
    assert [task[name] for name in ("task_id", "state", "state_at")] == [
        told[name] for name in ("task_id", "state", "state_at")
    ]
    assert events_of(register, county, None, "rule_task", task["task_id"])["action"].tolist() == ["open"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_none_stand_alike_whatever_happened_to_others(register: Register, feed: Feed, kind: Kind) -> None:
    """What a snapshot has of a kind without any is not worked out again: it is what would be."""
    feed({}, {"subject_id": "C2", "level": "red"})
    happened = snapshot(register).event
    with register.read() as connection:
        rows = connection.execute(select(kind.table).where(kind.table.c[kind.key].is_(None)))
        none = pd.DataFrame(rows, columns=list(rows.keys()))
    for events in (happened[:0], happened[happened["object_type"].ne(kind.name)]):
        assert_frame_equal(kind.stand(none, events, calendar()), kind._stood(none, events, calendar()))


def test_a_kind_that_goes_up_says_when() -> None:
    prompt = KINDS["prompt"]
    talk = Table("talk", MetaData(), Column("talk_id", String(40), primary_key=True))
    with pytest.raises(ValueError, match="escalate_workdays"):
        Kind(talk, replace(prompt.workflow, object_type="talk"), ("send",), (), {"escalate": "超期升级"}, None)
