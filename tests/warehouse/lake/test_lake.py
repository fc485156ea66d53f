"""A generation as Parquet: what is read back, what is written again, what a crash or a damage leaves."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from lib.casework.store.register import opened_register
from lib.casework.store.schema import audit_log
from lib.catalog import load_catalog
from lib.catalog.dataset import ROOT
from lib.cli import main
from lib.errors import UserError
from lib.warehouse.generation import Generation, begin, current, next_number, note
from lib.warehouse.generation import publish as put_in_force
from lib.warehouse.lake import (
    Manifest,
    Place,
    generation_in,
    manifest_of,
    place_of,
    prune_lake,
    publish_lake,
    verify_lake,
)
from lib.warehouse.lake.publishing import alone
from lib.warehouse.marts import build_marts
from lib.warehouse.store import open_warehouse
from tests.cities import handmade
from tests.cities.handmade import AS_OF, DAY
from tests.warehouse.lake.store import serving


def _changed(home: Path, sql: str, *, marts: bool = False) -> Generation:
    """The next generation: the one in force after a statement."""
    tmp = begin(home, current(home))
    with duckdb.connect(str(tmp)) as con:
        con.execute(sql)
        if marts:
            build_marts(con)
        note(con, next_number(tmp), "load", AS_OF, DAY, "B2")
        con.execute("checkpoint")
    return put_in_force(home, tmp)


def _differences(home: Path, place: Place, manifest: Manifest) -> list[str]:
    """Tables of the generation in force whose rows or types are others in the lake, read by DuckDB."""
    path = open_warehouse(home).generation.path
    wrong = []
    with duckdb.connect() as con:
        con.execute(f"attach '{path}' as held (read_only)")
        kept = {
            name
            for (name,) in con.execute("select table_name from duckdb_tables() where database_name = 'held'").fetchall()
        }
        wrong += sorted(kept - set(manifest.tables) - {"quarantine"})
        for name in manifest.tables:
            files = [f"{place.folder}/{path}" for path in manifest.paths(name)]
            con.execute("create or replace temp table came as from read_parquet($files)", {"files": files})
            types = [con.execute(f"describe {of}").fetchall() for of in (f"held.{name}", "came")]
            named = [
                [row[:2] for row in one if row[0] not in ("month", "begun_month", "led_from_month")] for one in types
            ]
            columns = ", ".join(f'"{column}"' for column, _ in named[0])
            other = [
                con.execute(
                    f"select count(*) from (select {columns} from {a} except all select {columns} from {b})"
                ).fetchall()[0][0]
                for a, b in ((f"held.{name}", "came"), ("came", f"held.{name}"))
            ]
            if named[0] != named[1][: len(named[0])] or other != [0, 0]:
                wrong.append(f"{name} {other} {named}")
    return wrong


def test_what_duckdb_reads_back_is_the_generation_whatever_a_value_is(odd_home: Path, lake: Place) -> None:
    manifest = publish_lake(odd_home, lake).manifest
    assert _differences(odd_home, lake, manifest) == []
    assert manifest.rows["penalty_case"] == manifest.rows["penalty_case_history"] == 5
    assert {name for name, table in manifest.tables.items() if table.kind == "dataset"} == {
        dataset.name for dataset in load_catalog().numbered
    }


@pytest.fixture(scope="module")
def city_lake(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The small city as a lake. Shared: read it, never write to it."""
    place = place_of(str(tmp_path_factory.mktemp("city-lake")), small_city)
    done = publish_lake(small_city, place)
    assert len(done.written) == len(done.manifest.files)
    return place


def test_every_table_of_a_city_is_read_back_and_every_month_lies_in_its_folder_in_order(
    small_city: Path, city_lake: Place
) -> None:
    place = city_lake
    manifest = manifest_of(place)
    assert manifest is not None
    assert _differences(small_city, place, manifest) == []
    table = manifest.tables["penalty_case"]
    assert len(table.files) > 20 and table.rows == sum(one.rows for one in table.files)
    for one in table.files:
        read = pq.ParquetFile(f"{place.folder}/{one.path}")
        assert read.metadata.row_group(0).column(0).compression == "ZSTD"
        keys = read.read(["filed_date", "case_id"]).to_pylist()
        assert {str(row["filed_date"])[:7] for row in keys} == {one.month}
        assert one.path.startswith(f"penalty_case/month={one.month}/")
        found = [(row["filed_date"], row["case_id"]) for row in keys]
        assert found == sorted(found)
    assert len(manifest.paths("enterprise")) == 1


