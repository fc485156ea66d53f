"""Where drawn files and sheets stand: what plain states say, and what was settled."""

import json
from typing import Any

import numpy as np
import pandas as pd

from lib.casework.deadlines import Calendar
from lib.casework.reading.states import plain
from lib.casework.reviews.states import DIFFERING
from lib.casework.reviews.steps import ANSWER, COMPARE, CORRECTED, DEDUCTIONS, GIVE, GRADE, NOTED, SCORE, TAKE_IN

_RESULT = ("adjudicate", COMPARE)
_NUMBERS = ("stratum_size", "stratum_drawn", "seed", "generation")


def file_standing(table: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
    """The table with the columns of states.plain, and of what was settled: score (NaN before it is), grade, deductions
    and noted (lists of item ids), settled_at, adjudicated (a third person settled it), stand (what its unit said),
    answer (what was said to its objection). A corrected result is that of the correction."""
    own = events[events["object_type"].eq("review_case")]
    kept = {"probability": "float64", "is_double": "bool", **dict.fromkeys(_NUMBERS, "int64")}
    texts = dict.fromkeys((name for name in table if name not in kept and name != "closed_date"), "str")
    typed = table.astype(texts | kept).assign(closed_date=pd.to_datetime(table["closed_date"]))
    frame = plain(typed, events, "review_case", "review_case_id", (TAKE_IN,), days)
    key = pd.Index(frame["review_case_id"])
    answers = own[own["action"].eq(ANSWER)]
    corrects = answers["payload"].map(lambda told: json.loads(told)[ANSWER] == CORRECTED).astype("bool")
    results = (own["action"].isin(_RESULT) & own["to_state"].ne(DIFFERING)) | own.index.isin(answers.index[corrects])
    judged = own[results].groupby("object_id").last().reindex(key)
    thirds = own.loc[own["action"].eq("adjudicate"), "object_id"]
    held: list[dict[str, Any]] = [{} if pd.isna(one) else json.loads(one) for one in judged["payload"]]
    answered = answers.groupby("object_id")["payload"].last().reindex(key)
    replied = own[own["action"].eq("reply")].groupby("object_id")["payload"].last().reindex(key)
    frame = frame.assign(
        score=np.array([one.get(SCORE, np.nan) for one in held], dtype="float64"),
        grade=[one.get(GRADE) for one in held],
        deductions=[tuple(one.get(DEDUCTIONS, ())) for one in held],
        noted=[tuple(one.get(NOTED, ())) for one in held],
        settled_at=pd.to_datetime(judged["at"]).to_numpy("datetime64[us]"),
        adjudicated=key.isin(thirds),
        stand=[None if pd.isna(one) else json.loads(one)["stand"] for one in replied],
        answer=[None if pd.isna(one) else json.loads(one)[ANSWER] for one in answered],
    )
    # Whoever has the right adjudicates, and nobody is named for it: the two who scored are not known to each other.
    return frame.assign(handler_id=None, handler_name=None).astype(
        dict.fromkeys(("grade", "stand", "answer", "handler_id", "handler_name"), "str")
    )


def sheet_standing(table: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
    """The table with the columns of states.plain, in the hands of whoever scores it, and what was handed in: score
    (NaN before), grade, deductions (list of item ids), opinion."""
    own = events[events["object_type"].eq("review_sheet") & events["action"].eq("hand_in")]
    texts = dict.fromkeys((name for name in table if name != "slot"), "str")
    typed = table.astype(texts | {"slot": "int64"})
    frame = plain(typed, events, "review_sheet", "sheet_id", (GIVE,), days)
    given = own.groupby("object_id").last().reindex(pd.Index(frame["sheet_id"]))
    held: list[dict[str, Any]] = [{} if pd.isna(one) else json.loads(one) for one in given["payload"]]
    return frame.assign(
        handler_id=frame["reviewer_id"],
        handler_name=frame["reviewer_name"],
        score=np.array([one.get(SCORE, np.nan) for one in held], dtype="float64"),
        grade=pd.array([one.get(GRADE) for one in held], dtype="str"),
        deductions=[tuple(one.get(DEDUCTIONS, ())) for one in held],
        opinion=given["text"].astype("str").to_numpy(),
    )
