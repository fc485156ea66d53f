"""What becomes of each file of a folder, loaded one by one beside the base home of tests/warehouse/load/messy.py.

A line for each table of each file: its account, reasons and remarks; with --json the rows that were stored as well.
A subfolder is one delivery. `crashed` counts what ended in anything but a report.
"""

import argparse
import json as json_text
import shutil
import tempfile
import time
from pathlib import Path

from lib.errors import UserError
from lib.warehouse.load import FileReport, load_paths
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import write_base

_COMMON = ("source_system", "source_pk", "batch_id", "ingested_at", "area_code", "version_no", "is_void")


def outcome(base: Path, path: Path, home: Path) -> dict:
    """Load one file or folder into a copy of `base`."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(base, home)
    start = time.perf_counter()
    found: dict = {"file": path.name, "crash": None, "tables": [], "stored": [], "waiting": []}
    try:
        report = load_paths(home, [path])
    except UserError as refused:
        found["tables"] = [FileReport(path.name, state="refused", message=str(refused)).as_dict()]
    except BaseException as crash:  # a panic of a reader is no Exception
        found["crash"] = f"{type(crash).__name__}：{crash}"
    else:
        found["tables"] = [entry.as_dict() for entry in report.files]
        found["last"] = report.lines()[-1]
        found["stored"], found["waiting"] = _rows(home, report.batch_id)
    found["seconds"] = round(time.perf_counter() - start, 2)
    return found


def _rows(home: Path, batch_id: str | None) -> tuple[list[dict], list[dict]]:
    if batch_id is None:
        return [], []
    con = open_warehouse(home).cursor()
    stored = []
    named = con.execute("select distinct dataset from load_log where batch_id = $batch", {"batch": batch_id})
    for (name,) in named.fetchall():
        table = con.execute(f'select * from "{name}" where batch_id = $batch', {"batch": batch_id}).to_arrow_table()
        stored += [
            {"": name} | {key: str(value) for key, value in row.items() if value is not None and key not in _COMMON}
            for row in table.to_pylist()
        ]
    sql = "select row_no, column_name, value, reason, raw_json from quarantine where batch_id = $batch order by row_no"
    waiting = con.execute(sql, {"batch": batch_id}).to_arrow_table().to_pylist()
    return stored, waiting


def _line(found: dict) -> list[str]:
    if found["crash"]:
        return [f"{found['file']} | 崩溃 | {found['crash'][:200]}"]
    lines = []
    for table in found["tables"]:
        place = table["file"] + (f"〔{table['sheet']}〕" if table["sheet"] else "")
        account = "读 {rows_read} 收 {accepted} 未变 {unchanged} 隔离 {quarantined} 非数据 {not_data}".format(
            **{"not_data": 0} | table
        )
        said = "；".join(
            [
                table["message"],
                *(f"{reason}×{count}" for reason, count in table["reasons"].items()),
                *table["remarks"],
                *(["未采用 " + "、".join(table["ignored"])] if table["ignored"] else []),
            ]
        ).strip("；")
        lines.append(f"{place} | {table['state']} | {account} | {said}")
    return lines


def main(folder: Path, json: bool = False) -> list[dict]:
    """Print what becomes of each entry of `folder`."""
    with tempfile.TemporaryDirectory(prefix="cockpit-files-") as place:
        base = Path(place) / "base-home"
        base.mkdir()
        write_base(Path(place) / "base")
        load_paths(base, [Path(place) / "base"])
        results = [outcome(base, path, Path(place) / "home") for path in sorted(folder.iterdir())]
    if json:
        print(json_text.dumps(results, ensure_ascii=False, indent=1, default=str))
    else:
        print("\n".join(line for found in results for line in _line(found)))
        print(f"{len(results)} 份，崩溃 {sum(found['crash'] is not None for found in results)}")
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    main(**vars(parser.parse_args()))
