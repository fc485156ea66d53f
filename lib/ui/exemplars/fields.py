"""The forms of exemplars and editions; under that of redacting, what is left, each in its place with why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.access.policy import policy
from lib.casework.drafts import UNREGISTERED
from lib.casework.exemplars.check import reasons
from lib.casework.exemplars.leftovers import Known, Leftover, leftovers
from lib.casework.exemplars.states import EDITING, ORIGINS
from lib.casework.exemplars.steps import CLEARED, COMPILE, EDITION, EXEMPLAR, EXEMPLARS, NOMINATE, texts_of
from lib.casework.exemplars.working import compile_edition, draft_of, known, nominate, publish, redact
from lib.casework.steps import Step
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.exemplars.draft import draft
from lib.insight.exemplars.source import begins
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.exemplars.listing import EDITION_KEY, EXEMPLAR_KEY
from lib.ui.kept import kept
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.state import Key, key
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.store import Warehouse

_AROUND, _MOST = 14, 30
_HINTS = {EXEMPLARS: "按编入的先后选", CLEARED: "写「片段：理由」按回车", "jury": "例如：市司法局、市综合行政执法局"}


@dataclass(frozen=True)
class _Redaction(Form):
    """The form of 脱敏, with what is left in what stands in it."""

    known: Known = field(default_factory=Known)

    def draw(self) -> None:
        """The form, and under it each place that is left."""
        super().draw()
        held = self._asked()[1]
        left_over(texts_of(held), self.known, list(held[CLEARED] or []))


def left_over(texts: dict[str, str], known: Known, cleared: list[str]) -> None:
    """Everything that the check finds in texts by their names, in its place, and why."""
    try:
        let = reasons(cleared)
    except UserError as error:
        message.problem(error)
        let = {}
    found = [(name, text, one) for name, text in texts.items() for one in leftovers(text, known)]
    left = [item for item in found if item[2].must_go or item[2].text.strip() not in let]
    let_stand = len(found) - len(left)
    with card("left-over"):
        if not left:
            told = f"，另有 {let_stand} 处写明理由放行" if let_stand else ""
            st.markdown(f"**脱敏核对：没有发现要改的内容{told}。**")
            st.caption("按本案的数据和常见写法核对；查不出的姓名仍须人工通读。")
            return
        st.markdown(f"**脱敏核对：还有 {len(left)} 处**")
        st.html("".join(_told(*item) for item in left[:_MOST]))
        if len(left) > _MOST:
            st.caption(f"只列出前 {_MOST} 处。")
        st.caption("号码和本案的当事人、单位、地点、文号必须改写；其余确属误报的，在「误报放行」写明理由。")


def _told(name: str, text: str, one: Leftover) -> str:
    """One place within the words around it, and why it is told."""
    before, after = text[max(0, one.start - _AROUND) : one.start], text[one.end : one.end + _AROUND]
    rule = "必须改写" if one.must_go else "可写明理由放行"
    told = f"{name}第 {one.start + 1} 字 · {one.kind} · {one.why} · {rule}"
    return (
        f'<div class="left-over">…{in_html(before)}<mark>{in_html(one.text)}</mark>{in_html(after)}…'
        f'<div class="told">{in_html(told)}</div></div>'
    )


@kept(64)
def _known(_register: Register, _warehouse: Warehouse, _viewer: Viewer, exemplar_id: str, state: Key) -> Known:
    return known(_register, _warehouse, _viewer, exemplar_id)


@kept(64)
def _draft(_register: Register, _warehouse: Warehouse, _viewer: Viewer, row: pd.Series, state: Key) -> dict:
    return draft(_register, _warehouse, _viewer, row)


def panel(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, events: pd.DataFrame) -> None:
    """What this viewer may do next with an exemplar."""
    state, exemplar_id = str(row["state"]), str(row["exemplar_id"])
    record = Record(register, warehouse, viewer, EXEMPLAR, exemplar_id, state, int(row["last_seq"]))
    steps = EXEMPLAR.possible(viewer, state)
    moves_on = bool(steps) and steps[0].action == EXEMPLAR.usual.get(state)

    def made(of: Record, step: Step) -> Form:
        if step.action != "redact":
            return Form(of, step, Wording(hints=_HINTS))
        where = key(register, warehouse, viewer)
        written = events.loc[events["action"].eq("redact"), "payload"]
        held = dict(written.iloc[-1]) if len(written) else _draft(register, warehouse, viewer, row, where)
        fields = {one.name for one in step.asked}
        says = {"": "案情由数据起草，已替换姓名、单位、地点和号码；请改写成可以公开的文字，逐处核对。"}
        wording = Wording(says=says, hints=_HINTS, begins={k: v for k, v in held.items() if k in fields})
        takes = partial(redact, register, warehouse, viewer, exemplar_id)
        return _Redaction(of, step, wording, takes=takes, known=_known(register, warehouse, viewer, exemplar_id, where))

    steps_panel(record, steps, "" if moves_on else _who_may(state), made, usual=moves_on)


def _who_may(state: str) -> str:
    action = EXEMPLAR.usual.get(state)
    if action is None:
        return f"这个案例{state}，没有待办的步骤。"
    step = EXEMPLAR.steps[action]
    return f"下一步是「{step.name}」，由{'、'.join(policy().holders(step.right, 'exemplar'))}办理。"


def edition_panel(
    register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, offered: dict[str, str], held: list[str]
) -> None:
    """What this viewer may do next with an edition; `offered` can be in it, `held` are."""
    state, edition_id = str(row["state"]), str(row["edition_id"])
    record = Record(register, warehouse, viewer, EDITION, edition_id, state, int(row["last_seq"]))
    steps = EDITION.possible(viewer, state)

    def made(of: Record, step: Step) -> Form:
        if step.action == "publish":
            return Form(of, step, takes=partial(publish, register, warehouse, viewer, edition_id))
        if step.action == "arrange":
            return Form(
                of, step, Wording(hints=_HINTS, offers={EXEMPLARS: lambda _: offered}, begins={EXEMPLARS: held})
            )
        return Form(of, step)

    who = "、".join(policy().holders("publish", "edition"))
    line = f"下一步是「发布」，由{who}办理。" if state == EDITING else f"这一期{state}，没有后续步骤。"
    steps_panel(record, steps, "" if viewer.may("publish", "edition") and steps else line, made)


def nomination(register: Register, warehouse: Warehouse, viewer: Viewer, asked: str) -> None:
    """The form that nominates an exemplar from a source (KIND:NUMBER); afterwards the exemplar opens."""
    origin, _, source_id = asked.partition(":")
    held = begins(register, warehouse, viewer, origin, source_id)
    if held is None:
        message.stop(NotVisible())
    record = Record(register, warehouse, viewer, EXEMPLAR, draft_of(origin, source_id), "", 0)
    with card("nominate"):
        st.markdown("**推荐典型案例**")
        st.caption(f"来自{verbatim(ORIGINS[origin])}。推荐后脱敏、会审、表决，通过的编入汇编；汇编里只有脱敏后的文字。")

        def takes(sent):  # type: ignore[no-untyped-def]
            return nominate(register, warehouse, viewer, sent, origin, source_id)

        Form(record, NOMINATE, Wording(begins=held), takes=takes, then=_opens(EXEMPLAR_KEY)).draw()


def compiling(register: Register, warehouse: Warehouse, viewer: Viewer, offered: dict[str, str]) -> None:
    """The form that makes an edition of exemplars that were chosen; afterwards the edition opens."""
    with card("compile"):
        st.markdown("**编一期汇编**")
        if not offered:
            message.nothing("没有待入编的案例", "表决通过、还没有入编的案例才能编入；先办理推荐的案例。")
            return
        record = Record(register, warehouse, viewer, EDITION, UNREGISTERED, "", 0)
        wording = Wording(hints=_HINTS, offers={EXEMPLARS: lambda _: offered})
        takes = partial(compile_edition, register, viewer)
        Form(record, COMPILE, wording, takes=takes, then=_opens(EDITION_KEY)).draw()


def _opens(parameter: str) -> Callable[[Result], None]:
    def then(result: Result) -> None:
        way.go(paths.EXEMPLARS, way.onward({parameter: str(result.created)}))

    return then
