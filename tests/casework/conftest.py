"""A register of its own for every test, and a small fabricated warehouse."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from zlib import crc32

import duckdb
import pandas as pd
import pytest

from lib.access import Viewer
from lib.casework.store.register import Register, _opened, forget_register, open_register
from lib.casework.warnings.ingest import ingest
from lib.warehouse.generation import begin, publish
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables
from tests.casework import postgres
from tests.casework.stepping import on_warning

AS_OF = date(2022, 9, 25)
MONDAY = datetime(2022, 9, 5, 9, 0)
RULE = SimpleNamespace(id="M05", title="罚缴不一致")
_KEPT = TemporaryDirectory(prefix="cities-")
STORES = ("sqlite", "postgresql")
# What a store does by itself, and what goes from one into the other, is tried on both each time.
_ON_BOTH = ("tests/casework/store/", "tests/casework/custody/test_backup.py")


def pytest_itemcollected(item: pytest.Item) -> None:
    """What people do in a store is tried on one of both, in turn by name; with -m scale on the other."""
    store = item.callspec.params.get("server_url") if hasattr(item, "callspec") else None
    if store is None or item.nodeid.startswith(_ON_BOTH):
        return
    # Where there is no server, none of what could be tried is left out.
    there = postgres.programs() is not None or "CI" in os.environ
    chosen = STORES[crc32(item.nodeid.replace(store, "").encode()) % 2] if there else "sqlite"
    if store != chosen:
        item.add_marker("scale")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of this run."""
    postgres.needed()
    with postgres.running() as url:
        yield url


@pytest.fixture
def cleared() -> Callable[[str], None]:
    """What a database of the server is made before a test: an empty store."""
    return postgres.empty


@pytest.fixture(params=STORES)
def server_url(request: pytest.FixtureRequest, cleared: Callable[[str], None]) -> str:
    """The address of a database on a server, `cleared`; empty where a file in the home folder is the store."""
    if request.param == "sqlite":
        return ""
    url = request.getfixturevalue("server")
    # One that an earlier test left open takes its chains for begun.
    if (left := _opened.pop(url, None)) is not None:
        left.close()
    cleared(url)
    return url


@pytest.fixture
def url(server_url: str, tmp_path: Path) -> str:
    """The address of an empty store."""
    return server_url or empty_file(tmp_path / "casework.sqlite")


def empty_file(place: Path) -> str:
    """The address of an empty store in a file, laid once in a process and copied."""
    shutil.copy(_empty_file(), place)
    return f"sqlite:///{place}"


@cache
def _empty_file() -> Path:
    kept = Path(_KEPT.name) / "empty.sqlite"
    Register(f"sqlite:///{kept}").close()
    return kept


@pytest.fixture
def register(url: str) -> Iterator[Register]:
    opened = Register(url)
    yield opened
    opened.close()


@pytest.fixture
def inspector() -> Viewer:
    return Viewer("p-inspector", "示范员01", "inspector")


@pytest.fixture
def office() -> Viewer:
    return Viewer("p-office", "示范员02", "office")


@pytest.fixture
def leader() -> Viewer:
    return Viewer("p-leader", "示范员04", "leader")


@pytest.fixture
def county() -> Viewer:
    return Viewer("p-county", "示范员03", "county", area_code="330483")


def candidates(*rows: dict) -> pd.DataFrame:
    """Candidate warnings with the usual values where a row gives none."""
    usual = {
        "subject_type": "penalty_case",
        "subject_id": "C1",
        "period": "",
        "level": "yellow",
        "officer_id": "P001",
        "org_id": "O0001",
        "area_code": "330483101",
        "domain_code": "ZF",
        "occurred_on": date(2022, 9, 1),
        "value": 200.0,
        "threshold": 1.0,
        "signal_count": 1,
        "evidence": '{"branches":["gap"],"gap":200}',
    }
    return pd.DataFrame([{**usual, **row} for row in rows], columns=list(usual))


Feed = Callable[..., list[str]]


