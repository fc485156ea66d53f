"""M16 网格超期·虚假办结: dispatches done late, closed for show, or come back (政务处分法 39)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY
from lib.warehouse.demo.plants.errands import Errands
from lib.warehouse.demo.plants.groups import days_in, officer_months
from lib.warehouse.demo.plants.period import Period

MINUTE = np.timedelta64(1, "m")
HOUR = np.timedelta64(60, "m")
# The signals of a group in turn: mostly late, some with one sign.
MIX = ("late", "late", "reopened", "late", "fast", "photo", "report_photo", "late")

# branch, level, how many, near
SINGLE = (
    ("late_just", "yellow", 2, True),
    ("late_week", "yellow", 2, True),
    ("very_late", "orange", 3, False),
    ("very_late_just", "orange", 2, True),
    ("unfinished", "orange", 2, False),
    ("reopened_just", "orange", 2, True),
    ("fast_just", "orange", 2, True),
    ("report_photo", "orange", 2, False),
    ("two_signs", "red", 2, False),
    ("false_close", "red", 2, False),
)


def plant(city: City) -> None:
    errands = Errands(city)
    for period in (city.window, city.history):
        _groups(city, errands, period)
        _unassigned(city, errands, period)
        _singles(city, errands, period)
    _decoys(city, errands)


def _groups(city: City, errands: Errands, period: Period) -> None:
    """Officers who leave dispatches lying for a month, and close some for show."""
    rng = city.rng("M16", period.name)
    groups = officer_months(city, rng, period, 9, where=errands.staff(period), ripe=40)
    errands.occupy(period, (group.officer_id for group in groups))
    for group in groups:
        crew, days = group.crews(), days_in(city, rng, group, 3, 18)
        event, dispatch = errands.make(rng, crew, days)
        kinds = np.array([MIX[n % len(MIX)] for n in range(group.signals)])
        _bend(city, errands, rng, period, crew, event, dispatch, kinds)
        level = np.where(kinds == "late", "yellow", "orange")
        rows = _subjects(dispatch).assign(branch=[group.label(kind) for kind in kinds], level=level)
        city.truth.add(
            rows,
            rule_id="M16",
            kind="violation",
            subject_type="grid_dispatch",
            occurred_on=days,
            in_window=period.in_window,
            near_threshold=group.near,
            group_id=group.group_id,
            group_period=group.period,
        )


def _unassigned(city: City, errands: Errands, period: Period) -> None:
    """A team that leaves dispatches lying which nobody was given: they count for the team."""
    rng = city.rng("M16", period.name, "unassigned")
    where = errands.staff(period)
    groups = officer_months(city, rng, period, 2, where=where, ripe=40, near=False, by="org_id", risky=0.0)
    for group in groups:
        crew, days = group.crews(), days_in(city, rng, group, 3, 18)
        event, dispatch = errands.make(rng, crew, days)
        dispatch["officer_id"] = None
        _bend(city, errands, rng, period, crew, event, dispatch, np.repeat("late", group.signals))
        city.truth.add(
            _subjects(dispatch).assign(branch="unassigned", level="yellow"),
            rule_id="M16",
            kind="violation",
            subject_type="grid_dispatch",
            occurred_on=days,
            in_window=period.in_window,
            near_threshold=False,
            group_id=group.group_id,
            group_period=group.period,
        )


def _subjects(dispatch: pd.DataFrame) -> pd.DataFrame:
    columns = {"dispatch_id": "subject_id", "to_org_id": "org_id"}
    return dispatch[["dispatch_id", "officer_id", "to_org_id", "area_code"]].rename(columns=columns)


def _singles(city: City, errands: Errands, period: Period) -> None:
    """One dispatch per officer: signals of their own; only the red ones warn directly."""
    for branch, level, full, near in SINGLE:
        rng, count = city.rng("M16", period.name, branch), city.count(full, period)
        where = errands.staff(period)
        crew = city.roster(period).crews(rng, count, where=where, risky=0.3 if level == "red" else 0.0)
        days = city.days(rng, period, count, lag=32)
        if branch == "unfinished":
            days = city.calendar.on_or_before(period.back(14) - rng.integers(3, 20, count) * DAY)
        event, dispatch = errands.make(rng, crew, days)
        _bend(city, errands, rng, period, crew, event, dispatch, np.repeat(branch, count))
        city.violation("M16", branch, level, _subjects(dispatch), days, period, near=near, subject_type="grid_dispatch")


def _bend(
    city: City,
    errands: Errands,
    rng: np.random.Generator,
    period: Period,
    crew: pd.DataFrame,
    event: pd.DataFrame,
    dispatch: pd.DataFrame,
    kinds: np.ndarray,
) -> None:
    """Bend each dispatch as its kind says, and hand everything over for insertion."""
    assigned, due = dispatch["assigned_at"].to_numpy(), dispatch["due_at"].to_numpy()
    finished = dispatch["finished_at"].to_numpy().copy()
    for kind, at in (
        ("late", due + rng.integers(3 * 60, 5 * 24 * 60, len(due)) * MINUTE),
        ("late_just", due + 35 * MINUTE),
        ("late_week", due + 158 * HOUR),
        ("very_late", due + rng.integers(8 * 24, 15 * 24, len(due)) * HOUR),
        ("very_late_just", due + 176 * HOUR),
        ("fast", assigned + rng.integers(120, 230, len(due)).astype("timedelta64[s]")),
        ("fast_just", assigned + 275 * np.timedelta64(1, "s")),
        ("near_due", due - 25 * MINUTE),
        ("near_fast", assigned + 7 * MINUTE),
        ("instant_fix", assigned + 3 * MINUTE),
        ("two_signs", assigned + 3 * MINUTE),
    ):
        finished = np.where(kinds == kind, at, finished)
    dispatch["finished_at"] = finished
    quick = finished - assigned < 20 * MINUTE
    dispatch["accepted_at"] = np.where(quick, assigned + np.timedelta64(45, "s"), dispatch["accepted_at"].to_numpy())
    unverified = np.isin(kinds, ["fast", "fast_just", "two_signs", "near_fast"])
    dispatch.loc[unverified, "verify_result"] = None
    dispatch["verified_at"] = np.where(
        dispatch["verify_result"].notna(), finished + 20 * HOUR, np.datetime64("NaT", "us")
    )
    event["closed_at"] = finished + 20 * MINUTE
    _verdicts(dispatch, kinds)
    open_ones = kinds == "unfinished"
    dispatch.loc[open_ones, ["finished_at", "verified_at"]] = pd.NaT
    dispatch.loc[open_ones, ["result_type", "verify_result", "photo_hash"]] = None
    event.loc[open_ones, "closed_at"] = pd.NaT
    _copy_photos(city, errands, rng, period, crew, dispatch, kinds)
    sent_back = kinds == "report_photo"
    dispatch.loc[sent_back, "photo_hash"] = event.loc[sent_back, "photo_hash"]
    if (kinds == "recurring_vendor").any():
        event["event_type"] = "流动摊贩"
    _come_back(city, errands, rng, crew, event, dispatch, kinds)
    city.edits.add("grid_event", event)
    city.edits.add("grid_dispatch", dispatch)


def _verdicts(dispatch: pd.DataFrame, kinds: np.ndarray) -> None:
    for kind, verdict in (("false_close", "虚假办结"), ("instant_fix", "属实")):
        chosen = kinds == kind
        dispatch.loc[chosen, "verify_result"] = verdict
        dispatch.loc[chosen, "verified_at"] = dispatch.loc[chosen, "finished_at"] + pd.Timedelta(hours=20)


def _copy_photos(
    city: City,
    errands: Errands,
    rng: np.random.Generator,
    period: Period,
    crew: pd.DataFrame,
    dispatch: pd.DataFrame,
    kinds: np.ndarray,
) -> None:
    """The photo of a colleague's errand of some days before, which was honest."""
    chosen = np.flatnonzero(kinds == "photo")
    if not len(chosen):
        return
    mates = crew.iloc[chosen].reset_index(drop=True)
    mates["officer_id"] = mates["officer2_id"]
    days = city.calendar.add(dispatch["assigned_at"].to_numpy()[chosen].astype("datetime64[D]"), -4)
    event, honest = errands.make(rng, mates, days)
    photos = dispatch["photo_hash"].to_numpy().copy()
    photos[chosen] = honest["photo_hash"]
    dispatch["photo_hash"] = photos
    if period.in_window:
        city.decoy("M16", "copied_from", _subjects(honest), days, "照片被他人后来照抄", subject_type="grid_dispatch")
    city.edits.add("grid_event", event)
    city.edits.add("grid_dispatch", honest)


