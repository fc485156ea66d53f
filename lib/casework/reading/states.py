"""Where warnings and clues stand: everything a person did, derived from the events."""

import json
from typing import Any

import numpy as np
import pandas as pd

from lib.casework.clock import APPLY, ASSIGN, EXTEND, PAUSE, REFUSE, RESUME
from lib.casework.clues.states import MERGED as MERGED_CLUE
from lib.casework.clues.states import SHELVED
from lib.casework.deadlines import Calendar, due_times, end_of_day, settings
from lib.casework.steps import RUNS_ON, WORKDAYS
from lib.casework.warnings.states import CHECKING, CLOSED, MERGED, NEW, RETURNED, SIGNED, TO_CLUE, WITHDRAWN

_WARNING_TEXTS = ("number", "period", "officer_id", "org_id", "area_code", "domain_code", "state", "conclusion",
                  "handler_id", "handler_name", "former_id", "former_name", "merged_into", "follows",
                  "clue_id")  # fmt: skip
_CLUE_TEXTS = (
    "number",
    "warning_id",
    "rule_id",
    "officer_id",
    "org_id",
    "area_code",
    "domain_code",
    "state",
    "handler_id",
    "handler_name",
    "proposed",
    "disposition",
    "found",
    "form",
    "merged_into",
)
# What a clue that is handled as part of another has of that one.
_OF_MERGED = ("disposition", "disposed_at", "case_filed_at", "closed_at")
_TIMES = ("first_seen_at", "last_seen_at", "occurred_on", "received_at", "due_at")
_NONE = -1


