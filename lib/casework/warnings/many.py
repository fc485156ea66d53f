"""One step taken on many warnings at once, each recorded or refused by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.casework.warnings.steps import CHECKING, NEW, RETURNED, SIGNED, sign, sign_and_start, start_check, undo
from lib.casework.workflow import Outcome
from lib.errors import UserError

Action = Callable[..., Outcome]


@dataclass(frozen=True)
class Batch:
    """A step that can be taken on many warnings: its name, the states it starts from, the function that records it."""

    name: str
    states: tuple[str, ...]
    take: Action


BATCHES = {
    "sign": Batch("签收", (NEW,), sign),
    "start": Batch("开始核查", (SIGNED, RETURNED), start_check),
    "sign_start": Batch("签收并开始核查", (NEW,), sign_and_start),
}
# Takes back what a batch recorded, one event for each.
UNDO = Batch("撤回", (SIGNED, CHECKING), undo)


def take_all(
    register: Register, viewer: Viewer, step: str, chosen: list[tuple[str, int]], *, submission: str, at: datetime
) -> pd.DataFrame:
    """Take one step of BATCHES, or "undo", on (warning_id, last event number seen) pairs.

    Returns warning_id, recorded (bool: written now or by the same submission before), result: what was recorded or
    why nothing was, seq: the number of the last event written (NaN without one). One refusal leaves the others alone.
    """
    rows = []
    for warning_id, seq in chosen:
        recorded, result, last = _take(register, viewer, step, warning_id, seq, f"{submission}:{warning_id}", at)
        rows.append({"warning_id": warning_id, "recorded": recorded, "result": result, "seq": last})
    return pd.DataFrame(rows, columns=["warning_id", "recorded", "result", "seq"])


def _take(
    register: Register, viewer: Viewer, step: str, warning_id: str, seq: int, submission: str, at: datetime
) -> tuple[bool, str, int | None]:
    batch = UNDO if step == "undo" else BATCHES[step]
    try:
        outcome = batch.take(register, viewer, warning_id, submission_id=submission, at=at, expected_seq=seq)
    except UserError as refused:
        return False, f"{refused.message}{refused.hint}", None
    if outcome.event is not None:
        done = "已记录" if outcome.recorded else "此前已记录，未重复"
        return True, f"{done}：{batch.name}", outcome.event.seq
    last = outcome.conflict[-1]
    told = f"未记录：{last.actor_name} {last.at:%m月%d日 %H:%M} 已把它变为「{last.to_state}」"
    return False, told, None
