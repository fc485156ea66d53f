"""The files that come in bad: of which datasets, their rows as they stand in the ledger, and how cells are spoilt."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import pandas as pd

from lib.catalog import load_catalog
from lib.catalog.dataset import Field
from lib.warehouse.store import Warehouse

Row = dict[str, str]


class Sheet(NamedTuple):
    """A file of a dataset: `columns` are looked at, its key first, which is numbered anew behind `letter`; the loader
    needs the `hidden` ones besides. `sql` gives its rows, by $salt and $rows."""

    letter: str
    columns: tuple[str, ...]
    hidden: tuple[str, ...]
    sql: str


SHEETS: dict[str, Sheet] = {
    "penalty_case": Sheet(
        "C",
        ("case_id", "party_type", "procedure_type", "filed_date", "decision_date", "fine_amt", "result_type"),
        ("party_id", "item_code", "org_id"),
        """
        select party_type, procedure_type, filed_date, decision_date, fine_amt, result_type, party_id, item_code, org_id
        from penalty_case
        where decision_date > filed_date and fine_amt > 0 and result_type = '处罚'
        order by md5(case_id || $salt) limit $rows
        """,
    ),
    "hotline_ticket": Sheet(
        "T",
        ("ticket_no", "ticket_type", "received_at", "due_at", "replied_at", "verify_result"),
        ("org_id",),
        """
        select ticket_type, received_at, due_at, replied_at, verify_result, org_id
        from hotline_ticket
        where replied_at > received_at and due_at > received_at and verify_result is not null
        order by md5(ticket_no || $salt) limit $rows
        """,
    ),
    "violation_lead": Sheet(
        "L",
        ("lead_id", "source_type", "received_at", "verified_at", "verify_result"),
        ("item_code", "to_org_id"),
        """
        select source_type, received_at, verified_at, verify_result, item_code, to_org_id
        from violation_lead
        where verified_at > received_at and verify_result is not null and item_code is not null
        order by md5(lead_id || $salt) limit $rows
        """,
    ),
}
# What a file names of other datasets comes beside it.
_BESIDE = {
    "org": """
        select org_id, org_name, org_level, domain_code, area_code from org
        where org_id in (select unnest($named))
    """,
    "power_item": """
        select item_code, item_name, item_type, domain_code, transfer_status from power_item
        where item_code in (select unnest($named))
    """,
}
# A word that no list of values has, by column.
_WORDS = {
    "result_type": "罚了",
    "procedure_type": "简单",
    "party_type": "公司类",
    "ticket_type": "吐槽",
    "verify_result": "差不多",
    "source_type": "听说的",
}
_DAYS: dict[str, Callable[[str], str]] = {
    "no_day": lambda text: f"{text[:4]}-02-30{text[10:]}",
    "vague_day": lambda text: f"{text[:4]}年{text[5:7]}月某日",
    "empty": lambda text: "",
}
_AMOUNTS: dict[str, Callable[[str], str]] = {
    "about": lambda text: f"约{text.split('.')[0]}左右",
    "words": lambda text: "见决定书",
}


def fields(dataset: str) -> dict[str, Field]:
    """The columns of a file, in their order."""
    sheet, known = SHEETS[dataset], {one.name: one for one in load_catalog()[dataset].all_fields}
    return {name: known[name] for name in (*sheet.columns, *sheet.hidden)}


def true_rows(warehouse: Warehouse, dataset: str, salt: str, rows: int) -> list[Row]:
    """The rows as they stand in the ledger."""
    sheet, known = SHEETS[dataset], fields(dataset)
    found = warehouse.query(sheet.sql, {"salt": salt, "rows": rows}).to_dict("records")
    key = sheet.columns[0]
    return [
        {
            name: f"{sheet.letter}{number:03d}" if name == key else written(row[name], one.type)
            for name, one in known.items()
        }
        for number, row in enumerate(found, start=1)
    ]


def written(value: Any, kind: str) -> str:
    """A value as the ledger writes it, by the type of its column."""
    if value is None or pd.isna(value):
        return ""
    match kind:
        case "date":
            return f"{pd.Timestamp(value):%Y-%m-%d}"
        case "datetime":
            return f"{pd.Timestamp(value):%Y-%m-%d %H:%M}"
        case "number":
            return f"{float(value):.2f}"
    return str(value)


def faults(dataset: str) -> list[tuple[str, str]]:
    """Every way in which a cell of a file is spoilt: its column, and how."""
    found = []
    for name, one in fields(dataset).items():
        if name not in SHEETS[dataset].columns[1:]:
            continue
        if one.type in ("date", "datetime"):
            found += [(name, how) for how in _DAYS if how != "empty" or one.required]
        elif one.type == "number":
            found += [(name, how) for how in _AMOUNTS]
        elif name in _WORDS:
            found.append((name, "word"))
    return found


def spoilt(column: str, how: str, text: str) -> str:
    """What is made of a cell's text."""
    if how == "word":
        return _WORDS[column]
    return (_DAYS | _AMOUNTS)[how](text)


def drawn_faults(dataset: str, rows: int, count: int, chance: Random) -> list[list[Any]]:
    """Which cells are spoilt and how: place, column, how; each in a row of its own, of as many columns as there are."""
    ways = faults(dataset)
    chance.shuffle(ways)
    columns = list(dict.fromkeys(column for column, _ in ways))
    chosen = [columns[number % len(columns)] for number in range(count)]
    places = chance.sample(range(rows), count)
    return sorted(
        [place, column, chance.choice([how for own, how in ways if own == column])]
        for place, column in zip(places, chosen, strict=True)
    )


def beside(warehouse: Warehouse, dataset: str, rows: Sequence[Mapping[str, str]]) -> dict[str, pd.DataFrame]:
    """The rows of other datasets that these name, by dataset."""
    found: dict[str, set[str]] = {}
    for one in load_catalog()[dataset].foreign_keys:
        if one.field in fields(dataset):
            found.setdefault(one.dataset, set()).update(row[one.field] for row in rows)
    return {name: warehouse.query(_BESIDE[name], {"named": sorted(named)}) for name, named in found.items()}
