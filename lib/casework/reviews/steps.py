"""What becomes of a look-back (回头看), of a file that was drawn for it, and of a sheet on which somebody scores one.

A look-back is planned, drawn, given to reviewers, gathered, adjudicated where two sheets differ, reported, told to the
units and archived. Nobody sees a sheet of somebody else before both of a file are handed in; whoever scored a file does
not adjudicate it, and whoever handled it, or is tied to its party, does neither. What a unit objects to is answered, by
none of those either: the result stands or is corrected.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Table, select

from lib.access import SYSTEM
from lib.casework import outbox
from lib.casework.clock import assignment, extension, pause, reminder, resume
from lib.casework.deadlines import settings
from lib.casework.reviews.scoring import TYPES, differ, marks, settled, sheets
from lib.casework.reviews.states import (
    ADJUDICATING,
    ANSWERED,
    ARCHIVED,
    DECIDED,
    DIFFERING,
    DISPUTED,
    DRAFTED,
    DRAWN,
    GIVEN,
    HANDED_IN,
    OPEN_STATES,
    RECUSED,
    REPORTED,
    REVIEWING,
    SENT,
    SET_ASIDE,
    SETTLED,
    STRATA,
    TOLD,
    VOID,
    WAITING,
    WITHDRAWN,
)
from lib.casework.steps import WORKDAYS, Attempt, Field, Step, Submission, words, workflow
from lib.casework.store.chain import Event, moment_after
from lib.casework.store.schema import metadata
from lib.casework.store.transaction import Transaction
from lib.errors import UserError

LOOKBACK_NAME, CASE_NAME, SHEET_NAME, RESULT_NAME = "回头看", "评查件", "评分表", "评查件结果"
DEDUCTIONS, SCORE, GRADE, NOTED = "deductions", "score", "grade", "noted"
AGREED, DISAGREED = "认可", "有异议"
# What the office says to an objection.
ANSWER, UPHELD, CORRECTED = "answer", "维持", "更正"
# The events by which a file is drawn, settled by its sheets, told to its unit; a sheet is given out, taken back.
TAKE_IN, COMPARE, TELL, GIVE, VOIDED = "take_in", "compare", "tell", "give", "void"
DRAW = "draw"
ASSIGN_SHEETS = "give_out"


def limit(of: str) -> int:
    """Within how many workdays, as data/deadlines.yaml has it under lookback."""
    found: int = settings()["lookback"][f"{of}_workdays"]
    return found


def _within(of: str) -> Callable[[Mapping[str, Any]], int]:
    return lambda _: limit(of)


def _table(name: str) -> Table:
    return metadata.tables[name]


def files_of(tx: Transaction, lookback_id: str) -> list[Row]:
    """The files that were drawn for a look-back."""
    table = _table("review_case")
    tx.flush()
    return list(
        tx.connection.execute(
            select(table).where(table.c.lookback_id == lookback_id).order_by(table.c.review_case_id)
        ).all()
    )


def sheets_of(tx: Transaction, review_case_id: str) -> list[tuple[Row, Event]]:
    """The sheets of a drawn file that count, each with its newest event: those that were not given back."""
    table = _table("review_sheet")
    tx.flush()
    rows = tx.connection.execute(
        select(table).where(table.c.review_case_id == review_case_id).order_by(table.c.slot, table.c.sheet_id)
    ).all()
    found = []
    for row in rows:
        last = tx.last_event("review_sheet", row.sheet_id)
        if last is not None and last.to_state in (GIVEN, HANDED_IN):
            found.append((row, last))
    return found


def state_of(tx: Transaction, review_case_id: str) -> str:
    """Where a drawn file stands."""
    last = tx.last_event("review_case", review_case_id)
    return "" if last is None else str(last.to_state)


def files_in(tx: Transaction, lookback_id: str, state: str) -> list[Row]:
    """The files that were drawn for a look-back and stand there."""
    return [one for one in files_of(tx, lookback_id) if state_of(tx, one.review_case_id) == state]


def ready(tx: Transaction, lookback_id: str, states: Collection[str], sent: Submission) -> Event | None:
    """The newest event of a look-back, when what a step is about may be made before it is taken: the look-back stands
    where the step begins, nothing happened since the form was shown, and it was not sent before."""
    last = tx.last_event("lookback", lookback_id)
    if last is None or last.to_state not in states or tx.submitted(sent.submission_id) is not None:
        return None
    return None if sent.expected_seq is not None and sent.expected_seq < last.seq else last


# Of a look-back.


def _was_drawn(attempt: Attempt) -> None:
    files = files_of(attempt.tx, attempt.row.lookback_id)
    if not files:
        raise UserError("还没有抽出案件。", "请在本页点「抽样」，由系统按设定抽取。")
    attempt.payload |= {"generation": files[0].generation, "drawn": len(files)}


def wanted_sheets(file: Row) -> int:
    """How many people score a file: two, or one where only a share is scored twice."""
    return 2 if file.is_double else 1


def _was_given(attempt: Attempt) -> None:
    tx = attempt.tx
    for file in files_in(tx, attempt.row.lookback_id, WAITING):
        if len(sheets_of(tx, file.review_case_id)) < wanted_sheets(file):
            raise UserError("还有评查件没有人评。", "请在本页点「分派」，由系统分给没有办过、不须回避的人。")


def _all_in(attempt: Attempt) -> None:
    waiting = files_in(attempt.tx, attempt.row.lookback_id, WAITING)
    if waiting:
        raise UserError(f"还有 {len(waiting)} 件没有评完。", "请等评查人交齐，或把调不到案卷的记为无法评查。")


def _all_settled(attempt: Attempt) -> None:
    tx = attempt.tx
    states = [state_of(tx, one.review_case_id) for one in files_of(tx, attempt.row.lookback_id)]
    left = states.count(DIFFERING)
    if left:
        raise UserError(f"还有 {left} 件等待裁决。", "请先由没有评过的第三人裁决。")
    if SETTLED not in states:
        raise UserError("没有一件评出结果，不能报告。", "请撤回后重新抽样。")


def _all_answered(attempt: Attempt) -> None:
    left = files_in(attempt.tx, attempt.row.lookback_id, SENT)
    if left:
        raise UserError(f"还有 {len(left)} 件单位没有回复。", "请催办；都回复后归档。")
    left = files_in(attempt.tx, attempt.row.lookback_id, DISPUTED)
    if left:
        raise UserError(f"还有 {len(left)} 件单位有异议，没有答复。", "请由没有评过、没有裁决的人答复后归档。")


def _tell_units(attempt: Attempt, told: Event) -> None:
    """Each file's result goes to its unit; a unit gets one message however many files are its own."""
    tx, heard = attempt.tx, set()
    for file in files_of(tx, attempt.row.lookback_id):
        last = tx.last_event("review_case", file.review_case_id)
        if last is None or last.to_state != SETTLED:
            continue
        payload: dict[str, Any] = {WORKDAYS: limit("reply")}
        if file.org_id is not None and file.org_id not in heard:
            heard.add(file.org_id)
            payload["message"] = outbox.message(file.org_id, RESULT_NAME)
        event = tx.append(
            attempt.viewer,
            moment_after(told.at, last),
            "review_case",
            file.review_case_id,
            TELL,
            SETTLED,
            SENT,
            "",
            payload,
        )
        if "message" in payload:
            outbox.post(tx, event)


