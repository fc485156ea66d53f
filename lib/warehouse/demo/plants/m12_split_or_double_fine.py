"""M12 拆分·一事二罚: one act fined twice, or a fine cut into pieces below the threshold (处罚法 29, 57, 63)."""

from hashlib import sha256

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put, repeat
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.tiers import round_fine, unremarkable

HOUR = np.timedelta64(1, "h")


def plant(city: City) -> None:
    """The subject is the last decided case of each pair."""
    for period in (city.window, city.history):
        for branch, level, full, share, pieces, near in (
            ("split", "orange", 6, 1.32, 2, False),
            ("split", "orange", 3, 1.38, 3, False),
            ("split", "orange", 2, 1.06, 2, True),
        ):
            rng = city.rng("M12", period.name, branch, str(share))
            cases = pieces_of(city, rng, period, city.count(full, period), share, pieces)
            city.violation("M12", branch, level, *_last(cases, pieces), period, near=near)
            put(city, cases)
        cases = _twice(city, city.rng("M12", period.name, "double"), period, city.count(2, period))
        city.violation("M12", "double", "red", *_last(cases, 2), period)
        put(city, cases)
    _decoys(city)


def _last(cases: Cases, pieces: int) -> tuple[pd.DataFrame, np.ndarray]:
    return cases.subjects().iloc[pieces - 1 :: pieces], cases.day("decision_date")[pieces - 1 :: pieces]


def pieces_of(
    city: City, rng: np.random.Generator, period: Period, count: int, share: float, pieces: int, gap: int = 2
) -> Cases:
    """Per party, `pieces` fines within a week that together reach `share` of the hearing threshold.

    Different days and places, so that none of them is the same act twice.
    """
    rows = city.tiers.rows
    part = rows["hearing"] * share / pieces
    width = rows["high"] - rows["low"]
    fits = (part >= rows["low"] + 0.05 * width) & (part <= rows["low"] + 0.68 * width)
    statutory = (part - rows["floor"]) / (rows["ceiling"] - rows["floor"]) < 0.7
    clear = rows["party_type"].isin(["自然人", "法人及非法人组织"]) & (part < 0.9 * rows["hearing"])
    pick = (fits & statutory & clear & unremarkable(rows, part)).to_numpy()
    crew = city.crews(rng, period, count, pick=pick)
    tier = city.tiers.choose(rng, crew, pick)
    fine = round_fine((tier["hearing"] * share / pieces).to_numpy())
    keys, names = city.parties.of_type(tier["party_type"].to_numpy(), crew["area_code"].to_numpy())
    turn = np.tile(np.arange(pieces), count)
    last = city.days(rng, period, count, lead=16)
    decided = city.calendar.at(np.repeat(city.calendar.wd(last), pieces) - (pieces - 1 - turn) * (gap - 1))
    cases = carry(
        city,
        rng,
        period,
        count * pieces,
        crew=repeat(crew, pieces),
        tier=repeat(tier, pieces),
        party=(np.repeat(keys, pieces), np.repeat(names, pieces)),
        decided=decided,
        fine=np.repeat(fine, pieces),
        filed=city.calendar.add(decided, -18),
    )
    cases.case["incident_date"] = cases.day("filed_date") - 1 * DAY
    cases.case["place_text"] = [f"{place}{'东西南'[n % pieces]}侧" for n, place in enumerate(cases.case["place_text"])]
    return cases


def _twice(city: City, rng: np.random.Generator, period: Period, count: int) -> Cases:
    """The same act of the same day and place, fined by two files three weeks apart; together below any threshold."""
    rows = city.tiers.rows
    modest = city.tiers.plain & (rows["low"] + 0.5 * (rows["high"] - rows["low"]) < 0.4 * rows["hearing"]).to_numpy()
    crew = city.crews(rng, period, count, pick=modest)
    tier = city.tiers.choose(rng, crew, modest)
    keys, names = city.parties.of_type(tier["party_type"].to_numpy(), crew["area_code"].to_numpy())
    last = city.days(rng, period, count, lead=30)
    turn = np.tile([0, 1], count)
    decided = city.calendar.on_or_before(np.repeat(last, 2) - (1 - turn) * 21 * DAY)
    cases = carry(
        city,
        rng,
        period,
        count * 2,
        crew=repeat(crew, 2),
        tier=repeat(tier, 2),
        party=(np.repeat(keys, 2), np.repeat(names, 2)),
        decided=decided,
    )
    for column in ("place_text", "illegal_fact"):
        cases.case[column] = np.repeat(cases.case[column].to_numpy()[::2], 2)
    cases.case["incident_date"] = np.repeat(cases.day("filed_date").reshape(-1, 2).min(axis=1) - 2 * DAY, 2)
    return cases


