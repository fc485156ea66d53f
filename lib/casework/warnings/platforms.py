"""Alerts that another platform has raised itself: each becomes a warning of that platform, and runs the same course.

No model stands behind one: it is not tested, not compared, and counts in no model's precision.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import select

from lib.casework.store.register import Register
from lib.casework.store.schema import warning
from lib.casework.warnings.ingest import Ingested, ingest
from lib.rules import warning_id
from lib.rules.levels import LEVELS, graver
from lib.warehouse.store import Warehouse

ORIGIN = "external_platform"
# What is older than the models look back is history, not something to be verified.
LOOK_BACK = timedelta(days=365)

_LEVELS = {name: code for code, name in LEVELS.items()}
_SUNSHINE = """
with alerts as (
    select
        record_id as subject_id,
        alert_color as colour,
        officer_id,
        org_id,
        coalesce(org.area_code, sunshine_record.area_code) as area_code,
        domain_code,
        cast(coalesce(audited_at, captured_at) as date) as occurred_on,
        record_type,
        captured_at,
        audited_at,
        audit_result,
        case_id
    from sunshine_record
    left join officer using (officer_id)
    left join org using (org_id)
    where alert_color is not null
)

select *
from alerts
where occurred_on > $since and occurred_on <= $until
order by subject_id
"""


@dataclass(frozen=True)
class Platform:
    """A platform that raises alerts.

    id: in the place of a model's number. title: what a person calls it. dataset: where its alerts lie, each the row of
    one record; without one they come as files (lib.casework.warnings.alert_files). query: since, until → what
    `candidates` takes, the rest by the dataset's own columns. record: id → the row itself.
    """

    id: str
    title: str
    dataset: str = ""
    query: str = ""
    record: str = ""

    @property
    def subject_type(self) -> str:
        """What one of its alerts is about."""
        return self.dataset or FILED


FILED = "alert"
_SUNSHINE_RECORD = "select * from sunshine_record where record_id = $id"
PLATFORMS = {
    one.id: one
    for one in (
        Platform("交通阳光", "交通阳光监管平台", "sunshine_record", _SUNSHINE, _SUNSHINE_RECORD),
        Platform("四平台", "基层治理四平台"),
    )
}
_OWNED = ["subject_id", "officer_id", "org_id", "area_code", "domain_code", "occurred_on"]


def candidates(platform: Platform, found: pd.DataFrame) -> pd.DataFrame:
    """A platform's alerts (subject_id, colour 红 橙 黄, officer_id, org_id, area_code, domain_code, occurred_on, and
    what else is told of each record) as `ingest` takes them; colour and what else is told is their evidence."""
    told = found.drop(columns=_OWNED)
    return found[_OWNED].assign(
        subject_type=platform.subject_type,
        period="",
        level=found["colour"].map(_LEVELS),
        signal_count=1,
        value=None,
        threshold=None,
        evidence=[_written(row) for row in told.to_dict("records")],
    )


def _written(told: dict[Any, Any]) -> str:
    return json.dumps({name: str(held) for name, held in told.items() if not pd.isna(held)}, ensure_ascii=False)


def hear(
    register: Register,
    warehouse: Warehouse,
    platform: Platform,
    at: datetime,
    since: date | None = None,
    until: date | None = None,
) -> Ingested:
    """Enter the alerts in the platform's dataset of the days after `since` up to `until`, by default the last year."""
    until = until or warehouse.as_of
    if not platform.query:
        return Ingested()
    found = warehouse.query(platform.query, {"since": since or until - LOOK_BACK, "until": until})
    return take_in(register, platform, candidates(platform, found), at)


def take_in(register: Register, platform: Platform, found: pd.DataFrame, at: datetime) -> Ingested:
    """Enter those alerts that are not in the register, or are graver now; nothing is written where there are none.

    One record gives one warning, however often it is sent. What has gone from the platform stays until a person
    withdraws it.
    """
    if found.empty:
        return Ingested()
    with register.read() as connection:
        own = select(warning.c.warning_id, warning.c.level).where(
            warning.c.rule_id == platform.id, warning.c.origin == ORIGIN
        )
        known = {row.warning_id: row.level for row in connection.execute(own)}
    keys = [warning_id(platform.id, platform.subject_type, subject, "") for subject in found["subject_id"]]
    new = [key not in known or graver(level, known[key]) for key, level in zip(keys, found["level"], strict=True)]
    if not any(new):
        return Ingested()
    run = f"{platform.id}-{at:%Y%m%d%H%M%S}"
    return ingest(register, platform, "", None, found[new], at, run, origin=ORIGIN, complete=False)
