"""The difference two versions of a model make, as tables and examples for the screen."""

import json
from collections.abc import Mapping

import pandas as pd

from lib.insight.names import officer_labels, officer_names
from lib.insight.warnings.names import names, places
from lib.insight.warnings.why import is_group, sentence
from lib.insight.wording import SHARE
from lib.rules import Rule
from lib.rules.levels import LEVELS, ORDER
from lib.warehouse.store import Warehouse

MOST_EXAMPLES = 10
PARTS = ("live", "proposed", "added", "lost", "changed")
EXAMPLE_COLUMNS = [
    "warning_id",
    "level",
    "level_zh",
    "before_zh",
    "area_label",
    "org_name",
    "officer_label",
    "occurred_on",
    "sentence",
]
UNKNOWN = "未登记"

Parts = Mapping[str, pd.DataFrame]


def by_level(parts: Parts) -> pd.DataFrame:
    """level, level_zh, and the number of warnings in each of PARTS; changed ones count at their new level."""
    counts = {name: parts[name]["level"].value_counts() for name in PARTS}
    rows = [[level, name, *(int(counts[name].get(level, 0)) for name in PARTS)] for level, name in LEVELS.items()]
    return pd.DataFrame(rows, columns=["level", "level_zh", *PARTS])


def by_town(parts: Parts, warehouse: Warehouse) -> pd.DataFrame:
    """area_code, area_label and the numbers in each of PARTS, where there is a difference, the largest first."""
    areas = places(warehouse)[1].set_index("area_code")["area_label"]
    return _by(parts, "area_code", "area_label", areas)


def by_unit(parts: Parts, warehouse: Warehouse) -> pd.DataFrame:
    """org_id, org_name and the numbers in each of PARTS, where there is a difference, the largest first."""
    return _by(parts, "org_id", "org_name", places(warehouse)[0].set_index("org_id")["org_name"])


def by_officer(parts: Parts, warehouse: Warehouse) -> pd.DataFrame:
    """officer_id, officer_label (masked) and the numbers in each of PARTS, where there is a difference."""
    table = _by(parts, "officer_id", "officer_label", pd.Series(dtype="object"))
    labels = officer_labels(officer_names(warehouse), table["officer_id"])
    return table.assign(officer_label=labels.where(table["officer_id"].ne(""), UNKNOWN))


def _by(parts: Parts, key: str, title: str, titles: pd.Series) -> pd.DataFrame:
    """Counts by a key, 未登记 where there is none."""
    counts = {name: parts[name][key].astype("object").fillna("").value_counts() for name in PARTS}
    table = pd.DataFrame(counts, columns=list(PARTS)).fillna(0).astype("int64")
    table = table.rename_axis(key).reset_index()
    table["moved"] = table["added"] + table["lost"] + table["changed"]
    table = table[table["moved"].gt(0)].sort_values(["moved", key], ascending=[False, True]).reset_index(drop=True)
    named = table[key].map(titles).astype("object").fillna(table[key])
    table.insert(1, title, named.where(table[key].ne(""), UNKNOWN))
    return table.drop(columns="moved")


def examples(
    found: pd.DataFrame, rule: Rule, warehouse: Warehouse, with_names: bool, most: int | None = MOST_EXAMPLES
) -> pd.DataFrame:
    """EXAMPLE_COLUMNS of at most `most` candidate warnings (None: all), the worst and newest first.

    `sentence` says why the warning fires; before_zh is the level before, where it changed. Without names, neither the
    sentence nor the label tells who the officer is.
    """
    order = found["level"].map(ORDER)
    rows = found.assign(order=order).sort_values(["order", "occurred_on", "warning_id"], ascending=[True, False, True])
    rows = (rows if most is None else rows.head(most)).assign(title=rule.title).reset_index(drop=True)
    if rows.empty:
        return pd.DataFrame(columns=EXAMPLE_COLUMNS)
    known = names(rows, warehouse).reset_index(drop=True)
    rows = pd.concat([rows, known], axis="columns")
    if not with_names:
        rows["officer_name"] = rows["officer_label"] = ""
        rows["subject_title"] = rows["subject_title"].mask(rows["subject_type"].eq("officer"), "（姓名不展示）")
    held = [json.loads(text) for text in rows["evidence"]]
    rows["unit"] = [
        SHARE if is_group(row, evidence) else rule.unit
        for (_, row), evidence in zip(rows.iterrows(), held, strict=True)
    ]
    rows["sentence"] = [sentence(row, evidence, rule) for (_, row), evidence in zip(rows.iterrows(), held, strict=True)]
    rows["level_zh"] = rows["level"].map(LEVELS)
    rows["before_zh"] = rows["level_before"].map(LEVELS) if "level_before" in rows else ""
    return rows[EXAMPLE_COLUMNS]
