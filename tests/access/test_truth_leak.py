"""What is true of a synthetic city stays out of a trainee's reach: every way to it that was thought of is tried.

A model hits what was planted and nothing else: a warning, a hit, a run about a subject of the judged pool tells the
truth about it. Each try counts what it found of the secrets; all are added up at the end.
"""

import ast
import inspect
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from lib.access import OBJECT, Forbidden, NotVisible, Seat, Viewer
from lib.access.personas import personas
from lib.access.policy import policy
from lib.casework.objects import KINDS
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import events, hits, objects, signals
from lib.casework.steps import Submission
from lib.casework.store.register import Register, open_register
from lib.casework.store.schema import event, outbox, warning
from lib.casework.training import attempts, seats
from lib.casework.training.classes import Class, one_class, open_class
from lib.casework.training.states import WORKING
from lib.catalog.exercises import exercises
from lib.errors import UserError
from lib.insight.training import judging, marking
from lib.ui.access import gate, session
from lib.ui.paths import BY_URL, OTHERS, PLACES
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse, open_warehouse
from lib.warehouse.truth import VIOLATION, judged_pool, truth
from tests.access.test_everything_asks import ASKED
from tests.pages.opening import APP

ROOT = Path(__file__).resolve().parents[2]
OFFICE = next(one for one in personas(True) if one.role == "office")
ROLES = ("trainee", *dict.fromkeys(one.role for one in personas(True)))
UNDER = [(name, one) for name, one in ASKED if hasattr(one, "right")]
# What the truth table says in words that stand nowhere else.
WORDS = ("lookalike", "near_threshold", "truth.parquet", "judged_pool")


@dataclass
class Tried:
    """How many ways were tried, by what was tried, in all tests and in this one; what leaked by them in this one."""

    ways: dict[str, int]
    leaks: list[str] = field(default_factory=list)

    def way(self, about: str, leaked: list[str]) -> None:
        self.ways[about] = self.ways.get(about, 0) + 1
        self.leaks += [f"{about}: {one}" for one in leaked]


@dataclass(frozen=True)
class Learning:
    """A class on the small city, a trainee of it in the middle of an exercise that names every page and role."""

    home: Path
    city: Register
    warehouse: Warehouse
    held: Class
    trainee: Viewer
    own: Register
    pool: pd.DataFrame
    # The warnings that the city has and no seat has.
    hidden: pd.DataFrame
    # The words of the truth table that no model and no data use as well.
    notes: tuple[str, ...]

    def secrets(self, text: str) -> list[str]:
        """What of the secrets stands in a text."""
        found = set(re.findall(r"W[0-9a-f]{16}", text)) & set(self.hidden["warning_id"])
        return sorted(found) + [one for one in (*WORDS, *self.notes) if one in text]

    def playing(self, role: str) -> Viewer:
        """The trainee in a role."""
        persona = next((one for one in personas(True) if one.role == role), self.trainee)
        return replace(persona, person_id=f"{self.trainee.person_id}:{role}", seat=self.trainee.seat)


@pytest.fixture(scope="module")
def every() -> Iterator[tuple[dict[str, int], list[str]]]:
    ways: dict[str, int] = {}
    leaks: list[str] = []
    yield ways, leaks
    told = ", ".join(f"{about} {count}" for about, count in ways.items())
    print(f"\nways tried: {sum(ways.values())} ({told}); leaks: {len(leaks)}")


@pytest.fixture
def tried(every: tuple[dict[str, int], list[str]]) -> Iterator[Tried]:
    held = Tried(every[0])
    yield held
    every[1].extend(held.leaks)


@pytest.fixture(scope="module")
def learning(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learning]:
    import shutil

    home = tmp_path_factory.mktemp("class") / "city"
    shutil.copytree(small_city, home)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COCKPIT_HOME", str(home))
        patched.delenv("COCKPIT_CASEWORK_URL", raising=False)
        patched.setattr(session, "_cookie", lambda name: "")
        city, warehouse = open_register(home), open_warehouse(home)
        ends = (now() + timedelta(days=3)).date()
        payload = {"title": "第一期", "size": 3, "seed": 7, "exercises": ["judge"], "ends_on": ends}
        done = open_class(city, OFFICE, Submission("open", now(warehouse), payload=payload))
        held = one_class(city, OFFICE, str(done.created))
        trainee = seats.sit_down(home, city, held.code, "张三", "", now(warehouse))
        seats.sit_down(home, city, held.code, "李四", "", now(warehouse))
        own = seats.seat_register(home, trainee.seat)
        _everything_open(own, trainee, warehouse)
        with own.read() as connection:
            shown = set(connection.execute(select(warning.c.warning_id)).scalars())
        raised = snapshot(city, warehouse).objects["warning"]
        hidden = raised[~raised["warning_id"].isin(shown) & raised["subject_id"].isin(judged_pool(home)["subject_id"])]
        _SESSIONS.clear()
        yield Learning(home, city, warehouse, held, trainee, own, judged_pool(home), hidden, _notes(home))


