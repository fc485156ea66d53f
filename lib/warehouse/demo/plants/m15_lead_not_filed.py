"""M15 有案不立: a lead received more than 15 workdays ago, no case and no reason why (处罚法 54)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import clock
from lib.warehouse.demo.plants.period import Period

# branch, level, how many, workdays since receipt (lowest, highest), verdict, near
CELLS = (
    ("unverified", "yellow", 7, (22, 200), None, False),
    ("unverified", "yellow", 2, (17, 19), None, True),
    ("partial", "yellow", 3, (22, 200), "部分属实", False),
    ("verified", "orange", 4, (21, 32), "属实", False),
    ("verified", "orange", 2, (17, 19), "属实", True),
    ("verified_long", "red", 1, (72, 190), "属实", False),
    ("verified_long", "red", 1, (66, 69), "属实", True),
    ("verified_last_year", "red", 2, (265, 330), "属实", False),
)


def plant(city: City) -> None:
    for branch, level, full, ago, verdict, near in CELLS:
        rng = city.rng("M15", branch, str(near))
        leads = received(city, rng, city.window, city.count(full), ago, verdict)
        _record(city, leads, branch, level, city.window, near)
        city.edits.add("violation_lead", leads)
        if not branch.startswith("verified_l"):
            _last_year(city, branch, level, full, ago, verdict, near)
    _decoys(city)


def received(
    city: City, rng: np.random.Generator, period: Period, count: int, ago: tuple[int, int], verdict: str | None
) -> pd.DataFrame:
    """Leads received that many workdays before the period's end, verified (or not) within ten workdays."""
    crew = city.roster(period).crews(rng, count)
    tier = city.tiers.choose(rng, crew, city.tiers.for_firms)
    keys, _ = city.parties.of_type(tier["party_type"].to_numpy(), crew["area_code"].to_numpy())
    calendar = city.calendar
    days = calendar.at(calendar.wd(np.repeat(period.end, count)) - rng.integers(*ago, count, endpoint=True))
    verified = clock(calendar.add(days, rng.integers(3, 10, count)), 14, rng.integers(0, 60, count))
    feedback = clock(calendar.add(days, rng.integers(11, 14, count)), 16, rng.integers(0, 60, count))
    unknown = np.datetime64("NaT", "us")
    return pd.DataFrame(
        {
            "lead_id": city.edits.take("violation_lead", count),
            "source_type": rng.choice(["网格上报", "投诉举报", "检查发现", "上级交办"], count),
            "source_pk": [f"SRC9{number:06d}" for number in rng.integers(0, 999_999, count)],
            "party_id": keys,
            "item_code": tier["item_code"],
            "to_org_id": crew["org_id"],
            "received_at": clock(days, 9, rng.integers(0, 60, count)),
            "verified_at": verified if verdict else unknown,
            "verify_result": verdict,
            "feedback_due_at": clock(calendar.add(days, 15), 17, 30),
            "feedback_at": feedback if verdict else unknown,
            "area_code": crew["area_code"],
        }
    )


def _subjects(leads: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    rows = pd.DataFrame({"subject_id": leads["lead_id"], "org_id": leads["to_org_id"], "area_code": leads["area_code"]})
    return rows, leads["received_at"].to_numpy().astype("datetime64[D]")


def _record(city: City, leads: pd.DataFrame, branch: str, level: str, period: Period, near: bool) -> None:
    rows, days = _subjects(leads)
    due = city.calendar.add(days, 16)
    city.violation("M15", branch, level, rows, due, period, near=near, subject_type="violation_lead")


def _last_year(
    city: City, branch: str, level: str, full: int, ago: tuple[int, int], verdict: str | None, near: bool
) -> None:
    """Unfiled on the day of last year's run; filed and fined since, so that nothing is left today."""
    rng, period = city.rng("M15", "history", branch, str(near)), city.history
    leads = received(city, rng, period, city.count(full, period), ago, verdict)
    _record(city, leads, branch, level, period, near)
    count, roster = len(leads), city.roster(city.window).officers
    home = [np.flatnonzero(roster["org_id"].eq(org)) for org in leads["to_org_id"]]
    anyone = np.arange(len(roster))
    lead = np.array([rng.choice(among if len(among) else anyone) for among in home], dtype="int64")
    crew = city.roster(city.window).crews_of(rng, lead)
    tier = city.tiers.rows[city.tiers.for_firms].drop_duplicates("item_code").set_index("item_code", drop=False)
    tier = tier.loc[leads["item_code"]].reset_index(drop=True)
    filed = city.calendar.add(np.repeat(period.end, count), rng.integers(3, 9, count))
    names = np.repeat("当事企业", count)
    cases = carry(
        city,
        rng,
        city.window,
        count,
        crew=crew,
        tier=tier,
        party=(leads["party_id"].to_numpy(), names),
        filed=filed,
        decided=city.calendar.add(filed, rng.integers(18, 26, count)),
    )
    cases.case["lead_id"] = leads["lead_id"].to_numpy()
    late = clock(filed, 17, 0)
    leads["verify_result"], leads["verified_at"] = verdict or "属实", leads["verified_at"].fillna(pd.Timestamp(late[0]))
    city.edits.add("violation_lead", leads)
    put(city, cases)


def _decoys(city: City) -> None:
    for branch, ago, verdict, reason, note in (
        ("jurisdiction", (25, 120), "属实", "管辖权争议，已报请共同上级机关指定管辖", "管辖争议，已写明不立案理由"),
        ("too_old", (25, 120), "属实", "违法行为发生超过二年，不再给予行政处罚", "超过追责期限，已写明不立案理由"),
        ("unfounded", (25, 120), "不属实", "经核查违法事实不成立", "核查不属实"),
        ("near_days", (11, 13), "属实", None, "收到线索未满十五个工作日"),
    ):
        rng = city.rng("M15", branch)
        leads = received(city, rng, city.window, city.count(3), ago, verdict).assign(no_file_reason=reason)
        rows, days = _subjects(leads)
        city.decoy("M15", branch, rows, days, note, subject_type="violation_lead")
        city.edits.add("violation_lead", leads)
