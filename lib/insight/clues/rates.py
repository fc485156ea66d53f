"""How clues are handled: the clues received in a period, and what had become of them."""

from datetime import datetime

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.casework import deadlines
from lib.casework.clues.states import DISPOSITIONS, ORIGINS
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import clues
from lib.casework.rules.spot_checks import ORIGIN as DRAWN
from lib.casework.store.register import Register
from lib.casework.warnings.platforms import ORIGIN as EXTERNAL
from lib.catalog.lists import domain_names
from lib.insight import parts
from lib.insight.due import with_due
from lib.insight.duration import Duration, duration_of
from lib.insight.names import officer_labels, officer_names
from lib.insight.period import Span
from lib.insight.share import Share
from lib.insight.stated import Stated
from lib.insight.warnings.names import CITY_ITSELF, known_names, places, platform_titles, rule_labels
from lib.rules.levels import NAMES, SPOT_CHECK
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

NOT_YET = "尚未处置"
# What the clues can be broken down by: key, title, column of the list.
GROUPINGS = {
    "county": ("区县", "county_name"),
    "town": ("镇街", "area_label"),
    "origin": ("来源", "origin_zh"),
    "month": ("收到月份", "month"),
    "disposition": ("处置方式", "disposition_zh"),
}
# Which clues of a group a list shows: title, column of the list that says so.
PARTS = {
    "received": ("收到", ""),
    "disposed": ("已处置", "disposed"),
    "closed": ("已了结", "closed"),
    "open": ("未处置", "open"),
    "due": ("意见到期", "due"),
    "on_time": ("按期提出意见", "on_time"),
    "overdue": ("超期未提意见", "overdue"),
}
# The tiles of the page, in order.
DISPOSAL = Stated(
    "处置率",
    "期内收到的线索中，截至现在已处置（谈话函询、初步核实、暂存待查、予以了结）的占比。",
    ("clue_disposed", "clue_received"),
)
CLOSING = Stated(
    "了结率",
    "期内收到的线索中，予以了结或处置后归档的占比；暂存待查计入已处置，不计入已了结。",
    ("clue_closed", "clue_held"),
)
OPINION = Stated(
    "意见按期率",
    f"收到之日起{deadlines.opinion()}内提出处置意见的占比；分母为已提出意见或期限已过的，到期未提的按未按期计"
    "（监督执纪工作规则，待核）。",
    ("clue_on_time", "clue_due"),
)
TAKEN = Stated("线索处置时长", "收到到首次处置的工作日的中位数、平均数和九成不超过的天数。未处置的不计入，见右侧。")
WAITING = Stated("未处置", "期内收到、尚未处置的线索，及自收到之日起已过的工作日。", ("clue_open",))
OVERDUE = Stated("超期未提意见", "期限已过仍未提出处置意见的线索。", ("clue_overdue",))


