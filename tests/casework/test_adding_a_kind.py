"""A kind of object added in a copy of the project: four files give it two steps, a form and a list."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

KIND = '''\
"""走访: a visit to a unit, planned and then made."""

from sqlalchemy import Column, String, Table

from lib.casework.objects.kind import Kind
from lib.casework.steps import Attempt, Field, Step, words, workflow
from lib.casework.store.schema import metadata
from lib.errors import UserError

PLANNED, MADE, FILED = "已安排", "已走访", "已归档"

visit = Table(
    "visit",
    metadata,
    Column("visit_id", String(40), primary_key=True),
    Column("org_id", String(16)),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    Column("title", String(200), nullable=False),
)


def _by_another(attempt: Attempt) -> None:
    made = attempt.tx.latest("visit", attempt.row.visit_id, "make")
    if made is not None and made.actor_id == attempt.viewer.person_id:
        raise UserError("归档人不能是走访的人。", "请由另一位同志归档。")


KIND = Kind(
    visit,
    workflow(
        "visit",
        "走访",
        Step(
            "make", "走访", "record", frozenset({PLANNED}), MADE,
            (Field("met", "见了谁", "choices", required=True), words("走访情况", required=True)),
        ),
        Step("file", "归档", "record", frozenset({MADE}), FILED, check=_by_another),
        opening=Step(
            "plan", "安排走访", "record", frozenset(), PLANNED, (Field("title", "事由", "text", required=True),)
        ),
    ),
    first=("plan",),
    scope=("area_code", "domain_code"),
    noted={"plan": "安排走访"},
    page=("visits", "visit"),
)
'''

POLICY = """\
  visit:
    name: 走访
    rights:
      view: {does: 查看走访, roles: [office, county]}
      record: {does: 安排和办理走访, roles: [office, county]}
"""

PLACE = '''\
        ("pages/visits/visits.py", "visits", "走访", "directions_walk", "办理", ("view", "visit"), "visit"),
'''

PAGE = '''\
"""走访: those within the viewer's scope, a new one, and one with its steps and its course."""

import streamlit as st

from lib.access import NotVisible
from lib.casework.drafts import UNREGISTERED
from lib.casework.objects import KINDS
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import enter
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.record.form import Form, Record
from lib.ui.record.panel import panel
from lib.ui.record.timeline import timeline
from lib.ui.verbatim import verbatim

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
kind = KINDS["visit"]
frame = objects(register, viewer, warehouse, "visit")

wanted = st.query_params.get("visit", "")
if wanted:
    way.back("visits")
    found = frame[frame["visit_id"] == wanted]
    if found.empty:
        message.stop(NotVisible())
    row = found.iloc[0]
    st.markdown(f"**{verbatim(row['title'])}** · {row['state']}")
    record = Record(register, warehouse, viewer, kind.workflow, wanted, row["state"], int(row["last_seq"]))
    panel(record, kind.workflow.possible(viewer, row["state"]))
    events = events_of(register, viewer, warehouse, "visit", wanted)
    timeline(register, warehouse, viewer, kind.workflow, wanted, events)
    st.stop()

if frame.empty:
    message.nothing("还没有走访", "安排之后列在这里。")
for row in frame.to_dict("records"):
    label = f"{row['number']} {verbatim(row['title'])} {row['state']}"
    st.page_link(way.file_of("visits"), label=label, query_params=way.address({"visit": row["visit_id"]}))
if viewer.may("record", "visit"):
    own = {"area_code": viewer.area_code}
    new = Record(register, warehouse, viewer, kind.workflow, UNREGISTERED, "", 0)
    Form(new, kind.workflow.opening, takes=lambda sent: enter(register, viewer, kind, own, sent)).draw()
'''

# What is then done with it, by the functions that serve every kind.
DEED = '''\
import sys
from datetime import datetime

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework.objects import KINDS
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import enter, take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.errors import UserError

AT = datetime(2022, 9, 6, 9)
HERE = Viewer("p-1", "示范员01", "county", area_code="330483")
THERE = Viewer("p-2", "示范员02", "county", area_code="330482")
OFFICE = Viewer("p-3", "示范员03", "office")
LEADER = Viewer("p-4", "示范员04", "leader")
PLACE = {"org_id": "O0001", "area_code": "330483101", "domain_code": "ZF"}
register, kind = Register(sys.argv[1]), KINDS["visit"]


def refused(what, *asked):
    try:
        what(*asked)
    except (UserError, ValueError) as error:
        return type(error).__name__ + "：" + str(error)
    raise AssertionError("not refused")


