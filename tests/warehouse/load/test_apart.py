"""A load in a process of its own: the same report, and a file that brings the reader down is refused alone."""

import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from lib.errors import UserError
from lib.warehouse.generation import write_lock
from lib.warehouse.load import apart, load_apart, load_paths
from lib.warehouse.load.report import FileReport, LoadReport
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, write_csv


def test_the_report_and_the_progress_come_back(based: Path, tmp_path: Path) -> None:
    path = tmp_path / "penalty_case.csv"
    write_csv(path, [CASE_COLUMNS, base_case(11), [*base_case(12)[:-1], "大概"]])
    said: list[tuple[str, float, str]] = []
    report = load_apart(based, [path], progress=lambda *words: said.append(words))
    assert (report.total("accepted"), report.total("quarantined"), report.generation) == (1, 1, 2)
    assert report.files[0].reasons == {"非现场执法：是否无法识别": 1}
    assert {stage for stage, _, _ in said} == {"读取文件", "检查合并", "汇总", "发布"}
    assert load_paths(based, [path]).files[0].state == "known"


def test_what_the_load_says_no_to_is_said_here(based: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="找不到文件或文件夹") as refused:
        load_apart(based, [tmp_path / "没有.csv"])
    assert refused.value.hint == "请核对路径。"
    with write_lock(based), pytest.raises(UserError, match="另一个装载或建库任务正在进行"):
        load_apart(based, [tmp_path])


def test_memory_is_limited_and_the_data_stays(based: Path, tmp_path: Path) -> None:
    path = tmp_path / "penalty_case.csv"
    write_csv(path, [CASE_COLUMNS, *(base_case(number) for number in range(1000, 40_000))])
    with pytest.raises(UserError, match="装载没有完成，原有数据不受影响：内存超过上限"):
        load_apart(based, [path], most=10 << 20)
    assert open_warehouse(based).generation.number == 1
    assert list((based / "warehouse").glob("*.tmp*")) == []


class _Attempts:
    """Stands for the process: says what it reads, and falls at the files named."""

    def __init__(self, falls: set[str]) -> None:
        self.falls, self.seen = falls, list[dict]()

    def __call__(self, home: Path, task: dict, tell: apart.Progress, most: int) -> LoadReport | str:
        self.seen.append(dict(task["spoilt"]))
        for name in ("a.xlsx", "b〔2022〕.xlsx", "c.xlsx"):
            tell("读取文件", 0.0, name)
            if name in self.falls - set(task["spoilt"]):
                return "读取程序意外中止"
        tell("发布", 1.0, "")
        return LoadReport([FileReport("a.xlsx")])


def test_a_file_that_brings_the_process_down_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    attempts = _Attempts({"a.xlsx", "c.xlsx"})
    monkeypatch.setattr(apart, "_run", attempts)
    assert load_apart(tmp_path, []).files[0].file == "a.xlsx"
    assert [sorted(spoilt) for spoilt in attempts.seen] == [[], ["a.xlsx"], ["a.xlsx", "c.xlsx"]]


def test_the_file_left_out_is_refused_with_the_reason(based: Path, tmp_path: Path) -> None:
    for number, name in enumerate(("a", "b〔2022〕")):
        write_csv(tmp_path / "penalty_case" / f"{name}.csv", [CASE_COLUMNS, base_case(20 + number)])
    report = load_paths(based, [tmp_path / "penalty_case"], spoilt={"b〔2022〕.csv〔甲〕": "读取程序意外中止"})
    assert [(entry.file, entry.state, entry.message) for entry in report.files] == [
        ("a.csv", "loaded", ""),
        ("b〔2022〕.csv", "refused", "读取程序意外中止"),
    ]


def test_a_process_that_ends_without_a_file_to_blame_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(apart, "_run", lambda *_: "读取程序意外中止")
    start = time.monotonic()
    with pytest.raises(UserError, match="装载没有完成，原有数据不受影响：读取程序意外中止"):
        load_apart(tmp_path, [])
    assert time.monotonic() - start < 60


def test_a_process_with_thousands_of_open_files_loads_all_the_same(based: Path, tmp_path: Path) -> None:
    with ExitStack() as held:
        for _ in range(1100):
            held.enter_context(open(os.devnull))
        with pytest.raises(UserError, match="找不到文件或文件夹"):
            load_apart(based, [tmp_path / "没有.csv"])
