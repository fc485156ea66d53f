"""Two years of casework in the synthetic city, played through the very functions people use.

What the rules gave at each month's end, as that day knew the city, is fed to the register week by week, as it would
have come, and invented people sign, verify, review and close the warnings. What lies more than 60 days back
is finished; after that there are open, running and overdue matters, because the story stops at the city's date.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Row, func, or_, select

from lib.casework.clues.registration import register_clue
from lib.casework.clues.steps import clue_id
from lib.casework.daily.escalation import escalate_late
from lib.casework.daily.reminders import remind_units
from lib.casework.daily.reviews import call_reviews
from lib.casework.deadlines import Calendar, calendar
from lib.casework.demo import alerts, library
from lib.casework.demo.clue_sources import Source, clue_sources
from lib.casework.demo.grid import checks
from lib.casework.demo.motions import motions
from lib.casework.demo.notices import Notices
from lib.casework.demo.people import Cast, Place, cast
from lib.casework.demo.prompts import Matter, named, prompt_story, sent_by
from lib.casework.demo.reviews import look_backs
from lib.casework.demo.stories import LIVE_DAYS, Timed, clue_story, warning_story
from lib.casework.rules import spot_checks
from lib.casework.rules.due import PlannedRun, planned_runs
from lib.casework.rules.lock import Holder, hold
from lib.casework.rules.runs import RunOutput, domains, find, log_run, next_run_no, run_id
from lib.casework.rules.versions import take_in
from lib.casework.steps import Outcome
from lib.casework.store.chain import Event
from lib.casework.store.register import OF_STORE, Register
from lib.casework.store.schema import clue, event, warning
from lib.casework.store.transaction import Transaction
from lib.casework.suppressions.steps import wake
from lib.casework.warnings.ingest import ingest
from lib.casework.warnings.platforms import ORIGIN as ALERT
from lib.casework.warnings.platforms import PLATFORMS, hear
from lib.casework.warnings.platforms import take_in as take_in_alerts
from lib.casework.warnings.states import NEW
from lib.engines import opened
from lib.errors import UserError
from lib.progress import Progress
from lib.rules import days_of, read_rules, sample_tested
from lib.warehouse.store import Warehouse

THREADS = 2
YEAR = timedelta(days=365)
# The months that are played, this one among them: two years.
MONTHS = 25
# Share of the time that goes into finding what the rules gave at the end of each.
FINDING = 0.5
EARLY = timedelta(hours=5, minutes=40)
STAGE = "一年办案"
# What a step makes on these is a clue.
_MAKE_CLUES = ("warning", "clue")


def play_year(
    register: Register, warehouse: Warehouse, *, seed: int, progress: Progress | None = None
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
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (warning, clue, event)
        ]
    return dict(zip(("预警", "线索", "事件"), counts, strict=True))


def _silent(_stage: str, _done: float, _text: str) -> None:
    return None


class _Run:
    """What one rule gives on one day, to be told bit by bit over the days since the run before."""

    def __init__(self, planned: PlannedRun, found: RunOutput | UserError) -> None:
        self.planned, self.found = planned, found
        nothing = pd.DataFrame(columns=["warning_id", "level", "occurred_on"])
        self.candidates = nothing if isinstance(found, UserError) else found.candidates.reset_index(drop=True)
        self._occurred = pd.to_datetime(self.candidates["occurred_on"]).to_numpy("datetime64[us]")

    def between(self, after: datetime, until: datetime) -> pd.DataFrame:
        """The candidates that occurred after one moment and up to another."""
        inside = (self._occurred > np.datetime64(after)) & (self._occurred <= np.datetime64(until))
        return self.candidates[inside]


def _spot_checks(warehouse: Warehouse, run: _Run) -> list[dict]:
    """The spot checks of the last year among the subjects that are not flagged, the latest first."""
    if isinstance(run.found, UserError):
        return []
    one, flagged = run.planned, set(run.found.signals["subject_id"].to_pylist())
    count = 12 * spot_checks.wanted(run.found.tested)
    rows = sample_tested(
        opened(warehouse), one.rule, one.as_of, one.params, salt="一年", size=count + len(flagged)
    ).to_pylist()
    unflagged = [row for row in rows if row["subject_id"] not in flagged][:count]
    return sorted(unflagged, key=lambda row: (row["occurred_on"], row["subject_id"]), reverse=True)


class _Play:
    """The running simulation: what is still to happen, in the order of time."""

    def __init__(self, register: Register, warehouse: Warehouse, holder: Holder, seed: int, progress: Progress) -> None:
        self.register, self.warehouse, self.holder = register, warehouse, holder
        self.seed, self.progress = seed, progress
        self.people: Cast = cast(warehouse)
        self.days: Calendar = calendar(warehouse)
        self.end = datetime.combine(warehouse.as_of, time())
        self.live_from = self.end - timedelta(days=LIVE_DAYS)
        self.coming: list[Timed] = []
        self.notices = Notices(warehouse, self.people, seed, self.end - 2 * YEAR, self.end)

    def run(self) -> None:
        """Month after month: what the rules found at its end, and what people did meanwhile."""
        take_in(self.register, read_rules(), self.end - 2 * YEAR)
        days = days_of(self.warehouse.as_of, MONTHS)
        months = self._found(days)
        drawn = [_spot_checks(self.warehouse, run) for run in months[-1]]
        for source in clue_sources(self.warehouse, self.seed, self.end - 2 * YEAR, self.end):
            heappush(self.coming, self._registration(source))
        self._expect(motions(self.warehouse, self.people, self.days, self.seed, self.end))
        self._expect(checks(self.warehouse, self.people, self.days, self.seed, self.end))
        self._expect(look_backs(self.warehouse, self.people, self.days, self.seed, self.end))
        self._expect(library.stories(self.warehouse, self.people, self.days, self.seed, self.end))
        for slot in self.notices.slots():
            heappush(self.coming, slot)
        after = self.end - 2 * YEAR
        for number, (day, runs) in enumerate(zip(days, months, strict=True)):
            end = min(datetime.combine(day, time()) + timedelta(days=1) + EARLY, self.end)
            for before, moment in pairwise([after, *_moments(after, end)]):
                with self.register.transaction() as tx:
                    self.holder.require(tx)
                    wake(tx, moment)
                    self._act(tx, moment)
                    self._hear(tx, before, moment)
                    for run in runs:
                        self._feed(tx, run, before, moment, end)
                    if before.month != moment.month and moment > self.end - YEAR:
                        for run, waiting in zip(months[-1], drawn, strict=True):
                            self._draw(tx, run, waiting, moment)
            after = end
            self.progress(STAGE, FINDING + (1 - FINDING) * (number + 1) / len(days), f"{day:%Y年%m月}")
        call_reviews(self.register, self.warehouse, self.end)
        escalate_late(self.register, self.warehouse, self.end)
        remind_units(self.register, self.warehouse, self.end)
        self.progress(STAGE, 1.0, "完成")

    def _found(self, days: Sequence[date]) -> list[list[_Run]]:
        """What each rule gives on each of the days as that day knew the city, or why it fails."""

        def attempt(one: PlannedRun) -> RunOutput | UserError:
            try:
                return find(self.warehouse, one)
            except UserError as error:
                return error

        planned = planned_runs(self.register, self.warehouse)
        months = []
        with ThreadPoolExecutor(THREADS) as pool:
            for number, day in enumerate(days):
                dated = [replace(one, as_of=day) for one in planned]
                months.append([_Run(one, found) for one, found in zip(dated, pool.map(attempt, dated), strict=True)])
                self.progress(STAGE, FINDING * (number + 1) / len(days), f"{day:%Y年%m月}的模型结果")
        return months

    def _act(self, tx: Transaction, moment: datetime) -> None:
        """Everything people do up to a moment."""
        while self.coming and self.coming[0].at < moment:
            step = heappop(self.coming)
            done = step.run(self.register)
            if done.event is None:
                continue
            sent = sent_by(tx, done.event)
            if sent is not None:
                self._expect_replies(sent, step, done.event)
            if done.created is not None and done.event.object_type == "notice":
                self._expect(self.notices.story(done.event, step.number))
            elif done.created is not None and done.event.object_type in _MAKE_CLUES:
                self._expect_clue(done.created, step)

    def _registration(self, source: Source) -> Timed:
        chance = Random(f"{self.seed}|{source.origin}|{source.key}")
        person = self.people.clue_handler(source.place, chance)

        def take(register: Register, submission_id: str, moment: datetime) -> Outcome:
            return register_clue(
                register,
                person,
                source.origin,
                source.key,
                submission_id=submission_id,
                at=moment,
                title=source.title,
                detail=source.detail,
                officer_id=source.officer_id,
                org_id=source.org_id,
                area_code=source.place.area_code,
                domain_code=source.place.domain_code,
            )

        return Timed(source.received_at, clue_id(source.origin, source.key), 0, source.place, take)

    def _expect_clue(self, created: str, step: Timed) -> None:
        self._expect(
            clue_story(
                clue_id=created,
                place=step.place,
                received_at=step.at,
                live=step.at >= self.live_from,
                people=self.people,
                days=self.days,
                seed=self.seed,
            )
        )

    def _expect_replies(self, sent: Row, step: Timed, event: Event) -> None:
        filed, sender = alerts.of_warning(self.warehouse, sent.warning_id), self.people.by_id[event.actor_id]
        told: dict[str, Any] = {"sender": sender, "sent_at": event.at, "people": self.people, "days": self.days}
        told["seed"] = self.seed
        if filed is not None:
            self._expect(alerts.reply_story(sent, filed, **told))
        else:
            self._expect(prompt_story(sent, live=step.at >= self.live_from, **told))

    def _expect(self, steps: list[Timed]) -> None:
        for step in steps:
            if step.at < self.end:
                heappush(self.coming, step)

    def _feed(self, tx: Transaction, run: _Run, before: datetime, moment: datetime, end: datetime) -> None:
        """What a rule would have given by a moment; without anything new it waits for the end of its month."""
        last, run_no, one, found = moment == end, next_run_no(tx), run.planned, run.found
        if isinstance(found, UserError):
            if last:
                log_run(tx, one, run_no, moment, one.result("error", error=found.message))
            return
        new = run.candidates if last else run.between(before, moment)
        if new.empty and not last:
            return
        counts = ingest(
            self.register,
            one.rule,
            one.rule.hash,
            found.signals if moment == self.end else None,
            new,
            moment,
            run_id(one.rule.id, run_no),
            version_id=one.version.version_id,
            complete=last,
        )
        if last:
            log_run(
                tx,
                one,
                run_no,
                moment,
                one.result(
                    "done",
                    seconds=round(found.seconds, 3),
                    signals=found.signals.num_rows,
                    warnings=counts.warnings,
                    new_warnings=counts.new,
                    tested=found.tested,
                ),
            )
        if counts.new or counts.raised:
            self._expect_warnings(tx, one.rule.id, one.rule.offline_check, moment)

    def _hear(self, tx: Transaction, before: datetime, moment: datetime) -> None:
        """The alerts that other platforms sent since the last time."""
        for one in PLATFORMS.values():
            days = _day_before(before), _day_before(moment)
            counts = hear(self.register, self.warehouse, one, moment, *days)
            if one == alerts.PLATFORM:
                counts = take_in_alerts(self.register, one, alerts.filed(self.warehouse, *days), moment)
            if counts.new:
                self._expect_warnings(tx, one.id, (), moment, ALERT)

    def _draw(self, tx: Transaction, run: _Run, drawn: list[dict], moment: datetime) -> None:
        """This month's spot checks: of those drawn for the year, the earliest that had happened by then."""
        if isinstance(run.found, UserError):
            return
        rows = []
        for _ in range(spot_checks.wanted(run.found.tested)):
            if drawn and drawn[-1]["occurred_on"] < moment.date():
                rows.append(drawn.pop())
        spot_checks.enter(tx, run.planned, rows, spot_checks.period_of(moment), domains(self.warehouse), moment)
        if rows:
            rule = run.planned.rule
            self._expect_warnings(tx, rule.id, rule.offline_check, moment, spot_checks.ORIGIN)

    def _expect_warnings(
        self, tx: Transaction, rule_id: str, checks: tuple[str, ...], moment: datetime, origin: str = "model"
    ) -> None:
        """People take up what came or was opened again at a moment."""
        tx.flush()
        opened = select(event.c.object_id).where(event.c.action == "reopen", event.c.at >= moment)
        new = select(warning).where(
            warning.c.rule_id == rule_id,
            warning.c.origin == origin,
            or_(warning.c.first_seen_at == moment, warning.c.warning_id.in_(opened)),
        )
        for row in tx.connection.execute(new.order_by(warning.c.warning_id)).all():
            last = tx.last_event("warning", row.warning_id)
            filed = alerts.of_warning(self.warehouse, row.warning_id)
            if filed is not None:
                self._expect(alerts.alert_story(row, filed, people=self.people, days=self.days, seed=self.seed))
            elif last is not None and last.to_state == NEW:
                self._expect(
                    warning_story(
                        warning_id=row.warning_id,
                        rule_id=row.rule_id,
                        level=row.level,
                        checks=checks,
                        place=Place(row.area_code, row.domain_code),
                        first_seen_at=last.at,
                        live=moment >= self.live_from,
                        people=self.people,
                        days=self.days,
                        seed=self.seed,
                        unit=row.org_id is not None,
                        about=named(self.warehouse, Matter(row.subject_type, row.subject_id)),
                        after=last.seq if last.action == "reopen" else 0,
                    )
                )


def _day_before(moment: datetime) -> date:
    return moment.date() - timedelta(days=1)


def _moments(start: datetime, end: datetime) -> list[datetime]:
    """When the rules run: early on every Monday, and at the very end."""
    first = datetime.combine(start, time())
    days = [first + timedelta(days=count) + EARLY for count in range(1, (end - first).days + 1)]
    return [day for day in days if start < day < end and day.weekday() == 0] + [end]