@pytest.fixture
def feed(register: Register) -> Feed:
    """Ingest candidates given as keyword rows; returns the warning ids in the order of the rows."""

    def put(*rows: dict, at: datetime = MONDAY, rule: SimpleNamespace = RULE) -> list[str]:
        frame = candidates(*rows)
        ingest(register, rule, "hash-1", None, frame, at, "M05-000001")
        return [
            warnings_id(rule.id, row.subject_type, row.subject_id, row.period) for row in frame.itertuples(index=False)
        ]

    return put


def warnings_id(rule_id: str, subject_type: str, subject_id: str, period: str = "") -> str:
    from lib.rules import warning_id

    return warning_id(rule_id, subject_type, subject_id, period)


@pytest.fixture
def concluded(register: Register, feed: Feed, inspector: Viewer) -> str:
    """A warning that the inspector has signed, checked and found 属实."""
    [warning_id] = feed({})
    at = MONDAY.replace(hour=10)
    on_warning("sign", register, inspector, warning_id, submission_id="c-1", at=at)
    on_warning("start", register, inspector, warning_id, submission_id="c-2", at=at.replace(hour=11))
    on_warning(
        "conclude",
        register,
        inspector,
        warning_id,
        submission_id="c-3",
        at=at.replace(hour=15),
        conclusion="属实",
        text="票据金额少于罚款。",
        checked=["核对票据"],
    )
    return warning_id


@pytest.fixture
def home(server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with a small synthetic warehouse: three orgs, a few cases and dispatches."""
    place = tmp_path / "home"
    place.mkdir()
    monkeypatch.setenv("COCKPIT_HOME", str(place))
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", server_url)
    publish_city(place)
    yield place
    forget_register(place)


@pytest.fixture
def home_register(home: Path) -> Register:
    return open_register(home)


def publish_city(
    home: Path, changed: dict[str, int] | None = None, as_of: date = AS_OF, days_apart: int = 1, dispatches: int = 0
) -> None:
    """Publish a generation with 40 cases `days_apart` and so many late dispatches, one every twelve days.

    `changed` overrides when a dataset last changed.
    """
    shutil.copy(_city(tuple(sorted((changed or {}).items())), as_of, days_apart, dispatches), tmp := begin(home))
    publish(home, tmp)


@cache
def _city(changed: tuple[tuple[str, int], ...], as_of: date, days_apart: int, dispatches: int) -> Path:
    """The file of a generation as `publish_city` publishes it, written once in a process."""
    kept = Path(_KEPT.name) / f"{_city.cache_info().misses}.duckdb"
    with duckdb.connect(str(kept)) as con:
        con.begin()
        create_tables(con)
        fill_reference(con)
        con.execute("insert into meta values ('synthetic', 'true'), ('as_of', ?), ('rows', '60000')", [str(as_of)])
        con.execute(
            """
            insert into org (org_id, org_name, org_level, domain_code, area_code) values
                ('O0001', '濮院镇综合行政执法队', '镇街', 'ZF', '330483101'),
                ('O0002', '平湖市市场监管局', '县', 'SC', '330482'),
                ('O0003', '市交通运输局', '市', 'JT', '330400')
            """
        )
        con.execute(
            """
            insert into penalty_case (case_id, org_id, area_code, decision_date, fine_amt, result_type)
            select 'C' || n, 'O000' || (1 + n % 3), ['330483101', '330482', '330400'][1 + n % 3],
                cast($as_of as date) - n::int * $days_apart::int, 1000 * n, '处罚'
            from range(1, 41) as numbers(n)
            """,
            {"as_of": str(as_of), "days_apart": days_apart},
        )
        con.execute(
            """
            insert into grid_dispatch
                (dispatch_id, event_no, to_org_id, officer_id, area_code, assigned_at, due_at, finished_at)
            select 'D' || n, 'E' || n, 'O0001', 'P' || n, '330483101', moment, moment + interval 1 day,
                moment + interval 5 day
            from (
                select n, cast($as_of as timestamp) - interval (15 + n * 12) day as moment
                from range($dispatches) as numbers(n)
            )
            """,
            {"as_of": str(as_of), "dispatches": dispatches},
        )
        for dataset in ("penalty_case", "grid_dispatch"):
            con.execute(
                "insert into dataset_state values (?, 40, ?, timestamp '2022-09-24 06:00:00')",
                [dataset, dict(changed).get(dataset, 1)],
            )
        con.commit()
    return kept