def _notes(home: Path) -> tuple[str, ...]:
    told = {str(one) for one in truth(home)["note"].dropna().unique()}
    rules = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("rules/*.sql"))
    return tuple(sorted(one for one in told if len(one) >= 8 and one not in rules))


def _everything_open(own: Register, trainee: Viewer, warehouse: Warehouse) -> None:
    """An exercise that is going on and names every role and page: no exercise opens more."""
    payload = {"exercise": "x", "plays": list(ROLES[1:]), "pages": [place.url_path for place in PLACES]}
    with own.transaction() as tx:
        tx.append(trainee, now(warehouse), "attempt", "A1", "start", None, WORKING, "", payload)


def _texts(held: Any) -> Iterator[str]:
    """Every text of an element tree, whatever carries it."""
    if isinstance(held, Block):
        for child in held.children.values():
            yield from _texts(child)
    if isinstance(held, Block | Element) and getattr(held, "proto", None) is not None:
        yield str(held.proto)


_SESSIONS: dict[str, AppTest] = {}


def _page(learning: Learning, url_path: str, role: str, address: dict[str, str] | None = None) -> AppTest:
    """A page as a trainee's session shows it in a role; one session for each role, as in life."""
    app = _SESSIONS.get(role)
    if app is None:
        app = _SESSIONS[role] = AppTest.from_file(APP, default_timeout=120)
        token = session.signed_in.begin(
            learning.city, session.signed_in.secret(learning.home), learning.trainee.person_id, now()
        )
        app.session_state["signed_in"] = (learning.trainee.person_id, token)
        app.session_state["plays"] = role
        app.query_params["class"] = learning.held.code
        app.switch_page("pages/training/exercises.py")
        app.run()
    app.query_params.clear()
    for name, value in {"class": learning.held.code, **(address or {})}.items():
        app.query_params[name] = value
    app.switch_page(BY_URL[url_path].file)
    app.run()
    assert not app.exception
    return app


def _shown(app: AppTest) -> str:
    return "\n".join(_texts(app._tree.root))


def test_there_is_something_to_hide_and_something_to_learn_on(learning: Learning):
    pool = learning.pool[learning.pool["in_window"]]
    both = pool.groupby("rule_id")["kind"].nunique()
    assert len(both) == 19 and both.eq(2).all()
    # Half of what was planted on single subjects, of each model, and the models hit these violations.
    violations = learning.pool[learning.pool["kind"].eq(VIOLATION)]
    assert len(learning.hidden) >= 100 and learning.hidden["rule_id"].nunique() >= 15
    assert learning.hidden["subject_id"].isin(violations["subject_id"]).mean() > 0.9
    left = snapshot(learning.own, learning.warehouse).objects["warning"]
    assert left["rule_id"].nunique() == 19 and len(left) > 60


def test_no_store_of_a_seat_holds_anything_about_a_judged_subject(learning: Learning, tried: Tried):
    judged = set(learning.pool["subject_id"])
    base = next((learning.home / "training").glob("base-*.sqlite"))
    for path in (base, seats.seat_folder(learning.home, learning.trainee.seat) / "casework.sqlite"):
        with sqlite3.connect(path) as connection:
            names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
            for name in names:
                tried.way(
                    "tables of a seat's store", _named(connection, name, judged) + _told(connection, name, learning)
                )
    assert tried.leaks == []


def _named(connection: sqlite3.Connection, table: str, judged: set[str]) -> list[str]:
    """What names a judged subject; an officer or a firm may stand there with whom another matter lies."""
    columns = [row[1] for row in connection.execute(f"pragma table_info({table})")]
    about = [one for one in columns if one in ("subject_id", "evidence", "payload", "object_id", "source_key")]
    found = []
    for column in about:
        for (held,) in connection.execute(f'select "{column}" from {table}'):
            words = set(re.findall(r"[A-Z]+[0-9]{4,}[A-Z0-9]*|[0-9A-Za-z]{12,}", str(held)))
            found += [f"{table}.{column} {one}" for one in words & judged]
    return found


