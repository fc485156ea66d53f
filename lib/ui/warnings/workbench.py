"""The parts of the workbench: quick filters, pages, steps on many warnings, export."""

import math
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.casework.warnings.many import BATCHES, UNDO, take_all
from lib.casework.warnings.states import CONCLUSIONS, OPEN_STATES
from lib.insight.due import LATE, group_names
from lib.insight.figure import asked_in
from lib.insight.warnings.filter import DONE, EVERYTHING, MINE, OPEN, QUICK, WarningFilter
from lib.insight.warnings.order import AS_WORK, ORDERS, in_order, turned
from lib.insight.warnings.sheet import for_export
from lib.rules.levels import NAMES, SPOT_CHECK
from lib.ui import figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.files import export
from lib.ui.files.download import download
from lib.ui.kept import kept
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

SIZES = (25, 50, 100)
# What fits a phone and tells rows apart; the rest is on the warning's page.
PHONE_COLUMNS = ("等级", "状态", "签收", "核查", "对象", "模型", "单位", "经办")
_DONE = "workbench_batch"
_TURN = "workbench_turn"
_PICKED = "workbench_picked"
_ASKED = "workbench_asked"
_DUE = "workbench_due"


def asked(key: str) -> list[str]:
    """What the address or this session asks for under a filter's key."""
    held = st.session_state.get(key, [])
    values = [held] if isinstance(held, str) else ["true"] if held is True else list(held or [])
    return values or st.query_params.get_all(key)


@contextmanager
def filter_row() -> Iterator[None]:
    """Where the filters stand: one row, on a phone folded away."""
    with ExitStack() as stack:
        if on_phone():
            stack.enter_context(st.expander("筛选", icon=":material/filter_list:"))
        stack.enter_context(st.container(horizontal=True, vertical_alignment="center", gap="small"))
        yield


def multiselect(name: str, label: str, values: list[str], width: int) -> tuple[str, ...]:
    """One filter of the row, kept in the address."""
    chosen = st.multiselect(
        label,
        values,
        key=f"w_{name}",
        bind="query-params",
        label_visibility="collapsed",
        placeholder=label,
        width=width,
        wrap=False,
        select_all=False,
        on_change=first_page,
    )
    return tuple(chosen)


def levels() -> tuple[str, ...]:
    """The levels chosen, all three in view, and what was drawn by chance."""
    chosen = st.pills(
        "等级",
        list(NAMES.values()),
        selection_mode="multi",
        key="w_levels",
        bind="query-params",
        label_visibility="collapsed",
        on_change=first_page,
    )
    return tuple(chosen)


def more(chosen: int) -> tuple[tuple[str, ...], date | None, date | None]:
    """The rarer filters behind one button: conclusions, first and last day of the first sight."""
    with st.popover("更多", type="primary" if chosen else "secondary", help="核查结论、首次发现日期"):
        conclusions = multiselect("conclusions", "核查结论", list(CONCLUSIONS), 260)
        since = st.date_input("首次发现不早于", None, key="w_since", bind="query-params", on_change=first_page)
        until = st.date_input("首次发现不晚于", None, key="w_until", bind="query-params", on_change=first_page)
    return conclusions, since, until


def first_page() -> None:
    """Back to the first page and to no selection, when what is listed changes."""
    if st.session_state.get("w_page", 1) > 1:
        st.session_state["w_page"] = 1
    unpick()


@kept(64)
def _due_counts(frame: pd.DataFrame, chosen: WarningFilter) -> dict[str, int]:
    return chosen.due_counts(frame)


def due(frame: pd.DataFrame, chosen: WarningFilter) -> None:
    """The filter by deadline, one of the groups that every list knows; it stands in the address."""
    names, counts = group_names(), _due_counts(frame, chosen)
    st.session_state[_DUE] = chosen.due or None
    st.selectbox(
        "期限",
        list(names),
        None,
        format_func=lambda group: f"{names[group]} {counts.get(group, 0):,}",
        key=_DUE,
        label_visibility="collapsed",
        placeholder="期限",
        width=132,
        on_change=_by_due,
    )


def _by_due() -> None:
    _tell({"w_due": st.session_state[_DUE] or "", "w_overdue": ""})
    first_page()


