"""Recording one step of a workflow: rights, scope, once per submission, no overwriting of each other."""

from lib.access import Forbidden, NotVisible, Viewer, require
from lib.casework import attachments, drafts
from lib.casework.sight import require_object
from lib.casework.steps import Attempt, Outcome, Step, Submission, Workflow
from lib.casework.store.chain import Event, moment_after
from lib.casework.store.register import Register
from lib.casework.store.transaction import Transaction
from lib.errors import UserError


def take(
    register: Register, viewer: Viewer, workflow: Workflow, object_id: str, action: str, sent: Submission
) -> Outcome:
    """Take one step, in one transaction that is on disk when this returns.

    The event carries the values of all fields of the step and is not earlier than the object's last one (see
    chain.moment_after).

    Raises Forbidden without the right, NotVisible outside the scope, UserError for a field that is missing or wrong,
    a step that is not possible from the present state or that its check refuses (the input is then kept as a draft).
    """
    step = workflow.steps[action]
    require(viewer, step.right, workflow.object_type)
    if sent.at.tzinfo is not None:
        raise ValueError("times are naive Beijing time")
    for fault in step.faults(sent.payload, sent.text).values():
        raise fault
    with register.transaction() as tx:
        tx.require_standing(viewer)
        row = require_object(tx.connection, viewer, workflow.object_type, object_id)
        first = tx.submitted(sent.submission_id)
        if first is not None:
            return _again(first, viewer, workflow, object_id, action)
        last = tx.last_event(workflow.object_type, object_id)
        if last is None or last.to_state is None:
            raise NotVisible()
        payload = step.payload(sent.payload)
        meanwhile = _meanwhile(tx, last, sent.expected_seq)
        others = [event for event in meanwhile if event.actor_id not in (viewer.person_id, "system")]
        possible = last.to_state in step.sources
        if others or (meanwhile and not possible):
            kept = drafts.keep(tx, viewer, workflow.object_type, object_id, action, sent, payload)
            return Outcome(recorded=False, conflict=meanwhile, draft=kept)
        attempt = Attempt(tx, viewer, step, row, last, sent.text.strip(), dict(payload))
        refusal = _refused(attempt) if possible else _impossible(workflow, step, last)
        if refusal is None:
            return _write(attempt, sent)
        drafts.keep(tx, viewer, workflow.object_type, object_id, action, sent, payload)
    raise refusal


def _refused(attempt: Attempt) -> UserError | None:
    try:
        if attempt.step.check is not None:
            attempt.step.check(attempt)
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


def _impossible(workflow: Workflow, step: Step, last: Event) -> UserError:
    follow = [other.name for other in workflow.steps.values() if last.to_state in other.sources]
    by = f"（{last.actor_name}，{last.at:%m月%d日 %H:%M}）"
    hint = "接下来可以：" + "、".join(follow) + "。" if follow else "这条记录已经结束，不能再变更。"
    return UserError(f"这条{workflow.name}现在是「{last.to_state}」{by}，不能{step.name}。", hint)


def _write(attempt: Attempt, sent: Submission) -> Outcome:
    tx, viewer, step, last = attempt.tx, attempt.viewer, attempt.step, attempt.last
    object_type, object_id = last.object_type, last.object_id
    at = moment_after(sent.at, last)
    payload = attempt.payload
    if sent.attachment is not None:
        payload["attachment"] = attachments.store(tx, viewer, object_type, object_id, sent.attachment, at)
    target = step.target if step.to is None else step.to(attempt)
    event = tx.append(
        viewer, at, object_type, object_id, step.action, last.to_state, target or last.to_state, attempt.text, payload,
        sent.submission_id,
    )  # fmt: skip
    if step.effect is not None:
        step.effect(attempt, event)
    drafts.discard(tx, viewer, object_type, object_id, step.action)
    return Outcome(recorded=True, event=event, created=payload.get("created"))
