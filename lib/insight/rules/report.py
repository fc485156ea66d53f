"""A tried version as a plain record that can be stored and shown again."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import pandas as pd

from lib.access import NotVisible, Viewer, under
from lib.insight.rules.tuning import Tried, Tuning, scope_of
from lib.insight.rules.workload import Workload

FORMAT = 1
_DAYS = {"day", "occurred_on"}
_CITY = {"area_code": None, "domains": None, "officer_id": None}


def to_report(tuning: Tuning) -> dict[str, Any]:
    """The whole of it as JSON values; equal for equal data, versions and scope."""
    report: dict[str, Any] = {"format": FORMAT}
    for item in fields(tuning):
        if item.name == "parts":
            continue
        report[item.name] = _plain(getattr(tuning, item.name))
    return report


@under("view", "rule")
def from_report(viewer: Viewer, report: Mapping[str, Any]) -> Tuning:
    """What was stored, for a viewer of the whole city or of the scope it was made in; what names officers only with the
    right to the ranking.

    Raises NotVisible for another scope, ValueError for a format this release does not know.
    """
    if report.get("format") != FORMAT:
        raise ValueError(f"unknown report format {report.get('format')}")
    if scope_of(viewer) not in (_CITY, report["scope"]):
        raise NotVisible()
    named, nameless = viewer.may("view", "ranking"), report["by_officer"] is None
    return Tuning(
        rule_id=report["rule_id"],
        title=report["title"],
        as_of=date.fromisoformat(report["as_of"]),
        scope=dict(report["scope"]),
        live=None if report["live"] is None else Tried(**report["live"]),
        proposed=Tried(**report["proposed"]),
        counts=dict(report["counts"]),
        **{name: _frame(report[name]) for name in ("by_level", "by_town", "by_unit", "verified")},
        by_officer=_table(report["by_officer"]) if named else None,
        examples={name: _frame(table) for name, table in report["examples"].items()} if named or nameless else {},
        months=_table(report["months"]),
        verified_months=_table(report["verified_months"]),
        workload=None if report["workload"] is None else Workload(**report["workload"]),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        rows = [[_plain(item) for item in row] for row in value.astype("object").itertuples(index=False)]
        return {"columns": list(value.columns), "rows": rows}
    if isinstance(value, Tried | Workload):
        return {name: _plain(item) for name, item in value._asdict().items()}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _table(stored: Mapping[str, Any] | None) -> pd.DataFrame | None:
    return None if stored is None else _frame(stored)


def _frame(stored: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(stored["rows"], columns=stored["columns"])
    for column in _DAYS.intersection(frame.columns):
        frame[column] = frame[column].map(date.fromisoformat)
    return frame
