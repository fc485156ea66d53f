"""Every number on a page as a person sees it, the list each opens, and the numbers that open none."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import parse_qs

import pandas as pd
from streamlit.testing.v1 import AppTest

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.store.register import open_register
from lib.insight.figure import Asked, asked_in, asked_in_text, query_of, rows
from lib.insight.grid.dispatches import keys
from lib.insight.period import PERIODS, period
from lib.ui import figure, frame
from lib.ui.state import casework
from lib.warehouse.store import open_warehouse
from tests.pages.opening import chart_rows, html_lines, links, open_page

OVERVIEW, MAP, RANKING = "pages/overview/overview.py", "pages/map/map.py", "pages/ranking/ranking.py"
CLUES, WORKBENCH, WARNING = "pages/clues/clues.py", "pages/warnings/workbench.py", "pages/warnings/warning.py"
OFFICER, MODELS, TUNING = "pages/officers/officer.py", "pages/rules/rules.py", "pages/rules/tuning.py"
DATA, MOTIONS, GRID = "pages/data/data.py", "pages/motions/motions.py", "pages/grid/grid.py"
KPI, NOTICES, REFORM = "pages/kpi/kpi.py", "pages/notices/notices.py", "pages/library/reform.py"
RISKS, LISTS, LOOKBACK = "pages/library/risks.py", "pages/library/lists.py", "pages/reviews/lookback.py"
PATHS = {
    "": OVERVIEW,
    "overview": OVERVIEW,
    "map": MAP,
    "ranking": RANKING,
    "clues": CLUES,
    "workbench": WORKBENCH,
    "warning": WARNING,
    "officer": OFFICER,
    "models": MODELS,
    "tuning": TUNING,
    "data": DATA,
    "motions": MOTIONS,
    "grid": GRID,
    "kpi": KPI,
    "notices": NOTICES,
    "reform": REFORM,
    "risks": RISKS,
    "lists": LISTS,
    "lookback": LOOKBACK,
}

# A whole number with the word by which things are counted.
COUNTED = re.compile(r"(?<![\d.,第])(\d[\d,]*)\**\s*(?:件|条|人|行|个|项|处|起|份|名|本)(?!月|工作日|小时|百分)")
_BOLD = re.compile(r"\*\*(\d[\d,]*)\*\*")
# The rows of the whole store: the link opens its parts, dataset by dataset.
_SUM = re.compile(r"^归集 ")
_LISTED = re.compile(r"列出 ([\d,]+) ")
# Of a chart: the fields that hold how many.
_AMOUNTS = ("数量", "合计", "条")

Query = dict[str, list[str]]


class Shown(NamedTuple):
    """A number on a page: in which place, what it says, how many, and what it opens."""

    place: str
    words: str
    number: int
    page: str
    query: Query


class Bare(NamedTuple):
    """A number that opens nothing: in which place, and the words it stands in."""

    place: str
    words: str


class Page(NamedTuple):
    """A page as run: its numbers that open a list, and those that do not."""

    app: AppTest
    shown: list[Shown]
    bare: list[Bare]


def walk(page: str, person: str, **query: object) -> Page:
    """The page as this person sees it."""
    tables: list[tuple[pd.DataFrame, dict[str, Any]]] = []
    table, header = figure.table, frame.header

    def noted(shown: pd.DataFrame, numbers: dict[str, Any], key: str, *rest: Any, **more: Any) -> None:
        tables.append((shown, dict(numbers)))
        table(shown, numbers, key, *rest, **more)

    def begun(*bar: Any) -> None:
        # A page may begin anew: only what its last run drew counts.
        tables.clear()
        header(*bar)

    with patch.object(figure, "table", noted), patch.object(frame, "header", begun):
        app = open_page(page, person, **query)
    assert not app.exception, (page, person, query, app.exception)
    shown = [*_links(app), *_cells(tables), *_marks(app)]
    return Page(app, shown, [*_bare_texts(app), *_bare_columns(app, tables), *_bare_charts(app)])


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _links(app: AppTest) -> Iterator[Shown]:
    for label, path, query in links(app):
        found = _BOLD.search(label)
        if found and not _SUM.search(label):
            yield Shown("链接", label, _number(found[1]), PATHS[path], _own(parse_qs(query)))


def _own(query: Query) -> Query:
    """Without who is looking and where one came from."""
    return {key: values for key, values in query.items() if key not in ("as", "back")}


def _cells(tables: list[tuple[pd.DataFrame, dict[str, Any]]]) -> Iterator[Shown]:
    for shown, numbers in tables:
        for column, openings in numbers.items():
            for value, opening in zip(shown[column], openings, strict=True):
                if opening is not None and isinstance(value, int | float) and not pd.isna(value):
                    page, query = figure.page_of(opening) if isinstance(opening, Asked) else opening[0], of(opening)
                    yield Shown("表格", column, int(value), page, query)


def of(opening: Any) -> Query:
    """The address parameters of what a number opens."""
    query = query_of(opening) if isinstance(opening, Asked) else opening[1]
    return {key: [value] if isinstance(value, str) else list(value) for key, value in query.items() if value}


def _specs(app: AppTest) -> Iterator[tuple[str, dict]]:
    for chart in app.get("vega_lite_chart"):
        yield chart.proto.alt, json.loads(chart.proto.spec)


def _data(spec: dict) -> Iterator[list[dict]]:
    values = chart_rows(spec)
    if values:
        yield values
    for part in spec.get("layer", []):
        yield from _data(part)


def _amount(row: dict) -> Any:
    return next((row[name] for name in _AMOUNTS if name in row), None)


def _marks(app: AppTest) -> Iterator[Shown]:
    for title, spec in _specs(app):
        for data in _data(spec):
            for row in data:
                amount = _amount(row)
                if amount is not None and row.get(figure.OPENS):
                    asked = asked_in_text(row[figure.OPENS])
                    yield Shown("图", title, int(amount), figure.page_of(asked), of(asked))


def _bare_charts(app: AppTest) -> Iterator[Bare]:
    for title, spec in _specs(app):
        if any(_amount(row) is not None and not row.get(figure.OPENS) for rows in _data(spec) for row in rows):
            yield Bare("图", title)


def _bare_texts(app: AppTest) -> Iterator[Bare]:
    for metric in app.metric:
        if re.search(r"\d", metric.value):
            yield Bare("指标", f"{metric.label}：{metric.value}")
    for kind, name in (("markdown", "文字"), ("caption", "说明"), ("info", "提示")):
        for element in app.get(kind):
            for line in str(element.value).splitlines():
                if COUNTED.search(line):
                    yield Bare(name, line)
    for line in html_lines(app):
        if COUNTED.search(line):
            yield Bare("文字", line)
    for button in app.button:
        if re.search(r"\d", button.label):
            yield Bare("按钮", button.label)
    for kind, name in (("expander", "折叠"), ("tab", "标签页")):
        for element in app.get(kind):
            if re.search(r"\d", element.label):
                yield Bare(name, element.label)


def _bare_columns(app: AppTest, tables: list[tuple[pd.DataFrame, dict[str, Any]]]) -> Iterator[Bare]:
    opening = [(tuple(shown.columns), set(numbers)) for shown, numbers in tables]
    for element in app.dataframe:
        held = element.value
        opened = next((names for columns, names in opening if columns == tuple(held.columns)), set())
        for column in held.select_dtypes("number"):
            if column not in opened:
                yield Bare("表格", str(column))


class Lists:
    """How many rows the pages list, asked address by address; an address that was asked before is not opened again."""

    def __init__(self, person: str) -> None:
        self.person = person
        self._known: dict[str, int | None] = {}

    def count(self, shown: Shown) -> int | None:
        """The rows listed where a number leads; None when no list is there."""
        key = json.dumps([shown.page, shown.query], sort_keys=True, ensure_ascii=False)
        if key not in self._known:
            query = {name: values[0] if len(values) == 1 else values for name, values in shown.query.items()}
            self._known[key] = listed(open_page(shown.page, self.person, **query))
        return self._known[key]

    def counted(self, shown: Shown) -> int | None:
        """The same without opening the page, where the list is that of a figure of the casework."""
        if "g_part" in shown.query:
            return self._dispatches(shown)
        if "figure" not in shown.query:
            return self.count(shown) if shown.number else 0
        asked = asked_in(lambda name: shown.query.get(name, []))
        assert asked is not None
        return len(rows(casework(open_register(), open_warehouse(), self._viewer), asked))

    def _dispatches(self, shown: Shown) -> int:
        """Those of the grid loop that a number counts, found as the page finds them."""
        warehouse, asked = open_warehouse(), {name: values[0] for name, values in shown.query.items()}
        key = next(key for key, name in PERIODS.items() if name == asked["period"])
        span = period(key, warehouse.as_of).now
        return len(keys(open_register(), warehouse, self._viewer, span, asked["g_part"], asked.get("g_town", "")))

    @property
    def _viewer(self) -> Viewer:
        return next(one for one in personas(True) if one.person_id == self.person)


def listed(app: AppTest) -> int | None:
    """How many rows the list of a page says it has."""
    found = (_LISTED.search(str(caption.value)) for caption in app.caption)
    return next((_number(match[1]) for match in found if match), None)


# Numbers that count no rows a reader may see, or stand beside the rows they count: page, place, words, and why.
EXCEPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("*", "说明", r"^列出 [\d,]+ ", "tells how many rows the list under it has"),
    ("*", "指标", r"：(—|[\d.]+%|[\d.]+ 天)$", "a ratio or a duration: its parts open beside it"),
    ("*", "说明", r"由浅到深|[色阶图例]", "the classes of a legend"),
    (MAP, "文字", r"^\S*\d+ 件.*≥\d+ 件(无数据)?$", "the classes of a legend"),
    ("*", "文字|说明", r"不足 ?\d+|不满 ?\d+|至少 \d+|满\d+", "a limit below which nothing is said"),
    (OVERVIEW, "说明", r"^另有 \d+ 处，共 \d+ 件，点上方", "names the link above it that opens them"),
    (WORKBENCH, "按钮", r"^\S+ [\d,]+$", "a filter of the list below; clicked and counted by itself"),
    (MAP, "指标", r"^(每千|预警率位次)", "a rate with its interval, and its rank"),
    (RANKING, "指标", r"^(比值|观察 / 期望|工作量)", "a statistic: 构成 and 工作量 show what it is made of"),
    (RANKING, "表格", r"^(全市名次|名次|比值|观察值|期望值|工作量（折合件）|每件折合|折合主办)$", "a statistic"),
    (RANKING, "文字", r"^- \*\*", "the method, in words"),
    (RANKING, "说明", r"区间 .* 名", "interval and rank of one officer"),
    (MODELS, "表格", r"^(受检|读取（行）|用时（秒）)$", "what a run read, looked at and took: not kept row by row"),
    (MODELS, "说明", r"（全市）：", "the state of the last run, of the whole city"),
    (MODELS, "文字|说明|按钮", r"全市未命中的|草稿|起草|第\d+版", "an estimate with its interval; names of versions"),
    (MODELS + "?m_view=方法", "*", r"", "the text of the model"),
    (TUNING, "说明", r"全市信号|起草|人工作日|回测", "the run of the whole city; versions by name"),
    (TUNING, "说明", r"^有 \d+ 个在办版本", "each version is a button beside it"),
    (TUNING, "按钮", r"第\d+版|过去 12 个月", "names of versions and of a step"),
    (TUNING, "折叠", r"回测报告", "a stored report, told by its date"),
    (DATA, "指标", r"^(数据总量|最近装载)", "the sum of the rows in the table below; a date"),
    (
        DATA,
        "表格",
        r"^(no|row_cnt|share|sla_days|rows_\w+)$",
        "what the store holds and what a load did: no page lists "
        "raw rows (need to know); rows still set aside open under 隔离",
    ),
    (DATA, "文字", r"^\*\*.* · [\d,]+ 行$", "the rows of one dataset: see above"),
    (KPI, "文字", r"共处理 \d+ 人", "people, told beside the clues that hold them, which open"),
    (CLUES, "表格", r"^(处置率|了结率|按期率|平均|中位|九成内)$", "a statistic of the columns beside it"),
    (WARNING, "文字", r"^#####|本对象|^[-\d]", "what the evidence and the model say of this one subject"),
    (WARNING, "说明", r"^(同类|等级口径|监督模型|外部平台|抽查)", "opens under 同类的全部数值; text of the model"),
    (WARNING, "表格", r"", "values of source rows"),
    (WARNING, "标签页", r" \d+$", "the rows stand under the tab"),
    (WARNING, "折叠", r"^更早的", "the rows stand in the fold"),
    (WARNING, "文字", r"相关预警", "the rows stand under it"),
    ("*", "文字", r"^\*\*由此办理", "the rows stand under it"),
    (WARNING, "说明", r"范围之外，不展示", "how many are hidden: nothing of them may be shown"),
    (OFFICER, "说明", r"范围之外，不展示", "how many are hidden: nothing of them may be shown"),
    (OFFICER, "说明", r"权限范围内共", "who may be found in the box above"),
)


def unexplained(page: Page, where: str) -> list[Bare]:
    """The numbers of a page that open nothing and are no exception."""
    beside = {one.number for one in page.shown}
    return [bare for bare in page.bare if not _explained(bare, where, beside)]


def _explained(bare: Bare, where: str, beside: set[int]) -> bool:
    for page, place, words, _ in EXCEPTIONS:
        if page in ("*", where) and (place == "*" or re.fullmatch(place, bare.place)) and re.search(words, bare.words):
            return True
    # What a metric or a sentence says stands beside its link.
    told = [_number(found) for found in COUNTED.findall(bare.words)]
    if bare.place == "指标":
        told = [_number(found) for found in re.findall(r"[\d,]*\d", bare.words.split("：", 1)[1])]
    return bool(told) and set(told) <= beside
