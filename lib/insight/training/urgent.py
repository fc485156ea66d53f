"""The most urgent unit of a county, and how sure that is: by the ranking of units with its intervals."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import pandas as pd

from lib.access import Viewer
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training.attempts import Go
from lib.catalog.exercises import Exercise
from lib.errors import UserError
from lib.insight.ranking.units import UNIT, unit_ranking
from lib.insight.training.score import Score, answers, hints_seen, marked, same_value, total
from lib.insight.training.task import Place, Question, Task, only
from lib.insight.warnings.names import places
from lib.warehouse.store import Warehouse

SURE, UNSURE = "sure", "unsure"
_SURENESS = {SURE: "可以确定：区间不与别的单位相接", UNSURE: "不能确定：还有单位的区间与它相接"}
# The fewest units of a county, and how many others that cannot be ruled out are enough.
_FEWEST, _ENOUGH = 3, 3
# So many of those that cannot be ruled out are named in the explanation; all of them stand in its table.
_TOLD = 6
# Whoever sits in a class sees the whole city's ranking, as the right answer does.
_ANYBODY = Viewer("trainee", "学员", "trainee")


class Ranked(NamedTuple):
    """What is right: the unit with the highest ratio, those whose interval reaches above its lower end, and the ratio
    of each."""

    top: str
    rivals: frozenset[str]
    ratios: dict[str, float]


def _units(register: Register, warehouse: Warehouse, exercise: Exercise) -> pd.DataFrame:
    """The units of counties with enough work to be compared, the highest ratio first."""
    found = unit_ranking(register, warehouse, _ANYBODY, UNIT)
    found = found[found["exposure"].ge(exercise.settings["least_cases"]) & found["ratio"].notna()]
    county = found["area_code"].astype("string").str[:6]
    return found.assign(county=county).sort_values(["ratio", "key"], ascending=[False, True], kind="stable")


def drawn(
    register: Register, warehouse: Warehouse, exercise: Exercise, seed: str, used: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The county that a go is about, one not asked about before while there is any."""
    sizes = _units(register, warehouse, exercise)["county"].value_counts()
    fit = sorted(str(code) for code in sizes.index[sizes.ge(_FEWEST)])
    if not fit:
        raise UserError("可以比较的单位太少。", "请用行数更多的合成城市开班。")
    fresh = [code for code in fit if code not in {one["county"] for one in used}]
    return [{"county": Random(seed).choice(fresh or fit)}]


def _of_county(register: Register, warehouse: Warehouse, exercise: Exercise, go: Go) -> pd.DataFrame:
    found = _units(register, warehouse, exercise)
    return found[found["county"].eq(go.items[0]["county"])]


def asked(register: Register, warehouse: Warehouse, exercise: Exercise, go: Go) -> Task:
    """The county and what is asked of it."""
    _, areas = places(warehouse)
    county = go.items[0]["county"]
    name = str(areas.set_index("area_code")["area_label"].get(county, county))
    units = _of_county(register, warehouse, exercise, go).sort_values("key")
    offered = dict(zip(units["key"].astype(str), units["name"].astype(str), strict=True))
    return Task(
        (f"在{name}的单位里，哪个最急需盯住？以人员排序页「单位」中的比值和区间为准，先看地图和预警的去向。",),
        (
            Place("map", "预警地图"),
            Place("ranking", "人员排序：单位", {"r_units": "true"}),
            Place("workbench", "工作台"),
        ),
        (
            Question("unit", "最急的单位", offered),
            Question("ratio", "它的比值", help="排序页上的比值，两位小数。"),
            Question("sure", "有多大把握", _SURENESS),
            Question("rivals", "不能排除的其他单位（没有的不选）", offered, several=True),
        ),
    )  # fmt: skip


def right(units: pd.DataFrame) -> Ranked:
    """What is right of these units, the highest ratio first: columns key, ratio, low, high."""
    top = units.iloc[0]
    rivals = units.iloc[1:]
    ratios = dict(zip(units["key"].astype(str), units["ratio"].astype(float), strict=True))
    return Ranked(str(top["key"]), frozenset(rivals.loc[rivals["high"].ge(top["low"]), "key"].astype(str)), ratios)


def shares(given: Mapping[str, Sequence[str]], true: Ranked) -> dict[str, float]:
    """The share of each part. Only a unit that may be the most urgent counts, and only with its ratio: whoever guesses
    has not read it."""
    unit = only(given, "unit")
    chosen = frozenset(given.get("rivals", ()))
    read = same_value(given.get("ratio", ()), true.ratios.get(unit))
    plausible = read and (unit == true.top or unit in true.rivals)
    sure = only(given, "sure") == (UNSURE if true.rivals else SURE)
    return {
        "unit": 0.0 if not plausible else 1.0 if unit == true.top else 0.5,
        "sure": float(plausible and sure),
        "rivals": marked(chosen, true.rivals, {true.top}, _ENOUGH) if plausible and "sure" in given else 0.0,
    }


def scored(register: Register, warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]) -> Score:
    """The score of a go, against the ranking of its seat's store."""
    true = right(_of_county(register, warehouse, exercise, go))
    return total(exercise, shares(answers(events).get(1, {}), true), hints_seen(events))


def told(
    register: Register, warehouse: Warehouse, exercise: Exercise, go: Go, events: Sequence[Event]
) -> tuple[tuple[str, ...], pd.DataFrame]:
    """What was right, and the county's units with ratio and interval."""
    units = _of_county(register, warehouse, exercise, go)
    true, given = right(units), answers(events).get(1, {})
    names = dict(zip(units["key"].astype(str), units["name"].astype(str), strict=True))
    near = [names[one] for one in units["key"].astype(str) if one in true.rivals]
    rivals = "、".join(near[:_TOLD]) + (f"等 {len(near)} 个" if len(near) > _TOLD else "")
    lines = [f"比值最高的是{names[true.top]}。"]
    lines.append(
        f"它的区间与这些单位相接，不能排除：{rivals}。" if rivals else "它的区间下限高过其他单位的上限，可以确定。"
    )
    if only(given, "unit") not in ("", true.top):
        lines.append(
            f"您选的是{names.get(only(given, 'unit'), '别处的单位')}：次数多不等于比值高，要除以办件的多少和种类。"
        )
    if not same_value(given.get("ratio", ()), true.ratios.get(only(given, "unit"))):
        lines.append("没有写对所选单位的比值：各项都不计分。")
    if only(given, "sure") == SURE and true.rivals:
        lines.append("说得过满：区间相接时，名次可能只是偶然。")
    table = pd.DataFrame(
        {
            "单位": units["name"].astype(str).tolist(),
            "预警（加权）": units["observed"].round(1).tolist(),
            "预期": units["expected"].round(1).tolist(),
            "比值": units["ratio"].round(2).tolist(),
            "区间": [f"{low:.2f} 至 {high:.2f}" for low, high in zip(units["low"], units["high"], strict=True)],
        }
    )
    return tuple(lines), table
