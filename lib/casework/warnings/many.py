"""Two steps in one submission, and one step taken on many warnings at once, each recorded or refused by itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from lib.access import Viewer
from lib.casework.record import take
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.warnings.states import CHECKING, NEW, RETURNED, SIGNED
from lib.casework.warnings.steps import WARNING
from lib.errors import UserError

Take = Callable[[Register, Viewer, str, Submission], Outcome]


def sign_and_start(register: Register, viewer: Viewer, warning_id: str, sent: Submission) -> Outcome:
    """新生成 → 已签收 → 核查中: two events of one submission, both or neither."""
    with register.transaction():
        done = take(register, viewer, WARNING, warning_id, "sign", sent)
        if done.event is None:
            return done
        start = replace(sent, submission_id=f"{sent.submission_id}+start", expected_seq=None, text="")
        return take(register, viewer, WARNING, warning_id, "start", start)


def _step(action: str) -> Take:
    def taken(register: Register, viewer: Viewer, warning_id: str, sent: Submission) -> Outcome:
        return take(register, viewer, WARNING, warning_id, action, sent)

    return taken


@dataclass(frozen=True)
class Batch:
    """A step that can be taken on many warnings: its name, the states it starts from, what records it."""

    name: str
    states: tuple[str, ...]
    take: Take


BATCHES = {
    "sign": Batch("签收", (NEW,), _step("sign")),
    "start": Batch("开始核查", (SIGNED, RETURNED), _step("start")),
    "sign_start": Batch("签收并开始核查", (NEW,), sign_and_start),
}
# Takes back what a batch recorded, one event for each.
UNDO = Batch("撤回", (SIGNED, CHECKING), _step("undo"))


def take_all(
    register: Register, viewer: Viewer, step: str, chosen: list[tuple[str, int]], *, submission: str, at: datetime
) -> pd.DataFrame:
    """Take one step of BATCHES, or "undo", on (warning_id, last event number seen) pairs.

    Returns warning_id, recorded (bool: written now or by the same submission before), result: what was recorded or
    why nothing was, seq: the number of the last event written (NaN without one). One refusal leaves the others alone.
    """
    rows = []
    for warning_id, seq in chosen:
        sent = Submission(f"{submission}:{warning_id}", at, seq)
        recorded, result, last = _taken(register, viewer, step, warning_id, sent)
        rows.append({"warning_id": warning_id, "recorded": recorded, "result": result, "seq": last})
    return pd.DataFrame(rows, columns=["warning_id", "recorded", "result", "seq"])


def _taken(
    register: Register, viewer: Viewer, step: str, warning_id: str, sent: Submission
) -> tuple[bool, str, int | None]:
    batch = UNDO if step == "undo" else BATCHES[step]
    try:
        outcome = batch.take(register, viewer, warning_id, sent)
    except UserError as refused:
        return False, refused.sentence, None
    if outcome.event is not None:
        done = "已记录" if outcome.recorded else "此前已记录，未重复"
        return True, f"{done}：{batch.name}", outcome.event.seq
    last = outcome.conflict[-1]
    told = f"未记录：{last.actor_name} {last.at:%m月%d日 %H:%M} 已把它变为「{last.to_state}」"
    return False, told, None
