"""M01 超期·久拖不决: over the 90 days of 处罚法 60, or undecided and idle."""

import numpy as np

from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import LAG, City
from lib.warehouse.demo.plants.days import DAY

LIMIT, IDLE, LAW = 90, 45, np.datetime64("2021-07-15")

# branch, level, how many at the full city, days over the limit (lowest, highest), near the threshold
OVER = (
    ("overdue", "yellow", 7, (9, 27), False),
    ("overdue", "yellow", 2, (2, 4), True),
    ("overdue", "orange", 2, (40, 80), False),
    ("overdue", "orange", 2, (32, 35), True),
    ("overdue", "red", 1, (97, 150), False),
    ("overdue_open", "yellow", 2, (6, 27), False),
    ("overdue_open", "orange", 2, (36, 84), False),
    ("overdue", "red", 1, (91, 94), True),
    ("overdue_open", "red", 2, (94, 140), False),
)
# level, how many, idle days (lowest, highest), near
IDLE_CELLS = (("yellow", 3, (52, 80), False), ("yellow", 2, (46, 49), True), ("orange", 2, (96, 115), False))


def plant(city: City) -> None:
    for branch, level, full, over, near in OVER:
        cases = _decided(city, full, over) if branch == "overdue" else _open(city, full, over)
        if len(cases):
            occurred = cases.day("filed_date") + (LIMIT + 1) * DAY
            city.violation("M01", branch, level, cases.subjects(), occurred, city.window, near=near)
            put(city, cases)
    for level, full, idle, near in IDLE_CELLS:
        cases, last = _idle(city, city.count(full), idle, extended=level == "orange")
        city.violation("M01", "idle", level, cases.subjects(), last + IDLE * DAY, city.window, near=near)
        put(city, cases)
    _idle_old_law(city)
    _idle_last_year(city)
    _decoys(city)


