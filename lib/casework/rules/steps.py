"""What people do with a version of a model, on its way 草稿 → 试运行 → 复核 → 发布 → 停用, and with a task about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lib.access import Forbidden, Viewer
from lib.casework.rules.states import CLOSED, DRAFT, LIVE, OPEN, REVIEW, STOPPED, TRIAL, UNDER_WAY
from lib.casework.steps import Attempt, Step, words, workflow
from lib.casework.store.chain import Event, moment_after
from lib.casework.store.schema import backtest, event, rule_version
from lib.casework.store.transaction import Transaction
from lib.errors import UserError

RULE_VERSION = "rule_version"


def last_events() -> Any:
    """The newest event of every version: object_id, to_state, at, seq."""
    newest = select(func.max(event.c.seq)).where(event.c.object_type == RULE_VERSION).group_by(event.c.object_id)
    columns = (event.c.object_id, event.c.to_state, event.c.at, event.c.seq)
    return select(*columns).where(event.c.seq.in_(newest)).subquery()


def move(
    tx: Transaction, viewer: Viewer, version_id: str, action: str, before: str, after: str, at: datetime, text: str
) -> None:
    """Write that a version went from one state to another."""
    last = tx.last_event(RULE_VERSION, version_id)
    tx.append(viewer, moment_after(at, last), RULE_VERSION, version_id, action, before, after, text)


def _in_force(tx: Transaction, rule_id: str) -> list[str]:
    tx.flush()
    last = last_events()
    query = (
        select(rule_version.c.version_id)
        .join(last, last.c.object_id == rule_version.c.version_id)
        .where(rule_version.c.rule_id == rule_id, last.c.to_state == LIVE)
    )
    return list(tx.connection.execute(query).scalars())


def _has_backtest(attempt: Attempt) -> None:
    row = attempt.row
    against = next(iter(_in_force(attempt.tx, row.rule_id)), None)
    stored = select(backtest.c.against_id).where(backtest.c.version_id == row.version_id)
    if against not in set(attempt.tx.connection.execute(stored).scalars()):
        raise UserError(
            f"{row.rule_id} 第{row.version_no}版还没有与在用版本对比的回测报告。", "请先在调参页运行回测并保存报告。"
        )


def _not_own(attempt: Attempt) -> None:
    submitted = attempt.tx.latest(RULE_VERSION, attempt.row.version_id, "submit")
    own = {attempt.row.author_id, submitted.actor_id if submitted else None}
    if attempt.viewer.person_id in own:
        raise Forbidden("不能审批本人起草或提交的模型版本。", "请由另一位有审批权限的同志办理。")


def _may_publish(attempt: Attempt) -> None:
    _not_own(attempt)
    _has_backtest(attempt)


def _may_restore(attempt: Attempt) -> None:
    _not_own(attempt)
    row = attempt.row
    if all(attempt.tx.latest(RULE_VERSION, row.version_id, action) is None for action in ("publish", "deliver")):
        raise UserError(f"{row.rule_id} 第{row.version_no}版没有发布过，不能回退到它。", "请选择曾经发布的版本。")


def _replace(attempt: Attempt, written: Event) -> None:
    """The version that was in force is stopped."""
    row = attempt.row
    for one in _in_force(attempt.tx, row.rule_id):
        if one != row.version_id:
            text = f"由第{row.version_no}版取代"
            move(attempt.tx, attempt.viewer, one, "stop", LIVE, STOPPED, written.at, text)


_WHY = (words("理由", required=True),)

DRAFTING = Step(
    "draft",
    "保存为草稿",
    "tune",
    frozenset(),
    DRAFT,
    (words("调整理由", required=True, missing=("调整参数须写明理由。", "例如：试运行误报率、依据的文件或会议。")),),
)

VERSION = workflow(
    RULE_VERSION,
    "模型版本",
    Step("try", "开始试运行", "tune", frozenset({DRAFT}), TRIAL),
    # Only with a back-test against what is in force now.
    Step("submit", "提交复核", "tune", frozenset({TRIAL}), REVIEW, _WHY, check=_has_backtest),
    Step("give_back", "退回修改", "approve", frozenset({REVIEW}), DRAFT, _WHY),
    # By nobody who wrote or submitted it.
    Step("publish", "发布", "approve", frozenset({REVIEW}), LIVE, _WHY, check=_may_publish, effect=_replace),
    Step("stop", "停用", "approve", frozenset({LIVE}), STOPPED, _WHY),
    Step("restore", "回退到此版", "approve", frozenset({STOPPED}), LIVE, _WHY, check=_may_restore, effect=_replace),
    Step("discard", "作废", "tune", frozenset(UNDER_WAY), STOPPED, _WHY),
    opening=DRAFTING,
)

TASK = workflow(
    "rule_task",
    "模型任务",
    Step("close", "办结", "tune", frozenset({OPEN}), CLOSED, (words("做了什么", required=True),)),
)
