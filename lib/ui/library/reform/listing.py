"""Tasks of the reform as a list, and how far apart plan and progress are by county and department; each number opens
its tasks."""

from datetime import date

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.scope import of_unit
from lib.casework.store.register import Register
from lib.insight.library.lights import LIGHTS
from lib.insight.library.reform import PARTS, Cell, limits, matrix, points, signed, task_list
from lib.insight.parts import counts
from lib.insight.wording import NONE, day
from lib.ui import figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.browser.way import Query
from lib.ui.card import card
from lib.ui.files.download import download
from lib.ui.files.listed import workbook
from lib.ui.kept import kept
from lib.ui.record.opening import form_link
from lib.ui.state import Key, key
from lib.ui.verbatim import in_html
from lib.warehouse.store import Warehouse

TASK_KEY, ISSUE_KEY, PART_KEY = "task", "issue", "rf_part"
COUNTY_KEY, DEPARTMENT_KEY, KNOWN_KEY = "rf_county", "rf_department", "rf_known"
_LOOKED_BACK = "选过去的日期：按那时掌握的进展和那时的计划列出；以后补报的进展、以后调整的计划不改变它。留空即现在。"
# Width, how it stands on a card (see tables.Column).
_LIST = {
    "任务": ("24%", "main"),
    "责任单位": ("16%", "line bare"),
    "进度": ("130px", "line bare"),
    "偏差": ("136px", "line bare"),
    "进展截至": ("96px", ""),
    "节点": ("230px", ""),
    "完成时限": ("96px", ""),
}


@kept(64)
def _tasks(_register: Register, _warehouse: Warehouse, _viewer: Viewer, known: date | None, state: Key) -> pd.DataFrame:
    return task_list(_register, _warehouse, _viewer, state.moment, known)


def visible_tasks(register: Register, warehouse: Warehouse, viewer: Viewer, known: date | None = None) -> pd.DataFrame:
    """The viewer's tasks, as now or as a past day knew them; never change them."""
    return _tasks(register, warehouse, viewer, known, key(register, warehouse, viewer, known))


def known_choice(warehouse: Warehouse) -> date | None:
    """The past day that the page looks back to, chosen in the address; None for now."""
    try:
        held: date | None = date.fromisoformat(st.query_params.get(KNOWN_KEY, ""))
    except ValueError:
        held = None
    today = warehouse.as_of
    if held is not None and not date(2000, 1, 1) <= held < today:
        held = None
    st.markdown("当时所知", width="content", help=_LOOKED_BACK)
    chosen = st.date_input(
        "当时所知",
        value=held,
        max_value=today,
        key="rf_known_day",
        format="YYYY-MM-DD",
        label_visibility="collapsed",
        width=150,
    )
    day_ = chosen if isinstance(chosen, date) and chosen < today else None
    if day_ is None:
        st.query_params.pop(KNOWN_KEY, None)
    elif day_ != held:
        st.query_params[KNOWN_KEY] = day_.isoformat()
    return day_


def issue_link(viewer: Viewer) -> None:
    """To the form that issues a task, for those who may."""
    form_link(viewer, "issue", "reform_task", paths.REFORM, "下达任务", {ISSUE_KEY: "own"})


def _held(known: date | None, **more: str) -> Query:
    """An address of this page that stays with the day looked back to."""
    found = {name: value for name, value in more.items() if value}
    return found | ({KNOWN_KEY: known.isoformat()} if known else {})


def cut() -> tuple[str, str]:
    """The county and the department that the address asks for, empty for all."""
    return st.query_params.get(COUNTY_KEY, ""), st.query_params.get(DEPARTMENT_KEY, "")


def parts(frame: pd.DataFrame, known: date | None) -> str:
    """How many tasks stand where, each number the link to them; the part that the address asks for."""
    found = counts(frame, PARTS)
    return figure.parts(paths.REFORM, PART_KEY, found, PARTS, _held(known)) or ("open" if found["open"] else "all")