PLAN = Step(
    "plan",
    "拟定",
    "draw",
    frozenset(),
    DRAFTED,
    (
        Field("title", "名称", "text", required=True, missing=("请写明这次回头看什么。", "")),
        Field("review_type", "方式", "choice", required=True, choices=TYPES),
        Field("from_day", "结案自", "day", required=True, missing=("请选择结案时段的起始日。", "")),
        Field("to_day", "结案至", "day", required=True, missing=("请选择结案时段的截止日。", "")),
        Field("area_code", "区域", "choice", help="不选的，为本人权限范围内的全部。"),
        Field("domain_code", "领域", "choice", help="不选的，为本人权限范围内的全部。"),
        Field("by", "分层", "choices", choices=tuple(STRATA), told="分层", help="每一层都会抽到，至少 2 件。"),
        Field("error", "允许误差（百分点）", "number", required=True, help="优良率的估计上下至多差多少。"),
        Field("expected", "预估优良率（%）", "number", required=True, help="没有把握的填 50，抽得最多。"),
        Field("double_share", "双评比例（%）", "number", required=True, help="两人各评一遍的占多少；其余一人评。"),
        Field("seed", "抽样种子", "number", help="公开抽签得到的数；不填的由系统给出。同一种子抽到同样的案件。"),
        words("目的和要求"),
    ),
    limit=_within("draw"),
)

