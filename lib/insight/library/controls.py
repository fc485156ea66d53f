"""Whether the controls of a unit's integrity risks are at work, as the data shows: shares of its cases in which a
control was observed."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from lib import yamltext
from lib.access import Viewer, under
from lib.access.scope import visible
from lib.catalog.dataset import ROOT
from lib.catalog.steps import steps
from lib.errors import UserError
from lib.warehouse.store import Warehouse

# How far back the cases are looked at.
MONTHS = 12


class Measure(NamedTuple):
    """A control that cases show: what it is called, what it counts, and the cases with whether it was observed."""

    title: str
    meaning: str
    sql: str


class Control(NamedTuple):
    """What shows the controls of a step at work: measures (names of MEASURES) and indicators of the lists."""

    measures: tuple[str, ...]
    indicators: tuple[str, ...]


# Bound: $org, $step, $start (the day before the first), $end. case_id, what it is called, met, org_id and its scope.
_CASES = """
select
    penalty_case.case_id, penalty_case.case_no, penalty_case.case_name, penalty_case.filed_date,
    penalty_case.decision_date, found.on_date, found.met,
    penalty_case.org_id, penalty_case.area_code, org.domain_code
from found
join penalty_case using (case_id)
left join org using (org_id)
where penalty_case.org_id = $org
order by found.on_date desc, penalty_case.case_id
"""
_APPROVED = """
with found as (
    select
        case_id, max(event_at)::date as on_date,
        bool_and(approver_id is not null and approver_id is distinct from operator_id) as met
    from case_event
    where event_type = $step and event_at::date > $start and event_at::date <= $end
    group by case_id
)
"""
_TWO_HANDLERS = """
with found as (
    select
        penalty_case.case_id, filed_date as on_date,
        count(distinct officer_id) filter (role_type in ('主办', '协办')) >= 2 as met
    from penalty_case
    left join case_officer using (case_id)
    where org_id = $org and procedure_type = '普通' and filed_date > $start and filed_date <= $end and $step is not null
    group by all
)
"""
# A decision of the ordinary procedure with a step of that name on its day or before.
_BEFORE = """
with found as (
    select
        penalty_case.case_id, decision_date as on_date,
        coalesce(bool_or(event_at::date <= decision_date), false) as met
    from penalty_case
    left join case_event on case_event.case_id = penalty_case.case_id and event_type = $step
    where org_id = $org and procedure_type = '普通' and result_type = '处罚'
        and decision_date > $start and decision_date <= $end
    group by all
)
"""
# Delivered within seven workdays of the decision (行政处罚法第六十一条); those whose time still runs are left out.
_DELIVERED = """
with served as (
    select case_id, min(event_at)::date as served_on from case_event where event_type = $step group by case_id
),
found as (
    select
        case_id, decision_date as on_date,
        coalesce(until.wd_seq - since.wd_seq <= 7 and served_on >= decision_date, false) as met
    from penalty_case
    join workday as since on since.day_date = decision_date
    join workday as today on today.day_date = $end
    left join served using (case_id)
    left join workday as until on until.day_date = served_on
    where org_id = $org and result_type = '处罚' and decision_date > $start and decision_date <= $end
        and (served_on <= $end or today.wd_seq - since.wd_seq > 7)
)
"""
MEASURES = {
    "approved": Measure("独立审批", "这一环节由经办人以外的人审批的案件。", _APPROVED + _CASES),
    "two_handlers": Measure(
        "两人以上承办", "普通程序、主办和协办合计两人以上的案件，按立案日期。", _TWO_HANDLERS + _CASES
    ),
    "told_before": Measure("决定前告知", "普通程序的处罚，作出决定当日或以前有事先告知的案件。", _BEFORE + _CASES),
    "delivered": Measure(
        "按期送达",
        "作出处罚决定后在法定期限（行政处罚法第六十一条）内送达的案件，期限未满的不计。",
        _DELIVERED + _CASES,
    ),
}


@lru_cache(maxsize=1)
def controls() -> dict[str, Control]:
    """What data/library/controls.yaml says, by step. Raises UserError for a step or measure that is unknown."""
    text = (ROOT / "data" / "library" / "controls.yaml").read_text(encoding="utf-8")
    found = {
        raw["step"]: Control(tuple(raw["measures"]), tuple(raw["indicators"]))
        for raw in yamltext.parse(text)["controls"]
    }
    known = {step.name for step in steps()}
    faults = [f"没有环节 {name}" for name in found if name not in known]
    faults += [f"没有措施 {name}" for one in found.values() for name in one.measures if name not in MEASURES]
    if faults:
        raise UserError(f"data/library/controls.yaml 有误：{'；'.join(faults)}。", "请按提示修改。")
    return found


@under("view", "risk")
def observed(
    warehouse: Warehouse, viewer: Viewer, org_id: str, step: str, measure: str, until: date | None = None
) -> pd.DataFrame:
    """The cases of a unit in which a control is looked for, over MONTHS up to a day (the warehouse's unless given), the
    newest first: case_id, case_no, case_name, filed_date, decision_date, on_date, met; none outside the scope."""
    end = until or warehouse.as_of
    start = (pd.Timestamp(end) - pd.DateOffset(months=MONTHS)).date()
    found = warehouse.query(MEASURES[measure].sql, {"org": org_id, "step": step, "start": start, "end": end})
    return visible(viewer, found).drop(columns=["org_id", "area_code", "domain_code"]).reset_index(drop=True)
