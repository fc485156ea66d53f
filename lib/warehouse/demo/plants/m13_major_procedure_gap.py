"""M13 重大程序缺失: steps that the law asks for are missing or out of order (处罚法 44, 51, 57, 58, 63)."""

import numpy as np

from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.procedure import is_major
from lib.warehouse.demo.plants.tiers import ordinary_fine, round_fine, unremarkable

SUMMARY_LIMIT = {"自然人": 200, "法人及非法人组织": 3_000}

# branch, level, how many, near
CELLS = (
    ("no_review", "orange", 5, False),
    ("late_review", "orange", 4, False),
    ("no_discussion", "red", 1, False),
    ("no_discussion", "red", 1, True),
    ("no_hearing", "red", 2, False),
    ("order_without_hearing", "red", 2, False),
    ("no_notice", "red", 2, False),
    ("hurried", "red", 1, False),
    ("hurried", "red", 1, True),
    ("summary_fine", "red", 1, False),
    ("summary_fine", "red", 1, True),
)


def plant(city: City) -> None:
    for period in (city.window, city.history):
        for branch, level, full, near in CELLS:
            rng = city.rng("M13", period.name, branch, str(near))
            cases = _bent(city, rng, period, city.count(full, period), branch, near)
            city.violation("M13", branch, level, cases.subjects(), cases.day("decision_date"), period, near=near)
            put(city, cases)
    _decoys(city)


def _bent(city: City, rng: np.random.Generator, period: Period, count: int, branch: str, near: bool) -> Cases:
    if branch == "summary_fine":
        return summary(city, rng, period, count, 1.12 if near else 1.7)
    if branch == "no_notice":
        cases = carry(city, rng, period, count)
        cases.drop_events("事先告知")
        return cases
    cases = (
        strict(city, rng, period, count)
        if branch == "order_without_hearing"
        else major(city, rng, period, count, 1.05 if near else 1.4)
    )
    if branch == "hurried":
        cases.move_event("听证告知", city.calendar.add(cases.day("decision_date"), -5 if near else -2))
    elif branch == "late_review":
        cases.move_event("法制审核", city.calendar.add(cases.day("decision_date"), 2))
    else:
        missing = {"no_review": "法制审核", "no_discussion": "集体讨论"}.get(branch, "听证告知")
        cases.drop_events(missing)
    return cases


def at_share(
    city: City,
    rng: np.random.Generator,
    period: Period,
    count: int,
    limit: dict[str, int],
    share: float,
    procedure: str = "普通",
) -> Cases:
    """Cases fined `share` of a limit per party type, in a tier where that is an ordinary fine."""
    rows = city.tiers.rows
    fine = rows["party_type"].map(limit) * share
    width = rows["high"] - rows["low"]
    fits = (fine >= rows["low"] + 0.05 * width) & (fine <= rows["low"] + 0.68 * width)
    statutory = (fine - rows["floor"]) / (rows["ceiling"] - rows["floor"]) < 0.7
    pick = (fits & statutory & unremarkable(rows, fine)).to_numpy()
    crew = city.crews(rng, period, count, pick=pick)
    tier = city.tiers.choose(rng, crew, pick)
    amount = round_fine((tier["party_type"].map(limit) * share).to_numpy() * rng.uniform(0.99, 1.01, count))
    return carry(city, rng, period, count, crew=crew, tier=tier, fine=amount, procedure=procedure)


def major(city: City, rng: np.random.Generator, period: Period, count: int, share: float) -> Cases:
    """Fines of `share` of the hearing threshold (自然人 5,000, 单位 50,000)."""
    return at_share(city, rng, period, count, {"自然人": 5_000, "法人及非法人组织": 50_000}, share)


def summary(city: City, rng: np.random.Generator, period: Period, count: int, share: float) -> Cases:
    """On-the-spot fines of `share` of what 简易程序 allows."""
    return at_share(city, rng, period, count, SUMMARY_LIMIT, share, procedure="简易")


def strict(city: City, rng: np.random.Generator, period: Period, count: int) -> Cases:
    """Cases with a licence revoked or a business closed, with every step the law asks for."""
    firms = city.tiers.for_firms & (city.tiers.rows["party_type"] == "法人及非法人组织").to_numpy()
    crew = city.crews(rng, period, count, pick=firms)
    tier = city.tiers.choose(rng, crew, firms)
    kinds = [["罚款", "责令停产停业" if n % 2 else "吊销许可证件"] for n in range(count)]
    return carry(city, rng, period, count, crew=crew, tier=tier, fine=ordinary_fine(rng, tier), penalties=kinds)


def _decoys(city: City) -> None:
    _heard(city)
    rng, count = city.rng("M13", "near_threshold"), city.count(3)
    cases = major(city, rng, city.window, count, 0.93)
    cases.drop_events("集体讨论", "听证告知", "法制审核", ids=cases.ids[~is_major(cases.case)])
    city.decoy("M13", "near_threshold", cases.subjects(), cases.day("decision_date"), "罚款略低于听证标准，无集体讨论")
    put(city, cases)
    cases = summary(city, city.rng("M13", "near_summary"), city.window, count, 0.9)
    city.decoy("M13", "near_summary", cases.subjects(), cases.day("decision_date"), "当场处罚未超过简易程序限额")
    put(city, cases)
    cases = carry(city, city.rng("M13", "four_categories"), city.window, count)
    cases.drop_events("法制审核")
    note = "不属于第五十八条四类情形，无须法制审核"
    city.decoy("M13", "four_categories", cases.subjects(), cases.day("decision_date"), note)
    put(city, cases)
    cases = major(city, city.rng("M13", "paper_minutes"), city.window, count, 1.3)
    mask = cases.events_of("集体讨论")
    cases.event.loc[mask, "entered_at"] = cases.event.loc[mask, "entered_at"] + np.timedelta64(12, "D")
    city.decoy("M13", "paper_minutes", cases.subjects(), cases.day("decision_date"), "集体讨论纸质记录事后补录")
    put(city, cases)


def _heard(city: City) -> None:
    """A notice of a hearing and no other; decided at once because the party waived it; on the day after the fifth."""
    for branch, note in (
        ("hearing_only", "听证告知书已一并告知，没有另作事先告知"),
        ("waived", "当事人放弃听证后即行决定"),
        ("near_hearing", "听证期限届满次日决定"),
    ):
        rng, count = city.rng("M13", branch), city.count(3)
        cases = major(city, rng, city.window, count, 1.3)
        decided = cases.day("decision_date")
        if branch == "hearing_only":
            cases.drop_events("事先告知")
        elif branch == "waived":
            cases.move_event("听证告知", city.calendar.add(decided, -3))
            cases.add_event(city, rng, "放弃听证", city.calendar.add(decided, -2), 11)
        else:
            cases.move_event("听证告知", city.calendar.add(decided, -6))
        city.decoy("M13", branch, cases.subjects(), decided, note)
        put(city, cases)
