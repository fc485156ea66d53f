"""Clean cases: whole, consistent bundles that trip none of the 19 models until one thing is bent."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.procedure import clips, events
from lib.warehouse.demo.plants.tiers import ordinary_fine

SHORTEST_WD = 13
NO_DAY, NO_MOMENT = np.datetime64("NaT", "D"), np.datetime64("NaT", "us")
_ROLES = (("officer_id", "主办"), ("officer2_id", "协办"), ("reviewer_id", "审核"), ("approver_id", "审批"))

# Columns of a case under construction, as arrays.
Sheet = dict[str, np.ndarray]


def carry(
    city: City,
    rng: np.random.Generator,
    period: Period,
    count: int,
    *,
    crew: pd.DataFrame | None = None,
    tier: pd.DataFrame | None = None,
    pick: np.ndarray | None = None,
    party: tuple[np.ndarray, np.ndarray] | None = None,
    fine: np.ndarray | None = None,
    decided: np.ndarray | None = None,
    filed: np.ndarray | None = None,
    result: str = "处罚",
    procedure: str = "普通",
    penalties: list[list[str]] | None = None,
) -> Cases:
    """`count` clean cases decided within the period.

    What is not given is drawn: crew from the roster, a plain tier (or one of `pick`), a party nobody knows, a fine
    where the tier's cases usually lie, decision days with more of them late, 20 to 50 days after filing.
    """
    crew = city.crews(rng, period, count, pick=pick) if crew is None else crew
    tier = city.tiers.choose(rng, crew, city.tiers.plain if pick is None else pick) if tier is None else tier
    sheet: Sheet = {column: frame[column].to_numpy() for frame in (crew, tier) for column in frame}
    if party is None:
        party = city.parties.of_type(sheet["party_type"], sheet["area_code"])
    blank = np.full(count, None, dtype=object)
    sheet |= {
        "case_id": city.edits.take("penalty_case", count),
        "party_id": party[0],
        "party_name": party[1],
        "fine_amt": ordinary_fine(rng, tier) if fine is None else fine,
        "confiscate_amt": np.zeros(count),
        "procedure_type": np.full(count, procedure, dtype=object),
        "result_type": np.full(count, result, dtype=object),
        "is_offsite": np.zeros(count, dtype=bool),
        "extension_cnt": np.zeros(count, dtype="int64"),
        "suspended_cnt": np.zeros(count, dtype="int64"),
        "lead_id": blank,
        "mitigate_type": blank,
        "penalty_types": _lists([["罚款"]] * count if penalties is None else penalties),
    }
    modest = np.where(np.isnan(sheet["crime_amt"]), np.inf, sheet["crime_amt"] * 0.4)
    sheet["case_value_amt"] = np.minimum(sheet["fine_amt"] * rng.uniform(1.2, 3.0, count), modest).round(2)
    _schedule(city, rng, sheet, city.days(rng, period, count) if decided is None else decided, filed)
    if result != "处罚":
        _unpunished(sheet, result)
    city.texts.fill(rng, sheet)
    event = events(city, rng, sheet)
    return Cases(
        pd.DataFrame(sheet),
        event,
        _officers(sheet),
        _receipts(city, rng, sheet),
        _disclosures(city, rng, sheet),
        clips(city, rng, event),
    )


def _lists(values: list[list[str]]) -> np.ndarray:
    """An object array of lists, whatever their lengths."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _schedule(
    city: City, rng: np.random.Generator, sheet: Sheet, decided: np.ndarray, filed: np.ndarray | None
) -> None:
    """Filing, incident and closing days around the decision."""
    count = len(decided)
    summary = sheet["procedure_type"] == "简易"
    for _ in range(3):
        away = city.attendance.absent(sheet["officer_id"], decided)
        away |= city.attendance.absent(sheet["officer2_id"], decided)
        decided = np.where(summary & away, city.calendar.add(decided, -1), decided)
    if filed is None:
        filed = city.calendar.on_or_before(decided - rng.integers(20, 51, count) * DAY)
        latest = city.calendar.add(decided, -SHORTEST_WD)
        filed = np.where(summary, decided, np.minimum(np.maximum(filed, _period_start(city, decided)), latest))
    closed = decided + rng.integers(16, 30, count) * DAY
    sheet |= {
        "filed_date": filed,
        "decision_date": decided,
        "incident_date": np.where(summary, filed, filed - rng.integers(1, 16, count) * DAY),
        "closed_date": np.where(closed < city.window.end, closed, NO_DAY),
    }


