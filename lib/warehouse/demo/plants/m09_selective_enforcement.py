"""M09 选择性执法: problems found again and again in one firm and never a case, where its peers are punished."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import put, repeat
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.visits import Visits

PEERS, MATURE = 30, 75


class Bench:
    """A body and an inspection item with enough parties to compare, `punished` of the ordinary ones punished."""

    def __init__(
        self, city: City, visits: Visits, rng: np.random.Generator, period: Period, peers: int, punished: int
    ) -> None:
        self.city, self.visits, self.rng, self.period = city, visits, rng, period
        roster = city.roster(period)
        pick = city.tiers.plain & city.tiers.rows["party_type"].eq("法人及非法人组织").to_numpy()
        where = ~roster.officers["org_id"].isin(city.compared).to_numpy()
        self.lead = roster.crews(rng, 1, risky=0, where=where)
        city.compared.add(self.lead["org_id"].iloc[0])
        self.item = visits.quiet_item(rng, self.lead["org_id"].iloc[0], self.lead["domain_code"].iloc[0])
        self.crew = roster.crews_of(rng, roster.mates(rng, self.lead["officer_id"].iloc[0], peers))
        firms = city.parties.companies(peers, visited=False)
        days = city.days(rng, period, peers, lag=MATURE)
        self.find(firms["uscc"].to_numpy(), self.crew, days)
        chosen = np.arange(peers) < punished
        filed = city.calendar.add(days[chosen], rng.integers(2, 7, punished))
        put(
            city,
            carry(
                city,
                rng,
                period,
                punished,
                crew=self.crew[chosen],
                pick=pick,
                filed=filed,
                party=(firms["uscc"].to_numpy()[chosen], firms["entity_name"].to_numpy()[chosen]),
                decided=city.calendar.add(filed, rng.integers(15, 22, punished)),
            ),
        )

    def find(self, keys: np.ndarray, crew: pd.DataFrame, days: np.ndarray) -> None:
        """Problems found in these firms on these days, by these crews."""
        rows = crew.assign(party_id=keys, day=days, item_code=self.item, result_type="发现问题")
        self.visits.make(self.rng, rows)
        # far from the inspection cap, so that this is about what follows and not about how often
        self.city.edits.amend("enterprise", pd.DataFrame({"uscc": sorted(set(keys)), "risk_type": "D"}))

    def spare(self, count: int, findings: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """`count` firms with that many findings and no case: (subjects, last finding days, all finding days)."""
        city = self.city
        firms = city.parties.companies(count, visited=False)
        length = int((self.period.end - self.period.start) / DAY) - MATURE - 30
        step = length // findings
        offsets = np.arange(findings) * step + self.rng.integers(0, step - 12, (count, findings))
        days = city.calendar.on_or_before(self.period.start + (20 + offsets.ravel()) * DAY)
        crew = repeat(self.lead, count)
        self.find(np.repeat(firms["uscc"].to_numpy(), findings), repeat(crew, findings), days)
        subjects = pd.DataFrame(
            {
                "subject_id": firms["uscc"],
                "officer_id": crew["officer_id"],
                "org_id": crew["org_id"],
                "area_code": crew["area_code"],
                "entity_name": firms["entity_name"],
            }
        )
        return subjects, days[findings - 1 :: findings], days


def plant(city: City) -> None:
    visits = Visits(city)
    for period in (city.window, city.history):
        strict = range(max(1, city.count(3, period) - 1))
        for number in strict:
            rng = city.rng("M09", period.name, "strict", str(number))
            bench = Bench(city, visits, rng, period, PEERS, 27)
            for findings, level, share in ((3, "yellow", 2), (4, "orange", 1), (5, "red", 1)):
                _record(city, bench, findings, level, share if period.in_window and len(strict) > 1 else 2)
        rng = city.rng("M09", period.name, "lenient")
        bench = Bench(city, visits, rng, period, PEERS, 19)
        for findings, level in ((3, "yellow"), (5, "orange")):
            _record(city, bench, findings, level, city.count(3, period))
    _decoys(city, visits)


def _record(city: City, bench: Bench, findings: int, level: str, count: int) -> None:
    subjects, last, _ = bench.spare(count, findings)
    city.violation(
        "M09",
        f"findings_{findings}",
        level,
        subjects,
        last,
        bench.period,
        subject_type="enterprise",
        near=findings == 3,
        note=f"item_code={bench.item}",
    )


def _decoys(city: City, visits: Visits) -> None:
    for branch, peers, punished, findings, note in (
        ("near_count", PEERS, 26, 2, "仅两次发现问题"),
        ("near_visit", PEERS, 26, 2, "两次检查，每次各记三条发现问题"),
        ("near_rate", PEERS, 11, 4, "同类对象处罚率不足五成"),
        ("near_parties", 14, 13, 4, "可比对象不足二十户"),
        ("corrected", PEERS, 26, 3, "每次发现问题后均复查合格"),
        ("other_agency", PEERS, 26, 3, "其他机关已在六十日内立案处罚"),
    ):
        rng, count = city.rng("M09", branch), city.count(2)
        bench = Bench(city, visits, rng, city.window, peers, punished)
        subjects, last, days = bench.spare(count, findings)
        if branch == "near_visit":
            more = np.repeat(days, 2)
            bench.find(np.repeat(subjects["subject_id"].to_numpy(), 2 * findings), repeat(bench.lead, len(more)), more)
        elif branch == "corrected":
            crew = repeat(bench.lead, count * findings)
            again = crew.assign(
                party_id=np.repeat(subjects["subject_id"].to_numpy(), findings),
                day=city.calendar.add(days, 8),
                item_code=bench.item,
            )
            visits.make(rng, again)
        elif branch == "other_agency":
            _elsewhere(city, rng, bench, subjects, days, findings)
        city.decoy("M09", branch, subjects, last, note, subject_type="enterprise")


def _elsewhere(
    city: City, rng: np.random.Generator, bench: Bench, subjects: pd.DataFrame, days: np.ndarray, findings: int
) -> None:
    """Another body files and fines after each finding."""
    where = city.roster(city.window).officers["org_id"].ne(bench.lead["org_id"].iloc[0]).to_numpy()
    crew = repeat(city.roster(city.window).crews(rng, len(subjects), risky=0, where=where), findings)
    pick = city.tiers.plain & city.tiers.rows["party_type"].eq("法人及非法人组织").to_numpy()
    starts = range(0, len(crew), findings)
    tier = pd.concat([city.tiers.several(rng, crew.iloc[[n]], pick, findings) for n in starts])
    filed = city.calendar.add(days, 5)
    keys, names = subjects["subject_id"].to_numpy(), subjects["entity_name"].to_numpy()
    party = (np.repeat(keys, findings), np.repeat(names, findings))
    put(
        city,
        carry(
            city,
            rng,
            city.window,
            len(crew),
            crew=crew,
            tier=tier,
            party=party,
            filed=filed,
            decided=city.calendar.add(filed, 18),
        ),
    )