def _tell(told: dict[str, str]) -> None:
    """Put what is asked for into the address; what is empty leaves it."""
    for name, value in told.items():
        if value:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def _show(states: list[str], group: str, standing: str, mine: bool) -> None:
    _tell({"w_standing": standing, "w_mine": "true" if mine else "", "w_due": group, "w_overdue": ""})
    st.session_state["w_states"] = states
    first_page()


def _show_spot_checks() -> None:
    st.session_state["w_levels"] = [NAMES[SPOT_CHECK]]
    _show([], "", EVERYTHING, False)


@kept(64)
def applied(frame: pd.DataFrame, chosen: WarningFilter) -> pd.DataFrame:
    """The rows of a warning list that fit."""
    return chosen.apply(frame)


@kept(64)
def _counts(frame: pd.DataFrame, chosen: WarningFilter, person_id: str) -> tuple[dict[str, int], int]:
    """How many stand where, and how many are drawn by chance."""
    return {**chosen.standings(frame, person_id), **chosen.counts(frame)}, chosen.spot_checks(frame)


def quick_filters(chosen: WarningFilter, frame: pd.DataFrame, viewer: Viewer) -> None:
    """How many stand where, each a button that shows just those."""
    counts, drawn = _counts(frame, chosen, viewer.person_id)
    targets = {
        OPEN: ((), "", OPEN, False),
        **({MINE: ((), "", OPEN, True)} if viewer.may("record", "warning") else {}),
        **{name: (states, "", "", False) for name, states in QUICK.items()},
        group_names()[LATE]: ((), LATE, "", False),
        DONE: ((), "", DONE, False),
        EVERYTHING: ((), "", EVERYTHING, False),
    }
    told = chosen.standing if not (chosen.states or chosen.due) else ""
    now_shown = (chosen.states, chosen.due, bool(chosen.mine), told)
    for name, (states, group, standing, mine) in targets.items():
        on = now_shown == (states, group, mine, standing or ("" if states or group else OPEN))
        st.button(
            f"{name} {counts[name]:,}",
            key=f"quick_{name}",
            type="primary" if on else "secondary",
            on_click=_show,
            args=(list(states), group, standing, mine),
        )
    if drawn and NAMES[SPOT_CHECK] not in chosen.levels:
        st.button(
            f"{NAMES[SPOT_CHECK]} {drawn:,}",
            key="quick_spot_checks",
            on_click=_show_spot_checks,
            help="随机抽取、模型没有命中的对象，像预警一样核查；不计入预警件数。",
        )


def clear() -> None:
    """All filters and the search away: what is open, as the page opens."""
    for key in list(st.session_state):
        if str(key).startswith("w_") and key not in ("w_size", "w_page", "w_order"):
            held = st.session_state[key]
            st.session_state[key] = (
                False
                if isinstance(held, bool)
                else []
                if isinstance(held, list)
                else ("" if isinstance(held, str) else None)
            )
    for name in [name for name in st.query_params if name.startswith("w_") and name not in st.session_state]:
        del st.query_params[name]
    figure.drop()
    first_page()


def page_of(rows: pd.DataFrame, size: int, page: int) -> pd.DataFrame:
    """The rows of one page."""
    return tables.part_of(rows, (page - 1) * size, page * size)


def pages(rows: pd.DataFrame, size: int) -> int:
    """The page chosen, in the address."""
    count = max(1, math.ceil(len(rows) / size))
    if st.session_state.get("w_page", 1) > count:
        st.session_state["w_page"] = count
    return st.pagination(count, key="w_page", bind="query-params")


