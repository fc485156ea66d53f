"""What a trainee is shown of a subject that is to be judged, and which of its rows decide."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from lib.catalog.deciding import deciding
from lib.engines import opened
from lib.insight.warnings.source_rows import in_chinese
from lib.rules import Rule, default_params, peers, sources
from lib.rules.run import run_section
from lib.warehouse.store import Warehouse

COMPARED = "同类比较"
# The number of a row in its table, as conditions of data/training/deciding.yaml may name it.
ROW = "行"
_MARK = "#"

# What names somebody or something: shown by a letter of the item's own, so that the same is seen to be the same, and
# nothing of it can be looked up, put in order or told to others.
_NAMES = ("_id", "_no", "_hash", "uscc", "_pk", "编号")
_PLACES = ("place_text", "campaign_name")
# Words in which a name stands.
_LEFT_OUT = ("case_name", "entity_name", "party_name", "name_masked", "illegal_fact")
# Codes that mean the same everywhere.
_KEPT = ("org_id", "item_code", "benchmark_id", "basis_doc_no", "tier_no")

_DAYS = """
select day_date::timestamp as day_date, is_workday, is_holiday from workday
where day_date between $first and $last order by day_date
"""


class Item(NamedTuple):
    """A subject to be judged under a rule."""

    rule_id: str
    subject_type: str
    subject_id: str


def tables(warehouse: Warehouse, rule: Rule, item: Item) -> dict[str, pd.DataFrame]:
    """The rows shown, by title: the rule's sources bound to the subject, what deciding.yaml adds, and for a rule that
    compares the subject's place among its peers. Tables without a row are left out; no evidence of the model is in."""
    as_of, params = warehouse.as_of, default_params(rule)
    one = None if item.subject_type == rule.subject else [item.subject_id]
    found = dict(sources(warehouse, rule, item.subject_id, as_of, params, one))
    values: dict[str, Any] = {**params, "as_of": as_of, "subject_id": item.subject_id}
    for title, sql in deciding()[rule.id].more.items():
        found[title] = run_section(opened(warehouse), rule, sql, values).to_pandas()
    if rule.nature == "统计":
        found[COMPARED] = _compared(warehouse, rule, item)
    return {title: rows.reset_index(drop=True) for title, rows in found.items() if len(rows)}


def _compared(warehouse: Warehouse, rule: Rule, item: Item) -> pd.DataFrame:
    values = peers(warehouse, rule, item.subject_id, warehouse.as_of).dropna(subset=["value"])
    own, others = values[values["is_subject"]]["value"], values[~values["is_subject"]]["value"]
    if others.empty:
        return pd.DataFrame()
    told = {"比较": rule.peers.title if rule.peers else "", "同类数": len(others)}
    told |= {"本对象": round(float(own.iloc[0]), 2) if len(own) else None}
    told |= {name: round(float(others.quantile(q)), 2) for name, q in (("中位数", 0.5), ("九成分位", 0.9))}
    return pd.DataFrame([told])


def row_id(title: str, row: int) -> str:
    """How a row of a table is named in an answer."""
    return f"{title}{_MARK}{row + 1}"


def row_words(name: str) -> str:
    """The same for a person."""
    title, _, number = name.rpartition(_MARK)
    return f"{title}第 {number} 行"


def deciding_rows(
    warehouse: Warehouse, rule: Rule, kind: str, branch: str, shown: Mapping[str, pd.DataFrame]
) -> tuple[frozenset[str], frozenset[str]]:
    """The rows that decide a planted situation, and those that may be marked besides, as `row_id` names them."""
    known = deciding()[rule.id]
    with duckdb.connect(":memory:") as con:
        for title, rows in shown.items():
            con.register(title, rows.assign(**{ROW: range(len(rows))}))
        values = {**default_params(rule), "as_of": warehouse.as_of}
        chosen: frozenset[str] = frozenset()
        for rows in known.branches[kind, branch]:
            chosen = _found(con, rows, values, shown)
            if chosen:
                break
        return chosen, _found(con, known.may, values, shown) - chosen


def _found(
    con: duckdb.DuckDBPyConnection, wanted: Mapping[str, str], values: Mapping[str, Any], shown: Mapping[str, Any]
) -> frozenset[str]:
    found: set[str] = set()
    for title, condition in wanted.items():
        if title not in shown:
            continue
        try:
            statement = duckdb.extract_statements(f'select "{ROW}" from "{title}" where {condition}')[0]
            bound = {name: values[name] for name in statement.named_parameters}
            rows = con.execute(statement, bound).fetchall()
        except duckdb.CatalogException:
            # The condition looks at a table that has no rows here.
            continue
        found |= {row_id(title, row) for (row,) in rows}
    return frozenset(found)


def for_screen(warehouse: Warehouse, rule: Rule, shown: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The same tables as a person reads them: in Chinese, masked, whatever names somebody or something replaced by a
    letter that is the same wherever it is the same."""
    letters: dict[str, str] = {}
    lettered = {title: _lettered(rows, letters) for title, rows in shown.items()}
    often = Counter(value for rows in lettered.values() for column in rows for value in rows[column].astype(str))
    return {
        title: in_chinese(_telling(rows, set(letters.values()), often), warehouse, tuple(rule.inputs))
        for title, rows in lettered.items()
    }


def _telling(rows: pd.DataFrame, letters: set[str], often: Counter[str]) -> pd.DataFrame:
    """Without the columns that say nothing: empty ones, and names that come but once."""
    idle = [
        name
        for name in rows.columns
        if rows[name].isna().all() or all(value in letters and often[value] == 1 for value in rows[name].astype(str))
    ]
    return rows.drop(columns=idle) if len(idle) < len(rows.columns) else rows


def _lettered(rows: pd.DataFrame, letters: dict[str, str]) -> pd.DataFrame:
    frame = rows.drop(columns=[name for name in _LEFT_OUT if name in rows])
    for column in frame.columns:
        if column in _KEPT or not (str(column).endswith(_NAMES) or column in _PLACES):
            continue
        frame[column] = [_letter(value, letters) for value in frame[column]]
    return frame


def _letter(value: Any, letters: dict[str, str]) -> Any:
    if value is None or value is pd.NA or value != value or value == "":
        return value
    return letters.setdefault(str(value), f"〔{len(letters) + 1}〕")


class Day(NamedTuple):
    """A day of the calendar that the rules count by: whether it is a workday, and a statutory holiday."""

    day: date
    works: bool
    holiday: bool


class Span(NamedTuple):
    """From one day to another: every day, both included, and the workdays counted from the day after the first."""

    days: tuple[Day, ...]
    workdays: int


def counts_workdays(rule: Rule) -> bool:
    """Whether a deadline of the rule is counted in workdays."""
    return "workday" in rule.inputs


def dates_in(shown: Mapping[str, pd.DataFrame]) -> list[date]:
    """The days that tables tell, in their order."""
    stamps = [rows[name].dropna() for rows in shown.values() for name in rows
              if pd.api.types.is_datetime64_any_dtype(rows[name])]  # fmt: skip
    return sorted({one.date() for column in stamps for one in column})


def span(warehouse: Warehouse, first: date, last: date) -> Span:
    """The days from `first` to `last` as the rules count them."""
    found = warehouse.query(_DAYS, {"first": first, "last": last})
    days = tuple(
        Day(one.day_date.date(), bool(one.is_workday), bool(one.is_holiday)) for one in found.itertuples(index=False)
    )
    return Span(days, sum(one.works for one in days if one.day > first))
