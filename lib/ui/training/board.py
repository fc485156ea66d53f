"""The parts of the board of a class."""

from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.casework.training.states import CLEARED, RUNNING
from lib.casework.training.steps import TRAINING_CLASS
from lib.insight.reviews.agreement import WHEN, Coefficient
from lib.insight.training.course.board import LEAST_PAIRS, PASS, Board, agreed, best, by_case, by_model, objectives
from lib.insight.training.course.board import board as of_class
from lib.insight.training.course.certificate import TITLE, certificates
from lib.insight.training.course.workbook import workbook
from lib.insight.wording import number
from lib.ui.card import card
from lib.ui.files import export
from lib.ui.files.download import WORD, download
from lib.ui.frame import CLASSIFICATION
from lib.ui.tables import plain_table
from lib.ui.training.exercises import result
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse

BOARD_KEY = "board"
_SHARE = st.column_config.ProgressColumn("判错率", format="%.0f%%", min_value=0, max_value=100, width=120)


def choice(register: Register, warehouse: Warehouse, viewer: Viewer) -> str | None:
    """The number of the class whose board is shown, kept in the address; None when there is none."""
    frame = objects(register, viewer, warehouse, TRAINING_CLASS)
    frame = frame[frame["state"].ne(CLEARED)]
    if frame.empty:
        return None
    order = frame.assign(last=frame["state"].ne(RUNNING)).sort_values(["last", "opened_at"], ascending=[True, False])
    names = dict(zip(order["class_id"], order["title"] + "（" + order["code"] + "）", strict=True))
    chosen = st.selectbox(
        "班级", list(names), format_func=names.__getitem__, key=BOARD_KEY, bind="query-params",
        label_visibility="collapsed", width=360,
    )  # fmt: skip
    return str(chosen)


def stands(register: Register, warehouse: Warehouse, viewer: Viewer, class_id: str) -> Board:
    """The board of a class; what each go scored is worked out once."""
    return of_class(home(), register, warehouse, viewer, class_id, result)


def head(register: Register, warehouse: Warehouse, viewer: Viewer, held: Board) -> None:
    """What the class has come to in a line, and the files."""
    table = best(held)
    handed, passed = len(held.goes), int(table["passed"].sum())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"入座 {len(table)} / {held.held.size} 人　交卷 {handed} 次　结业 {passed} 人", width="stretch",
            help=f"结业：班里的每个练习都交过卷，最好成绩都不低于 {PASS} 分。",
        )  # fmt: skip
        if handed:
            _files(register, warehouse, viewer, held, passed)


def _files(register: Register, warehouse: Warehouse, viewer: Viewer, held: Board, passed: int) -> None:
    code = held.held.code
    download(
        viewer,
        "export",
        "training_class",
        "成绩 Excel",
        partial(_excel, register, warehouse, viewer, held),
        f"成绩_{code}.xlsx",
        mime=export.MIME,
        icon=":material/download:",
    )
    if passed:
        download(
            viewer,
            "export",
            "training_class",
            f"{TITLE}（{passed} 人）",
            partial(_word, register, warehouse, viewer, held),
            f"{TITLE}_{code}.docx",
            mime=WORD,
            icon=":material/workspace_premium:",
        )


def _excel(register: Register, warehouse: Warehouse, viewer: Viewer, held: Board) -> bytes:
    return workbook(held, _taken(register, warehouse, viewer, held, "xlsx"))


def _word(register: Register, warehouse: Warehouse, viewer: Viewer, held: Board) -> bytes:
    mark = _taken(register, warehouse, viewer, held, "docx")
    return certificates(held, [one.number for one in held.held.taken], CLASSIFICATION, mark, now())


def _taken(register: Register, warehouse: Warehouse, viewer: Viewer, held: Board, kind: str) -> str:
    at = now(warehouse)
    told = {"file": kind, "rows": len(held.goes)}
    audit.log(register, viewer, "export", TRAINING_CLASS, held.held.class_id, at=at, detail=told)
    return export.watermark(warehouse, viewer, at)


