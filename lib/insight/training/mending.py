"""A bad file that is mended until it loads: into an empty home of its own that is thrown away, never the city's."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd

from lib.casework.store.chain import Event
from lib.casework.training.attempts import Go
from lib.catalog import load_catalog
from lib.catalog.exercises import Exercise
from lib.insight.training.score import Score, answers, hints_seen, total
from lib.insight.training.task import Task
from lib.warehouse.load.loading import load_paths
from lib.warehouse.store import Warehouse, open_warehouse

DATASET = "penalty_case"
COLUMNS = ("case_id", "party_type", "procedure_type", "filed_date", "decision_date", "fine_amt", "result_type")
# What the file has besides and nobody has to look at.
_HIDDEN = ("party_id", "item_code", "org_id")
CELL = "cell"
_ROWS = """
select party_id, item_code, org_id, party_type, procedure_type, filed_date, decision_date, fine_amt, result_type
from penalty_case
where decision_date is not null and fine_amt > 0 and result_type = '处罚'
order by md5(case_id || $salt) limit $rows
"""


_BESIDE = {
    "org": "select org_id, org_name, org_level, domain_code, area_code from org where org_id in (select unnest($orgs))",
    "power_item": """
        select item_code, item_name, item_type, domain_code, transfer_status from power_item
        where item_code in (select unnest($items))
    """,
}


class Loaded(NamedTuple):
    """What became of a sheet: rows that were accepted, and why others were set aside."""

    accepted: int
    reasons: tuple[str, ...]
    rows: pd.DataFrame


def titles() -> dict[str, str]:
    """The headings of the file, by column."""
    fields = {one.name: one.title for one in load_catalog()[DATASET].all_fields}
    return {name: fields[name] for name in (*COLUMNS, *_HIDDEN)}


def true_rows(warehouse: Warehouse, item: dict[str, Any]) -> list[dict[str, str]]:
    """The rows as they stand in the ledger."""
    found = warehouse.query(_ROWS, {"salt": item["seed"], "rows": item["rows"]})
    return [
        {
            "case_id": f"C{number:03d}",
            "party_type": str(row.party_type),
            "procedure_type": str(row.procedure_type),
            "filed_date": f"{pd.Timestamp(row.filed_date):%Y-%m-%d}",
            "decision_date": f"{pd.Timestamp(row.decision_date):%Y-%m-%d}",
            "fine_amt": f"{float(row.fine_amt):.2f}",
            "result_type": str(row.result_type),
            **{name: str(getattr(row, name)) for name in _HIDDEN},
        }
        for number, row in enumerate(found.itertuples(), start=1)
    ]


# Each spoils a cell in a way that the loader sets aside: column, and what is made of the value.
_FAULTS = {
    "decision_date": lambda text: f"{text[:4]}-02-30",
    "filed_date": lambda text: f"{text[:4]}年{text[5:7]}月某日",
    "fine_amt": lambda text: f"约{text.split('.')[0]}左右",
    "result_type": lambda text: "罚了",
    "procedure_type": lambda text: "简单",
    "party_type": lambda text: "公司类",
}


def drawn(exercise: Exercise, seed: str) -> list[dict[str, Any]]:
    """Which cells are spoilt; each in a row of its own."""
    chance = Random(seed)
    rows, count = exercise.settings["rows"], exercise.settings["faults"]
    columns = [chance.choice(list(_FAULTS)) for _ in range(count)]
    places = chance.sample(range(rows), count)
    spoilt = [[place, column] for place, column in zip(places, columns, strict=True)]
    return [{"seed": seed, "rows": rows, "spoilt": sorted(spoilt)}]


def bad_rows(warehouse: Warehouse, item: dict[str, Any]) -> list[dict[str, str]]:
    """The rows as the file has them."""
    rows = true_rows(warehouse, item)
    for place, column in item["spoilt"]:
        rows[place][column] = _FAULTS[column](rows[place][column])
    return rows


def mended(warehouse: Warehouse, item: dict[str, Any], events: Sequence[Event]) -> list[dict[str, str]]:
    """The file as the trainee last saved it."""
    rows = bad_rows(warehouse, item)
    for told in answers(events).get(1, {}).get(CELL, []):
        place, _, rest = told.partition("|")
        column, _, value = rest.partition("|")
        if place.isdigit() and int(place) < len(rows) and column in COLUMNS:
            rows[int(place)][column] = value
    return rows


def load(warehouse: Warehouse, rows: Sequence[dict[str, str]]) -> Loaded:
    """What the loader makes of a file of these rows, beside the units and items they name, in a home that is gone
    afterwards."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(titles().values())
    writer.writerows([row[name] for name in titles()] for row in rows)
    with TemporaryDirectory(prefix="mend-") as folder:
        home = Path(folder) / "home"
        (home / "warehouse").mkdir(parents=True)
        files = Path(folder) / "files"
        files.mkdir()
        for name, sql in _BESIDE.items():
            known = {"orgs": [row["org_id"] for row in rows], "items": [row["item_code"] for row in rows]}
            bound = {key: held for key, held in known.items() if f"${key}" in sql}
            warehouse.query(sql, bound).to_csv(files / f"{name}.csv", index=False)
        (files / f"{DATASET}.csv").write_text(text.getvalue(), encoding="utf-8")
        report = load_paths(home, [files])
        own = [one for one in report.files if one.dataset in (DATASET, None)]
        reasons = [f"{reason}（{count} 行）" for one in own for reason, count in one.reasons.most_common()]
        told = [line for one in own for line in one.told]
        accepted = sum(one.accepted for one in own)
        found = pd.DataFrame(columns=list(COLUMNS))
        if accepted:
            opened = open_warehouse(home)
            found = opened.query(f"select {', '.join(COLUMNS)} from {DATASET} order by case_id")
            opened.close()
    return Loaded(accepted, (*reasons, *told), found)