def _come_back(
    city: City,
    errands: Errands,
    rng: np.random.Generator,
    crew: pd.DataFrame,
    event: pd.DataFrame,
    dispatch: pd.DataFrame,
    kinds: np.ndarray,
) -> None:
    """The same thing at the same place reported again after the closing; a colleague sees to it properly."""
    after = {"reopened": 70, "reopened_just": 159, "two_signs": 50, "near_reopened": 181, "recurring_vendor": 60}
    again = np.flatnonzero(np.isin(kinds, list(after)))
    if not len(again):
        return
    hours = np.array([after[kind] for kind in kinds[again]]) * HOUR
    reported = dispatch["finished_at"].to_numpy()[again] + hours
    mates = crew.iloc[again].reset_index(drop=True)
    mates["officer_id"] = mates["officer2_id"]
    second, visit = errands.make(rng, mates, reported.astype("datetime64[D]"))
    shift = reported - second["reported_at"].to_numpy()
    for frame, columns in (
        (second, ["reported_at", "closed_at"]),
        (visit, ["assigned_at", "accepted_at", "due_at", "finished_at", "verified_at"]),
    ):
        for column in columns:
            frame[column] = frame[column].to_numpy() + shift
    second["place_text"] = event["place_text"].to_numpy()[again]
    second["event_type"] = event["event_type"].to_numpy()[again]
    city.edits.add("grid_event", second)
    city.edits.add("grid_dispatch", visit)


def _decoys(city: City, errands: Errands) -> None:
    for branch, note in (
        ("instant_fix", "五分钟内办结且核验属实"),
        ("recurring_vendor", "流动摊贩反复出现"),
        ("near_due", "到期前办结"),
        ("near_fast", "七分钟办结"),
        ("near_reopened", "七日后同一地点再次上报"),
    ):
        rng, count = city.rng("M16", branch), city.count(4)
        crew = city.roster(city.window).crews(rng, count, where=errands.staff(city.window), risky=0)
        days = city.days(rng, city.window, count, lag=32)
        event, dispatch = errands.make(rng, crew, days)
        _bend(city, errands, rng, city.window, crew, event, dispatch, np.repeat(branch, count))
        city.decoy("M16", branch, _subjects(dispatch), days, note, subject_type="grid_dispatch")
