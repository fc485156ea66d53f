"""A backup of either database fills either; what is damaged, changed, newer or of another kind is refused."""

import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from lib.access import SYSTEM
from lib.access.personas import personas
from lib.casework import audit
from lib.casework.accounts import people
from lib.casework.custody.backup import backup
from lib.casework.custody.export import export
from lib.casework.custody.restore import restore
from lib.casework.custody.verify import verify_all
from lib.casework.messages.delivery import DEAD, RESTORED, Taken, note_sent, take, take_in
from lib.casework.messages.settings import MESSAGES, Settings, read_settings
from lib.casework.messages.standing import messages, resend
from lib.casework.reading.visible import objects
from lib.casework.store.archive import FLEETING, Archive, write
from lib.casework.store.register import OF_STORE, Register, forget_register, open_register
from lib.casework.store.schema import audit_log, event, metadata, signed_in, warning
from lib.casework.warnings.ingest import ingest
from lib.cli import main
from lib.errors import UserError
from lib.warehouse.store import open_warehouse
from tests.casework import tampering
from tests.casework.conftest import RULE, candidates, publish_city
from tests.casework.messages.conftest import GATEWAY
from tests.casework.stepping import on_warning

AT = datetime(2022, 9, 6, 9, 0)
OFFICE = next(viewer for viewer in personas(True) if viewer.person_id == "demo-office")
COUNTY = next(viewer for viewer in personas(True) if viewer.person_id == "demo-county")


def play(register: Register) -> None:
    """A little of what people leave, with a file, odd words and every type of column."""
    frame = candidates(
        {},
        {"subject_id": "C2", "value": 0.1 + 0.2, "occurred_on": None},
        {"subject_id": "C3", "area_code": "330482001"},
    )
    ingest(register, RULE, "hash-1", frame.drop(columns=["period", "signal_count", "domain_code"]), frame, AT, "M05-1")
    with register.read() as connection:
        [(first,), *_] = connection.execute(text("select warning_id from warning where subject_id = 'C2'")).all()
    on_warning("sign", register, OFFICE, first, submission_id="1", at=AT)
    on_warning("start", register, OFFICE, first, submission_id="2", at=AT)
    found = {"conclusion": "属实", "checked": ["核对票据"], "attachment": ("=票据.txt", bytes(range(256)))}
    on_warning("conclude", register, OFFICE, first, submission_id="3", at=AT, text='=票据\r\n"不符"，𠮷。', **found)
    audit.log(register, OFFICE, "view", "warning", first, at=AT)
    with register.transaction() as tx:
        row = {"browser": "b", "person_id": "p", "since": AT, "seen": AT, "seal": "s"}
        tx.connection.execute(signed_in.insert().values(**row))


@pytest.fixture
def played(home: Path, server_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    register = open_register(home)
    play(register)
    yield register
    # Some tests look elsewhere.
    forget_register(home)
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", server_url)


def content(register: Register) -> dict[str, list]:
    """All that lasts, but what the store notes of itself."""
    of_people = select(event).where(event.c.object_type.not_in(OF_STORE)).order_by(event.c.seq)
    with register.read() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in metadata.sorted_tables
            if table.name not in (*FLEETING, "chain", "event")
        }
        return found | {"event": list(connection.execute(of_people).all())}


