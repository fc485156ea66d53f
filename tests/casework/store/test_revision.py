"""A store of an earlier release comes forward by itself, after a backup; one of a later release is refused."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, select, text

from lib.casework.store import archive, revision
from lib.casework.store.archive import Archive
from lib.casework.store.chain import GENESIS, SEALED, event_id, seal
from lib.casework.store.register import Register
from lib.casework.store.schema import event, metadata, person
from lib.casework.store.sealed import digest, of_warning
from lib.casework.store.verify import verify_register
from lib.errors import UserError

AT = datetime(2022, 9, 6, 9, 0)
WARNING = {
    "warning_id": "W0000000000000001", "rule_id": "M05", "rule_hash": "h", "origin": "model", "title": "罚缴不一致",
    "subject_type": "penalty_case", "subject_id": "C1", "period": "", "officer_id": "P1", "org_id": "O1",
    "area_code": "330483101", "domain_code": "ZF", "level": "red", "fired_level": "red", "signal_count": 1,
    "occurred_on": date(2022, 9, 1), "value": 0.1 + 0.2, "threshold": 1.0, "firing": True, "first_seen_at": AT,
    "last_seen_at": AT, "run_id": "M05-1", "version_id": "M05-v1", "evidence": "{}",
}  # fmt: skip
PERSON = {"person_id": "p", "name": "某甲", "role": "office", "area_code": None, "domains": "", "officer_id": None}


def released(url: str) -> None:
    """A store as the release before the one with revisions left it: its tables, no number, a little work in them."""
    engine = create_engine(url)
    of_then = ScriptDirectory(str(revision.FOLDER), version_locations=[str(revision.FOLDER)]).get_revision("0001")
    tables = of_then.module.metadata
    with engine.begin() as connection:
        tables.create_all(connection)
        marks = {"sealed": "1", "store_id": "abc", "kind": "real"}
        connection.execute(tables.tables["store"].insert(), [{"name": k, "value": v} for k, v in marks.items()])
        connection.execute(tables.tables["warning"].insert().values(WARNING))
        connection.execute(tables.tables["person"].insert().values(PERSON))
        generated = {**of_warning(WARNING), "level": "red", "rule_hash": "h", "run_id": "M05-1"}
        events = [
            ("store", "register", "found", {"kind": "real"}),
            ("warning", WARNING["warning_id"], "generate", generated),
            ("person", "p", "grant", {"row": PERSON}),
        ]
        previous = GENESIS
        for seq, (kind, number, action, payload) in enumerate(events, start=1):
            row = {
                "seq": seq, "at": AT, "actor_id": "system", "actor_name": "系统", "actor_role": "system",
                "object_type": kind, "object_id": number, "action": action, "from_state": None, "to_state": "新生成",
                "text": "", "payload": json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
                "submission_id": None, "prev_hash": previous,
            }  # fmt: skip
            previous = row["hash"] = seal(previous, row, SEALED)
            connection.execute(tables.tables["event"].insert().values({**row, "event_id": event_id(previous)}))
        heads = [("event", len(events), previous), ("audit", 0, GENESIS)]
        for name, seq, found in heads:
            connection.execute(tables.tables["chain"].insert().values(name=name, seq=seq, hash=found, revision=1))
    engine.dispose()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    (tmp_path / "warehouse").mkdir()
    return tmp_path / "warehouse" / "register.json"


def test_a_store_of_the_release_before_comes_forward_with_all_its_rows(url: str, kept: Path) -> None:
    released(url)
    register = Register(url, kept)
    [copy] = (kept.parents[1] / "backups").glob("before-*.zip")
    with register.read() as connection:
        assert revision.standing(connection) == revision.head()
        assert connection.execute(select(person)).mappings().one() == {**PERSON, "org_id": None}
        *_, last = connection.execute(select(event).order_by(event.c.seq)).all()
        assert (last.seq, last.action) == (4, "forward")
        assert json.loads(last.payload) == {"from": "", "to": revision.head(), "copy": copy.name}
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert set(inspect(connection).get_table_names()) == set(metadata.tables)
    assert verify_register(register) == []
    assert digest(person, {**PERSON, "org_id": None}) == digest(person, PERSON)
    register.close()
    # What was kept before is of the old shape, and comes forward in its turn.
    held = Archive(copy)
    assert held.revision == revision.UNNUMBERED
    assert "org_id" not in held.manifest["tables"]["person"]["columns"]
    again = Register(url)
    again.refill(held.put_into, 0)
    assert verify_register(again) == []
    with again.read() as connection:
        assert connection.execute(select(person.c.org_id)).one() == (None,)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    again.close()
    assert len(list(copy.parent.iterdir())) == 1


def test_a_store_of_a_later_release_is_refused_untouched(url: str) -> None:
    register = Register(url)
    with register.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
        connection.execute(text("drop table runner"))
    register.close()
    with pytest.raises(UserError, match=r"由更新的版本写成（结构 9999，本程序到 \d{4}），没有改动"):
        Register(url)
    engine = create_engine(url)
    assert not inspect(engine).has_table("runner")
    engine.dispose()


def test_a_store_that_cannot_be_backed_up_is_not_brought_forward(url: str, kept: Path) -> None:
    released(url)
    (kept.parents[1] / "backups").touch()
    with pytest.raises(UserError, match="备份没有写成"):
        Register(url, kept)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert revision.standing(connection) == revision.UNNUMBERED
        assert "org_id" not in {column["name"] for column in inspect(connection).get_columns("person")}
    engine.dispose()


def test_of_the_copies_from_before_the_last_few_stay(url: str, tmp_path: Path) -> None:
    register = Register(url)
    with register.read() as connection:
        for minute in range(archive.KEPT_COPIES + 2):
            archive.keep(connection, tmp_path, revision.head(), AT.replace(minute=minute))
    register.close()
    assert len(list(tmp_path.glob("before-*.zip"))) == archive.KEPT_COPIES
    assert list(tmp_path.glob("before-*-090000.zip")) == []


def test_revisions_follow_one_another_and_end_at_the_present_tables() -> None:
    script = ScriptDirectory(str(revision.FOLDER), version_locations=[str(revision.FOLDER)])
    found = [one.revision for one in script.walk_revisions()]
    assert found == sorted(revision.known(), reverse=True)
    assert script.get_current_head() == revision.head()


def test_whatever_changes_a_table_that_stands_has_a_revision(url: str) -> None:
    """All revisions from the first give the tables of a new store: a column more needs a file in `revisions`."""
    engine = create_engine(url)
    with engine.begin() as connection:
        revision.bring(connection, revision.head())
        metadata.create_all(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
