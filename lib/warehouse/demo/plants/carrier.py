"""Clean cases: whole, consistent bundles that trip none of the 19 models until one thing is bent."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.procedure import Steps, clips, events
from lib.warehouse.demo.plants.tiers import ordinary_fine

SHORTEST_WD = 13


@dataclass
class Cases:
    """One bundle per row of `case`; the other frames point to it by case_id.

    `case` carries, beside its own columns, the handlers (officer_id, officer2_id, reviewer_id, approver_id) and the
    tier (low, high, floor, ceiling); only the dataset's own columns are inserted.
    """

    case: pd.DataFrame
    event: pd.DataFrame
    officer: pd.DataFrame
    receipt: pd.DataFrame
    disclosure: pd.DataFrame
    clip: pd.DataFrame

    @property
    def ids(self) -> np.ndarray:
        return self.case["case_id"].to_numpy()

    def __len__(self) -> int:
        return len(self.case)

    def events_of(self, kind: str, ids: np.ndarray | None = None) -> np.ndarray:
        """Mask of the events of a type (of the given cases)."""
        mask = (self.event["event_type"] == kind).to_numpy()
        return mask if ids is None else mask & self.event["case_id"].isin(ids).to_numpy()

    def day(self, column: str) -> np.ndarray:
        """A date column of the cases as datetime64[D]."""
        return self.case[column].to_numpy().astype("datetime64[D]")

    def drop_events(self, *kinds: str, ids: np.ndarray | None = None) -> None:
        for kind in kinds:
            self.event = self.event[~self.events_of(kind, ids)].reset_index(drop=True)

    def subjects(self) -> pd.DataFrame:
        """subject_id, officer_id, org_id, area_code: one row per case, for the truth."""
        return self.case[["case_id", "officer_id", "org_id", "area_code"]].rename(columns={"case_id": "subject_id"})

    def leave_open(self, ids: np.ndarray | None = None) -> None:
        """Take back the closing of the (given) cases."""
        chosen = self.case["case_id"].isin(self.ids if ids is None else ids)
        self.case.loc[chosen, "closed_date"] = pd.NaT
        self.drop_events("结案", ids=ids)

    def move_event(self, kind: str, days: np.ndarray) -> None:
        """Put the one event of that type of every case on another day, at the same time of day."""
        mask = self.events_of(kind)
        to = pd.Series(days, index=self.ids)
        moved = to.loc[self.event.loc[mask, "case_id"]].to_numpy().astype("datetime64[D]")
        for column in ("event_at", "entered_at"):
            old = self.event.loc[mask, column].to_numpy()
            self.event.loc[mask, column] = moved.astype(old.dtype) + (old - old.astype("datetime64[D]"))

    def close_on(self, days: np.ndarray) -> None:
        """Another closing day for every case."""
        self.case["closed_date"] = days
        self.move_event("结案", days)

    def hand_over(self, column: str, officers: np.ndarray) -> None:
        """Give the cases another officer_id or officer2_id, in the handlers, the events and the clips."""
        moved = dict(zip(zip(self.ids, self.case[column], strict=True), officers, strict=True))
        for frame, named, case_id in (
            (self.officer, "officer_id", "case_id"), (self.event, "operator_id", "case_id"),
            (self.clip, "officer_id", "related_no"),
        ):
            keys = zip(frame[case_id], frame[named], strict=True)
            frame[named] = [moved.get(key, key[1]) for key in keys]
        self.case[column] = officers

    def without_second(self) -> None:
        """Leave one handler; what the second one did becomes the first one's."""
        self.hand_over("officer2_id", self.case["officer_id"].to_numpy())
        self.officer = self.officer[self.officer["role_type"] != "协办"].reset_index(drop=True)

    def add_event(
        self, city: City, rng: np.random.Generator, kind: str, days: np.ndarray, hour: int, **who: str
    ) -> None:
        """One more event for every case; an on-site one gets its clip."""
        steps = Steps(rng, self.case)
        steps.add(kind, days, hour, **who)
        rows = steps.frame(city)
        self.event = pd.concat([self.event, rows], ignore_index=True)
        self.clip = pd.concat([self.clip, clips(city, rng, rows)], ignore_index=True)

    def keep_until(self, end: np.datetime64) -> None:
        """Forget what happens after the city's day."""
        limit = end.astype("datetime64[us]")
        self.event = self.event[self.event["event_at"] < limit].reset_index(drop=True)
        self.event["entered_at"] = self.event["entered_at"].clip(upper=pd.Timestamp(limit) - pd.Timedelta("1min"))
        self.case.loc[self.case["closed_date"] >= end, "closed_date"] = pd.NaT


