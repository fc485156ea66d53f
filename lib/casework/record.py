"""Recording one step of a workflow: rights, scope, once per submission, no overwriting of each other."""

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from lib.access import Forbidden, NotVisible, Viewer, require
from lib.access.scope import of_unit
from lib.casework import attachments, drafts, outbox
from lib.casework.clock import ASSIGN
from lib.casework.deputies.steps import standing_in_for
from lib.casework.handling import require_handler
from lib.casework.objects import KINDS, SCOPE, Kind
from lib.casework.opening import begin
from lib.casework.sight import in_scope, require_object
from lib.casework.steps import RUNS_ON, WORKDAYS, Attempt, Outcome, Step, Submission, Workflow
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
    _require(viewer, step, workflow.object_type, sent)
    with register.transaction() as tx:
        tx.require_standing(viewer)
        if of_unit(viewer):
            # What reached the unit may have been appended a moment ago, in this transaction.
            tx.flush()
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
        at = moment_after(sent.at, last)
        other = partial(require_object, tx.connection, viewer, workflow.object_type)
        attempt = Attempt(tx, viewer, step, row, last, at, sent.text.strip(), dict(payload), other)
        refusal = _refused(workflow, attempt) if possible else _impossible(workflow, step, last)
        if refusal is None:
            return _write(attempt, sent)
        drafts.keep(tx, viewer, workflow.object_type, object_id, action, sent, payload)
    raise refusal


def enter(
    register: Register,
    viewer: Viewer,
    kind: Kind,
    values: Mapping[str, Any],
    sent: Submission,
    draft: str = drafts.UNREGISTERED,
) -> Outcome:
    """Make an object of a kind by its opening step, in one transaction; `created` of the outcome is its number.

    Its row are `values` (whose it is, and what else the caller knows) and those fields of the step that are columns.
    Its draft, kept under the id `draft`, is dropped. What reaches its unit by being made sends it a message.
    Raises Forbidden without the right or outside the scope, UserError for a field that is missing or wrong.
    """
    step, workflow = kind.workflow.opening, kind.workflow
    if step is None or step.target is None:
        raise ValueError(f"nobody makes a {kind.name}")
    _require(viewer, step, kind.name, sent)
    number = number_of(kind.name, sent.submission_id)
    payload = {**step.payload(sent.payload), "created": number}
    _limited(step, values, payload)
    row = {kind.key: number, **values, **{name: held for name, held in payload.items() if name in kind.table.c}}
    if kind.scope and not in_scope(viewer, *(row.get(name) if name in kind.scope else None for name in SCOPE)):
        raise Forbidden(f"不能登记本人权限范围以外的{kind.title}。", "请转给有权限的单位登记。")
    with register.transaction() as tx:
        first = tx.submitted(sent.submission_id)
        if first is not None:
            return _again(first, viewer, workflow, number, step.action)
        payload |= attachments.store_all(tx, viewer, kind.name, number, sent.files, sent.at)
        reaches = step.action in kind.reaches
        if reaches:
            object_type = kind.name
            payload["message"] = outbox.message(row["org_id"], KINDS[object_type].task)
        event = begin(
            tx,
            viewer,
            kind.table,
            row,
            step.action,
            step.target,
            sent.at,
            sent.text.strip(),
            payload,
            sent.submission_id,
        )
        if reaches:
            outbox.post(tx, event)
        drafts.discard(tx, viewer, kind.name, draft, step.action)
    return Outcome(recorded=True, event=event, created=number)


def number_of(object_type: str, submission_id: str) -> str:
    """The number of the object that a submission makes."""
    return f"{object_type[0].upper()}{sha256(f'{object_type}|{submission_id}'.encode()).hexdigest()[:16]}"


def _require(viewer: Viewer, step: Step, object_type: str, sent: Submission) -> None:
    """Raise unless the viewer may take the step and what was sent is what it asks for."""
    require(viewer, step.right, object_type)
    if sent.at.tzinfo is not None:
        raise ValueError("times are naive Beijing time")
    if not set(sent.files) <= {one.name for one in step.files}:
        raise ValueError(f"no file comes with {step.action}")
    step.require(sent)


def _refused(workflow: Workflow, attempt: Attempt) -> UserError | None:
    try:
        require_handler(workflow, attempt)
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


def _limited(step: Step, row: Mapping[str, Any], payload: dict[str, Any]) -> None:
    if step.limit is not None:
        payload[WORKDAYS] = step.limit(row)
    if step.runs_on:
        payload[RUNS_ON] = True


def _for_whom(attempt: Attempt) -> dict[str, Any]:
    """For whom a deputy acts: to whom the object was assigned, at first whoever opened it. A warning's steps say it
    themselves."""
    tx, last = attempt.tx, attempt.last
    held = standing_in_for(tx.connection, attempt.viewer, attempt.at) if last.object_type != "warning" else {}
    if not held:
        return {}
    events = tx.events_since(last.object_type, last.object_id, 0)
    assigned = [event.payload["to_id"] for event in events if event.action == ASSIGN]
    who = assigned[-1] if assigned else events[0].actor_id
    return {"for_id": who, "for_name": held[who]} if who in held else {}


def _write(attempt: Attempt, sent: Submission) -> Outcome:
    tx, viewer, step, last = attempt.tx, attempt.viewer, attempt.step, attempt.last
    object_type, object_id = last.object_type, last.object_id
    at, payload = attempt.at, attempt.payload
    payload |= _for_whom(attempt)
    payload |= attachments.store_all(tx, viewer, object_type, object_id, sent.files, at)
    target = step.target if step.to is None else step.to(attempt)
    _limited(step, attempt.row._asdict(), payload)
    tells = last.to_state in step.tells
    if tells:
        payload["message"] = outbox.message(attempt.row.org_id, KINDS[object_type].task)
    event = tx.append(
        viewer,
        at,
        object_type,
        object_id,
        step.action,
        last.to_state,
        target or last.to_state,
        attempt.text,
        payload,
        sent.submission_id,
    )
    if tells:
        outbox.post(tx, event)
    if step.effect is not None:
        step.effect(attempt, event)
    drafts.discard(tx, viewer, object_type, object_id, step.action)
    return Outcome(recorded=True, event=event, created=payload.get("created"))