def _told(connection: sqlite3.Connection, table: str, learning: Learning) -> list[str]:
    rows = connection.execute(f"select * from {table}")
    return [one for row in rows for one in learning.secrets(str(row))] if table != "rule_file" else []


def test_nothing_closed_in_a_class_can_be_called_whatever_role_is_played(learning: Learning, tried: Tried):
    closed = policy().closed_in_class
    assert len(closed) > 60
    for role in ROLES:
        viewer = learning.playing(role)
        for right in closed:
            tried.way("rights by role", [f"{role} may {right}"] if viewer.may(*right) else [])
        for name, function in UNDER:
            action, kind = function.right
            for of in KINDS if kind == OBJECT else (kind,):
                if (action, of) in closed:
                    tried.way("functions by role", _called(name, function, viewer, of))
    assert tried.leaks == []


def _called(name: str, function: Any, viewer: Viewer, kind: str) -> list[str]:
    given = dict.fromkeys(inspect.signature(function).parameters)
    given |= {"viewer": viewer} | ({"object_type": kind} if "object_type" in given else {})
    try:
        function(**given)
    except (Forbidden, NotVisible):
        return []
    except Exception as error:
        return [f"{name} went on to {type(error).__name__}"]
    return [f"{name} answered"]


def test_what_can_be_read_in_a_seat_says_nothing_of_a_judged_subject(learning: Learning, tried: Tried):
    judged = set(learning.pool["subject_id"])
    for role in ROLES:
        viewer = learning.playing(role)
        for kind in KINDS:
            if viewer.may("view", kind):
                for read in (objects, events):
                    frame = read(learning.own, viewer, learning.warehouse, kind)
                    tried.way("readings of kinds", learning.secrets(frame.to_csv()) + _about(frame, judged))
        if viewer.may("view", "warning"):
            found = hits(learning.own, viewer, learning.warehouse)
            tried.way("readings of hits", _about(found, judged))
            for rule in sorted(set(learning.pool["rule_id"])):
                told = signals(learning.own, viewer, learning.warehouse, rule)
                tried.way("readings of hits", _about(told, judged))
    assert tried.leaks == []


def _about(frame: pd.DataFrame, judged: set[str]) -> list[str]:
    return sorted(set(frame["subject_id"]) & judged) if "subject_id" in frame else []


def test_no_page_tells_and_what_is_closed_does_not_open(learning: Learning, tried: Tried):
    for place in PLACES:
        # The office sees the whole city and most pages.
        app = _page(learning, place.url_path, "office")
        tried.way("pages", learning.secrets(_shown(app)))
        if place.right in _closed():
            tried.way("closed pages", [] if "不开放" in _shown(app) else [f"{place.url_path} opens"])
    assert tried.leaks == []


def _closed() -> set[tuple[str, str]]:
    closed = policy().closed_in_class
    return {(action, kind) for action, kind in closed}


@pytest.mark.scale
def test_no_page_tells_any_role(learning: Learning, tried: Tried):
    for role in ROLES:
        for place in PLACES:
            tried.way("pages by role", learning.secrets(_shown(_page(learning, place.url_path, role))))
    assert tried.leaks == []


def test_no_address_tells(learning: Learning, tried: Tried):
    """Every parameter of every page that is open, filled with what a trainee would like to know of."""
    one = learning.hidden.iloc[0]
    wanted = {"id": one["warning_id"], "officer": one["officer_id"], "rule": one["rule_id"], "hits": one["rule_id"]}
    for place in PLACES:
        if place.right in _closed() or not place.parameters:
            continue
        for name in place.parameters.split():
            value = str(wanted.get(name, one["warning_id"]))
            parameter = f"{name}x" if name.endswith("_") else name
            app = _page(learning, place.url_path, "office", {parameter: value})
            # What was asked for stands in the address that a way back carries.
            shown = [leaked for leaked in learning.secrets(_shown(app)) if leaked != value]
            tried.way("addresses", shown)
    for number, row in enumerate(learning.hidden.groupby("rule_id").head(1).to_dict("records")):
        app = _page(learning, "warning", ("office", "leader", "inspector")[number % 3], {"id": row["warning_id"]})
        assert "没有这条记录" in _shown(app), row["warning_id"]
        tried.way("warnings by number", [] if row["subject_id"] not in _shown(app) else [row["subject_id"]])
    assert tried.leaks == []