def test_the_same_generation_gives_the_same_bytes(odd_home: Path, lake: Place, tmp_path: Path) -> None:
    other = publish_lake(odd_home, place_of(str(tmp_path / "other"), odd_home))
    assert len(other.written) == len(other.manifest.files) and other.manifest == manifest_of(lake)


def test_a_corrected_month_is_written_again_and_no_other(city_copy: Path, city_lake: Place, tmp_path: Path) -> None:
    assert city_lake.folder is not None
    shutil.copytree(city_lake.folder, tmp_path / "lake")
    place = place_of(str(tmp_path / "lake"), city_copy)
    before = publish_lake(city_copy, place)
    assert before.written == ()
    _changed(
        city_copy,
        "update penalty_case set place_text = '更正' where case_id = "
        "(select min(case_id) from penalty_case where date_trunc('month', filed_date) = date '2022-03-01')",
    )
    after = publish_lake(city_copy, place)
    told = {one.path.split("/")[0] for one in after.written}
    assert [one.month for one in after.written if one.path.startswith("penalty_case/")] == ["2022-03"]
    assert told == {"penalty_case", "generation_log"}
    assert _differences(city_copy, place, after.manifest) == []
    # Whoever still reads the generation before finds all of it.
    assert before.manifest == manifest_of(place, before.manifest.kept_as)
    assert all((place.folder / path).exists() for path in before.manifest.paths("penalty_case"))


