"""The half-built city as the plants see it: its calendar, people, tiers and parties, and what has been planted."""

import zlib
from datetime import date

import duckdb
import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.attendance import Attendance
from lib.warehouse.demo.plants.days import DAY, WorkCalendar
from lib.warehouse.demo.plants.edits import Edits
from lib.warehouse.demo.plants.parties import Parties
from lib.warehouse.demo.plants.period import Period, periods
from lib.warehouse.demo.plants.roster import RISKY_SHARE, Roster
from lib.warehouse.demo.plants.texts import Texts
from lib.warehouse.demo.plants.tiers import Tiers
from lib.warehouse.demo.plants.truth import Truth

SMALLEST, FULL, FLOOR = 60_000, 8_600_000, 2
HISTORY_SHARE, LAG = 0.7, 13


class City:
    """Shared state of one planting."""

    def __init__(self, con: duckdb.DuckDBPyConnection, seed: int, rows: int, as_of: date) -> None:
        self.con, self.seed, self.rows = con, seed, rows
        self.window, self.history = periods(as_of)
        self.calendar = WorkCalendar(con)
        self.edits, self.truth = Edits(con), Truth()
        self.tiers = Tiers(con, seed, self.window, self.history.start)
        self.parties = Parties(con, self.edits, seed, self.history.start)
        self.campaign_tiers = self.tiers.rows[:0]
        self.compared: set[str] = set()
        self.texts = Texts(con, seed)
        self._rosters = {p.name: Roster(con, seed, p) for p in (self.window, self.history)}
        accounts = con.execute("select account_hash from treasury_account order by 1").fetchall()
        self.accounts = np.array([account for (account,) in accounts], dtype=object)
        self.attendance = Attendance(con)

    def rng(self, *name: str) -> np.random.Generator:
        """A stream of its own per name, so that one model's plants do not move another's."""
        return np.random.default_rng([self.seed, zlib.crc32("|".join(name).encode())])

    def roster(self, period: Period) -> Roster:
        return self._rosters[period.name]

    def crews(
        self,
        rng: np.random.Generator,
        period: Period,
        count: int,
        *,
        pick: np.ndarray | None = None,
        risky: float = RISKY_SHARE,
    ) -> pd.DataFrame:
        """Crews of bodies whose domain has tiers in `pick` (of any body without it)."""
        roster = self.roster(period)
        if pick is None:
            return roster.crews(rng, count, risky=risky)
        domains = self.tiers.rows.loc[pick, "item_domain"].unique()
        return roster.crews(rng, count, risky=risky, where=roster.officers["domain_code"].isin(domains).to_numpy())

    def count(self, full: int, period: Period | None = None) -> int:
        """How many of a cell to plant: `full` at the full city, in a small one FLOOR; 70 % of it in the history."""
        reach = np.log(np.clip(self.rows, SMALLEST, FULL) / SMALLEST) / np.log(FULL / SMALLEST)
        count = full if full <= FLOOR else round(FLOOR + (full - FLOOR) * reach)
        return count if period is None or period.in_window else max(1, round(count * HISTORY_SHARE))

    def days(
        self, rng: np.random.Generator, period: Period, count: int, *, lead: int = 4, lag: int = LAG
    ) -> np.ndarray:
        """Workdays between `lead` days after the period's start and `lag` before its end, one like the other."""
        first = period.start + np.timedelta64(lead, "D")
        length = int((period.end - np.timedelta64(lag, "D") - first) / DAY)
        # One in each stretch of equal length, so that no month is left out by chance.
        share = rng.permutation((np.arange(count) + rng.uniform(0.0, 1.0, count)) / max(count, 1))
        return self.calendar.on_or_before(first + (share * length).astype("timedelta64[D]"))

    def violation(
        self,
        rule: str,
        branch: str,
        level: str,
        subjects: pd.DataFrame,
        occurred: np.ndarray,
        period: Period,
        *,
        near: bool | np.ndarray = False,
        subject_type: str = "penalty_case",
        note: str | None = None,
        group_period: str | None = None,
    ) -> None:
        """Subjects (subject_id, officer_id, org_id, area_code, perhaps group_id) the rule must give that level."""
        self.truth.add(
            subjects,
            rule_id=rule,
            kind="violation",
            branch=branch,
            level=level,
            subject_type=subject_type,
            occurred_on=occurred,
            near_threshold=near,
            in_window=period.in_window,
            group_period=group_period,
            note=note,
        )

    def decoy(
        self,
        rule: str,
        branch: str,
        subjects: pd.DataFrame,
        occurred: np.ndarray,
        note: str,
        *,
        subject_type: str = "penalty_case",
    ) -> None:
        """Innocent look-alikes; a branch that begins with near_ lies just under the threshold."""
        self.truth.add(
            subjects,
            rule_id=rule,
            kind="lookalike",
            branch=branch,
            level=None,
            subject_type=subject_type,
            occurred_on=occurred,
            near_threshold=branch.startswith("near_"),
            in_window=True,
            note=note,
        )
