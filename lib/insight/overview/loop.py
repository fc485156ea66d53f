"""From rows to closed warnings: the loop in figures, its months, its models and what is due next."""

from datetime import datetime
from typing import NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.catalog import load_catalog
from lib.insight.figure import DEFINITIONS, NOBODY, NOBODY_ZH, Asked, Casework, Part, Query, Sentence, rows
from lib.insight.map.risk import CITY_CODE, Base
from lib.insight.period import Period
from lib.insight.share import Share, percent
from lib.insight.warnings import kpi
from lib.rules.levels import LEVELS, level_name
from lib.warehouse.store import Warehouse

_ROWS = """
select sum(row_cnt)::bigint as row_cnt, count(*) filter (row_cnt > 0) as datasets
from dataset_state
where list_contains($datasets, dataset)
"""


class Stage(NamedTuple):
    """One stage of the loop: its name, its figure with its unit, the list it opens (None: `query` on the page of the
    stage), what share went on to it, and its definition."""

    name: str
    number: int
    unit: str
    asked: Asked | None
    share: str
    meaning: str
    query: Query = {}  # noqa: RUF012 - never changed


@under("view", "dataset")
def gathered(warehouse: Warehouse, viewer: Viewer) -> tuple[int, int]:
    """Rows in force and how many of the datasets have any: of the whole city, whoever asks."""
    rows, datasets = warehouse.query(_ROWS, {"datasets": [dataset.name for dataset in load_catalog().numbered]}).iloc[0]
    return int(rows or 0), int(datasets)


def stages(casework: Casework, period: Period, gathered: int, datasets: int, hits: int) -> list[Stage]:
    """归集 → 碰撞 → 预警 → 核查 → 线索 → 办结; from 预警 on the stages follow the warnings generated in the period."""
    asked = {name: casework.asked(name, period.key) for name in ("generated", "checked", "to_clue", "closed")}
    count = {name: len(rows(casework, one)) for name, one in asked.items()}
    checked = Share(count["checked"], count["generated"])
    to_clue = Share(count["to_clue"], count["checked"])
    closed = Share(count["closed"], count["generated"])
    return [
        Stage("归集", gathered, "行", None, f"{datasets}/{len(load_catalog().numbered)} 项数据",
             "全市现行有效数据行数，不随权限范围和期间变化。"),
        Stage("碰撞", hits, "条", None, "最近一次运行",
             "各模型最近一次运行的原始命中数（回看12个月），在您的范围内，不随期间变化。",
             {"hits": "all", "county": dict(casework.cuts).get("county", "")}),
        Stage("预警", count["generated"], "件", asked["generated"], f"{period.name}生成",
             "命中归并后期内首次生成的预警件数，不含合并和撤销。"),
        Stage("核查", count["checked"], "件", asked["checked"], _of(checked, "预警"),
             "期内生成的预警中，已反馈核查结论的。"),
        Stage("转线索", count["to_clue"], "件", asked["to_clue"], _of(to_clue, "已核查"),
             "期内生成的预警中，已转为问题线索的。"),
        Stage("办结", count["closed"], "件", asked["closed"], _of(closed, "预警"),
             "期内生成的预警中，已办结或转线索的。"),
    ]  # fmt: skip


def _of(share: Share, whole: str) -> str:
    return f"占{whole} {percent(share)}"


def months(warnings: pd.DataFrame, as_of: datetime, count: int = 12) -> pd.DataFrame:
    """month (first day), red, orange, yellow: warnings first seen in each of the last months, none left out."""
    frame = kpi.counted(warnings)
    last = pd.Timestamp(as_of).to_period("M")
    every = pd.period_range(last - (count - 1), last, freq="M")
    table = pd.crosstab(frame["first_seen_at"].dt.to_period("M"), frame["level"])
    table = table.reindex(index=every, columns=list(LEVELS), fill_value=0)
    return (
        table.rename_axis("month")
        .rename_axis(columns=None)
        .reset_index()
        .assign(month=lambda rows: rows["month"].dt.to_timestamp())
    )


def by_rule(warnings: pd.DataFrame, period: Period, rules: dict[str, str]) -> pd.DataFrame:
    """rule_id, label, red, orange, yellow, total of the period, every rule of `rules` (id → label), most first."""
    found = kpi.generated(warnings, period.now)
    table = pd.crosstab(found["rule_id"], found["level"])
    table = table.reindex(index=list(rules), columns=list(LEVELS), fill_value=0)
    table = table.rename_axis("rule_id").rename_axis(columns=None).reset_index()
    table["total"] = table[list(LEVELS)].sum(axis=1)
    table["label"] = table["rule_id"].map(rules)
    return table.sort_values(["total", "rule_id"], ascending=[False, True], ignore_index=True)


