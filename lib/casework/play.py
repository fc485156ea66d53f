"""Two years of casework in the synthetic city, played through the very functions people use.

The warnings of the year before and of the year up to the city's date are fed to the register week by week, as
they would have come, and invented people sign, verify, review and close them. What lies more than 60 days back
is finished; after that there are open, running and overdue matters, because the story stops at the city's date.
"""

import hashlib
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import pairwise
from random import Random

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from lib.casework import spot_checks
from lib.casework.cast import Cast, Place, cast
from lib.casework.clues import clue_id, register_clue
from lib.casework.deadlines import Calendar, calendar
from lib.casework.ingest import ingest
from lib.casework.plans import Plan, plan
from lib.casework.register import OF_STORE, Register
from lib.casework.runner import Holder, hold
from lib.casework.runs import Found, domains, find, log_run, next_run_no, run_id
from lib.casework.schema import clue, event, warning
from lib.casework.script import LIVE_DAYS, Timed, clue_story, warning_story
from lib.casework.sources import Source, clue_sources
from lib.casework.transaction import Transaction
from lib.casework.versions import take_in
from lib.casework.warnings import NEW
from lib.casework.workflow import Outcome
from lib.errors import UserError
from lib.rules import read_rules, sample_tested
from lib.warehouse.store import Warehouse

Report = Callable[[str, float, str], None]
THREADS = 2
YEAR = timedelta(days=365)
# The year before has at most so many warnings of a rule and level for each of the present year.
BEFORE_MOST = 1.15
EARLY = timedelta(hours=5, minutes=40)
STAGE = "一年办案"


def play_year(
    register: Register, warehouse: Warehouse, *, seed: int, progress: Report | None = None
) -> dict[str, int]:
    """Run the rules for both years and play the casework; the same city and seed give the same events.

    Returns 预警, 线索 and 事件 counts of the register. Raises UserError on real data, on a register that already
    has events, or while another process runs the rules.
    """
    if not warehouse.synthetic:
        raise UserError("演示办案只能用于合成城市。", "真实数据的办案由工作人员在系统中记录。")
    with hold(register) as holder:
        if holder is None:
            raise UserError("模型正在由另一个进程运行。", "请等它结束后再试。")
        with register.read() as connection:
            if connection.execute(select(event.c.seq).where(event.c.object_type.not_in(OF_STORE)).limit(1)).first():
                raise UserError("业务库里已有记录，不能再演示办案。", "请用新的 COCKPIT_HOME 重新建立合成城市。")
        _Play(register, warehouse, holder, seed, progress or _silent).run()
    with register.read() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (warning, clue, event)
        ]
    return dict(zip(("预警", "线索", "事件"), counts, strict=True))


def _silent(_stage: str, _done: float, _text: str) -> None:
    return None


class _Year:
    """What one rule gives for one year, to be told bit by bit."""

    def __init__(self, planned: Plan, found: Found | UserError) -> None:
        self.plan, self.found = planned, found
        self.drawn: list[dict] = []
        nothing = pd.DataFrame(columns=["warning_id", "level", "occurred_on"])
        self._keep(nothing if isinstance(found, UserError) else found.candidates)

    def thin_out(self, present: "_Year", seed: int) -> None:
        """Keep about as many candidates of each level as the present year has.

        The city is swept of accidental hits for its own date only: on a day a year earlier cases in the middle of
        their way look idle or unpaid, hundreds of them.
        """
        allowed = present.candidates["level"].value_counts() if len(present.candidates) else {}
        drawn = self.candidates.assign(
            draw=[hashlib.sha256(f"{seed}|{one}".encode()).hexdigest() for one in self.candidates["warning_id"]]
        ).sort_values("draw")
        rank = drawn.groupby("level").cumcount()
        most = drawn["level"].map(lambda level: math.ceil(BEFORE_MOST * allowed.get(level, 0))).astype("float64")
        self._keep(drawn[rank < most].drop(columns="draw").sort_index())

    def sample(self, warehouse: Warehouse) -> None:
        """Draw the year's spot checks among the subjects that were not flagged, the earliest first."""
        if isinstance(self.found, UserError):
            return
        flagged = set(self.found.signals["subject_id"].to_pylist())
        count = 12 * spot_checks.wanted(self.found.tested)
        one, most = self.plan, count + len(flagged)
        rows = sample_tested(warehouse.cursor(), one.rule, one.as_of, one.params, salt="一年", size=most).to_pylist()
        unflagged = [row for row in rows if row["subject_id"] not in flagged][:count]
        self.drawn = sorted(unflagged, key=lambda row: (row["occurred_on"], row["subject_id"]), reverse=True)

    def _keep(self, candidates: pd.DataFrame) -> None:
        self.candidates = candidates.reset_index(drop=True)
        self._occurred = pd.to_datetime(self.candidates["occurred_on"]).to_numpy("datetime64[us]")

    def between(self, after: datetime, until: datetime) -> pd.DataFrame:
        """The candidates that occurred after one moment and up to another."""
        inside = (self._occurred > np.datetime64(after)) & (self._occurred <= np.datetime64(until))
        return self.candidates[inside]