@under("view", "clue")
def clue_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible clues as they stand at `at` (the warehouse's clock unless given), overdue and oldest first.

    All columns of lib.casework's clues, and: matter (who and what, in words: 高照街道综合行政执法队 杨*：罚缴不一致
    （秀综执罚决字〔2022〕第000168号 …）, and its number where two would read alike), origin_zh, month (YYYY-MM
    received), county_code, county_name (市本级 for the city's own units), area_label, org_name, domain_zh,
    officer_label, rule_label, disposition_zh (or 尚未处置); disposed (any of the four dispositions, 暂存待查 included),
    closed (了结: 暂存待查 is not), open (not disposed); due (the opinion was given or its deadline has passed), on_time
    (given by the deadline), the columns of lib.insight.due as long as no opinion was given (timing says 按期 or how
    late it was once it is); workdays (receipt to disposal), open_workdays (receipt to `at`, for open ones). One
    handled as part of another is disposed of with it.

    The deadline is that of the handling opinion, one month after receipt (监督执纪工作规则, 待核).
    """
    at = at or now(warehouse)
    frame = clues(register, viewer, warehouse)
    frame = frame[frame["received_at"].le(at)].reset_index(drop=True)
    frame = _with_places(frame, warehouse)
    frame["officer_label"] = officer_labels(officer_names(warehouse), frame["officer_id"])
    frame["matter"] = _matters(frame, register, warehouse)
    labels = rule_labels()
    frame["rule_label"] = ["" if pd.isna(rule_id) else labels.get(rule_id, rule_id) for rule_id in frame["rule_id"]]
    frame["domain_zh"] = frame["domain_code"].map(domain_names()).astype("object").fillna("")
    frame["origin_zh"] = _origins(frame, register, warehouse)
    frame["month"] = frame["received_at"].dt.strftime("%Y-%m")
    frame = _states(frame, pd.Timestamp(at))
    frame = _times(frame, warehouse, pd.Timestamp(at))
    order = frame.assign(late=~frame["overdue"], done=frame["disposed"])
    order = order.sort_values(["late", "done", "due_at", "clue_id"], kind="stable")
    return frame.loc[order.index].reset_index(drop=True)


def _origins(frame: pd.DataFrame, register: Register, warehouse: Warehouse) -> pd.Series:
    """Where each clue came from: of a warning, whether a model raised it, another platform (which), or it was drawn."""
    held = snapshot(register, warehouse)
    of_warning = pd.concat([one.set_index("warning_id")["origin"] for one in (held.warning, held.spot_check)])
    raised_by = frame["warning_id"].map(of_warning)
    platforms = frame["rule_id"].map({key: f"外部预警（{title}）" for key, title in platform_titles().items()})
    told = frame["origin"].map(ORIGINS).fillna(frame["origin"]).astype("object")
    return told.mask(raised_by.eq(EXTERNAL), platforms).mask(raised_by.eq(DRAWN), NAMES[SPOT_CHECK])


def _matters(frame: pd.DataFrame, register: Register, warehouse: Warehouse) -> list[str]:
    known = known_names(register, warehouse)
    # Where nobody is known, what a mapping gives is a column of numbers.
    subjects = frame["warning_id"].map(known["subject_title"]).astype("object").fillna("")
    people = frame["officer_id"].map(officer_names(warehouse)).astype("object").fillna("")
    told = []
    for title, unit, person, subject in zip(frame["title"], frame["org_name"], people, subjects, strict=True):
        who = " ".join(part for part in (unit, person) if part)
        named = subject == unit or (person and person in subject[:2])
        about = f"（{subject}）" if subject and not named else ""
        told.append(f"{who}：{title}{about}" if who else f"{title}{about}")
    # Where who and what are the same, the number tells them apart: no two rows of a list read alike.
    twice = pd.Series(told, dtype="object").duplicated(keep=False)
    return [
        f"{one} · {number}" if same else one for one, number, same in zip(told, frame["number"], twice, strict=True)
    ]


def _with_places(frame: pd.DataFrame, warehouse: Warehouse) -> pd.DataFrame:
    orgs, areas = places(warehouse)
    columns = ["area_code", "county_code", "county_name", "area_label"]
    frame = frame.merge(orgs[["org_id", "org_name"]], on="org_id", how="left")
    frame = frame.merge(areas[columns], on="area_code", how="left")
    frame["county_name"] = frame["county_name"].fillna(CITY_ITSELF)
    frame["area_label"] = frame["area_label"].fillna(frame["county_name"])
    for column in ("org_name", "county_code"):
        frame[column] = frame[column].fillna("")
    return frame


def _states(frame: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    frame["disposed"] = frame["disposed_at"].le(at)
    frame["closed"] = frame["closed_at"].le(at)
    frame["open"] = ~frame["disposed"]
    frame["disposition_zh"] = frame["disposition"].where(frame["disposed"], NOT_YET)
    given = frame["assessed_at"].le(at)
    frame["due"] = given | frame["due_at"].lt(at)
    frame["on_time"] = given & frame["assessed_at"].le(frame["due_at"])
    return frame


def _times(frame: pd.DataFrame, warehouse: Warehouse, at: pd.Timestamp) -> pd.DataFrame:
    days, given = deadlines.calendar(warehouse), frame["assessed_at"].le(at)
    received = frame["received_at"].to_numpy()
    disposed = frame["disposed_at"].where(frame["disposed"]).to_numpy()
    frame["workdays"] = days.between(received, disposed)
    until = np.where(frame["open"], np.datetime64(at), np.datetime64("NaT"))
    frame["open_workdays"] = days.between(received, until)
    # The opinion's deadline runs until the opinion is given.
    running = with_due(frame[["due_at"]].where(~given, other=pd.NaT), at.to_pydatetime(), days).drop(columns="due_at")
    late = (frame["assessed_at"].dt.normalize() - frame["due_at"].dt.normalize()).dt.days
    met = pd.Series(np.where(late.gt(0), "迟 " + late.fillna(0).astype("int64").astype(str) + " 天", "按期"))
    frame["timing"] = running.pop("timing").mask(given, met)
    return frame.assign(**{name: running[name] for name in running})


def cohort(frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    """The clues received in the span."""
    return frame[span.holds(frame["received_at"])]


def disposal(disposed: int, received: int, due: int) -> Share:
    """线索处置率: disposed of received; nothing to divide by as long as nothing is disposed and no opinion is due."""
    return Share(disposed, received if disposed or due else 0)


def duration(frame: pd.DataFrame) -> Duration:
    """How long disposal took, from receipt."""
    return duration_of(frame["workdays"])


def rates(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """One row per group of GROUPINGS[by] that has clues, and the counts and rates of its clues.

    group; received, disposed, closed, open, due, on_time, overdue (numbers of clues); disposal_rate (of received),
    closing_rate (of received), on_time_rate (of due), NaN where there is nothing to divide by; mean_days, median_days,
    p90_days (workdays from receipt to disposal, NaN without any). Months run in order, dispositions in that of the
    rules, other groups by the number received.
    """
    column = GROUPINGS[by][1]
    flags = [key for key, (_, flag) in PARTS.items() if flag]
    grouped = frame.groupby(column, sort=True)
    table = grouped[flags].sum().astype("int64")
    table.insert(0, "received", grouped.size())
    table["disposal_rate"] = _ratio(table["disposed"], table["received"])
    table["closing_rate"] = _ratio(table["closed"], table["received"])
    table["on_time_rate"] = _ratio(table["on_time"], table["due"])
    taken = grouped["workdays"]
    table["mean_days"], table["median_days"], table["p90_days"] = taken.mean(), taken.median(), taken.quantile(0.9)
    table = table.rename_axis("group").reset_index()
    return _ordered(table, by)


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole.where(whole > 0)).astype("float64")


def _ordered(table: pd.DataFrame, by: str) -> pd.DataFrame:
    if by == "month":
        return table
    if by == "disposition":
        rank = {name: place for place, name in enumerate((*DISPOSITIONS, NOT_YET))}
        return table.sort_values("group", key=lambda names: names.map(rank), kind="stable").reset_index(drop=True)
    return table.sort_values(["received", "group"], ascending=[False, True], kind="stable").reset_index(drop=True)


def part_of(frame: pd.DataFrame, by: str, group: str | None, part: str) -> pd.DataFrame:
    """The clues behind one number: of a group (None = all groups), those that PARTS[part] counts."""
    rows = frame if group is None else frame[frame[GROUPINGS[by][1]].eq(group)]
    return parts.part_of(rows, PARTS, part)
