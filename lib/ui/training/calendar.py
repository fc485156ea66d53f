"""The calendar that deadlines are counted by, small, beside an item that has one."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

import pandas as pd
import streamlit as st

from lib.insight.training.shown import Day, counts_workdays, dates_in, span
from lib.insight.wording import day, moment
from lib.rules import Rule
from lib.ui.card import card
from lib.ui.tables import plain_table
from lib.warehouse.store import Warehouse

_MOST_MONTHS = 6
_WEEK = "一二三四五六日"
# What names a deadline, on a phone too.
_NAMING = {one: st.column_config.TextColumn(pinned=True) for one in ("对象", "步骤")}
_MARKED = "灰底是休息日，「休」是法定节假日，「班」是调休上班的周末，"


def calendar(warehouse: Warehouse, rule: Rule, shown: Mapping[str, pd.DataFrame], name: str) -> None:
    """The workdays between two of an item's days, and the months they lie in; nothing for a rule that counts none."""
    told = [one for one in dates_in(shown) if one <= warehouse.as_of]
    if not counts_workdays(rule) or not told:
        return
    with card("workdays"):
        st.markdown("**工作日历**　期限按它数")
        with st.container(horizontal=True, gap="small"):
            first, last = (
                st.date_input(
                    label,
                    value=begins,
                    min_value=told[0].replace(month=1, day=1),
                    max_value=warehouse.as_of.replace(month=12, day=31),
                    format="YYYY-MM-DD",
                    key=f"{name}_{label}",
                    width=170,
                )
                for label, begins in (("自", told[0]), ("至", told[-1]))
            )
        if not isinstance(first, date) or not isinstance(last, date) or last < first:
            st.caption("「至」不早于「自」。")
            return
        found = span(warehouse, first, last)
        rest = sum(not one.works for one in found.days if one.day > first)
        whole = f"{day(pd.Timestamp(first))} 的次日起，到 {day(pd.Timestamp(last))}"
        st.markdown(f"{whole}：**{found.workdays} 个工作日**，休息 {rest} 天。")
        _months(found.days, set(told))
        st.caption(f"{_MARKED}有框的是来源数据里的日子。")


def deadlines(warehouse: Warehouse, running: pd.DataFrame, name: str) -> None:
    """What is due when in a task (the columns of chain.limits), and the months from today to the last of it."""
    with card("workdays"):
        st.markdown("**期限**　按工作日历数")
        shown = pd.DataFrame(
            {
                "对象": running["对象"],
                "步骤": running["步骤"],
                "自": running["since"].map(moment),
                "到": running["due_at"].map(moment),
                "时限": running["due_words"],
            }
        )
        told = {one.date() for one in running["due_at"]}
        today = warehouse.as_of
        left, right = st.columns([3, 2], gap="medium")
        with left:
            plain_table(shown, f"{name}_deadlines", 12, "各步骤的期限", _NAMING)
            st.caption("从次日起数，到当天 24 时为止。")
        with right:
            _months(span(warehouse, today.replace(day=1), max(told | {today})).days, told | {today})
            st.caption(f"{_MARKED}有框的是今天（{day(pd.Timestamp(today))}）和期限。")


def _months(days: Sequence[Day], told: set[date]) -> None:
    """The months of days, the last of them when there are many; days that are told have a frame."""
    months = [list(each) for _, each in groupby(days, lambda one: (one.day.year, one.day.month))]
    if len(months) > _MOST_MONTHS:
        st.caption(f"只画最后 {_MOST_MONTHS} 个月。")
    drawn = "".join(_month(each, told) for each in months[-_MOST_MONTHS:])
    st.html(f'<div class="months">{drawn}</div>')


def _month(days: list[Day], told: set[date]) -> str:
    first = days[0].day
    cells = "".join(f"<i>{one}</i>" for one in _WEEK) + "<span></span>" * first.weekday()
    return f"<div><b>{first.year} 年 {first.month} 月</b>{cells}{''.join(_cell(one, told) for one in days)}</div>"


def _cell(one: Day, told: set[date]) -> str:
    classes = " ".join(name for name, so in (("rest", not one.works), ("told", one.day in told)) if so)
    mark = "休" if one.holiday and not one.works else "班" if one.works and one.day.weekday() >= 5 else ""
    return f'<span class="{classes}">{one.day.day}<small>{mark}</small></span>'