def test_no_other_way_to_look_opens_from_a_seat(learning: Learning, tried: Tried):
    """Another persona, another screen, another class, a role that is not offered."""
    for name, value in (
        *(("as", one.person_id) for one in personas(True)),
        ("screen", "wall"),
        ("walk", "leader"),
        ("notes", "leader"),
        ("entry", "x"),
        *((name, "x") for name in OTHERS if name not in ("as", "class", "back", "due", "screen", "every")),
    ):
        app = _page(learning, "exercises", "office", {name: value})
        viewer = app.session_state["viewer"]
        stays = viewer.seat == learning.trainee.seat
        tried.way(
            "other ways to look", learning.secrets(_shown(app)) + ([] if stays else [f"{name}={value}: {viewer}"])
        )
    for role in ("system", "sysadmin", "auditor", "county", "town", "demo-office", ""):
        app = _page(learning, "warning", role)
        played = app.session_state["viewer"]
        fine = played.seat == learning.trainee.seat and played.role in ROLES
        tried.way("roles that are forced", [] if fine else [str(played)])
    assert tried.leaks == []


def test_no_code_number_or_account_leads_to_what_belongs_to_others(learning: Learning, tried: Tried):
    code = learning.held.code
    for typed in ("..", "../..", f"{code}/../..", f"{code}/02", "%2e%2e", f"{code}\0", "' or ''='", "*", "base-1", " "):
        try:
            seats.sit_down(learning.home, learning.city, typed, "王五", "", now())
            tried.way("class codes", [typed])
        except UserError:
            tried.way("class codes", [])
        try:
            seats.seat_folder(learning.home, Seat(typed, 1))
            tried.way("class codes", [typed])
        except ValueError:
            tried.way("class codes", [])
    for account in (f"T-{code}-03", f"T-{code}-00", f"T-{code}-1", f"T-{code}-01:office", "demo-office", "system", ""):
        tried.way("accounts", [] if seats.trainee(learning.city, account) is None else [account])
    own = seats.seat_folder(learning.home, learning.trainee.seat)
    for number in (0, -1, 100):
        with pytest.raises(ValueError, match="no seat"):
            seats.seat_folder(learning.home, Seat(code, number))
        tried.way("seat numbers", [])
    other = seats.seat_register(learning.home, Seat(code, 2))
    with other.read() as connection:
        count = connection.execute(
            select(func.count()).select_from(event).where(event.c.object_id == "A1")
        ).scalar_one()
    tried.way("stores of other seats", [] if count == 0 and str(own) not in other.url else ["shared"])
    assert tried.leaks == []


def test_nothing_leaves_a_seat_by_message(learning: Learning, tried: Tried):
    from lib.casework.messages.worker import waiting

    with learning.city.read() as connection:
        before = connection.execute(select(func.count()).select_from(outbox)).scalar_one()
    told = [row for row in KINDS if row == "outbox"]
    tried.way("messages", told)
    # What sends looks at the city's register alone; a seat's outbox is nobody's.
    tried.way("messages", ["sent"] if waiting(learning.own, learning.home) else [])
    with learning.city.read() as connection:
        after = connection.execute(select(func.count()).select_from(outbox)).scalar_one()
    assert before == after and tried.leaks == []


def test_the_warehouse_says_nowhere_what_was_planted(learning: Learning, tried: Tried):
    columns = learning.warehouse.query(
        "select table_name, column_name, data_type from information_schema.columns order by all"
    )
    for row in columns.to_dict("records"):
        named = (
            [str(row["column_name"])] if re.search("plant|truth|lookalike|violation_kind", row["column_name"]) else []
        )
        tried.way("columns of the warehouse", named)
        if row["data_type"] == "VARCHAR":
            count = learning.warehouse.query(
                f'select count(*) as n from "{row["table_name"]}" where list_contains($notes, "{row["column_name"]}")',
                {"notes": list(learning.notes)},
            )
            tried.way("texts of the warehouse", [f"{row}"] if int(count["n"].iloc[0]) else [])
    assert tried.leaks == []


# Who may know where the truth lies: who plants it, who reads it, and the command line.
KNOWS = re.compile(r"lib/(warehouse/(demo/|home\.py|truth\.py)|cli/|(insight|casework)/training/)")


