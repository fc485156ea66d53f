"""M04 逾期录入·公示: filing or decision entered late, decision published late (处罚法 48)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock
from lib.warehouse.demo.plants.groups import Group, days_in, officer_months
from lib.warehouse.demo.plants.period import Period

# branch -> workdays late (lowest, highest) for yellow and for orange
NEVER = 60
LATE = {
    "filing_entry": ((6, 13), (22, 28)),
    "decision_entry": ((6, 9), (12, 18)),
    "publication": ((10, 11), (63, 75)),
    "market_publication": ((23, 32), (63, 75)),
}


def plant(city: City) -> None:
    for period in (city.window, city.history):
        rng, market = city.rng("M04", period.name), _market(city, period)
        general = officer_months(city, rng, period, 6, where=~market)
        shops = officer_months(city, rng, period, 2, where=market, ripe=95, near=False)
        for number, group in enumerate([*general, *shops]):
            branch = tuple(LATE)[number % 3] if number < len(general) else "market_publication"
            _plant_group(city, rng, period, group, branch, strong=2 if number % 2 and group.expected else 0)
        never = city.rng("M04", period.name, "unpublished")
        for group in officer_months(city, never, period, 3, where=~market, near=False):
            _never_published(city, never, period, group)
    _decoys(city)


def _market(city: City, period: Period) -> np.ndarray:
    """Officers of the 市场监管 bodies, who have twenty workdays to publish."""
    return city.roster(period).officers["domain_code"].eq("SC").to_numpy()


def _items(city: City, market: bool) -> np.ndarray:
    """Plain tiers of 市场监管 items, or of the others."""
    return city.tiers.plain & (city.tiers.rows["item_domain"].eq("SC").to_numpy() == market)


def _plant_group(city: City, rng: np.random.Generator, period: Period, group: Group, branch: str, strong: int) -> None:
    """A group's cases: filing and decision both lie in the month, so that any reading counts them there."""
    filed, decided = days_in(city, rng, group, 1, 5), days_in(city, rng, group, 24, 28)
    event_days = filed if branch == "filing_entry" else decided
    latest = city.calendar.add(event_days, LATE[branch][1][1])
    orange = (np.arange(group.signals) < strong) & (latest < period.end)
    low, high = np.where(orange[:, None], LATE[branch][1], LATE[branch][0]).T
    cases = carry(
        city,
        rng,
        period,
        group.signals,
        crew=group.crews(),
        filed=filed,
        decided=decided,
        pick=_items(city, branch == "market_publication"),
    )
    delay(city, rng, cases, branch, rng.integers(low, high + 1))
    for level, chosen in (("orange", orange), ("yellow", ~orange)):
        city.violation(
            "M04",
            group.label(branch),
            level,
            cases.subjects()[chosen].assign(group_id=group.group_id),
            event_days[chosen],
            period,
            near=group.near,
            group_period=group.period,
        )
    put(city, cases)


def _never_published(city: City, rng: np.random.Generator, period: Period, group: Group) -> None:
    """Fines of firms that nobody published to this day: orange once sixty workdays have passed."""
    filed, decided = days_in(city, rng, group, 1, 5), days_in(city, rng, group, 24, 28)
    pick = _items(city, market=False) & city.tiers.for_firms
    cases = carry(city, rng, period, group.signals, crew=group.crews(), filed=filed, decided=decided, pick=pick)
    cases.disclosure = cases.disclosure[:0]
    late = city.calendar.wd(period.end) - city.calendar.wd(decided)
    for level, chosen in (("orange", late > NEVER), ("yellow", late <= NEVER)):
        city.violation(
            "M04",
            "unpublished",
            level,
            cases.subjects()[chosen].assign(group_id=group.group_id),
            decided[chosen],
            period,
            group_period=group.period,
        )
    put(city, cases)


def delay(city: City, rng: np.random.Generator, cases: Cases, branch: str, workdays: np.ndarray) -> None:
    """Enter the event, or publish the decision, that many workdays afterwards."""
    hours, minutes = rng.integers(9, 17, len(cases)), rng.integers(0, 60, len(cases))
    if branch.endswith("publication"):
        late = clock(city.calendar.add(cases.day("decision_date"), workdays), hours, minutes)
        cases.disclosure["publish_at"] = late
        return
    kind, column = ("立案", "filed_date") if branch == "filing_entry" else ("决定", "decision_date")
    mask = cases.events_of(kind)
    order = cases.event.loc[mask, "case_id"].map({key: n for n, key in enumerate(cases.ids)}).to_numpy()
    late = clock(city.calendar.add(cases.day(column), workdays), hours, minutes)
    cases.event.loc[mask, "entered_at"] = late[order]


