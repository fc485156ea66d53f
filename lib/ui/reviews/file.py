"""One drawn file with both sheets side by side, and one's own sheet."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.scope import of_unit
from lib.casework.reviews.scoring import sheets
from lib.casework.reviews.sheets import both_sheets
from lib.casework.reviews.states import WITH_RESULT
from lib.casework.reviews.steps import REVIEW_CASE
from lib.casework.store.register import Register
from lib.insight.reviews.listing import found_words
from lib.insight.wording import NONE, day, moment, plain
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.record import timeline
from lib.ui.reviews import fields
from lib.ui.state import Key, key
from lib.ui.tables import plain_table
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse


@kept(64)
def _both(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return both_sheets(_register, _viewer, _warehouse)


def one_file(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """A drawn file as the viewer may see it: a unit sees what came of it."""
    number = str(row["review_case_id"])
    held = _both(register, warehouse, viewer, key(register, warehouse, viewer, clock=False))
    own = held[held["review_case_id"].eq(number)]
    left, right = st.columns([1, 1.35], gap="medium")
    with left, card("file-facts"):
        _head(str(row["title"]), str(row["state"]))
        st.caption(verbatim(f"评查件 {row['number']} · {row['review_type']} · {row['org_name']}"))
        st.table({title: verbatim(value) for title, value in _facts(row).items()}, border="horizontal")
        if not pd.isna(row["lookback_id"]):
            st.page_link(
                paths.LOOKBACK,
                label="所在的回头看",
                icon=":material/fact_check:",
                query_params=way.address({"lookback": str(row["lookback_id"])}),
                width="content",
            )
        if viewer.may("nominate", "exemplar") and row["state"] in WITH_RESULT:
            st.page_link(
                paths.EXEMPLARS,
                label="推荐为典型案例",
                icon=":material/menu_book:",
                query_params=way.address({"nominate": f"review_case:{number}"}),
                width="content",
            )
    with right:
        with card("file-steps"):
            st.markdown("**办理**")
            fields.file_panel(register, warehouse, viewer, row, _judged_by(register, warehouse, viewer, number, own))
        if not of_unit(viewer):
            with card("file-sheets"):
                _sheets(row, own)
        with card("file-events"):
            events = timeline.events(register, warehouse, viewer, REVIEW_CASE, number)
            timeline.timeline(register, warehouse, viewer, REVIEW_CASE, number, events)


def _judged_by(register: Register, warehouse: Warehouse, viewer: Viewer, number: str, own: pd.DataFrame) -> list[str]:
    """Who made the result: those who scored the file, and whoever settled it."""
    events = timeline.events(register, warehouse, viewer, REVIEW_CASE, number)
    return [*own["reviewer_id"], *events.loc[events["action"].eq("adjudicate"), "actor_id"]]


def _head(words: str, state: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"#### {verbatim(words)}", anchors=False, width="content")
        st.badge(verbatim(state), color="gray")


def _facts(row: pd.Series) -> dict[str, str]:
    known, drawn = not pd.isna(row["grade"]), not pd.isna(row["stratum"])
    facts = {
        "案件编号": plain(row["case_id"]),
        "结案": day(row["closed_date"]),
        "得分": f"{row['score']:g}" if known else NONE,
        "等次": plain(row["grade"]) if known else NONE,
        "扣分项": row["found"] if known else NONE,
        "一人指出": found_words(str(row["review_type"]), row["noted"]) if drawn and known else NONE,
        "评定": (moment(row["settled_at"]) + ("，第三人裁决" if row["adjudicated"] else "")) if known else NONE,
        "单位意见": plain(row["stand"]),
        "异议答复": plain(row["answer"]),
        "期限": row["timing"],
        "所在层": f"{row['stratum']}，{row['stratum_size']:.0f} 件抽 {row['stratum_drawn']:.0f} 件" if drawn else NONE,
        "抽中概率": f"{row['probability']:.1%}（种子 {row['seed']:.0f}，第 {row['generation']:.0f} 代数据）"
        if drawn
        else NONE,
    }
    return {title: str(value) for title, value in facts.items() if value not in (NONE, "")}


def _sheets(row: pd.Series, own: pd.DataFrame) -> None:
    st.markdown("**评分对照**")
    if own.empty:
        st.caption("评完之前，谁也看不到别人的评分表。")
        return
    for place, one in zip(st.columns(len(own), gap="medium"), own.to_dict("records"), strict=True):
        with place:
            st.markdown(f"{verbatim(one['reviewer_name'])}　**{one['score']:g}** 分　{one['grade']}")
            st.caption(verbatim(f"{moment(one['state_at'])} 交"))
            st.markdown(verbatim(found_words(str(row["review_type"]), tuple(one["deductions"]))))
            st.text(one["opinion"])


def own_sheet(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """The viewer's own sheet: what it is about, the form, and the items with what each is and its law."""
    left, right = st.columns([1, 1.2], gap="medium")
    sheet = sheets()[str(row["review_type"])]
    with left, card("sheet-facts"):
        _head(str(row["title"]), str(row["state"]))
        st.caption(verbatim(f"{sheet.title} · {row['org_name']}"))
        facts = {
            "案件编号": plain(row["case_id"]),
            "结案": day(row["closed_date"]),
            "得分": NONE if pd.isna(row["score"]) else f"{row['score']:g}（{row['grade']}）",
            "扣分项": NONE if pd.isna(row["score"]) else found_words(str(row["review_type"]), row["deductions"]),
            "评查意见": plain(row["opinion"]),
            "期限": row["timing"],
        }
        told = {name: verbatim(value) for name, value in facts.items() if value != NONE}
        st.table(told, border="horizontal")
        st.caption("案卷请按案件编号调阅。评分只有您自己看得到，两人都交后在评查件里对照。")
    with right, card("sheet-form"):
        st.markdown("**评分**")
        fields.sheet_form(register, warehouse, viewer, row)
    with card("sheet-items"):
        st.markdown("**扣分标准**")
        st.caption(verbatim(sheet.about))
        table = pd.DataFrame(
            {
                "扣分项": [f"{item.id} {item.name}" for item in sheet.items.values()],
                "扣分": ["否决" if item.fatal else f"{item.points:g}" for item in sheet.items.values()],
                "怎么看": [item.about for item in sheet.items.values()],
                "依据": [item.law for item in sheet.items.values()],
            }
        )
        plain_table(table, "sheet_items", len(table), "扣分标准")
