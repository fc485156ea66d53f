"""The loader measured: a folder of messy files, loads killed at random moments, a million rows of each kind of file.

Each of the killed loads must leave the old data or the new data, whole; anything else counts as `other`.
"""

import argparse
import json as json_text
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import xlsxwriter

from lib.warehouse.integrity import check_warehouse
from lib.warehouse.load import load_paths
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, write_base, write_csv, write_messy

ROOT = Path(__file__).resolve().parents[2]
_CHILD = "import sys; from pathlib import Path; from lib.warehouse.load import load_paths; print('go', flush=True); "
_CHILD += "load_paths(Path(sys.argv[1]), [Path(sys.argv[2])]); print('done', flush=True)"

# 24 columns, as the case system exports them.
_CASES = """
    select 'C' || lpad(range::varchar, 9, '0') as 案件编号, '嘉综执立字〔2022〕第' || range || '号' as 立案号,
        '嘉综执罚决字〔2022〕第' || range || '号' as 决定书文号, '某某案件' || range as 案件名称,
        md5(range::varchar) as 当事人标识, '自然人' as 当事人类型, 'I000' || (1 + range % 2) as 事项代码,
        'O000' || (1 + range % 3) as 办案单位, '普通' as 程序类型,
        (date '2021-01-01' + (range % 500)::int)::varchar as 违法行为日期, '嘉兴市某某路' || range || '号' as 案发地点,
        (date '2021-01-03' + (range % 500)::int)::varchar as 立案日期,
        (date '2021-02-03' + (range % 500)::int)::varchar as 决定日期,
        (date '2021-03-03' + (range % 500)::int)::varchar as 结案日期, '罚款;警告' as 处罚种类,
        (range % 5000)::varchar as 罚款金额, '' as 没收金额, '违反规定的事实' || range as 违法事实,
        '依据第' || range % 90 || '条' as 处罚依据, '' as 从轻减轻情形, '处罚' as 处理结果, '0' as 延期天数,
        '0' as 不计入期限天数, '否' as 非现场执法
    from range($rows)
"""
# 7 columns, as most of the datasets have about.
_EVENTS = """
    select 'E' || lpad(range::varchar, 9, '0') as 节点编号,
        'C000' || (1 + range % 5)
        as 案件编号, '调查取证' as 节点类型,
        strftime(timestamp '2022-01-01 09:00:00' + to_seconds(range), '%Y-%m-%d %H:%M:%S') as 发生时间,
        'P' || (1 + range % 5) as 经办人, '' as 审批人,
        strftime(timestamp '2022-01-01 10:00:00' + to_seconds(range), '%Y/%m/%d %H:%M') as 录入时间
    from range($rows)
"""


def _timed(home: Path, path: Path) -> tuple[float, dict]:
    start = time.perf_counter()
    report = load_paths(home, [path])
    return round(time.perf_counter() - start, 2), report.as_dict()


def messy_folder(folder: Path) -> dict:
    """Figures of the messy folder, whether they are the expected ones, and whether a second load changed anything."""
    home = folder / "messy-home"
    write_base(folder / "base")
    load_paths(home, [folder / "base"])
    expected = {(entry.file, entry.sheet): entry for entry in write_messy(folder / "messy")}
    seconds, first = _timed(home, folder / "messy")
    _, second = _timed(home, folder / "messy")

    def as_expected(entry: dict) -> bool:
        want = expected[entry["file"], entry["sheet"]]
        return (entry["state"], entry["rows_read"], entry["accepted"], entry["quarantined"], entry["reasons"]) == (
            want.state,
            want.read,
            want.accepted,
            want.quarantined,
            want.reasons,
        )

    return {
        "files": len(first["files"]),
        "as_expected": sum(as_expected(entry) for entry in first["files"]),
        "rows_read": first["rows_read"],
        "accepted": first["accepted"],
        "quarantined": first["quarantined"],
        "second_load_changed": second["changed"],
        "faults": check_warehouse(open_warehouse(home).cursor()),
        "seconds": seconds,
    }


def killed_loads(folder: Path, rounds: int, seed: int) -> dict:
    """Loads of a correction to 20,000 cases, killed after a random time; what the next reader finds."""
    home, chance = folder / "kill-home", random.Random(seed)
    load_paths(home, [folder / "base"])
    rows = [base_case(number) for number in range(10_000, 30_000)]
    write_csv(folder / "first" / "penalty_case.csv", [CASE_COLUMNS, *rows])
    load_paths(home, [folder / "first"])
    fine = CASE_COLUMNS.index("罚款金额")
    span = _undisturbed(home, folder, rows, fine)
    found = {"old": 0, "new": 0, "other": 0}
    after_faults: list[str] = []
    for number in range(rounds):
        before = _fines(home)
        amount = str(1000 + number)
        path = folder / "fixes" / f"penalty_case_{number}.csv"
        write_csv(path, [CASE_COLUMNS, *([*row[:fine], amount, *row[fine + 1 :]] for row in rows)])
        child = _start(home, path)
        time.sleep(chance.uniform(0, span))
        child.send_signal(signal.SIGKILL)
        child.wait()
        after = _fines(home)
        expected_new = [(float(amount), len(rows))]
        state = "old" if after == before else "new" if after == expected_new else "other"
        faults = _faults(home)
        found["other" if faults else state] += 1
        load_paths(home, [path])
        after_faults += _faults(home)
        if _fines(home) != expected_new:
            after_faults.append(f"第 {number} 轮之后的装载没有完成")
    left = [path.name for path in (home / "warehouse").iterdir() if ".tmp" in path.name or "spill" in path.name]
    return {
        "rounds": rounds,
        **found,
        "undisturbed_seconds": round(span, 2),
        "faults_after_next_load": after_faults,
        "left_behind": left,
    }


