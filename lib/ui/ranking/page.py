"""The parts of the ranking page: who is compared, one officer in detail, those with too little work."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.figure import Asked, Part
from lib.insight.ranking import officers
from lib.insight.ranking.fairness import fairness, in_group
from lib.insight.ranking.funnel import Funnel, above, crude, funnel_of
from lib.insight.ranking.officers import INTERVAL, MIN_EXPOSURE, Ranking
from lib.insight.ranking.posterior import HIGHEST_RATIO
from lib.insight.ranking.settings import ranking_settings
from lib.insight.ranking.units import TOWN, UNIT, unit_ranking
from lib.rules.levels import LEVELS
from lib.ui import figure, find, message, tiles
from lib.ui.browser.width import on_phone
from lib.ui.charts import shared
from lib.ui.kept import kept
from lib.ui.ranking import intervals
from lib.ui.tables import height, plain_table
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

TOP = 20
_COMPARED = {
    "rank": "全市名次",
    "name": "人员",
    "org_name": "单位",
    "ratio": "比值",
    "observed": "观察值",
    "expected": "期望值",
    "exposure": "工作量（折合件）",
}
_SHOWN = {
    "name": "人员",
    "org_name": "单位",
    "area_label": "区域",
    "exposure": "工作量（折合件）",
    "observed": "观察值",
}
_BY = {"单位": UNIT, "镇街": TOWN}
PARAMETER, OFFICER_KEY, CHART_KEY = "officer", "ranking_officer", "ranking_chart"

WHAT_IT_IS_NOT = (
    "**核查提示，不是结论；不作考核依据。** 比值高只说明：做同类工作，此人名下的预警比同行多，宜先核查；"
    "可能因为接手难案、专项行动或数据差错。区间跨过 1 的，不能说与同行不同。"
)
_SETTINGS = ranking_settings()


# Who is listed behind a number of the page: a word in the address.
PEOPLE, OUTSIDE = "people", "高于控制线"
RANKED, CLEAR, INSUFFICIENT = officers.COMPARED.title, officers.CLEAR.title, officers.INSUFFICIENT.title
_GROUP = ("aspect", "group")
PeopleOpening = Callable[..., figure.Opening]


def _words(shares: dict[str, float]) -> str:
    return "、".join(f"{LEVELS.get(name, name)} {share:g}" for name, share in shares.items())


METHOD = f"""
- **观察值**：近 12 个月工作中的预警分值。等级 {_words(_SETTINGS.levels)}；核查 {_words(_SETTINGS.conclusions)}，
  没有结论的按该模型已核查预警的平均折算；已撤销、已合并的不计；每过 {_SETTINGS.half_life_days:g} 天减半。
- **角色**：一件案件及其预警按角色计入 {_words(_SETTINGS.roles)}；点名到人的预警本人全计。
- **期望值**：同类工作（领域、程序、现场或非现场、季度、承办角色；行政检查、网格派单按领域和季度）中，**其他**执法人员
  每件工作的平均分值 × 本人同类工作件数，全市统一计算。无人同做的工作不比较。
