"""Every figure: on which page it stands, what it counts, and which rows these are."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pandas as pd

from lib.casework.deadlines import signing, soon
from lib.catalog import load_catalog
from lib.insight.figure import clues, datasets, notices, warnings
from lib.insight.figure.asked import BEFORE, YEAR_AGO, Asked
from lib.insight.figure.casework import Casework
from lib.insight.period import Span

WARNINGS, SPOT_CHECKS, CLUES = "warnings", "spot_checks", "clues"
NOTICES, DATASETS = "notices", "datasets"


class Definition(NamedTuple):
    """A figure: of WARNINGS, SPOT_CHECKS, CLUES, NOTICES or DATASETS, on which page and in which tile it stands, what
    it counts, its rows.

    `beside` names the other numbers of the tile, those of a ratio above all: the list tells them too. `words` may hold
    a limit of data/deadlines.yaml, by its name in braces.
    """

    kind: str
    where: str
    tile: str
    words: str
    rows: Callable[[Casework, Asked, Span], pd.DataFrame]
    beside: tuple[str, ...] = ()
    timed: bool = True

    @property
    def title(self) -> str:
        """What it counts, in words."""
        return self.words.format(red=signing("red"), soon=soon())


_OVERVIEW, _MAP, _RANKING, _FILE, _MODELS, _RATES = ("总览", "预警地图", "人员排序", "廉政档案", "模型", "线索办理")
_KPI = "指标"
_ON_TIME, _RED, _TRUE = ("due", "kept"), ("red", "red_signed"), ("judged", "true", "true_strict")
_OPEN, _CLUES = ("open", "late", "soon"), ("clues_received", "clues_disposed", "clues_closed")
_CHECKS = ("drawn", "drawn_judged", "drawn_true")
_DISPOSED, _OPINION = ("clue_received", "clue_disposed", "clue_closed"), ("clue_due", "clue_on_time", "clue_overdue")
_LOOP = ("generated", "checked", "to_clue", "closed")

_WRONG, _TO_CLUE, _AGAIN = ("concluded", "untrue"), ("concluded", "concluded_to_clue"), ("generated", "recurred")
_MENDED, _PASSED = ("notices_due", "notices_mended"), ("notices_judged", "notices_passed")
_FORMS, _FRESH = ("clues_reported", "clues_followed_up"), ("datasets", "datasets_fresh")

_warnings, _spot_checks, _clues, _notices, _datasets = (
    partial(Definition, kind) for kind in (WARNINGS, SPOT_CHECKS, CLUES, NOTICES, DATASETS)
)

DEFINITIONS: dict[str, Definition] = {
    "generated": _warnings(_OVERVIEW, "预警", "期内生成", warnings.generated),
    "open": _warnings(_OVERVIEW, "待处置 / 超期", "待处置", warnings.still_open, _OPEN, timed=False),
    "late": _warnings(_OVERVIEW, "待处置 / 超期", "超期", warnings.late, _OPEN, timed=False),
    "soon": _warnings(_OVERVIEW, "待处置 / 超期", "{soon}到期", warnings.soon, _OPEN, timed=False),
    "due": _warnings(_OVERVIEW, "按期办结率", "应办", warnings.due, _ON_TIME),
    "kept": _warnings(_OVERVIEW, "按期办结率", "按期", warnings.kept, _ON_TIME),
    "red": _warnings(_OVERVIEW, "红色签收", "满{red}的红色预警", warnings.red, _RED),
    "red_signed": _warnings(_OVERVIEW, "红色签收", "{red}内签收", warnings.red_signed, _RED),
    "judged": _warnings(_OVERVIEW, "预警核实率", "已判定", warnings.judged, _TRUE),
    "true": _warnings(_OVERVIEW, "预警核实率", "属实和部分属实", warnings.found_true, _TRUE),
    "true_strict": _warnings(_OVERVIEW, "预警核实率", "仅属实", partial(warnings.found_true, strict=True), _TRUE),
    "ended": _warnings(_OVERVIEW, "预警处置时长", "期内办结或转线索", warnings.ended),
    "checked": _warnings(_OVERVIEW, "闭环", "期内生成、已反馈结论", partial(warnings.having, "concluded_at"), _LOOP),
    "to_clue": _warnings(_OVERVIEW, "闭环", "期内生成、已转线索", partial(warnings.having, "clue_id"), _LOOP),
    "closed": _warnings(_OVERVIEW, "闭环", "期内生成、已办结或转线索", partial(warnings.having, "closed_at"), _LOOP),
    "on_map": _warnings(_MAP, "预警", "期内生成", warnings.generated),
    "compared": _warnings(_RANKING, "计入预警", "计入比较", warnings.compared, ("not_compared",), timed=False),
    "not_compared": _warnings(_RANKING, "计入预警", "未计入比较", warnings.not_compared, ("compared",), timed=False),
    "compared_shared": _warnings(_RANKING, "计入预警", "他人名下", warnings.compared_shared, timed=False),
    "recent": _warnings(_FILE, "近 12 个月预警", "期内生成", warnings.recent),
    "proven": _warnings(_FILE, "属实或部分属实", "属实或部分属实", warnings.proven, timed=False),
    "every": _warnings(_FILE, "预警", "全部", warnings.every, timed=False),
    "firing": _warnings(_MODELS, "现命中预警", "最近一次运行仍命中", warnings.firing, timed=False),
    "held": _warnings(_MODELS, "核实率", "历次预警", warnings.held, timed=False),
    "held_judged": _warnings(_MODELS, "核实率", "已判定", warnings.held_judged, timed=False),
    "held_concluded": _warnings(_MODELS, "核实率", "有结论", warnings.held_concluded, timed=False),
    "held_withdrawn": _warnings(_MODELS, "核实率", "按误报撤销", warnings.held_withdrawn, timed=False),
    "shared": _warnings(_MODELS, "与其他模型同时命中", "同一人员名下", warnings.shared, timed=False),
    "shared_judged": _warnings(_MODELS, "与其他模型同时命中", "已判定", warnings.shared_judged, timed=False),
    "drawn": _spot_checks(_MODELS, "抽查", "抽取", warnings.spot_checks, _CHECKS, timed=False),
    "drawn_judged": _spot_checks(_MODELS, "抽查", "已判定", warnings.spot_checks_judged, _CHECKS, timed=False),
    "drawn_true": _spot_checks(_MODELS, "抽查", "属实和部分属实", warnings.spot_checks_true, _CHECKS, timed=False),
    "clue_received": _clues(_RATES, "处置率", "收到", clues.received, _DISPOSED),
    "clue_disposed": _clues(_RATES, "处置率", "已处置", partial(clues.flagged, "disposed"), _DISPOSED),
    "clue_closed": _clues(_RATES, "了结率", "已了结", partial(clues.flagged, "closed"), _DISPOSED),
    "clue_open": _clues(_RATES, "未处置", "未处置", partial(clues.flagged, "open"), _DISPOSED),
    "clue_held": _clues(_RATES, "处置率", "已处置未了结", clues.shelved, _DISPOSED),
    "clue_due": _clues(_RATES, "意见按期率", "意见到期", partial(clues.flagged, "due"), _OPINION),
    "clue_on_time": _clues(_RATES, "意见按期率", "按期提出意见", partial(clues.flagged, "on_time"), _OPINION),
    "clue_overdue": _clues(_RATES, "超期未提意见", "超期未提意见", partial(clues.flagged, "overdue"), _OPINION),
    "clues_received": _clues(_OVERVIEW, "线索处置率", "收到", clues.received, _CLUES),
    "clues_disposed": _clues(_OVERVIEW, "线索处置率", "已处置", partial(clues.by_the_end, "disposed_at"), _CLUES),
    "clues_closed": _clues(_OVERVIEW, "线索处置率", "已了结", partial(clues.by_the_end, "closed_at"), _CLUES),
    "clues_reported": _clues(_KPI, "追责", "反馈结果", clues.reported, _FORMS),
    "clues_followed_up": _clues(_KPI, "追责", "运用四种形态处理", clues.followed_up, _FORMS),
    "open_then": _warnings(_KPI, "预警处置时长", "期末未办结", warnings.open_then),
    "concluded": _warnings(_KPI, "误报率、转线索率", "期内有结论", warnings.concluded, ("untrue", "concluded_to_clue")),
    "untrue": _warnings(_KPI, "误报率", "不属实或按误报撤销", warnings.untrue, _WRONG),
    "concluded_to_clue": _warnings(_KPI, "转线索率", "转为线索", warnings.concluded_to_clue, _TO_CLUE),
    "recurred": _warnings(_KPI, "复发率", "同一对象、同一模型再次预警", warnings.recurred, _AGAIN),
    "steady": _warnings(_KPI, "预警压降率", "上期以来未换版本的模型生成", partial(warnings.steady, BEFORE)),
    "steady_year": _warnings(_KPI, "预警压降率", "去年同期以来未换版本的模型生成", partial(warnings.steady, YEAR_AGO)),
    "notices_due": _notices(_KPI, "整改率", "期内整改到期", notices.due, _MENDED),
    "notices_mended": _notices(_KPI, "整改率", "已销号", notices.mended, _MENDED),
    "notices_judged": _notices(_KPI, "一次通过率", "期内首次复核", notices.judged, _PASSED),
    "notices_passed": _notices(_KPI, "一次通过率", "一次通过", notices.passed, _PASSED),
    # In the words of the page that lists them.
    "datasets": _datasets(
        _KPI, "数据鲜活率", f"{len(load_catalog().numbered)} 项", datasets.numbered, _FRESH, timed=False
    ),
    "datasets_fresh": _datasets(_KPI, "数据鲜活率", "按时", datasets.fresh, _FRESH, timed=False),
}


def rows(casework: Casework, asked: Asked) -> pd.DataFrame:
    """The warnings or clues that a figure counts, for whoever sees this casework."""
    span = asked.span(casework.now)
    found = DEFINITIONS[asked.name].rows(casework, asked, span)  # type: ignore[arg-type]
    return asked.cut(found)