def asked(warehouse: Warehouse, go: Go, events: Sequence[Event]) -> Task:
    """The file as it stands now, and the ledger beside it."""
    item = go.items[0]
    heads = titles()
    sheet, ledger = (
        pd.DataFrame(rows)[list(COLUMNS)].rename(columns=heads)
        for rows in (mended(warehouse, item, events), true_rows(warehouse, item))
    )
    return Task(
        (
            f"单位报来的处罚案件表有 {item['rows']} 行，装不进去或有几行被隔离。对照右边的纸质台账改正，直到全部装入。",
            "「试装」把您改的表装进一个临时库，告诉您隔离了哪些、为什么；原来的数据不受影响。",
        ),
        (),
        (),
        sheet,
        ledger,
    )


def shares(
    rows: Sequence[dict[str, str]], true: Sequence[dict[str, str]], found: Loaded, spoilt: int
) -> dict[str, float]:
    """The share of each part: of the spoilt rows those that load now; of the spoilt cells those with the ledger's
    value, less those that were right and are not any more."""
    unloaded, broken = len(true) - found.accepted, 0
    for one, held in zip(rows, true, strict=True):
        for name in COLUMNS:
            broken += one[name].strip() != held[name]
    return {"rows": max(0.0, 1 - unloaded / spoilt), "values": max(0, spoilt - broken) / spoilt}


def scored(warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]) -> Score:
    """The score of a go, by loading what was saved last."""
    item = go.items[0]
    rows, true = mended(warehouse, item, events), true_rows(warehouse, item)
    return total(exercise, shares(rows, true, load(warehouse, rows), len(item["spoilt"])), hints_seen(events))


def told(warehouse: Warehouse, go: Go, events: Sequence[Event]) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Which cells were spoilt, what they ought to be, and what they were made."""
    item, heads = go.items[0], titles()
    rows, true, bad = mended(warehouse, item, events), true_rows(warehouse, item), bad_rows(warehouse, item)
    table = pd.DataFrame(
        [
            {
                "行": place + 1,
                "列": heads[column],
                "报来的": bad[place][column],
                "台账": true[place][column],
                "您改成": rows[place][column],
                "对不对": "对" if rows[place][column].strip() == true[place][column] else "不对",
            }
            for place, column in item["spoilt"]
        ]
    )
    lines = [f"埋下 {len(table)} 处错，改对 {int(table['对不对'].eq('对').sum())} 处。"]
    lines.append("日历上没有的日期、估计的金额、不在代码表里的词，装载时一律隔离，不会替人猜。")
    return tuple(lines), table
