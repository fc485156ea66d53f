"""Whatever happens to a load, the generation in force is whole: the old one or the new one."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from lib.errors import UserError
from lib.warehouse.generation import current, write_lock
from lib.warehouse.integrity import check_warehouse
from lib.warehouse.load import load_paths
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text

ROOT = Path(__file__).resolve().parents[3]

# Loads the files given and kills itself at the call of `progress` or the file replacement that is asked for.
_DIE = """
import os, signal, sys
from pathlib import Path
from lib.warehouse.load import load_paths

home, path, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def progress(stage, done, text):
    if moment in (stage, text):
        die()

replace, count = os.replace, 0

def counted(source, target):
    global count
    count += 1
    if moment == f"before replacement {count}":
        die()
    replace(source, target)
    if moment == f"after replacement {count}":
        die()

os.replace = counted
load_paths(home, [path], progress=progress)
"""


def _cases(path: Path, count: int) -> Path:
    path.write_text(csv_text([CASE_COLUMNS, *(base_case(number) for number in range(1000, 1000 + count))]))
    return path


def _run(script: str, *arguments: object, **limits: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **limits,
    )


def _count(home: Path) -> int:
    warehouse = open_warehouse(home)
    assert check_warehouse(warehouse.cursor()) == []
    return warehouse.cursor().execute("select count(*) from penalty_case").fetchall()[0][0]


@pytest.mark.parametrize(
    ("moment", "rows"),
    [
        ("复制现有数据", 5),
        ("检查合并", 5),
        ("汇总", 5),
        ("写盘", 5),
        ("before replacement 1", 5),
        ("after replacement 1", 5),
        ("before replacement 2", 5),
        ("after replacement 2", 3005),
    ],
)
def test_a_load_killed_at_any_point_leaves_the_old_or_the_new_data(
    based: Path, tmp_path: Path, moment: str, rows: int
) -> None:
    path = _cases(tmp_path / "penalty_case.csv", 3000)
    assert _run(_DIE, based, path, moment).returncode == -9
    assert _count(based) == rows
    again = load_paths(based, [path])
    assert again.changed is (rows == 5)
    assert _count(based) == 3005
    left = {path.name for path in (based / "warehouse").iterdir()}
    assert {name for name in left if "tmp" in name or "spill" in name} == set()


def test_the_first_load_killed_leaves_nothing_and_the_next_one_works(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "机构.csv"
    path.write_text("机构编号,机构名称,层级,区划代码\nO0001,市局,市,330400\n")
    assert _run(_DIE, home, path, "汇总").returncode == -9
    assert current(home) is None
    report = load_paths(home, [path])
    assert (report.generation, report.total("accepted"), open_warehouse(home).synthetic) == (1, 1, False)
    assert open_warehouse(home).cursor().execute("select count(*) from area").fetchall() == [(80,)]


@pytest.mark.parametrize("room", [1 << 16, 2 << 20])
def test_a_full_disk_is_said_in_one_line_and_changes_nothing(based: Path, tmp_path: Path, room: int) -> None:
    generation = current(based)
    assert generation is not None
    limit = room if room < 1 << 20 else generation.path.stat().st_size + room
    path = _cases(tmp_path / "penalty_case.csv", 60_000)
    script = """
import sys
from pathlib import Path
from lib.errors import UserError
from lib.warehouse.load import load_paths
try:
    load_paths(Path(sys.argv[1]), [Path(sys.argv[2])])
except UserError as error:
    print(error)
"""
    done = _run(script, based, path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert done.stdout.startswith("磁盘空间不足，装载没有完成，原有数据不受影响"), done.stderr[-500:]
    assert len(done.stdout.splitlines()) == 1
    assert _count(based) == 5
    assert [path.name for path in (based / "warehouse").glob("*.tmp*")] == []


def test_a_second_writer_is_told_to_wait(based: Path, tmp_path: Path) -> None:
    path = _cases(tmp_path / "penalty_case.csv", 3)
    with write_lock(based), pytest.raises(UserError, match="另一个装载或建库任务正在进行"):
        load_paths(based, [path])
    assert load_paths(based, [path]).total("accepted") == 3


def test_readers_keep_the_generation_they_have(based: Path, tmp_path: Path) -> None:
    before = open_warehouse(based)
    load_paths(based, [_cases(tmp_path / "penalty_case.csv", 3)])
    assert before.cursor().execute("select count(*) from penalty_case").fetchall() == [(5,)]
    assert _count(based) == 8


def test_an_unexpected_fault_leaves_no_temporary_file(
    based: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise RuntimeError("mart")

    monkeypatch.setattr("lib.warehouse.load.loading.build_marts", fail)
    with pytest.raises(RuntimeError, match="mart"):
        load_paths(based, [_cases(tmp_path / "penalty_case.csv", 3)])
    assert _count(based) == 5
    assert [path.name for path in (based / "warehouse").glob("*.tmp*")] == []
    assert os.access(based / "warehouse" / "current.json", os.R_OK)