class _Events:
    """The events of one kind of object, as positions in the frame of all events, oldest first.

    Positions are found with arrays: this runs after every write, over every event there is.
    """

    def __init__(self, events: pd.DataFrame, object_type: str, keys: pd.Series) -> None:
        self._events, self._count = events, len(keys)
        place = np.flatnonzero(events["object_type"].eq(object_type).to_numpy())
        self._place = place
        self._object = pd.Index(keys).get_indexer(pd.Index(events["object_id"].take(place)))
        self._action = events["action"].take(place).to_numpy(dtype=object)

    def _found(self, wanted: np.ndarray, first: bool = False) -> np.ndarray:
        """For each object the position of its newest (or oldest) wanted event, -1 without one."""
        chosen = np.flatnonzero(wanted & (self._object != _NONE))
        chosen = chosen[::-1] if first else chosen
        found = np.full(self._count, _NONE)
        # Of several events of one object the last assignment stays.
        found[self._object[chosen]] = self._place[chosen]
        return found

    def forget_before_reopening(self) -> None:
        """Leave out what lies before an object was opened again."""
        opened = self.last("reopen")
        self._object = np.where(self._place >= opened[self._object], self._object, _NONE)

    def forget_undone(self) -> None:
        """Leave out the events that a later one undid."""
        undoing = self._place[self._action == "undo"]
        if len(undoing):
            undone = [value for value in self.payload(undoing, "undoes") if value is not None]
            seqs = self._events["seq"].take(self._place).to_numpy()
            self._object = np.where(np.isin(seqs, undone), _NONE, self._object)

    def last(self, *actions: str) -> np.ndarray:
        """Positions of the newest event per object, of the given actions or of any."""
        return self._found(np.isin(self._action, actions) if actions else np.full(len(self._action), True))

    def first(self, action: str) -> np.ndarray:
        """Positions of the oldest event per object of an action."""
        return self._found(self._action == action, first=True)

    def every(self, *actions: str) -> tuple[np.ndarray, np.ndarray]:
        """Positions of all events of the given actions, and the place of each one's object among the keys."""
        chosen = np.flatnonzero(np.isin(self._action, actions) & (self._object != _NONE))
        return self._place[chosen], self._object[chosen]

    def moved(self) -> np.ndarray:
        """Positions of the events that brought each object into its present state."""
        rows = self._events[["from_state", "to_state"]].take(self._place).fillna("")
        return self._found(rows["from_state"].ne(rows["to_state"]).to_numpy())

    def limited(self) -> np.ndarray:
        """Positions of the events that set the limit which runs: as `moved`, without those that let it run on."""
        rows = self._events[["from_state", "to_state", "payload"]].take(self._place).fillna("")
        runs_on = rows["payload"].str.contains(f'"{RUNS_ON}":true', regex=False)
        return self._found((rows["from_state"].ne(rows["to_state"]) & ~runs_on).to_numpy(dtype=bool))

    def column(self, positions: np.ndarray, name: str) -> np.ndarray:
        """A column of the events at positions; NaT or None where there is none."""
        empty = positions == _NONE
        if not len(self._events):
            return np.full(len(positions), np.datetime64("NaT", "us") if name == "at" else None)
        values = self._events[name].take(np.where(empty, 0, positions)).to_numpy()
        if name == "at":
            return np.where(empty, np.datetime64("NaT", "us"), values.astype("datetime64[us]"))
        values = values.astype(object)
        values[empty] = None
        return values

    def at(self, positions: np.ndarray) -> np.ndarray:
        """When."""
        return self.column(positions, "at")

    def numbers(self, positions: np.ndarray) -> np.ndarray:
        """A short number people can say, from the record that made each object: 1234号."""
        seqs = self.column(positions, "seq")
        return np.array([None if seq is None else f"{seq}号" for seq in seqs], dtype=object)

    def handlers(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Account and name of whoever the events at positions made the handler: to whom it was assigned, for whom a
        deputy acted, or whoever acted."""
        ids, names = self.column(positions, "actor_id"), self.column(positions, "actor_name")
        actions, texts = self.column(positions, "action"), self.column(positions, "payload")
        for place, (action, text) in enumerate(zip(actions, texts, strict=True)):
            if action == ASSIGN or (text is not None and '"for_id"' in text):
                payload, whose = json.loads(text), "to" if action == ASSIGN else "for"
                ids[place], names[place] = payload[f"{whose}_id"], payload[f"{whose}_name"]
        return ids, names

    def payload(self, positions: np.ndarray, key: str) -> np.ndarray:
        """One value of the payloads at positions."""
        texts = self.column(positions, "payload")
        values: list[Any] = [None if text is None else json.loads(text).get(key) for text in texts]
        return np.array(values, dtype=object)


def _typed(frame: pd.DataFrame, texts: tuple[str, ...]) -> pd.DataFrame:
    """The same types whatever the rows hold: a column without any value is still a column of texts."""
    frame["last_seq"] = frame["last_seq"].astype("int64")
    return frame.astype(dict.fromkeys(texts, "str"))


def _prepared(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{name: pd.to_datetime(table[name]) for name in _TIMES if name in table})


def warnings(table: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
    """The warning table with state and times; see Snapshot for the columns."""
    own = _Events(events, "warning", table["warning_id"])
    made = own.first("generate")
    own.forget_before_reopening()
    own.forget_undone()
    last, concluded = own.last(), own.last("conclude")
    handler_id, handler_name = own.handlers(own.last("sign", "start", "conclude", "take_over", ASSIGN))
    taken = own.last("take_over", ASSIGN)
    frame = _prepared(table).assign(
        number=own.numbers(made),
        state=own.column(last, "to_state"),
        state_at=own.at(own.moved()),
        last_seq=own.column(last, "seq"),
        signed_at=own.at(own.first("sign")),
        checking_at=own.at(own.first("start")),
        concluded_at=own.at(concluded),
        conclusion=own.payload(concluded, "conclusion"),
        work_prompt=own.payload(concluded, "work_prompt"),
        handler_id=handler_id,
        handler_name=handler_name,
        former_id=own.payload(taken, "former_id"),
        former_name=own.payload(taken, "former_name"),
        merged_into=own.payload(own.last("merge"), "into"),
        follows=own.payload(made, "follows"),
        clue_id=own.payload(own.last("to_clue"), "created"),
    )
    # A clue may follow a closed warning: the warning was closed when it was closed.
    closed = pd.Series(own.at(own.last("close")), index=frame.index).fillna(frame["state_at"])
    frame["closed_at"] = closed.where(frame["state"].isin([CLOSED, MERGED, TO_CLUE, WITHDRAWN]))
    return _typed(_with_due(frame, own, days), _WARNING_TEXTS)


def _with_due(frame: pd.DataFrame, own: _Events, days: Calendar) -> pd.DataFrame:
    """Deadlines: the earliest that any level of the warning gives, each counted from when it had that level."""
    places, objects = own.every("generate", "reopen", "raise")
    level = pd.Series(own.payload(places, "level")).fillna(pd.Series(own.payload(places, "to")))
    due = due_times(days, pd.Series(own.at(places)), level).groupby(objects).min().reindex(range(len(frame)))
    returned = own.at(own.last("send_back"))
    again = days.after(returned, settings()["warning"]["supplement_workdays"])
    supplement = end_of_day(again)
    sign, verify = due["sign_due_at"].to_numpy(), np.fmax(due["verify_due_at"].to_numpy(), supplement)
    signing, checking = frame["state"].eq(NEW), frame["state"].isin([SIGNED, CHECKING, RETURNED])
    never = np.datetime64("NaT", "us")
    running = np.where(signing, sign, np.where(checking, verify, never))
    return frame.assign(sign_due_at=sign, verify_due_at=verify, due_at=running, provisional=_provisional(running, days))


def plain(
    table: pd.DataFrame, events: pd.DataFrame, object_type: str, key: str, first: tuple[str, ...], days: Calendar
) -> pd.DataFrame:
    """The table of any kind of object with where each stands; `first`: the actions that make one.

    Adds number, state, state_at, last_seq; opened_at, opener_id; handler_id and handler_name, to whom it was last
    assigned, at first whoever opened it; workdays (the limit that runs), extended and paused (workdays besides it),
    asked_more (the workdays that the unit has applied for and nobody has decided, 0 without), refused_more (it was
    refused them),
    paused_at (NaT while the time runs), due_at (NaT without a limit and while it is paused), provisional (the workdays
    up to due_at have not all been announced).
    """
    own = _Events(events, object_type, table[key])
    last, made, assigned, moved = own.last(), own.last(*first), own.last(ASSIGN), own.moved()
    to_id, to_name = own.payload(assigned, "to_id"), own.payload(assigned, "to_name")
    opener = own.column(made, "actor_id")
    frame = table.assign(
        number=own.numbers(made),
        state=own.column(last, "to_state"),
        state_at=own.at(moved),
        last_seq=own.column(last, "seq"),
        opened_at=own.at(made),
        opener_id=opener,
        handler_id=np.where(assigned == _NONE, opener, to_id),
        handler_name=np.where(assigned == _NONE, own.column(made, "actor_name"), to_name),
    )
    return _typed(
        _with_clock(frame, own, own.limited(), days), ("number", "state", "opener_id", "handler_id", "handler_name")
    )


def _with_clock(frame: pd.DataFrame, own: _Events, moved: np.ndarray, days: Calendar) -> pd.DataFrame:
    """The limit that the events at `moved` have set, with what was added to it and how long it stood still."""
    limit = np.array([np.nan if held is None else held for held in own.payload(moved, WORKDAYS)], dtype="float64")
    extended, paused = np.zeros(len(frame), dtype="int64"), np.zeros(len(frame), dtype="int64")
    since = np.full(len(frame), np.datetime64("NaT", "us"))
    asked, refused = np.zeros(len(frame), dtype="int64"), np.zeros(len(frame), dtype=bool)
    places, objects = own.every(EXTEND, PAUSE, RESUME, APPLY, REFUSE)
    actions, times, more = own.column(places, "action"), own.at(places), own.payload(places, "more")
    for place, one, action, at, added in zip(places, objects, actions, times, more, strict=True):
        if place < moved[one]:
            continue
        if action == EXTEND:
            extended[one] += added
            asked[one] = 0
        elif action == APPLY:
            asked[one] = added
        elif action == REFUSE:
            asked[one], refused[one] = 0, True
        elif action == PAUSE:
            since[one] = at
        elif not np.isnat(since[one]):
            paused[one] += int(days.between(since[one], at))
            since[one] = np.datetime64("NaT", "us")
    runs = ~np.isnan(limit) & np.isnat(since)
    count = np.where(runs, limit, 0).astype("int64") + extended + paused
    start = np.where(runs, own.at(moved), np.datetime64("NaT", "us"))
    due = end_of_day(days.after(start, count))
    return frame.assign(
        workdays=limit,
        extended=extended,
        asked_more=asked,
        refused_more=refused,
        paused=paused,
        paused_at=since,
        due_at=due,
        provisional=_provisional(due, days),
    )


def _provisional(due: np.ndarray, days: Calendar) -> np.ndarray:
    return ~np.isnat(due) & (due.astype("datetime64[D]") > days.known)


def clues(table: pd.DataFrame, events: pd.DataFrame, _days: Calendar) -> pd.DataFrame:
    """The clue table with state and times; see Snapshot for the columns."""
    own = _Events(events, "clue", table["clue_id"])
    last = own.last()
    handler_id, handler_name = own.handlers(own.last("undertake", "dispose", "report", ASSIGN))
    disposed, reported = own.last("dispose"), own.last("report")
    frame = _prepared(table).assign(
        number=own.numbers(own.first("register")),
        state=own.column(last, "to_state"),
        state_at=own.at(own.moved()),
        last_seq=own.column(last, "seq"),
        handler_id=handler_id,
        handler_name=handler_name,
        assessed_at=own.at(own.first("assess")),
        approved_at=own.at(own.last("approve")),
        proposed=own.payload(own.last("assess"), "proposed"),
        disposition=own.payload(disposed, "disposition"),
        disposed_at=own.at(own.first("dispose")),
        case_filed_at=own.at(own.first("file_case")),
        reported_at=own.at(reported),
        form=own.payload(reported, "form"),
        people_cnt=pd.to_numeric(pd.Series(own.payload(reported, "people_cnt")), errors="coerce"),
        archived_at=own.at(own.last("archive")),
        found=own.payload(reported, "found"),
        merged_into=own.payload(own.last("merge"), "into"),
    )
    frame["merged_into"] = frame["merged_into"].where(frame["state"].eq(MERGED_CLUE))
    settled = pd.Series(own.at(disposed), index=frame.index).where(frame["disposition"].eq("予以了结"))
    frame["closed_at"] = settled.fillna(frame["archived_at"]).where(frame["disposition"].ne(SHELVED))
    return _typed(_as_merged(frame, own.at(own.last("merge"))), _CLUE_TEXTS)


def _as_merged(frame: pd.DataFrame, merged_at: np.ndarray) -> pd.DataFrame:
    """A clue handled as part of another is disposed of and closed with it; putting it there was the opinion on it."""
    apart = frame["merged_into"].isna()
    if apart.all():
        return frame
    known = frame.set_index("clue_id")
    root = frame["merged_into"]
    # The other may have been put into a third meanwhile; none is put into one that follows it.
    while (further := root.map(known["merged_into"])).notna().any():
        root = further.fillna(root)
    told = {name: frame[name].where(apart, root.map(known[name])) for name in _OF_MERGED}
    given = frame["assessed_at"].fillna(pd.Series(merged_at, index=frame.index))
    return frame.assign(**told, assessed_at=frame["assessed_at"].where(apart, given))
