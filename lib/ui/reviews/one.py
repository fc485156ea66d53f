"""One look-back from draw to report: how far it is, what comes next, what is drawn, what was found, its files."""

from typing import Literal, NamedTuple

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.reviews.drawing import scope_of, strata_of
from lib.casework.reviews.population import Design, closed_cases, designed
from lib.casework.reviews.scoring import sheets
from lib.casework.reviews.sheets import progress
from lib.casework.reviews.states import ADJUDICATING, DRAFTED, OUT, REVIEWING
from lib.casework.reviews.steps import LOOKBACK
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.report.lookback import TITLE, document
from lib.insight.reviews.agreement import WHEN
from lib.insight.reviews.listing import STEPS
from lib.insight.reviews.results import Result
from lib.insight.reviews.words import agreement_words, coefficient_words, drawn_words, percent, rate_words
from lib.insight.wording import NONE, day, moment, plain
from lib.ui import figure, message, paths, tables
from lib.ui.card import card
from lib.ui.files import export
from lib.ui.files.download import WORD, download
from lib.ui.frame import CLASSIFICATION
from lib.ui.kept import kept
from lib.ui.record import timeline
from lib.ui.record.opening import along, heading
from lib.ui.reviews import fields
from lib.ui.reviews.listing import FILES_KEY, GOOD_OF_UNIT, ITEM, LOOKBACK_KEY, UNIT, file_table, found, visible_files
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


class _Drawn(NamedTuple):
    """What would be drawn, or why nothing would."""

    design: Design | None
    refused: UserError | None


@kept(32)
def _design(_warehouse: Warehouse, _viewer: Viewer, state: Key) -> _Drawn:
    row = dict(
        zip(("from_day", "to_day", "area_code", "domain_code", "strata", "error", "expected"), state.about, strict=True)
    )
    try:
        cases = closed_cases(_warehouse, _viewer, scope_of(row), strata_of(row))
        return _Drawn(designed(cases, int(row["error"]), int(row["expected"])), None)
    except UserError as refused:
        return _Drawn(None, refused)