def _decoys(city: City) -> None:
    rng = city.rng("M04", "decoys")
    pick, other = _items(city, market=False), ~_market(city, city.window)
    for branch, workdays, note in (
        ("filing_entry", 4, "立案后第四个工作日录入"),
        ("decision_entry", 4, "决定后第四个工作日录入"),
        ("publication", 6, "决定后第六个工作日公示"),
    ):
        crew = city.roster(city.window).crews(rng, city.count(3), where=other)
        cases = carry(city, rng, city.window, len(crew), crew=crew, pick=pick)
        delay(city, rng, cases, branch, np.full(len(cases), workdays))
        city.decoy("M04", f"near_{branch}", cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)
    crew = city.roster(city.window).crews(rng, city.count(3), where=_market(city, city.window))
    decided = city.days(rng, city.window, len(crew), lag=35)
    cases = carry(city, rng, city.window, len(crew), crew=crew, decided=decided, pick=_items(city, market=True))
    delay(city, rng, cases, "publication", np.full(len(cases), 17))
    note = "市场监管二十个工作日内公示"
    city.decoy("M04", "near_market_publication", cases.subjects(), cases.day("decision_date"), note)
    put(city, cases)
    _outage(city, rng)
    _warning_only(city, rng)
    _not_to_be_published(city)


def _outage(city: City, rng: np.random.Generator) -> None:
    """The case system was down: many bodies' filings of one week were entered within one hour, days later."""
    count = city.count(30) + 10
    crew = city.roster(city.window).crews(rng, count, risky=0)
    back = city.calendar.add(np.array([city.window.back(150)]), 0)[0]
    filed = city.calendar.add(np.repeat(back, count), -rng.integers(7, 11, count))
    cases = carry(city, rng, city.window, count, crew=crew, filed=filed, decided=city.calendar.add(filed, 22))
    mask = cases.events_of("立案")
    cases.event.loc[mask, "entered_at"] = clock(np.repeat(back, count), 9, rng.integers(5, 55, count))
    city.decoy("M04", "outage_batch", cases.subjects(), filed, "系统故障后多单位同一小时集中补录")
    put(city, cases)


def _warning_only(city: City, rng: np.random.Generator) -> None:
    """A warning without a fine is not published."""
    cases = carry(city, rng, city.window, city.count(3))
    cases.case["penalty_types"] = [["警告"]] * len(cases)
    cases.case["fine_amt"] = 0.0
    cases.receipt, cases.disclosure = cases.receipt[:0], cases.disclosure[:0]
    city.decoy("M04", "warning_only", cases.subjects(), cases.day("decision_date") + DAY, "仅警告、不予公示")
    put(city, cases)


def _not_to_be_published(city: City) -> None:
    """Never published for a reason: a natural person, who may be a minor, or the workdays are not over yet."""
    rng = city.rng("M04", "not_published")
    persons = _items(city, market=False) & city.tiers.rows["party_type"].eq("自然人").to_numpy()
    firms = _items(city, market=False) & city.tiers.for_firms
    for branch, pick, note in (
        ("natural_person", persons, "自然人没有公示，可能依法不公开"),
        ("near_unpublished", firms, "决定后第六、第七个工作日，尚未公示"),
    ):
        count = city.count(3)
        crew = city.roster(city.window).crews(rng, count, risky=0, where=~_market(city, city.window))
        decided = None
        if branch == "near_unpublished":
            last = city.calendar.wd(city.window.end)
            decided = city.calendar.at(last - 6 - np.arange(count) % 2)
        cases = carry(city, rng, city.window, count, crew=crew, pick=pick, decided=decided)
        cases.disclosure = cases.disclosure[:0]
        if decided is not None:
            cases.receipt[["paid_at", "treasury_at"]] = pd.NaT
            cases.leave_open()
        city.decoy("M04", branch, cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)
