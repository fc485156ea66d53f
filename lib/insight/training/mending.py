"""A bad file that is mended until it loads: into an empty home of its own that is thrown away, never the city's."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd

from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training.attempts import Go, file_of
from lib.catalog import load_catalog
from lib.catalog.exercises import Exercise
from lib.errors import UserError
from lib.insight.training.score import Score, answers, hints_seen, total
from lib.insight.training.sheets import SHEETS, Row, beside, drawn_faults, fields, spoilt, true_rows, written
from lib.insight.training.task import Task
from lib.warehouse.load.loading import load_paths
from lib.warehouse.store import Warehouse, open_warehouse

CELL = "cell"
# What a trainee's own program writes.
ENDINGS = ("csv", "txt", "xlsx", "xls", "et", "ods")


class Loaded(NamedTuple):
    """What became of a file: its rows that were accepted, by their key, and why others were set aside."""

    rows: Mapping[str, Row]
    reasons: tuple[str, ...]


class Lost(NamedTuple):
    """What was right and is not any more: cells (key, column), rows that are gone, rows that no ledger has."""

    cells: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]
    strange: tuple[str, ...]

    @property
    def number(self) -> int:
        return len(self.cells) + len(self.gone) + len(self.strange)


def title(item: Mapping[str, Any]) -> str:
    """What the file is of."""
    return load_catalog()[item["dataset"]].title


def drawn(exercise: Exercise, seed: str, used: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A file of one of the datasets, another one than before while there is any, and which of its cells are spoilt."""
    chance = Random(seed)
    datasets = list(exercise.settings["files"])
    before = [one["dataset"] for one in used]
    fewest = min(before.count(one) for one in datasets)
    dataset = chance.choice([one for one in datasets if before.count(one) == fewest])
    rows = exercise.settings["rows"]
    cells = drawn_faults(dataset, rows, exercise.settings["faults"], chance)
    return [{"dataset": dataset, "seed": seed, "rows": rows, "spoilt": cells}]


def ledger(warehouse: Warehouse, item: Mapping[str, Any]) -> list[Row]:
    """The rows as they stand in the ledger."""
    return true_rows(warehouse, item["dataset"], item["seed"], item["rows"])


def bad_rows(warehouse: Warehouse, item: Mapping[str, Any]) -> list[Row]:
    """The rows as the file has them."""
    rows = ledger(warehouse, item)
    for place, column, how in item["spoilt"]:
        rows[place][column] = spoilt(column, how, rows[place][column])
    return rows


def sheet_rows(warehouse: Warehouse, item: Mapping[str, Any], events: Sequence[Event]) -> list[Row]:
    """The file as the trainee last saved it in the page."""
    rows, columns = bad_rows(warehouse, item), SHEETS[item["dataset"]].columns
    for told in answers(events).get(1, {}).get(CELL, []):
        place, _, rest = told.partition("|")
        column, _, value = rest.partition("|")
        if place.isdigit() and int(place) < len(rows) and column in columns:
            rows[int(place)][column] = value
    return rows