class _Play:
    """The running simulation: what is still to happen, in the order of time."""

    def __init__(self, register: Register, warehouse: Warehouse, holder: Holder, seed: int, progress: Report) -> None:
        self.register, self.warehouse, self.holder = register, warehouse, holder
        self.seed, self.progress = seed, progress
        self.people: Cast = cast(warehouse)
        self.days: Calendar = calendar(warehouse)
        self.end = datetime.combine(warehouse.as_of, time())
        self.live_from = self.end - timedelta(days=LIVE_DAYS)
        self.coming: list[Timed] = []

    def run(self) -> None:
        """Both years, one after the other."""
        take_in(self.register, read_rules(), self.end - 2 * YEAR)
        ends = [self.end - YEAR, self.end]
        found = [self._found(end.date()) for end in ends]
        for before, present in zip(*found, strict=True):
            before.thin_out(present, self.seed)
            present.sample(self.warehouse)
        for source in clue_sources(self.warehouse, self.seed, self.end - 2 * YEAR, self.end):
            heappush(self.coming, self._registration(source))
        for number, (end, rules) in enumerate(zip(ends, found, strict=True)):
            moments = _moments(end - YEAR, end)
            for step, (before, moment) in enumerate(pairwise([datetime.min, *moments])):
                with self.register.transaction() as tx:
                    self.holder.require(tx)
                    self._act(moment)
                    for rule in rules:
                        self._feed(tx, rule, before, moment, end)
                        if before.month != moment.month:
                            self._draw(tx, rule, moment)
                self.progress(STAGE, (number + step / len(moments)) / 2, f"{moment:%Y年%m月}")
        self.progress(STAGE, 1.0, "完成")

    def _found(self, as_of: date) -> "list[_Year]":
        """What each rule gives on a day, or why it fails."""

        def attempt(one: Plan) -> Found | UserError:
            try:
                return find(self.warehouse, one)
            except UserError as error:
                return error

        planned = plan(self.register, self.warehouse, as_of)
        with ThreadPoolExecutor(THREADS) as pool:
            return [_Year(one, result) for one, result in zip(planned, pool.map(attempt, planned), strict=True)]

    def _act(self, moment: datetime) -> None:
        """Everything people do up to a moment."""
        while self.coming and self.coming[0].at < moment:
            step = heappop(self.coming)
            done = step.run(self.register)
            if done.created is not None and done.event is not None:
                self._expect_clue(done.created, step)

    def _registration(self, source: Source) -> Timed:
        chance = Random(f"{self.seed}|{source.origin}|{source.key}")
        person = self.people.clue_handler(source.place, chance)

        def take(register: Register, submission_id: str, moment: datetime) -> Outcome:
            return register_clue(
                register, person, source.origin, source.key, submission_id=submission_id, at=moment,
                title=source.title, detail=source.detail, officer_id=source.officer_id, org_id=source.org_id,
                area_code=source.place.area_code, domain_code=source.place.domain_code,
            )  # fmt: skip

        return Timed(source.received_at, clue_id(source.origin, source.key), 0, source.place, take)

    def _expect_clue(self, created: str, step: Timed) -> None:
        self._expect(
            clue_story(
                clue_id=created, place=step.place, received_at=step.at, live=step.at >= self.live_from,
                people=self.people, days=self.days, seed=self.seed,
            )
        )  # fmt: skip

    def _expect(self, steps: list[Timed]) -> None:
        for step in steps:
            if step.at < self.end:
                heappush(self.coming, step)

    def _feed(self, tx: Transaction, year: "_Year", before: datetime, moment: datetime, end: datetime) -> None:
        """What a rule would have given by a moment; without anything new it waits for the end of its year."""
        last, run_no, one, found = moment == end, next_run_no(tx), year.plan, year.found
        if isinstance(found, UserError):
            if last:
                log_run(tx, one, run_no, moment, one.result("error", error=found.message))
            return
        new = year.candidates if last else year.between(before, moment)
        first = before == datetime.min
        if new.empty and not first and not last:
            return
        counts = ingest(
            self.register, one.rule, one.rule.hash, found.signals if moment == self.end else None, new, moment,
            run_id(one.rule.id, run_no), version_id=one.version.version_id, complete=first or last,
        )  # fmt: skip
        if last:
            log_run(tx, one, run_no, moment, one.result(
                "done", seconds=round(found.seconds, 3), signals=found.signals.num_rows, warnings=counts.warnings,
                new_warnings=counts.new, tested=found.tested,
            ))  # fmt: skip
        if counts.new:
            self._expect_warnings(tx, one, moment)

    def _draw(self, tx: Transaction, year: "_Year", moment: datetime) -> None:
        """This month's spot checks: of those drawn for the year, the earliest that had happened by then."""
        if isinstance(year.found, UserError):
            return
        rows = []
        for _ in range(spot_checks.wanted(year.found.tested)):
            if year.drawn and year.drawn[-1]["occurred_on"] < moment.date():
                rows.append(year.drawn.pop())
        spot_checks.enter(tx, year.plan, rows, spot_checks.period_of(moment), domains(self.warehouse), moment)
        if rows:
            self._expect_warnings(tx, year.plan, moment, spot_checks.ORIGIN)

    def _expect_warnings(self, tx: Transaction, one: Plan, moment: datetime, origin: str = "model") -> None:
        new = select(warning).where(
            warning.c.rule_id == one.rule.id, warning.c.first_seen_at == moment, warning.c.origin == origin
        )
        for row in tx.connection.execute(new.order_by(warning.c.warning_id)).all():
            last = tx.last_event("warning", row.warning_id)
            if last is not None and last.to_state == NEW:
                self._expect(
                    warning_story(
                        warning_id=row.warning_id, rule_id=row.rule_id, level=row.level,
                        checks=one.rule.offline_check, place=Place(row.area_code, row.domain_code),
                        first_seen_at=moment, live=moment >= self.live_from, people=self.people, days=self.days,
                        seed=self.seed,
                    )
                )  # fmt: skip


def _moments(start: datetime, end: datetime) -> list[datetime]:
    """When the rules run: early on every Monday, in the last two weeks every day, and at the very end."""
    days = [start + timedelta(days=count) for count in range(1, (end - start).days)]
    fine = end - timedelta(days=14)
    return [day + EARLY for day in days if day.weekday() == 0 or day >= fine] + [end]