def repeat(frame: pd.DataFrame, count: int) -> pd.DataFrame:
    """Each row `count` times, kept together."""
    return frame.loc[frame.index.repeat(count)].reset_index(drop=True)


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
    where the tier's cases usually lie, decision days with more of them late, 19 to 50 days after filing.
    """
    crew = city.crews(rng, period, count, pick=pick) if crew is None else crew.reset_index(drop=True)
    if tier is None:
        tier = city.tiers.choose(rng, crew, city.tiers.plain if pick is None else pick)
    case = pd.concat([crew, tier.reset_index(drop=True)], axis=1)
    case["case_id"] = city.draft.take("penalty_case", count)
    if party is None:
        party = city.parties.of_type(case["party_type"].to_numpy(), case["area_code"].to_numpy())
    case["party_id"], case["party_name"] = party
    case["fine_amt"] = ordinary_fine(rng, tier) if fine is None else fine
    case["procedure_type"], case["result_type"], case["is_offsite"] = procedure, result, False
    case["extension_cnt"] = case["suspended_cnt"] = 0
    case["confiscate_amt"] = 0.0
    case["lead_id"] = case["mitigate_type"] = None
    value = case["fine_amt"] * rng.uniform(1.2, 3.0, count)
    case["case_value_amt"] = np.minimum(value, (case["crime_amt"] * 0.4).fillna(np.inf)).round(2)
    case["penalty_types"] = [["罚款"]] * count if penalties is None else penalties
    decided = city.days(rng, period, count) if decided is None else decided
    _schedule(city, rng, case, decided, filed)
    if result != "处罚":
        _unpunished(case, result)
    city.texts.fill(rng, case)
    event = events(city, rng, case)
    cases = Cases(case, event, _officers(case), _receipts(city, rng, case), _disclosures(city, rng, case), event[:0])
    cases.keep_until(city.window.end)
    cases.clip = clips(city, rng, cases.event)
    return cases


def _schedule(city: City, rng, case: pd.DataFrame, decided: np.ndarray, filed: np.ndarray | None) -> None:
    """Filing, incident and closing days around the decision."""
    count = len(case)
    summary = (case["procedure_type"] == "简易").to_numpy()
    if filed is None:
        filed = city.calendar.on_or_before(decided - rng.integers(20, 51, count) * DAY)
        latest = city.calendar.at(city.calendar.wd(decided) - SHORTEST_WD)
        filed = np.where(summary, decided, np.minimum(np.maximum(filed, _period_start(city, decided)), latest))
    case["filed_date"], case["decision_date"] = filed, decided
    case["incident_date"] = np.where(summary, filed, filed - rng.integers(1, 16, count) * DAY)
    case["closed_date"] = decided + rng.integers(16, 30, count) * DAY


def _period_start(city: City, decided: np.ndarray) -> np.ndarray:
    """The first workday of the period a decision lies in: filing stays on the same side of the boundary."""
    starts = [city.calendar.add(np.array([p.start]), 1)[0] for p in (city.history, city.window)]
    return np.where(decided > city.window.start, starts[1], starts[0])


def _unpunished(case: pd.DataFrame, result: str) -> None:
    case["fine_amt"] = 0.0
    case["penalty_types"] = [[]] * len(case)
    case["benchmark_id"] = None
    if result == "未决":
        case["decision_date"] = case["closed_date"] = np.datetime64("NaT", "D")


def _officers(case: pd.DataFrame) -> pd.DataFrame:
    roles = (("officer_id", "主办"), ("officer2_id", "协办"), ("reviewer_id", "审核"), ("approver_id", "审批"))
    parts = []
    for column, role in roles:
        part = case[["case_id", column, "area_code"]].rename(columns={column: "officer_id"})
        parts.append(part.assign(role_type=role, start_at=clock(case["filed_date"], 9, 0)))
    return pd.concat(parts, ignore_index=True)


def fined(case: pd.DataFrame) -> pd.DataFrame:
    return case[(case["fine_amt"] > 0).to_numpy()].reset_index(drop=True)


def _receipts(city: City, rng, case: pd.DataFrame) -> pd.DataFrame:
    """One receipt per fine, paid to a treasury account within ten days."""
    owed, count = fined(case), len(fined(case))
    paid = owed["decision_date"].to_numpy().astype("datetime64[D]") + rng.integers(1, 9, count) * DAY
    return pd.DataFrame(
        {
            "receipt_no": city.draft.take("fine_receipt", count),
            "case_id": owed["case_id"],
            "pay_amt": owed["fine_amt"],
            "surcharge_amt": 0.0,
            "paid_at": clock(paid, rng.integers(9, 17, count), rng.integers(0, 60, count)),
            "due_date": owed["decision_date"].to_numpy().astype("datetime64[D]") + 15 * DAY,
            "pay_channel": rng.choice(["银行代收", "电子支付"], count),
            "payee_account_hash": rng.choice(city.accounts, count),
            "payer_hash": owed["party_id"],
            "receipt_status": "有效",
            "officer_id": None,
            "handover_at": np.datetime64("NaT", "us"),
            "treasury_at": clock(paid + DAY, 10, 0),
            "area_code": owed["area_code"],
        }
    )


def _disclosures(city: City, rng, case: pd.DataFrame) -> pd.DataFrame:
    """Published one to four workdays after the decision."""
    shown = case[(case["result_type"] == "处罚").to_numpy()].reset_index(drop=True)
    days = city.calendar.add(shown["decision_date"].to_numpy(), rng.integers(1, 5, len(shown))) if len(shown) else []
    return pd.DataFrame(
        {
            "disclosure_id": city.draft.take("penalty_disclosure", len(shown)),
            "case_id": shown["case_id"],
            "doc_no": shown["doc_no"],
            "party_name": _masked(shown),
            "fine_wan": shown["fine_amt"] / 10_000,
            "publish_at": clock(days, rng.integers(9, 17, len(shown)), rng.integers(0, 60, len(shown))),
            "withdraw_at": np.datetime64("NaT", "us"),
            "area_code": shown["area_code"],
        }
    )


def _masked(shown: pd.DataFrame) -> np.ndarray:
    person = (shown["party_type"] == "自然人").to_numpy()
    return np.where(person, shown["party_name"].str[:1] + "*", shown["party_name"])


def put(city: City, *bundles: Cases) -> None:
    """Hand the bundles over for insertion."""
    for cases in bundles:
        for dataset, rows in (
            ("penalty_case", cases.case), ("case_event", cases.event),
            ("case_officer", cases.officer), ("fine_receipt", cases.receipt),
            ("penalty_disclosure", cases.disclosure), ("body_camera_log", cases.clip),
        ):
            city.draft.add(dataset, rows)
