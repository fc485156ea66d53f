"""M06 未按基准·降格: fines outside the tier or the statutory range, and cases without a tier (处罚法 5, 32, 34)."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.roster import RISKY_SHARE
from lib.warehouse.demo.plants.tiers import round_fine, unremarkable


def _minor(rows: pd.DataFrame, fine: pd.Series) -> pd.Series:
    return (fine < 0.9 * rows["hearing"]) & (fine >= 20)


# How the fine is bent: the fine, and which tiers can carry it.
Bend = Callable[[pd.DataFrame, float], tuple[pd.Series, pd.Series]]


def below_tier(rows: pd.DataFrame, share: float) -> tuple[pd.Series, pd.Series]:
    fine = rows["low"] * share
    return fine, (fine > rows["floor"] * 1.05) & (rows["low"] > 100) & _minor(rows, fine) & unremarkable(rows, fine)


def above_tier(rows: pd.DataFrame, share: float) -> tuple[pd.Series, pd.Series]:
    fine = rows["high"] * share
    return fine, (fine < rows["ceiling"] * 0.95) & (rows["high"] > 100) & _minor(rows, fine) & unremarkable(rows, fine)


def below_law(rows: pd.DataFrame, share: float) -> tuple[pd.Series, pd.Series]:
    fine = rows["floor"] * share
    return fine, (rows["low"] == rows["floor"]) & (rows["floor"] >= 100) & _minor(rows, fine) & unremarkable(rows, fine)


def above_law(rows: pd.DataFrame, share: float) -> tuple[pd.Series, pd.Series]:
    fine = rows["ceiling"] * share
    fits = (rows["high"] == rows["ceiling"]) & (rows["high"] > 150)
    return fine, fits & _minor(rows, fine) & unremarkable(rows, fine)


# branch, level, how many, bend, share of the bound, near
CELLS = (
    ("tier_missing", "yellow", 12, None, 0.0, False),
    ("tier", "orange", 3, below_tier, 0.82, False),
    ("tier", "orange", 2, above_tier, 1.15, False),
    ("tier", "orange", 1, below_tier, 0.96, True),
    ("leniency", "orange", 2, below_tier, 0.85, False),
    ("leniency_law", "red", 1, below_law, 0.75, False),
    ("statutory", "red", 1, below_law, 0.70, False),
    ("statutory", "red", 1, above_law, 1.20, False),
    ("statutory", "red", 1, above_law, 1.04, True),
)


def plant(city: City) -> None:
    for period in (city.window, city.history):
        for branch, level, full, bend, share, near in CELLS:
            rng = city.rng("M06", period.name, branch, str(share))
            cases = bent(city, rng, period, city.count(full, period), bend, share)
            if bend is None:
                cases.case["benchmark_id"] = None
            if branch.startswith("leniency"):
                cases.case["mitigate_type"] = "从轻"
            city.violation("M06", branch, level, cases.subjects(), cases.day("decision_date"), period, near=near)
            put(city, cases)
        _later_harsher(city, period)
    _decoys(city)


def bent(city: City, rng: np.random.Generator, period: Period, count: int, bend: Bend | None, share: float) -> Cases:
    """Clean cases but for a fine at `share` of the bound that `bend` looks at; nobody gets two severe ones."""
    if bend is None:
        return carry(city, rng, period, count)
    # A fine outside its tier stands out (M07) once enough others are judged by it; unused tiers are what M07 needs.
    fits = bend(city.tiers.rows, share)[1].to_numpy() & city.tiers.rows["recent"].between(1, 6).to_numpy()
    crew = city.crews(rng, period, count, pick=fits, risky=0.0 if share > 1 else RISKY_SHARE)
    tier = city.tiers.choose(rng, crew, fits)
    city.tiers.set_aside(tier["benchmark_id"])
    return carry(city, rng, period, count, crew=crew, tier=tier, fine=round_fine(bend(tier, share)[0].to_numpy()))


def _decoys(city: City) -> None:
    for branch, bend, share, note in (
        ("collective", below_tier, 0.82, "低于档次但经集体讨论"),
        ("mitigated", below_law, 0.70, "减轻处罚且经集体讨论"),
        ("mitigated_tier", below_tier, 0.85, "从轻情节，低于档次，处罚依据写明理由"),
        ("near_tier", below_tier, 1.03, "略高于档次下限"),
    ):
        rng = city.rng("M06", branch)
        cases = bent(city, rng, city.window, city.count(3), bend, share)
        if branch.startswith("mitigated"):
            cases.case["mitigate_type"] = "减轻" if branch == "mitigated" else "从轻"
        if branch == "mitigated_tier":
            cases.case["basis_text"] = cases.case["basis_text"] + "；《中华人民共和国行政处罚法》第三十二条，依法从轻"
        if branch in ("collective", "mitigated"):
            met = city.calendar.add(cases.day("decision_date"), -1)
            cases.add_event(city, rng, "集体讨论", met, 10, operator="approver_id")
        city.decoy("M06", branch, cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)
    _old_benchmark(city)
    _later_milder(city)
    _without_benchmark(city)


def _revised(
    city: City, rng: np.random.Generator, period: Period, count: int, low: float, high: float
) -> tuple[Cases, np.ndarray]:
    """Cases that quote a tier which came into force the day after the act.

    The tier before it began `low` of the new one's width higher and ended `high` of it higher. Also returns that width.
    """
    rows = city.tiers.rows
    quiet = rows["recent"].between(1, 6) & (rows["low"] >= 200)
    lone = city.tiers.plain & quiet.to_numpy() & city.tiers.unclaimed
    crew = city.crews(rng, period, count, pick=lone)
    tier = city.tiers.choose(rng, crew, lone)
    city.tiers.set_aside(tier["benchmark_id"])
    tier = tier.drop_duplicates("benchmark_id")
    cases = carry(city, rng, period, len(tier), crew=crew.iloc[: len(tier)].reset_index(drop=True), tier=tier)
    case, ids = cases.case, city.edits.take("discretion_benchmark", 2 * len(tier))
    acted = cases.day("incident_date")
    width = (case["high"] - case["low"]).to_numpy()
    bounds = {
        "fine_min_amt": np.round(case["low"].to_numpy() + low * width),
        "fine_max_amt": np.round(case["high"].to_numpy() + high * width),
    }
    for new, named in ((False, ids[: len(tier)]), (True, ids[len(tier) :])):
        city.edits.add(
            "discretion_benchmark",
            pd.DataFrame(
                {
                    "benchmark_id": named,
                    "item_code": case["item_code"],
                    "tier_no": 9,
                    "condition_text": "修订后基准" if new else "修订前基准",
                    "party_type": case["party_type"],
                    "fine_min_amt": case["low"] if new else bounds["fine_min_amt"],
                    "fine_max_amt": case["high"] if new else bounds["fine_max_amt"],
                    "valid_from_date": acted + np.timedelta64(1, "D") if new else np.datetime64("2017-03-01"),
                    "valid_to_date": np.datetime64("NaT", "D") if new else acted,
                    "basis_doc_no": "浙裁量〔2022〕02号" if new else "浙裁量〔2017〕01号",
                    "area_code": "330400",
                }
            ),
        )
    case["benchmark_id"] = ids[len(tier) :]
    return cases, width


def refine(cases: Cases, fine: np.ndarray) -> None:
    """Another fine for every case, paid and published as such."""
    cases.case["fine_amt"] = cases.receipt["pay_amt"] = fine
    cases.disclosure["fine_wan"] = fine / 10_000


def _later_harsher(city: City, period: Period) -> None:
    """Fined within the benchmark of the decision, above the milder one of the day of the act (处罚法 37)."""
    rng = city.rng("M06", period.name, "later_harsher")
    cases, width = _revised(city, rng, period, city.count(2, period), 0.0, -0.5)
    refine(cases, round_fine(cases.case["low"].to_numpy() + 0.62 * width))
    decided = cases.day("decision_date")
    city.violation("M06", "later_harsher", "orange", cases.subjects(), decided, period)
    put(city, cases)


def _later_milder(city: City) -> None:
    """Fined below the benchmark of the day of the act, within the milder one of the decision."""
    rng = city.rng("M06", "later_milder")
    cases, _ = _revised(city, rng, city.window, city.count(2), 0.75, 0.3)
    city.decoy("M06", "later_milder", cases.subjects(), cases.day("decision_date"), "新基准较轻，按新基准裁量")
    put(city, cases)


def _old_benchmark(city: City) -> None:
    """Judged by the benchmark in force on the incident day, which was replaced before the decision."""
    rng, count = city.rng("M06", "old_benchmark"), city.count(3)
    cases = carry(city, rng, city.window, count, pick=city.tiers.plain & (city.tiers.rows["used"] < 8).to_numpy())
    old = cases.case
    ids = city.edits.take("discretion_benchmark", count)
    width = old["high"] - old["low"]
    city.edits.add(
        "discretion_benchmark",
        pd.DataFrame(
            {
                "benchmark_id": ids,
                "item_code": old["item_code"],
                "tier_no": old["tier_no"],
                "condition_text": "修订前基准：情节较轻、及时改正的",
                "party_type": old["party_type"],
                "fine_min_amt": old["low"] + np.round(width * 0.1),
                "fine_max_amt": old["high"],
                "valid_from_date": np.datetime64("2017-03-01"),
                "valid_to_date": cases.day("filed_date"),
                "basis_doc_no": "浙裁量〔2017〕01号",
                "area_code": "330400",
            }
        ),
    )
    cases.case["benchmark_id"] = ids
    cases.case["fine_amt"] = round_fine((old["low"] + width * 0.3).to_numpy())
    cases.receipt["pay_amt"] = cases.case["fine_amt"]
    cases.disclosure["fine_wan"] = cases.case["fine_amt"] / 10_000
    city.decoy("M06", "old_benchmark", cases.subjects(), cases.day("decision_date"), "按违法行为发生时有效的旧基准裁量")
    put(city, cases)


def _without_benchmark(city: City) -> None:
    """No tier recorded because the item has none for this kind of party."""
    rng, count = city.rng("M06", "no_benchmark"), city.count(3)
    rows = city.tiers.rows
    kinds = rows.groupby("item_code")["party_type"].transform("nunique")
    lone = (kinds == 1) & (rows["party_type"] == "法人及非法人组织") & (rows["used"] == 0)
    if not (lone & city.tiers.plain).any():
        return
    cases = carry(city, rng, city.window, count, pick=city.tiers.plain & lone.to_numpy())
    keys, names = city.parties.of_type(np.repeat("个体工商户", count), cases.case["area_code"].to_numpy())
    cases.case["party_type"], cases.case["party_id"], cases.case["party_name"] = "个体工商户", keys, names
    cases.case["benchmark_id"] = None
    cases.receipt["payer_hash"], cases.disclosure["party_name"] = keys, names
    city.decoy("M06", "no_benchmark", cases.subjects(), cases.day("decision_date"), "该事项对此类当事人没有裁量基准")
    put(city, cases)
