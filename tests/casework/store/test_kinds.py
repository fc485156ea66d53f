"""Real data never meets the demo: the stores say which they are, and nothing puts the two side by side."""

import json
import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import insert, select

from lib.access import SYSTEM, Forbidden, Viewer
from lib.casework.accounts import people
from lib.casework.demo.build import build_demo
from lib.casework.store.register import (
    REAL,
    SYNTHETIC,
    Register,
    StoreKind,
    casework_url,
    forget_register,
    open_register,
)
from lib.casework.store.schema import event, metadata, person, store
from lib.cli import main
from lib.errors import UserError
from lib.warehouse.generation import begin, publish
from lib.warehouse.load import load_paths
from lib.warehouse.skeleton import create_tables
from tests.casework.conftest import Feed, publish_city
from tests.casework.stepping import on_warning

AT = datetime(2022, 9, 6, 9, 0)


@pytest.fixture
def empty_home(server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "empty"
    place.mkdir()
    monkeypatch.setenv("COCKPIT_HOME", str(place))
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", server_url)
    return place


def _publish_real(home: Path) -> None:
    tmp = begin(home)
    with duckdb.connect(str(tmp)) as con:
        create_tables(con)
        con.execute("insert into meta values ('synthetic', 'false')")
    publish(home, tmp)


def _enter(register: Register, person_id: str = "zhang", **given: str | None) -> Viewer:
    row = {"name": "某甲", "role": "office", "area_code": None, **given}
    people.enter_person(register, person_id=person_id, list_ids=[], at=AT, **row)  # type: ignore[arg-type]
    entered = people.person(register, person_id)
    assert entered is not None
    return entered


def test_a_store_takes_the_kind_of_the_warehouse_beside_it_and_keeps_it(home: Path) -> None:
    register = open_register(home)
    assert register.kind == SYNTHETIC
    _publish_real(home)
    with pytest.raises(StoreKind, match="合成城市"):
        open_register(home)


def test_a_real_store_beside_a_synthetic_city_is_refused(empty_home: Path) -> None:
    _enter(open_register(empty_home))
    publish_city(empty_home)
    with pytest.raises(StoreKind, match="真实数据"):
        open_register(empty_home)
    forget_register(empty_home)


def test_demo_never_replaces_a_real_store_named_by_url(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_register(home)
    forget_register(home)
    url = f"sqlite:///{tmp_path / 'real.sqlite'}"
    real = Register(url)
    _enter(real)
    with real.transaction() as tx:
        tx.append(SYSTEM, AT, "warning", "W1", "note", None, "新生成")
    real.close()
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", url)
    assert main(["demo", "--rows", "60000"]) == 1
    assert "真实数据" in capsys.readouterr().err or "另一个业务库" in capsys.readouterr().err
    after = Register(url)
    with after.read() as connection:
        assert connection.execute(select(event.c.object_type).order_by(event.c.seq)).scalars().all() == [
            "store",
            "person",
            "warning",
        ]
    after.close()
    forget_register(home)


def test_a_real_store_of_an_earlier_release_knows_that_it_is_real(url: str, feed: Feed, inspector: Viewer) -> None:
    register = Register(url)
    with register.engine.begin() as connection:
        connection.execute(insert(person).values(person_id="li", name="某乙", role="office", domains=""))
        connection.execute(store.delete())
    register.close()
    again = Register(url)
    assert again.kind == REAL
    again.close()


def test_a_played_store_of_an_earlier_release_knows_that_it_is_synthetic(register: Register, url: str) -> None:
    with register.transaction() as tx:
        tx.append(Viewer("played-county-1", "示范员01", "county"), AT, "warning", "W1", "sign", None, "已签收")
        tx.connection.execute(store.delete())
        tx.connection.execute(insert(store).values(name="store_id", value="x"))
    with register.engine.begin() as connection:
        connection.execute(store.delete())
    register.close()
    again = Register(url)
    assert again.kind == SYNTHETIC
    again.close()


def test_files_are_not_loaded_into_a_synthetic_city(home: Path, tmp_path: Path) -> None:
    (tmp_path / "penalty_case.csv").write_text("case_id\nC1\n", encoding="utf-8")
    with pytest.raises(UserError, match="COCKPIT_HOME"):
        load_paths(home, [tmp_path / "penalty_case.csv"])


def test_files_are_not_loaded_beside_synthetic_casework(
    empty_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_register(empty_home).claim(SYNTHETIC, AT)
    (tmp_path / "penalty_case.csv").write_text("case_id\nC1\n", encoding="utf-8")
    assert main(["load", str(tmp_path / "penalty_case.csv")]) == 1
    assert "合成城市" in capsys.readouterr().err
    assert not list((empty_home / "warehouse").glob("gen-*"))
    forget_register(empty_home)


def test_a_city_that_files_were_loaded_into_is_shown_to_nobody(home: Path) -> None:
    [path] = (home / "warehouse").glob("gen-*.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute("insert into load_log (batch_id, dataset, status) values ('B2022-1', 'penalty_case', 'loaded')")
    # As an earlier release wrote it: without the size of the file.
    (home / "warehouse" / "current.json").write_text(json.dumps({"number": 1, "file": path.name}), encoding="utf-8")
    with pytest.raises(StoreKind, match="混在一起"):
        open_register(home)


def test_a_city_is_not_built_over_real_data_published_meanwhile(empty_home: Path) -> None:
    from lib.warehouse.demo import build_city

    _publish_real(empty_home)
    with pytest.raises(UserError, match="真实数据"):
        build_city(empty_home, rows=60_000, as_of=date(2022, 9, 25))


def test_a_person_is_not_entered_in_a_synthetic_city(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["person", "--id", "a", "--name", "某", "--role", "office"]) == 1
    assert "真实数据" in capsys.readouterr().err


def test_a_refused_password_enters_nobody(
    empty_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["person", "--id", "admin", "--name", "某甲", "--role", "office", "--password"]) == 1
    assert "密码至少" in capsys.readouterr().err
    assert people.person(open_register(empty_home), "admin") is None
    forget_register(empty_home)


def test_a_demo_whose_store_was_deleted_can_be_built_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_register(home)
    forget_register(home)
    for path in home.glob("casework.sqlite*"):
        path.unlink()
    built: list[int] = []
    monkeypatch.setattr("lib.casework.demo.build.build_city", lambda *_, **__: built.append(1))
    monkeypatch.setattr("lib.casework.demo.build.play_year", lambda *_, **__: {})
    build_demo(home, rows=60_000, seed=1, as_of=date(2022, 9, 25), clean=False, progress=lambda *_: None)
    assert built == [1]


def test_a_revoked_person_no_longer_records_through_an_open_form(register: Register, feed: Feed) -> None:
    [warning_id] = feed({})
    viewer = _enter(register)
    on_warning("sign", register, viewer, warning_id, submission_id="1", at=AT)
    people.revoke_person(register, viewer.person_id, AT)
    with pytest.raises(Forbidden, match="撤销"):
        on_warning("start", register, viewer, warning_id, submission_id="2", at=AT)
    with register.read() as connection:
        last = connection.execute(select(event.c.action).order_by(event.c.seq.desc()).limit(1)).scalar_one()
    assert last == "revoke"


def test_a_person_given_another_scope_is_refused_until_signed_in_anew(register: Register, feed: Feed) -> None:
    [warning_id] = feed({})
    viewer = _enter(register)
    narrowed = _enter(register, role="county", area_code="330482")
    with pytest.raises(Forbidden):
        on_warning("sign", register, viewer, warning_id, submission_id="1", at=AT)
    with pytest.raises(UserError):
        on_warning("sign", register, narrowed, warning_id, submission_id="2", at=AT)


def test_the_officer_number_of_a_person_excludes_what_is_about_them(register: Register, feed: Feed) -> None:
    from lib.access import NotVisible

    [own, other] = feed({}, {"subject_id": "C2", "officer_id": "P002"})
    viewer = _enter(register, officer_id="P001")
    assert viewer.officer_id == "P001"
    with pytest.raises(NotVisible):
        on_warning("sign", register, viewer, own, submission_id="1", at=AT)
    assert on_warning("sign", register, viewer, other, submission_id="2", at=AT).recorded


def test_three_commands_start_an_empty_home_on_real_files(
    empty_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    from lib.casework.accounts.sign_in import sign_in
    from tests.warehouse.load.messy import write_base

    monkeypatch.setattr("sys.stdin", io.StringIO("一个很长的密码1234\n"))
    assert main(["person", "--id", "admin", "--name", "某甲", "--role", "office", "--password"]) == 0
    write_base(tmp_path / "files")
    assert main(["load", str(tmp_path / "files")]) == 0
    register = open_register(empty_home)
    assert register.kind == REAL
    assert sign_in(register, "admin", "一个很长的密码1234", AT).role == "office"
    assert main(["demo", "--rows", "60000"]) == 1
    assert "真实数据" in capsys.readouterr().err
    forget_register(empty_home)


def test_a_draft_of_a_revoked_person_is_not_kept(register: Register, feed: Feed) -> None:
    from lib.casework.drafts import save_draft

    [warning_id] = feed({})
    viewer = _enter(register)
    save_draft(register, viewer, "warning", warning_id, {"text": "甲"}, AT)
    people.revoke_person(register, viewer.person_id, AT)
    with pytest.raises(Forbidden):
        save_draft(register, viewer, "warning", warning_id, {"text": "乙"}, AT)


def test_dropping_and_copying_leaves_no_store_without_its_marks(url: str, tmp_path: Path) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("a file is copied")
    register = Register(url)
    register.claim(REAL, AT)
    register.close()
    source = Path(str(register.engine.url.database))
    shutil.copy(source, tmp_path / "copy.sqlite")
    copy = Register(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    assert copy.kind == REAL
    with copy.engine.begin() as connection:
        metadata.drop_all(connection)
    copy.close()
    assert casework_url(tmp_path).startswith("sqlite")
