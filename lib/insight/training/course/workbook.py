"""The results of a class as an Excel workbook: best results, every attempt, objectives, where it fails."""

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from lib.insight.training.course.board import PASS, Board, best, by_case, by_model, objectives

_FONT = "宋体"
_WIDEST = 44


def sheets(held: Board) -> dict[str, pd.DataFrame]:
    """The sheets by name, heads in Chinese."""
    top = best(held).rename(
        columns={
            "seat": "座位",
            "name": "姓名",
            "done": "交卷练习",
            "mean": "平均",
            "minutes": "用时（分钟）",
            "passed": "结业",
        }
    )
    top["结业"] = top["结业"].map({True: "是", False: "否"})
    goes = held.goes.drop(columns="exercise").set_axis(
        ["座位", "姓名", "练习", "第几次", "得分", "用时（分钟）", "看提示", "交卷时间"], axis=1
    )
    goes["交卷时间"] = goes["交卷时间"].map(lambda at: f"{at:%Y-%m-%d %H:%M}")
    goals = objectives(held).rename(
        columns={
            "title": "练习",
            "objective": "训练目标",
            "seats": "交卷人数",
            "of": "入座人数",
            "goes": "作答次数",
            "mean": "最好成绩平均",
            "lowest": "最低",
            "highest": "最高",
            "minutes": "用时中位数（分钟）",
            "hints": "每次看提示",
        }
    )
    return {
        "成绩": top,
        "作答": goes,
        "练习": goals,
        "模型": _failing(by_model(held.judged)),
        "情形": _failing(by_case(held.judged)),
    }


def _failing(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.drop(columns="rule_id").rename(
        columns={
            "model": "模型",
            "guilty": "埋下的是",
            "case": "情形",
            "items": "题数",
            "wrong": "判错",
            "missed": "放过违规",
            "wronged": "冤枉无辜",
            "unanswered": "没有作答",
            "share": "判错率",
            "low": "95% 区间下限",
            "high": "95% 区间上限",
        }
    )
    if "埋下的是" in shown:
        shown["埋下的是"] = shown["埋下的是"].map({True: "违规", False: "形似而无辜"})
    return shown.round({"判错率": 3, "95% 区间下限": 3, "95% 区间上限": 3})


def workbook(held: Board, watermark: str) -> bytes:
    """The same as .xlsx; texts are texts, so that no name becomes a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as made:
        title = made.add_format({"font_name": _FONT, "bold": True, "font_size": 14})
        quiet = made.add_format({"font_name": _FONT, "font_size": 9, "font_color": "#5b6b7b"})
        framed = {"font_name": _FONT, "font_size": 10.5, "border": 1, "border_color": "#9aa8b8", "text_wrap": True}
        head, body = made.add_format({**framed, "bold": True, "bg_color": "#eef3f8"}), made.add_format(framed)
        for name, frame in sheets(held).items():
            page = made.add_worksheet(name)
            page.write_string(0, 0, f"{held.held.title} · {name}", title)
            page.write_string(1, 0, watermark, quiet)
            page.write_string(2, 0, f"每个练习取最好的一次；都不低于 {PASS} 分为结业。", quiet)
            _rows(page, frame, head, body)
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.freeze_panes(5, 0)
            page.set_footer(f"&L&8{watermark.replace('&', '&&')}&R&8第 &P/&N 页")
    return out.getvalue()


def _rows(page: Any, frame: pd.DataFrame, head: Any, body: Any) -> None:
    for column, name in enumerate(frame.columns):
        page.write_string(4, column, str(name), head)
        texts = ["" if pd.isna(value) else str(value) for value in frame[name]]
        page.set_column(column, column, _width([str(name), *texts]))
        for row, (value, text) in enumerate(zip(frame[name], texts, strict=True), start=5):
            if text and isinstance(value, int | float):
                page.write_number(row, column, value, body)
            else:
                page.write_string(row, column, text, body)


def _width(texts: Sequence[str]) -> float:
    longest = max(sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) for text in texts)
    return min(longest + 2, _WIDEST)
