"""Exemplars as lists: editions, what was published by words, what is in hand, what could be nominated."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.exemplars.states import REVIEW
from lib.casework.store.register import Register
from lib.insight.exemplars.listing import PARTS, edition_list, entries, exemplar_list
from lib.insight.exemplars.source import suggested
from lib.insight.parts import counts, part_of
from lib.insight.wording import NONE, day, number
from lib.ui import figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.tables import height
from lib.warehouse.store import Warehouse

EXEMPLAR_KEY, EDITION_KEY, NOMINATE_KEY, COMPILE_KEY = "exemplar", "edition", "nominate", "compile"
PART_KEY, WORDS_KEY = "ex_part", "ex_words"
# Width, how it stands on a card (see tables.Column).
_EXEMPLARS = {
    "案例": ("30%", "main"),
    "类型": ("64px", "bare"),
    "状态": ("84px", "bare"),
    "事项": ("26%", "line bare"),
    "来源": ("76px", ""),
    "推荐": ("96px", ""),
    "在谁手里": ("16%", ""),
}
_EDITIONS = {
    "书名": ("40%", "main"),
    "期号": ("130px", "bare"),
    "状态": ("84px", "bare"),
    "案例数": ("76px", ""),
    "发布": ("104px", ""),
}
_FOUND = {
    "案例": ("34%", "main"),
    "类型": ("64px", "bare"),
    "事项": ("28%", "line bare"),
    "风险": ("18%", "line bare"),
    "期号": ("130px", ""),
}


@kept(64)
def _exemplars(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return exemplar_list(_register, _warehouse, _viewer, state.moment)


def visible_exemplars(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's exemplars, recomputed when anything was recorded; never change it."""
    return _exemplars(register, warehouse, viewer, key(register, warehouse, viewer))


@kept(64)
def _editions(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return edition_list(_register, _warehouse, _viewer)


def visible_editions(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's editions, recomputed when anything was recorded; never change it."""
    return _editions(register, warehouse, viewer, key(register, warehouse, viewer))


@kept(64)
def _entries(_register: Register, _warehouse: Warehouse, _viewer: Viewer, words: str, state: Key) -> pd.DataFrame:
    return entries(_register, _warehouse, _viewer, words)


def published(register: Register, warehouse: Warehouse, viewer: Viewer, words: str = "") -> pd.DataFrame:
    """What was published and has these words; never change it."""
    return _entries(register, warehouse, viewer, words, key(register, warehouse, viewer))


@kept(64)
def _suggested(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return suggested(_register, _warehouse, _viewer)


def editions(viewer: Viewer, frame: pd.DataFrame) -> None:
    """The editions, and the way to a new one for whoever edits."""
    with card("editions"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**典型案例汇编**", width="content")
            figure.listed(len(frame), "期")
            st.space("stretch")
            if viewer.may("compile", "edition"):
                st.page_link(
                    paths.EXEMPLARS,
                    label="编一期汇编",
                    icon=":material/menu_book:",
                    query_params=way.address({COMPILE_KEY: "new"}),
                    width="content",
                )
        if frame.empty:
            st.caption("还没有发布的汇编。案例推荐后经脱敏、会审、表决，编成一期发布。")
            return
        shown = pd.DataFrame(
            {
                "书名": frame["title"],
                "期号": frame["label"].replace("", "未发布"),
                "状态": frame["state"],
                "案例数": frame["size"].map(number),
                "发布": frame["published_at"].map(day),
            }
        )
        told = tables.written(frame["edition_id"], shown, _EDITIONS)
        tables.draw_list("汇编清单", paths.EXEMPLARS, EDITION_KEY, _EDITIONS, told, "edition_rows")


def search(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """What was published, by words in its text, its item and its risk."""
    with card("published"):
        st.markdown("**查案例**")

        def chosen() -> None:
            st.query_params[WORDS_KEY] = st.session_state["ex_words_typed"]

        asked = st.query_params.get(WORDS_KEY, "")
        st.session_state.setdefault("ex_words_typed", asked)
        st.text_input(
            "按事项、风险或案情中的词查找",
            key="ex_words_typed",
            placeholder="例如：超期、道路运输、正面",
            on_change=chosen,
            max_chars=60,
        )
        found = published(register, warehouse, viewer, asked)
        figure.listed(len(found), "个")
        if found.empty:
            message.nothing("没有这样的案例", "换一个词，或清空查找；只查已经发布的汇编。")
            return
        shown = pd.DataFrame(
            {
                "案例": found["heading"],
                "类型": found["polarity"],
                "事项": found["item_name"].replace("", NONE),
                "风险": found["risk"].replace("", NONE),
                "期号": found["label"],
            }
        )
        told = tables.written(found["edition_id"], shown, _FOUND)
        tables.draw_list("案例清单", paths.EXEMPLARS, EDITION_KEY, _FOUND, told, "published_rows")


def in_hand(frame: pd.DataFrame) -> None:
    """The nominated exemplars by where they stand, each number the link to them."""
    found = counts(frame, PARTS)
    with card("exemplars"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**推荐和办理**", width="content")
            asked = figure.parts(paths.EXEMPLARS, PART_KEY, found, PARTS)
        part = asked or ("open" if found["open"] else "all")
        rows = part_of(frame, PARTS, part)
        st.caption(f"{PARTS[part][0]}，列出 {len(rows):,} 个")
        if rows.empty:
            st.caption("没有这样的案例。可以从办结的预警、评查和回头看的结果推荐。")
            return
        with tables.paged(rows, "exemplar_rows", sorts=False) as page:
            shown = pd.DataFrame(
                {
                    "案例": page["title"],
                    "类型": page["polarity"],
                    "状态": page["state"],
                    "事项": page["item_name"].replace("", NONE),
                    "来源": page["origin_zh"],
                    "推荐": page["opened_at"].map(day),
                    "在谁手里": page["waits"].replace("", NONE),
                }
            )
            told = tables.written(page["exemplar_id"], shown, _EXEMPLARS)
            tables.draw_list("推荐的案例", paths.EXEMPLARS, EXEMPLAR_KEY, _EXEMPLARS, told, "exemplar_rows_list")


def suggestions(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """Case reviews that could be nominated; a click on a row opens the form."""
    found = _suggested(register, warehouse, viewer, key(register, warehouse, viewer))
    with st.expander(f"可从评查中推荐的 {len(found):,} 件", key="ex_suggested", on_change="rerun") as box:
        if not box.open:
            return
        if found.empty:
            st.caption("您的范围内没有评查标为典型或不合格、还没有推荐的案件。")
            return
        opens = [(paths.EXEMPLARS, {NOMINATE_KEY: f"{REVIEW}:{one}"}) for one in found["review_id"]]
        shown = _review_rows(found)
        st.caption("点一行推荐它。")
        figure.table(shown, {}, "ex_suggested_rows", rows=opens, height=height(shown, 10), alt="可推荐的评查")


@kept(64)
def _review_rows(found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "评查": found["review_date"].map(day),
            "类型": found["review_type"],
            "等次": found["grade_type"].fillna(NONE),
            "得分": found["score"].map(number),
            "典型": found["polarity"],
            "案件": found["number"],
            "事项": found["item_name"].fillna(NONE),
            "单位": found["org_name"],
            "发现问题": found["issue_text"].fillna(NONE),
        }
    )