plan = Submission("s-1", AT, None, "", {"title": "了解罚没收入"})
print(refused(enter, register, LEADER, kind, PLACE, plan))
print(refused(enter, register, THERE, kind, PLACE, plan))
print(refused(enter, register, HERE, kind, PLACE, Submission("s-0", AT)))
made = enter(register, HERE, kind, PLACE, plan)
again = enter(register, HERE, kind, PLACE, plan)
assert made.recorded and again.duplicate and made.created == again.created
one, told = made.created, Submission("s-2", AT, None, "已核对票据", {"met": ["所长"]})
print(refused(take, register, THERE, kind.workflow, one, "make", told))
print(refused(take, register, HERE, kind.workflow, one, "make", Submission("s-2", AT, None, "已核对票据")))
print(refused(take, register, HERE, kind.workflow, one, "file", Submission("s-2", AT)))
assert take(register, HERE, kind.workflow, one, "make", told).recorded
print(refused(take, register, HERE, kind.workflow, one, "file", Submission("s-3", AT)))
assert take(register, OFFICE, kind.workflow, one, "file", Submission("s-3", AT)).recorded
[row] = objects(register, HERE, None, "visit").to_dict("records")
assert (row["visit_id"], row["state"], row["title"]) == (one, "已归档", "了解罚没收入"), row
assert objects(register, THERE, None, "visit").empty
print(refused(events_of, register, THERE, None, "visit", one))
events = events_of(register, OFFICE, None, "visit", one)
assert events["to_state"].tolist() == ["已安排", "已走访", "已归档"]
assert events["payload"].iloc[1] == {"met": ["所长"]}
assert verify_register(register) == []
with register.engine.begin() as connection:
    connection.exec_driver_sql("update visit set title = '改过'")
print(*verify_register(register))
'''


# The same on the screen.
SHOWN = '''\
import sys
from pathlib import Path

import handmade
from opening import open_page, words

from lib.access.personas import personas
from lib.casework.reading.visible import objects

PAGE = "pages/visits/visits.py"
home = handmade.put(Path(sys.argv[1]))
register, warehouse = handmade.opened(home)
county = next(one for one in personas(True) if one.person_id == "demo-county")
app = open_page(PAGE, "demo-county")
assert "还没有走访" in words(app)
app.button(key="new_plan_submit").click().run()
assert "还不能提交：事由" in words(app), words(app)
app.text_input(key="new_plan_title").set_value("了解罚没收入").run()
app.button(key="new_plan_submit").click().run()
assert not app.exception
[row] = objects(register, county, warehouse, "visit").to_dict("records")
one = row["visit_id"]
listed = open_page(PAGE, "demo-county")
[link] = [link.label for link in listed.get("page_link") if "了解罚没收入" in link.label]
assert link == row["number"] + " 了解罚没收入 已安排"
app = open_page(PAGE, "demo-county", visit=one)
app.multiselect(key=one + "_make_met").set_value(["所长"]).run()
app.button(key=one + "_make_submit").click().run()
assert "还不能提交：走访情况" in words(app)
app.session_state[one + "_make_text"] = "已核对票据。"
app.button(key=one + "_make_submit").click().run()
assert not app.exception
[row] = objects(register, county, warehouse, "visit").to_dict("records")
assert row["state"] == "已走访", words(app)
shown = words(open_page(PAGE, "demo-county", visit=one))
assert all(said in shown for said in ("见了谁：所长", "已核对票据。", "安排走访")), shown
assert "您的角色不查看走访" in words(open_page(PAGE, "demo-town"))
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the kind in it."""
    place = tmp_path_factory.mktemp("project")
    for part in ("lib", "data", "pages", "static", "rules"):
        shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("var", "__pycache__"))
    for part in ("app.py", "tests/handmade.py", "tests/pages/opening.py"):
        (place / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, place / part)
    (place / "lib/casework/objects/visit.py").write_text(KIND, encoding="utf-8")
    (place / "pages/visits").mkdir()
    (place / "pages/visits/visits.py").write_text(PAGE, encoding="utf-8")
    _put_before(place / "data/access.yaml", "  ranking:\n", POLICY)
    _put_before(place / "lib/ui/paths.py", "        (OFFICER,", PLACE)
    return place


def _put_before(path: Path, mark: str, lines: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(mark) == 1
    path.write_text(text.replace(mark, lines + mark), encoding="utf-8")


def _run(project: Path, program: str, argument: str, home: Path) -> list[str]:
    tests = os.pathsep.join(str(project / part) for part in ("tests", "tests/pages"))
    own = {name: value for name, value in os.environ.items() if not name.startswith("COCKPIT_")}
    done = subprocess.run(
        [sys.executable, "-c", program, argument], cwd=project, capture_output=True, text=True, check=False,
        env={**own, "PYTHONPATH": tests, "COCKPIT_HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_it_is_opened_taken_through_its_steps_seen_within_the_scope_and_checked(project: Path, tmp_path: Path) -> None:
    said = _run(project, DEED, f"sqlite:///{tmp_path / 'casework.sqlite'}", tmp_path)
    number = said[-1].split(" ")[1]
    hidden = "没有这条记录"
    expected = [
        "不能安排和办理走访", "不能登记本人权限范围以外的走访", "请填写事由", hidden, "请选择见了谁",
        "现在是「已安排」", "归档人不能是走访的人", hidden, f"走访 {number} 的内容与登记事件不符",
    ]  # fmt: skip
    assert len(said) == len(expected)
    for line, words in zip(said, expected, strict=True):
        assert words in line


def test_its_page_lists_opens_and_records(project: Path, tmp_path: Path) -> None:
    _run(project, SHOWN, str(tmp_path), tmp_path)


def test_four_files_are_touched_and_few_lines() -> None:
    assert sum(len(part.splitlines()) for part in (KIND, POLICY, PLACE, PAGE)) <= 120
