"""A batch of cases with everything that belongs to them, and the ways to bend it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.procedure import Steps, clips


@dataclass
class Cases:
    """One bundle per row of `case`; the other frames point to it by case_id.

    `case` carries, beside its own columns, the handlers (officer_id, officer2_id, reviewer_id, approver_id), the
    party's name and the tier (low, high, floor, ceiling); only the dataset's own columns are inserted.
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

    def day(self, column: str) -> np.ndarray:
        """A date column of the cases as datetime64[D]."""
        return self.case[column].to_numpy().astype("datetime64[D]")

    def subjects(self) -> pd.DataFrame:
        """subject_id, officer_id, org_id, area_code: one row per case, for the truth."""
        return self.case[["case_id", "officer_id", "org_id", "area_code"]].rename(columns={"case_id": "subject_id"})

    def events_of(self, kind: str, ids: np.ndarray | None = None) -> np.ndarray:
        """Mask of the events of a type (of the given cases)."""
        mask = (self.event["event_type"] == kind).to_numpy()
        return mask if ids is None else mask & self.event["case_id"].isin(ids).to_numpy()

    def event_day(self, kind: str) -> np.ndarray:
        """The day of the one event of that type of every case, in the order of the cases."""
        happened = self.event[self.events_of(kind)].set_index("case_id").loc[self.ids, "event_at"]
        return happened.to_numpy().astype("datetime64[D]")

    def drop_events(self, *kinds: str, ids: np.ndarray | None = None) -> None:
        for kind in kinds:
            self.event = self.event[~self.events_of(kind, ids)].reset_index(drop=True)

    def move_event(self, kind: str, days: np.ndarray) -> None:
        """Put the one event of that type of every case on another day, at the same time of day."""
        mask = self.events_of(kind)
        to = pd.Series(days, index=self.ids)
        moved = to.loc[self.event.loc[mask, "case_id"]].to_numpy().astype("datetime64[D]")
        for column in ("event_at", "entered_at"):
            old = self.event.loc[mask, column].to_numpy()
            self.event.loc[mask, column] = moved.astype(old.dtype) + (old - old.astype("datetime64[D]"))

    def add_event(
        self,
        city: City,
        rng: np.random.Generator,
        kind: str,
        days: np.ndarray,
        hour: int,
        *,
        operator: str = "officer_id",
        approver: str | None = None,
    ) -> None:
        """One more event for every case; an on-site one gets its clip."""
        steps = Steps(rng, self.case)
        steps.add(kind, days, hour, operator=operator, approver=approver)
        rows = steps.frame(city)
        self.event = pd.concat([self.event, rows], ignore_index=True)
        self.clip = pd.concat([self.clip, clips(city, rng, rows)], ignore_index=True)

    def leave_open(self) -> None:
        """Take back the closing of the cases."""
        self.case["closed_date"] = np.datetime64("NaT", "D")
        self.drop_events("结案")

    def close_on(self, days: np.ndarray) -> None:
        """Another closing day for every case."""
        self.case["closed_date"] = days
        self.move_event("结案", days)

    def hand_over(self, column: str, officers: np.ndarray) -> None:
        """Give the cases another officer_id or officer2_id, in the handlers, the events and the clips."""
        moved = dict(zip(zip(self.ids, self.case[column], strict=True), officers, strict=True))
        for frame, named, case_id in (
            (self.officer, "officer_id", "case_id"),
            (self.event, "operator_id", "case_id"),
            (self.clip, "officer_id", "related_no"),
        ):
            keys = zip(frame[case_id], frame[named], strict=True)
            frame[named] = [moved.get(key, key[1]) for key in keys]
        self.case[column] = officers

    def without_second(self) -> None:
        """Leave one handler; what the second one did becomes the first one's."""
        self.hand_over("officer2_id", self.case["officer_id"].to_numpy())
        self.officer = self.officer[self.officer["role_type"] != "协办"].reset_index(drop=True)


def repeat(frame: pd.DataFrame, count: int) -> pd.DataFrame:
    """Each row `count` times, kept together."""
    return frame.take(np.repeat(np.arange(len(frame)), count)).reset_index(drop=True)


def put(city: City, *bundles: Cases) -> None:
    """Hand the bundles over for insertion."""
    for cases in bundles:
        for dataset, rows in (
            ("penalty_case", cases.case),
            ("case_event", cases.event),
            ("case_officer", cases.officer),
            ("fine_receipt", cases.receipt),
            ("penalty_disclosure", cases.disclosure),
            ("body_camera_log", cases.clip),
        ):
            city.edits.add(dataset, rows)