LOOKBACK = workflow(
    "lookback",
    LOOKBACK_NAME,
    Step(DRAW, "抽样", "draw", frozenset({DRAFTED}), DRAWN, (words("说明"),), check=_was_drawn, limit=_within("give")),
    Step(
        ASSIGN_SHEETS, "分派", "draw", frozenset({DRAWN, REVIEWING}), REVIEWING,
        (Field("people", "评查人", "choices", required=True, people=True,
               missing=("请选择评查人。", "双评须至少两人。")), words("评查要求")),
        check=_was_given, limit=_within("score"),
    ),
    Step("gather", "收齐汇总", "draw", frozenset({REVIEWING}), ADJUDICATING, (words("说明"),), check=_all_in,
         limit=_within("report")),
    Step("report", "报告", "draw", frozenset({ADJUDICATING}), REPORTED,
         (words("结论和建议", required=True, missing=("请写明结论和建议。", "")),), check=_all_settled,
         limit=_within("tell")),
    Step("tell", "反馈单位", "draw", frozenset({REPORTED}), TOLD, (words("反馈要求"),), effect=_tell_units,
         limit=_within("archive")),
    Step("archive", "归档", "draw", frozenset({TOLD}), ARCHIVED, (words("说明"),), check=_all_answered),
    # Before anybody has scored: another draw cannot be had by taking back one whose results one does not like.
    Step(
        "withdraw", "撤回", "draw", frozenset({DRAFTED, DRAWN}), WITHDRAWN, (words("撤回理由", required=True),),
        free=True,
    ),
    extension("draw", OPEN_STATES),
    pause("draw", OPEN_STATES),
    resume("draw", OPEN_STATES),
    assignment(OPEN_STATES, ("draw",)),
    reminder(OPEN_STATES),
    opening=PLAN,
    usual={DRAFTED: DRAW, DRAWN: ASSIGN_SHEETS, REVIEWING: "gather", ADJUDICATING: "report", REPORTED: "tell",
           TOLD: "archive"},
)  # fmt: skip


# Of a drawn file.


def barred(row: Row) -> frozenset[str]:
    """The numbers of the officers who may not judge a drawn file."""
    return frozenset(one for one in (row.barred or "").split(",") if one)


def _with_marks(attempt: Attempt) -> None:
    made = marks(sheets()[attempt.row.review_type], attempt.payload[DEDUCTIONS])
    attempt.payload |= {SCORE: made.score, GRADE: made.grade}


def judged_by(tx: Transaction, review_case_id: str) -> set[str]:
    """Who made the result of a drawn file: whoever scored it, whoever settled it."""
    settled = tx.latest("review_case", review_case_id, "adjudicate")
    return {sheet.reviewer_id for sheet, _ in sheets_of(tx, review_case_id)} | (
        set() if settled is None else {settled.actor_id}
    )


def found_in(tx: Transaction, review_case_id: str) -> list[str]:
    """The deductions of a drawn file as it stands."""
    events = tx.events_since("review_case", review_case_id, 0)
    return next((list(one.payload[DEDUCTIONS]) for one in reversed(events) if DEDUCTIONS in one.payload), [])


def _apart(attempt: Attempt, does: str, who: str = "其他人") -> None:
    row, viewer = attempt.row, attempt.viewer
    if viewer.person_id in judged_by(attempt.tx, row.review_case_id):
        raise UserError(f"评过、裁决过这一件的人不能{does}。", f"请由{who}{does}。")
    if viewer.officer_id in barred(row):
        raise UserError("您办理过这件案件，或与当事人有登记的关系，应当回避。", f"请由其他人{does}。")


def _by_a_third(attempt: Attempt) -> None:
    _apart(attempt, "裁决", "第三人")
    _with_marks(attempt)
    attempt.payload[NOTED] = []


def _objects(attempt: Attempt) -> bool:
    return bool(attempt.payload["stand"] == DISAGREED)


def _to_be_answered(attempt: Attempt) -> None:
    if _objects(attempt):
        attempt.payload[WORKDAYS] = limit(ANSWER)


def _after_reply(attempt: Attempt) -> str:
    return DISPUTED if _objects(attempt) else ANSWERED


def _corrects(given: Mapping[str, Any]) -> bool:
    return given.get(ANSWER) == CORRECTED


def _answered(attempt: Attempt) -> None:
    """An answer that corrects carries the new marks, one that upholds none."""
    _apart(attempt, "答复异议")
    if not _corrects(attempt.payload):
        del attempt.payload[DEDUCTIONS]
        return
    if set(found_in(attempt.tx, attempt.row.review_case_id)) == set(attempt.payload[DEDUCTIONS]):
        raise UserError("扣分项与原来的评定相同，没有更正什么。", f"请修改扣分项，或选「{UPHELD}」。")
    _with_marks(attempt)
    attempt.payload[NOTED] = []