def deviations(frame: pd.DataFrame, viewer: Viewer, known: date | None) -> None:
    """推进偏差 by county and department: how many tasks are in hand, how many of them have missed, how far behind."""
    if of_unit(viewer) or not frame["open"].any():
        return
    cells = _cells(frame)
    counties, departments = (list(dict.fromkeys(pair[at] for pair in cells)) for at in (0, 1))
    held = limits()
    with card("deviations"):
        st.markdown(f"**推进偏差**{f'　{day(known)} 当时所知' if known else ''}")
        head = "".join(f"<th>{in_html(name or '全部')}</th>" for name in departments)
        rows = "".join(
            f"<tr><th>{in_html(county or '全部')}</th>"
            + "".join(_cell(cells[county, department], known) for department in departments)
            + "</tr>"
            for county in (*counties[1:], "")
        )
        st.html(
            f'<div class="matrix"><table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        )
        st.caption(
            f"在办任务的平均偏差（百分点，实际进度减计划进度）和件数，点开即是这些任务。"
            f"不低于 {signed(held.reached)} 达标，不低于 {signed(held.close)} 接近，更低未达标（界限{held.mark}）。"
        )


@kept(64)
def _cells(frame: pd.DataFrame) -> dict[tuple[str, str], Cell]:
    return matrix(frame)


def _cell(cell: Cell, known: date | None) -> str:
    light = cell.light
    if light is None:
        return "<td>—</td>"
    query = _held(known, **{PART_KEY: "open", COUNTY_KEY: cell.county, DEPARTMENT_KEY: cell.department})
    missed = _held(known, **{PART_KEY: "missed", COUNTY_KEY: cell.county, DEPARTMENT_KEY: cell.department})
    told = "，".join(f"{word} {count} 件" for word, count in cell.by_light.items() if count)
    label = f"<b>{points(cell.deviation)}</b> {light.text}"
    behind = cell.by_light[list(LIGHTS)[-1]]
    link = figure.anchor(f"{cell.tasks} 件", (paths.REFORM, query), told)
    more = f"，{figure.anchor(f'未达标 {behind} 件', (paths.REFORM, missed))}" if behind and cell.tasks > 1 else ""
    return f'<td class="shade-{light.shade}"><div>{label}</div><div class="told">{link}{more}</div></td>'


def narrowed(frame: pd.DataFrame, county: str, department: str) -> pd.DataFrame:
    """The tasks of a county and a department."""
    inside = (frame["county"].eq(county) | (not county)) & (frame["department"].eq(department) | (not department))
    return frame if inside.all() else frame[inside]


def task_table(
    register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, part: str, cuts: tuple[str, str]
) -> None:
    """The tasks of a part; export for those who may."""
    about = " · ".join([PARTS[part][0], *filter(None, cuts)])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{in_html(about)}**", width="content")
        figure.listed(len(rows), "件")
        if any(cuts):
            st.button("查看全部", key="rf_all", type="tertiary", on_click=_drop)
        st.space("stretch")
        _export(register, warehouse, viewer, rows, about)
    if rows.empty:
        message.nothing("没有这样的任务", "请另选清单；「全部」里有已经完成和终止的。")
        return
    way.remember(rows["task_id"].tolist())
    with tables.paged(rows, "reform_rows", sorts=False) as page:
        told = tables.written(page["task_id"], _listed(page), _LIST)
        tables.draw_list("改革任务清单", paths.REFORM, TASK_KEY, _LIST, told, "reform_rows", late="节点", keys=True)


def _drop() -> None:
    for name in (COUNTY_KEY, DEPARTMENT_KEY):
        st.query_params.pop(name, None)


def _listed(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "任务": rows["title"].tolist(),
            "责任单位": rows["org_name"].tolist(),
            "责任人": rows["responsible"].tolist(),
            "区域": rows["area_label"].tolist(),
            "领域": rows["department"].tolist(),
            "进度": rows["way"].tolist(),
            "偏差": [deviation(*one) for one in zip(rows["deviation"], rows["light"], strict=True)],
            "进展截至": rows["stated_on"].map(day).tolist(),
            "节点": rows["timing"].tolist(),
            "完成时限": rows["due_on"].map(day).tolist(),
        }
    )


def deviation(value: float, word: str) -> str:
    """A deviation with its light: −8.0 ◐ 接近."""
    return NONE if pd.isna(value) else f"{points(value)} {LIGHTS[word].text}"


def _export(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, about: str) -> None:
    made = workbook(register, warehouse, viewer, "reform_task", "改革任务清单", rows, _listed, about)
    download(viewer, "export", "reform_task", **made)
