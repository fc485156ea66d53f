"""Grid dispatches as board and lists have them: how far each is, what is odd about it, how it ended.

A rate cannot be raised by closing: only what was verified, by the platform or by two people on site, counts as solved,
and what was passed on to nobody stays in the whole. What is late, came back, was closed at once or with a used photo is
found as model M16 finds it, by its limits in force; closed at once are here all, verified or not.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.access.masking import mask_free_text
from lib.access.scope import visible
from lib.casework.grid.states import FALSE_CLOSE, NOT_FOUND, NOT_OURS, SOLVED, TRUE, UNSOLVABLE, UNSOLVED, UNTRUE
from lib.casework.reading.visible import objects
from lib.casework.rules.versions import live_version
from lib.casework.store.register import Register
from lib.insight.names import officer_labels, officer_names
from lib.insight.period import Span
from lib.insight.stated import Stated
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.rules import read_rules
from lib.warehouse.store import Warehouse

MODEL = "M16"


class Part(NamedTuple):
    """What a number of the board counts: a word for its column, and its definition."""

    title: str
    words: str


PARTS = {
    "reported": Part("上报", "期内派单的网格事件，一件事件计一次；没有派单的按上报时间计。"),
    "undispatched": Part("未派单", "期内上报、至今没有派单的事件。"),
    "dispatched": Part("派单", "期内派出的派单；同一事件改派的各计一次。"),
    "done": Part("办结", "派单中处置单位已报办结的。"),
    "verified": Part("核验", "派单中平台已核验或两人线下核查过的。"),
    "open": Part("在办", "派单中还没有办结的。"),
    "late": Part("超期", "办结晚于期限，或到截止日还没有办结的；口径同模型 M16。"),
    "reopened": Part("复发", "办结后 {reopen_days} 日内同一地点再报同类事件的；流动摊贩、地点只写到镇街的不计。"),
    "fast": Part("即结", "派单后不足 {fast_close_minutes} 分钟就办结的，核验属实的也计。"),
    "photo": Part("旧照片", "处置照片在别的事件用过，或就是上报时的照片；最先使用的不计。"),
    "solved": Part("已解决", "办结，并经平台核验属实或线下核查为已解决的。"),
    "not_ours": Part("不属于本单位", "处置结果为不属职责，或线下核查为不属于本单位的。"),
    "unsolvable": Part("无法解决", "线下核查为无法解决的；平台的处置结果里没有这一种。"),
    "not_found": Part("未发现", "线下核查为未发现的；平台的处置结果里没有这一种。"),
    "refuted": Part("办结不实", "办结，但平台核验为不属实、虚假办结，或线下核查为不属实、虚假办结、仍未解决的。"),
    "unverified": Part("待核实", "办结，但没有核验，或核验为部分属实、无法查实的。"),
    "owed": Part("应解决", "已办结或已超期的派单；不属职责而另有派单接手的不计，没有人接手的仍计。"),
    "solved_owed": Part("解决", "应解决的派单中已解决的。"),
    "checked": Part("线下核查", "两人线下核查过的。"),
}
RATE = Stated("解决率", "已解决占应解决的比例。应解决：{owed}")
FLOW = ("reported", "dispatched", "done", "verified", "open", "late")
ODD = ("reopened", "fast", "photo")
ENDED = ("solved", "not_ours", "unsolvable", "not_found", "refuted", "unverified")

# How a check of two people ends a dispatch; what is found untrue on site is so whatever became of it since.
_BY_END = {
    SOLVED: "solved",
    NOT_OURS: "not_ours",
    UNSOLVABLE: "unsolvable",
    NOT_FOUND: "not_found",
    UNSOLVED: "refuted",
}

_FLAGGED = """
with checks as (
    select unnest(cast($checked as varchar[])) as dispatch_id, unnest(cast($checked_ends as varchar[])) as checked_end
),

numbered as (
    select
        *,
        row_number() over (partition by event_no order by assigned_at, dispatch_id) = 1 as is_first,
        lead(dispatch_id) over (partition by event_no order by assigned_at, dispatch_id) is not null as is_passed_on
    from grid_dispatch
    where assigned_at < $as_of + interval 1 day
        and ($own is null or officer_id is distinct from $own)
),

seen as (
    select
        dispatch_id,
        event_no,
        to_org_id as org_id,
        officer_id,
        area_code,
        assigned_at,
        due_at,
        is_first,
        is_passed_on,
        case when finished_at < $as_of + interval 1 day then finished_at end as finished_at,
        case when finished_at < $as_of + interval 1 day then result_type end as result_type,
        case when coalesce(verified_at, assigned_at) < $as_of + interval 1 day then verify_result end as verify_result
    from numbered
    where assigned_at >= $start and assigned_at < $end + interval 1 day
),

-- As in model M16: exactly midnight is a day without an hour.
dispatches as (
    select
        *,
        coalesce(finished_at = cast(finished_at as date), false) as is_dated,
        case
            when due_at = cast(due_at as date) and not is_dated then due_at + interval 1 day
            else due_at
        end as due_by,
        case when is_dated then finished_at + interval '23:59:59' else finished_at end as finished_by
    from seen
),

