"""The closed cases that a look-back is drawn from, and the stratum of each."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.casework.reviews.design import allocated, needed, reach
from lib.casework.reviews.scoring import band_of, settings
from lib.casework.reviews.states import STRATA
from lib.errors import UserError
from lib.warehouse.store import Warehouse

_CLOSED = """
with closed as (
    select case_id, case_no, case_name, org_id, item_code, area_code, closed_date, fine_amt
    from penalty_case
    where closed_date between $from_day and $to_day and ($area is null or starts_with(area_code, $area))
),

main as (
    select case_id, min(officer_id) as officer_id
    from case_officer
    where role_type = '主办' and case_id in (select case_id from closed)
    group by case_id
),

final as (
    select closed.*, org.domain_code, org.org_name, power_item.item_name, main.officer_id
    from closed
    left join org on org.org_id = closed.org_id
    left join power_item on power_item.item_code = closed.item_code
    left join main on main.case_id = closed.case_id
    where $domain is null or org.domain_code = $domain
    order by closed.case_id
)

select * from final
"""
# All that worked on a case: 承办人, whoever operated or approved a step; and those with a tie to its party, declared or
# matched, whenever it held.
_BARRED = """
with people as (
    select case_id, officer_id from case_officer where case_id in (select unnest($ids))
    union
    select case_id, operator_id from case_event where case_id in (select unnest($ids))
    union
    select case_id, approver_id from case_event where case_id in (select unnest($ids))
    union
    select case_id, officer_relation.officer_id
    from penalty_case
    inner join officer_relation on officer_relation.uscc = penalty_case.party_id
    where case_id in (select unnest($ids))
),

final as (
    select case_id, string_agg(officer_id, ',' order by officer_id) as barred
    from people
    where officer_id is not null
    group by case_id
)

select * from final
"""


class Scope(NamedTuple):
    """Which closed cases: those closed on these days, both included, of a place and a domain, None for all."""

    from_day: date
    to_day: date
    area_code: str | None
    domain_code: str | None


class Design(NamedTuple):
    """What would be drawn: strata (stratum, size, drawn), how many cases there are and how many files are drawn, and
    ± how much of a rate near the one expected (0..1)."""

    strata: pd.DataFrame
    population: int
    files: int
    reach: float


@under("draw", "lookback")
def closed_cases(warehouse: Warehouse, viewer: Viewer, scope: Scope, by: Sequence[str]) -> pd.DataFrame:
    """The cases of a scope that the viewer may see, one row each, by number: case_id, case_no, case_name, org_id,
    org_name, item_code, item_name, area_code, domain_code, closed_date, fine_amt, officer_id (主办), stratum.

    A county's own units and its towns belong to it; the city's code stands for the whole city.
    """
    area = scope.area_code
    bound = {**scope._asdict(), "area": area, "domain": scope.domain_code}
    del bound["area_code"], bound["domain_code"]
    found = visible(viewer, warehouse.query(_CLOSED, bound)).reset_index(drop=True)
    return found.assign(stratum=_strata(found, by))


@under("draw", "lookback")
def barred_from(warehouse: Warehouse, viewer: Viewer, cases: Sequence[str]) -> dict[str, str]:
    """Of each of these cases, by number, the numbers of the officers who handled it or are tied to its party, a comma
    between; a case without any is left out."""
    found = warehouse.query(_BARRED, {"ids": list(cases)})
    return dict(zip(found["case_id"], found["barred"], strict=True))


def _strata(found: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """In words, so that a stratum is known by what it is; one number of a unit, item or officer goes with its name."""
    if unknown := [one for one in by if one not in STRATA]:
        raise UserError(f"不能按「{unknown[0]}」分层。", f"可以按{'、'.join(STRATA.values())}分层。")
    told = {
        "org": found["org_name"].fillna("") + "（" + found["org_id"].fillna("") + "）",
        "item": found["item_name"].fillna("") + "（" + found["item_code"].fillna("") + "）",
        "officer": found["officer_id"].fillna("未登记主办"),
        "band": found["fine_amt"].astype("float64").map(lambda fine: band_of(None if pd.isna(fine) else fine)),
    }
    parts = [told[one].astype("str") for one in STRATA if one in by]
    if not parts:
        return pd.Series("全部", index=found.index, dtype="str")
    whole = parts[0]
    for one in parts[1:]:
        whole = whole + " · " + one
    return whole


def designed(cases: pd.DataFrame, error: int, expected: int) -> Design:
    """What is drawn of these cases for an error in percentage points at an expected rate in percent.

    Raises UserError when there are no cases or too many would be drawn.
    """
    sizes = cases["stratum"].value_counts().to_dict()
    population = len(cases)
    if not population:
        raise UserError("这个时段和范围内没有已结案件。", "请改换结案时段、区域或领域。")
    drawn = allocated(sizes, needed(population, error / 100, expected / 100))
    count, most = sum(drawn.values()), settings().most
    if count > most:
        raise UserError(
            f"按这样分层要抽 {count:,} 件（{len(drawn):,} 层，每层至少 2 件），超过一次 {most:,} 件的上限。",
            "请减少分层、缩小范围或放宽误差。",
        )
    strata = pd.DataFrame(
        [(name, sizes[name], drawn[name]) for name in sorted(sizes)], columns=["stratum", "size", "drawn"]
    )
    return Design(strata, population, count, reach(sizes, drawn, expected / 100))
