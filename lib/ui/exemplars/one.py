"""One exemplar with its way to an edition, and one edition with what it says."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.exemplars.states import ALONG, CHOSEN, ORIGINS, PUBLISHED
from lib.casework.exemplars.steps import BODY, COMMENT, EDITION, EXEMPLAR, EXEMPLARS, HEADING
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.exemplars.document import check_template, document
from lib.insight.wording import NONE, day, moment, plain
from lib.ui import figure, message, paths
from lib.ui.card import card
from lib.ui.exemplars import fields
from lib.ui.exemplars.listing import EXEMPLAR_KEY, published, visible_exemplars
from lib.ui.files import export
from lib.ui.files.download import WORD, download
from lib.ui.frame import CLASSIFICATION
from lib.ui.record import timeline
from lib.ui.record.opening import heading, source_link
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse


def one_exemplar(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One exemplar as the viewer may see it."""
    exemplar_id = str(row["exemplar_id"])
    events = timeline.events(register, warehouse, viewer, EXEMPLAR, exemplar_id)
    with card("exemplar-way"):
        st.html(_along(row))
    left, right = st.columns([1, 1.35], gap="medium")
    with left:
        with card("exemplar-facts"):
            heading(row)
            st.caption(f"案例 {row['number']} · {row['polarity']} · 来自{row['origin_zh']}")
            st.table({title: verbatim(value) for title, value in _facts(row).items()}, border="horizontal")
            source_link(viewer, row, ORIGINS)
        written = events.loc[events["action"].eq("redact"), "payload"]
        if len(written):
            with card("exemplar-text"):
                st.markdown("**脱敏稿**")
                st.html(_text(dict(written.iloc[-1])))
    with right:
        with card("exemplar-steps"):
            st.markdown("**办理**")
            fields.panel(register, warehouse, viewer, row, events)
        with card("exemplar-events"):
            timeline.timeline(register, warehouse, viewer, EXEMPLAR, exemplar_id, events)


def _along(row: pd.Series) -> str:
    """The way from nomination to an edition."""
    done = ALONG.index(row["state"]) if row["state"] in ALONG else -1
    names = ("推荐", "脱敏", "会审", "表决", "入编")
    told = []
    for place, name in enumerate(names):
        kind = "done" if place <= done else "now" if place == done + 1 and done >= 0 else "ahead"
        mark = "✓" if kind == "done" else str(place + 1)
        about = "已办" if kind == "done" else "待办" if kind == "now" else "" if done >= 0 else str(row["state"])
        told.append(
            f'<div class="{kind}"><i>{mark}</i><b>{name}</b><span class="told">{in_html(about or NONE)}</span></div>'
        )
    return f'<div class="along">{"".join(told)}</div>'


def _facts(row: pd.Series) -> dict[str, str]:
    facts = {
        "事项": plain(row["item_name"]),
        "风险": plain(row["risk"]),
        "区域": plain(row["area_label"]),
        "推荐": f"{moment(row['opened_at'])}，{plain(row['handler_name'])}",
        "在谁手里": row["waits"] or NONE,
    }
    return {title: value for title, value in facts.items() if value != NONE}


def _text(held: dict[str, str]) -> str:
    """A redacted exemplar as it reads."""
    parts = [f"<b>{in_html(held[HEADING])}</b>"]
    for title, name in (("", BODY), ("点评", COMMENT)):
        parts += [f'<p class="told">{title}</p>'] if title else []
        parts += [f"<p>{in_html(line)}</p>" for line in str(held[name]).splitlines() if line.strip()]
    return f'<div class="exemplar">{"".join(parts)}</div>'


def one_edition(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One edition: contents, every exemplar with its commentary, the Word document, and its way."""
    edition_id = str(row["edition_id"])
    events = timeline.events(register, warehouse, viewer, EDITION, edition_id)
    preface = str(events.iloc[0]["text"])
    works = viewer.may("compile", "edition") or viewer.may("publish", "edition")
    book, deeds = st.columns([1.6, 1], gap="medium") if works else (st.container(), None)
    found = published(register, warehouse, viewer)
    found = found[found["edition_id"].eq(edition_id)]
    with book, card("edition"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"#### {verbatim(row['title'])}", anchors=False, width="content")
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                st.badge(row["state"], color="gray")
                _download(register, warehouse, viewer, row, preface, found)
        label = row["label"] or "未编号"
        st.caption(f"{label} · {row['size']} 个案例" + (f" · {day(row['published_at'])} 发布" if row["label"] else ""))
        st.markdown(verbatim(preface))
        if row["state"] == PUBLISHED:
            _entries(found)
        elif works:
            _unpublished(register, warehouse, viewer, _held(events))
    if deeds is not None:
        with deeds:
            with card("edition-steps"):
                st.markdown("**办理**")
                every = visible_exemplars(register, warehouse, viewer)
                chosen = every[every["state"].eq(CHOSEN)]
                offered = dict(zip(chosen["exemplar_id"], chosen["title"], strict=True))
                fields.edition_panel(register, warehouse, viewer, row, offered, _held(events))
            with card("edition-events"):
                timeline.timeline(register, warehouse, viewer, EDITION, edition_id, events)


def _held(events: pd.DataFrame) -> list[str]:
    held = [payload[EXEMPLARS] for payload in events["payload"] if payload.get(EXEMPLARS)]
    return list(held[-1]) if held else []


def _entries(found: pd.DataFrame) -> None:
    for row in found.itertuples():
        about = "　".join(part for part in (row.polarity, row.item_name, row.risk) if part)
        with st.expander(verbatim(f"{row.place}．{row.heading}"), expanded=len(found) <= 3):
            st.caption(verbatim(about))
            st.html(_text({HEADING: row.heading, BODY: row.body, COMMENT: row.comment}))


def _unpublished(register: Register, warehouse: Warehouse, viewer: Viewer, held: list[str]) -> None:
    """The exemplars of an edition that is being put together, in their order."""
    every = visible_exemplars(register, warehouse, viewer).set_index("exemplar_id")
    for place, one in enumerate(held, 1):
        if one in every.index:
            row = every.loc[one]
            told = f"{place}．{in_html(row['title'])}（{row['polarity']}，{row['state']}）"
            st.html(figure.line(figure.anchor(told, (paths.EXEMPLARS, {EXEMPLAR_KEY: one}))))


def _download(
    register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, preface: str, found: pd.DataFrame
) -> None:
    if row["state"] != PUBLISHED:
        return
    try:
        check_template(home())
    except UserError as wrong:
        message.problem(wrong)
        return

    def made() -> bytes:
        at = now(warehouse)
        audit.log(register, viewer, "view", "edition", str(row["edition_id"]), at=at, detail={"file": "docx"})
        taken = export.watermark(warehouse, viewer, at)
        return document(home(), warehouse, viewer, row, preface, found, CLASSIFICATION, taken)

    download(
        viewer,
        "take",
        "edition",
        "下载 Word",
        made,
        f"{row['title']}_{row['label']}.docx",
        mime=WORD,
        icon=":material/download:",
        note="按模板生成；下载会被记录。",
    )
