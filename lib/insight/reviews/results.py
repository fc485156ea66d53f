"""What a look-back found: rates for the whole with their intervals, how far the two agree, by item and by unit."""

from dataclasses import dataclass

import pandas as pd

from lib.access import NotVisible, Viewer, under
from lib.access.scope import visible
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import objects
from lib.casework.reviews.design import reach
from lib.casework.reviews.scoring import GRADES, settings, sheets
from lib.casework.reviews.sheets import pairs
from lib.casework.reviews.states import OUT, SET_ASIDE, WITH_RESULT
from lib.casework.store.register import Register
from lib.insight.reviews.agreement import Agreement, agreement
from lib.insight.reviews.estimate import Rate, rate
from lib.insight.warnings.names import places
from lib.warehouse.store import Warehouse


@dataclass(frozen=True, eq=False)
class Result:
    """What is known of a look-back so far; a rate is None before any file has a result.

    strata: stratum, size, drawn, reviewed, good. population and drawn: cases and files. reach: ± how much of a rate
    near the one expected the design promised (0..1, with 95 % confidence). set_aside: files that could not be reviewed.
    good: the rate of good files for the whole, by_grade the same of each grade. mean: of the scores of the reviewed
    files, not weighed. agreement: of the grades of both. items: id, name, fatal, found (files), rate, agreement. units:
    org_id, org_name, reviewed, good, mean, commonest (in words), deducted, the most deducted first.
    """

    strata: pd.DataFrame
    population: int
    drawn: int
    reach: float
    reviewed: int
    set_aside: int
    adjudicated: int
    good: Rate | None
    by_grade: dict[str, Rate | None]
    mean: float | None
    agreement: Agreement
    items: pd.DataFrame
    units: pd.DataFrame


@under("view", "lookback")
def result(register: Register, warehouse: Warehouse, viewer: Viewer, lookback_id: str) -> Result:
    """The result of a look-back that the viewer sees. Raises NotVisible.

    Rates are of all its files, also of those about the viewer, which no list shows.
    """
    backs = objects(register, viewer, warehouse, "lookback")
    found = backs[backs["lookback_id"].eq(lookback_id)]
    if found.empty:
        raise NotVisible()
    review_type = str(found["review_type"].iloc[0])
    held = snapshot(register, warehouse).objects["review_case"]
    files = held[held["lookback_id"].eq(lookback_id)].reset_index(drop=True)
    strata, done = parts(files)
    both = pairs(register, viewer, warehouse, lookback_id)
    return Result(
        strata=strata,
        population=int(strata["size"].sum()),
        drawn=len(files),
        reach=_reach(strata, int(found["expected"].iloc[0])),
        reviewed=len(done),
        set_aside=int(files["state"].eq(SET_ASIDE).sum()),
        adjudicated=int(done["adjudicated"].sum()),
        good=rate(strata, done),
        by_grade={name: rate(strata, done.assign(met=done["grade"].eq(name))) for name in GRADES},
        mean=float(done["score"].mean()) if len(done) else None,
        agreement=agreement(both["grade_1"].tolist(), both["grade_2"].tolist(), GRADES, settings().least_pairs),
        items=_items(review_type, strata, done, both),
        units=_units(warehouse, viewer, review_type, done),
    )


def _reach(strata: pd.DataFrame, expected: int) -> float:
    names = strata["stratum"]
    sizes, drawn = (dict(zip(names, strata[name], strict=True)) for name in ("size", "drawn"))
    return reach(sizes, drawn, expected / 100) if len(strata) else 0.0


