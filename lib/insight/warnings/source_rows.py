"""Raw rows as a person reads them: masked, with Chinese column titles and names for numbers of units and people."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.access.masking import mask_frame
from lib.casework.store.register import Register
from lib.casework.warnings.platforms import Platform
from lib.catalog import Dataset, load_catalog
from lib.catalog.lists import domain_names
from lib.insight.names import officer_labels, officer_names
from lib.insight.row_scope import scoped
from lib.insight.warnings.names import places
from lib.insight.warnings.why import params_in_force
from lib.rules import Rule, sources
from lib.warehouse.store import Warehouse

_UNITS = ("org_id", "use_org_id", "to_org_id", "from_org_id", "parent_org_id", "assigned_org_id")
_PEOPLE = ("officer_id", "officer2_id", "operator_id", "approver_id", "target_officer_id", "driver_id")
# Where a row came from is on the data page; here it only widens the table.
_PLUMBING = ("source_system", "source_pk", "batch_id", "ingested_at", "version_no", "is_void")


class SourceTable(NamedTuple):
    """One source of a hit: its title, the rows the viewer may see, and how many lie outside the viewer's scope."""

    title: str
    rows: pd.DataFrame
    outside: int


@under("view", "warning")
def source_tables(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    rule: Rule,
    subject_id: str,
    subject_ids: list[str] | None = None,
    as_of: date | None = None,
) -> list[SourceTable]:
    """Every source of a hit, masked and in Chinese; of a group of subjects when they are given.

    As of the warehouse's day unless another is given.

    Sources without a row are left out. Raises RuleError when a query fails.
    """
    params = params_in_force(register, rule)
    found = sources(warehouse, rule, subject_id, as_of or warehouse.as_of, params, subject_ids)
    tables = []
    for title, rows in found:
        own, outside = scoped(viewer, warehouse, rows)
        if len(rows):
            tables.append(SourceTable(title, in_chinese(own, warehouse, tuple(rule.inputs)), outside))
    return tables


@under("view", "warning")
def alert_rows(
    register: Register, warehouse: Warehouse, viewer: Viewer, platform: Platform, subject_id: str
) -> SourceTable:
    """The record that another platform raised an alert on, masked and in Chinese."""
    dataset = load_catalog()[platform.dataset]
    rows = warehouse.query(platform.record, {"id": subject_id})
    own, outside = scoped(viewer, warehouse, rows)
    return SourceTable(dataset.title, in_chinese(own, warehouse, (platform.dataset,)), outside)


def in_chinese(rows: pd.DataFrame, warehouse: Warehouse, datasets: tuple[str, ...] = ()) -> pd.DataFrame:
    """Source rows with the catalog's titles (units in brackets), masked, units, people and domains by name.

    Each title comes from the dataset, of those that have the column, that has most of the columns; of equals, the one
    in `datasets`. Money becomes a number, a list a text, yes and no words; dates and times stay what they are.
    """
    titles = _titles(_likeliest(list(rows.columns), datasets)) | {"domain_code": "领域"}
    frame = mask_frame(rows.drop(columns=[name for name in _PLUMBING if name in rows]))
    orgs, areas = places(warehouse)
    for column in frame.columns:
        if column in _UNITS:
            frame[column] = frame[column].map(orgs.set_index("org_id")["org_name"]).fillna(frame[column])
        elif column in _PEOPLE:
            frame[column] = officer_labels(officer_names(warehouse), frame[column].astype("object"))
        elif column == "domain_code":
            frame[column] = frame[column].map(domain_names()).fillna(frame[column])
        elif column == "area_code":
            frame[column] = frame[column].map(areas.set_index("area_code")["area_label"]).fillna(frame[column])
        else:
            frame[column] = _readable(frame[column])
    return frame.rename(columns=titles)


def _likeliest(columns: list[str], named: tuple[str, ...]) -> list[Dataset]:
    """All datasets, the one that has most of these columns first: titles of one name differ between datasets."""
    every = sorted(load_catalog().values(), key=lambda dataset: dataset.name not in named)
    return sorted(every, key=lambda dataset: -len(set(columns) & set(dataset.column_names)))


def _titles(datasets: list[Dataset]) -> dict[str, str]:
    """Title with unit by column name, from the first dataset that has the column."""
    titles: dict[str, str] = {}
    for dataset in datasets:
        for field in dataset.all_fields:
            titles.setdefault(field.name, field.heading)
    return titles


def _readable(values: pd.Series) -> pd.Series:
    if values.empty:
        return values
    if values.dtype == "bool" or values.map(lambda value: isinstance(value, bool) or value is None).all():
        return values.map({True: "是", False: "否"}).fillna("")
    held = values.dropna()
    if len(held) and isinstance(held.iloc[0], Decimal):
        return values.astype("float64")
    if len(held) and not isinstance(held.iloc[0], str) and hasattr(held.iloc[0], "__iter__"):
        return values.map(lambda items: "" if items is None else "、".join(str(item) for item in items))
    return values.fillna("") if values.dtype in ("object", "str") else values
