"""The pages of the wall, one after the other: the same figures as on the leaders' page, large, without a link and
without anybody's name."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from lib.access import Viewer
from lib.casework.lists.in_force import indicators_in_force, lists_in_force
from lib.casework.store.register import Register
from lib.insight.kpi.told import Figure
from lib.insight.library.board import EVERYWHERE, UNTOLD, cells, indicators_of, tally, usual
from lib.insight.library.lights import LIGHTS
from lib.insight.map.outlines import Shapes
from lib.insight.map.risk import CASES
from lib.insight.period import DEFAULT_PERIOD, Period, period
from lib.insight.report.standing import Standing
from lib.ui.charts.levels import LEVELS
from lib.ui.kept import kept
from lib.ui.library.lists.figures import figures as indicator_figures
from lib.ui.map.areas import shapes_of
from lib.ui.overview.standing import standings_of
from lib.ui.overview.view import Overview, overview
from lib.ui.tiles import short
from lib.ui.verbatim import in_html
from lib.ui.wall import charts
from lib.ui.wall.ink import COLOURS, card, level_counts, levels_told, sentence
from lib.ui.wall.map import town_map
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse

_COUNTIES = 8
# What stands beside the lists has a line of its own there.
_LISTED = "indicator"


@dataclass(frozen=True, eq=False)
class Shown:
    """What a page of the wall is made of."""

    register: Register
    warehouse: Warehouse
    viewer: Viewer
    period: Period
    view: Overview


def page(register: Register, warehouse: Warehouse, viewer: Viewer, turn: int) -> tuple[str, str]:
    """The title and the HTML of the page whose turn it is."""
    chosen = period(DEFAULT_PERIOD, warehouse.as_of)
    shown = Shown(register, warehouse, viewer, chosen, overview(register, warehouse, viewer, chosen))
    title, draw = PAGES[turn % len(PAGES)]
    return title, draw(shown)


def _map(shown: Shown) -> str:
    shapes, _ = shapes_of(home())
    return _mapped(shown.view, shown.period, shapes)


@kept(4)
def _mapped(view: Overview, chosen: Period, shapes: Shapes) -> str:
    drawn = town_map(shapes, view.towns)
    counties = (
        view.towns.groupby("county_name", as_index=False)[["warnings", *LEVELS]]
        .sum()
        .sort_values(["warnings", "county_name"], ascending=[False, True])
    )
    rows = "".join(
        f"<tr><td>{in_html(row['county_name'])}</td><td><b>{row['warnings']:,}</b> 件</td>"
        f"<td>{level_counts({level: int(row[level]) for level in LEVELS})}</td></tr>"
        for row in counties.head(_COUNTIES).to_dict("records")
    )
    legend = "".join(f'<span><i style="background:{fill}"></i>{in_html(words)}</span>' for words, fill in drawn.legend)
    note = f"{chosen.now.text} 首次生成。乡镇界线为示意，非法定边界。"
    return (
        f'<div class="map">{card("picture", sentence(view.sentences.counties), drawn.picture, note=note)}'
        + card(
            "counties",
            "各县（市、区）",
            f"<table>{rows}</table>",
            f'<p class="legend"><b>镇街预警数</b>{legend}</p>',
            f'<p class="levels">{levels_told()}</p>',
        )
        + "</div>"
    )


def _six(shown: Shown) -> str:
    return _figured(shown.view, shown.period)


@kept(4)
def _figured(view: Overview, chosen: Period) -> str:
    situation = sentence(view.sentences.situation)
    tiles = "".join(_tile(one) for one in view.figures)
    stages = "".join(
        f"<div><span>{in_html(stage.name)}</span><b>{short(stage.number)}</b> {in_html(stage.unit)}"
        f"<small>{in_html(stage.share)}</small></div>"
        for stage in view.stages
    )
    return (
        f'<p class="situation">{in_html(situation)}</p><div class="six">{tiles}</div><div class="loop">{stages}</div>'
    )


def _tile(one: Figure) -> str:
    marks = {level: f'<i style="color:{COLOURS[level]}">{look.shape}</i> {look.name}' for level, look in LEVELS.items()}
    parts = " ".join(
        f"<span>{marks.get(part.words) or in_html(part.words)} {part.number:,}</span>" for part in one.parts
    )
    moved = one.movements[0].text.split("，")[0] if one.movements else ""
    return (
        f"<section><h2>{in_html(one.title)}</h2><strong>{in_html(one.value)}</strong><p>{parts}</p>"
        f"<small>{in_html(moved or one.detail)}</small></section>"
    )


def _models(shown: Shown) -> str:
    return _modelled(shown.view)


@kept(4)
def _modelled(view: Overview) -> str:
    key = f'<p class="levels">{levels_told()}</p>'
    models = card("models", sentence(view.sentences.rules), charts.by_model(view.rules))
    months = card("months", sentence(view.sentences.months), key, charts.by_month(view.months))
    return f'<div class="pair">{models}{months}</div>'


def _rates(shown: Shown) -> str:
    return _rated(shown.view, shown.period)


@kept(4)
def _rated(view: Overview, chosen: Period) -> str:
    heading = f"{chosen.name}每千{CASES.unit}{CASES.name}的预警数"
    note = "圆点为预警率，横线为 95% 区间；区间相互重叠的，不能说谁高谁低。案件少的不比较。"
    return card("rates", heading, charts.rates(view.rates), note=note)


def _lists(shown: Shown) -> str:
    register, warehouse, viewer = shown.register, shown.warehouse, shown.viewer
    lists, indicators = lists_in_force(register), indicators_in_force(register)
    month = usual(warehouse.as_of)
    table = indicator_figures(register, warehouse, viewer, tuple(indicators), (EVERYWHERE.level,))
    standing = cells(table, month, EVERYWHERE)["standing"]
    names = [(one.id, one.owner, [each.id for each in indicators_of(indicators, one.id)]) for one in lists]
    return _listed(standing, month, names, standings_of(register, warehouse, viewer))


def _listed(standing: pd.Series, month: str, names: list[tuple[str, str, list[str]]], beside: list[Standing]) -> str:
    rows = "".join(
        f"<tr><td>{in_html(list_id)} {in_html(owner)}</td><td>{_lights(tally(standing.loc[ids]))}</td></tr>"
        for list_id, owner, ids in names
    )
    others = "".join(
        f"<tr><td>{in_html(one.name)}</td><td>"
        + " ".join(f"<span>{in_html(each.words)} <b>{each.number:,}</b></span>" for each in one.tallies)
        + "</td></tr>"
        for one in beside
        if one.kind != _LISTED
    )
    told = f"监督指标 {month}：每格为指标项数，灯为与目标之比，不是预警等级。"
    lists = card("lists", "监督清单", f"<table>{rows}</table>", note=told)
    return f'<div class="lists-and">{lists}{card("beside", "在办", f"<table>{others}</table>")}</div>'


def _lights(stand: dict[str, int]) -> str:
    return " ".join(
        f'<span class="light s{LIGHTS[word].shade if word in LIGHTS else "x"}">'
        f"{LIGHTS[word].text if word in LIGHTS else UNTOLD} <b>{count}</b></span>"
        for word, count in stand.items()
        if count
    )


# In the order of their turns: what each is called, and what draws it.
PAGES: tuple[tuple[str, Callable[[Shown], str]], ...] = (
    ("预警地图", _map),
    ("主要数字", _six),
    ("模型与趋势", _models),
    ("各地预警率", _rates),
    ("清单与在办", _lists),
)
