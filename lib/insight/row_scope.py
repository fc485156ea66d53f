"""Which source rows a viewer may see: a row belongs where its case, its unit or its officer belongs."""

from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import sees_all, visible
from lib.warehouse.store import Warehouse

# What says where a row belongs, the first that it has: the case of a handler's row, the unit that works, the one that
# sent something there, the person.
_UNITS = ("org_id", "to_org_id", "from_org_id", "assigned_org_id")
_PEOPLE = ("officer_id", "operator_id")
_CASES = "select case_id, org_id, area_code from penalty_case where case_id in (select unnest($ids))"
_OFFICERS = "select officer_id, org_id from officer where officer_id in (select unnest($ids))"


class Scoped(NamedTuple):
    """The rows inside the viewer's scope, and how many were left out."""

    rows: pd.DataFrame
    outside: int


@under("view", "warning")
def scoped(viewer: Viewer, warehouse: Warehouse, rows: pd.DataFrame) -> Scoped:
    """Source rows down to the viewer's scope.

    Rows that belong to no place (an enterprise's registration, a benchmark, an item) stay: they are not somebody's
    work. Rows whose place is unknown are seen by city-wide viewers only, and nobody sees rows about the own number.
    """
    if sees_all(viewer):
        return Scoped(rows, 0)
    inside = pd.Series(True, index=rows.index)
    where = _where(warehouse, rows)
    if where is not None:
        inside = pd.Series(rows.index.isin(visible(viewer, where).index), index=rows.index)
    if viewer.officer_id is not None:
        for column in ("officer_id", "officer2_id", "operator_id", "approver_id", "target_officer_id"):
            if column in rows:
                inside &= rows[column].ne(viewer.officer_id).fillna(True).astype(bool)
    return Scoped(rows[inside], int((~inside).sum()))


def _where(warehouse: Warehouse, rows: pd.DataFrame) -> pd.DataFrame | None:
    """area_code and domain_code of each row, None when the rows belong to no place."""
    orgs = _orgs(warehouse)
    units = [column for column in _UNITS if column in rows]
    people = [column for column in _PEOPLE if column in rows]
    if "case_id" not in rows and not units and not people:
        return None
    unit, area = pd.Series(None, index=rows.index, dtype="object"), pd.Series(None, index=rows.index, dtype="object")
    if "case_id" in rows:
        cases = _looked_up(warehouse, _CASES, rows["case_id"])
        unit = rows["case_id"].map(cases["org_id"]).astype("object")
        area = rows["case_id"].map(cases["area_code"]).astype("object")
    for column in units:
        unit = unit.where(unit.notna(), rows[column])
    for column in people:
        own = rows[column].map(_looked_up(warehouse, _OFFICERS, rows[column])["org_id"])
        unit = unit.where(unit.notna(), own)
    if "area_code" in rows and "case_id" not in rows:
        area = rows["area_code"].astype("object")
    area = area.where(area.notna(), unit.map(orgs["area_code"]))
    return pd.DataFrame({"area_code": area, "domain_code": unit.map(orgs["domain_code"])}, index=rows.index)


@lru_cache(maxsize=4)
def _orgs(warehouse: Warehouse) -> pd.DataFrame:
    return warehouse.query("select org_id, area_code, domain_code from org").set_index("org_id")


def _looked_up(warehouse: Warehouse, sql: str, keys: pd.Series) -> pd.DataFrame:
    found = warehouse.query(sql, {"ids": keys.dropna().unique().tolist()})
    return found.set_index(found.columns[0])
