"""The past twelve months under both versions: run it, see it, keep it with the version."""

import uuid
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework.rules.backtests import StoredBacktest, backtests, keep_backtest
from lib.casework.rules.states import UNDER_WAY
from lib.casework.rules.versions import Version, version_name
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.rules.report import from_report, to_report
from lib.insight.rules.tuning import Tuning, back_test
from lib.insight.wording import moment
from lib.rules import Variant
from lib.ui import message
from lib.ui.charts.levels import LEVELS, level_counts
from lib.ui.charts.shared import ACCENT, QUIET, draw, sheet
from lib.ui.rules import tuning
from lib.ui.state import Key, key
from lib.ui.tables import plain_table
from lib.ui.tiles import heading
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

MONTHS = 12
_HELD, _ASKED = "t_backtest", "t_asked"


def _of(warehouse: Warehouse, viewer: Viewer, live: Variant | None, proposed: Variant) -> Key:
    return key(None, warehouse, viewer, None if live is None else live.key, proposed.key, clock=False)


def panel(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    live: Version | None,
    proposed: Variant,
    version: Version | None,
) -> None:
    """The button that runs it, what it gave, and keeping it with a version under way."""
    before = None if live is None else Variant(live.rule, live.params)
    shown = _of(warehouse, viewer, before, proposed)
    if not viewer.may("backtest", "rule"):
        st.caption("回测由市、县两级纪委和派驻组运行；已随版本保存的报告可以查看。")
        if version is not None:
            kept(register, viewer, version, live)
        return

    def ask() -> None:
        st.session_state[_ASKED] = shown

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("回测过去 12 个月", icon=":material/history:", key="t_run", on_click=ask)
        st.caption("每个月末只用当时已有的数据，两个版本各算一遍。", width="content")
    # Asked for until it is there: a rerun that comes in between (models that ran beside the page) starts it again.
    if st.session_state.get(_ASKED) == shown:
        bar = st.progress(0.0, text="正在回测…")

        def tell(_stage: str, done: float, text: str) -> None:
            bar.progress(min(done, 1.0), text=f"正在回测 {text}")

        try:
            found = back_test(register, warehouse, viewer, before, proposed, MONTHS, tell)
        except UserError as error:
            del st.session_state[_ASKED]
            message.problem(error)
            return
        finally:
            bar.empty()
        del st.session_state[_ASKED]
        st.session_state[_HELD] = (shown, found)
    held = st.session_state.get(_HELD)
    if held is not None and held[0] == shown:
        show(held[1], "t_now")
        if version is not None and version.state in UNDER_WAY and viewer.may("tune", "rule_version"):
            _keep(register, warehouse, viewer, version, live, held[1])
    if version is not None:
        kept(register, viewer, version, live)


def _keep(
    register: Register, warehouse: Warehouse, viewer: Viewer, version: Version, live: Version | None, found: Tuning
) -> None:
    sent = st.session_state.setdefault(f"t_keep_{version.version_id}_{id(found)}", uuid.uuid4().hex)

    def keep() -> None:
        keep_backtest(
            register,
            viewer,
            version.version_id,
            None if live is None else live.version_id,
            to_report(found),
            generation=warehouse.generation.number,
            as_of=found.as_of,
            submission_id=sent,
            at=now(warehouse),
        )
        st.session_state["t_kept"] = version.version_id

    what = "报告随版本保存，提交复核和发布都要有。"
    st.button("保存回测报告", type="primary", key="t_keep", on_click=keep, help=what)


def kept(register: Register, viewer: Viewer, version: Version, live: Version | None, opened: bool = False) -> None:
    """The reports stored with a version, the newest first and `opened` or not; the need for one while under way."""
    try:
        stored = backtests(register, viewer, version.version_id)
    except UserError as error:
        message.problem(error)
        return
    if st.session_state.pop("t_kept", None) == version.version_id:
        st.success("**已保存** 回测报告", icon=":material/check_circle:")
    if not stored and version.state in UNDER_WAY:
        st.caption(f"{version.name}还没有保存回测报告；提交复核和发布都要有与在用版本对比的报告。")
    for report in stored:
        with st.expander(verbatim(_title(report, live)), expanded=opened and report is stored[0]):
            try:
                show(from_report(viewer, report.report), report.backtest_id)
            except (NotVisible, ValueError):
                st.caption("这份报告按另一个范围生成，您不能查看。")


def _title(report: StoredBacktest, live: Version | None) -> str:
    against = "无在用版本" if report.against_id is None else f"对比{version_name(report.against_id)}"
    current = report.against_id == (None if live is None else live.version_id)
    against += "" if current else "（已不是在用版本，须重新回测）"
    return f"{moment(report.at)} {report.person_name} 保存的回测报告 · {against} · 数据截至 {report.as_of}"