def pressing(casework: Casework) -> pd.DataFrame:
    """Who has warnings past their deadline: name, place (county, for what nobody has signed), count, days (the longest
    delay, calendar days), red (how many of them), asked (the figure that lists them); the longest delay first.

    Whoever signed a warning answers for it; what nobody has signed waits in its county.
    """
    late = casework.warnings[casework.warnings["overdue"]]
    nobody = late["handler_id"].isna()
    groups = {
        "handler": late["handler_id"].fillna(NOBODY),
        "name": late["handler_name"].where(~nobody, NOBODY_ZH),
        "place": late["county_name"].where(nobody, ""),
        "code": late["county_code"].fillna("").where(nobody, ""),
    }
    table = (
        late.assign(**groups, red=late["level"].eq("red"))
        .groupby(list(groups), as_index=False)
        .agg(count=("warning_id", "size"), days=("overdue_days", "max"), red=("red", "sum"))
    )
    table["asked"] = [
        casework.asked("late").of(
            handler=NOBODY if row.handler == NOBODY else f"{row.handler}|{row.name}",
            **({} if row.handler != NOBODY else {"place": CITY_CODE} if not row.code else {"county": row.code}),
        )
        for row in table.itertuples(index=False)
    ]
    return table.sort_values(["days", "count"], ascending=False, ignore_index=True)


def situation(casework: Casework) -> Sentence:
    """The first line of the leaders' page: what is late, where most of it lies, what falls due soon."""
    late, soon = casework.asked("late"), casework.asked("soon")
    found = rows(casework, late)
    parts = [Part("超期", len(found), late), Part(DEFINITIONS["soon"].title, len(rows(casework, soon)), soon)]
    counties = found.groupby(["county_name", "county_code"], dropna=False).size().sort_values(ascending=False)
    if len(counties) > 1 and counties.iloc[0] > counties.iloc[1]:
        name, code = counties.index[0]
        there = late.of(county=code) if isinstance(code, str) and code else late.of(place=CITY_CODE)
        parts.insert(1, Part(f"{name}最重", int(counties.iloc[0]), there))
    return Sentence("", tuple(parts))


def months_sentence(casework: Casework, frame: pd.DataFrame) -> Sentence:
    """What the months show: the highest month, and this month so far."""
    totals = frame[list(LEVELS)].sum(axis=1)
    if not totals.sum():
        return Sentence("近12个月没有生成预警")

    def part(words: str, place: int) -> Part:
        month = f"{frame['month'].iloc[place]:%Y-%m}"
        return Part(words, int(totals.iloc[place]), casework.asked("generated", "months12").of(month=month))

    if totals.iloc[-1] == totals.max():
        return Sentence("本月至今生成预警为近12个月最多", (part("本月", -1),))
    top = int(totals.to_numpy().argmax())
    name = f"{frame['month'].iloc[top]:%Y年}{frame['month'].iloc[top].month}月"
    return Sentence(f"{name}生成预警最多", (part(name, top), part("本月至今", -1)))


def rules_sentence(casework: Casework, frame: pd.DataFrame, period: Period) -> Sentence:
    """Which model raised most in the period, and its share of all."""
    total = int(frame["total"].sum())
    if not total:
        return Sentence(f"{period.name}各模型均未生成预警")
    top, asked = frame.iloc[0], casework.asked("generated", period.key)
    share = percent(Share(int(top["total"]), total))
    parts = Part(str(top["rule_id"]), int(top["total"]), asked.of(rule=top["rule_id"])), Part("全部", total, asked)
    return Sentence(f"{period.name}{top['label']}最多，占 {share}", parts)


def counties_sentence(risk: pd.DataFrame, asked: Asked, period: Period, level: str = "") -> Sentence:
    """Which county and which town have the most of the warnings asked for (of one level), of a frame of area_risk.

    A reader of one town is told of that town.
    """
    column, kind, asked = level or "warnings", f"{level_name(level)}预警" if level else "预警", asked.of(level=level)
    counties = risk.groupby(["county_name", "county_code"], dropna=False)[column].sum()
    counties = counties.sort_values(ascending=False, kind="stable").reset_index()
    if counties.empty or not counties[column].iloc[0]:
        return Sentence(f"{period.name}范围内没有{kind}")
    if len(risk) == 1:
        only = risk.iloc[0]
        part = Part(only["name"], int(only[column]), asked.of(place=only["code"]))
        return Sentence(f"{period.name}{kind}{part.words}", (part,))
    name, code, count = counties.loc[0, ["county_name", "county_code", column]]
    place = asked.of(place=CITY_CODE) if pd.isna(code) or not code else asked.of(county=code)
    parts = [Part(name, int(count), place)]
    towns = risk[risk["is_town"]].sort_values(column, ascending=False, kind="stable")
    if len(towns) > 1 and towns[column].iloc[0]:
        first = towns.iloc[0]
        parts.append(Part(first["name"], int(first[column]), asked.of(place=first["code"])))
    lead = f"{name}最多" if len(counties) > 1 else name
    town = f"，乡镇中{parts[1].words}居首" if len(parts) > 1 else ""
    return Sentence(f"{period.name}{kind}{lead}{town}", tuple(parts))


def rates_sentence(risk: pd.DataFrame, asked: Asked, base: Base, period: Period) -> Sentence:
    """Which town has the highest rate of the warnings asked for, with its interval and what it is made of."""
    ranked = risk[risk["rank"].eq(1)]
    if ranked.empty:
        return Sentence(f"{period.name}没有{base.name}足够、可比较预警率的镇街")
    first = ranked.iloc[0]
    interval = f"95% 区间 {first['low']:.1f}–{first['high']:.1f}"
    told = f"{period.name}每千{base.unit}{base.name}的预警，{first['name']}最高：{first['rate']:.1f}（{interval}）"
    return Sentence(told, (Part("预警", int(first["warnings"]), asked.of(place=first["code"])),))
