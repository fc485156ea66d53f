"""Cases of political discipline: the register, one case, the form for a new one; no link leads anywhere else."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework.discipline.entering import enter_case
from lib.casework.discipline.steps import CASE, ENTER
from lib.casework.drafts import unregistered
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.insight.library.discipline import case_list, decided, units
from lib.insight.wording import NONE, day, moment
from lib.ui import message, paths, tables
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.record import timeline
from lib.ui.record.form import Form, Record, Wording
from lib.ui.record.opening import form_link
from lib.ui.record.outcome import Result
from lib.ui.record.panel import steps_panel
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

ENTRY_KEY, ENTER_KEY = "dc_entry", "enter"
_LIST = {
    "违纪事项": ("30%", "main"),
    "单位": ("20%", "line bare"),
    "人员": ("110px", "line"),
    "人数": ("64px", ""),
    "职级": ("84px", ""),
    "立案": ("100px", ""),
    "状态": ("90px", "bare"),
}


@kept(16)
def _cases(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return case_list(_register, _warehouse, _viewer)


def visible_cases(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's cases; never change them."""
    return _cases(register, warehouse, viewer, key(register, warehouse, viewer, clock=False))


def enter_link(viewer: Viewer) -> None:
    """To the form that enters a case, for those who may."""
    form_link(viewer, "record", "discipline_case", paths.DISCIPLINE, "登记案件", {ENTER_KEY: "own"})


def listed(frame: pd.DataFrame) -> None:
    """The register, each row opening its case."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**政治纪律案件**", width="content")
        st.caption(f"列出 {len(frame):,} 起，涉及 {frame['people_cnt'].sum():,} 人", width="content")
    st.caption("单独登记，只限需要知道的人查看并留痕；与预警、线索、模型和人员排序没有任何关联。姓名只留姓。")
    way.remember(frame["discipline_id"].tolist())
    with tables.paged(frame, "discipline_rows", sorts=False) as page:
        told = tables.written(page["discipline_id"], _told(page), _LIST)
        tables.draw_list("政治纪律案件", paths.DISCIPLINE, ENTRY_KEY, _LIST, told, "discipline_rows", keys=True)


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "违纪事项": rows["title"].tolist(),
            "单位": rows["org_name"].tolist(),
            "人员": rows["persons"].tolist(),
            "人数": rows["people_cnt"].astype(str).tolist(),
            "职级": rows["rank"].tolist(),
            "立案": rows["filed_on"].map(day).tolist(),
            "状态": rows["state"].tolist(),
        }
    )


def one_case(register: Register, warehouse: Warehouse, viewer: Viewer, entry_id: str) -> None:
    """One case as the viewer may see it."""
    frame = visible_cases(register, warehouse, viewer)
    found = frame[frame["discipline_id"].eq(entry_id)]
    if found.empty:
        message.stop(NotVisible())
    row = found.iloc[0]
    on, sanction = decided(register, warehouse, viewer, entry_id)
    left, right = st.columns([1, 1.35], gap="medium")
    with left, card("discipline-facts"):
        st.markdown(f"#### {verbatim(row['title'])}", anchors=False)
        st.caption(f"案件 {row['number']} · {verbatim(row['org_name'])} · {row['state']}")
        facts = {
            "人员": f"{row['persons']}（{row['people_cnt']} 人）",
            "职级": row["rank"],
            "领域": row["department"],
            "区域": row["area_name"],
            "立案": day(row["filed_on"]),
            "处分决定": on,
            "处分": sanction,
            "登记": moment(row["opened_at"]),
        }
        st.table(
            {name: verbatim(value) for name, value in facts.items() if value not in ("", NONE)}, border="horizontal"
        )
    with right:
        with card("discipline-steps"):
            st.markdown("**办理**")
            state = str(row["state"])
            record = Record(register, warehouse, viewer, CASE, entry_id, state, int(row["last_seq"]))
            steps = CASE.possible(viewer, state)
            steps_panel(record, steps, "" if steps else f"这一案件{state}，没有您可以记录的步骤。", usual=False)
        with card("discipline-events"):
            events = timeline.events(register, warehouse, viewer, CASE, entry_id)
            timeline.timeline(register, warehouse, viewer, CASE, entry_id, events)


def entering(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """The form that enters a case; afterwards the case opens."""
    inside = units(warehouse, viewer)
    names = dict(zip(inside["org_id"], inside["org_name"], strict=True))
    wording = Wording(offers={"org_id": lambda _: names})
    record = Record(register, warehouse, viewer, CASE, unregistered(""), "", 0)
    with card("enter-case"):
        st.markdown("**登记政治纪律案件**")
        st.caption("单独登记，不从任何预警、线索转入，也不转出。")
        Form(record, ENTER, wording, takes=_entered(register, viewer, inside), then=_open).draw()


def _entered(register: Register, viewer: Viewer, inside: pd.DataFrame) -> Callable[[Submission], Outcome]:
    def taken(sent: Submission) -> Outcome:
        unit = inside[inside["org_id"] == sent.payload["org_id"]].iloc[0]
        area, domain = (None if pd.isna(unit[name]) else str(unit[name]) for name in ("area_code", "domain_code"))
        return enter_case(register, viewer, sent, area, domain)

    return taken


def _open(result: Result) -> None:
    way.go(paths.DISCIPLINE, way.onward({ENTRY_KEY: str(result.created)}))
