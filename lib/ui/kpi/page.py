"""The KPIs as tiles in their groups, and tables that set counties and models beside each other."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.insight.figure import Asked
from lib.insight.kpi.groups import Group
from lib.insight.kpi.told import Figure, Ratio
from lib.insight.kpi.warnings import UNTRUE, VERIFIED
from lib.insight.period import Period
from lib.insight.share import Share, percent
from lib.insight.warnings.names import rule_labels
from lib.ui import figure, tables, tiles
from lib.ui.kept import kept
from lib.ui.kpi.view import Kpis

_SHORT = {"预警核实率": "核实率", "线索处置率": "处置率", "线索了结率": "了结率"}


def groups(found: list[Group]) -> None:
    """The KPIs group by group; the small groups share a row."""
    for one in found:
        if len(one.figures) > 2:
            _group(one, 4)
    small = [one for one in found if len(one.figures) <= 2]
    for place, one in zip(st.columns(2, gap="small"), small, strict=False):
        with place:
            _group(one, 2)


def _group(one: Group, per_row: int) -> None:
    """Each with its definition, what it is made of, and how it moved."""
    st.markdown(f"**{one.name}**")
    with st.grid(per_row, min_column_width=230, gap="small"):
        for each in one.figures:
            _tile(each)


def _tile(one: Figure) -> None:
    values = [(value.text, value.asked) for value in one.values]
    with tiles.tile(one.title, values, one.meaning, "", one.parts, one.detail):
        if one.movements:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                st.caption(" · ".join(movement.text for movement in one.movements), width="stretch")
                # What it is made of stands above.
                tiles.details(one._replace(parts=(), detail=""))


def by_county(shown: Kpis) -> None:
    """Every ratio by county, with what it is made of; a click opens what it divides by."""
    frame, numbers = _counties(shown)
    config: dict[str, Any] = {
        name: st.column_config.TextColumn(help=ratio.meaning, alignment="right")
        for name, ratio in zip(numbers, shown.ratios, strict=True)
    }
    config["区县"] = st.column_config.TextColumn(pinned=True)
    figure.table(frame, numbers, "kpi_counties", config, height=tables.height(frame, 11), alt="各县（市、区）指标")


def _short(ratio: Ratio) -> str:
    return _SHORT.get(ratio.title, ratio.title)


@kept(32)
def _counties(shown: Kpis) -> tuple[pd.DataFrame, dict[str, list[Asked | None]]]:
    columns: dict[str, list[str]] = {"区县": [row.name for row in shown.counties]}
    numbers: dict[str, list[Asked | None]] = {}
    for place, ratio in enumerate(shown.ratios):
        columns[_short(ratio)] = [_told(row.shares[place]) for row in shown.counties]
        numbers[_short(ratio)] = [row.asked[place] for row in shown.counties]
    return pd.DataFrame(columns), numbers


def _told(share: Share) -> str:
    return f"{percent(share)}（{share.part:,}/{share.whole:,}）" if share.whole else percent(share)


def by_rule(shown: Kpis, chosen: Period) -> None:
    """How often each model was wrong, and right; a click on a number opens its warnings."""
    frame, numbers = _rules(shown, chosen)
    config: dict[str, Any] = {
        "模型": st.column_config.TextColumn(pinned=True),
        "误报率": st.column_config.TextColumn(help=UNTRUE.meaning, alignment="right"),
        "核实率": st.column_config.TextColumn(help=VERIFIED.meaning, alignment="right"),
    }
    figure.table(frame, numbers, "kpi_rules", config, height=tables.height(frame, 11), alt="各模型误报率和核实率")


@kept(64)
def _rules(shown: Kpis, chosen: Period) -> tuple[pd.DataFrame, dict[str, list[Asked | None]]]:
    table, labels = shown.rules, rule_labels()
    frame = pd.DataFrame(
        {
            "模型": [labels.get(rule_id, rule_id) for rule_id in table["rule_id"]],
            "有结论": table["concluded"].tolist(),
            "误报": table["untrue"].tolist(),
            "误报率": _percents(table, "untrue", "concluded"),
            "已判定": table["judged"].tolist(),
            "属实": table["true"].tolist(),
            "仅属实": table["strict"].tolist(),
            "核实率": _percents(table, "true", "judged"),
        }
    )
    names = {"有结论": "concluded", "误报": "untrue", "已判定": "judged", "属实": "true", "仅属实": "true_strict"}
    numbers: dict[str, list[Asked | None]] = {
        column: [Asked(name, chosen.key).of(rule=rule_id) for rule_id in table["rule_id"]]
        for column, name in names.items()
    }
    return frame, numbers


def _percents(table: pd.DataFrame, part: str, whole: str) -> list[str]:
    return [percent(Share(int(above), int(below))) for above, below in zip(table[part], table[whole], strict=True)]
