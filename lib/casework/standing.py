"""Where warnings and clues stand: everything a person did, derived from the events."""

import json
from typing import Any

import pandas as pd

from lib.casework.clues import SHELVED
from lib.casework.deadlines import Calendar, due_times, settings
from lib.casework.warnings import CHECKING, CLOSED, MERGED, NEW, RETURNED, SIGNED, TO_CLUE, WITHDRAWN

_TIMES = ("first_seen_at", "last_seen_at", "occurred_on", "received_at", "due_at")
_WARNING_TEXTS = ("period", "officer_id", "org_id", "area_code", "domain_code", "state", "conclusion", "handler_id",
                  "handler_name", "merged_into", "clue_id")  # fmt: skip
_CLUE_TEXTS = ("warning_id", "rule_id", "officer_id", "org_id", "area_code", "domain_code", "state", "handler_id",
               "handler_name", "proposed", "disposition", "form")  # fmt: skip


class _Events:
    """The events of one kind of object, indexed by object, oldest first."""

    def __init__(self, events: pd.DataFrame, object_type: str) -> None:
        self.rows = events[events["object_type"] == object_type].set_index("object_id")

    def since_opened(self) -> "_Events":
        """Without what lies before an object was opened again."""
        opened = self.rows[self.rows["action"] == "reopen"]["seq"].groupby(level=0).max().astype("float64")
        narrowed = object.__new__(_Events)
        start = opened.reindex(self.rows.index).fillna(0)
        narrowed.rows = self.rows[self.rows["seq"] >= start]
        return narrowed

    def last(self, *actions: str) -> pd.DataFrame:
        """The newest event per object, of the given actions."""
        rows = self.rows[self.rows["action"].isin(actions)] if actions else self.rows
        return rows[~rows.index.duplicated(keep="last")]

    def first(self, action: str) -> pd.DataFrame:
        """The oldest event per object of an action."""
        rows = self.rows[self.rows["action"] == action]
        return rows[~rows.index.duplicated(keep="first")]

    def changed_at(self) -> pd.Series:
        """When each object came into its present state."""
        moves = self.rows[self.rows["from_state"].fillna("") != self.rows["to_state"].fillna("")]
        return moves[~moves.index.duplicated(keep="last")]["at"]


def _payload(rows: pd.DataFrame, key: str) -> pd.Series:
    values = [json.loads(text).get(key) for text in rows["payload"]]
    return pd.Series(values, index=rows.index, dtype="object")


def _put(frame: pd.DataFrame, columns: dict[str, Any]) -> pd.DataFrame:
    """`frame` (indexed by object) with columns aligned to it; times become timestamps."""
    for name, values in columns.items():
        frame[name] = values.reindex(frame.index)
        if name.endswith("_at"):
            frame[name] = pd.to_datetime(frame[name])
    return frame


def _typed(frame: pd.DataFrame, texts: tuple[str, ...]) -> pd.DataFrame:
    """The same types whatever the rows hold: a column without any value is still a column of texts."""
    return frame.astype(dict.fromkeys(texts, "str")).reset_index(drop=True)


def _prepared(table: pd.DataFrame, key: str) -> pd.DataFrame:
    frame = table.set_index(key, drop=False).rename_axis(None)
    for name in _TIMES:
        if name in frame:
            frame[name] = pd.to_datetime(frame[name])
    return frame


def warnings(table: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
    """The warning table with state and times; see Snapshot for the columns."""
    frame = _prepared(table, "warning_id")
    whole = _Events(events, "warning")
    own = whole.since_opened()
    last, handled, concluded = own.last(), own.last("sign", "start", "conclude"), own.last("conclude")
    frame = _put(
        frame,
        {
            "state": last["to_state"], "state_at": own.changed_at(), "last_seq": last["seq"],
            "signed_at": own.first("sign")["at"], "checking_at": own.first("start")["at"],
            "concluded_at": concluded["at"], "conclusion": _payload(concluded, "conclusion"),
            "work_prompt": _payload(concluded, "work_prompt"),
            "handler_id": handled["actor_id"], "handler_name": handled["actor_name"],
            "merged_into": _payload(own.last("merge"), "into"),
            "clue_id": _payload(own.last("to_clue"), "created"),
        },
    )  # fmt: skip
    ended = frame["state"].isin([CLOSED, MERGED, TO_CLUE, WITHDRAWN])
    # A clue may follow a closed warning: the warning was closed when it was closed.
    closed = own.last("close")["at"].reindex(frame.index)
    frame["closed_at"] = pd.to_datetime(closed.fillna(frame["state_at"])).where(ended)
    return _typed(_with_due(frame, own, days), _WARNING_TEXTS)


def _with_due(frame: pd.DataFrame, own: _Events, days: Calendar) -> pd.DataFrame:
    """Deadlines: the earliest that any level the warning has had gives it, counted from when it had that level."""
    start = own.last("generate", "reopen")
    raised = own.last("raise")
    levels = pd.concat(
        [
            pd.DataFrame({"since": start["at"], "level": _first_level(start)}),
            pd.DataFrame({"since": raised["at"], "level": _payload(raised, "to")}),
        ]
    )
    if levels.empty:
        levels = levels.astype({"since": "datetime64[us]"})
    due = due_times(days, pd.to_datetime(levels["since"]), levels["level"]).groupby(level=0).min()
    frame = _put(frame, {"sign_due_at": due["sign_due_at"], "verify_due_at": due["verify_due_at"]})
    returned = own.last("send_back")["at"].reindex(frame.index)
    again = days.after(pd.to_datetime(returned).to_numpy(), settings()["warning"]["supplement_workdays"])
    supplement = pd.Series(again, index=frame.index).astype("datetime64[us]") + pd.Timedelta(days=1, seconds=-1)
    frame["verify_due_at"] = frame["verify_due_at"].where(~supplement.gt(frame["verify_due_at"]), supplement)
    signing, checking = frame["state"].eq(NEW), frame["state"].isin([SIGNED, CHECKING, RETURNED])
    frame["due_at"] = frame["sign_due_at"].where(signing, frame["verify_due_at"].where(checking))
    return frame


def _first_level(start: pd.DataFrame) -> pd.Series:
    level, reached = _payload(start, "level"), _payload(start, "to")
    return level.where(level.notna(), reached)


def clues(table: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """The clue table with state and times; see Snapshot for the columns."""
    frame = _prepared(table, "clue_id")
    own = _Events(events, "clue")
    last, handled = own.last(), own.last("undertake", "dispose", "report")
    disposed, reported = own.last("dispose"), own.last("report")
    frame = _put(
        frame,
        {
            "state": last["to_state"], "state_at": own.changed_at(), "last_seq": last["seq"],
            "handler_id": handled["actor_id"], "handler_name": handled["actor_name"],
            "assessed_at": own.first("assess")["at"], "approved_at": own.last("approve")["at"],
            "proposed": _payload(own.last("assess"), "proposed"), "disposition": _payload(disposed, "disposition"),
            "disposed_at": own.first("dispose")["at"], "case_filed_at": own.first("file_case")["at"],
            "form": _payload(reported, "form"), "people_cnt": _payload(reported, "people_cnt"),
            "archived_at": own.last("archive")["at"], "settled_at": disposed["at"],
        },
    )  # fmt: skip
    settled = frame.pop("settled_at").where(frame["disposition"].eq("予以了结"))
    frame["closed_at"] = settled.fillna(frame["archived_at"]).where(frame["disposition"].ne(SHELVED))
    return _typed(frame, _CLUE_TEXTS)