def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str = "") -> Path:
    """Another home, on a city built anew, with an empty store."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    monkeypatch.setenv("COCKPIT_HOME", str(place))
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", url)
    publish_city(place, days_apart=2)
    return place


def test_a_backup_fills_an_empty_store_of_the_other_database(
    played: Register, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(played)
    path = backup(played, home, AT, SYSTEM)
    assert path.stat().st_mode & 0o777 == 0o600
    assert verify_all(played, home) == []
    other = elsewhere(tmp_path, monkeypatch)
    found = restore(other, path, AT, SYSTEM)
    assert found.before is None
    assert found.unsure == [
        "第 1 代仓库文件的内容与事件登记的不符：gen-000001.duckdb",
        f"链头的签名没有核对：封存密钥不在或读不了：{other / 'seal.key'}",
    ]
    filled = open_register(other)
    assert content(filled) == before
    assert verify_all(filled, other) == []
    with filled.read() as connection:
        last = connection.execute(select(event).where(event.c.action == "restore")).one()
        assert connection.execute(select(signed_in)).all() == []
    assert json.loads(last.payload)["file"] == path.name
    # And on it goes.
    on_warning("sign", filled, OFFICE, before_unsigned(filled), submission_id="9", at=AT)
    back = backup(filled, other, AT.replace(hour=10), SYSTEM)
    forget_register(other)
    monkeypatch.setenv("COCKPIT_HOME", str(home))
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", played.url if not played.sqlite else "")
    # Signed with the key of the other home.
    with pytest.raises(UserError, match="签名与本机的封存密钥不符"):
        restore(home, back, AT, SYSTEM, replace=True)
    monkeypatch.setenv("COCKPIT_SEAL_KEY", str(other / "seal.key"))
    assert restore(home, back, AT, SYSTEM, replace=True).before is not None
    assert content(open_register(home))["event"][-1].action == "sign"


def before_unsigned(register: Register) -> str:
    with register.read() as connection:
        return connection.execute(text("select min(warning_id) from warning where subject_id = 'C1'")).scalar_one()


def test_a_used_store_is_replaced_only_on_demand_and_kept_first(
    played: Register, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["casework", "backup"]) == 0
    [path] = (home / "backups").glob("casework-*.zip")
    on_warning("sign", played, OFFICE, before_unsigned(played), submission_id="late", at=AT)
    late = content(played)
    assert main(["casework", "restore", str(path)]) == 1
    assert "业务库里已有记录" in capsys.readouterr().err
    assert main(["casework", "restore", str(path), "--replace", "--reason", "误操作"]) == 0
    [kept] = (home / "backups").glob("replaced-*.zip")
    assert f"原有记录另存为：{kept}" in capsys.readouterr().out
    register = open_register(home)
    assert len(content(register)["event"]) == len(late["event"]) - 1
    assert main(["casework", "verify"]) == 0
    assert main(["casework", "restore", str(kept), "--replace"]) == 0
    assert content(open_register(home)) == late


def _edited(path: Path, edit: Callable[[str, bytes], bytes | None]) -> None:
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w") as packed:
        for name, held in parts.items():
            if (new := edit(name, held)) is not None:
                packed.writestr(name, new)


def _manifest(path: Path, **changed: object) -> None:
    def edit(name: str, held: bytes) -> bytes:
        return json.dumps({**json.loads(held), **changed}).encode() if name == "manifest.json" else held

    _edited(path, edit)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def a_table_missing(path: Path) -> None:
    _edited(path, lambda name, held: None if name == "tables/event.jsonl" else held)


def a_row_changed(path: Path) -> None:
    _edited(path, lambda name, held: held.replace("属实".encode(), "有误".encode()) if "event" in name else held)


def written_by_a_later_release(path: Path) -> None:
    _manifest(path, revision="9999")


def a_table_nobody_knows(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        tables = json.loads(packed.read("manifest.json"))["tables"]
    _manifest(path, tables={**tables, "later": {"columns": {}, "rows": 0, "sha256": ""}})


def no_zip(path: Path) -> None:
    path.write_bytes(b"event")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (cut_short, "打不开或没有清单"),
        (a_table_missing, "表 event 第 1 行读不出"),
        (a_row_changed, "表 event 的内容与清单不符"),
        (written_by_a_later_release, "由更新的版本写成（结构 9999"),
        (a_table_nobody_knows, "有表 later"),
        (no_zip, "打不开或没有清单"),
    ],
)
def test_a_spoilt_backup_is_refused_and_nothing_changed(
    played: Register, home: Path, spoil: Callable[[Path], None], told: str
) -> None:
    if not played.sqlite:
        pytest.skip("the file is the same")
    path, before = backup(played, home, AT, SYSTEM), content(played)
    spoil(path)
    with pytest.raises(UserError, match=told):
        restore(home, path, AT, SYSTEM, replace=True)
    assert content(open_register(home)) == before


def test_a_backup_changed_whole_is_told_by_the_signature(played: Register, home: Path, tmp_path: Path) -> None:
    """Another text, all hashes and digests right; only the checkpoint of the manifest does not fit."""
    if not played.sqlite:
        pytest.skip("the file is the same")
    true = backup(played, home, AT, SYSTEM)
    forged = Register(f"sqlite:///{tmp_path / 'forged.sqlite'}")
    forged.refill(Archive(true).put_into, 0)
    with forged.engine.begin() as connection:
        tampering.lift(connection)

        def edit(row: dict) -> None:
            row["text"] = row["text"].replace("不符", "相符")

        tampering.rewritten(connection, edit)
        about = {name: held for name, held in Archive(true).manifest.items() if name != "tables"}
        write(connection, true, about)
    forged.close()
    with pytest.raises(UserError, match="之间被改写过"):
        restore(home, true, AT, SYSTEM, replace=True)


def test_a_store_that_cannot_be_opened_is_moved_aside_and_replaced(played: Register, home: Path) -> None:
    if not played.sqlite:
        pytest.skip("a file of SQLite")
    path, before = backup(played, home, AT, SYSTEM), content(played)
    forget_register(home)
    (home / "casework.sqlite").write_bytes(b"no database at all" * 1000)
    with pytest.raises(UserError, match="打不开"):
        restore(home, path, AT, SYSTEM)
    restore(home, path, AT, SYSTEM, replace=True)
    assert content(open_register(home)) == before
    assert len(list((home / "backups").glob("damaged-*/casework.sqlite"))) == 1


def test_a_backup_of_the_other_kind_is_refused(
    played: Register, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backup(played, home, AT, SYSTEM)
    other = tmp_path / "real"
    (other / "warehouse").mkdir(parents=True)
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", "")
    register = open_register(other)
    people.enter_person(register, person_id="p", name="某", role="office", area_code=None, list_ids=[], at=AT)
    with pytest.raises(UserError, match="业务库属于真实数据，备份属于合成城市"):
        restore(other, path, AT, SYSTEM, replace=True)
    forget_register(other)


def test_while_people_write_the_copy_is_of_one_moment(played: Register, home: Path) -> None:
    over = threading.Event()

    def work() -> None:
        number = 0
        while not over.is_set():
            number += 1
            with played.transaction() as tx:
                tx.append(SYSTEM, AT, "warning", "W1", "note", None, "新生成", str(number))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        paths = [backup(played, home, AT.replace(minute=minute), SYSTEM) for minute in range(3)]
    finally:
        over.set()
        worker.join()
    for path in paths:
        assert restore(home, path, AT, SYSTEM, replace=True).unsure == []


def test_export_stays_within_rights_scope_and_masking_and_is_logged(
    played: Register, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["casework", "export", "--for", "demo-office", "--reason", "年度归档"]) == 0
    [folder] = (home / "exports").iterdir()
    assert {path.name for path in folder.iterdir()} >= {
        "warning.csv",
        "warning_events.csv",
        "clue.csv",
        "manifest.json",
    }
    told = (folder / "warning_events.csv").read_text(encoding="utf-8-sig")
    assert "'=票据" in told and "conclude" in told
    with played.read() as connection:
        logged = connection.execute(select(audit_log).where(audit_log.c.action == "export")).all()
    assert {row.object_type for row in logged} >= {"warning", "clue"}
    assert {(row.person_id, row.reason) for row in logged} == {("demo-office", "年度归档")}
    rows = {
        viewer.person_id: export(played, viewer, open_warehouse(home), tmp_path / viewer.person_id, "parquet", "x", AT)
        for viewer in (OFFICE, COUNTY)
    }
    assert rows["demo-office"]["warning.parquet"] == 3
    assert rows["demo-county"]["warning.parquet"] == 2
    assert main(["casework", "export", "--for", "demo-leader", "--reason", "看看"]) == 1
    assert main(["casework", "export", "--for", "nobody", "--reason", "看看"]) == 1
    assert "您的角色不能导出" in capsys.readouterr().err
    with pytest.raises(UserError, match="没有写成"):
        export(played, OFFICE, open_warehouse(home), folder, "csv", "x", AT)


def test_a_backup_says_where_it_cannot_be_written(played: Register, home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="备份没有写成"):
        backup(played, home, AT, SYSTEM, tmp_path / "file" / "here")


def prompted(register: Register, subject: str, key: str) -> str:
    """A prompt, with its message, that a warning about the subject has sent; its number."""
    with register.read() as connection:
        number = connection.execute(select(warning.c.warning_id).where(warning.c.subject_id == subject)).scalar_one()
    before = set(objects(register, OFFICE, None, "prompt")["prompt_id"])
    on_warning("prompt", register, OFFICE, number, submission_id=key, at=AT)
    [new] = set(objects(register, OFFICE, None, "prompt")["prompt_id"]) - before
    return str(new)


def taken_by(register: Register, rules: Settings, workers: int) -> list[Taken]:
    found = [take(register, rules, "gateway", f"w{number}", AT) for number in range(workers)]
    return [one for one in found if one is not None]


def test_what_a_backup_has_as_unsent_is_held_after_a_restore_until_a_person_sends_it_again(
    played: Register, home: Path
) -> None:
    rules = replace(read_settings(MESSAGES), quiet=(time(0), time(0)), together=timedelta(0))
    prompted(played, "C1", "first")
    assert take_in(played, rules, GATEWAY, AT, AT) == 1
    prompted(played, "C1", "second")
    path = backup(played, home, AT, SYSTEM)
    # Both have gone out since.
    take_in(played, rules, GATEWAY, AT, AT)
    sent = taken_by(played, rules, 2)
    assert len(sent) == 2
    for one in sent:
        note_sent(played, one, AT)
    restore(home, path, AT, SYSTEM, replace=True)
    register = open_register(home)
    take_in(register, rules, GATEWAY, AT, AT)
    assert take(register, rules, "gateway", "w3", AT) is None
    found = messages(register, OFFICE, None)
    assert found["state"].tolist() == [DEAD] * 2 and set(found["reason"]) == {RESTORED}
    # What is written from now on goes by itself, what was held at a person's word.
    fresh = prompted(register, "C3", "third")
    take_in(register, rules, GATEWAY, AT, AT)
    assert [one.row.object_id for one in taken_by(register, rules, 2)] == [fresh]
    chosen = list(zip(found["outbox_id"], found["channel"], strict=True))
    assert resend(register, OFFICE, chosen, AT, AT) == 2
    assert {one.row.outbox_id for one in taken_by(register, rules, 3)} == set(found["outbox_id"])
    assert verify_all(register, home) == []
