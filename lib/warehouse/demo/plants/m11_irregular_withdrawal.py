"""M11 违规撤案·人情案: dropped without somebody else's approval, or after the party was told (处罚法 57)."""

import numpy as np

from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.period import Period

# branch, level, how many, told before, approval: "other", "self" or None
CELLS = (
    ("told", "yellow", 9, True, "other"),
    ("unapproved", "orange", 3, False, None),
    ("self_approved", "orange", 3, False, "self"),
    ("both", "red", 1, True, None),
    ("both", "red", 1, True, "self"),
)


def plant(city: City) -> None:
    for period in (city.window, city.history):
        for branch, level, full, told, approval in CELLS:
            for result in ("撤案", "不予处罚"):
                rng = city.rng("M11", period.name, branch, str(approval), result)
                cases = dropped(city, rng, period, _half(city.count(full, period), result), result, told, approval)
                city.violation("M11", branch, level, cases.subjects(), cases.day("decision_date"), period)
                put(city, cases)
    _decoys(city)


def _half(count: int, result: str) -> int:
    return (count + 1) // 2 if result == "撤案" else count // 2


def dropped(
    city: City, rng: np.random.Generator, period: Period, count: int, result: str, told: bool, approval: str | None
) -> Cases:
    """Cases ended without a penalty."""
    cases = carry(city, rng, period, count, result=result)
    if told:
        days = city.calendar.add(cases.day("decision_date"), -4)
        cases.add_event(city, rng, "事先告知", days, 15)
    if approval is None:
        cases.drop_events("撤案审批")
    elif approval == "self":
        mask = cases.events_of("撤案审批")
        cases.event.loc[mask, "approver_id"] = cases.event.loc[mask, "operator_id"]
    if result == "不予处罚" and approval != "other":
        # Sparing a party can also be approved with the decision itself.
        mask = cases.events_of("决定")
        cases.event.loc[mask, "approver_id"] = cases.event.loc[mask, "operator_id"] if approval == "self" else None
    return cases


def _decoys(city: City) -> None:
    for branch, result, note in (
        ("near_withdrawn", "撤案", "撤案经他人审批、未事先告知"),
        ("near_spared", "不予处罚", "不予处罚经他人审批、未事先告知"),
    ):
        cases = dropped(city, city.rng("M11", branch), city.window, city.count(3), result, False, "other")
        city.decoy("M11", branch, cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)
    _merged(city)


def _merged(city: City) -> None:
    """The same act had been filed twice; after telling the party, one file went into the other, which was fined."""
    rng, count = city.rng("M11", "merged"), city.count(3)
    twin = carry(city, rng, city.window, count, decided=city.days(rng, city.window, count, lag=20))
    case = twin.case
    crew = case[["officer_id", "officer2_id", "org_id", "reviewer_id", "approver_id", "area_code", "domain_code"]]
    tier = case[[*city.tiers.rows.columns]]
    cases = carry(
        city,
        rng,
        city.window,
        count,
        crew=crew,
        tier=tier,
        result="撤案",
        party=(case["party_id"].to_numpy(), case["party_name"].to_numpy()),
        filed=twin.day("filed_date"),
        decided=city.calendar.add(twin.day("decision_date"), -1),
    )
    for column in ("incident_date", "place_text", "illegal_fact"):
        cases.case[column] = case[column]
    cases.case["basis_text"] = case["basis_text"] + "（与" + case["case_no"] + "并案处理）"
    cases.add_event(city, rng, "事先告知", city.calendar.add(cases.day("decision_date"), -3), 15)
    city.decoy("M11", "merged", cases.subjects(), cases.day("decision_date"), "重复立案后并案，另一案已处罚")
    put(city, twin, cases)
