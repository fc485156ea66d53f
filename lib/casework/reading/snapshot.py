"""A copy of the casework in memory for analytics, refreshed when the store has moved on."""

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from weakref import WeakKeyDictionary

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from lib.casework.deadlines import Calendar, calendar
from lib.casework.objects import KINDS
from lib.casework.rules.due import IN_FORCE
from lib.casework.store.chain import EVENT_CHAIN
from lib.casework.store.register import Register
from lib.casework.store.schema import chain, event, rule_run
from lib.rules.levels import SPOT_CHECK
from lib.warehouse.store import Warehouse

_EVENT_COLUMNS = [column for column in event.c if column.name not in ("prev_hash", "hash", "submission_id")]


class Head(NamedTuple):
    """Where a store stands: last event, revision (moves with every write readers care for), last seal."""

    seq: int
    revision: int
    hash: str


@dataclass(frozen=True)
class Snapshot:
    """The store at one moment; frames are shared, never changed.

    objects: by kind, all columns of its table and where each one stands (see Kind.states). Of the kinds:
    warning, and spot_check, those drawn by chance: number (short, to be said), state, state_at, signed_at, checking_at,
    concluded_at, conclusion, work_prompt, closed_at, handler_id, handler_name, former_id and former_name (whom the
    handler took it over from), last_seq, sign_due_at, verify_due_at, due_at (the deadline running now, NaT when none),
    merged_into, follows (the finished warning about the same that it comes after), clue_id.
    clue: number, state, state_at, handler_id, handler_name, assessed_at, approved_at, proposed, disposition,
    disposed_at, case_filed_at, form, people_cnt, closed_at, last_seq.
    event: all events without the seals, payload as text. rule_run: the last run per rule of the version in force.
    """

    head: Head
    objects: dict[str, pd.DataFrame] = field(repr=False)
    event: pd.DataFrame = field(repr=False)
    rule_run: pd.DataFrame = field(repr=False)

    @cached_property
    def warning(self) -> pd.DataFrame:
        """What the models found."""
        held = self.objects["warning"]
        return held[held["level"].ne(SPOT_CHECK)].reset_index(drop=True)

    @cached_property
    def spot_check(self) -> pd.DataFrame:
        """What chance drew."""
        held = self.objects["warning"]
        return held[held["level"].eq(SPOT_CHECK)].reset_index(drop=True)

    @property
    def clue(self) -> pd.DataFrame:
        """The clues."""
        return self.objects["clue"]

    @property
    def seq(self) -> int:
        """The number of the last event."""
        return self.head.seq

    @property
    def revision(self) -> int:
        """Moves with every write that readers care for."""
        return self.head.revision


class _Cache:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.snapshot: Snapshot | None = None
        self.days: Calendar | None = None


_caches: WeakKeyDictionary[Register, _Cache] = WeakKeyDictionary()
_caches_lock = threading.Lock()


def snapshot(register: Register, warehouse: Warehouse | None = None) -> Snapshot:
    """The present content; costs one small query unless something was written since the last call.

    Deadlines count the workdays of the warehouse's `workday` table, or of the calendar that comes with the code.
    """
    with _caches_lock:
        cache = _caches.setdefault(register, _Cache())
    days = calendar(warehouse)
    with register.read() as connection:
        head = _head(connection)
        if register.writing:
            # What is not committed yet is nobody else's business.
            return _refreshed(connection, None, days, head)
    held = cache.snapshot
    if held is not None and held.head == head and cache.days is days:
        return held
    with cache.lock, register.read() as connection:
        head, held = _head(connection), cache.snapshot
        if held is None or held.head != head or cache.days is not days:
            held = cache.snapshot = _refreshed(connection, held, days, head)
            cache.days = days
        return held


def _head(connection: Connection) -> Head:
    columns = (chain.c.seq, chain.c.revision, chain.c.hash)
    return Head(*connection.execute(select(*columns).where(chain.c.name == EVENT_CHAIN)).one())


def _continues(connection: Connection, known: Snapshot) -> bool:
    """Whether the events known are still the beginning of the chain: a rebuilt demonstration starts anew."""
    last = connection.execute(select(event.c.hash).where(event.c.seq == known.head.seq)).scalar_one_or_none()
    return last == known.head.hash


def _frame(connection: Connection, statement: Select) -> pd.DataFrame:
    result = connection.execute(statement)
    # Of rows as they come, pandas asks each by name what it is, which takes longer than all the rest.
    return pd.DataFrame(map(tuple, result), columns=list(result.keys()))


def _joined(known: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """The events known with those added, each column in one piece.

    Left alone a column of text stays as many pieces as were ever put together, and so does what is made of it: a
    server that runs for days would hold, and look through, one more for each time that somebody recorded something.
    """
    both = pd.concat([known, added], ignore_index=True)
    pieces = {name: both[name].array.__arrow_array__() for name in both if both[name].dtype == "str"}
    return both.assign(**{name: pd.Series(one.combine_chunks(), dtype="str") for name, one in pieces.items()})


def _refreshed(connection: Connection, known: Snapshot | None, days: Calendar, head: Head) -> Snapshot:
    if known is not None and not _continues(connection, known):
        known = None
    since = 0 if known is None else known.head.seq
    added = _frame(
        connection, select(*_EVENT_COLUMNS).where(event.c.seq > since, event.c.seq <= head.seq).order_by(event.c.seq)
    )
    added["at"] = pd.to_datetime(added["at"])
    added = added.astype({name: "str" for name in added if name not in ("seq", "at")})
    events = added if known is None or known.event.empty else _joined(known.event, added)
    last_run = select(func.max(rule_run.c.run_no)).where(IN_FORCE).group_by(rule_run.c.rule_id)
    runs = _frame(connection, select(rule_run).where(rule_run.c.run_no.in_(last_run)).order_by(rule_run.c.rule_id))
    objects = {
        name: kind.stand(_frame(connection, select(kind.table).order_by(kind.table.c[kind.key])), events, days)
        for name, kind in KINDS.items()
    }
    return Snapshot(head=head, objects=objects, event=events, rule_run=runs)