@pytest.mark.usefixtures("small_city")  # among the others: all are counted together
def test_no_other_source_knows_where_the_truth_lies(tried: Tried):
    for path in (*ROOT.glob("lib/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"):
        name = path.relative_to(ROOT).as_posix()
        if KNOWS.match(name):
            continue
        named = [
            ast.unparse(node)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if (isinstance(node, ast.Constant) and isinstance(node.value, str) and "truth.parquet" in node.value)
            or (isinstance(node, ast.Name | ast.Attribute) and "truth_path" in ast.unparse(node))
            or (isinstance(node, ast.ImportFrom) and node.module == "lib.warehouse.truth")
        ]
        tried.way("sources", [f"{name}: {one}" for one in named])
    assert tried.leaks == []


def test_from_another_machine_a_running_class_leaves_no_persona_open(
    learning: Learning, tried: Tried, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session, "_is_local", lambda: False)
    for one in personas(True):
        app = AppTest.from_file(APP, default_timeout=120)
        app.query_params["as"] = one.person_id
        app.run()
        tried.way("personas from elsewhere", [] if "viewer" not in app.session_state else [one.person_id])
    token = session.signed_in.begin(
        learning.city, session.signed_in.secret(learning.home), seats.teacher_id(learning.held.code), now()
    )
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["signed_in"] = (seats.teacher_id(learning.held.code), token)
    app.query_params["as"] = "demo-office"
    app.run()
    assert app.session_state["viewer"].person_id == "demo-office"
    assert tried.leaks == []


def test_the_gate_lets_a_trainee_nowhere_without_an_exercise(learning: Learning, tried: Tried):
    for role in ROLES:
        viewer = learning.playing(role)
        open_now = [place.url_path for place in PLACES if gate.opens(viewer, place.file)]
        tried.way("pages without an exercise", [one for one in open_now if one not in ("exercises", "help")])
    assert tried.leaks == []


def test_evidence_is_json_that_names_no_judged_subject(learning: Learning, tried: Tried):
    judged = set(learning.pool["subject_id"])
    for row in snapshot(learning.own, learning.warehouse).objects["warning"].to_dict("records"):
        named = judged & set(re.findall(r'"([^"]+)"', json.dumps(json.loads(row["evidence"]))))
        tried.way("evidence", sorted(named))
    assert tried.leaks == []


def test_while_it_is_judged_an_item_tells_nothing_of_what_it_is(learning: Learning, tried: Tried):
    """The trainee of the second seat begins to judge: nothing that the page carries names a subject or its truth."""
    other = seats.trainee(learning.city, f"T-{learning.held.code}-02")
    assert other is not None and other.seat is not None
    own = seats.seat_register(learning.home, other.seat)
    exercise = exercises()["judge"]
    drawn = marking.drawn(own, learning.warehouse, other, exercise, "seed", [])
    begun = attempts.start(own, other, exercise, "seed", drawn, "begin", now(learning.warehouse))
    [go] = attempts.goes(own, other)
    planted = truth(learning.home)
    planted = planted[planted["kind"].eq(VIOLATION)]
    guilty = set(zip(planted["rule_id"], planted["subject_id"], strict=True))
    app = AppTest.from_file(APP, default_timeout=120)
    key = session.signed_in.secret(learning.home)
    token = session.signed_in.begin(learning.city, key, other.person_id, now())
    app.session_state["signed_in"] = (other.person_id, token)
    app.query_params["class"] = learning.held.code
    app.run()
    seen: dict[bool, set[str]] = {}
    for number, one in enumerate(go.items, start=1):
        app.query_params["attempt"] = str(begun.created)
        app.session_state[f"{go.attempt_id}_{go.state}_item_next"] = number
        app.run()
        assert not app.exception
        told = learning.secrets(_shown(app)) + [one["subject_id"]] * (one["subject_id"] in _shown(app))
        tried.way("items that are judged", told)
        item = judging.shown(learning.warehouse, other, go, number)
        written = "\n".join(table.to_csv() for table in item.tables.values())
        tried.way("tables of items", learning.secrets(written) + [one["subject_id"]] * (one["subject_id"] in written))
        parts = set(re.findall(r"button|checkbox|radio|data_editor|expander", _shown(app)))
        seen.setdefault((one["rule_id"], one["subject_id"]) in guilty, set()).update(parts)
        with pytest.raises(UserError, match="还没有交卷"):
            judging.told(learning.warehouse, other, go, number, ())
        with pytest.raises(UserError, match="还没有交卷"):
            marking.result(own, learning.warehouse, other, exercise, go)
        tried.way("answers before the handing in", [])
    # What stands on the page is of the same kinds for what was planted and for what only looks like it.
    assert len(set(map(frozenset, seen.values()))) == 1 and len(seen) == 2
    with own.read() as connection:
        rows = [str(row) for row in connection.execute(select(event).where(event.c.object_type == "attempt"))]
    for row in rows:
        tried.way("events of an attempt", learning.secrets(row) + re.findall("violation|innocent|guilty", row))
    foreign = _page(learning, "exercises", "office", {"attempt": str(begun.created)})
    tried.way("attempts of other seats", [] if "没有这条记录" in _shown(foreign) else [str(begun.created)])
    assert tried.leaks == []