def test_a_generation_is_found_in_its_own_lake_and_in_no_other(odd_home: Path, lake: Place, tmp_path: Path) -> None:
    assert generation_in(lake, open_warehouse(odd_home)) == manifest_of(lake)
    with pytest.raises(UserError, match="没有第 1 代数据"):
        generation_in(place_of(str(tmp_path / "empty"), odd_home), open_warehouse(odd_home))
    # Another home whose generation has the same number.
    other = tmp_path / "other"
    shutil.copytree(odd_home, other)
    (path,) = (other / "warehouse").glob("gen-*.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute("update generation_log set published_at = published_at + interval '1 minute'")
    with pytest.raises(UserError, match="里的第 1 代数据不是这里的"):
        generation_in(lake, open_warehouse(other))


def test_two_rows_that_change_their_values_for_each_other_are_a_change(odd_home: Path, lake: Place) -> None:
    _changed(odd_home, "update officer set name_masked = officer_id")
    publish_lake(odd_home, lake)
    swap = "case officer_id when '0键' then '1键' when '1键' then '0键' else officer_id end"
    _changed(odd_home, f"update officer set name_masked = {swap}")
    after = publish_lake(odd_home, lake)
    assert "officer" in {one.path.split("/")[0] for one in after.written}
    assert _differences(odd_home, lake, after.manifest) == []


def test_pruning_takes_what_no_kept_manifest_names_and_nothing_else(odd_home: Path, lake: Place) -> None:
    first = manifest_of(lake)
    assert first is not None and lake.folder is not None
    (lake.folder / "读我.txt").write_text("别人的")
    for number in range(2):
        _changed(odd_home, f"update officer set name_masked = '第{number}次'")
        last = publish_lake(odd_home, lake).manifest
    gone = prune_lake(odd_home, lake)
    (old,) = first.paths("officer")
    assert old in gone and first.kept_as in gone
    kept = {*last.paths("officer"), *first.paths("penalty_case"), "manifest.json", "读我.txt"}
    assert kept <= set(lake.sizes()) and not set(gone) & set(lake.sizes())
    assert verify_lake(lake)[1] == []
    assert manifest_of(lake, "manifests/gen-000002.json") is not None
    assert prune_lake(odd_home, lake) == {}


def test_nothing_is_pruned_while_the_home_publishes_files_that_no_manifest_names_yet(
    odd_home: Path, lake: Place
) -> None:
    assert lake.folder is not None
    path = lake.folder / "officer" / f"{'0' * 32}.parquet"
    path.write_bytes(b"rows")
    with alone(odd_home), pytest.raises(UserError, match="另一个发布任务正在进行"):
        prune_lake(odd_home, lake)
    assert path.exists()
    assert set(prune_lake(odd_home, lake)) == {f"officer/{path.name}"}


def test_real_and_synthetic_data_never_lie_in_one_lake(lake: Place, tmp_path: Path) -> None:
    real = handmade.put(tmp_path / "real", synthetic=False)
    with pytest.raises(UserError, match="合成城市，不能放进真实数据"):
        publish_lake(real, lake)


# Publishes and kills itself at the n-th file that is put in its place.
_DIE = """
import os, signal, sys
from pathlib import Path
from lib.warehouse.lake import place_of, publish_lake

replace, count = os.replace, 0

def counted(source, target):
    global count
    count += 1
    if sys.argv[3] in (str(count), Path(target).name):
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)

os.replace = counted
home = Path(sys.argv[1])
publish_lake(home, place_of(sys.argv[2], home))
"""


@pytest.mark.parametrize("moment", ["40", "gen-000002.json", "manifest.json"])
def test_killed_in_the_middle_the_lake_is_what_it_was(odd_home: Path, lake: Place, moment: str) -> None:
    tmp = begin(odd_home, current(odd_home))
    with duckdb.connect(str(tmp)) as con:
        for dataset in load_catalog().numbered:
            con.execute(f"update \"{dataset.name}\" set batch_id = 'B2'")
        note(con, next_number(tmp), "load", AS_OF, DAY, "B2")
    put_in_force(odd_home, tmp)
    before = manifest_of(lake)
    script = [sys.executable, "-c", _DIE, str(odd_home), str(lake.folder), moment]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert manifest_of(lake) == before and before is not None and before.generation == 1
    assert verify_lake(lake) == (before, [])
    after = publish_lake(odd_home, lake).manifest
    assert after.generation == 2 and verify_lake(lake) == (after, [])
    assert _differences(odd_home, lake, after) == []
    prune_lake(odd_home, lake)
    assert [path for path in lake.sizes() if path.endswith(".tmp")] == []


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


@pytest.mark.parametrize(("spoil", "said"), [(_flipped, "内容被改动"), (_cut, "大小不对"), (Path.unlink, "文件不在了")])
def test_a_spoilt_file_is_named_and_publishing_again_mends_it(
    odd_home: Path, lake: Place, monkeypatch, capsys, spoil, said: str
) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(odd_home))
    assert main(["publish", "--verify", str(lake.folder)]) == 0
    assert "都完好" in capsys.readouterr().out
    path = manifest_of(lake).paths("officer")[0]  # type: ignore[union-attr]
    spoil(lake.folder / path)
    assert main(["publish", "--verify", str(lake.folder)]) == 1
    out = capsys.readouterr().out
    assert path in out and said in out and out.count("\n") == 2
    (lake.folder / path).unlink(missing_ok=True)
    assert main(["publish", "--to", str(lake.folder)]) == 0
    assert main(["publish", "--verify", str(lake.folder)]) == 0
    with opened_register(odd_home).read() as connection:
        [line] = connection.execute(select(audit_log)).all()
    assert (line.action, line.object_type, json.loads(line.detail)) == ("take", "generation", {"published": lake.url})


def test_a_reader_that_looks_at_the_checksums_of_pages_stops_at_a_byte_that_turned(lake: Place) -> None:
    """Most bytes that turn are read without a word otherwise."""
    assert lake.folder is not None
    path = lake.folder / manifest_of(lake).paths("officer")[0]  # type: ignore[union-attr]
    whole = pq.ParquetFile(path, page_checksum_verification=True)
    assert whole.read().num_rows == 5
    place = whole.metadata.row_group(0).column(0)
    content = bytearray(path.read_bytes())
    content[(place.dictionary_page_offset or place.data_page_offset) + place.total_compressed_size - 1] ^= 1
    path.write_bytes(content)
    with pytest.raises(OSError, match="CRC"):
        pq.ParquetFile(path, page_checksum_verification=True).read()


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}'])
def test_a_damaged_manifest_is_told_and_a_new_one_takes_its_place(odd_home: Path, lake: Place, text: str) -> None:
    whole = manifest_of(lake)
    (lake.folder / "manifest.json").write_text(text)
    with pytest.raises(UserError, match=r"清单损坏.*manifest\.json"):
        verify_lake(lake)
    with pytest.raises(UserError, match="清单损坏"):
        prune_lake(odd_home, lake)
    assert publish_lake(odd_home, lake).manifest == whole