def in_a_file(item: Mapping[str, Any], rows: Sequence[Row]) -> bytes:
    """The rows as a file, its headings as the dataset calls its columns; spreadsheets read it as it is."""
    text, known = io.StringIO(), fields(item["dataset"])
    writer = csv.writer(text)
    writer.writerow(one.title for one in known.values())
    writer.writerows([row[name] for name in known] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def handed(
    register: Register, warehouse: Warehouse, item: Mapping[str, Any], events: Sequence[Event]
) -> tuple[str, bytes]:
    """What is handed in, name and content: the file uploaded last, or the table in the page, whichever came later."""
    uploaded = file_of(register, events)
    return uploaded or (f"{title(item)}.csv", in_a_file(item, sheet_rows(warehouse, item, events)))


def load(warehouse: Warehouse, item: Mapping[str, Any], name: str, content: bytes) -> Loaded:
    """What the loader makes of a file, beside the units and items that the ledger names, in a home that is gone
    afterwards."""
    dataset = item["dataset"]
    with TemporaryDirectory(prefix="mend-") as folder:
        home = Path(folder) / "home"
        (home / "warehouse").mkdir(parents=True)
        files = Path(folder) / "files"
        files.mkdir()
        for other, rows in beside(warehouse, dataset, ledger(warehouse, item)).items():
            rows.to_csv(files / f"{other}.csv", index=False)
        # The name is the trainee's: of it the ending alone is used.
        (files / f"{dataset}{PurePosixPath(name).suffix[:8].lower()}").write_bytes(content)
        try:
            report = load_paths(home, [files])
        except UserError as refused:
            return Loaded({}, (str(refused),))
        own = [one for one in report.files if one.dataset in (dataset, None)]
        reasons = [f"{reason}（{count} 行）" for one in own for reason, count in one.reasons.most_common()]
        told = [line for one in own for line in one.told]
        return Loaded(_rows(home, dataset) if any(one.accepted for one in own) else {}, (*reasons, *told))


def _rows(home: Path, dataset: str) -> dict[str, Row]:
    columns, known = SHEETS[dataset].columns, fields(dataset)
    opened = open_warehouse(home)
    try:
        found = opened.query(f"select {', '.join(columns)} from {dataset} order by {columns[0]}")
    finally:
        opened.close()
    rows = [{name: written(row[name], known[name].type) for name in columns} for row in found.to_dict("records")]
    return {row[columns[0]]: row for row in rows}


def asked(warehouse: Warehouse, go: Go, events: Sequence[Event]) -> Task:
    """The file as it stands now in the page, and the ledger beside it."""
    item = go.items[0]
    columns, known = SHEETS[item["dataset"]].columns, fields(item["dataset"])
    heads = {name: known[name].title for name in columns}
    sheet, beside_it = (
        pd.DataFrame(rows)[list(columns)].rename(columns=heads)
        for rows in (sheet_rows(warehouse, item, events), ledger(warehouse, item))
    )
    return Task(
        (
            f"单位报来的{title(item)}表有 {item['rows']} 行，装不进去或有几行被隔离。对照纸质台账改正，直到全部装入。",
            "可以在页面上改，也可以下载到自己电脑上改好再上传；交卷时以最后一次试装的为准。",
            "试装用装载程序装进一个临时库，告诉您隔离了哪些、为什么；原来的数据不受影响。",
        ),
        (),
        (),
        sheet,
        beside_it,
    )


def lost(item: Mapping[str, Any], true: Sequence[Row], found: Loaded) -> Lost:
    """What the file had right and has not any more."""
    key, *columns = SHEETS[item["dataset"]].columns
    bad = {(true[place][key], column) for place, column, _ in item["spoilt"]}
    broken = {one for one, _ in bad}
    cells, gone = [], []
    for row in true:
        loaded = found.rows.get(row[key])
        if loaded is None:
            gone += [row[key]] if row[key] not in broken else []
            continue
        cells += [(row[key], one) for one in columns if loaded[one] != row[one] and (row[key], one) not in bad]
    return Lost(tuple(cells), tuple(gone), tuple(sorted(set(found.rows) - {row[key] for row in true})))


def shares(item: Mapping[str, Any], true: Sequence[Row], found: Loaded) -> dict[str, float]:
    """The share of each part: of the spoilt rows those that load now; of the spoilt cells those that load with the
    ledger's value, less what was right and is not any more."""
    key, count = SHEETS[item["dataset"]].columns[0], len(item["spoilt"])
    missing = sum(row[key] not in found.rows for row in true)
    mended = sum(_loaded(found, true[place][key], column) == true[place][column] for place, column, _ in item["spoilt"])
    return {"rows": max(0.0, 1 - missing / count), "values": max(0, mended - lost(item, true, found).number) / count}


def _loaded(found: Loaded, key: str, column: str) -> str | None:
    row = found.rows.get(key)
    return None if row is None else row[column]


def scored(register: Register, warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]) -> Score:
    """The score of a go, by loading what was handed in."""
    item = go.items[0]
    found = load(warehouse, item, *handed(register, warehouse, item, events))
    return total(exercise, shares(item, ledger(warehouse, item), found), hints_seen(events))


def told(
    register: Register, warehouse: Warehouse, go: Go, events: Sequence[Event]
) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Which cells were spoilt, what they ought to be, and what was loaded in their place."""
    item = go.items[0]
    known, key = fields(item["dataset"]), SHEETS[item["dataset"]].columns[0]
    true, bad = ledger(warehouse, item), bad_rows(warehouse, item)
    found = load(warehouse, item, *handed(register, warehouse, item, events))
    rows = []
    for place, column, _ in item["spoilt"]:
        loaded, right = _loaded(found, true[place][key], column), true[place][column]
        rows.append(
            {
                known[key].title: true[place][key],
                "列": known[column].title,
                "报来的": bad[place][column] or "（空）",
                "台账": right,
                "装入的": "没有装入" if loaded is None else loaded or "（空）",
                "对不对": "对" if loaded == right else "不对",
            }
        )
    table = pd.DataFrame(rows)
    lines = [f"埋下 {len(table)} 处错，改对 {int(table['对不对'].eq('对').sum())} 处。"]
    gone = lost(item, true, found)
    if gone.cells:
        lines.append(f"原来对的改错了：{'、'.join(f'{one} {known[column].title}' for one, column in gone.cells)}。")
    if gone.gone:
        lines.append(f"原来装得进的行没有装入：{'、'.join(gone.gone)}。")
    if gone.strange:
        lines.append(f"台账上没有的行：{'、'.join(gone.strange[:6])}。")
    lines.append("日历上没有的日期、估计的金额、空着的必填项、不在代码表里的词，装载时一律隔离，不会替人猜。")
    return tuple(lines), table