def parts(files: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of the files of a look-back its strata (stratum, size, drawn, reviewed, good), and the files that have a result,
    with `met`: whether they are good."""
    done = files[files["state"].isin(WITH_RESULT)]
    done = done.assign(met=done["grade"].isin(settings().good))
    return _strata(files, done), done


def _strata(files: pd.DataFrame, done: pd.DataFrame) -> pd.DataFrame:
    table = files.groupby("stratum", as_index=False).agg(
        size=("stratum_size", "first"), drawn=("stratum_drawn", "first")
    )
    seen = done.groupby("stratum")["met"].agg(reviewed="size", good="sum")
    table = table.join(seen, on="stratum").fillna({"reviewed": 0, "good": 0})
    return table.astype({"size": "int64", "drawn": "int64", "reviewed": "int64", "good": "int64"})


def _items(review_type: str, strata: pd.DataFrame, done: pd.DataFrame, both: pd.DataFrame) -> pd.DataFrame:
    """Each deduction of the sheet: in how many files, its rate for the whole, and how far two agree on it."""
    rows = []
    for item in sheets()[review_type].items.values():
        met = done["deductions"].map(lambda held, one=item.id: one in held).astype("bool")
        first, second = (["有" if item.id in held else "无" for held in both[f"deductions_{slot}"]] for slot in (1, 2))
        rows.append((item.id, item.name, item.fatal, int(met.sum()), rate(strata, done.assign(met=met)),
                     agreement(first, second, ("有", "无"), settings().least_pairs)))  # fmt: skip
    columns = ["id", "name", "fatal", "found", "rate", "agreement"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["found", "id"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _units(warehouse: Warehouse, viewer: Viewer, review_type: str, done: pd.DataFrame) -> pd.DataFrame:
    seen = visible(viewer, done)
    items = sheets()[review_type].items
    orgs, _ = places(warehouse)
    names = orgs.set_index("org_id")["org_name"]
    rows = []
    for org_id, held in seen.groupby("org_id"):
        found = held["deductions"].explode().dropna().value_counts()
        told = sorted(found.items(), key=lambda one: (-one[1], str(one[0])))[:3]
        commonest = "、".join(f"{items[str(one)].name} {count}" for one, count in told if str(one) in items)
        good, mean = int(held["met"].sum()), float(held["score"].mean())
        rows.append((org_id, str(names.get(org_id, org_id)), len(held), good, mean, commonest, int(found.sum())))
    table = pd.DataFrame(rows, columns=["org_id", "org_name", "reviewed", "good", "mean", "commonest", "deducted"])
    order = table.assign(share=table["deducted"] / table["reviewed"]).sort_values(
        ["share", "org_name"], ascending=[False, True], kind="stable"
    )
    return table.loc[order.index].reset_index(drop=True)


@under("view", "review_case")
def lookback_facts(register: Register, viewer: Viewer, warehouse: Warehouse) -> pd.DataFrame:
    """What look-backs found of each case, once the report is out: review_id (of the file drawn), case_id, org_id,
    area_code, domain_code, officer_id, reviewed_on (the day of the report), good (优良). One row a drawn file, for
    whoever is of a unit those that were told to it; a case that two look-backs drew has two.
    """
    files = objects(register, viewer, warehouse, "review_case")
    events = snapshot(register, warehouse).event
    told = events[events["object_type"].eq("lookback") & events["action"].eq("report")]
    backs = snapshot(register, warehouse).objects["lookback"]
    out = backs.loc[backs["state"].isin(OUT), "lookback_id"]
    days = told[told["object_id"].isin(out)].groupby("object_id")["at"].last().dt.date
    held = snapshot(register, warehouse).objects["review_case"].set_index("review_case_id")["lookback_id"]
    on = files["review_case_id"].map(held).map(days)
    done = files["state"].isin(WITH_RESULT) & on.notna()
    found = files[done].assign(
        review_id=files["review_case_id"], reviewed_on=on, good=files["grade"].isin(settings().good)
    )
    columns = ["review_id", "case_id", "org_id", "area_code", "domain_code", "officer_id", "reviewed_on", "good"]
    return found[columns].sort_values(["reviewed_on", "case_id"]).reset_index(drop=True)