def _decoys(city: City) -> None:
    rng, count = city.rng("M12", "near_sum"), city.count(3)
    cases = pieces_of(city, rng, city.window, count, 0.9, 2)
    city.decoy("M12", "near_sum", *_last(cases, 2), "七日内两次处罚，合计略低于听证标准")
    put(city, cases)
    cases = pieces_of(city, city.rng("M12", "near_days"), city.window, count, 1.3, 2, gap=10)
    city.decoy("M12", "near_days", *_last(cases, 2), "两次处罚相隔超过七日")
    put(city, cases)
    rng = city.rng("M12", "continuing")
    cases = pieces_of(city, rng, city.window, count, 1.3, 2, gap=4)
    cases.case["place_text"] = np.repeat(cases.case["place_text"].to_numpy()[::2], 2)
    cases.add_event(city, rng, "责令改正", city.calendar.add(cases.day("filed_date"), 1), 17)
    cases.drop_events("责令改正", ids=cases.ids[1::2])
    city.decoy("M12", "continuing", *_last(cases, 2), "前一案责令改正后继续违法，另行立案")
    put(city, cases)
    cases = pieces_of(city, city.rng("M12", "month_apart"), city.window, count, 1.3, 2)
    cases.case["incident_date"] = cases.day("incident_date") - np.tile([31, 0], count) * DAY
    city.decoy("M12", "month_apart", *_last(cases, 2), "违法行为相隔一个月，同一周决定")
    put(city, cases)
    _separate(city)
    _vehicles(city)


def _separate(city: City) -> None:
    """Two different acts of one party on one day at one place: two items, fined separately."""
    rng, count = city.rng("M12", "separate_acts"), city.count(3)
    first = carry(city, rng, city.window, count, pick=city.tiers.for_firms)
    crew = first.case[
        ["officer_id", "officer2_id", "org_id", "reviewer_id", "approver_id", "area_code", "domain_code", "org_level"]
    ]
    party = (first.case["party_id"].to_numpy(), first.case["party_name"].to_numpy())
    same = city.tiers.rows["item_code"].isin(first.case["item_code"]).to_numpy()
    kinds = first.case["party_type"].to_numpy()
    tier = pd.concat(
        [
            city.tiers.choose(
                rng, crew.iloc[[n]], city.tiers.for_firms & ~same & city.tiers.rows["party_type"].eq(kind)
            )
            for n, kind in enumerate(kinds)
        ],
        ignore_index=True,
    )
    second = carry(
        city,
        rng,
        city.window,
        count,
        crew=crew,
        tier=tier,
        party=party,
        filed=first.day("filed_date"),
        decided=first.day("decision_date"),
    )
    for column in ("place_text", "incident_date"):
        second.case[column] = first.case[column]
    city.decoy("M12", "separate_acts", second.subjects(), second.day("decision_date"), "同日同地两个不同违法行为")
    put(city, first, second)


def _vehicles(city: City) -> None:
    """Two lorries at one checkpoint on one day, told apart by their plates; two off-site records of one day."""
    for branch, note in (("two_plates", "同日同一检查点两辆货车"), ("two_records", "同日同地两次非现场抓拍")):
        rng, count = city.rng("M12", branch), city.count(3)
        cases = _twice(city, rng, city.window, count)
        if branch == "two_records":
            cases.case["is_offsite"] = True
        else:
            captured = clock(cases.day("incident_date"), 9, np.arange(len(cases)) % 50)
            city.edits.add(
                "sunshine_record",
                pd.DataFrame(
                    {
                        "record_id": city.edits.take("sunshine_record", len(cases)),
                        "record_type": "路检路查",
                        "plate_hash": [_plate(city.seed, key) for key in cases.ids],
                        "captured_at": captured,
                        "audited_at": captured + 3 * HOUR,
                        "audit_result": "通过",
                        "notified_at": captured + 5 * HOUR,
                        "case_id": cases.ids,
                        "officer_id": cases.case["officer_id"],
                        "area_code": cases.case["area_code"],
                    }
                ),
            )
        city.decoy("M12", branch, *_last(cases, 2), note)
        put(city, cases)


def _plate(seed: int, key: str) -> str:
    """A hash as a city delivers it, one a case."""
    return sha256(f"{seed} {key}".encode()).hexdigest()[:16]
