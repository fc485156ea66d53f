"""M03 单人/无证: fewer than two certified handlers (处罚法 42)."""

from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import clock
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.recruits import recruit

# branch, level, how many, what the second (and, where red, the first) handler's certificate is like, near
CELLS = (
    ("single_handler", "orange", 4, None, False),
    ("added_late", "orange", 1, None, True),
    ("second_expired", "orange", 3, "expired", False),
    ("second_expired", "orange", 2, "just_expired", True),
    ("second_suspended", "orange", 2, "suspended", False),
    ("second_cancelled", "orange", 2, "cancelled", False),
    ("second_assistant", "orange", 2, "assistant", False),
    ("none_certified", "red", 2, "none", False),
)


def plant(city: City) -> None:
    for period in (city.window, city.history):
        for branch, level, full, kind, near in CELLS:
            cases = _short(city, period, city.count(full, period), branch, kind)
            city.violation("M03", branch, level, cases.subjects(), cases.day("filed_date"), period, near=near)
            put(city, cases)
    for branch, kind, note in (
        ("renewal_lag", "renewal_lag", "旧证到期与新证签发之间相隔不足三十日"),
        ("near_expiry", "expires_soon", "立案后数日证件才到期"),
    ):
        cases = _short(city, city.window, city.count(3), branch, kind)
        city.decoy("M03", branch, cases.subjects(), cases.day("filed_date"), note)
        put(city, cases)
    _summary_alone(city)


def _short(city: City, period: Period, count: int, branch: str, kind: str | None) -> Cases:
    rng = city.rng("M03", period.name, branch, str(kind))
    cases = carry(city, rng, period, count)
    if branch == "added_late":
        second = cases.officer["role_type"].eq("协办")
        decided = dict(zip(cases.ids, cases.day("decision_date"), strict=True))
        days = cases.officer.loc[second, "case_id"].map(decided).to_numpy()
        cases.officer.loc[second, "start_at"] = clock(days, 9, 30)
        return cases
    if kind is None:
        cases.without_second()
        return cases
    filed = cases.day("filed_date")
    cases.hand_over("officer2_id", recruit(city, rng, cases.case, filed, kind))
    if branch == "none_certified":
        cases.hand_over("officer_id", recruit(city, rng, cases.case, filed, "expired"))
    return cases


def _summary_alone(city: City) -> None:
    """简易程序 on the spot by one certified officer: a statutory single-officer exception."""
    rng, count = city.rng("M03", "summary"), city.count(3)
    rows = city.tiers.rows
    limit = rows["party_type"].map({"自然人": 200, "个体工商户": 200, "法人及非法人组织": 3_000})
    pick = city.tiers.plain & (rows["low"] + 0.7 * (rows["high"] - rows["low"]) <= 0.95 * limit).to_numpy()
    cases = carry(city, rng, city.window, count, pick=pick, procedure="简易")
    cases.without_second()
    city.decoy("M03", "summary_alone", cases.subjects(), cases.day("filed_date"), "简易程序当场处罚的单人执法")
    put(city, cases)
