"""M18 扰企: more inspection days within 12 months than the cap of the enterprise's risk class (浙条例 13, 21)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import repeat
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY
from lib.warehouse.demo.plants.groups import Group, days_in, officer_months
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.visits import Visits

CAP = {"A": 2, "B": 4, "C": 6, "D": 12, None: 12}

# branch, level, how many, risk class, visits, near: signals of their own (yellow, orange) or direct warnings (red)
SINGLE = (
    ("class_b", "yellow", 2, "B", 5, True),
    ("class_c", "yellow", 2, "C", 9, False),
    ("unrated", "yellow", 2, None, 15, False),
    ("class_b", "orange", 2, "B", 10, False),
    ("class_c", "orange", 2, "C", 13, True),
    ("class_a", "red", 1, "A", 9, False),
    ("class_a", "red", 1, "A", 7, True),
    ("class_b", "red", 2, "B", 14, False),
)


def plant(city: City) -> None:
    visits = Visits(city)
    for period in (city.window, city.history):
        rng = city.rng("M18", period.name)
        groups = officer_months(city, rng, period, 9, ripe=48, young=34, by="org_id")
        for number, group in enumerate(groups):
            _plant_group(city, visits, rng, period, group, strong=2 if number % 2 and group.expected else 0)
        _singles(city, visits, period, {str(group.crew["org_id"].iloc[0]) for group in groups})
    _decoys(city, visits)


def _singles(city: City, visits: Visits, period: Period, taken: set[str]) -> None:
    """One enterprise per body, none of the `taken` ones: only the red ones warn."""
    for branch, level, full, risk, times, near in SINGLE:
        rng, count = city.rng("M18", period.name, branch, level, str(near)), city.count(full, period)
        where = ~city.roster(period).officers["org_id"].isin(taken).to_numpy()
        crew = city.roster(period).crews(rng, count, where=where, risky=0)
        firms = _firms(city, count, risk)
        days = _spread(city, rng, period, count, times)
        made = _visit(visits, rng, crew, firms, days, times)
        passed = made["started_at"].to_numpy().astype("datetime64[D]")[CAP[risk] :: times]
        city.violation(
            "M18", branch, level, _subjects(crew, firms), passed, period, near=near, subject_type="enterprise"
        )


def _firms(city: City, count: int, risk: str | None) -> np.ndarray:
    """Enterprises that nobody has visited, put into that risk class."""
    keys = city.parties.companies(count, visited=False)["uscc"].to_numpy()
    city.edits.amend("enterprise", pd.DataFrame({"uscc": keys, "risk_type": risk}))
    return keys


def _subjects(crew: pd.DataFrame, firms: np.ndarray) -> pd.DataFrame:
    columns = {"subject_id": firms, "org_id": crew["org_id"].to_numpy(), "area_code": crew["area_code"].to_numpy()}
    return pd.DataFrame(columns)


def _visit(
    visits: Visits,
    rng: np.random.Generator,
    crew: pd.DataFrame,
    firms: np.ndarray,
    days: np.ndarray,
    times: int,
    **given: object,
) -> pd.DataFrame:
    return visits.make(rng, repeat(crew, times).assign(party_id=np.repeat(firms, times), day=days, **given))


def _spread(city: City, rng: np.random.Generator, period: Period, count: int, times: int) -> np.ndarray:
    """`times` visit days per enterprise over the period, at least a week apart."""
    length = int((period.end - period.start) / DAY) - 16
    step = length // times
    offsets = np.arange(times) * step + rng.integers(0, max(step - 9, 1), (count, times))
    return city.calendar.on_or_before(period.start + (10 + offsets.ravel()) * DAY)


def _plant_group(
    city: City, visits: Visits, rng: np.random.Generator, period: Period, group: Group, strong: int
) -> None:
    """Class A firms whose third visit falls into the month; the first `strong` are visited five times."""
    firms, crossing = _firms(city, group.signals, "A"), days_in(city, rng, group, 8, 25)
    orange = np.arange(group.signals) < strong
    for level, chosen, steps in (("orange", orange, (-28, -14, 0, 5, 10)), ("yellow", ~orange, (-30, -15, 0))):
        count = int(chosen.sum())
        if not count:
            continue
        crew = repeat(group.crew, count)
        days = city.calendar.on_or_before(np.repeat(crossing[chosen], len(steps)) + np.tile(steps, count) * DAY)
        made = _visit(visits, rng, crew, firms[chosen], days, len(steps))
        passed = made["started_at"].to_numpy().astype("datetime64[D]")[2 :: len(steps)]
        city.violation(
            "M18",
            group.label("class_a"),
            level,
            _subjects(crew, firms[chosen]).assign(group_id=group.group_id),
            passed,
            period,
            near=group.near,
            subject_type="enterprise",
            group_period=group.period,
        )


def _decoys(city: City, visits: Visits) -> None:
    staged = city.con.execute(
        "select org_id, task_id from inspection_plan where plan_type = '项目分阶段检查' and end_date < $end"
        " and start_date > $start order by task_id",
        {"end": city.window.end.item(), "start": city.window.start.item()},
    ).df()
    for branch, risk, times, given, note in (
        ("near_class_b", "B", 4, {}, "恰为上限四次"),
        ("near_class_c", "C", 6, {}, "恰为上限六次"),
        ("near_unrated", None, 12, {}, "未评级，恰为上限十二次"),
        ("complaint_checks", "A", 6, {"check_type": "投诉核查", "task_id": None}, "投诉核查不计入"),
        ("joint_checks", "A", 6, {"check_type": "综合查一次"}, "综合查一次联合检查不计入"),
        ("staged_project", "A", 6, {"check_type": "日常"}, "建设项目分阶段检查不计入"),
        ("same_day", "A", 5, {}, "同一机构同日多次记录按一次计"),
    ):
        rng, count = city.rng("M18", branch), city.count(3)
        more: dict[str, object] = dict(given)
        where = None
        if branch == "staged_project":
            where = city.roster(city.window).officers["domain_code"].eq("JS").to_numpy()
        crew = city.roster(city.window).crews(rng, count, risky=0, where=where)
        firms = _firms(city, count, risk)
        days = _spread(city, rng, city.window, count, times)
        if branch == "same_day":
            days = np.repeat(days.reshape(-1, times)[:, :2], [3, 2], axis=1).ravel()
        if branch == "joint_checks":
            more["joint_id"] = [f"J9{number:07d}" for number in range(count * times)]
        if branch == "staged_project":
            more["task_id"] = rng.choice(staged["task_id"], count * times)
        made = _visit(visits, rng, crew, firms, days, times, **more)
        last = made["started_at"].to_numpy().astype("datetime64[D]")[times - 1 :: times]
        city.decoy("M18", branch, _subjects(crew, firms), last, note, subject_type="enterprise")
