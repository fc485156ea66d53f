"""The look-backs and drawn files a viewer may see, as the screens show them."""

from datetime import datetime

import pandas as pd

from lib.access import Viewer, under
from lib.casework.deadlines import calendar
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import objects
from lib.casework.reviews.scoring import settings, sheets
from lib.casework.reviews.states import (
    ALONG,
    ARCHIVED,
    DIFFERING,
    DISPUTED,
    GIVEN,
    OPEN_STATES,
    OUT,
    SENT,
    SET_ASIDE,
    STRATA,
    WAITING,
    WITH_RESULT,
    WITHDRAWN,
)
from lib.casework.store.register import Register
from lib.catalog.lists import domain_names
from lib.insight.due import most_pressing, with_due
from lib.insight.reviews.estimate import rate
from lib.insight.reviews.results import parts
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.insight.wording import NONE, way
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# Which look-backs a list shows: title, column of the list that says so.
PARTS = {"open": ("在办", "open"), "out": ("已出结果", "out"), "closed": ("已归档", "closed"), "all": ("全部", "")}
STEPS = ("抽样", "分派评查", "收齐汇总", "裁决报告", "反馈单位", "归档")
_WHOLE_CITY, _ALL = "全市", "全部领域"


@under("view", "lookback")
def lookback_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible look-backs as they stand at `at` (the warehouse's clock unless given): what is late first, then by
    deadline, those that ended last.

    All columns of lib.casework's look-backs, those of lib.insight.due, and: area_label, domain_zh, strata_zh, open,
    out, closed, redrawn (how many others of the same were drawn and taken back), good (the Rate of good files for the
    whole once it is reported, else missing), done (how many of STEPS), way, and of its files drawn, reviewed (a result,
    or waiting for one of a third person), differing, set_aside, settled.
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "lookback")
    _, areas = places(warehouse)
    labels = areas.set_index("area_code")["area_label"]
    frame["area_label"] = [
        _WHOLE_CITY if pd.isna(one) else str(labels.get(one, CITY_ITSELF)) for one in frame["area_code"]
    ]
    frame["domain_zh"] = [_ALL if pd.isna(one) else domain_names().get(one, one) for one in frame["domain_code"]]
    frame["strata_zh"] = [strata_words(one) for one in frame["strata"]]
    state = frame["state"]
    frame["open"], frame["out"], frame["closed"] = state.isin(OPEN_STATES), state.isin(OUT), state.eq(ARCHIVED)
    frame["done"] = [ALONG.index(one) if one in ALONG else 0 for one in state]
    frame["way"] = [way(one, ALONG, STEPS) for one in state]
    frame = frame.join(_counted(register, warehouse, viewer), on="lookback_id")
    counts = ["drawn", "reviewed", "differing", "set_aside", "settled"]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    frame["redrawn"] = _redrawn(frame)
    frame["good"] = (
        _good(register, warehouse, frame.loc[frame["out"], "lookback_id"]).reindex(frame["lookback_id"]).array
    )
    return most_pressing(with_due(frame, at, calendar(warehouse)), "lookback_id", ~frame["open"])


def _good(register: Register, warehouse: Warehouse, ids: pd.Series) -> pd.Series:
    """The rate of good files for the whole, by look-back: of all its files, also of those about the viewer."""
    files = snapshot(register, warehouse).objects["review_case"]
    found = {}
    for one, own in files[files["lookback_id"].isin(ids)].groupby("lookback_id"):
        strata, done = parts(own)
        found[one] = rate(strata, done)
    return pd.Series(found, dtype="object")


def _redrawn(frame: pd.DataFrame) -> pd.Series:
    """How many other look-backs of the same kind about the same place and domain were drawn and then taken back."""
    gone = frame["state"].eq(WITHDRAWN) & frame["drawn"].gt(0)
    same = [frame[name].fillna("") for name in ("review_type", "area_code", "domain_code")]
    return gone.groupby(same).transform("sum") - gone.astype("int64")


def _counted(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    files = objects(register, viewer, warehouse, "review_case")
    state = files["state"]
    flags = files[["lookback_id"]].assign(
        drawn=True,
        reviewed=state.isin([DIFFERING, *WITH_RESULT]),
        differing=state.eq(DIFFERING),
        set_aside=state.eq(SET_ASIDE),
        settled=state.isin(WITH_RESULT),
    )
    return flags.groupby("lookback_id").sum()


def strata_words(strata: object) -> str:
    """By what a population is divided, in words."""
    names = [STRATA[one] for one in str(strata).split(",") if one in STRATA]
    return "、".join(names) or "不分层"


@under("view", "review_case")
def file_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible drawn files, for whoever is of a unit what was told to it: what differs first, then what waits, by
    number.

    All columns of lib.casework's drawn files, those of lib.insight.due, and: org_name, area_label, good, found (the
    deductions in words, 、 between), waits (in words with whom it lies; empty when it ended).
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "review_case")
    orgs, areas = places(warehouse)
    frame["org_name"] = frame["org_id"].map(orgs.set_index("org_id")["org_name"]).astype("object").fillna("")
    frame["area_label"] = frame["area_code"].map(areas.set_index("area_code")["area_label"]).astype("object").fillna("")
    frame["good"] = frame["grade"].isin(settings().good)
    frame["found"] = [
        found_words(kind, one) for kind, one in zip(frame["review_type"], frame["deductions"], strict=True)
    ]
    waits = {WAITING: "评查人", DIFFERING: "第三人裁决", DISPUTED: "答复异议的人"}
    units = zip(frame["state"], frame["org_name"], strict=True)
    frame["waits"] = [unit if state == SENT else waits.get(state, "") for state, unit in units]
    frame = with_due(frame, at, calendar(warehouse))
    place = frame["state"].map({DIFFERING: 0, WAITING: 1}).fillna(2)
    ranked = frame.assign(place=place).sort_values(["place", "score", "title"], kind="stable")
    return frame.loc[ranked.index].reset_index(drop=True)


def found_words(review_type: str, deductions: tuple[str, ...]) -> str:
    """Deductions in words, 、 between, what vetoes the file marked so; a dash without any."""
    items = sheets()[review_type].items.values()
    return "、".join(item.words for item in items if item.id in deductions) or NONE


@under("score", "review_sheet")
def sheet_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The viewer's own sheets, those still to be scored first, by deadline: the columns of lib.casework's sheets and of
    lib.insight.due, org_name, case_id, closed_date, open."""
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "review_sheet")
    orgs, _ = places(warehouse)
    files = objects(register, viewer, warehouse, "review_case").set_index("review_case_id")
    frame["org_name"] = frame["org_id"].map(orgs.set_index("org_id")["org_name"]).astype("object").fillna("")
    frame = frame.join(files[["case_id", "closed_date"]], on="review_case_id")
    frame["open"] = frame["state"].eq(GIVEN)
    return most_pressing(with_due(frame, at, calendar(warehouse)), "sheet_id", ~frame["open"])