photos as (
    select photo_hash, dispatch_id, event_no, coalesce(finished_at, assigned_at) as used_at
    from mart_shared_photo
    where greatest(assigned_at, finished_at) < $as_of + interval 1 day
),

first_uses as (
    select photo_hash, arg_min(event_no, (used_at, dispatch_id)) as first_event_no
    from photos
    group by photo_hash
    having min(event_no) <> max(event_no)
),

reused as (
    select dispatch_id
    from photos
    inner join first_uses using (photo_hash)
    where event_no <> first_event_no

    union

    select dispatch_id
    from photos
    inner join grid_event as report using (photo_hash)
    where reported_at <= used_at
),

recurrences as (
    select distinct dispatch_id
    from dispatches
    inner join mart_repeated_place as own using (event_no)
    inner join mart_repeated_place as later
        on later.place_text = own.place_text
        and later.event_type = own.event_type
        and later.area_code is not distinct from own.area_code
        and later.reported_at > finished_by
        and later.reported_at <= finished_by + interval ($reopen_days) day
    where later.event_no <> dispatches.event_no
        and later.reported_at < $as_of + interval 1 day
        and later.event_type <> '流动摊贩'
        and not regexp_matches(own.place_text, '(^|镇|乡|街道|县|[^超]市)\\s*$')
),

judged as (
    select
        dispatches.*,
        finished_at is not null as is_done,
        checks.dispatch_id is not null as is_checked,
        coalesce(coalesce(finished_at, $as_of) > due_by, false) as is_late,
        dispatch_id in (select dispatch_id from recurrences) as is_reopened,
        dispatch_id in (select dispatch_id from reused) as is_reused,
        coalesce(
            finished_at >= assigned_at
            and finished_at < assigned_at + interval ($fast_close_minutes) minute
            and not is_dated,
            false
        ) as is_fast,
        case
            when finished_at is null then 'open'
            when checked_end is not null then checked_end
            when result_type = '不属职责' then 'not_ours'
            when verify_result = '属实' then 'solved'
            when verify_result in ('不属实', '虚假办结') then 'refuted'
            else 'unverified'
        end as ended
    from dispatches
    left join checks using (dispatch_id)
),

owing as (
    select
        *,
        (is_done or is_late) and not (ended = 'not_ours' and is_passed_on) as is_owed
    from judged
),

parted as (
    select
        dispatch_id as key,
        area_code,
        org_id,
        assigned_at as moment,
        list_filter([
            'dispatched',
            ended,
            case when is_first then 'reported' end,
            case when is_done then 'done' end,
            case when verify_result is not null or is_checked then 'verified' end,
            case when is_late then 'late' end,
            case when is_reopened then 'reopened' end,
            case when is_fast then 'fast' end,
            case when is_reused then 'photo' end,
            case when is_checked then 'checked' end,
            case when is_owed then 'owed' end,
            case when is_owed and ended = 'solved' then 'solved_owed' end
        ], lambda part: part is not null) as parts
    from owing

    union all

    select event_no as key, area_code, null as org_id, reported_at as moment, ['reported', 'undispatched'] as parts
    from grid_event
    anti join grid_dispatch using (event_no)
    where reported_at >= $start and reported_at < $end + interval 1 day and reported_at < $as_of + interval 1 day
),

flagged as (
    select parted.*, domain_code
    from parted
    left join org using (org_id)
)
"""

_COUNTS = f"""{_FLAGGED}
select area_code, org_id, domain_code, part, count(*) as number
from flagged, unnest(parts) as each (part)
group by all
"""

_KEYS = f"""{_FLAGGED}
select key, area_code, org_id, domain_code
from flagged
where list_contains(parts, $part) and ($town = '' or area_code = $town)
order by moment desc, key
"""

_ROWS = f"""{_FLAGGED},

asked as (
    select key, area_code, org_id, domain_code, parts
    from flagged
    where list_contains(cast($keys as varchar[]), key)
),

final as (
    select
        asked.key,
        dispatch.dispatch_id,
        event.event_no,
        event_type,
        place_text,
        reported_at,
        asked.area_code,
        asked.org_id,
        asked.domain_code,
        officer_id,
        assigned_at,
        due_at,
        case when finished_at < $as_of + interval 1 day then finished_at end as finished_at,
        case when finished_at < $as_of + interval 1 day then result_type end as result_type,
        case when coalesce(verified_at, assigned_at) < $as_of + interval 1 day then verify_result end as verify_result,
        parts
    from asked
    left join grid_dispatch as dispatch on dispatch.dispatch_id = asked.key
    left join grid_event as event on event.event_no = coalesce(dispatch.event_no, asked.key)
)

