"""What becomes of a supervision notice: drafted, reviewed, signed, delivered, answered by the unit, re-checked, closed.

Who drafted or revised one neither reviews nor signs it. The unit sees it from delivery on, without the steps before.
Workdays, one extension and escalation: data/deadlines.yaml (A).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lib.access import Viewer
from lib.access.masking import mask_free_text
from lib.casework import serial
from lib.casework.clock import EXTEND, application, assignment, extension, pause, refusal, reminder, resume
from lib.casework.deadlines import settings
from lib.casework.notices.states import (
    ANSWERED,
    BEFORE_DELIVERY,
    CLOSED,
    DELIVERED,
    DRAFTED,
    NOTICE_NAME,
    RECHECKED,
    RECHECKS,
    RECTIFYING,
    RETURNED,
    REVIEWED,
    SIGNED,
    URGENCIES,
    WAYS,
    WITH_UNIT,
    WITHDRAWN,
)
from lib.casework.steps import FILE, WORKDAYS, Attempt, Field, Step, words, workflow
from lib.casework.store.chain import Event
from lib.errors import UserError

# Within how many workdays of delivery the unit answers; it stands in the notice itself.
DAYS = "days"


def workdays(complex_matter: bool) -> int:
    """Within how many workdays of its delivery a notice is answered."""
    limits = settings()["notice"]
    return int(limits["complex_workdays" if complex_matter else "workdays"])


def _within(name: str) -> Callable[[Mapping[str, Any]], int]:
    return lambda _: int(settings()["notice"][f"{name}_workdays"])


def group_of(viewer: Viewer) -> str:
    """The group a person works in: those with the same places and domains before them."""
    return f"{viewer.area_code or ''}|{','.join(sorted(viewer.domains or ()))}"


def hidden(given: Mapping[str, Any]) -> UserError | None:
    """Why a content cannot stand in a notice, None when it can: what would be starred wherever it is shown.

    A telephone number has its place in `contact`.
    """
    for one in CONTENT:
        held = given.get(one.name)
        if one.name != "contact" and mask_free_text(held) != held:
            return UserError(
                f"{one.label}里有证件号、电话、车牌或门牌号一类的个人信息。",
                "通知书不写个人信息：请删去，或改写案件文号；电话写在联系人及电话一栏。",
            )
    return None


CONTENT = (
    Field("title", "标题", "text", required=True, missing=("请用一句话写明事项。", "例如：关于罚没款未及时缴库问题")),
    Field("org_id", "主送单位", "choice", required=True, missing=("请选择主送单位。", "")),
    Field("urgency", "紧急程度", "choice", choices=URGENCIES, help="一般的不选。"),
    Field("complex", "复杂事项", "flag", help="复杂事项的整改期限较长，见下。"),
    Field("facts", "事实", "words", required=True, missing=("请写明查明的事实。", "")),
    Field("basis", "依据", "words", required=True, missing=("请写明法律、制度依据。", "")),
    Field("requirement", "整改要求", "words", required=True, missing=("请写明整改要求。", "")),
    Field("feedback", "反馈形式", "text", required=True, missing=("请写明以什么形式反馈。", "")),
    Field("contact", "联系人及电话", "text", required=True, missing=("请写明联系人及电话。", "")),
    Field("annex", "附件说明", "text"),
    Field("copies", "抄送机关", "text"),
)  # fmt: skip

DRAFT = Step(
    "draft", "拟稿", "draft", frozenset(), DRAFTED, CONTENT, limit=_within("review"), inside=True
)  # fmt: skip


def _authors(attempt: Attempt) -> set[str]:
    events = attempt.tx.events_since("notice", attempt.row.notice_id, 0)
    return {event.actor_id for event in events if event.action in (DRAFT.action, "revise")}


def _by_another(attempt: Attempt) -> None:
    if attempt.viewer.person_id in _authors(attempt):
        raise UserError(f"拟稿人不能{attempt.step.name}自己拟的{NOTICE_NAME}。", "请由另一位有权限的人员办理。")


def _revised(attempt: Attempt) -> None:
    refusal = hidden(attempt.payload)
    if refusal is not None:
        raise refusal
    attempt.payload[DAYS] = workdays(attempt.payload["complex"])
    attempt.payload["org_id"] = attempt.row.org_id


def content(attempt: Attempt) -> dict[str, Any]:
    """What the notice says, as it was last written."""
    revised = attempt.tx.latest("notice", attempt.row.notice_id, "revise")
    return attempt.row._asdict() | ({} if revised is None else revised.payload)


def _numbered(attempt: Attempt) -> None:
    _by_another(attempt)
    number = serial.following(attempt.tx, "notice", attempt.at.year)
    attempt.payload[serial.SERIAL] = {"kind": "notice", "year": attempt.at.year, "number": number}


def _keep_number(attempt: Attempt, event: Event) -> None:
    serial.keep(attempt.tx, event.payload[serial.SERIAL], attempt.row.notice_id)


def _delivered(attempt: Attempt) -> None:
    attempt.payload[WORKDAYS] = content(attempt)[DAYS]


def _by_those_who_may_recheck(attempt: Attempt) -> None:
    """Whoever reviews notices, or is of the group that drafted this one; never somebody of the unit."""
    viewer, row = attempt.viewer, attempt.row
    if viewer.org_id == row.org_id or not (viewer.may("review", "notice") or group_of(viewer) == row.group_key):
        raise UserError("整改情况由监督室或拟稿的单位复核。", "请转告拟稿人或监督室办理。")


def _once(step: Step) -> Step:
    """The step, as long as the notice has never been given more time."""
    able = step.check
    assert able is not None

    def check(attempt: Attempt) -> None:
        _never_extended(attempt)
        able(attempt)

    return replace(step, check=check)


def _never_extended(attempt: Attempt) -> None:
    if attempt.tx.latest("notice", attempt.row.notice_id, EXTEND) is not None:
        raise UserError(f"这份{NOTICE_NAME}已经延期一次，不能再延。", "请按期反馈，或在复核时退回整改。")


def _own(attempt: Attempt) -> None:
    if attempt.viewer.person_id not in _authors(attempt) and not attempt.viewer.may("review", "notice"):
        raise UserError(f"{NOTICE_NAME}由拟稿人或审核人撤回。", "请转告拟稿人。")


_NOTE = (words("备注"),)
_FILE = Field(FILE, "附件", "file", help="整改报告、照片、回单等，一个文件；多个请打包。")

_USUAL = {
    DRAFTED: "review", RETURNED: "revise", REVIEWED: "sign", SIGNED: "deliver", DELIVERED: "receipt",
    RECTIFYING: "feed_back", ANSWERED: "recheck", RECHECKED: "close",
}  # fmt: skip

NOTICE = workflow(
    "notice",
    NOTICE_NAME,
    Step("review", "审核", "review", frozenset({DRAFTED}), REVIEWED, (words("审核意见"),), check=_by_another,
         limit=_within("sign"), inside=True, another=True),
    Step("return", "退回修改", "review", frozenset({DRAFTED, REVIEWED}), RETURNED,
         (words("需要修改什么", required=True),), limit=_within("revise"), inside=True),
    Step("revise", "修改", "draft", frozenset({DRAFTED, RETURNED}), DRAFTED,
         tuple(one for one in CONTENT if one.name != "org_id"), check=_revised, limit=_within("review"), inside=True),
    # The number is given with the signature, in the transaction that records it.
    Step("sign", "签发", "sign", frozenset({REVIEWED}), SIGNED, (words("签发意见"),), check=_numbered,
         effect=_keep_number, limit=_within("deliver"), inside=True, another=True),
    Step("refuse", "退回", "sign", frozenset({REVIEWED}), RETURNED, (words("需要修改什么", required=True),),
         limit=_within("revise"), inside=True),
    Step("deliver", "送达", "deliver", frozenset({SIGNED}), DELIVERED,
         (Field("by", "送达方式", "choice", required=True, choices=WAYS), *_NOTE), check=_delivered,
         tells=frozenset({SIGNED})),
    Step("withdraw", "撤回", "draft", BEFORE_DELIVERY, WITHDRAWN, (words("撤回理由", required=True),), check=_own,
         inside=True, free=True),
    # The unit confirms that it has it; its time goes on.
    Step("receipt", "回执", "reply", frozenset({DELIVERED}), RECTIFYING,
         (Field("received_by", "签收人", "text", required=True), *_NOTE), runs_on=True),
    Step("rectify", "整改进展", "reply", frozenset({RECTIFYING}),
         fields=(words("采取了什么措施", required=True), _FILE)),
    Step("feed_back", "反馈", "reply", frozenset({RECTIFYING}), ANSWERED,
         (words("整改结果", required=True), _FILE), limit=_within("recheck")),
    Step("recheck", "复核", "recheck", frozenset({ANSWERED}), RECHECKED,
         (Field("how", "复核方式", "choice", required=True, choices=RECHECKS), words("复核意见", required=True), _FILE),
         check=_by_those_who_may_recheck, limit=_within("close")),
    Step("send_back", "退回整改", "recheck", frozenset({ANSWERED}), RECTIFYING,
         (words("哪里没有整改到位", required=True),), check=_by_those_who_may_recheck, limit=_within("again"),
         tells=frozenset({ANSWERED})),
    Step("close", "销号", "review", frozenset({RECHECKED}), CLOSED, _NOTE),
    _once(extension("extend", WITH_UNIT)),
    _once(application("reply", WITH_UNIT)),
    refusal("extend", WITH_UNIT),
    pause("extend", WITH_UNIT),
    resume("extend", WITH_UNIT),
    assignment(frozenset(_USUAL), ("draft",)),
    replace(reminder(frozenset(_USUAL)), tells=WITH_UNIT),
    opening=DRAFT,
    usual=_USUAL,
)  # fmt: skip
