"""Steps that every kind of object may take besides its own: its time put off or stopped, its work handed to another.

None of them moves it on. What is due counts from the event that brought the object where it is; opening, editing or
handing it over never moves that.
"""

from lib.casework.accounts.colleagues import colleague, may_have
from lib.casework.deadlines import settings
from lib.casework.steps import RUNS_ON, WORKDAYS, Attempt, Field, Step, words
from lib.errors import UserError

ASSIGN, EXTEND, PAUSE, RESUME, REMIND = "assign", "extend", "pause", "resume", "remind"


def extension(right: str, states: frozenset[str]) -> Step:
    """延期: some workdays more, with a reason; as often as data/deadlines.yaml allows for each limit."""
    return Step(
        EXTEND,
        "延期",
        right,
        states,
        fields=(
            Field("more", "延长工作日", "number", required=True, told="延长工作日"),
            words("延期理由", required=True),
        ),
        check=_extendable,
    )


def pause(right: str, states: frozenset[str]) -> Step:
    """暂停计时: while the unit, a hearing or an expert is waited for."""
    return Step(
        PAUSE,
        "暂停计时",
        right,
        states,
        fields=(
            Field("why", "暂停原因", "choice", required=True, choices=tuple(settings()["pauses"])),
            words("暂停说明", required=True),
        ),
        check=_running,
    )


def resume(right: str, states: frozenset[str]) -> Step:
    """恢复计时: the workdays it stood still are added to what is due."""
    return Step(RESUME, "恢复计时", right, states, check=_paused)


def assignment(states: frozenset[str], does: tuple[str, ...] = ("record",)) -> Step:
    """交办: who works on it from now on, somebody who sees it and has one of the rights in `does`."""

    def able(attempt: Attempt) -> None:
        object_type, given = attempt.last.object_type, attempt.payload["to_id"]
        other = colleague(attempt.tx.connection, given)
        if other is None:
            raise UserError(f"没有登记过账号 {given}。", "请在名单中选择。")
        if not may_have(attempt.viewer, other, object_type, attempt.row._asdict(), does):
            raise UserError(f"不能交给{other.name}（{other.role_name}）。", "请交给能看到它、也有权办理的人。")
        attempt.payload["to_name"] = other.name

    return Step(
        ASSIGN,
        "交办",
        "assign",
        states,
        fields=(Field("to_id", "交给谁", "choice", required=True, missing=("请选择交给谁。", "")), words("交办意见")),
        check=able,
        inside=True,
        does=does,
    )


def reminder(states: frozenset[str]) -> Step:
    """催办: whoever it waits for is reminded, at most once a day."""
    return Step(REMIND, "催办", "remind", states, fields=(words("催办内容"),), check=_not_today, aside=True)


def _not_today(attempt: Attempt) -> None:
    last = attempt.tx.latest(attempt.last.object_type, attempt.last.object_id, REMIND)
    if last is not None and last.at.date() == attempt.at.date():
        raise UserError(f"今天已经催办过（{last.actor_name}，{last.at:%H:%M}）。", "同一事项每天只催办一次。")


def _since_moved(attempt: Attempt) -> tuple[list[str], int | None]:
    """The actions since the limit that runs was set, oldest first, and that limit."""
    rows = attempt.tx.events_since(attempt.last.object_type, attempt.last.object_id, 0)
    moved = max(
        number for number, row in enumerate(rows) if row.from_state != row.to_state and RUNS_ON not in row.payload
    )
    return [row.action for row in rows[moved:]], rows[moved].payload.get(WORKDAYS)


def _extendable(attempt: Attempt) -> None:
    actions, limit = _since_moved(attempt)
    most = settings()["extensions"]
    if limit is None:
        raise UserError("这里没有期限在走，不需要延期。", "")
    if actions.count(EXTEND) >= most["times"]:
        raise UserError(f"这一期限已经延期 {most['times']} 次，不能再延。", "请按期办结，或由审批人退回重新办理。")
    if not 1 <= attempt.payload["more"] <= most["workdays"]:
        raise UserError(f"一次延长 1 至 {most['workdays']} 个工作日。", "请修改延长的工作日。")


def _is_paused(actions: list[str]) -> bool:
    last = [action for action in actions if action in (PAUSE, RESUME)][-1:]
    return last == [PAUSE]


def _running(attempt: Attempt) -> None:
    actions, limit = _since_moved(attempt)
    if limit is None or _is_paused(actions):
        raise UserError("计时已经暂停，或这里没有期限在走。", "")


def _paused(attempt: Attempt) -> None:
    if not _is_paused(_since_moved(attempt)[0]):
        raise UserError("计时没有暂停，不需要恢复。", "")