def _start(home: Path, path: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(home), str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    return child


def _undisturbed(home: Path, folder: Path, rows: list[list[str]], fine: int) -> float:
    """How long such a load takes when nobody kills it, a little over."""
    path = folder / "fixes" / "penalty_case_first.csv"
    write_csv(path, [CASE_COLUMNS, *([*row[:fine], "999", *row[fine + 1 :]] for row in rows)])
    child = _start(home, path)
    start = time.perf_counter()
    child.wait()
    return 1.1 * (time.perf_counter() - start)


def _fines(home: Path) -> list[tuple]:
    sql = "select fine_amt::double, count(*) from penalty_case where case_id >= 'C10000' group by all order by all"
    return open_warehouse(home).cursor().execute(sql).fetchall()


def _faults(home: Path) -> list[str]:
    return check_warehouse(open_warehouse(home).cursor())


def large_file(folder: Path, rows: int) -> dict:
    """Seconds for a CSV of so many cases: new, the same file again, and with one row corrected."""
    home = folder / "large-home"
    load_paths(home, [folder / "base"])
    (folder / "large").mkdir()
    events, path = folder / "large" / "case_event.csv", folder / "large" / "penalty_case.csv"
    with duckdb.connect() as con:
        for sql, target in ((_EVENTS, events), (_CASES, path)):
            con.execute(f"copy ({sql.replace('$rows', str(int(rows)))}) to '{target}' (header)")
    narrow, event_report = _timed(home, events)
    new, report = _timed(home, path)
    again, _ = _timed(home, path)
    text = path.read_text(encoding="utf-8").replace("违反规定的事实99,", "另一事实,", 1)
    corrected = folder / "large" / "penalty_case_2.csv"
    corrected.write_text(text, encoding="utf-8")
    one, correction = _timed(home, corrected)
    return {
        "event_rows": event_report["accepted"],
        "event_columns": 7,
        "event_seconds": narrow,
        "rows": report["accepted"],
        "columns": 24,
        "megabytes": round(path.stat().st_size / 1e6),
        "seconds_new": new,
        "seconds_same_file": again,
        "seconds_one_correction": one,
        "corrected": correction["replaced"],
        "unchanged": correction["unchanged"],
    }


def formats(folder: Path, rows: int) -> dict:
    """Seconds, and seconds of processor time, to load so many events (7 columns) from each kind of file."""
    place = folder / "formats"
    place.mkdir()
    base = folder / "formats-base"
    base.mkdir()
    load_paths(base, [folder / "base"])
    sql = _EVENTS.replace("$rows", str(int(rows)))
    with duckdb.connect() as con:
        con.execute(f"copy ({sql}) to '{place}/case_event.csv' (header)")
        con.execute(f"copy ({sql}) to '{place}/case_event.parquet'")
        con.execute(f"copy ({sql}) to '{place}/case_event.jsonl' (format json)")
        con.execute(f"copy ({sql}) to '{place}/case_event.json' (format json, array true)")
        table = con.execute(sql)
        with xlsxwriter.Workbook(place / "case_event.xlsx", {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, [column[0] for column in table.description])
            number = 0
            while row := table.fetchone():
                number += 1
                sheet.write_row(number, 0, row)
    figures = {}
    for suffix in ("csv", "parquet", "jsonl", "json", "xlsx"):
        home = folder / f"formats-{suffix}"
        shutil.copytree(base, home)
        processor = time.process_time()
        seconds, report = _timed(home, place / f"case_event.{suffix}")
        figures[suffix] = {
            "rows": report["accepted"],
            "seconds": seconds,
            "processor": round(time.process_time() - processor, 2),
        }
        shutil.rmtree(home)
    return figures


def main(json: bool = False, rounds: int = 20, rows: int = 1_000_000, seed: int = 1) -> dict:
    """Run all four and print the figures."""
    folder = Path(tempfile.mkdtemp(prefix="cockpit-load-"))
    for home in ("messy-home", "kill-home", "large-home"):
        (folder / home).mkdir()
    try:
        figures = {
            "messy": messy_folder(folder),
            "killed": killed_loads(folder, rounds, seed),
            "large": large_file(folder, rows),
            "formats": formats(folder, rows),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if json:
        print(json_text.dumps(figures, ensure_ascii=False, indent=1))
    else:
        for name, values in figures.items():
            print(name + "：" + "，".join(f"{key} {value}" for key, value in values.items()))
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))