- **调动**：归属按办理当时的单位；调动前的工作和预警仍计本人，并列在当时的单位下。
- **比值**：本人的风险与同行平均之比，经经验贝叶斯收缩（人员间差异由数据估计，不是假定）：证据越少，越向 1 靠拢。
- **区间**：真实比值有 {INTERVAL:.0%} 的可能落在其中。**名次**按比值，也有同样把握的区间，多数相互重叠。
- **上限**：比值最高算到 {HIGHEST_RATIO:.0f} 倍，观察值远高于此的，点和区间都停在那里。
- **样本不足**：可比工作不满 {MIN_EXPOSURE} 件的，不参加排序，单独列出。
- **属最高 5% 的可能性**：按每个人的不确定程度反复抽取名次，落在前 5% 的次数占比。
- 工作量计案件（按角色折合主办件数）、行政检查和网格派单：在用模型的人员预警来自这三类工作。
"""


@kept(64)
def ranked_of(shown: pd.DataFrame) -> pd.DataFrame:
    """Those of the officers shown who are compared."""
    return shown[shown["rank"].notna()]


@kept(64)
def rest_of(shown: pd.DataFrame) -> pd.DataFrame:
    """Those of whom there is too little work to compare."""
    return shown[shown["rank"].isna()]


@kept(256)
def row_of(ranked: pd.DataFrame, officer_id: str) -> pd.Series:
    """The row of an officer."""
    return ranked[ranked["officer_id"] == officer_id].iloc[0]


@kept(128)
def among(shown: pd.DataFrame, ranking: Ranking, people: str) -> pd.DataFrame:
    """The officers of one of PEOPLE."""
    ranked = ranked_of(shown)
    if people == INSUFFICIENT:
        return rest_of(shown)
    if people == OUTSIDE:
        return ranked[above(ranked, ranking.typical, "99.8%")]
    return ranked[ranked["low"].gt(1)] if people == CLEAR else ranked


def figures(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    ranking: Ranking,
    shown: pd.DataFrame,
    opened: PeopleOpening,
) -> None:
    """How many are compared, how many stand out, how many cannot be compared; each number opens its people."""
    meanings = {
        RANKED: officers.COMPARED.told(population=f"；全市共 {ranking.population:,} 人"),
        CLEAR: officers.CLEAR.meaning,
        INSUFFICIENT: officers.INSUFFICIENT.meaning,
    }
    with st.grid(4, min_column_width=150, gap="small"):
        for people, meaning in meanings.items():
            count = len(among(shown, ranking, people))
            tiles.tile(people, [(f"{count:,}", opened(people))], meaning, "人")
        inside, outside = (
            (asked, len(figure.ids(register, warehouse, viewer, asked)))
            for asked in (Asked("compared"), Asked("not_compared"))
        )
        tiles.tile(
            officers.COUNTED.title,
            [(f"{inside[1]:,}", inside[0])],
            officers.COUNTED.told(days=ranking.span.text),
            "件",
            (Part("未计入", outside[1], outside[0]),),
        )


def people(ranking: Ranking, shown: pd.DataFrame, asked: str) -> None:
    """The officers behind a number, on a page of their own."""
    aspect, group = (st.query_params.get(name, "") for name in _GROUP)
    about = " · ".join(part for part in (f"人员排序「{asked}」", aspect, group) if part)
    figure.origin(about, "✕ 返回排序", PEOPLE, *_GROUP)
    found = among(in_group(shown, aspect, group) if aspect else shown, ranking, asked)
    figure.listed(len(found), "人")
    if asked == INSUFFICIENT:
        _apart(found)
    else:
        _compared(found)


@kept(64)
def _labels(ranked: pd.DataFrame) -> dict[str, str]:
    return dict(zip(ranked["officer_id"].tolist(), ranked["label"].tolist(), strict=True))


def pick(ranked: pd.DataFrame) -> str:
    """The officer in detail: chosen in the list or in the chart, kept by number in the address; else the first."""
    labels = _labels(ranked)
    asked = st.query_params.get(PARAMETER)
    if asked in labels and OFFICER_KEY not in st.session_state:
        st.session_state[OFFICER_KEY] = asked
    chosen = find.one_of(labels, OFFICER_KEY, "按名次排列", _chosen, first=True)
    assert chosen is not None
    if asked and asked not in labels:
        st.caption("地址里的人员不在所列范围内或未参加比较，这里是第一位。")
    return chosen


def _chosen() -> None:
    st.query_params[PARAMETER] = st.session_state[OFFICER_KEY]


def _clicked() -> None:
    picked = st.session_state[CHART_KEY].selection.get(intervals.PICKED, [])
    if picked:
        st.session_state[OFFICER_KEY] = picked[0]["officer_id"]
        _chosen()


@kept(128)
def _bars(ranked: pd.DataFrame, selected: str, narrow: bool) -> dict[str, Any]:
    return intervals.interval_bars(ranked.head(TOP), selected, narrow)


def top(ranked: pd.DataFrame, selected: str, source: str) -> None:
    """The first ones as interval bars."""
    which = "名次在前的" if len(ranked) > TOP else "全部参加比较的"
    sentence = f"{which}执法人员：条在虚线右侧的，区间整体高于 1"
    tiles.heading(sentence, f"点为比值，条为 {INTERVAL:.0%} 区间；{source}；点击圆点看详情")
    spec = _bars(ranked, selected, on_phone())
    shared.draw(spec, sentence, key=CHART_KEY, on_select=_clicked)


def units(register: Register, warehouse: Warehouse, viewer: Viewer, source: str) -> None:
    """Units and towns by the same method."""
    with _folded("单位和镇街，按同一方法比较", "r_units") as box:
        if not box.open:
            return
        by = st.segmented_control("比较", _BY, default="单位", required=True, key="r_by", label_visibility="collapsed")
        table = unit_ranking(register, warehouse, viewer, _BY[by or "单位"])
        ranked = table[table["rank"].notna()]
        if ranked.empty:
            st.caption("您的范围内没有可以比较的。")
            return
        sentence = f"{by}：条在虚线右侧的，区间整体高于 1"
        tiles.heading(sentence, f"点为比值，条为 {INTERVAL:.0%} 区间；案件只计主办；{source}")
        first = ranked.head(TOP).rename(columns={"key": "officer_id", "name": "label"})
        shared.draw(intervals.interval_bars(first, None, on_phone()), sentence, key=f"r_units_{by}")
        figure.listed(len(ranked), "个")
        cells = pd.DataFrame(
            {
                "名次": ranked["rank"],
                by: ranked["name"],
                "比值": ranked["ratio"],
                "区间": _intervals(ranked),
                "高于1": ranked["low"].gt(1).map({True: "是", False: ""}),
            }
        )
        config = {"比值": st.column_config.NumberColumn(format="%.2f")}
        plain_table(cells, f"r_units_rows_{by}", 10, sentence, config)


def fair(shown: pd.DataFrame, opened: PeopleOpening) -> None:
    """Whether some groups of officers stand out more often than others."""
    with _folded("公平性：哪些人更容易排在前面", "r_fair") as box:
        if not box.open:
            return
        table = fairness(shown)
        if table.empty:
            st.caption("没有参加比较的人员。")
            return
        odd = table[table["verdict"].isin(["偏多", "偏少"])]
        words = "、".join(f"{row.aspect}“{row.group}”{row.verdict}" for row in odd.itertuples())
        st.markdown(f"**{verbatim(words or '各组与全体相当')}**")
        st.caption(
            "区间整体高于 1 的人占该组参加比较人数的比例，与全体相比；区间为 95%。偏多可能是真的风险高，"
            "也可能是工作性质没有完全扣除，宜先看是哪些模型造成的。数据中没有性别。"
        )
        cells = pd.DataFrame(
            {
                "方面": table["aspect"],
                "组": table["group"],
                "参加比较": table["ranked"],
                "高于 1": table["flagged"],
                "占比": table["rate"].map("{:.1%}".format),
                "95% 区间": table["low"].map("{:.1%}".format) + "–" + table["high"].map("{:.1%}".format),
                "与全体相比": table["verdict"],
            }
        )
        each = list(zip(table["aspect"], table["group"], strict=True))
        numbers = {"参加比较": [opened(RANKED, *one) for one in each], "高于 1": [opened(CLEAR, *one) for one in each]}
        figure.table(cells, numbers, "r_fairness", height=height(cells, 20), alt="各组高于 1 的比例")


def funnel(
    ranking: Ranking,
    areas: tuple[str, ...],
    domains: tuple[str, ...],
    row: pd.Series,
    source: str,
    opened: PeopleOpening,
) -> None:
    """Everyone shown, against the limits of chance."""
    found = funnel_of(ranking, areas, domains)
    if found.points.empty:
        message.nothing("没有可画的人员", "所列人员的期望值都是 0：同类工作中没有预警。")
        return
    sentence = "高于上方控制线（99.8%）的，不像是偶然"
    meet = "期望值都小，两条控制限几乎重合；" if found.limits_meet else ""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        figure.link(found.outside, opened(OUTSIDE), "高于控制线", "人")
        figure.link(found.ranked, opened(RANKED), "参加比较", "人")
    tiles.heading(sentence, f"线内的高低可以只是偶然；{meet}点的大小为人数；{source}")
    shared.draw(_drawn(found, row), sentence)


@kept(128)
def _drawn(found: Funnel, row: pd.Series) -> dict[str, Any]:
    selected = crude(row.to_frame().T.infer_objects())[["expected", "crude", "name"]]
    return intervals.funnel(found.points, found.limits, selected, 300)


def _intervals(table: pd.DataFrame) -> list[str]:
    return [f"{low:.2f}–{high:.2f}" for low, high in zip(table["low"], table["high"], strict=True)]


def _folded(label: str, key: str) -> Any:
    """A part of the page that is made only when it is open, and whose state is in the address."""
    return st.expander(label, key=key, on_change="rerun", bind="query-params")


def everyone(ranked: pd.DataFrame) -> None:
    """All who are compared, with their intervals."""
    with _folded("参加比较的全部人员", "r_everyone") as box:
        if not box.open:
            return
        figure.listed(len(ranked), "人")
        _compared(ranked)


def _compared(ranked: pd.DataFrame) -> None:
    shown = ranked.assign(
        区间=_intervals(ranked),
        名次区间=ranked["rank_low"].astype(str) + "–" + ranked["rank_high"].astype(str),
        高于1=ranked["low"].gt(1).map({True: "是", False: ""}),
    ).rename(columns=_COMPARED)
    columns = ["全市名次", "名次区间", "人员", "单位", "比值", "区间", "高于1", "观察值", "期望值"]
    columns.append(_COMPARED["exposure"])
    config = {name: st.column_config.NumberColumn(format="%.2f") for name in ("比值", "观察值", "期望值")}
    config["工作量（折合件）"] = st.column_config.NumberColumn(format="%.1f")
    plain_table(shown[columns], "r_compared", 14, "参加比较的全部人员", config)


def insufficient(people: pd.DataFrame) -> None:
    """Those who cannot be compared, apart and without an order of merit."""
    with _folded("样本不足，不排序", "r_insufficient") as box:
        if not box.open:
            return
        figure.listed(len(people), "人")
        _apart(people)


def _apart(people: pd.DataFrame) -> None:
    if people.empty:
        st.caption("所选范围内没有。")
        return
    st.caption(f"可比工作不满 {MIN_EXPOSURE} 件，一两件预警就会使比值大起大落。有预警的照常逐件核查。")
    shown = people.sort_values(["org_name", "officer_id"]).rename(columns=_SHOWN)[list(_SHOWN.values())]
    config = {name: st.column_config.NumberColumn(format="%.1f") for name in ("工作量（折合件）", "观察值")}
    plain_table(shown, "r_apart", 12, "样本不足的执法人员", config)