def one_lookback(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One look-back as the viewer may see it."""
    number, state = str(row["lookback_id"]), str(row["state"])
    held = found(register, warehouse, viewer, number) if row["drawn"] else None
    events = timeline.events(register, warehouse, viewer, LOOKBACK, number)
    with card("lookback-way"):
        st.html(_along(row, events))
    left, right = st.columns([1, 1.2], gap="medium")
    with left, card("lookback-facts"):
        heading(row)
        st.caption(
            f"回头看 {row['number']} · {row['review_type']} · {verbatim(row['area_label'])} · {row['domain_zh']}"
        )
        st.table({title: verbatim(value) for title, value in _facts(row, held).items()}, border="horizontal")
    with right, card("lookback-steps"):
        st.markdown("**办理**")
        fields.panel(register, warehouse, viewer, row)
        if state == REVIEWING and viewer.may("draw", "lookback"):
            _progress(register, warehouse, viewer, number)
    if state == DRAFTED:
        if viewer.may("draw", "lookback"):
            with card("lookback-design"):
                _would_draw(warehouse, viewer, row)
    elif held is not None:
        if state in OUT or state == ADJUDICATING:
            with card("lookback-result"):
                _result(register, warehouse, viewer, row, held)
            one, other = st.columns([1.5, 1], gap="medium")
            with one, card("lookback-items"):
                _items(number, held)
            with other, card("lookback-units"):
                _units(number, held)
        with card("lookback-files"):
            st.markdown("**评查件**")
            files = visible_files(register, warehouse, viewer)
            own = files[files["lookback_id"].eq(number)]
            file_table(register, warehouse, viewer, own, {"lookback": number}, str(row["title"]))
        with st.expander("怎么抽的", key=f"{number}_strata"):
            _strata(held, row)
    with card("lookback-events"):
        timeline.timeline(register, warehouse, viewer, LOOKBACK, number, events)


def _along(row: pd.Series, events: pd.DataFrame) -> str:
    """The steps from left to right: done with the day it was taken, in hand with its deadline, or to come."""
    actions = ("draw", "give_out", "gather", "report", "tell", "archive")
    taken = {one: day(at) for one, at in zip(events["action"], events["at"], strict=True)}
    done = list(zip(STEPS, actions, strict=True))[: int(row["done"])]
    days = {name: taken.get(action, "") for name, action in done}
    return along(STEPS, days, int(row["done"]) if row["open"] else None, row["timing"])


def _facts(row: pd.Series, held: Result | None) -> dict[str, str]:
    facts = {
        "结案时段": f"{day(row['from_day'])} 至 {day(row['to_day'])}",
        "分层": row["strata_zh"],
        "设定": f"误差至多 ±{row['error']} 个百分点，预估优良率 {row['expected']}%，双评 {row['double_share']}%",
        "种子": str(row["seed"]),
        "抽取": drawn_words(held) if held is not None else NONE,
        "评查": f"已评 {row['reviewed']:,}/{row['drawn']:,} 件" if row["drawn"] else NONE,
        "抽后撤回": f"同类同范围另有抽样后撤回 {row['redrawn']} 次" if row["redrawn"] else NONE,
        "待裁决": f"{row['differing']:,} 件" if row["differing"] else NONE,
        "无法评查": f"{row['set_aside']:,} 件" if row["set_aside"] else NONE,
        "拟定": f"{moment(row['opened_at'])}，{plain(row['handler_name'])}",
        "期限": row["timing"],
    }
    return {title: str(value) for title, value in facts.items() if value != NONE}


def _would_draw(warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    about = tuple(
        None if pd.isna(row[name]) else row[name]
        for name in ("from_day", "to_day", "area_code", "domain_code", "strata", "error", "expected")
    )
    drawn = _design(warehouse, viewer, key(None, warehouse, viewer, *about, clock=False))
    st.markdown("**将要抽取**")
    if drawn.refused is not None:
        message.problem(drawn.refused)
        return
    design = drawn.design
    assert design is not None
    st.markdown(
        f"从 **{design.population:,}** 件已结案件中抽 **{design.files:,}** 件，分 {len(design.strata):,} 层；"
        f"推及全部时误差 ±{design.reach * 100:.1f} 个百分点，置信度 95%。"
    )
    st.caption("按各层件数成比例分配，每层至少 2 件；件数用有限总体校正（Cochran）。")
    shown = design.strata.rename(columns={"stratum": "层", "size": "已结案件", "drawn": "抽取"})
    tables.plain_table(shown, "strata_ahead", 8, "各层抽取")


def _progress(register: Register, warehouse: Warehouse, viewer: Viewer, number: str) -> None:
    held = progress(register, viewer, warehouse, number)
    told = "；".join(f"{one.reviewer_name} {one.handed_in}/{one.given}" for one in held.itertuples(index=False))
    st.caption(verbatim(f"已交/应评：{told}。哪一件由谁评，评完之前不显示。"))


def _report(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """The button that hands out the report, for those who may; that is logged."""
    number = str(row["lookback_id"])

    def made() -> bytes:
        at = now(warehouse)
        audit.log(register, viewer, "export", "report", number, at=at, detail={"file": "docx"})
        taken = export.watermark(warehouse, viewer, at)
        return document(register, warehouse, viewer, number, CLASSIFICATION, taken, at)

    download(
        viewer, "export", "report", "报告 Word", made, f"{TITLE}_{row['number']}.docx", mime=WORD,
        icon=":material/download:", note="抽样、推及全部的比率和区间、一致性、扣分项、各单位；下载会被记录。",
    )  # fmt: skip


def _result(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, held: Result) -> None:
    final = str(row["state"]) in OUT
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("**结果**" if final else "**结果（裁决中，尚未报告）**", width="content")
        _report(register, warehouse, viewer, row)
    rate = held.good
    if rate is None:
        message.nothing("还没有评出结果", "各件评完并裁决后，在这里推及全部。")
        return
    left, middle, right = st.columns([1.1, 1, 1.5], gap="medium")
    with left:
        st.metric("优良率（推及全部）", percent(rate.value), help="按各层被抽中的概率加权，不是样本里的比例。")
        st.caption(
            f"95% 区间 {percent(rate.low)} 至 {percent(rate.high)}；"
            f"{rate.covered:,} 件已结案件，评了 {rate.reviewed:,} 件。"
        )
        if rate.covered < rate.population:
            st.caption(f"有 {rate.population - rate.covered:,} 件所在的层没有一件能评，不在推算之内。")
        mean = NONE if held.mean is None else f"{held.mean:.1f}"
        st.caption(f"样本平均 {mean} 分；裁决 {held.adjudicated:,} 件，无法评查 {held.set_aside:,} 件。")
    with middle:
        st.markdown("等次（推及全部）")
        st.table({name: rate_words(one) for name, one in held.by_grade.items()}, border="horizontal")
    with right:
        st.markdown("等次一致性")
        told = held.agreement
        st.markdown(agreement_words(told))
        st.caption(f"双评 {told.pairs:,} 件，等次相同 {told.same:,} 件。{WHEN}")


def _items(number: str, held: Result) -> None:
    st.markdown("**扣分项**")
    used = held.items[held.items["found"].gt(0) | held.items["agreement"].map(lambda one: one.same < one.pairs)]
    if used.empty:
        message.nothing("没有扣分", "评查的案卷没有一项扣分。")
        return
    shown = pd.DataFrame(
        {
            "扣分项": [f"{one} {name}" for one, name in zip(used["id"], used["name"], strict=True)],
            "件": used["found"].tolist(),
            "推及全部": [rate_words(one) for one in used["rate"]],
            "双评一致": [f"{one.same}/{one.pairs}" for one in used["agreement"]],
            "κ": [coefficient_words(one.kappa) for one in used["agreement"]],
            "AC1": [coefficient_words(one.ac1) for one in used["agreement"]],
        }
    )
    opens = {"件": [(paths.LOOKBACK, {LOOKBACK_KEY: number, FILES_KEY: f"{ITEM}{one}"}) for one in used["id"]]}
    figure.table(shown, opens, "items_found", height=_height(shown))


def _height(shown: pd.DataFrame) -> int | Literal["content"]:
    return tables.height(shown, 9)


def _units(number: str, held: Result) -> None:
    st.markdown("**各单位**")
    units = held.units
    shown = pd.DataFrame(
        {
            "单位": units["org_name"].tolist(),
            "评查": units["reviewed"].tolist(),
            "优良": units["good"].tolist(),
            "平均分": [f"{one:.1f}" for one in units["mean"]],
            "常见扣分": units["commonest"].replace("", NONE).tolist(),
        }
    )
    opens = {
        name: [(paths.LOOKBACK, {LOOKBACK_KEY: number, FILES_KEY: f"{part}{one}"}) for one in units["org_id"]]
        for name, part in (("评查", UNIT), ("优良", GOOD_OF_UNIT))
    }
    figure.table(shown, opens, "units_found", height=_height(shown))
    st.caption("单位的件数少，不排名，也不推及全部。")


def _strata(held: Result, row: pd.Series) -> None:
    shown = held.strata.rename(
        columns={"stratum": "层", "size": "已结案件", "drawn": "抽取", "reviewed": "评出结果", "good": "优良"}
    )
    shown.insert(
        3, "概率", [f"{drawn / size:.1%}" for drawn, size in zip(shown["抽取"], shown["已结案件"], strict=True)]
    )
    tables.plain_table(shown, "strata_drawn", 10, "各层抽取和评出")
    sheet = sheets()[str(row["review_type"])]
    st.caption(verbatim(f"{sheet.title}：{sheet.about}种子 {row['seed']}，同一代数据上同一种子抽到同样的案件。"))
