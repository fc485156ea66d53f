"""Recording one step of a workflow: rights, scope, once per submission, no overwriting of each other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from lib.access import Forbidden, NotVisible, Viewer, require
from lib.casework import attachments, drafts
from lib.casework.attachments import Upload
from lib.casework.sight import require_object
from lib.casework.store.chain import Event, moment_after
from lib.casework.store.register import Register
from lib.casework.store.transaction import Transaction
from lib.errors import UserError


@dataclass(frozen=True)
class Step:
    """One action of a workflow: from which states, to which (None: the state stays), under which right."""

    action: str
    name: str
    right: str
    sources: frozenset[str]
    target: str | None = None
    needs_text: bool = False


@dataclass(frozen=True)
class Workflow:
    """The objects of one kind and the steps they can take."""

    object_type: str
    name: str
    steps: dict[str, Step]

    def possible(self, viewer: Viewer, state: str) -> list[Step]:
        """The steps this viewer's role may take from a state."""
        return [step for step in self.steps.values() if state in step.sources and viewer.may(step.right)]


@dataclass(frozen=True)
class Outcome:
    """What came of a submission.

    recorded: written now. duplicate: the same submission had been written before, `event` is that first event.
    conflict: nothing was written, these events happened meanwhile; `draft` then holds the person's own input,
    also kept in the table `draft`. created: the id of a new object (a clue).
    """

    recorded: bool
    duplicate: bool = False
    event: Event | None = None
    conflict: tuple[Event, ...] = ()
    draft: dict[str, Any] | None = field(default=None, hash=False)
    created: str | None = None

    @property
    def event_seq(self) -> int | None:
        return None if self.event is None else self.event.seq


@dataclass(frozen=True)
class Submission:
    """What a person sent: the form's own id, the clock, the last event the form had shown, text and details."""

    submission_id: str
    at: datetime
    expected_seq: int | None = None
    text: str = ""
    payload: dict[str, Any] = field(default_factory=dict, hash=False)
    attachment: Upload | None = None


Effect = Callable[[Transaction, Row, Event], None]


def record(
    register: Register,
    viewer: Viewer,
    workflow: Workflow,
    object_id: str,
    action: str,
    sent: Submission,
    *,
    check: Callable[[Transaction, Row, Event], None] | None = None,
    effect: Effect | None = None,
    target: str | None = None,
) -> Outcome:
    """Take one step, in one transaction that is on disk when this returns.

    `check` may refuse after looking at the row and its last event; `effect` writes what belongs to the event;
    `target` is the state it leads to when that is not the step's own.
    The event is not earlier than the object's last one (see chain.moment_after).

    Raises Forbidden without the right, NotVisible outside the scope, UserError for a step that is not possible
    from the present state or that `check` refuses (the text is kept as a draft), or for a missing text.
    """
    step = workflow.steps[action]
    require(viewer, step.right)
    if sent.at.tzinfo is not None:
        raise ValueError("times are naive Beijing time")
    if step.needs_text and not sent.text.strip():
        raise UserError(f"{step.name}需要填写说明。", "请补充文字后再提交。")
    with register.transaction() as tx:
        tx.require_standing(viewer)
        row = require_object(tx.connection, viewer, workflow.object_type, object_id)
        first = tx.submitted(sent.submission_id)
        if first is not None:
            return _again(first, viewer, workflow, object_id, action)
        last = tx.last_event(workflow.object_type, object_id)
        if last is None or last.to_state is None:
            raise NotVisible()
        meanwhile = _meanwhile(tx, last, sent.expected_seq)
        others = [event for event in meanwhile if event.actor_id not in (viewer.person_id, "system")]
        possible = last.to_state in step.sources
        if others or (meanwhile and not possible):
            kept = drafts.keep(tx, viewer, workflow.object_type, object_id, action, sent)
            return Outcome(recorded=False, conflict=meanwhile, draft=kept)
        refusal = _refused(check, tx, row, last) if possible else _impossible(workflow, viewer, step, last)
        if refusal is None:
            return _write(tx, viewer, workflow, row, step, last, sent, effect, target)
        drafts.keep(tx, viewer, workflow.object_type, object_id, action, sent)
    raise refusal


def _refused(check: Callable[[Transaction, Row, Event], None] | None, tx: Transaction, row: Row, last: Event) -> (
    UserError | None
):  # fmt: skip
    try:
        if check is not None:
            check(tx, row, last)
    except Forbidden:
        raise
    except UserError as refusal:
        return refusal
    return None


def _meanwhile(tx: Transaction, last: Event, expected_seq: int | None) -> tuple[Event, ...]:
    if expected_seq is None or expected_seq >= last.seq:
        return ()
    return tx.events_since(last.object_type, last.object_id, expected_seq)


def _again(first: Event, viewer: Viewer, workflow: Workflow, object_id: str, action: str) -> Outcome:
    same = (first.object_type, first.object_id, first.action) == (workflow.object_type, object_id, action)
    if not same or first.actor_id != viewer.person_id:
        raise UserError("这次提交的编号已用于另一件事。", "请刷新页面后重新提交。")
    return Outcome(recorded=False, duplicate=True, event=first, created=first.payload.get("created"))


def _impossible(workflow: Workflow, viewer: Viewer, step: Step, last: Event) -> UserError:
    follow = [other.name for other in workflow.steps.values() if last.to_state in other.sources]
    by = f"（{last.actor_name}，{last.at:%m月%d日 %H:%M}）"
    hint = "接下来可以：" + "、".join(follow) + "。" if follow else "这条记录已经结束，不能再变更。"
    return UserError(f"这条{workflow.name}现在是「{last.to_state}」{by}，不能{step.name}。", hint)


def _write(
    tx: Transaction,
    viewer: Viewer,
    workflow: Workflow,
    row: Row,
    step: Step,
    last: Event,
    sent: Submission,
    effect: Effect | None,
    target: str | None,
) -> Outcome:
    object_id = last.object_id
    at = moment_after(sent.at, last)
    payload = dict(sent.payload)
    if sent.attachment is not None:
        payload["attachment"] = attachments.store(tx, viewer, workflow.object_type, object_id, sent.attachment, at)
    event = tx.append(
        viewer, at, workflow.object_type, object_id, step.action, last.to_state, target or step.target or last.to_state,
        sent.text.strip(), payload, sent.submission_id,
    )  # fmt: skip
    if effect is not None:
        effect(tx, row, event)
    drafts.discard(tx, viewer, workflow.object_type, object_id, step.action)
    return Outcome(recorded=True, event=event, created=payload.get("created"))


def forbid_other_rules(viewer: Viewer, rule_id: str) -> None:
    """Raise Forbidden when the viewer may not record on warnings of this rule."""
    if not viewer.may_record_on(rule_id):
        raise Forbidden("您的岗位不办理这个模型的预警。", "请转告县级纪委监委或派驻机构办理。")