def _void_sheets(attempt: Attempt, event: Event) -> None:
    for sheet, last in sheets_of(attempt.tx, attempt.row.review_case_id):
        if last.to_state == GIVEN:
            at = moment_after(event.at, last)
            attempt.tx.append(attempt.viewer, at, "review_sheet", sheet.sheet_id, VOIDED, GIVEN, VOID, "案卷无法评查。")


_ITEMS = {name: item for sheet in sheets().values() for name, item in sheet.items.items()}
# Of the sheet of each type the form offers its own.
_FOUND = Field(
    DEDUCTIONS,
    "扣分项",
    "choices",
    choices=tuple(_ITEMS),
    help="没有扣分的不选。",
    called=lambda item: _ITEMS[item].words if item in _ITEMS else item,
)
_OPINION = words("评查意见", required=True, missing=("请写明评查意见。", "没有问题的，写明看了什么。"))

REVIEW_CASE = workflow(
    "review_case",
    CASE_NAME,
    Step(
        "adjudicate", "裁决", "adjudicate", frozenset({DIFFERING}), SETTLED,
        (_FOUND, words("裁决意见", required=True)),
        check=_by_a_third,
    ),
    Step("set_aside", "无法评查", "draw", frozenset({WAITING, DIFFERING}), SET_ASIDE,
         (words("为什么评不了", required=True),), effect=_void_sheets, inside=True),
    Step(
        "reply", "回复", "reply", frozenset({SENT}), ANSWERED,
        (Field("stand", "是否认可", "choice", required=True, choices=(AGREED, DISAGREED)),
         words("整改或申辩情况", required=True)),
        check=_to_be_answered, to=_after_reply,
    ),
    Step(
        ANSWER, "答复异议", "review", frozenset({DISPUTED}), DECIDED,
        (Field(ANSWER, "答复", "choice", required=True, choices=(UPHELD, CORRECTED)),
         replace(_FOUND, when=_corrects, label="更正后的扣分项", told="扣分项"),
         words("理由", required=True, missing=("请写明维持或更正的理由。", "单位看得到这段文字。"))),
        check=_answered, tells=frozenset({DISPUTED}),
    ),
    usual={DIFFERING: "adjudicate", SENT: "reply", DISPUTED: ANSWER},
)  # fmt: skip


# Of a sheet.


def _file(tx: Transaction, review_case_id: str) -> Row:
    table = _table("review_case")
    return tx.connection.execute(select(table).where(table.c.review_case_id == review_case_id)).one()


def _not_void(attempt: Attempt) -> None:
    _with_marks(attempt)
    if attempt.viewer.officer_id is None:
        return
    if attempt.viewer.officer_id in barred(_file(attempt.tx, attempt.row.review_case_id)):
        raise UserError("您办理过这件案件，或与当事人有登记的关系，应当回避。", "请点「回避」退回，另由他人评查。")


def _compared(attempt: Attempt, handed_in: Event) -> None:
    """When the last of a file's sheets is in, what they come to, or that a third person has to settle it."""
    tx, number = attempt.tx, attempt.row.review_case_id
    held = sheets_of(tx, number)
    waits = any(last.to_state == GIVEN for _, last in held) or len(held) < wanted_sheets(_file(tx, number))
    if waits or state_of(tx, number) != WAITING:
        return
    given = [last.payload[DEDUCTIONS] for _, last in held]
    sheet = sheets()[attempt.row.review_type]
    apart = len(given) > 1 and differ(sheet, given[0], given[1])
    payload = {WORKDAYS: limit("adjudicate")} if apart else settled(sheet, given)
    last = tx.last_event("review_case", number)
    assert last is not None
    target = DIFFERING if apart else SETTLED
    tx.append(SYSTEM, moment_after(handed_in.at, last), "review_case", number, COMPARE, WAITING, target, "", payload)


REVIEW_SHEET = workflow(
    "review_sheet",
    SHEET_NAME,
    Step(
        "hand_in", "交评分表", "score", frozenset({GIVEN}), HANDED_IN,
        (_FOUND, _OPINION),
        check=_not_void, effect=_compared,
    ),
    Step("recuse", "回避", "score", frozenset({GIVEN}), RECUSED, (words("回避理由", required=True),)),
    usual={GIVEN: "hand_in"},
)  # fmt: skip
