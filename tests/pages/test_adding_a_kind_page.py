"""A kind of object that is not there yet, on the screen: in a copy of the project, a list, its form, both its steps."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.casework.test_adding_a_kind import KIND, POLICY, ROOT

PLACE = '        ("pages/visits/visits.py", "visits", "走访", "directions_walk", "办理", ("view", "visit"), "visit"),\n'
PAGE = '''\
"""Visits to units: planned, made, filed."""

from functools import partial

import streamlit as st

from lib.access import NotVisible
from lib.casework.drafts import UNREGISTERED
from lib.casework.objects import KINDS
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import enter
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record import timeline
from lib.ui.record.form import Form, Record
from lib.ui.record.panel import steps_panel
from lib.ui.verbatim import verbatim

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
kind = KINDS["visit"]
frame, wanted = objects(register, viewer, warehouse, "visit"), st.query_params.get("visit", "")
if wanted:
    way.back("visits")
    if wanted not in set(frame["visit_id"]):
        message.stop(NotVisible())
    row = frame.set_index("visit_id").loc[wanted]
    st.markdown(f"#### {verbatim(row['title'])} · {row['state']}")
    record = Record(register, warehouse, viewer, kind.workflow, wanted, row["state"], int(row["last_seq"]))
    steps_panel(record, kind.workflow.possible(viewer, row["state"]))
    events = events_of(register, viewer, warehouse, "visit", wanted)
    timeline.timeline(register, warehouse, viewer, kind.workflow, wanted, events)
    st.stop()
for one in frame.to_dict("records"):
    to = way.address({"visit": one["visit_id"]})
    st.page_link("pages/visits/visits.py", label=verbatim(f"{one['title']} · {one['state']}"), query_params=to)
if viewer.may("record", "visit"):
    with card("plan"):
        record = Record(register, warehouse, viewer, kind.workflow, UNREGISTERED, "", 0)
        taken = partial(enter, register, viewer, kind, {"area_code": viewer.area_code})
        Form(record, kind.workflow.opening, takes=taken).draw()
'''
DEED = """\
import re

from tests.pages.opening import box, open_page, words
from streamlit.testing.v1 import AppTest

from lib.ui.access import session

session._cookie = lambda name: ""
PAGE = "pages/visits/visits.py"


def listed(app: AppTest) -> dict[str, str]:
    return {one.proto.label: one.proto.query_string for one in app.get("page_link")}


def typed(app: AppTest, key: str, text: str) -> AppTest:
    app.session_state[key] = text
    return app.run()


assert "您的角色不查看走访" in words(open_page(PAGE, "demo-town"))
app = open_page(PAGE, "demo-county")
app.button(key="new_plan_submit").click().run()
assert "请填写事由。" in words(app) and "还不能提交：事由" in words(app)
app.text_input(key="new_plan_title").set_value("了解罚没收入").run()
assert open_page(PAGE, "demo-county").text_input(key="new_plan_title").value == "了解罚没收入"
app.button(key="new_plan_submit").click().run()
assert "**已保存** 安排走访" in words(app), words(app)
assert open_page(PAGE, "demo-county").text_input(key="new_plan_title").value == ""
number = re.search("visit=([^&]*)", listed(app)["了解罚没收入 · 已安排"])[1]

app = open_page(PAGE, "demo-county", visit=number)
app.button(key=f"{number}_make_submit").click().run()
assert "还不能提交：见了谁、走访情况" in words(app)
assert box(app, "走访情况")["fault"] == "请填写走访情况。"
app.multiselect(key=f"{number}_make_met").set_value(["所长"]).run()
typed(app, f"{number}_make_text", "已核对票据").button(key=f"{number}_make_submit").click().run()
assert "**已保存** 走访" in words(app) and "已走访" in words(app), words(app)
app.button(key=f"{number}_file_submit").click().run()
assert "归档人不能是走访的人" in words(app)

app = open_page(PAGE, "demo-office", visit=number)
app.button(key=f"{number}_file_submit").click().run()
assert "**已保存** 归档" in words(app) and "已归档" in words(app)
assert not app.get("button_group") and "已核对票据" in words(app)
assert "了解罚没收入 · 已归档" in listed(open_page(PAGE, "demo-office"))
"""


def test_a_kind_with_two_steps_a_form_and_a_list_is_four_files(home: Path, tmp_path_factory) -> None:
    copy = tmp_path_factory.mktemp("copy")
    for part in ("lib", "data", "pages", "rules", "static", ".streamlit"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("var"))
    shutil.copy(ROOT / "app.py", copy)
    (copy / "tests/pages").mkdir(parents=True)
    shutil.copy(ROOT / "tests/pages/opening.py", copy / "tests/pages")
    (copy / "lib/casework/objects/visit.py").write_text(KIND, encoding="utf-8")
    (copy / "pages/visits").mkdir()
    (copy / "pages/visits/visits.py").write_text(PAGE, encoding="utf-8")
    _put(copy / "data/access.yaml", "\nkinds:\n", POLICY)
    _put(copy / "lib/ui/paths.py", "    for place in (\n", PLACE)
    (copy / "deed.py").write_text(DEED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "deed.py"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(copy)},
    )
    assert done.returncode == 0, done.stderr


def _put(file: Path, after: str, text: str) -> None:
    """Add what a file says of the kind, the only change to it."""
    held = file.read_text(encoding="utf-8")
    assert held.count(after) == 1
    file.write_text(held.replace(after, f"{after}{text}"), encoding="utf-8")


def test_what_is_told_of_adding_one_is_what_was_done() -> None:
    lines = sum(len(text.splitlines()) for text in (KIND, POLICY, PLACE, PAGE))
    assert lines <= 120
    told = (ROOT / "docs/ways/casework_object.md").read_text(encoding="utf-8")
    assert len(told.splitlines()) <= 40
    assert f"in {lines} lines" in told and "tests/pages/test_adding_a_kind_page.py" in told
    steps = [line for line in told.splitlines() if line[:1].isdigit()]
    files = ("lib/casework/objects/", "data/access.yaml", "pages/", "lib/ui/paths.py")
    assert len(steps) == len(files) and all(file in line for file, line in zip(files, steps, strict=True))
    assert all(name in told and name in PAGE for name in ("Form(", "Record(", "steps_panel(", "timeline(", "objects("))