select * from final
order by coalesce(assigned_at, reported_at) desc, key
"""

_WHEN = """
select assigned_at as moment from grid_dispatch where dispatch_id = $id
union all
select reported_at as moment from grid_event where event_no = $id
"""


def limits(register: Register | None) -> dict[str, int]:
    """Days within which the same again is a recurrence, minutes below which closing is at once: M16's, in force, or
    without a register as its file has them."""
    live = None if register is None else live_version(register, MODEL)
    held = {one.name: one.default for one in read_rules()[MODEL].parameters} if live is None else live.params
    return {name: int(held[name]) for name in ("reopen_days", "fast_close_minutes")}  # type: ignore[arg-type]


def meaning(part: str, held: dict[str, int]) -> str:
    """What a part counts, in words."""
    return PARTS[part].words.format(**held)


@under("view", "grid_check")
def checked_ends(register: Register, viewer: Viewer, warehouse: Warehouse) -> dict[str, str]:
    """By dispatch, how the last finished check of two people says it ended: a key of ENDED."""
    frame = objects(register, viewer, warehouse, "grid_check")
    frame = frame[frame["finding"].notna()].sort_values("checked_at", kind="stable")
    return {
        dispatch: _ended(finding, end)
        for dispatch, finding, end in zip(frame["dispatch_id"], frame["finding"], frame["end"], strict=True)
    }


def _ended(finding: str, end: str) -> str:
    if finding in (UNTRUE, FALSE_CLOSE) and end in (SOLVED, UNSOLVED):
        return "refuted"
    # 部分属实 and 无法查实 are no solution, whatever was seen.
    return "unverified" if end == SOLVED and finding != TRUE else _BY_END[end]


def _bound(register: Register, viewer: Viewer, warehouse: Warehouse, span: Span) -> dict[str, object]:
    ends = checked_ends(register, viewer, warehouse)
    return {
        "as_of": warehouse.as_of,
        "start": span.start,
        "end": span.end,
        "own": viewer.officer_id,
        "checked": list(ends),
        "checked_ends": list(ends.values()),
        **limits(register),
    }


@under("view", "grid")
def board(register: Register, warehouse: Warehouse, viewer: Viewer, span: Span) -> pd.DataFrame:
    """One row per town of the viewer's scope with anything in the span: area_code, area_label, and how many each of
    PARTS counts; those with most that is odd first."""
    counts = visible(viewer, warehouse.query(_COUNTS, _bound(register, viewer, warehouse, span)))
    counts = counts.assign(area_code=counts["area_code"].fillna(""))
    wide = counts.pivot_table(index="area_code", columns="part", values="number", aggfunc="sum", fill_value=0)
    wide = wide.reindex(columns=list(PARTS), fill_value=0).astype("int64").reset_index()
    names = places(warehouse)[1].set_index("area_code")["area_label"]
    wide.insert(1, "area_label", wide["area_code"].map(names).fillna(CITY_ITSELF))
    odd = wide[[*ODD, "late", "refuted"]].sum(axis=1)
    order = wide.assign(odd=-odd).sort_values(["odd", "area_code"], kind="stable").index
    wide.columns.name = None
    return wide.loc[order].reset_index(drop=True)


@under("view", "grid")
def keys(
    register: Register, warehouse: Warehouse, viewer: Viewer, span: Span, part: str, town: str = ""
) -> pd.DataFrame:
    """What a part counts, the newest first: one column, key (the dispatch, or the event that has none)."""
    bound = _bound(register, viewer, warehouse, span) | {"part": part, "town": town}
    return visible(viewer, warehouse.query(_KEYS, bound))[["key"]].reset_index(drop=True)


@under("view", "grid")
def rows(register: Register, warehouse: Warehouse, viewer: Viewer, span: Span, wanted: Sequence[str]) -> pd.DataFrame:
    """Those dispatches or events, the newest first: key, dispatch_id, event_no, event_type, place_text, reported_at,
    area_code, area_label, org_name, officer_id, officer_label (masked), assigned_at, due_at, finished_at, result_type,
    verify_result, odd (what is odd about it, in words), ended (how it ended, in words)."""
    bound = _bound(register, viewer, warehouse, span) | {"keys": list(wanted)}
    frame = visible(viewer, warehouse.query(_ROWS, bound)).reset_index(drop=True)
    orgs, areas = places(warehouse)
    frame["org_name"] = frame["org_id"].map(orgs.set_index("org_id")["org_name"]).astype("object").fillna("")
    frame["area_label"] = frame["area_code"].map(areas.set_index("area_code")["area_label"]).fillna(CITY_ITSELF)
    frame["place_text"] = frame["place_text"].map(mask_free_text)
    frame["officer_label"] = officer_labels(officer_names(warehouse), frame["officer_id"])
    frame["odd"] = ["、".join(PARTS[part].title for part in ("late", *ODD) if part in held) for held in frame["parts"]]
    frame["ended"] = [
        next((PARTS[part].title for part in ("open", *ENDED, "undispatched") if part in held), "")
        for held in frame["parts"]
    ]
    return frame.drop(columns="parts")


@under("view", "grid")
def one(register: Register, warehouse: Warehouse, viewer: Viewer, key: str) -> pd.DataFrame:
    """The row of one dispatch, or event without one, as `rows` has it; empty when it is not there or not visible."""
    when = warehouse.query(_WHEN, {"id": key})
    day: date = warehouse.as_of if when.empty else when["moment"].iloc[0].date()
    return rows(register, warehouse, viewer, Span(day, day), [key])
