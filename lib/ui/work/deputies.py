"""Who does one's work while one is away, and whose work one does."""

from functools import partial

import streamlit as st

from lib.access import Viewer
from lib.casework.deputies.naming import name_deputy, possible_deputies
from lib.casework.deputies.steps import DEPUTY
from lib.casework.drafts import UNREGISTERED
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.insight.wording import day
from lib.insight.work.deputies import deputy_list
from lib.ui.card import card
from lib.ui.record.form import Form, Record, Wording
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def panel(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """The deputies that are named, and the form that names one."""
    if not viewer.may("record", "deputy"):
        return
    held = deputy_list(register, warehouse, viewer, now(warehouse))
    with card("deputies"):
        st.markdown("**代理**", help="代理人在本人的权限和范围内办理；记录写明代谁办理。")
        if held.empty:
            st.caption("没有指定代理人，也不代理他人。")
        for row in held.to_dict("records"):
            own = row["person_id"] == viewer.person_id
            who = f"{row['to_name']} 代您办理" if own else f"您代 {row['person_name']} 办理"
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                until = f"{day(row['from_day'])} 至 {day(row['to_day'])}，{row['due_words']}"
                st.markdown(f"{verbatim(who)}　{until}", width="stretch")
                st.button(
                    "结束",
                    key=f"end_{row['deputy_id']}",
                    type="tertiary",
                    on_click=_end,
                    args=(register, warehouse, viewer, row["deputy_id"], int(row["last_seq"])),
                )
        form = st.expander("指定代理人", key="name_deputy", on_change="rerun")
        if form.open:
            with form:
                record = Record(register, warehouse, viewer, DEPUTY, UNREGISTERED, "", 0)
                names = possible_deputies(register, viewer)
                wording = Wording(offers={"to_id": lambda _: names})
                assert DEPUTY.opening is not None
                Form(record, DEPUTY.opening, wording, takes=partial(name_deputy, register, viewer)).draw()


def _end(register: Register, warehouse: Warehouse, viewer: Viewer, deputy_id: str, seq: int) -> None:
    take(register, viewer, DEPUTY, deputy_id, "end", Submission(f"end-{deputy_id}", now(warehouse), seq))
