"""The board of what is late: with whom, of which unit, of which kind, for how long; each number opens its rows."""

import pandas as pd
import streamlit as st

from lib.casework.objects import KINDS
from lib.insight.work.late import BY, KIND, SPANS, UNIT, WHO, late_board, span_name
from lib.insight.work.listing import EVERYBODY, LATE
from lib.ui import figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept

BOARD_KEY, WHO_KEY, UNIT_KEY, KIND_KEY, DAYS_KEY = "t_late", "t_who", "t_unit", "t_kind", "t_days"
_KEYS = {WHO: WHO_KEY, UNIT: UNIT_KEY, KIND: KIND_KEY}


def link() -> None:
    """From the page of work to the board."""
    st.page_link(
        paths.WORK,
        label="超期看板",
        icon=":material/table_chart:",
        query_params=way.address({BOARD_KEY: WHO}),
        width="content",
    )


def asked() -> str:
    """By what the address wants the late ones broken down; empty when it does not want the board."""
    found = st.query_params.get(BOARD_KEY, "")
    return found if found in BY else ""


def board(frame: pd.DataFrame, by: str) -> None:
    """All that is late in the viewer's scope, whoever it waits for."""
    with card("late-board"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**超期看板**", width="content", help="权限范围内全部未办结的超期事项，按日历日计超期天数。")
            st.segmented_control(
                "分组",
                list(BY),
                default=by,
                required=True,
                format_func=lambda key: BY[key][0],
                key=BOARD_KEY,
                bind="query-params",
                label_visibility="collapsed",
            )
        shown, numbers = _board(frame, by)
        if shown.empty:
            message.nothing("没有超期的事项", "权限范围内未办结的，都在期限内。")
            return
        total = int(shown["超期"].sum())
        opening: figure.Opening = (paths.WORK, {"t_part": EVERYBODY[LATE]})
        figure.link(total, opening, "共超期", "项")
        config = {
            BY[by][0]: st.column_config.TextColumn(pinned=True, width=250),
            **{
                name: st.column_config.NumberColumn(format="localized", width=max(76, 22 + 14 * len(name)))
                for name in shown.columns[1:]
            },
        }
        figure.table(shown, numbers, "late_board", config, height=tables.height(shown, 16), alt="超期看板")


@kept(64)
def _board(frame: pd.DataFrame, by: str) -> tuple[pd.DataFrame, dict[str, list[figure.Opening | None]]]:
    """The counts under their titles, and what each opens."""
    found = late_board(frame, by)
    kinds = [one for one in KINDS if one in found]
    parts: dict[str, tuple[str, dict[str, str]]] = {"total": ("超期", {})}
    parts |= {kind: (KINDS[kind].title, {KIND_KEY: kind}) for kind in kinds if by != KIND}
    parts |= {span: (span_name(span), {DAYS_KEY: span}) for span in SPANS}
    shown = pd.DataFrame({BY[by][0]: found["name"]})
    numbers: dict[str, list[figure.Opening | None]] = {}
    for column, (title, query) in parts.items():
        shown[title] = found[column].to_numpy()
        numbers[title] = [
            (paths.WORK, {"t_part": EVERYBODY[LATE], _KEYS[by]: group, **query}) if count else None
            for group, count in zip(found["group"], found[column], strict=True)
        ]
    return shown.assign(最长天数=found["days"].astype("int64"), 已催办=found["reminded"]), numbers
