"""A form that records one step: fields kept as a draft while they are filled in, faults at their fields, one button."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.access import Viewer
from lib.casework.drafts import discard, load_draft, save_draft
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.ui import message
from lib.ui.browser import text_box, way
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

RESTORED = "已恢复您上次未提交的草稿。"
PROMISE = "输入时自动保存草稿。"


@dataclass(frozen=True)
class Form:
    """The form for one action on one object: `fields` are the names of its fields besides the text.

    A field's value stands in st.session_state under key(name).
    """

    register: Register
    warehouse: Warehouse
    viewer: Viewer
    kind: str
    object_id: str
    action: str
    fields: tuple[str, ...] = ()

    def key(self, name: str) -> str:
        """Where a field, or what belongs to the form, is held."""
        return f"{self.object_id}_{self.action}_{name}"

    def begin(self, text: str = "", **given: Any) -> None:
        """When the form comes on screen: this person's draft, or else what is given."""
        begun, shown = f"{self.object_id}_form", (way.visit(), self.action)
        if st.session_state.get(begun) == shown:
            return
        st.session_state[begun] = shown
        draft = load_draft(self.register, self.viewer, self.kind, self.object_id, self.action) or {}
        text_box.begin(self.key("text"), draft.get("text") or text)
        for name in self.fields:
            value = draft.get(name) or given.get(name)
            if value:
                st.session_state[self.key(name)] = value
        st.session_state[self.key("kept")] = draft.get("attachment")
        st.session_state[self.key("note")] = RESTORED if draft else PROMISE
        st.session_state[self.key("faults")] = {}

    def values(self) -> dict[str, Any]:
        """What the fields hold now, a file apart."""
        held = {name: st.session_state.get(self.key(name)) for name in self.fields}
        return {"text": text_box.text_of(self.key("text")), **held}

    def keep(self, changed: str = "text") -> None:
        """Save the draft; the fault of the field that changed is gone."""
        at = now(self.warehouse)
        kept = st.session_state.get(self.key("kept"))
        payload = {**self.values(), "action": self.action} | ({"attachment": kept} if kept else {})
        self._faults.pop(changed, None)
        try:
            save_draft(self.register, self.viewer, self.kind, self.object_id, payload, at, self.action)
        except UserError as error:
            st.session_state[self.key("note")] = f"草稿没有保存：{error.message}"
            return
        st.session_state[self.key("note")] = text_box.saved(at)

    def keeper(self, name: str) -> Callable[[], None]:
        """A callback for a field that changes."""
        return lambda: self.keep(name)

    @property
    def _faults(self) -> dict[str, str]:
        return st.session_state.setdefault(self.key("faults"), {})

    def text(self, label: str, required: bool, height: int = 130) -> None:
        """The text box."""
        text_box.text_box(
            label, self.key("text"), required=required, note=st.session_state.get(self.key("note")) or PROMISE,
            keep=self.keep, fault=self._faults.get("text", ""), height=height,
        )  # fmt: skip

    def fault(self, name: str) -> None:
        """Under a field: what is wrong with it."""
        if name in self._faults:
            st.markdown(f"▸ **{verbatim(self._faults[name])}**")

    def refuse(self, faults: dict[str, str]) -> bool:
        """Note all that is wrong; whether there is anything."""
        st.session_state[self.key("faults")] = faults
        return bool(faults)

    def submission(self, seq: int) -> str:
        """One id per form shown on one state of the object: a second click carries the same one."""
        return st.session_state.setdefault(f"{self.object_id}_{self.action}_{seq}_submission", uuid.uuid4().hex)

    def foot(self, buttons: Mapping[str, Callable[[], None]], names: dict[str, str], refused: UserError | None) -> None:
        """The buttons, the first the usual one, always in sight; beside them what stands in the way.

        `names`: what the fields are called.
        """
        with st.container(key=f"submit-{self.object_id}-{self.action}", gap="xsmall"):
            if self._faults:
                missing = "、".join(names.get(name, name) for name in self._faults)
                st.markdown(f"▸ **还不能提交：{missing}**，见上面各栏。")
            if refused is not None:
                message.problem(refused)
            with st.container(horizontal=True, vertical_alignment="center"):
                for number, (label, submit) in enumerate(buttons.items()):
                    kind = "secondary" if number else "primary"
                    key = self.key("submit") if len(buttons) == 1 or number else self.key("both")
                    st.button(label, key=key, type=kind, on_click=submit)  # type: ignore[arg-type]

    def forget_draft(self) -> None:
        """Drop the draft of what was not registered; a step drops its own."""
        with self.register.transaction() as tx:
            discard(tx, self.viewer, self.kind, self.object_id, self.action)

    def done(self) -> None:
        """The form is recorded: nothing of it stays."""
        st.session_state.pop(f"{self.object_id}_form", None)
        for name in ("text", "file", "kept", "note", "faults", *self.fields):
            st.session_state.pop(self.key(name), None)