def _period_start(city: City, decided: np.ndarray) -> np.ndarray:
    """The first workday of the period a decision lies in: filing stays on the same side of the boundary."""
    starts = [city.calendar.add(np.array([p.start]), 1)[0] for p in (city.history, city.window)]
    return np.where(decided > city.window.start, starts[1], starts[0])


def _unpunished(sheet: Sheet, result: str) -> None:
    count = len(sheet["case_id"])
    sheet["fine_amt"], sheet["benchmark_id"] = np.zeros(count), np.full(count, None, dtype=object)
    sheet["penalty_types"] = _lists([[]] * count)
    if result == "未决":
        sheet["decision_date"] = sheet["closed_date"] = np.full(count, NO_DAY)


def _officers(sheet: Sheet) -> pd.DataFrame:
    count, roles = len(sheet["case_id"]), len(_ROLES)
    return pd.DataFrame(
        {
            "case_id": np.tile(sheet["case_id"], roles),
            "officer_id": np.concatenate([sheet[column] for column, _ in _ROLES]),
            "role_type": np.repeat(np.array([role for _, role in _ROLES], dtype=object), count),
            "start_at": np.tile(clock(sheet["filed_date"], 9, 0), roles),
            "area_code": np.tile(sheet["area_code"], roles),
        }
    )


def _receipts(city: City, rng: np.random.Generator, sheet: Sheet) -> pd.DataFrame:
    """One receipt per fine, paid to a treasury account within ten days."""
    owed = {name: values[sheet["fine_amt"] > 0] for name, values in sheet.items()}
    count, decided = len(owed["case_id"]), owed["decision_date"]
    paid = decided + rng.integers(1, 9, count) * DAY
    return pd.DataFrame(
        {
            "receipt_no": city.edits.take("fine_receipt", count),
            "case_id": owed["case_id"],
            "pay_amt": owed["fine_amt"],
            "surcharge_amt": np.zeros(count),
            "paid_at": clock(paid, rng.integers(9, 17, count), rng.integers(0, 60, count)),
            "due_date": decided + 15 * DAY,
            "pay_channel": rng.choice(np.array(["银行代收", "电子支付"], dtype=object), count),
            "payee_account_hash": rng.choice(city.accounts, count),
            "payer_hash": owed["party_id"],
            "receipt_status": np.full(count, "有效", dtype=object),
            "officer_id": np.full(count, None, dtype=object),
            "handover_at": np.full(count, NO_MOMENT),
            "treasury_at": clock(paid + DAY, 10, 0),
            "area_code": owed["area_code"],
        }
    )


def _disclosures(city: City, rng: np.random.Generator, sheet: Sheet) -> pd.DataFrame:
    """Published one to four workdays after the decision, natural persons by their surname only."""
    shown = {name: values[sheet["result_type"] == "处罚"] for name, values in sheet.items()}
    count = len(shown["case_id"])
    days = city.calendar.add(shown["decision_date"], rng.integers(1, 5, count))
    names = [
        f"{name[:1]}*" if kind == "自然人" else name
        for name, kind in zip(shown["party_name"], shown["party_type"], strict=True)
    ]
    return pd.DataFrame(
        {
            "disclosure_id": city.edits.take("penalty_disclosure", count),
            "case_id": shown["case_id"],
            "doc_no": shown["doc_no"],
            "party_name": np.array(names, dtype=object),
            "fine_wan": shown["fine_amt"] / 10_000,
            "publish_at": clock(days, rng.integers(9, 17, count), rng.integers(0, 60, count)),
            "withdraw_at": np.full(count, NO_MOMENT),
            "area_code": shown["area_code"],
        }
    )