def test_a_manifest_with_one_number_changed_is_damaged(lake: Place) -> None:
    path = lake.folder / "manifest.json"
    held = json.loads(path.read_text())
    held["tables"]["officer"]["rows"] += 1
    path.write_text(json.dumps(held, ensure_ascii=False, indent=1))
    with pytest.raises(UserError, match="清单损坏"):
        manifest_of(lake)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "ftp://host/lake"], "不认识的位置"),
        (["--to", "s3://lake/city"], "没有对象存储的访问密钥"),
        (["--to", "README.md"], "不是文件夹"),
        (["--verify", "nothing-here"], "没有清单"),
    ],
)
def test_a_place_that_is_none_is_told_in_one_line(odd_home: Path, monkeypatch, capsys, arguments, said: str) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(odd_home))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.chdir(ROOT)
    assert main(["publish", *arguments]) == 1
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err


def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "cockpit")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-store")


def test_a_store_without_an_address_is_never_looked_for(odd_home: Path, monkeypatch) -> None:
    _keys(monkeypatch)
    with pytest.raises(UserError, match="没有给出对象存储的地址"):
        place_of("s3://lake/city", odd_home)
    (odd_home / "lake.toml").write_text('endpoint = "http://127.0.0.1:1"\n')
    (odd_home / "lake.toml").chmod(0o644)
    with pytest.raises(UserError, match="chmod 600"):
        place_of("s3://lake/city", odd_home)
    (odd_home / "lake.toml").chmod(0o600)
    assert place_of("s3://lake/city", odd_home).folder is None


def test_a_store_takes_publishes_verifies_and_prunes_like_a_folder(odd_home: Path, lake: Place, monkeypatch) -> None:
    _keys(monkeypatch)
    with serving("lake") as store:
        place = place_of("s3://lake/city", odd_home, store.endpoint)
        first = publish_lake(odd_home, place)
        assert first.manifest == manifest_of(lake)
        assert store.keys == {"cockpit"} and publish_lake(odd_home, place).written == ()
        assert verify_lake(place) == (first.manifest, [])
        for number in range(2):
            _changed(odd_home, f"update officer set name_masked = '第{number}次'")
            publish_lake(odd_home, place)
        (old,) = first.manifest.paths("officer")
        assert old in prune_lake(odd_home, place) and f"city/{old}" not in store.buckets["lake"]
        path = manifest_of(place).paths("officer")[0]  # type: ignore[union-attr]
        held = bytearray(store.buckets["lake"][f"city/{path}"])
        held[50] ^= 1
        store.buckets["lake"][f"city/{path}"] = bytes(held)
        assert verify_lake(place)[1] == [f"{path}：内容被改动，校验值不对"]


def test_a_store_that_refuses_or_is_not_there_leaves_the_old_manifest_and_says_so(odd_home: Path, monkeypatch) -> None:
    _keys(monkeypatch)
    with serving("lake") as store:
        place = place_of("s3://lake/city", odd_home, store.endpoint)
        before = publish_lake(odd_home, place).manifest
        _changed(odd_home, "update officer set name_masked = '新名'")
        store.refusing = True
        with pytest.raises(UserError, match="没有权限"):
            publish_lake(odd_home, place)
        store.refusing = False
        assert verify_lake(place) == (before, [])
        with pytest.raises(UserError, match="没有这个存储桶"):
            publish_lake(odd_home, place_of("s3://other/city", odd_home, store.endpoint))
    with pytest.raises(UserError, match="连不上"):
        publish_lake(odd_home, place_of("s3://lake/city", odd_home, "http://127.0.0.1:1"))
