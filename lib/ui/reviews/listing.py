"""Look-backs, drawn files and one's own sheets as lists; each row opens its page."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.reviews.scoring import sheets
from lib.casework.reviews.states import ANSWERED, DECIDED, DIFFERING, DISPUTED, HANDED_IN, SET_ASIDE, WAITING
from lib.casework.reviews.steps import DISAGREED
from lib.casework.store.register import Register
from lib.insight.parts import counts
from lib.insight.reviews.estimate import Rate
from lib.insight.reviews.listing import PARTS, file_list, lookback_list, sheet_list
from lib.insight.reviews.results import Result, result
from lib.insight.reviews.words import rate_words
from lib.insight.wording import NONE, day
from lib.ui import due, figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.files.download import download
from lib.ui.files.listed import workbook
from lib.ui.kept import kept
from lib.ui.record.opening import form_link
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

LOOKBACK_KEY, FILE_KEY, SHEET_KEY, PLAN_KEY = "lookback", "reviewed", "sheet", "plan"
PART_KEY, FILES_KEY = "lb_part", "lb_files"
# Width, how it stands on a card (see tables.Column).
_LIST = {
    "名称": ("26%", "main"),
    "范围": ("17%", "line bare"),
    "进度": ("168px", "line bare"),
    "评查": ("104px", ""),
    "优良率（推及全部）": ("168px", ""),
    "期限": ("172px", ""),
}
_SHEETS = {
    "案卷": ("34%", "main"),
    "单位": ("22%", "line bare"),
    "方式": ("88px", "bare"),
    "状态": ("84px", "bare"),
    "得分": ("70px", ""),
    "期限": ("172px", ""),
}
_FILES = {
    "案卷": ("27%", "main"),
    "单位": ("17%", "line bare"),
    "状态": ("88px", "bare"),
    "得分": ("64px", ""),
    "等次": ("68px", "bare"),
    "扣分项": ("24%", "line"),
    "期限": ("150px", ""),
}


@kept(64)
def _lookbacks(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return lookback_list(_register, _warehouse, _viewer, state.moment)


def visible_lookbacks(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's look-backs, recomputed when anything was recorded and every few minutes; never change it."""
    return _lookbacks(register, warehouse, viewer, key(register, warehouse, viewer))