def elapsed(city: City, decided: np.ndarray, days: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Filing and decision workdays between days[0] and days[1] apart; the decision moves back a little if it must."""
    filed = np.empty(len(decided), dtype="datetime64[D]")
    settled = decided.copy()
    spans = np.arange(days[0], days[1] + 1)
    for row, start in enumerate(decided):
        for day in city.calendar.at(city.calendar.wd(start) - np.arange(15)):
            candidates = day - spans * DAY
            fitting = candidates[city.calendar.is_workday[city.calendar.position(candidates)]]
            if len(fitting):
                settled[row], filed[row] = day, fitting[row % len(fitting)]
                break
    return filed, settled


def _decided(city: City, full: int, over: tuple[int, int]) -> Cases:
    rng = city.rng("M01", "decided", str(over[0]))
    span = (LIMIT + over[0], LIMIT + over[1])
    earliest = max(LAW, city.history.start) + (span[1] + 25) * DAY
    lead = max(24, int((earliest - city.window.start) / DAY))
    if lead + LAG + 20 > 365:
        return _none(city)
    count = city.count(full)
    filed, decided = elapsed(city, city.days(rng, city.window, count, lead=lead), span)
    return carry(city, rng, city.window, count, filed=filed, decided=decided)


def _none(city: City) -> Cases:
    return carry(city, city.rng("M01", "none"), city.window, 0)


def _open(city: City, full: int, over: tuple[int, int]) -> Cases:
    """Undecided and over time, but somebody is working on it: the last step is recent."""
    rng, count = city.rng("M01", "open", str(over[0])), city.count(full)
    today = np.repeat(city.window.end, count)
    filed = city.calendar.on_or_before(today - (LIMIT + rng.integers(over[0], over[1] - 3, count)) * DAY)
    cases = carry(city, rng, city.window, count, filed=filed, decided=today, result="未决")
    cases.move_event("调查终结", city.calendar.on_or_before(today - rng.integers(3, 25, count) * DAY))
    return cases


def _idle(city: City, count: int, idle: tuple[int, int], *, extended: bool) -> tuple[Cases, np.ndarray]:
    """Undecided, not over time, nothing done for `idle` days; the last step is the end of the investigation."""
    rng = city.rng("M01", "idle", str(idle[0]), str(extended))
    last, _ = elapsed(city, np.repeat(city.window.end, count), idle)
    last = np.where(last > city.window.end - idle[0] * DAY, city.window.end - idle[0] * DAY, last)
    filed = city.calendar.add(last, -np.repeat(5, count))
    cases = carry(city, rng, city.window, count, filed=filed, decided=np.repeat(city.window.end, count), result="未决")
    if extended:
        cases.case["extension_cnt"] = 60
        cases.add_event(city, rng, "延期审批", last, 9, approver="approver_id")
    cases.move_event("调查终结", last)
    return cases, last


def _idle_old_law(city: City) -> None:
    """Filed before the ninety days were law, and nothing done for months: idle all the same."""
    rng, count, end = city.rng("M01", "idle_old_law"), city.count(2), city.window.end
    filed = city.calendar.on_or_before(np.repeat(LAW, count) - rng.integers(4, 25, count) * DAY)
    if filed.min() <= city.history.start or end - LAW < 150 * DAY:
        return
    last, _ = elapsed(city, np.repeat(end, count), (96, 115))
    last = np.minimum(last, city.calendar.on_or_before(end - 91 * DAY))
    cases = carry(city, rng, city.window, count, filed=filed, decided=np.repeat(end, count), result="未决")
    cases.move_event("调查终结", last)
    city.violation("M01", "idle_old_law", "orange", cases.subjects(), last + IDLE * DAY, city.window)
    put(city, cases)


def _idle_last_year(city: City) -> None:
    """Idle on the day of last year's run, taken up and decided in time afterwards: nothing to see today."""
    rng, end = city.rng("M01", "history"), city.history.end
    if end - LAW < 60 * DAY:
        return
    count = city.count(6, city.history)
    filed = city.calendar.on_or_before(np.repeat(end, count) - rng.integers(53, 58, count) * DAY)
    decided = city.calendar.on_or_before(filed + 88 * DAY)
    cases = carry(city, rng, city.history, count, filed=filed, decided=decided)
    resumed = city.calendar.at(city.calendar.wd(decided) - 7)
    for kind in ("调查终结", "法制审核"):
        cases.move_event(kind, resumed)
    last = cases.event_day("调查取证")
    city.violation("M01", "idle", "yellow", cases.subjects(), last + IDLE * DAY, city.history)
    put(city, cases)


def _decoys(city: City) -> None:
    """In time only because recorded days do not count, or just inside the limits."""
    for branch, note, over, column in (
        ("suspended", "听证、鉴定、公告时间已计入 suspended_cnt", (10, 45), "suspended_cnt"),
        ("extension", "延期审批且计入 extension_cnt", (8, 25), "extension_cnt"),
        ("near_overdue", "距九十日还差数日", (-6, -2), None),
    ):
        cases = _decided(city, 3, over)
        if not len(cases):
            continue
        rng = city.rng("M01", branch)
        if column:
            cases.case[column] = 60 if column == "suspended_cnt" else 30
            midway = city.calendar.add(cases.day("filed_date"), 20)
            kind = "听证告知" if column == "suspended_cnt" else "延期审批"
            cases.add_event(city, rng, kind, midway, 11, approver="approver_id")
        city.decoy("M01", branch, cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)
    cases, last = _idle(city, city.count(2), (39, 43), extended=False)
    city.decoy("M01", "near_idle", cases.subjects(), last, "停滞天数接近但未到四十五日")
    put(city, cases)
    cases, last = _idle(city, city.count(2), (62, 74), extended=False)
    cases.case["suspended_cnt"] = 40
    city.decoy("M01", "appraisal", cases.subjects(), last, "停滞期间在鉴定，四十日不计入期限")
    put(city, cases)
    _old_law(city)


def _old_law(city: City) -> None:
    """Filed before the amended law came into force and decided late: AL60 did not apply yet."""
    rng, count = city.rng("M01", "old_law"), city.count(2)
    filed = city.calendar.on_or_before(np.repeat(LAW, count) - rng.integers(4, 25, count) * DAY)
    first = max(city.window.start + 6 * DAY, LAW + 100 * DAY)
    decided = city.calendar.add(np.repeat(first, count), rng.integers(1, 15, count))
    if filed.min() <= city.history.start or decided.max() > city.window.back(LAG):
        return
    cases = carry(city, rng, city.window, count, filed=filed, decided=decided)
    city.decoy("M01", "old_law", cases.subjects(), decided, "2021-07-15 前立案")
    put(city, cases)
