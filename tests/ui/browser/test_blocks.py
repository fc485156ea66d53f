"""A table where there is no room for columns: what each row is called, what is said of it, what is left out."""

from datetime import date, datetime

import pandas as pd
import pytest
import streamlit as st

from lib.ui.browser.blocks import blocks, written


def test_a_row_is_named_by_the_columns_that_stay_and_tells_the_others() -> None:
    rows = pd.DataFrame({"序号": [7, None], "数据集": ["案件", "执法<人员>"], "行数": [1234, 0], "占比": [0.256, 0.0]})
    config = {
        "序号": st.column_config.NumberColumn(pinned=True),
        "数据集": st.column_config.TextColumn(pinned=True),
        "行数": st.column_config.NumberColumn("共有", format="localized"),
        "占比": st.column_config.ProgressColumn(format="percent"),
    }
    assert blocks(rows, config) == (
        '<div class="blocks"><div><strong>7 案件</strong><div class="numbers">'
        '<span class="told">共有 1,234</span><span class="told">占比 25.6%</span></div></div>'
        '<div><strong>执法&lt;人员&gt;</strong><div class="numbers"></div></div></div>'
    )


def test_a_number_that_opens_its_rows_is_a_link_even_where_it_is_nought() -> None:
    rows = pd.DataFrame({"镇街": ["乌镇"], "预警": [0], "超期": [0]})
    told = blocks(rows, {}, lambda label, place, name: f"<a>{label}@{place}</a>" if name == "预警" else None)
    assert "<a>预警 <b>0</b>@0</a>" in told and "超期" not in told


def test_a_row_without_a_name_has_no_empty_line_for_it() -> None:
    rows = pd.DataFrame({"讲解": [""], "案件": ["〔1〕"]})
    assert "<strong>" not in blocks(rows, {}) and "案件 〔1〕" in blocks(rows, {})


def test_charts_have_no_place_in_it() -> None:
    rows = pd.DataFrame({"模型": ["M01"], "历次命中": [[1, 2]]})
    assert "历次命中" not in blocks(rows, {"历次命中": st.column_config.LineChartColumn()})


@pytest.mark.parametrize(
    ("value", "config", "text"),
    [
        (1234.5, None, "1,234.5"),
        (3, st.column_config.NumberColumn(format="%d 天"), "3 天"),
        (0.5, st.column_config.NumberColumn(format="%.2f"), "0.50"),
        (datetime(2022, 9, 25), st.column_config.DateColumn(format="YYYY-MM-DD"), "2022-09-25"),
        (pd.Timestamp(2022, 9, 25, 10, 3), st.column_config.DatetimeColumn(), "2022-09-25 10:03"),
        (date(2022, 9, 25), None, "2022-09-25"),
        (float("nan"), st.column_config.NumberColumn(format="%.2f"), "—"),
        (["▲ 红"], None, "▲ 红"),
    ],
)  # fmt: skip
def test_a_cell_is_written_as_the_table_writes_it(value: object, config: object, text: str) -> None:
    assert written(value, config) == text
