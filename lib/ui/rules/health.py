"""The models at a glance: state, version, what they tested and found, how long it took."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.figure import Asked, Casework, Query
from lib.insight.rules.health import ERROR, FINE, NEVER, NO_DATA, OUT, STALE, TILES, WAITING, WITHHELD, ZERO, health
from lib.insight.stated import Stated
from lib.insight.wording import moment
from lib.ui import figure, paths, tiles
from lib.ui.kept import kept
from lib.ui.rules import hits
from lib.ui.state import Key, key
from lib.ui.tables import height
from lib.warehouse.store import Warehouse

# In the address: the states of the models that are listed.
STATES, WITH_TASKS = "state", "有待处理任务"
# Fewer runs than these are no course.
_LEAST_RUNS = 3
# Words and shapes only: the warning colours are for warnings.
_MARKS = {ERROR: "✕", WITHHELD: "⏸", NO_DATA: "∅", STALE: "◷", ZERO: "○", FINE: "✓", NEVER: "…", OUT: "—"}


@kept(16)
def _health(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return health(_register, _viewer, _warehouse)


def states(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """`health` of the models, worked out once per state of the data and the register; never change it."""
    return _health(register, warehouse, viewer, key(register, warehouse, viewer))


def figures(frame: pd.DataFrame) -> None:
    """How many models are in which condition; each number lists them."""
    with st.grid(6, min_column_width=120, gap="small"):
        for of, states in TILES:
            _tile(of, len(_listed(frame, states)), {STATES: list(states)})
        waiting = int(frame["tasks"].gt(0).sum())
        _tile(WAITING, waiting, {STATES: [WITH_TASKS]})


def _tile(of: Stated, count: int, query: Query) -> None:
    tiles.tile(of.title, [(f"{count:,}", (paths.RULES, query))], of.meaning, "个")


def _among(frame: pd.DataFrame, states: Sequence[str]) -> pd.DataFrame:
    if list(states) == [WITH_TASKS]:
        return frame[frame["tasks"].gt(0)]
    return frame[frame["state"].isin(states)] if states else frame


@kept(64)
def _listed(frame: pd.DataFrame, states: tuple[str, ...]) -> pd.DataFrame:
    return _among(frame, states).reset_index(drop=True)


def asked_for(frame: pd.DataFrame) -> pd.DataFrame:
    """The models in the states that the address asks for, with words on that."""
    states = st.query_params.get_all(STATES)
    shown = _listed(frame, tuple(states))
    if states:
        figure.origin("、".join(states), "✕ 全部模型", STATES)
    figure.listed(len(shown), "个")
    return shown


@kept(32)
def in_scope(frame: pd.DataFrame, found: pd.DataFrame, casework: Casework) -> pd.DataFrame:
    """`frame` with what of each model's last run lies in the viewer's scope: hits, firing (warnings it still gives),
    and year (warnings generated this year, as on the overview)."""
    ids = frame["rule_id"]
    counts = {
        "hits": found["rule_id"],
        "firing": figure.counted(casework, Asked("firing"))["rule_id"],
        "year": figure.counted(casework, Asked("generated", "year"))["rule_id"],
    }
    return frame.assign(**{name: ids.map(of.value_counts()).fillna(0).astype("int64") for name, of in counts.items()})


def table(frame: pd.DataFrame, chosen: str) -> None:
    """One row per model; selecting one shows it below and puts it into the address."""
    shown, drawn, numbers = _table(frame)

    about = f"最近各次运行的信号数，旧在左；运行不足 {_LEAST_RUNS} 次不画线。"

    def pick(row: int) -> None:
        st.query_params["rule"] = frame["rule_id"].iloc[row]

    line = st.column_config.LineChartColumn(y_min=0, help=about)
    config = {
        "受检": st.column_config.NumberColumn(format="localized", help="最近一次运行查过的对象数。"),
        "读取（行）": st.column_config.NumberColumn(format="localized", help="所读数据集的行数。"),
        "用时（秒）": st.column_config.NumberColumn(format="%.2f"),
        "命中": st.column_config.NumberColumn(format="localized", help="最近一次运行的原始命中，您的范围内。"),
        "现命中预警": st.column_config.NumberColumn(
            format="localized", help="最近一次运行仍命中的预警，不论何时生成、办到哪一步；您的范围内。"
        ),
        "本年预警": st.column_config.NumberColumn(
            format="localized", help="本年首次生成的预警，与总览相同，不含已合并和已撤销的；您的范围内。"
        ),
        "历次命中": line if drawn else st.column_config.TextColumn(help=about),
        "任务": st.column_config.NumberColumn(help="待处理的任务。"),
        "在办版本": st.column_config.NumberColumn(help="草稿、试运行或复核中的版本。"),
    }
    st.caption("全市各模型最近一次运行的情况；命中和预警只计您范围内的。点数字打开清单，点模型看下面的内容。")
    place = int(frame["rule_id"].eq(chosen).to_numpy().argmax())
    figure.table(
        shown,
        numbers,
        "m_table",
        config,
        [(paths.RULES, {"rule": rule_id}) for rule_id in frame["rule_id"]],
        pick,
        height=height(shown, 20),
        alt="模型运行状态",
        placeholder="—",
        selection_default={"selection": {"cells": [[place, "模型"]]}},
    )


@kept(32)
def _table(frame: pd.DataFrame) -> tuple[pd.DataFrame, bool, dict[str, list[figure.Opening | None]]]:
    """The rows in words, whether there is a course to draw, and what the numbers open."""
    courses = frame["history"].map(lambda runs: runs if len(runs) >= _LEAST_RUNS else None)
    drawn = bool(courses.notna().any())
    shown = pd.DataFrame(
        {
            "模型": frame["rule_id"] + " " + frame["title"],
            "状态": frame["state"].map(lambda state: f"{_MARKS[state]} {state}"),
            "风险": frame["risk"],
            "性质": frame["nature"],
            "版本": frame["version"].replace("", "—"),
            "受检": frame["tested"],
            "命中": frame["hits"],
            "现命中预警": frame["firing"],
            "本年预警": frame["year"],
            "历次命中": courses if drawn else "—",
            "用时（秒）": frame["seconds"],
            "读取（行）": frame["rows_read"],
            "上次运行": frame["last_run_at"].map(moment),
            "任务": frame["tasks"],
            "在办版本": frame["trials"],
        }
    )
    ids = frame["rule_id"].tolist()
    numbers: dict[str, list[figure.Opening | None]] = {
        "命中": [hits.opening(rule_id) for rule_id in ids],
        "现命中预警": [Asked("firing").of(rule=rule_id) for rule_id in ids],
        "本年预警": [Asked("generated", "year").of(rule=rule_id) for rule_id in ids],
        "任务": [(paths.RULES, {"waiting": rule_id}) for rule_id in ids],
        "在办版本": [(paths.RULES, {"trials": rule_id}) for rule_id in ids],
    }
    return shown, drawn, numbers
