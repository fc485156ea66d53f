"""The form that records one step: the fields the step declares, kept as a draft while they are filled in, what is wrong
told at each of them, one submission however often it is sent."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any

import streamlit as st

from lib.access import Viewer
from lib.casework import attachments
from lib.casework.clock import ASSIGN, REMIND
from lib.casework.drafts import load_draft, save_draft
from lib.casework.record import take
from lib.casework.steps import FILE, TEXT, Field, Outcome, Step, Submission, Upload, Workflow
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.work.assignees import assignees
from lib.errors import UserError
from lib.ui import message
from lib.ui.browser import text_box, way
from lib.ui.kept import kept
from lib.ui.record import field as widget
from lib.ui.record import outcome, worklist
from lib.ui.record.outcome import Result
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

RESTORED = "已恢复您上次未提交的内容。"
PROMISE = "输入时自动保存。"

# What records a submission.
Take = Callable[[Submission], Outcome]
# What a field offers, value → words, given what the others hold.
Offer = Callable[[Mapping[str, Any]], Mapping[str, str]]


@dataclass(frozen=True)
class Record:
    """The object that steps are taken on, as the page shows it: its state, and its last event."""

    register: Register
    warehouse: Warehouse
    viewer: Viewer
    workflow: Workflow
    object_id: str
    state: str
    seq: int

    def key(self, name: str) -> str:
        """Where what belongs to the record is held."""
        return f"{self.object_id}_{name}"


@dataclass(frozen=True)
class Wording:
    """What the screen says about a step besides its fields, by field: `says` below it (under "" above all of them),
    `hints` in it, `begins` what it holds at first, `offers` the choices that the step leaves open or only names.

    button: what the button says, else the step's name; a reason in `shut` keeps it from being pressed. follows: what
    comes next, said when it is recorded.
    """

    says: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    begins: Mapping[str, Any] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    button: str = ""
    shut: str = ""
    follows: Callable[[Event], str] = lambda _: ""


def _is_box(one: Field) -> bool:
    """Whether it is written in a box of many lines."""
    return one.name == TEXT or one.kind == "words"


@dataclass(frozen=True)
class Form:
    """The form for one step of one record.

    takes: what records it, `record.take` when it is None. first: another step that the same form can take, with what
    records it; its button is the usual one. then: told what came of a submission, a refusal apart; else the next of the
    list one came from follows (see `follow`).
    """

    record: Record
    step: Step
    wording: Wording = Wording()
    takes: Take | None = None
    first: tuple[Step, Take] | None = None
    then: Callable[[Result], None] | None = None

    def key(self, name: str) -> str:
        """Where a field, or what belongs to the form, is held."""
        return self.record.key(f"{self.step.action}_{name}")

    def draw(self) -> None:
        """The form as this person left it, and what came of the last submission, unless the panel of steps says it."""
        self._begin()
        self._submission()
        self._opened()
        self._say("")
        asked, held = self._asked()
        for side_by_side, fields in groupby(asked, key=widget.is_looked_up):
            each = list(fields)
            places = st.columns(2) if side_by_side and len(each) > 1 else [st.container(gap="xsmall")]
            for number, one in enumerate(each):
                with places[number % len(places)]:
                    self._field(one, held)
        self._foot()

    def submit(self) -> None:
        """Record what stands in the form."""
        record = self.record
        self._submit(self.step, self.takes or partial(_take, record, self.step.action))

    def _begin(self) -> None:
        begun, shown = self.record.key("form"), (way.visit(), self.step.action)
        before = st.session_state.get(begun)
        if before == shown:
            return
        st.session_state[begun] = shown
        if self._opens and before is not None and before[0] != way.visit():
            st.session_state.pop(self.record.key("result"), None)
        if st.session_state.pop(self._sent, None) is not None:
            st.session_state.pop(self._submitted, None)
        draft = self._draft() or {}
        for one in self.step.fields:
            value = draft.get(one.name) or self.wording.begins.get(one.name)
            if _is_box(one):
                text_box.begin(self.key(one.name), value or "")
            elif one.kind != "file" and value:
                st.session_state[self.key(one.name)] = widget.restored(one, value)
        held = {one.name: draft[one.name] for one in self.step.files if draft.get(one.name)}
        st.session_state[self.key("kept")] = held
        st.session_state[self.key("note")] = RESTORED if draft else PROMISE
        st.session_state[self.key("faults")] = {}

    @property
    def _opens(self) -> bool:
        """Whether it makes an object: what came of that stands above the form, until the page is left."""
        return self.step == self.record.workflow.opening

    def _opened(self) -> None:
        made = self.last()
        if self._opens and made is not None and made.recorded:
            outcome.show(made, self.record.workflow, True)

    def _draft(self) -> dict[str, Any] | None:
        record = self.record
        kind = record.workflow.object_type
        return load_draft(record.register, record.viewer, kind, record.object_id, self.step.action)

    def _asked(self) -> tuple[list[Field], dict[str, Any]]:
        """The fields that are asked for, and what they hold now, a file apart."""
        asked, held = [], {one.name: one.value({}) for one in self.step.asked} | {TEXT: ""}
        for one in self.step.fields:
            if one.when is not None and not one.when(held):
                continue
            asked.append(one)
            if _is_box(one):
                held[one.name] = text_box.text_of(self.key(one.name))
            elif one.kind != "file":
                held[one.name] = self._held(one, held)
        return asked, held

    def _held(self, one: Field, others: Mapping[str, Any]) -> Any:
        value = one.value({one.name: st.session_state.get(self.key(one.name))})
        gone = one.kind == "choice" and value not in self._offered(one, others)
        return None if gone else value

    def _offered(self, one: Field, others: Mapping[str, Any]) -> Mapping[str, str]:
        offer = self.wording.offers.get(one.name)
        if offer is None and self.step.action == ASSIGN and one.name == "to_id":
            return _colleagues(self.record)
        return {value: value for value in one.choices} if offer is None else offer(others)

    def _widget(self, one: Field) -> str:
        done = st.session_state.get(self.key("round"))
        return self.key(f"{one.name}_{done}" if one.kind == "file" and done else one.name)

    def _upload(self, one: Field) -> Upload | None:
        file, kept = st.session_state.get(self._widget(one)), self._kept.get(one.name)
        if file is not None:
            return file.name, file.getvalue()
        return kept["attachment_id"] if kept else None

    @property
    def _kept(self) -> dict[str, dict[str, Any]]:
        """The files of the draft, by the names of their fields."""
        return st.session_state.get(self.key("kept")) or {}

    def _keep(self, changed: str) -> None:
        """Save the draft; the fault of the field that changed is gone."""
        record = self.record
        at, action = now(record.warehouse), self.step.action
        payload = {**self._asked()[1], "action": action, **self._kept}
        sent = st.session_state.get(self._sent)
        if sent is not None and payload[TEXT] == sent.text:
            # What was typed just before the click comes after it: it is recorded, and no draft any more.
            return
        self._faults.pop(changed, None)
        kind = record.workflow.object_type
        try:
            save_draft(record.register, record.viewer, kind, record.object_id, payload, at, action)
        except UserError as error:
            st.session_state[self.key("note")] = f"没有自动保存：{error.message}"
            return
        st.session_state[self.key("note")] = text_box.saved(at)

    @property
    def _faults(self) -> dict[str, str]:
        return st.session_state.setdefault(self.key("faults"), {})

    def _say(self, name: str) -> None:
        if self.wording.says.get(name):
            st.caption(self.wording.says[name])

    def _field(self, one: Field, held: Mapping[str, Any]) -> None:
        if _is_box(one):
            first = next(other for other in self.step.fields if _is_box(other))
            text_box.text_box(
                one.label,
                self.key(one.name),
                required=one.required,
                keep=partial(self._keep, one.name),
                fault=self._faults.get(one.name, ""),
                note=(st.session_state.get(self.key("note")) or PROMISE) if one == first else "",
                height=120 if one.required else 64,
                enter=None if self.wording.shut else self._usual,
            )
            if one.name != TEXT:
                self._say(one.name)
            return
        offered = self._offered(one, held) if one.kind in ("choice", "choices") else {}
        hint = self.wording.hints.get(one.name, "")
        if widget.is_looked_up(one) and not offered:
            # What it offers follows from another one that is still empty.
            waits = [other.label for other in self.step.asked if widget.is_looked_up(other) and not held[other.name]]
            hint = f"先选{waits[0]}" if waits[0] != one.label else "没有可选的"
        widget.draw(one, self._widget(one), offered, hint, partial(self._keep, one.name))
        if one.name in self._faults:
            st.markdown(f"▸ **{verbatim(self._faults[one.name])}**")
        kept = self._kept.get(one.name)
        if kept:
            st.caption(f"上次未提交的内容里已有附件 {verbatim(kept['name'])}，不另选文件时一并提交。")
        self._say(one.name)

    def _foot(self) -> None:
        """The buttons, the usual one first, always in sight; with them what stands in the way."""
        last = self.last()
        mine = (self.step, self.first[0]) if self.first else (self.step,)
        failed = last if last is not None and last.step in mine and not last.recorded else None
        if failed is not None and failed.outcome is not None:
            outcome.show(failed, self.record.workflow, True)
        with st.container(key=f"submit-{self.record.object_id}-{self.step.action}", gap="xsmall"):
            if self._faults:
                missing = "、".join(one.label for one in self._asked()[0] if one.name in self._faults)
                st.markdown(f"▸ **还不能提交：{missing}**，见上面各栏。")
            if failed is not None and failed.refused is not None:
                message.problem(failed.refused)
            shut: dict[str, Any] = {"disabled": bool(self.wording.shut), "help": self.wording.shut or None}
            with st.container(horizontal=True, vertical_alignment="center"):
                if self.first is not None:
                    name = self.first[0].name
                    st.button(name, key=self.key("both"), type="primary", on_click=self._usual, **shut)
                told = self.wording.button or self.step.name
                kind = "primary" if self.first is None else "secondary"
                st.button(told, key=self.key("submit"), type=kind, on_click=self.submit, **shut)  # type: ignore[arg-type]

    def _usual(self) -> None:
        if self.first is None:
            self.submit()
        else:
            self._submit(*self.first)

    @property
    def _submitted(self) -> str:
        return self.key(f"{self.record.seq}_submission")

    @property
    def _sent(self) -> str:
        return self.key(f"{self.record.seq}_sent")

    def _submission(self) -> str:
        """One id per form shown on one state of the object: a second click carries the same one."""
        return st.session_state.setdefault(self._submitted, uuid.uuid4().hex)

    def _submit(self, step: Step, takes: Take) -> None:
        # What was recorded is sent again as it was, also when the form has been emptied since.
        sent = st.session_state.get(self._sent) or self._filled_in(step)
        if sent is None:
            st.session_state.pop(self.record.key("result"), None)
            return
        try:
            done = takes(sent)
        except UserError as refused:
            st.session_state.pop(self.record.key("refused_at"), None)
            self._tell(Result(step, refused=refused, text=sent.text))
            return
        follows = ""
        if done.event is not None:
            follows = self.wording.follows(done.event)
            self._done(sent, done.event)
        result = Result(step, done, text=sent.text, follows=follows, created=done.created)
        self._tell(result)
        st.session_state[self.record.key("changed")] = True
        if self.then is None:
            follow(self.record, result)
        else:
            self.then(result)

    def _filled_in(self, step: Step) -> Submission | None:
        """What stands in the form; None when something is missing or wrong, told at its field."""
        asked, held = self._asked()
        uploads = {
            one.name: upload for one in asked if one.kind == "file" and (upload := self._upload(one)) is not None
        }
        faults = {}
        for one in asked:
            upload = uploads.get(one.name)
            fault = one.fault(upload if one.kind == "file" else held[one.name])
            if fault is None and isinstance(upload, tuple):
                fault = attachments.fault(*upload)
            if fault is not None:
                faults[one.name] = fault.message
        st.session_state[self.key("faults")] = faults
        payload = {one.name: held[one.name] for one in step.asked}
        at, seq = now(self.record.warehouse), self.record.seq
        return (
            None
            if faults
            else Submission(self._submission(), at, seq, held[TEXT], payload, uploads.pop(FILE, None), uploads)
        )

    def _tell(self, result: Result) -> None:
        st.session_state[self.record.key("result")] = result

    def last(self) -> Result | None:
        """What came of the last submission on this record."""
        return last(self.record)

    def _done(self, sent: Submission, event: Event) -> None:
        """The form is recorded: nothing stays of it but what was sent, its files by number, for a second click."""
        held: dict[str, Upload] = {name: str(event.payload[name]["attachment_id"]) for name in sent.files}
        st.session_state[self._sent] = replace(sent, attachment=held.pop(FILE, None), others=held)
        st.session_state[self.record.key("form")] = (way.visit(), "")
        st.session_state[self.record.key("taken")] = True
        for name in ("kept", "note", "faults"):
            st.session_state.pop(self.key(name), None)
        # A value that is taken away would still stand on the screen; it is emptied, and the file's widget is another.
        for one in self.step.asked:
            if self.key(one.name) in st.session_state and not _is_box(one):
                st.session_state[self.key(one.name)] = None if one.kind == "number" else one.value({})
        st.session_state[self.key("round")] = st.session_state.get(self.key("round"), 0) + 1


def last(record: Record) -> Result | None:
    """What came of the last submission on a record; a refusal stands until something else happens to it."""
    result: Result | None = st.session_state.get(record.key("result"))
    if result is None or result.refused is None:
        return result
    shown = st.session_state.setdefault(record.key("refused_at"), record.seq)
    return result if shown == record.seq else None


def _colleagues(record: Record) -> Mapping[str, str]:
    register, warehouse, viewer = record.register, record.warehouse, record.viewer
    about = record.workflow.object_type, record.object_id
    return _assignees(register, viewer, *about, key(register, warehouse, viewer, viewer.person_id, clock=False))


@kept(64)
def _assignees(_register: Register, _viewer: Viewer, object_type: str, object_id: str, state: Key) -> Mapping[str, str]:
    return assignees(_register, _viewer, object_type, object_id)


def follow(record: Record, result: Result) -> None:
    """To the next of the list one came from, when what is next with this one is for somebody else."""
    event = result.outcome.event if result.outcome is not None else None
    if event is None or result.step.action == REMIND or result.step == record.workflow.opening:
        return
    next_step = record.workflow.steps.get(record.workflow.usual.get(str(event.to_state), ""))
    handed = result.step.action == ASSIGN
    own = next_step is not None and record.viewer.may(next_step.right, record.workflow.object_type)
    if handed or not own or (next_step is not None and next_step.another):
        worklist.go_on(record.workflow, record.object_id, record.workflow.name, result)


def _take(record: Record, action: str, sent: Submission) -> Outcome:
    return take(record.register, record.viewer, record.workflow, record.object_id, action, sent)
