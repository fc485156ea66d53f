"""The board of the grid loop: what was reported and became of it, town by town; each number opens its list."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.grid import dispatches
from lib.insight.grid.dispatches import ENDED, FLOW, ODD, PARTS
from lib.insight.period import Period
from lib.insight.share import Share, percent
from lib.ui import figure, message, paths, tiles
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.tables import height
from lib.ui.verbatim import in_html
from lib.warehouse.store import Warehouse

PART_KEY, TOWN_KEY = "g_part", "g_town"
_COLUMNS = (*FLOW, *ODD, *ENDED, "checked")
_HELD = (
    "平台的处置结果只有已处置、现场劝离、转立案、不属职责四种，核验结果有属实、部分属实、不属实、无法查实、虚假办结；"
)
_TOLD = _HELD + "「无法解决」「未发现」只从线下核查得来。报办结不等于解决：核验属实才计入，所以多报办结不会抬高解决率。"


@kept(32)
def _board(_register: Register, _warehouse: Warehouse, _viewer: Viewer, period: Period, state: Key) -> pd.DataFrame:
    return dispatches.board(_register, _warehouse, _viewer, period.now)


def opening(period: Period, part: str, town: str = "") -> figure.Opening:
    """The list of what a part counts, of a town or of all that is in sight."""
    return paths.GRID, {"period": period.name, PART_KEY: part} | ({TOWN_KEY: town} if town else {})


def board(register: Register, warehouse: Warehouse, viewer: Viewer, period: Period) -> None:
    """The numbers of all towns in sight, and a row for each."""
    held = dispatches.limits(register)
    frame = _board(register, warehouse, viewer, period, key(register, warehouse, viewer, period.key, clock=False))
    if frame.empty:
        message.nothing("期内没有网格派单", f"{period.now.text} 您的范围内没有派单，请另选期间。")
        return
    total = frame[list(PARTS)].sum()
    left, right = st.columns([1, 3], gap="small")
    with left:
        _rate(period, total, held)
    with right, card("grid-total", height="stretch"):
        parts = (("闭环", FLOW), ("疑点", ODD), ("结果", ENDED))
        st.html("".join(_line(title, names, total, period, held) for title, names in parts))
    with card("grid-towns"):
        st.markdown("**各镇街**　疑点、超期和办结不实多的在前")
        _towns(frame, period, held)
        st.caption(_TOLD)


def _rate(period: Period, total: pd.Series, held: dict[str, int]) -> None:
    share = Share(int(total["solved_owed"]), int(total["owed"]))
    about = dispatches.RATE.told(owed=dispatches.meaning("owed", held))
    with tiles.tile(dispatches.RATE.title, [(percent(share), None)], about):
        numbers = (
            figure.number(int(total[part]), opening(period, part), PARTS[part].title)
            for part in ("solved_owed", "owed", "checked")
        )
        st.html(figure.line(*numbers))


def _line(title: str, names: tuple[str, ...], total: pd.Series, period: Period, held: dict[str, int]) -> str:
    numbers = (
        figure.number(int(total[part]), opening(period, part), PARTS[part].title, about=dispatches.meaning(part, held))
        for part in names
    )
    return figure.line(f"<strong>{in_html(title)}</strong>", *numbers)


def _towns(frame: pd.DataFrame, period: Period, held: dict[str, int]) -> None:
    shown, numbers = _shown(frame, period)
    config: dict[str, object] = {
        PARTS[part].title: st.column_config.NumberColumn(
            format="localized", width=_width(part), help=dispatches.meaning(part, held)
        )
        for part in _COLUMNS
    }
    config["镇街"] = st.column_config.TextColumn(width=150, pinned=True)
    config["解决率"] = st.column_config.TextColumn(width=72, help="已解决占应解决的比例。")
    figure.table(shown, numbers, "grid_towns", config, height=height(shown, 14), alt="各镇街网格闭环")


def _width(part: str) -> int:
    """Room for the head of a column, fourteen pixels a letter."""
    return max(62, 22 + 14 * len(PARTS[part].title))


@kept(32)
def _shown(frame: pd.DataFrame, period: Period) -> tuple[pd.DataFrame, dict[str, list[figure.Opening | None]]]:
    shown = pd.DataFrame({"镇街": frame["area_label"]})
    shown["解决率"] = [
        percent(Share(int(part), int(whole))) for part, whole in zip(frame["solved_owed"], frame["owed"], strict=True)
    ]
    numbers: dict[str, list[figure.Opening | None]] = {}
    for part in _COLUMNS:
        shown[PARTS[part].title] = frame[part].to_numpy()
        numbers[PARTS[part].title] = [
            opening(period, part, town) if count else None
            for town, count in zip(frame["area_code"], frame[part], strict=True)
        ]
    return shown, numbers