def results(held: Board) -> None:
    """The best of each trainee in each exercise."""
    table = best(held)
    shown = table.assign(passed=table["passed"].map({True: "结业", False: ""}))
    config = {
        "seat": st.column_config.NumberColumn("座位", format="%02d", width=60),
        "name": st.column_config.TextColumn("姓名", width=110),
        **{one.title: st.column_config.NumberColumn(one.title, format="%.1f") for one in held.course},
        "done": st.column_config.NumberColumn("交卷练习", width=80),
        "mean": st.column_config.NumberColumn("平均", format="%.1f", width=70, help="没有交卷的按 0 分。"),
        "minutes": st.column_config.NumberColumn("用时（分钟）", format="%.0f", width=100, help="全部作答合计。"),
        "passed": st.column_config.TextColumn("结业", width=70),
    }
    with card("results"):
        st.markdown("**成绩**　每个练习取最好的一次")
        plain_table(shown, "board_results", 40, "成绩表", config)


def goals(held: Board) -> None:
    """What the class reached in each exercise, and how long it took."""
    with card("goals"):
        st.markdown("**按练习**")
        for row in objectives(held).to_dict("records"):
            st.markdown(f"**{verbatim(row['title'])}**　{verbatim(row['objective'])}")
            told = f"交卷 {row['seats']} / {row['of']} 人，共 {row['goes']} 次"
            if row["seats"]:
                told += (
                    f"；最好成绩平均 {number(row['mean'])} 分（{number(row['lowest'])} 至 {number(row['highest'])}），"
                    f"每次用时中位数 {number(row['minutes'])} 分钟，看提示 {number(row['hints'])} 条"
                )
            st.caption(told)


def failing(held: Board) -> None:
    """Where the class fails: by model, and by what was planted."""
    with card("failing"):
        st.markdown("**错在哪里**　真假判断的每一题，错的多的在前")
        if held.judged.empty:
            st.caption("还没有人交真假判断的卷。")
            return
        models = _percent(by_model(held.judged))[["model", "items", "share", "missed", "wronged", "unanswered"]]
        plain_table(models, "board_models", 12, "按模型", _columns())
        cases = _percent(by_case(held.judged))
        cases = cases[cases["wrong"].gt(0)].assign(guilty=cases["guilty"].map({True: "违规", False: "形似"}))
        st.caption("错过的情形：违规是哪一种，形似的是为什么无辜。")
        plain_table(cases[["model", "guilty", "case", "items", "share"]], "board_cases", 12, "按情形", _columns())


def _percent(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(share=table["share"].mul(100).round(0))


def _columns() -> dict:
    return {
        "model": st.column_config.TextColumn("模型", width="medium"),
        "guilty": st.column_config.TextColumn("埋下的是", width=80),
        "case": st.column_config.TextColumn("情形", width="medium"),
        "items": st.column_config.NumberColumn("题数", width=60),
        "share": _SHARE,
        "missed": st.column_config.NumberColumn("放过违规", width=80),
        "wronged": st.column_config.NumberColumn("冤枉无辜", width=80),
        "unanswered": st.column_config.NumberColumn("没有作答", width=80),
    }


def agreement(held: Board) -> None:
    """How far trainees agree who were given the same subject."""
    found = agreed(held.judged)
    with card("agreement"):
        st.markdown("**学员之间的一致性**", help=WHEN)
        if not found.pairs:
            st.caption("还没有两名学员判过同一个对象。")
            return
        few = f"不足 {LEAST_PAIRS} 个，不算一致性系数。" if found.ac1 is None else ""
        st.caption(f"两名学员判过同一对象的 {found.pairs} 个，结论相同 {found.same} 个。{few}")
        for name, one in (("κ", found.kappa), ("AC1", found.ac1)):
            if one is not None:
                st.markdown(f"{name} **{one.value:.2f}**　{_interval(one)}")


def _interval(one: Coefficient) -> str:
    return f"95% 区间 {one.low:.2f} 至 {one.high:.2f}"
