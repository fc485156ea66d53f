"""A kind of object that is not there yet, added in a copy of the project: opened, taken through its steps, checked."""

import shutil
import subprocess
import sys
from pathlib import Path

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
            (Field("met", "见了谁", "choices", required=True, own_words=True), words("走访情况", required=True)),
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

# What is then done with it, by the functions that serve every kind.
DEED = """\
import sys
from dataclasses import replace
from datetime import datetime

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework.attachments import read
from lib.casework.objects import KINDS
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import enter, take
from lib.casework.steps import FILE, Field, Submission
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
letter = Submission("s-4", AT, None, "", {"title": "来信"}, ("来信.txt", b"letter"))
print(refused(enter, register, HERE, kind, PLACE, letter))
asks = replace(kind.workflow.opening, fields=(*kind.workflow.opening.fields, Field(FILE, "附件", "file")))
with_file = replace(kind, workflow=replace(kind.workflow, opening=asks))
kept = enter(register, HERE, with_file, PLACE, letter)
held = kept.event.payload[FILE]["attachment_id"]
assert read(register, HERE, "visit", kept.created, held) == ("来信.txt", b"letter")
assert verify_register(register) == []
with register.engine.begin() as connection:
    connection.exec_driver_sql("drop trigger visit_kept_update")
    connection.exec_driver_sql("update visit set title = '改过'")
print(*verify_register(register))
"""


def test_a_kind_of_object_is_one_file_and_what_it_may(tmp_path: Path) -> None:
    for part in ("lib", "data"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("var"))
    (tmp_path / "lib/casework/objects/visit.py").write_text(KIND, encoding="utf-8")
    policy = tmp_path / "data/access.yaml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("\nkinds:\n", f"\nkinds:\n{POLICY}"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", DEED, f"sqlite:///{tmp_path / 'casework.sqlite'}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    number = said[-1].split(" ")[1]
    hidden = "没有这条记录"
    expected = [
        "不能安排和办理走访",
        "不能登记本人权限范围以外的走访",
        "请填写事由",
        hidden,
        "请选择见了谁",
        "现在是「已安排」",
        "归档人不能是走访的人",
        hidden,
        "no file comes with plan",
        f"走访 {number} 的内容与登记事件不符",
    ]
    assert len(said) == len(expected)
    for line, words in zip(said, expected, strict=True):
        assert words in line
    assert len(KIND.splitlines()) + len(POLICY.splitlines()) <= 60
