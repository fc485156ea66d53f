"""Archives, names of files in other code pages, second copies of a file; days and texts of Parquet files."""

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lib.warehouse.load import load_paths
from lib.warehouse.load.archive import readable
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text, write_csv

TEXT = csv_text([CASE_COLUMNS, base_case(11), base_case(12)]).encode()
NAME = "处罚案件/九月.csv"


def _tar(path: Path, members: dict[str, bytes], *, mode: str = "w:gz", encoding: str = "utf-8") -> None:
    with tarfile.open(path, mode, encoding=encoding, format=tarfile.GNU_FORMAT) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def _zip(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.zip", lambda path: _zip(path, {NAME: TEXT})),
        ("a.tar.gz", lambda path: _tar(path, {NAME: TEXT})),
        ("a.tgz", lambda path: _tar(path, {NAME: TEXT}, encoding="gb18030")),
        ("a.tar", lambda path: _tar(path, {NAME: TEXT}, mode="w")),
        ("处罚案件.csv.gz", lambda path: path.write_bytes(gzip.compress(TEXT))),
    ],
)
def test_an_archive_is_a_folder(based: Path, tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    write(tmp_path / name)
    (entry,) = load_paths(based, [tmp_path / name]).files
    assert (entry.state, entry.dataset, entry.accepted) == ("loaded", "penalty_case", 2)
    assert entry.file == f"{name}/{'处罚案件.csv' if name.endswith('csv.gz') else NAME}"
    assert list(based.glob("unpacked-*")) == []


def test_names_in_another_code_page_are_shown_as_they_read(based: Path, tmp_path: Path) -> None:
    # As Windows in China writes it: in its own code page, without the mark of UTF-8.
    _zip(tmp_path / "a.zip", {"abcdefgh.csv": TEXT})
    raw = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(raw.replace(b"abcdefgh", "处罚案件".encode("gb18030")))
    (entry,) = load_paths(based, [tmp_path / "a.zip"]).files
    assert (entry.accepted, entry.file) == (2, "a.zip/处罚案件.csv")
    folder = tmp_path / "in"
    folder.mkdir()
    odd = os.fsdecode(os.fsencode(folder) + b"/" + "处罚案件_十月.csv".encode("gb18030"))
    Path(odd).write_bytes(csv_text([CASE_COLUMNS, base_case(13)]).encode())
    (entry,) = load_paths(based, [folder]).files
    assert (entry.file, entry.accepted) == ("处罚案件_十月.csv", 1)
    assert readable(os.fsdecode(b"\xff\xfe")) != ""


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: _zip(path, {"../处罚案件.csv": TEXT}), "指向包外"),
        (lambda path: _zip(path, {"a/b.zip": TEXT}), "压缩包里还有压缩包“a/b.zip”"),
        (lambda path: _zip(path, {"penalty_case.csv": b" " * (70 << 20)}), "展开后太大"),
        (lambda path: _zip(path, {}), "压缩包里没有文件"),
        (lambda path: path.write_bytes(b"PK\x03\x04cut"), "压缩包损坏"),
    ],
)
def test_an_archive_that_cannot_be_taken_says_why(
    based: Path, tmp_path: Path, write: Callable[[Path], None], message: str
) -> None:
    write(tmp_path / "in.zip")
    write_csv(tmp_path / "penalty_case.csv", [CASE_COLUMNS, base_case(11)])
    report = load_paths(based, [tmp_path / "in.zip", tmp_path / "penalty_case.csv"])
    assert message in report.refused[0].message and report.total("accepted") == 1


@pytest.mark.parametrize("copy", ["处罚案件_9月(1)", "处罚案件_9月（1）", "处罚案件_9月 - 副本"])
@pytest.mark.parametrize("newer", ["copy", "first", "neither"])
def test_of_two_copies_the_newer_one_counts_and_it_is_said(based: Path, tmp_path: Path, copy: str, newer: str) -> None:
    fine = CASE_COLUMNS.index("罚款金额")
    paths = {"first": tmp_path / "in" / "处罚案件_9月.csv", "copy": tmp_path / "in" / f"{copy}.csv"}
    for (which, path), amount in zip(paths.items(), ("500", "800"), strict=True):
        row = base_case(11)
        row[fine] = amount
        write_csv(path, [CASE_COLUMNS, row])
        os.utime(path, (1_600_000_000, 1_600_000_000 + (3600 if which == newer else 0)))
    report = load_paths(based, [tmp_path / "in"])
    last = paths["first" if newer == "first" else "copy"].name
    assert report.files[-1].file == last and report.files[-1].overruled == 1
    assert "有 1 行与同一次装载中前面的文件（" in report.files[-1].remarks[-1]
    con = open_warehouse(based).cursor()
    kept = con.execute("select fine_amt::integer from penalty_case where case_id = 'C0011'").fetchall()
    assert kept == [(500 if newer == "first" else 800,)]


def _parquet(path: Path, changed: dict[str, pa.Array], **options: object) -> None:
    rows = [dict(zip(CASE_COLUMNS, base_case(number), strict=True)) for number in (11, 12)]
    table = pa.Table.from_pylist(rows)
    for name, values in changed.items():
        table = table.set_column(table.column_names.index(name), name, values)
    pq.write_table(table, path, **options)


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_days_written_as_moments_are_the_days_of_beijing_or_wait(
    based: Path, tmp_path: Path, legacy: bool, zone: str | None
) -> None:
    """The old kind of moments does not keep its zone."""
    moments = pa.array([datetime(2022, 5, 31, 16)] * 2, pa.timestamp("us", tz=zone))
    path = tmp_path / "penalty_case.parquet"
    _parquet(path, {"立案日期": moments}, use_deprecated_int96_timestamps=legacy)
    (entry,) = load_paths(based, [path]).files
    told = zone is not None and not legacy
    assert (entry.accepted, entry.quarantined, bool(entry.doubts)) == ((2, 0, False) if told else (0, 2, True))
    con = open_warehouse(based).cursor()
    sql = "select distinct filed_date::varchar from penalty_case where case_id > 'C0005'"
    assert con.execute(sql).fetchall() == ([("2022-06-01",)] if told else [])


def test_texts_kept_as_bytes_are_read(based: Path, tmp_path: Path) -> None:
    names = pa.array(["案件甲".encode(), b"\xff\xfe"], pa.binary())
    _parquet(tmp_path / "penalty_case.parquet", {"案件名称": names})
    (entry,) = load_paths(based, [tmp_path / "penalty_case.parquet"]).files
    assert (entry.accepted, list(entry.reasons)) == (1, ["整行：有一格是二进制内容，不是 UTF-8 文字"])
    con = open_warehouse(based).cursor()
    assert con.execute("select case_name from penalty_case where case_id = 'C0011'").fetchall() == [("案件甲",)]
