"""M05 罚缴不一致: what was fined, paid and handed over does not match (处罚法 67 to 72, 74)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock
from lib.warehouse.demo.plants.period import Period

# branch, level, how many at the full city, near
CELLS = (
    ("unpaid", "yellow", 7, False),
    ("unpaid", "yellow", 2, True),
    ("partial", "yellow", 5, False),
    ("partial", "yellow", 2, True),
    ("overpaid", "yellow", 2, False),
    ("instalment", "yellow", 2, False),
    ("surcharge", "yellow", 2, False),
    ("served_late", "yellow", 1, True),
    ("not_served", "yellow", 1, False),
    ("closed_gap", "orange", 4, False),
    ("account", "red", 2, False),
    ("cash", "red", 1, False),
    ("cash", "red", 1, True),
)


def plant(city: City) -> None:
    for period in (city.window, city.history):
        for branch, level, full, near in CELLS:
            _plant_cell(city, period, branch, level, city.count(full, period), near)
    _decoys(city)


def _plant_cell(city: City, period: Period, branch: str, level: str, count: int, near: bool) -> None:
    rng = city.rng("M05", period.name, branch, str(near))
    decided = city.days(rng, period, count, lag=60 if branch in _LATER else 40)
    if branch == "unpaid" and near:
        decided = city.calendar.add(np.repeat(period.back(25), count), -(np.arange(count) % 2))
    cases = carry(city, rng, period, count, decided=decided)
    if branch in ("account", "cash"):
        _misdirect(city, rng, cases, branch, near)
        occurred = cases.receipt["paid_at"].to_numpy().astype("datetime64[D]")
        if not period.in_window:
            # money is looked back for after three years: the window's run finds the history's too
            city.violation("M05", branch, level, cases.subjects(), occurred, city.window, near=near)
    elif branch in _LATER:
        occurred = _LATER[branch](city, rng, cases, period)
    else:
        occurred = served_due(cases) + DAY
        _leave_gap(rng, cases, branch, near)
    city.violation("M05", branch, level, cases.subjects(), occurred, period, near=near)
    put(city, cases)


def served_due(cases: Cases) -> np.ndarray:
    """The fifteenth day after service of every case (处罚法 67)."""
    return cases.event_day("送达") + 15 * DAY


def _instalment_overdue(city: City, rng: np.random.Generator, cases: Cases, period: Period) -> np.ndarray:
    """Three instalments: the first paid, the second overdue, the third not due for months."""
    fine = cases.case["fine_amt"].to_numpy()
    third = np.floor(fine / 3)
    due = served_due(cases) + 10 * DAY
    parts = [cases.receipt.assign(pay_amt=third)]
    for amount, day in ((third, due), (fine - 2 * third, np.repeat(period.end, len(cases)) + 90 * DAY)):
        rest = cases.receipt.copy().assign(pay_amt=amount, due_date=day)
        rest["receipt_no"] = city.edits.take("fine_receipt", len(rest))
        rest[["paid_at", "treasury_at"]] = pd.NaT
        parts.append(rest)
    cases.receipt = pd.concat(parts, ignore_index=True).assign(receipt_status="分期")
    cases.leave_open()
    return due + DAY


def _surcharge_unpaid(city: City, rng: np.random.Generator, cases: Cases, period: Period) -> np.ndarray:
    """The fine was paid late; the ticket for the surcharge was not."""
    fine, due = cases.case["fine_amt"].to_numpy(), served_due(cases) + 20 * DAY
    cases.receipt["paid_at"] = clock(served_due(cases) + 5 * DAY, 11, 5)
    cases.receipt["treasury_at"] = clock(served_due(cases) + 6 * DAY, 10, 0)
    extra = np.maximum(np.round(fine * 0.15, 2), 5)
    more = cases.receipt.copy().assign(pay_amt=extra, surcharge_amt=extra, due_date=due)
    more["receipt_no"] = city.edits.take("fine_receipt", len(more))
    more[["paid_at", "treasury_at"]] = pd.NaT
    cases.receipt = pd.concat([cases.receipt, more], ignore_index=True)
    cases.leave_open()
    return due + DAY


def _served_late(city: City, rng: np.random.Generator, cases: Cases, period: Period) -> np.ndarray:
    """Served weeks after the decision, and unpaid for a day or two more than fifteen."""
    serve(cases, period.end - (17 + np.arange(len(cases)) % 2) * DAY)
    return served_due(cases) + DAY


def serve(cases: Cases, days: np.ndarray) -> None:
    """Unpaid cases served on other days; their receipts keep a date counted from the decision."""
    cases.move_event("送达", days)
    cases.receipt[["paid_at", "treasury_at"]] = pd.NaT
    cases.leave_open()


def _not_served(city: City, rng: np.random.Generator, cases: Cases, period: Period) -> np.ndarray:
    """Neither served nor billed: seven workdays (处罚法 61) and fifteen days after the decision."""
    cases.drop_events("送达")
    cases.receipt = cases.receipt[:0]
    cases.leave_open()
    return city.calendar.add(cases.day("decision_date"), 7) + 16 * DAY


_LATER = {
    "instalment": _instalment_overdue,
    "surcharge": _surcharge_unpaid,
    "served_late": _served_late,
    "not_served": _not_served,
}


def _leave_gap(rng: np.random.Generator, cases: Cases, branch: str, near: bool) -> None:
    fine = cases.case["fine_amt"].to_numpy()
    if branch == "unpaid":
        issued = rng.random(len(cases)) < 0.5
        cases.receipt = cases.receipt[issued].reset_index(drop=True)
        cases.receipt[["paid_at", "treasury_at"]] = pd.NaT
    elif branch == "overpaid":
        cases.receipt["pay_amt"] = np.round(fine * 1.2 + 20)
    else:
        cases.receipt["pay_amt"] = fine - 2 if near else np.round(fine * rng.uniform(0.3, 0.8, len(cases)))
    if branch != "closed_gap":
        cases.leave_open()


def _misdirect(city: City, rng: np.random.Generator, cases: Cases, branch: str, near: bool) -> None:
    """Money to an account that is no treasury account, or cash kept for more than two workdays."""
    count = len(cases)
    if branch == "account":
        cases.receipt["payee_account_hash"] = [f"{value:016x}" for value in rng.integers(1 << 52, 1 << 60, count)]
        return
    paid = city.calendar.add(cases.day("decision_date"), 0)
    kept = np.full(count, 3) if near else rng.integers(5, 25, count)
    never = ~np.full(count, near) & (np.arange(count) % 2 == 1)
    handed = clock(city.calendar.add(paid, kept), 10, 20)
    cases.receipt["pay_channel"] = "当场收缴"
    cases.receipt["officer_id"] = cases.case["officer_id"].to_numpy()
    cases.receipt["paid_at"] = clock(paid, 15, 30)
    cases.receipt["handover_at"] = np.where(never, np.datetime64("NaT", "us"), handed)
    cases.receipt["treasury_at"] = np.where(never, np.datetime64("NaT", "us"), handed + np.timedelta64(1, "D"))


def _decoys(city: City) -> None:
    for branch, bend, lag, note in (
        ("instalment", _instalment, 30, "经批准分期缴纳，余款未到期"),
        ("court_enforced", _enforced, 150, "已申请法院强制执行"),
        ("refund", _refund, 70, "复议变更后退付原票据、另开新票据"),
        ("surcharge", _surcharge, 60, "逾期缴纳并足额加处罚款"),
        ("voided_receipt", _voided, 30, "票据作废后重开"),
        ("confiscation", _confiscated, 30, "罚款与没收违法所得同一张票据缴纳"),
        ("near_gap", _half_yuan, 30, "差额五角"),
        ("near_served", _served_on_the_limit, 60, "决定书送达后第十五日，票据所载期限早已过"),
        ("near_due", _not_due, 30, "未到缴款期限"),
        ("near_handover", _over_weekend, 30, "周五当场收缴、下周一交至银行，为一个工作日"),
    ):
        rng, count = city.rng("M05", branch), city.count(3)
        days = city.days(rng, city.window, count, lag=lag)
        if branch == "near_due":
            days = city.calendar.add(np.repeat(city.window.back(11), count), -(np.arange(count) % 2))
        if branch == "near_handover":
            days = _before_weekend(city, days)
        cases = carry(city, rng, city.window, count, decided=days)
        bend(city, rng, cases)
        city.decoy("M05", branch, cases.subjects(), cases.day("decision_date"), note)
        put(city, cases)


def _instalment(city: City, rng: np.random.Generator, cases: Cases) -> None:
    half = np.round(cases.case["fine_amt"].to_numpy() / 2)
    rest = cases.receipt.copy()
    rest["receipt_no"] = city.edits.take("fine_receipt", len(rest))
    rest["pay_amt"] = cases.case["fine_amt"].to_numpy() - half
    rest["due_date"] = np.repeat(city.window.end, len(rest)) + rng.integers(8, 60, len(rest)) * DAY
    rest[["paid_at", "treasury_at"]] = pd.NaT
    cases.receipt["pay_amt"] = half
    cases.receipt = pd.concat([cases.receipt, rest], ignore_index=True).assign(receipt_status="分期")
    cases.leave_open()


def _enforced(city: City, rng: np.random.Generator, cases: Cases) -> None:
    cases.receipt = cases.receipt[:0]
    cases.leave_open()
    days = city.calendar.on_or_before(cases.day("decision_date") + rng.integers(100, 130, len(cases)) * DAY)
    cases.add_event(city, rng, "强制执行", days, 14)


def _refund(city: City, rng: np.random.Generator, cases: Cases) -> None:
    """Paid in full, then the review lowered the fine: the old receipt is paid back and a new one issued."""
    old = cases.receipt.copy().assign(receipt_status="退付")
    lowered = np.round(cases.case["fine_amt"] * 0.8 + cases.case["low"] * 0.2).to_numpy()
    accepted, decided = cases.day("decision_date") + 12 * DAY, cases.day("decision_date") + 45 * DAY
    cases.receipt["receipt_no"] = city.edits.take("fine_receipt", len(cases))
    cases.receipt["pay_amt"] = cases.case["fine_amt"] = lowered
    cases.receipt["paid_at"] = clock(decided + 3 * DAY, 10, 15)
    cases.receipt["treasury_at"] = clock(decided + 4 * DAY, 10, 15)
    cases.receipt["due_date"] = decided + 15 * DAY
    cases.receipt = pd.concat([old, cases.receipt], ignore_index=True)
    cases.disclosure["fine_wan"] = lowered / 10_000
    cases.close_on(decided + 16 * DAY)
    city.edits.add(
        "review_litigation",
        pd.DataFrame(
            {
                "rl_id": city.edits.take("review_litigation", len(cases)),
                "case_id": cases.ids,
                "rl_type": "行政复议",
                "accepted_date": accepted,
                "decided_date": decided,
                "result_type": "变更",
                "area_code": cases.case["area_code"],
            }
        ),
    )


def _surcharge(city: City, rng: np.random.Generator, cases: Cases) -> None:
    """Three per cent a day after the fifteenth day (处罚法 72), at most the fine itself."""
    late = rng.integers(4, 20, len(cases))
    extra = np.round(cases.case["fine_amt"].to_numpy() * 0.03 * late, 2)
    paid = cases.day("decision_date") + (15 + late) * DAY
    cases.receipt["surcharge_amt"] = extra
    cases.receipt["pay_amt"] = cases.case["fine_amt"].to_numpy() + extra
    cases.receipt["paid_at"], cases.receipt["treasury_at"] = clock(paid, 11, 5), clock(paid + DAY, 10, 0)
    cases.close_on(paid + 6 * DAY)


def _voided(city: City, rng: np.random.Generator, cases: Cases) -> None:
    void = cases.receipt.copy().assign(receipt_status="作废")
    void["receipt_no"] = city.edits.take("fine_receipt", len(void))
    cases.receipt = pd.concat([cases.receipt, void], ignore_index=True)


def _half_yuan(city: City, rng: np.random.Generator, cases: Cases) -> None:
    cases.receipt["pay_amt"] = cases.case["fine_amt"].to_numpy() - 0.5


def _confiscated(city: City, rng: np.random.Generator, cases: Cases) -> None:
    taken = np.round(cases.case["fine_amt"].to_numpy() * 0.4) + 50
    cases.case["confiscate_amt"] = taken
    cases.case["penalty_types"] = [["罚款", "没收违法所得"]] * len(cases)
    cases.receipt["pay_amt"] = cases.case["fine_amt"].to_numpy() + taken


def _served_on_the_limit(city: City, rng: np.random.Generator, cases: Cases) -> None:
    serve(cases, city.window.end - (15 - np.arange(len(cases)) % 2) * DAY)


def _not_due(city: City, rng: np.random.Generator, cases: Cases) -> None:
    cases.receipt[["paid_at", "treasury_at"]] = pd.NaT
    cases.leave_open()


def _before_weekend(city: City, days: np.ndarray) -> np.ndarray:
    """The last workday before the next break of at least two days, at least a week before the window's end."""
    for _ in range(10):
        resting = city.calendar.add(days, 1) - days >= 3 * DAY
        days = np.where(resting, days, city.calendar.add(days, -1))
    return days


def _over_weekend(city: City, rng: np.random.Generator, cases: Cases) -> None:
    paid = cases.day("decision_date")
    handed = clock(city.calendar.add(paid, 1), 9, 30)
    cases.receipt["pay_channel"] = "当场收缴"
    cases.receipt["officer_id"] = cases.case["officer_id"].to_numpy()
    cases.receipt["paid_at"] = clock(paid, 16, 0)
    cases.receipt["handover_at"], cases.receipt["treasury_at"] = handed, handed + np.timedelta64(1, "D")
