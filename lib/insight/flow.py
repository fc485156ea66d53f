"""From rows to closed warnings: the loop in figures, its months, its models and what is due next."""

from datetime import datetime
from typing import NamedTuple

import pandas as pd
from sqlalchemy import func, select

from lib.access import Viewer
from lib.access.scope import visible
from lib.casework.register import Register
from lib.casework.schema import signal
from lib.insight import kpi
from lib.insight.movement import percent
from lib.insight.period import Period
from lib.warehouse.store import Warehouse

SOON_WORKDAYS = 2

_ROWS = """
select sum(row_cnt)::bigint as row_cnt, count(*) filter (row_cnt > 0) as datasets
from dataset_state
where dataset not in ('org', 'area', 'workday', 'treasury_account')
"""


class Step(NamedTuple):
    """One step of the loop: its name, its figure, what share went on to it, and its definition."""

    name: str
    value: str
    share: str
    meaning: str


def signal_count(register: Register, warehouse: Warehouse, viewer: Viewer) -> int:
    """How many raw hits of the models' last runs the viewer may see."""
    columns = (signal.c.area_code, signal.c.org_id, signal.c.officer_id)
    with register.read() as connection:
        rows = connection.execute(select(*columns, func.count().label("hits")).group_by(*columns)).all()
    frame = pd.DataFrame(rows, columns=["area_code", "org_id", "officer_id", "hits"])
    domains = warehouse.query("select org_id, domain_code from org").set_index("org_id")["domain_code"]
    return int(visible(viewer, frame, domains)["hits"].sum())


def gathered(warehouse: Warehouse) -> tuple[int, int]:
    """Rows in force and how many of the 29 datasets have any: of the whole city, whoever asks."""
    rows, datasets = warehouse.query(_ROWS).iloc[0]
    return int(rows or 0), int(datasets)


def steps(warnings: pd.DataFrame, period: Period, rows: int, datasets: int, hits: int) -> list[Step]:
    """归集 → 碰撞 → 预警 → 核查 → 线索 → 办结; from 预警 on the steps follow the warnings generated in the period."""
    found = kpi.generated(warnings, period.now)
    checked = kpi.Share(int(found["concluded_at"].notna().sum()), len(found))
    to_clue = kpi.Share(int(found["clue_id"].notna().sum()), checked.part)
    closed = kpi.Share(int(found["closed_at"].notna().sum()), len(found))
    per_rows = f"每万行 {hits / rows * 10_000:.1f} 条" if rows else "—"
    return [
        Step("归集", f"{rows / 10_000:,.1f} 万行", f"{datasets}/29 项", "全市现行有效数据行数，不随权限范围变化。"),
        Step("碰撞", f"{hits:,} 条", per_rows, "各模型最近一次运行的原始命中数（回看12个月），在您的范围内。"),
        Step("预警", f"{len(found):,} 件", f"{period.name}生成", "命中归并后期内首次生成的预警件数，不含合并和撤销。"),
        Step("核查", f"{checked.part:,} 件", _of(checked, "预警"), "期内生成的预警中，已反馈核查结论的。"),
        Step("转线索", f"{to_clue.part:,} 件", _of(to_clue, "已核查"), "期内生成的预警中，已转为问题线索的。"),
        Step("办结", f"{closed.part:,} 件", _of(closed, "预警"), "期内生成的预警中，已办结或转线索的。"),
    ]


def _of(share: kpi.Share, whole: str) -> str:
    return f"占{whole} {percent(share)}"


def months(warnings: pd.DataFrame, as_of: datetime, count: int = 12) -> pd.DataFrame:
    """month (first day), red, orange, yellow: warnings first seen in each of the last months, none left out."""
    frame = kpi.counted(warnings)
    last = pd.Timestamp(as_of).to_period("M")
    every = pd.period_range(last - (count - 1), last, freq="M")
    table = pd.crosstab(frame["first_seen_at"].dt.to_period("M"), frame["level"])
    table = table.reindex(index=every, columns=list(kpi.LEVELS), fill_value=0)
    return table.rename_axis("month").rename_axis(columns=None).reset_index().assign(
        month=lambda rows: rows["month"].dt.to_timestamp()
    )


def by_rule(warnings: pd.DataFrame, period: Period, rules: dict[str, str]) -> pd.DataFrame:
    """rule_id, label, red, orange, yellow, total of the period, every rule of `rules` (id → label), most first."""
    found = kpi.generated(warnings, period.now)
    table = pd.crosstab(found["rule_id"], found["level"])
    table = table.reindex(index=list(rules), columns=list(kpi.LEVELS), fill_value=0)
    table = table.rename_axis("rule_id").rename_axis(columns=None).reset_index()
    table["total"] = table[list(kpi.LEVELS)].sum(axis=1)
    table["label"] = table["rule_id"].map(rules)
    return table.sort_values(["total", "rule_id"], ascending=[False, True], ignore_index=True)


def due(warnings: pd.DataFrame) -> pd.DataFrame:
    """The warnings of a warning list whose running deadline has passed or ends within SOON_WORKDAYS, red first."""
    pressing = warnings["overdue"] | warnings["workdays_left"].le(SOON_WORKDAYS)
    return warnings[pressing].sort_values(["level_order", "due_at", "warning_id"], kind="stable")


def newest(warnings: pd.DataFrame, count: int) -> pd.DataFrame:
    """The warnings of a warning list seen first most recently, the higher level first within a moment."""
    order = ["first_seen_at", "level_order", "warning_id"]
    return kpi.counted(warnings).sort_values(order, ascending=[False, True, True]).head(count)


def months_sentence(frame: pd.DataFrame) -> str:
    """What the months show, in one sentence: the highest month, and this month so far."""
    totals = frame[list(kpi.LEVELS)].sum(axis=1)
    if not totals.sum():
        return "近12个月没有生成预警"
    top = frame["month"].iloc[int(totals.to_numpy().argmax())]
    if totals.iloc[-1] == totals.max():
        return f"本月至今生成预警 {totals.max():,} 件，为近12个月最多"
    return f"{top.year}年{top.month}月生成预警最多（{totals.max():,} 件），本月至今 {totals.iloc[-1]:,} 件"


def rules_sentence(frame: pd.DataFrame, period: Period) -> str:
    """Which model raised most in the period, and its share of all."""
    total = int(frame["total"].sum())
    if not total:
        return f"{period.name}各模型均未生成预警"
    top = frame.iloc[0]
    return f"{period.name} {top['label']} 最多，占 {percent(kpi.Share(int(top['total']), total))}"


def counties_sentence(risk: pd.DataFrame, period: Period) -> str:
    """Which county and which town have the most warnings, of a frame of area_risk."""
    counties = risk.groupby("county_name")["warnings"].sum().sort_values(ascending=False, kind="stable")
    if counties.empty or not counties.iloc[0]:
        return f"{period.name}范围内没有预警"
    towns = risk[risk["is_town"]].sort_values("warnings", ascending=False, kind="stable")
    town = f"，{towns['name'].iloc[0]} {towns['warnings'].iloc[0]:,} 件居首" if len(towns) > 1 else ""
    lead = f"{counties.index[0]}最多（{counties.iloc[0]:,} 件）" if len(counties) > 1 else f"共 {counties.iloc[0]:,} 件"
    return f"{period.name}预警{lead}{town}"
