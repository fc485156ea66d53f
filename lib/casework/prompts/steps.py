"""What becomes of a prompt (工作提示): a unit is asked to verify and replies; the reply is accepted, returned, seen to.

It comes of a warning's 浙政钉提示 or of 同时发工作提示 with a conclusion. What the unit reads is what was written to
it: who goes to see, and what was found there, stays inside.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from lib.access import Viewer
from lib.casework import outbox
from lib.casework.clock import ASSIGN, application, assignment, extension, pause, refusal, reminder, resume
from lib.casework.deadlines import settings
from lib.casework.opening import begin
from lib.casework.prompts.states import (
    ACCEPTED,
    AGREES,
    ASKED,
    CLOSED,
    FOUND,
    REPLIED,
    RETURNED,
    VISITED,
    VISITING,
    WITHDRAWN,
)
from lib.casework.steps import FILE, WORKDAYS, Attempt, Field, Step, words, workflow
from lib.casework.store.chain import Event
from lib.casework.store.schema import prompt, warning
from lib.casework.store.transaction import Transaction
from lib.errors import UserError

NAME = "工作提示"
SEND = "send"
PHOTOS = ("jpg", "jpeg", "png", "heic")
PAPERS = (*PHOTOS, "pdf", "docx", "zip")
# The steps that make a person the handler of a warning.
_HANDLING = ("sign", "start", "take_over", "conclude", ASSIGN)
_LONGEST_TITLE = 60


def limit(of: str) -> int:
    """Within how many workdays: `return`, `accept` or `visit` of data/deadlines.yaml."""
    found: int = settings()["prompt"][f"{of}_workdays"]
    return found


def reply_within(level: str) -> int:
    """Within how many workdays the unit replies to a prompt that comes of a warning of a level."""
    found: int = settings()["prompt"]["reply_workdays"][level]
    return found


def prompt_id(event: Event) -> str:
    """The number of the prompt that an event of a warning sends."""
    return "P" + hashlib.sha256(f"{event.object_id}|{event.seq}".encode()).hexdigest()[:16]


def title_of(asked: str) -> str:
    """What a prompt is called in a list: the first sentence of what was asked."""
    first = re.split(r"(?<=[。！？；\n])", asked.strip(), maxsplit=1)[0].strip(" 。；\n")
    return first if len(first) <= _LONGEST_TITLE else first[: _LONGEST_TITLE - 1] + "…"


def send(tx: Transaction, viewer: Viewer, row: Row, event: Event, purpose: str, asked: str) -> Event:
    """Write the prompt that an event of a warning sends to the warning's unit, in its transaction."""
    values = {
        "prompt_id": prompt_id(event), "warning_id": row.warning_id, "level": row.level, "purpose": purpose,
        "title": title_of(asked), "asked": asked, "officer_id": row.officer_id, "org_id": row.org_id,
        "area_code": row.area_code, "domain_code": row.domain_code,
    }  # fmt: skip
    told = {WORKDAYS: reply_within(row.level), "message": outbox.message(row.org_id, NAME)}
    sent = begin(tx, viewer, prompt, values, SEND, ASKED, event.at, asked, told)
    outbox.post(tx, sent)
    return sent


def _handler_name(tx: Transaction, warning_id: str) -> str | None:
    found = [given for given in (tx.latest("warning", warning_id, step) for step in _HANDLING) if given is not None]
    newest = max(found, key=lambda given: given.seq, default=None)
    if newest is None:
        return None
    whose = {ASSIGN: "to_name"}.get(newest.action, "for_name")
    return str(newest.payload.get(whose) or newest.actor_name)


def _two_people(attempt: Attempt) -> None:
    """Two people go, and who checks is neither the handler of the matter nor the one who answered for the unit."""
    names = [" ".join(str(attempt.payload[name]).split()) for name in ("checker", "companion")]
    attempt.payload |= dict(zip(("checker", "companion"), names, strict=True))
    checker, companion = names
    if checker == companion:
        raise UserError("现场核查须两人同行，核查人和同行人不能是同一人。", "请填写另一位同行人。")
    if checker == _handler_name(attempt.tx, attempt.row.warning_id):
        raise UserError(f"核查人不能是本件的经办人（{checker}）。", "请由另一位同志核查，经办人可以同行。")
    events = attempt.tx.events_since("prompt", attempt.row.prompt_id, 0)
    unit = {event.actor_name for event in events if event.action == "reply"}
    if unit & set(names):
        raise UserError(f"{'、'.join(sorted(unit & set(names)))}代单位回复过，不能参加现场核查。", "请改派他人。")