@kept(64)
def _files(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return file_list(_register, _warehouse, _viewer, state.moment)


def visible_files(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's drawn files, as above."""
    return _files(register, warehouse, viewer, key(register, warehouse, viewer))


@kept(64)
def _sheets(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return sheet_list(_register, _warehouse, _viewer, state.moment)


def own_sheets(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's own sheets, kept for this person alone."""
    return _sheets(register, warehouse, viewer, key(register, warehouse, viewer, viewer.person_id))


@kept(64)
def _result(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key, lookback_id: str) -> Result:
    return result(_register, _warehouse, _viewer, lookback_id)


def found(register: Register, warehouse: Warehouse, viewer: Viewer, lookback_id: str) -> Result:
    """What a visible look-back found so far."""
    return _result(register, warehouse, viewer, key(register, warehouse, viewer, clock=False), lookback_id)


def plan_link(viewer: Viewer) -> None:
    """To the form that plans a look-back, for those who may."""
    form_link(viewer, "draw", "lookback", paths.LOOKBACK, "拟定回头看", {PLAN_KEY: "own"})


def parts(frame: pd.DataFrame) -> str:
    """How many look-backs stand where, each number the link to them; the part that the address asks for."""
    held = counts(frame, PARTS)
    return figure.parts(paths.LOOKBACK, PART_KEY, held, PARTS) or ("open" if held["open"] else "all")


def lookback_table(
    register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, part: str, first: list[str]
) -> None:
    """The look-backs of a part, after what is listed `first`; export for those who may."""

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{PARTS[part][0]}**", width="content")
        rows = due.of_due(rows, "lookbacks_due")
        figure.listed(len(rows), "次")
        st.space("stretch")
        about = due.about(PARTS[part][0])
        made = workbook(register, warehouse, viewer, "lookback", "回头看清单", rows, _listed, about)
        download(viewer, "export", "lookback", **made)
    if rows.empty:
        message.nothing("没有这样的回头看", "请另选清单；「全部」里有已经归档和撤回的。")
        return
    # One's own sheets stand above and come first.
    way.remember([*first, *(f"lookback/{one}" for one in rows["lookback_id"])])
    with tables.paged(rows, "lookback_rows", sorts=False) as page:
        told = tables.written(page["lookback_id"], _listed(page), _LIST)
        tables.draw_list("回头看清单", paths.LOOKBACK, LOOKBACK_KEY, _LIST, told, "lookback_rows", late="期限")


def _listed(rows: pd.DataFrame) -> pd.DataFrame:
    spans = [f"{day(since)} 至 {day(to)}" for since, to in zip(rows["from_day"], rows["to_day"], strict=True)]
    done = [f"{one:,}/{of:,} 件" if of else NONE for one, of in zip(rows["reviewed"], rows["drawn"], strict=True)]
    return pd.DataFrame(
        {
            "名称": [f"{title}（{kind}）" for title, kind in zip(rows["title"], rows["review_type"], strict=True)],
            "范围": [f"{area} · {domain}" for area, domain in zip(rows["area_label"], rows["domain_zh"], strict=True)],
            "结案时段": spans,
            "进度": rows["way"].tolist(),
            "评查": done,
            "优良率（推及全部）": [rate_words(one if isinstance(one, Rate) else None) for one in rows["good"]],
            "期限": rows["timing"].tolist(),
        }
    )


def sheet_table(rows: pd.DataFrame) -> list[str]:
    """One's own sheets, those to be scored first; how the list of them names what it shows."""
    left = int(rows["open"].sum())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**我的评分表**", width="content")
        st.caption(f"待评 {left:,} 件，已交 {int(rows['state'].eq(HANDED_IN).sum()):,} 件", width="content")
    shown = rows[rows["open"]] if left else rows.head(10)
    entries = [f"review_sheet/{one}" for one in shown["sheet_id"]]
    way.remember(entries)
    told = pd.DataFrame(
        {
            "案卷": shown["title"].tolist(),
            "单位": shown["org_name"].tolist(),
            "方式": shown["review_type"].tolist(),
            "状态": shown["state"].tolist(),
            "得分": [NONE if pd.isna(one) else f"{one:g}" for one in shown["score"]],
            "期限": shown["timing"].tolist(),
        }
    )
    with tables.paged(
        shown.assign(**{f"told_{name}": told[name].to_numpy() for name in told}), "sheet_rows", 10, False
    ) as page:
        cells = page[[f"told_{name}" for name in told]].set_axis(list(told), axis=1)
        written = tables.written(page["sheet_id"], cells, _SHEETS)
        tables.draw_list("我的评分表", paths.LOOKBACK, SHEET_KEY, _SHEETS, written, "sheet_rows", late="期限")
    return entries


# Which files of a look-back a list shows: title, and whether a row is one.
FILE_PARTS = {
    "all": "全部",
    "waiting": "待评",
    "differing": "待裁决",
    "good": "优良",
    "poor": "非优良",
    "set_aside": "无法评查",
    "answered": "单位已回复",
    "disputed": "单位有异议",
    "to_answer": "异议待答复",
}


# Besides those: the files with a deduction, those of a unit, and the good ones of a unit, each with its number behind.
ITEM, UNIT, GOOD_OF_UNIT = "item:", "unit:", "good_of:"


def files_of_part(files: pd.DataFrame, part: str) -> pd.DataFrame:
    """The files that FILE_PARTS[part] counts, or that have a deduction or belong to a unit."""
    state, (kind, _, named) = files["state"], part.partition(":")
    if f"{kind}:" == ITEM:
        return files[files["grade"].notna() & files["deductions"].map(lambda held: named in held).astype("bool")]
    if f"{kind}:" in (UNIT, GOOD_OF_UNIT):
        own = files[files["org_id"].eq(named) & files["grade"].notna()]
        return own if f"{kind}:" == UNIT else own[own["good"]]
    chosen = {
        "waiting": state.eq(WAITING),
        "differing": state.eq(DIFFERING),
        "good": files["good"],
        "poor": files["grade"].notna() & ~files["good"],
        "set_aside": state.eq(SET_ASIDE),
        "answered": state.isin([ANSWERED, DISPUTED, DECIDED]),
        "disputed": files["stand"].eq(DISAGREED).fillna(False).astype("bool"),
        "to_answer": state.eq(DISPUTED),
    }
    return files[chosen[part]] if part in chosen else files


def file_table(
    register: Register, warehouse: Warehouse, viewer: Viewer, files: pd.DataFrame, query: dict[str, str], about: str
) -> None:
    """Drawn files by where they stand, each number the link to them; those that the address asks for."""
    asked = st.query_params.get(FILES_KEY, "")
    part = asked if asked in FILE_PARTS or asked.startswith((ITEM, UNIT, GOOD_OF_UNIT)) else "all"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        shown = (
            figure.number(len(held), (paths.LOOKBACK, {**query, FILES_KEY: one}), name)
            for one, name in FILE_PARTS.items()
            if len(held := files_of_part(files, one)) or one == "all"
        )
        st.html(figure.line(*shown), width="content")
        st.space("stretch")
        rows = files_of_part(files, part)
        named = FILE_PARTS.get(part) or _part_words(files, part)
        made = workbook(
            register, warehouse, viewer, "review_case", "评查件清单", rows, _files_listed, f"{about}，{named}"
        )
        download(viewer, "export", "review_case", **made)
    if part not in FILE_PARTS:
        st.caption(verbatim(f"{named}：{len(rows):,} 件"))
    if rows.empty:
        message.nothing("没有这样的评查件", "请另选一类。")
        return
    way.remember([f"review_case/{one}" for one in rows["review_case_id"]])
    with tables.paged(rows, "file_rows", 25, sorts=False) as page:
        told = tables.written(page["review_case_id"], _files_listed(page), _FILES)
        tables.draw_list("评查件清单", paths.LOOKBACK, FILE_KEY, _FILES, told, "file_rows", late="期限")


def _part_words(files: pd.DataFrame, part: str) -> str:
    kind, _, named = part.partition(":")
    if f"{kind}:" == ITEM:
        items = [item for sheet in sheets().values() for item in sheet.items.values()]
        return next((f"扣分项「{one.name}」" for one in items if one.id == named), "")
    own = files.loc[files["org_id"].eq(named), "org_name"]
    unit = "" if own.empty else str(own.iloc[0])
    return unit if f"{kind}:" == UNIT else f"{unit}，优良"


def _files_listed(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "案卷": rows["title"].tolist(),
            "单位": rows["org_name"].tolist(),
            "状态": rows["state"].tolist(),
            "得分": [NONE if pd.isna(one) else f"{one:g}" for one in rows["score"]],
            "等次": rows["grade"].fillna(NONE).tolist(),
            "扣分项": [
                NONE if pd.isna(grade) else words for grade, words in zip(rows["grade"], rows["found"], strict=True)
            ],
            "期限": rows["timing"].tolist(),
        }
    )