def ordered(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """All rows in the order chosen, which stands in the address, and its name."""
    order = st.selectbox(
        "排列",
        ORDERS,
        key="w_order",
        bind="query-params",
        label_visibility="collapsed",
        width=150,
        on_change=first_page,
        help="排列的是全部结果，不只是这一页。",
    )
    return _in_order(rows, order), order


@kept(64)
def _in_order(rows: pd.DataFrame, order: str) -> pd.DataFrame:
    return in_order(rows, order)


@kept(64)
def _numbers(rows: pd.DataFrame) -> list[str]:
    return rows["warning_id"].tolist()


def numbers(
    register: Register, warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame, values_of: Callable[[str], list[str]]
) -> list[str]:
    """The numbers that an address of the workbench lists, in its order."""
    rows = figure.narrowed(register, warehouse, viewer, frame, "warning_id", asked_in(values_of))
    rows = WarningFilter.from_query(values_of, viewer.person_id).apply(rows)
    order = "".join(values_of("w_order"))
    return _numbers(in_order(rows, order if order in ORDERS else AS_WORK))


def unpick() -> None:
    """No row picked, and nothing asked about those that were."""
    st.session_state.pop(_PICKED, None)
    st.session_state.pop(_ASKED, None)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def listing(shown: pd.DataFrame, rows: pd.DataFrame, order: str, viewer: Viewer) -> list[str]:
    """The page of the list that is shown; returns the numbers picked, also those of other pages."""
    numbers = _numbers(rows)
    way.remember(numbers)
    turn = st.session_state.get(_TURN, 0)
    held = st.session_state.get(_PICKED, [])
    picked = [one for one in held if one in numbers]

    def pick() -> None:
        st.session_state[_PICKED] = list(st.session_state[f"workbench_{turn}"].get("picked") or [])

    def sort() -> None:
        st.session_state["w_order"] = turned(order, st.session_state[f"workbench_{turn}"]["sort"])
        first_page()

    tables.rows_part(
        shown,
        f"workbench_{turn}",
        PHONE_COLUMNS if on_phone() else (),
        order=order,
        picked=picked if viewer.may("record", "warning") else None,
        on_pick=pick,
        on_sort=sort,
    )
    return picked


def size_words(size: int) -> str:
    """How a page size reads."""
    return f"{size} 条/页"


def steps(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, picked: list[str]) -> None:
    """Steps on the rows picked in the table."""
    if not viewer.may("record", "warning"):
        st.caption(f"您的角色（{viewer.role_name}）只查看，签收和核查由派驻组、县级纪委监委和监督室办理。")
        return
    if not picked:
        told = "勾选左侧的行，可以批量签收或开始核查。"
        st.caption(told if on_phone() else f"{told}键盘：J、K 选择，X 勾选，回车打开。")
        return
    chosen = rows[rows["warning_id"].isin(picked)]
    asked = st.session_state.get(_ASKED)
    if asked in BATCHES:
        _confirm(register, warehouse, viewer, chosen, asked)
        return
    st.markdown(f"已选 **{len(chosen)}** 条", width="content")
    for step, batch in BATCHES.items():
        ready = chosen["state"].isin(batch.states)
        st.button(
            f"批量{batch.name}（{ready.sum()}）",
            key=f"batch_{step}",
            disabled=not ready.any(),
            on_click=_ask,
            args=(step,),
            help=f"其中 {ready.sum()} 条现在可以{batch.name}；其余会逐条说明为什么没有记录。",
        )
    st.button("取消选择", key="batch_unpick", type="tertiary", on_click=unpick)


def _ask(step: str | None) -> None:
    st.session_state[_ASKED] = step


def _confirm(register: Register, warehouse: Warehouse, viewer: Viewer, chosen: pd.DataFrame, step: str) -> None:
    """Say how many, and ask once more."""
    batch, turn = BATCHES[step], st.session_state.get(_TURN, 0)
    ready = chosen[chosen["state"].isin(batch.states)]
    submission = st.session_state.setdefault(f"{_TURN}_{turn}", uuid.uuid4().hex)
    seen = list(zip(chosen["warning_id"], chosen["last_seq"].map(int), strict=True))
    rest = len(chosen) - len(ready)
    st.markdown(
        f"{batch.name} **{len(ready)}** 条" + (f"，另 {rest} 条现在不能{batch.name}" if rest else "") + "？",
        width="content",
    )
    st.button(
        f"确认{batch.name} {len(ready)} 条",
        key=f"confirm_{step}",
        type="primary",
        on_click=_take,
        args=(register, warehouse, viewer, step, seen, submission),
    )
    st.button("取消", key="batch_cancel", on_click=_ask, args=(None,))


def _take(
    register: Register, warehouse: Warehouse, viewer: Viewer, step: str, chosen: list[tuple[str, int]], submission: str
) -> None:
    done = take_all(register, viewer, step, chosen, submission=submission, at=now(warehouse))
    st.session_state[_DONE] = (step, done)
    unpick()


def _take_back(register: Register, warehouse: Warehouse, viewer: Viewer, step: str, done: pd.DataFrame) -> None:
    """Undo what a batch recorded: the two events of 签收并开始核查 one after the other."""
    chosen = [(one, int(seq)) for one, seq in zip(done["warning_id"], done["seq"], strict=True) if not pd.isna(seq)]
    for number in range(2 if step == "sign_start" else 1):
        undone = take_all(
            register, viewer, "undo", chosen, submission=f"undo{number}-{done['seq'].max()}", at=now(warehouse)
        )
        chosen = [
            (one, int(seq)) for one, seq in zip(undone["warning_id"], undone["seq"], strict=True) if not pd.isna(seq)
        ]
    st.session_state[_DONE] = ("undo", undone)
    unpick()


def results(register: Register, warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame) -> None:
    """What came of the last step on many, item by item, until it is put away; one way back."""
    if _DONE not in st.session_state:
        return
    step, done = st.session_state[_DONE]
    name = UNDO.name if step == "undo" else BATCHES[step].name
    refused = done[~done["recorded"]]
    with card("batch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"批量{name}：已记录 **{len(done) - len(refused)}** 条，未记录 **{len(refused)}** 条")
            st.space("stretch")
            if step != "undo" and len(done) > len(refused):
                st.button(
                    f"撤回这 {len(done) - len(refused)} 条",
                    key="batch_undo",
                    icon=":material/undo:",
                    on_click=_take_back,
                    args=(register, warehouse, viewer, step, done),
                    help="其后没有别的办理的，可以撤回；签收和撤回都留在经过里。",
                )
            st.button("收起", key="batch_close", type="tertiary", on_click=lambda: st.session_state.pop(_DONE, None))
        known = frame.set_index("warning_id")
        shown = pd.DataFrame(
            {
                "预警": done["warning_id"].map(known["number"]),
                "对象": done["warning_id"].map(known["subject_title"]),
                "结果": done["result"],
            }
        )
        order = done["recorded"].sort_values(kind="stable").index
        tables.plain_table(shown.loc[order], "batch_results", 5, "批量办理结果")


@kept(64)
def _taken_over(frame: pd.DataFrame, person_id: str) -> pd.DataFrame:
    gone = frame[frame["former_id"].eq(person_id) & frame["handler_id"].ne(person_id)]
    return gone[gone["state"].isin(OPEN_STATES)]


def handed_over(frame: pd.DataFrame, viewer: Viewer) -> None:
    """Tell a former handler which of their warnings somebody else has taken over and not finished."""
    gone = _taken_over(frame, viewer.person_id)
    if gone.empty:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="handed_over"):
        st.markdown(f":material/swap_horiz: 您经办的 **{len(gone)}** 条已转由他人经办：", width="content")
        for row in gone.head(3).to_dict("records"):
            label = f"{row['number']} {row['rule_title']}（{row['handler_name']}）"
            query = way.address({"id": row["warning_id"]})
            st.page_link(paths.WARNING, label=verbatim(label), query_params=query, width="content")


def exported(
    register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, chosen: WarningFilter
) -> bytes:
    """The workbook of the filtered list, logged before it is made. Raises Forbidden without the right to export."""
    at = now(warehouse)
    audit.log(register, viewer, "export", "warning", at=at, detail={"filter": chosen.words(), "rows": len(rows)})
    about = f"筛选 {chosen.words()} · 数据截至 {warehouse.as_of}"
    return export.excel(for_export(rows), "预警清单", export.watermark(warehouse, viewer, at), about)


def export_button(
    register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, chosen: WarningFilter
) -> None:
    """The filtered list as Excel, for those who may; written into the audit log before the file is made."""
    download(
        viewer,
        "export",
        "warning",
        "导出 Excel",
        partial(exported, register, warehouse, viewer, rows, chosen),
        f"预警清单_{warehouse.as_of:%Y%m%d}.xlsx",
        mime=export.MIME,
        icon=":material/download:",
        note="导出当前筛选结果；文件带水印，导出会被记录。",
    )


def nothing(chosen: WarningFilter, frame: pd.DataFrame) -> None:
    """Why the list is empty, and what helps."""
    if frame.empty:
        message.nothing("您的范围内没有预警", "模型运行后，范围内的新预警会出现在这里。")
        return
    why = f"当前筛选 {chosen.words()}；范围内共有 {len(frame):,} 条。"
    with message.nothing("没有符合筛选条件的预警", why):
        st.button("清除筛选", key="clear_filters", icon=":material/filter_list_off:", on_click=clear)
