"""What a viewer's figures are taken from, as it stands at a moment."""

from datetime import datetime
from functools import cache, partial

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.casework.deadlines import calendar
from lib.casework.reading.visible import current
from lib.casework.rules.versions import live_versions
from lib.casework.store.register import Register
from lib.insight.clues.rates import clue_list
from lib.insight.data.datasets import datasets
from lib.insight.figure import Casework
from lib.insight.notices.listing import notice_list
from lib.insight.period import Span
from lib.insight.ranking.officers import compared_warnings
from lib.insight.warnings import kpi
from lib.insight.warnings.listing import warning_list
from lib.rules.levels import SPOT_CHECK
from lib.warehouse.store import Warehouse

_DECIDED = """
select penalty_case.area_code, org.domain_code, count(*)::bigint as cases
from penalty_case
left join org using (org_id)
where penalty_case.decision_date between $start and $end and penalty_case.result_type <> '未决'
group by all
"""


@under("view", "warning")
def cases(warehouse: Warehouse, viewer: Viewer, span: Span) -> pd.DataFrame:
    """area_code, cases: how many were decided on the days of the span, of what the viewer may see."""
    return visible(viewer, warehouse.query(_DECIDED, {"start": span.start, "end": span.end}))[["area_code", "cases"]]


@under("view", "warning")
def casework(
    register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime, both: pd.DataFrame | None = None
) -> Casework:
    """What the viewer's figures are taken from, deadlines and the end of periods judged by `at`. `both` is the viewer's
    warning list with spot checks where it is at hand."""
    held = current(register, warehouse)
    if both is None:
        both = warning_list(register, warehouse, viewer, at, spot_checks=True)
    drawn = both["level"].eq(SPOT_CHECK)
    return Casework(
        both[~drawn].reset_index(drop=True),
        clue_list(register, warehouse, viewer, at),
        kpi.false_alarms(held.event),
        calendar(warehouse),
        at,
        held.event["at"].min(),
        both[drawn],
        partial(compared_warnings, register, warehouse),
        cache(partial(notice_list, register, warehouse, viewer, at)) if viewer.may("view", "notice") else None,
        # Only how they stand now is kept.
        cache(partial(datasets, warehouse, viewer)),
        cache(partial(cases, warehouse, viewer)),
        cache(lambda: {one.version_id: one.state_at for one in live_versions(register).values()}),
    )
