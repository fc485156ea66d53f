"""What becomes of an exemplar: nominated, redacted, reviewed with the legal office and others, voted on, put into an
edition; and of an edition. Nothing is published in which the check finds anything left."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lib.casework import serial
from lib.casework.exemplars.check import refuse, remaining
from lib.casework.exemplars.known import known_now
from lib.casework.exemplars.leftovers import Known
from lib.casework.exemplars.states import (
    CHOSEN,
    DROPPED,
    EDITING,
    INCLUDED,
    NOMINATED,
    NOT_CHOSEN,
    POLARITIES,
    PUBLISHED,
    REDACTED,
    REVIEWED,
    WITHDRAWN,
)
from lib.casework.steps import Attempt, Field, Step, words, workflow
from lib.casework.store.chain import Event, moment_after
from lib.casework.store.schema import metadata
from lib.casework.store.transaction import Transaction
from lib.errors import UserError

BODY, COMMENT, CLEARED, HEADING = "body", "comment", "cleared", "heading"
FOR, AGAINST, ABSTAINED = "for_cnt", "against_cnt", "abstained_cnt"
EXEMPLARS, ENTRIES = "exemplars", "entries"
# Fewer do not vote.
VOTERS = 3
_TITLES = {HEADING: "标题", BODY: "案情", COMMENT: "点评"}


def texts_of(payload: dict[str, Any]) -> dict[str, str]:
    """What a redacted exemplar says, by what the parts are called."""
    return {title: str(payload[name]) for name, title in _TITLES.items()}


def _redacted(attempt: Attempt) -> None:
    known = known_now(attempt.tx.connection, dict(attempt.row._mapping))
    refuse(remaining(texts_of(attempt.payload), known, attempt.payload[CLEARED]))


def _by_another(attempt: Attempt) -> None:
    found = attempt.tx.latest("exemplar", attempt.row.exemplar_id, "redact")
    if found is not None and found.actor_id == attempt.viewer.person_id:
        raise UserError("脱敏的人不能会审自己写的案例。", "请由另一位有权限的人员记录会审。")


def _voted(attempt: Attempt) -> None:
    votes = sum(attempt.payload[name] for name in (FOR, AGAINST, ABSTAINED))
    if votes < VOTERS:
        raise UserError(f"表决的只有 {votes} 人。", f"至少 {VOTERS} 人表决，请核对票数。")


def _outcome(attempt: Attempt) -> str:
    votes = {name: int(attempt.payload[name]) for name in (FOR, AGAINST, ABSTAINED)}
    return CHOSEN if 2 * votes[FOR] > sum(votes.values()) else NOT_CHOSEN


NOMINATE = Step(
    "nominate",
    "推荐",
    "nominate",
    frozenset(),
    NOMINATED,
    (
        Field("title", "案例", "text", required=True, help="内部用的名称；公开的标题在脱敏时另写。"),
        Field("polarity", "正面还是反面", "choice", required=True, choices=POLARITIES),
        words("推荐理由", required=True, missing=("请写明为什么典型。", "")),
    ),
)

EXEMPLAR = workflow(
    "exemplar",
    "典型案例",
    Step(
        "redact",
        "脱敏",
        "redact",
        frozenset({NOMINATED, REDACTED}),
        REDACTED,
        (
            Field(HEADING, "标题", "text", required=True),
            Field(BODY, "案情", "words", required=True, missing=("请写明案情。", "")),
            Field(COMMENT, "点评", "words", required=True, missing=("请写明这个案例说明什么。", "")),
            Field(
                CLEARED,
                "误报放行",
                "choices",
                own_words=True,
                help="核对误报的姓名、地名、企业名：写「片段：理由」，一条一个；号码和本案的信息不能放行。",
                told="误报放行",
            ),
            words(),
        ),
        check=_redacted,
    ),
    Step(
        "review",
        "会审",
        "review",
        frozenset({REDACTED}),
        REVIEWED,
        (
            Field("jury", "参加会审的单位", "text", required=True, help="司法局、主管部门等。"),
            words("会审意见", required=True, missing=("请填写会审意见。", "")),
        ),
        check=_by_another,
        another=True,
    ),
    Step(
        "vote",
        "表决",
        "vote",
        frozenset({REVIEWED}),
        None,
        (
            Field(FOR, "同意", "number", told="同意"),
            Field(AGAINST, "反对", "number", told="反对"),
            Field(ABSTAINED, "弃权", "number", told="弃权"),
            words(),
        ),
        check=_voted,
        to=_outcome,
    ),
    Step("send_back", "退回修改", "review", frozenset({REDACTED, REVIEWED}), NOMINATED,
         (words("需要修改什么", required=True),)),
    Step("withdraw", "撤回", "redact", frozenset({NOMINATED, REDACTED, REVIEWED, CHOSEN}), WITHDRAWN,
         (words("撤回理由", required=True),)),
    opening=NOMINATE,
    usual={NOMINATED: "redact", REDACTED: "review", REVIEWED: "vote"},
)  # fmt: skip


def chosen_of(tx: Transaction, edition_id: str) -> list[str]:
    """The exemplars of an edition in their order, as last put together."""
    found = [event for event in tx.events_since("edition", edition_id, 0) if event.payload.get(EXEMPLARS)]
    return list(found[-1].payload[EXEMPLARS]) if found else []


def fault_of(tx: Transaction, exemplars: list[str]) -> UserError | None:
    """Why these make no edition; None when each of them was chosen and stands in it once."""
    if len(set(exemplars)) != len(exemplars):
        return UserError("同一个案例选了两次。", "请去掉重复的案例。")
    for one in exemplars:
        last = tx.last_event("exemplar", one)
        if last is None or last.to_state != CHOSEN:
            return UserError("有案例不是「已通过」，不能入编。", "只有表决通过、还没有入编的案例可以选。")
    return None


def _row(tx: Transaction, exemplar_id: str) -> Mapping[str, Any]:
    table = metadata.tables["exemplar"]
    found = tx.connection.execute(select(table).where(table.c.exemplar_id == exemplar_id)).one()
    return dict(found._mapping)


def _arranged(attempt: Attempt) -> None:
    fault = fault_of(attempt.tx, attempt.payload[EXEMPLARS])
    if fault is not None:
        raise fault


def _published(attempt: Attempt) -> None:
    """Numbered, by somebody else than its editor, with the texts as they are now: each checked once more."""
    tx, edition_id = attempt.tx, attempt.row.edition_id
    every = tx.events_since("edition", edition_id, 0)
    if any(one.actor_id == attempt.viewer.person_id and one.action in ("compile", "arrange") for one in every):
        raise UserError("编辑人不能发布自己编的汇编。", "请由另一位有权限的人员发布。")
    exemplars = chosen_of(tx, edition_id)
    fault = fault_of(tx, exemplars)
    if fault is not None:
        raise fault
    entries = []
    left = remaining({"书名": attempt.row.title, "前言": every[0].text}, Known())
    for place, one in enumerate(exemplars, 1):
        row, written = _row(tx, one), tx.latest("exemplar", one, "redact")
        if written is None:
            raise UserError("有案例没有脱敏稿。", "请先脱敏、会审、表决。")
        known = known_now(tx.connection, row)
        found = remaining(texts_of(written.payload), known, written.payload[CLEARED])
        left += [(f"案例 {place} 的{name}", each) for name, each in found]
        told = {name: written.payload[name] for name in (HEADING, BODY, COMMENT)}
        about = {name: row[name] for name in ("polarity", "item_code", "rule_id", "domain_code")}
        entries.append({"exemplar_id": one, **told, **about})
    refuse(left)
    year = attempt.at.year
    attempt.payload[serial.SERIAL] = {"kind": "edition", "year": year, "number": serial.following(tx, "edition", year)}
    attempt.payload[ENTRIES] = entries


def _include(attempt: Attempt, event: Event) -> None:
    tx = attempt.tx
    serial.keep(tx, event.payload[serial.SERIAL], attempt.row.edition_id)
    for one in event.payload[ENTRIES]:
        last = tx.last_event("exemplar", one["exemplar_id"])
        assert last is not None
        at, said = moment_after(attempt.at, last), {"edition": attempt.row.edition_id}
        tx.append(attempt.viewer, at, "exemplar", last.object_id, "include", CHOSEN, INCLUDED, "", said)


_EXEMPLARS = Field(
    EXEMPLARS,
    "案例",
    "choices",
    required=True,
    help="按选入的先后排列。",
    missing=("请至少选一个案例。", ""),
    told="案例",
)
COMPILE = Step(
    "compile",
    "编辑",
    "compile",
    frozenset(),
    EDITING,
    (
        Field("title", "书名", "text", required=True),
        _EXEMPLARS,
        words("前言", required=True, missing=("请写前言。", "")),
    ),
)
EDITION = workflow(
    "edition",
    "典型案例汇编",
    Step("arrange", "调整案例", "compile", frozenset({EDITING}), None, (_EXEMPLARS, words()), check=_arranged),
    Step("publish", "发布", "publish", frozenset({EDITING}), PUBLISHED, (words("发布意见"),), check=_published,
         effect=_include, another=True),
    Step("drop", "作废", "compile", frozenset({EDITING}), DROPPED, (words("作废理由", required=True),)),
    opening=COMPILE,
    usual={EDITING: "publish"},
)  # fmt: skip
