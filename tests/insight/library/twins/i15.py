"""I15 罚缴一致率: fines whose time to pay is over, and those paid as they fell due, to one yuan.

Each receipt falls due by itself: with its own date or, without one, with the case's, never before the fifteenth day
after service. What no receipt bills falls due with the case.
"""

import pandas as pd

from tests.insight.library.raw import Raw

_PAY = pd.Timedelta(days=15)


def _fines(raw: Raw) -> pd.DataFrame:
    cases = raw.table("penalty_case", "case_id", "org_id", "area_code", "decision_date", "fine_amt", "confiscate_amt")
    since = raw.as_of - pd.DateOffset(months=36)
    cases[["fine_amt", "confiscate_amt"]] = cases[["fine_amt", "confiscate_amt"]].astype("float64").fillna(0)
    recent = cases["decision_date"].gt(since) & cases["decision_date"].le(raw.as_of)
    return cases[recent & cases["fine_amt"].gt(0)].set_index("case_id")


def _receipts(raw: Raw) -> pd.DataFrame:
    found = raw.table("fine_receipt", "case_id", "pay_amt", "surcharge_amt", "paid_at", "due_date", "receipt_status")
    found[["pay_amt", "surcharge_amt"]] = found[["pay_amt", "surcharge_amt"]].astype("float64").fillna(0)
    return found[found["receipt_status"].ne("作废")]


def _due(raw: Raw, fines: pd.DataFrame, receipts: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Until when each fine was to be paid, and the fifteenth day after service (NaT: not known to be served)."""
    served = events[events["event_type"].eq("送达")].join(fines["decision_date"], on="case_id", how="inner")
    served = served[served["event_at"].ge(served["decision_date"])].groupby("case_id")["event_at"].min()
    number = raw.workdays()
    workday = number.groupby(number).apply(lambda days: days.index.min())
    assumed = (fines["decision_date"].map(number) + 7).map(workday) + _PAY
    served_due = served.dt.normalize().reindex(fines.index) + _PAY
    billed = receipts.groupby("case_id")["due_date"].min().reindex(fines.index)
    due = pd.concat([billed, served_due], axis=1).max(axis=1).fillna(assumed)
    return pd.DataFrame({"due": due, "served_due": served_due})


def _balance(raw: Raw, fines: pd.DataFrame, receipts: pd.DataFrame, due: pd.DataFrame) -> pd.DataFrame:
    """What is missing and what is too much of each fine today."""
    held = receipts[receipts["case_id"].isin(fines.index)].join(due, on="case_id")
    later = held["paid_at"].ge(raw.end)
    # A receipt paid after today and without a date of its own is not known yet.
    held = held[held["receipt_status"].isin(["有效", "分期"]) & ~(later & held["due_date"].isna())]
    later = later[held.index]
    paid = held["paid_at"].notna() & ~later
    own = held["due_date"].fillna(held["due"])
    falls = pd.concat([own, held["served_due"]], axis=1).max(axis=1)
    surcharge = held["surcharge_amt"].mask(later, 0)
    billed = held["pay_amt"] - held["surcharge_amt"]
    pending = (surcharge + billed.clip(lower=0)).where(~paid & falls.ge(raw.as_of), 0)
    sums = (
        pd.DataFrame(
            {
                "case_id": held["case_id"],
                "paid": held["pay_amt"].where(paid, 0),
                "surcharge": surcharge,
                "billed": billed,
                "pending": pending,
            }
        )
        .groupby("case_id")
        .sum()
        .reindex(fines.index, fill_value=0)
    )
    owed = fines["fine_amt"] + sums["surcharge"]
    early = due["due"].ge(raw.as_of)
    unbilled = (fines["fine_amt"] - sums["billed"]).clip(lower=0).where(early, 0)
    return pd.DataFrame(
        {
            "short": owed - sums["pending"] - unbilled - sums["paid"],
            "over": (sums["paid"] - owed - fines["confiscate_amt"]).mask(early, 0),
            "paid": sums["paid"],
        }
    ).round(2)


def counted(raw: Raw) -> pd.DataFrame:
    fines, receipts = _fines(raw), _receipts(raw)
    events = raw.table("case_event", "case_id", "event_type", "event_at")
    events = events[events["event_at"].lt(raw.end)]
    due = _due(raw, fines, receipts, events)
    balance = _balance(raw, fines, receipts, due)
    reviews = raw.table("review_litigation", "case_id", "decided_date", "result_type")
    reviews = reviews[reviews["decided_date"].le(raw.as_of)]
    refunded = receipts["receipt_status"].eq("退付") & ~receipts["paid_at"].ge(raw.end)
    changed = fines.index.isin(reviews.loc[reviews["result_type"].isin(["变更", "撤销", "确认违法"]), "case_id"])
    void = fines.index.isin(reviews.loc[reviews["result_type"].isin(["撤销", "确认违法"]), "case_id"])
    settled = (changed & fines.index.isin(receipts.loc[refunded, "case_id"])) | (void & balance["paid"].eq(0))
    gap = (balance["short"].gt(1) | balance["over"].gt(1)) & ~settled
    enforced = fines.index.isin(events.loc[events["event_type"].eq("强制执行"), "case_id"])
    shown = due["due"].lt(raw.as_of) & ~enforced & (~changed | gap)
    return pd.DataFrame(
        {
            "subject": fines.index,
            "day": due["due"].to_numpy(),
            "org": fines["org_id"].to_numpy(),
            "area": fines["area_code"].to_numpy(),
            "met": ~gap.to_numpy(),
        }
    )[shown.to_numpy()]
