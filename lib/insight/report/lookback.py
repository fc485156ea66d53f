"""The report of a look-back as a Word document: how it was drawn, what was found, how far the two who scored agree."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from docx.document import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH

from lib.access import NotVisible, Viewer, under
from lib.casework.reading.visible import events_of
from lib.casework.reviews.scoring import settings, sheets
from lib.casework.store.register import Register
from lib.insight.report import paper
from lib.insight.reviews.agreement import WHEN
from lib.insight.reviews.listing import lookback_list
from lib.insight.reviews.results import Result, result
from lib.insight.reviews.words import agreement_words, coefficient_words, drawn_words, percent, rate_words
from lib.insight.wording import NONE, day
from lib.warehouse.store import Warehouse

TITLE = "回头看情况报告"


@under("export", "report")
def document(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    lookback_id: str,
    secrecy: str,
    watermark: str,
    at: datetime,
) -> bytes:
    """The report of a look-back that the viewer sees, as .docx; on every page its class, what it is not, and who took
    it. Raises NotVisible."""
    frame = lookback_list(register, warehouse, viewer, at)
    found = frame[frame["lookback_id"].eq(lookback_id)]
    if found.empty:
        raise NotVisible()
    row, held = found.iloc[0].to_dict(), result(register, warehouse, viewer, lookback_id)
    events = events_of(register, viewer, warehouse, "lookback", lookback_id)
    made = paper.page(secrecy, watermark, warehouse.synthetic)
    for text, size in ((str(row["title"]), 18), (TITLE, 18)):
        place = made.add_paragraph()
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.paragraph_format.line_spacing = 1.3
        paper.font(place.add_run(text), paper.HEAD, size)
    paper.heading(made, "一、怎么抽的")
    _drawn(made, row, held)
    paper.heading(made, "二、总体情况")
    _whole(made, held)
    paper.heading(made, "三、评分一致性")
    _agreement(made, held)
    paper.heading(made, "四、扣分项")
    _items(made, held)
    paper.heading(made, "五、各单位")
    _units(made, held)
    paper.heading(made, "六、结论和建议")
    _conclusion(made, events)
    paper.heading(made, "七、口径")
    _meaning(made, str(row["review_type"]))
    return paper.written(made, f"{row['title']}{TITLE}", watermark, at)


def _drawn(made: Opened, row: Mapping[str, Any], held: Result) -> None:
    paper.paragraph(
        made,
        f"范围为{row['area_label']}{row['domain_zh']} {day(row['from_day'])} 至 {day(row['to_day'])} "
        f"结案的行政处罚案件，"
        f"按{row['strata_zh']}分层随机抽取：{drawn_words(held)}；种子 {row['seed']}。"
        f"双评 {row['double_share']}%，评查人没有办理过所评案件，也没有须回避的关系，评完之前互相看不到评分。",
    )
    rows = [
        (str(one.stratum), f"{one.size:,}", f"{one.drawn:,}", percent(one.drawn / one.size), f"{one.reviewed:,}")
        for one in held.strata.itertuples(index=False)
    ]
    paper.table(made, ("层", "已结案件", "抽取", "概率", "评出结果"), rows, (7.2, 2.2, 2.2, 2.2, 2.2), 9, (0,))


def _whole(made: Opened, held: Result) -> None:
    if held.good is None:
        paper.paragraph(made, "还没有评出结果。")
        return
    rate, mean = held.good, NONE if held.mean is None else f"{held.mean:.1f}"
    paper.paragraph(
        made,
        f"推及全部，优良率为 {percent(rate.value)}，95% 区间 {percent(rate.low)} 至 {percent(rate.high)}。"
        f"评出结果 {held.reviewed:,} 件，其中裁决 {held.adjudicated:,} 件；无法评查 {held.set_aside:,} 件。"
        f"样本平均 {mean} 分。",
    )
    if rate.covered < rate.population:
        paper.paragraph(made, f"有 {held.good.population - held.good.covered:,} 件所在的层没有一件能评，不在推算之内。")
    rows = [(name, rate_words(one)) for name, one in held.by_grade.items()]
    paper.table(made, ("等次", "推及全部（95% 区间）"), rows, (4, 7), 10, (0,))


def _agreement(made: Opened, held: Result) -> None:
    told = held.agreement
    paper.paragraph(
        made, f"双评 {told.pairs:,} 件，等次相同 {told.same:,} 件。{agreement_words(told).replace('　', '，')}。{WHEN}"
    )


def _items(made: Opened, held: Result) -> None:
    used = held.items[held.items["found"].gt(0)]
    if used.empty:
        paper.paragraph(made, "评查的案卷没有一项扣分。")
        return
    rows = [
        (
            f"{one.id} {one.name}{'（否决）' if one.fatal else ''}",
            f"{one.found:,}",
            _in_two(rate_words(one.rate)),
            _in_two(coefficient_words(one.agreement.kappa)),
            _in_two(coefficient_words(one.agreement.ac1)),
        )
        for one in used.itertuples(index=False)
    ]
    paper.table(made, ("扣分项", "件", "推及全部", "κ", "AC1"), rows, (6.4, 1.0, 3.0, 2.8, 2.8), 8.5, (0,))
    paper.note(made, "括号内为 95% 区间。")


def _in_two(words: str) -> str:
    """A value and its interval, each on a line of its own."""
    return words.replace("（", "\n（")


def _units(made: Opened, held: Result) -> None:
    rows = [
        (str(one.org_name), f"{one.reviewed:,}", f"{one.good:,}", f"{one.mean:.1f}", str(one.commonest) or NONE)
        for one in held.units.itertuples(index=False)
    ]
    paper.table(
        made, ("单位", "评查", "优良", "平均分", "常见扣分（件）"), rows, (4.6, 1.2, 1.2, 1.4, 7.6), 8.5, (0, 4)
    )
    paper.note(made, "单位的件数少，不排名，也不推及全部。")


def _conclusion(made: Opened, events: pd.DataFrame) -> None:
    reports = events.loc[events["action"].eq("report"), "text"]
    text = str(reports.iloc[-1]) if len(reports) else "裁决中，尚未报告。"
    paper.paragraphs(made, text)


def _meaning(made: Opened, review_type: str) -> None:
    sheet, held = sheets()[review_type], settings()
    grades = "、".join(f"{name} {least:g} 分以上" for name, least in held.grades[:-1])
    for line in (
        f"评分按《{sheet.title}》，满分 100，逐项扣分；{grades}，其余为不合格；有否决项的为不合格。优良指"
        f"{'、'.join(name for name, _ in held.grades if name in held.good)}。",
        "推及全部：每件代表其所在层的已结案件数除以评出结果的件数（抽中概率的倒数）；区间用 Korn–Graubard 法，"
        "适合件数少和比率接近 1 的情形。",
        f"两份评分等次不同、否决项不同或相差超过 {held.differ_points:g} 分的，由第三人裁决；其余取平均分，"
        "扣分项取两人都指出的。",
        "件数用 Cochran 公式加有限总体校正，各层按件数成比例、至少 2 件。"
        f"双评不足 {held.least_pairs} 件的不算一致性系数。",
    ):
        paper.paragraph(made, line)