def _handler_still(attempt: Attempt) -> None:
    """Who handles the warning may take its rule's warnings at all (a town only those of its own)."""
    own = select(warning.c.rule_id).where(warning.c.warning_id == attempt.row.warning_id)
    rule = attempt.tx.connection.execute(own).scalar_one()
    if not attempt.viewer.may_record_on(rule):
        raise UserError("您的岗位不办理这条提示。", "由派驻机构、县级纪委监委或监督室办理。")


def _both(*checks: Callable[[Attempt], None]) -> Callable[[Attempt], None]:
    def check(attempt: Attempt) -> None:
        for one in checks:
            one(attempt)

    return check


def _within(of: str) -> Callable[[Mapping[str, Any]], int]:
    return lambda _: limit(of)


def _photos(endings: tuple[str, ...], label: str) -> tuple[Field, ...]:
    """Photos are taken one by one, a field each; more of them come as a zip."""
    told = f"{'、'.join(endings)}；手机拍的照片可以逐张选。"
    names = (FILE, "photo_2", "photo_3")
    return tuple(
        Field(name, f"{label} {number}" if number > 1 else label, "file", help=told, endings=endings)
        for number, name in enumerate(names, start=1)
    )


_RUNNING = frozenset({ASKED, RETURNED, REPLIED, VISITING, VISITED})

PROMPT = workflow(
    "prompt",
    NAME,
    Step(
        "reply", "回复", "reply", frozenset({ASKED, RETURNED}), REPLIED,
        (
            Field("found", "核实结果", "choice", required=True, choices=FOUND),
            Field("verified", "核实了什么", "choices", required=True, own_words=True, told="核实了",
                  missing=("请至少选择一项核实内容。", "例如：调阅案卷、询问当事人、现场查看。")),
            words("核实情况", required=True, missing=("请写明核实的情况。", "")),
            Field("measures", "已采取或拟采取的措施", "words", told="措施"),
            *_photos(PAPERS, "照片或材料"),
        ),
        limit=_within("accept"),
    ),
    Step(
        "accept", "采纳", "record", frozenset({REPLIED}), ACCEPTED, (words("采纳意见"),), check=_handler_still,
        limit=_within("close"),
    ),
    Step(
        "send_back", "退回重报", "record", frozenset({REPLIED, VISITED}), RETURNED,
        (words("退回理由", required=True),), check=_handler_still, limit=_within("return"),
        tells=frozenset({REPLIED, VISITED}),
    ),
    Step(
        "visit", "现场核查", "record", frozenset({ASKED, RETURNED, REPLIED}), VISITING,
        (
            Field("checker", "核查人", "text", required=True, help="不能是本件的经办人。"),
            Field("companion", "同行人", "text", required=True, help="现场核查须两人同行。"),
            words("核查安排"),
        ),
        check=_both(_handler_still, _two_people), limit=_within("visit"), inside=True,
    ),
    Step(
        "visited", "记录现场核查", "record", frozenset({VISITING}), VISITED,
        (
            Field("visited_on", "核查日期", "day", required=True),
            Field("agrees", "与单位回复", "choice", required=True, choices=AGREES),
            words("现场核查情况", required=True, missing=("请写明现场看到了什么。", "")),
            *_photos(PAPERS, "现场照片"),
        ),
        check=_handler_still, limit=_within("close"), inside=True,
    ),
    Step("close", "办结", "record", frozenset({ACCEPTED, VISITED}), CLOSED, (words("办结意见"),), check=_handler_still),
    Step(
        "withdraw", "撤回", "record", _RUNNING, WITHDRAWN, (words("撤回理由", required=True),), check=_handler_still,
        free=True,
    ),
    extension("record", frozenset({ASKED, RETURNED, VISITING})),
    application("reply", frozenset({ASKED, RETURNED})),
    refusal("record", frozenset({ASKED, RETURNED})),
    pause("record", frozenset({ASKED, RETURNED, VISITING})),
    resume("record", frozenset({ASKED, RETURNED, VISITING})),
    assignment(_RUNNING | {ACCEPTED}),
    replace(reminder(_RUNNING | {ACCEPTED}), tells=frozenset({ASKED, RETURNED})),
    usual={
        ASKED: "reply",
        RETURNED: "reply",
        REPLIED: "accept",
        ACCEPTED: "close",
        VISITING: "visited",
        VISITED: "close",
    },
)  # fmt: skip