def show(found: Tuning, key: str) -> None:
    """A back-test: workload, month by month, and how right both versions were over the year."""
    if found.workload is not None and found.months is not None:
        st.markdown(_workload(found))
        st.caption(_progress(found))
    if found.months is not None:
        heading(*_seen(found.months, found.live is not None))
        draw(_chart(found.months, found.live is not None), "两个版本每月末命中的预警数", key=f"{key}_chart")
        table = _monthly(found.months)
        plain_table(table, f"{key}_months", 24, "每月末的预警")
    if found.verified_months is not None:
        tuning.verified(found.verified_months, "过去 12 个月命中过的预警")


def _workload(found: Tuning) -> str:
    work = found.workload
    assert work is not None
    words = f"拟用版本每月约新增 **{work.proposed_month:.1f}** 条预警"
    if work.live_month is not None:
        words += f"（在用版本 {work.live_month:.1f} 条）"
    if work.median_days is None or work.proposed_days is None:
        return f"{words}；本模型已核查 {work.concluded} 条，太少，不推算工作量。"
    words += f"，按每条核查 {work.median_days:.0f} 个工作日（{work.concluded} 条的中位数）"
    words += f"约需 **{work.proposed_days:.0f}** 个工作日"
    return words + ("" if work.live_days is None else f"（在用版本 {work.live_days:.0f} 个）") + "。"


def _progress(found: Tuning) -> str:
    """What stood already when the months begin, which is nobody's new work."""
    assert found.months is not None
    first = found.months.iloc[0]
    stock = f"{first['day']:%Y-%m-%d} 已经命中的存量：拟用版本 {first['proposed_total']:,} 条"
    if found.live is not None:
        stock += f"，在用版本 {first['live_total']:,} 条"
    new = "每月新增只算此前各月末都没有命中过的预警，同一对象办结之后又有新的情况、另立的预警不在其中"
    return f"{stock}，不计入每月新增；{new}。"


def _seen(months: pd.DataFrame, has_live: bool) -> tuple[str, str]:
    """What the chart shows in a sentence, and of which days."""
    first, last = months.iloc[0], months.iloc[-1]
    against = f"，在用版本 {last['live_total']} 条" if has_live else ""
    words = f"{last['day']:%Y-%m-%d} 拟用版本命中 {last['proposed_total']} 条预警{against}"
    return words, f"{first['day']:%Y-%m-%d} 至 {last['day']:%Y-%m-%d} 各月末命中的预警，条"


def _chart(months: pd.DataFrame, has_live: bool) -> dict[str, Any]:
    versions = (["在用版本"] if has_live else []) + ["拟用版本"]
    columns = {"在用版本": "live_total", "拟用版本": "proposed_total"}
    rows = [
        {"月末": f"{day:%Y-%m-%d}", "版本": name, "预警": int(count)}
        for name in versions
        for day, count in zip(months["day"], months[columns[name]], strict=True)
    ]
    return sheet(
        190,
        data={"values": rows},
        mark={"type": "line", "point": True, "strokeWidth": 2},
        encoding={
            "x": {"field": "月末", "type": "ordinal", "title": None,
                  "axis": {"labelAngle": 0, "labelOverlap": True, "labelExpr": "slice(datum.label, 2, 7)"}},
            "y": {"field": "预警", "type": "quantitative", "title": "预警（条）",
                  "axis": {"grid": True, "tickCount": 4}},
            "color": {"field": "版本", "type": "nominal", "sort": versions,
                      "legend": {"symbolType": "stroke", "title": None, "orient": "top"},
                      "scale": {"domain": ["在用版本", "拟用版本"], "range": [QUIET, ACCENT]}},
            "strokeDash": {"field": "版本", "type": "nominal", "sort": versions,
                           "scale": {"domain": ["在用版本", "拟用版本"], "range": [[4, 3], [1, 0]]}},
            "tooltip": [{"field": "月末"}, {"field": "版本"}, {"field": "预警"}],
        },
    )  # fmt: skip


def _monthly(months: pd.DataFrame) -> pd.DataFrame:
    def levels(version: str) -> list[str]:
        columns = [months[f"{version}_{level}"] for level in LEVELS]
        return [level_counts(*counts) for counts in zip(*columns, strict=True)]

    return pd.DataFrame(
        {
            "月末": months["day"].map(lambda day: f"{day:%Y-%m-%d}"),
            "在用": months["live_total"],
            "在用等级": levels("live"),
            "拟用": months["proposed_total"],
            "拟用等级": levels("proposed"),
            "新命中（拟用）": months["proposed_new"],
            "新增": months["added"],
            "减少": months["lost"],
            "变级别": months["changed"],
        }
    )
