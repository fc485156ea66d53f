"""Figures: a number on screen is how many rows one definition has, and the list it opens is those rows.

An address names the definition, the period and what it is cut down to (`Asked`); the page that lists takes the rows
from the same definition, for its own viewer, so the list can be neither longer nor shorter than the number.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode

import pandas as pd

from lib.access import Viewer, under
from lib.casework.deadlines import Calendar, settings, signing, soon
from lib.casework.warnings.states import OPEN_STATES, PARTLY, TRUE, UNCLEAR, UNTRUE, WITHDRAWN
from lib.errors import UserError
from lib.insight.period import PERIODS, Period, Span, period
from lib.insight.ranking.work import weighs
from lib.insight.warnings import kpi
from lib.insight.warnings.listing import rule_label
from lib.insight.warnings.names import places, units_within
from lib.rules.levels import LEVELS, NAMES, SPOT_CHECK
from lib.warehouse.store import Warehouse

WARNINGS, SPOT_CHECKS, CLUES = "warnings", "spot_checks", "clues"
# Not `period`: that one belongs to the selector of the pages that have one, and goes when they go.
FIGURE, DURING, THEN, OF = "figure", "during", "then", "of"
NOW, BEFORE, YEAR_AGO = "", "before", "year_ago"
NOBODY, NOBODY_ZH = "nobody", "尚无人签收"
NO_VERSION = "未登记"
_JUDGED = (TRUE, PARTLY, UNTRUE)
_THEN_ZH = {BEFORE: "上期", YEAR_AGO: "去年同期"}

Query = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Casework:
    """What figures are taken from: visible warnings and clues, the ids withdrawn as 误报, and when.

    `since` is the day of the first record of all: what lies before it was not recorded, which is not zero.
    `spot_checks` are the visible subjects drawn by chance; `compared` gives what went into the officer ranking (rows
    of lib.insight.ranking.work.events, of the whole city). `cuts` is what all of it was cut down to.
    """

    warnings: pd.DataFrame
    clues: pd.DataFrame
    false_alarms: pd.Index
    days: Calendar
    now: datetime
    since: pd.Timestamp
    spot_checks: pd.DataFrame = field(default_factory=pd.DataFrame)
    compared: Callable[[], pd.DataFrame] = pd.DataFrame
    cuts: tuple[tuple[str, str], ...] = ()

    def asked(self, name: str, period: str = "", then: str = NOW) -> "Asked":
        """A figure of this casework: cut down as it is itself."""
        return Asked(name, period, then, self.cuts)

    def within(self, **cuts: str) -> "Casework":
        """Only what lies within the cuts; an empty value cuts nothing."""
        asked = Asked("every").of(**cuts)
        if not asked.cuts:
            return self
        return replace(self, warnings=asked.cut(self.warnings), clues=asked.cut(self.clues), cuts=asked.cuts)

    def covers(self, span: Span) -> bool:
        """Whether records reach back to the start of a span."""
        return self.since <= pd.Timestamp(span.start)


def _unknown() -> UserError:
    return UserError("地址里的数字不认识。", "请回到原来的页面重新点开，或清除后查看全部。")


class Asked(NamedTuple):
    """A figure asked for: its name (a key of DEFINITIONS), the key of its period ('' for the present state), the span
    of the period that is meant (NOW, BEFORE, YEAR_AGO), and what it is cut down to: pairs (key of CUTS, value), of
    which those with the same key are alternatives."""

    name: str
    period: str = ""
    then: str = NOW
    cuts: tuple[tuple[str, str], ...] = ()

    def of(self, **cuts: str | Iterable[str]) -> "Asked":
        """The same, cut down further; an empty value cuts nothing."""
        more = [
            (key, one) for key, value in cuts.items() for one in ([value] if isinstance(value, str) else value) if one
        ]
        return self._replace(cuts=(*self.cuts, *more))

    def query(self) -> Query:
        """The address parameters that open its list."""
        found: dict[str, str | list[str]] = {FIGURE: self.name}
        if self.period:
            found[DURING] = PERIODS[self.period]
        if self.then:
            found[THEN] = self.then
        if DEFINITIONS[self.name].kind == SPOT_CHECKS:
            # No warnings: the list has them only where their level is asked for.
            found["w_levels"] = NAMES[SPOT_CHECK]
        if self.cuts:
            found[OF] = [f"{key}:{value}" for key, value in self.cuts]
        return found

    @property
    def text(self) -> str:
        """Its address in one line, for the data of a chart."""
        return urlencode(self.query(), doseq=True)

    @classmethod
    def from_text(cls, text: str) -> "Asked":
        """What such a line asks for. Raises UserError for a figure that does not exist."""
        values = parse_qs(text)
        asked = cls.from_query(lambda key: values.get(key, []))
        if asked is None:
            raise _unknown()
        return asked

    @classmethod
    def from_query(cls, values_of: Callable[[str], list[str]]) -> "Asked | None":
        """What an address asks for; None when it names no figure. Raises UserError for one that does not exist."""
        name, then = "".join(values_of(FIGURE)[:1]), "".join(values_of(THEN)[:1])
        if not name:
            return None
        keys = {title: key for key, title in PERIODS.items()}
        key = keys.get("".join(values_of(DURING)[:1]), "")
        cuts = tuple((one.partition(":")[0], one.partition(":")[2]) for one in values_of(OF))
        unknown = name not in DEFINITIONS or then not in (NOW, *_THEN_ZH) or any(cut not in CUTS for cut, _ in cuts)
        if unknown or (DEFINITIONS[name].timed and not key):
            raise _unknown()
        return cls(name, key if DEFINITIONS[name].timed or then else "", then, cuts)

    def span(self, now: datetime) -> Span | None:
        """The days it is about; None for the present state."""
        return None if not self.period else span_of(period(self.period, now.date()), self.then)

    @under("view", "warning")
    def words(self, warehouse: Warehouse, viewer: Viewer) -> str:
        """What it counts, but for the number: 桐乡市 · M05 罚缴不一致 · 2022-01-01 至 2022-09-25 · 期内生成.

        A unit outside the viewer's scope is told by the number that was asked for.
        """
        units = units_within(warehouse, viewer)

        def told(key: str, value: str) -> str:
            return str(units.get(value, value)) if key == "org" else CUTS[key].words(warehouse, value)

        span = self.span(datetime.combine(warehouse.as_of, datetime.min.time()))
        days = [] if span is None else [_THEN_ZH.get(self.then, PERIODS[self.period]), span.text]
        parts = ["、".join(told(key, value) for value in values) for key, values in self._by_key()]
        return " · ".join([*parts, *days])

    def _by_key(self) -> list[tuple[str, list[str]]]:
        return [(key, [value for cut, value in self.cuts if cut == key]) for key in dict(self.cuts)]

    def cut(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a frame that lie within all its cuts."""
        keep = pd.Series(True, index=frame.index)
        for key, values in self._by_key():
            holds = CUTS[key].holds
            if holds is not None:
                keep &= pd.concat([holds(frame, value) for value in values], axis=1).any(axis=1)
        return frame[keep]

    def value(self, key: str) -> str:
        """The value of a cut; empty when it is not cut by it."""
        return dict(self.cuts).get(key, "")


def span_of(period: Period, then: str) -> Span:
    """The span of a period that is meant."""
    return {NOW: period.now, BEFORE: period.before, YEAR_AGO: period.year_ago}[then]


class Part(NamedTuple):
    """A number as it is shown: what it counts, in a word, how many, and the list it opens."""

    words: str
    number: int
    asked: Asked


class Sentence(NamedTuple):
    """What is seen, in words, and the numbers that say so."""

    text: str
    parts: tuple[Part, ...] = ()


class Cut(NamedTuple):
    """Which rows of a frame have a value (None: the definition itself asks for it), and the value in words."""

    holds: Callable[[pd.DataFrame, str], pd.Series] | None
    words: Callable[[Warehouse, str], str]


def _equal(column: str) -> Callable[[pd.DataFrame, str], pd.Series]:
    return lambda frame, value: frame[column].eq(value)


def _inside(frame: pd.DataFrame, county: str) -> pd.Series:
    return frame["area_code"].fillna("").str.startswith(county)


def _handled_by(frame: pd.DataFrame, handler: str) -> pd.Series:
    """`handler` is 'account|name': the name is for people, the account decides; NOBODY for what nobody has signed."""
    own = frame["handler_id"]
    return own.isna() if handler == NOBODY else own.eq(handler.partition("|")[0])


def _in_month(frame: pd.DataFrame, month: str) -> pd.Series:
    return frame["first_seen_at"].dt.strftime("%Y-%m").eq(month)


def area_name(warehouse: Warehouse, code: str) -> str:
    """What an area is called; its code when there is none."""
    return str(places(warehouse)[1].set_index("area_code")["area_label"].get(code, code))


def _unit_or_town(warehouse: Warehouse, code: str) -> str:
    return area_name(warehouse, code) if len(code) == 9 else f"{area_name(warehouse, code)}的单位"


def _of_version(frame: pd.DataFrame, version_id: str) -> pd.Series:
    return frame["version_id"].fillna(NO_VERSION).eq(version_id)


def _as_it_is(_: Warehouse, value: str) -> str:
    return value


CUTS = {
    "level": Cut(_equal("level"), lambda _, level: LEVELS.get(level, level)),
    "rule": Cut(_equal("rule_id"), lambda _, rule_id: rule_label(rule_id)),
    # A county covers its towns; a place is the town, or the county's own units.
    "county": Cut(_inside, area_name),
    "place": Cut(_equal("area_code"), _unit_or_town),
    "org": Cut(_equal("org_id"), _as_it_is),
    "officer": Cut(_equal("officer_id"), _as_it_is),
    "handler": Cut(_handled_by, lambda _, handler: NOBODY_ZH if handler == NOBODY else handler.partition("|")[2]),
    "month": Cut(_in_month, _as_it_is),
    "state": Cut(_equal("state"), _as_it_is),
    "conclusion": Cut(_equal("conclusion"), _as_it_is),
    "version": Cut(_of_version, _as_it_is),
    "shared_with": Cut(None, lambda _, rule_id: f"与 {rule_label(rule_id)} 同一人员"),
    "clue_place": Cut(lambda frame, name: frame["county_name"].eq(name) | frame["area_label"].eq(name), _as_it_is),
    "clue_county": Cut(_equal("county_name"), _as_it_is),
    "clue_town": Cut(_equal("area_label"), _as_it_is),
    "clue_origin": Cut(_equal("origin_zh"), _as_it_is),
    "clue_month": Cut(_equal("month"), lambda _, month: f"{month} 收到"),
    "clue_disposition": Cut(_equal("disposition_zh"), _as_it_is),
    "weighs_for": Cut(None, _as_it_is),
}


class Definition(NamedTuple):
    """A figure: on which page and in which tile it stands, what it counts, of WARNINGS or CLUES, its rows in a span.

    `beside` names the other numbers of the tile, those of a ratio above all: the list tells them too. `words` may hold
    a limit of data/deadlines.yaml, by its name in braces.
    """

    where: str
    tile: str
    words: str
    kind: str
    rows: Callable[[Casework, Asked, Span], pd.DataFrame]
    beside: tuple[str, ...] = ()
    timed: bool = True

    @property
    def title(self) -> str:
        """What it counts, in words."""
        return self.words.format(red=signing("red"), soon=soon())


def _now(casework: Casework) -> pd.Timestamp:
    return pd.Timestamp(casework.now)


def _generated(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.generated(casework.warnings, span)


def _open(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    if asked.then:
        end = pd.Timestamp(span.end) + pd.Timedelta(days=1, seconds=-1)
        return kpi.standing(casework.warnings, end)
    return casework.warnings[casework.warnings["state"].isin(OPEN_STATES)]


def _late(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.warnings[casework.warnings["overdue"]]


def _soon(casework: Casework, *_: object) -> pd.DataFrame:
    frame = casework.warnings
    return frame[frame["workdays_left"].le(settings()["warning"]["soon_workdays"]) & ~frame["overdue"]]


def _due(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.due(casework.warnings, span, _now(casework))


def _kept(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    return kpi.kept(_due(casework, asked, span))


def _red(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.red_due(casework.warnings, span, _now(casework))


def _red_signed(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    return kpi.signed_in_time(_red(casework, asked, span))


def _judged(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.judged(casework.warnings, span, casework.false_alarms)


def _true(casework: Casework, asked: Asked, span: Span, strict: bool = False) -> pd.DataFrame:
    return kpi.found_true(_judged(casework, asked, span), strict)


def _ended(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.ended(casework.warnings, span)


def _with(column: str, casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    found = _generated(casework, asked, span)
    return found[found[column].notna()]


def _compared(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    drawn, officer_id = casework.compared(), asked.value("weighs_for")
    if officer_id:
        drawn = drawn[drawn["officer_id"].eq(officer_id)]
    return casework.warnings[casework.warnings["warning_id"].isin(drawn["warning_id"])]


def _not_compared(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    """Of an officer: all that name the officer and do not weigh. Of all: those that weigh, of no work compared."""
    inside, officer_id = _compared(casework, asked), asked.value("weighs_for")
    rest = casework.warnings[~casework.warnings["warning_id"].isin(inside["warning_id"])]
    return rest[rest["officer_id"].eq(officer_id)] if officer_id else rest[rest["officer_id"].notna() & weighs(rest)]


def _compared_shared(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    """Those that weigh for an officer and name somebody else: work in which the officer took part."""
    inside = _compared(casework, asked)
    return inside[inside["officer_id"].ne(asked.value("weighs_for")).fillna(True).astype(bool)]


def _recent(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return casework.warnings[weighs(casework.warnings) & span.holds(casework.warnings["first_seen_at"])]


def _every(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.warnings


def _proven(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.warnings[casework.warnings["conclusion"].isin([TRUE, PARTLY])]


def _firing(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.warnings[casework.warnings["firing"] & casework.warnings["origin"].eq("model")]


def _held(casework: Casework, *_: object) -> pd.DataFrame:
    """What a model has ever warned about; a warning merged into another counts with that one."""
    return casework.warnings[casework.warnings["merged_into"].isna()]


def _held_concluded(casework: Casework, *_: object) -> pd.DataFrame:
    held = _held(casework)
    return held[held["state"].ne(WITHDRAWN)]


def _held_withdrawn(casework: Casework, *_: object) -> pd.DataFrame:
    held = _held(casework)
    return held[held["state"].eq(WITHDRAWN) & held["warning_id"].isin(casework.false_alarms)]


def _held_judged(casework: Casework, *_: object) -> pd.DataFrame:
    held, concluded = _held(casework), _held_concluded(casework)
    judged = concluded.loc[concluded["conclusion"].isin(_JUDGED), "warning_id"]
    return held[held["warning_id"].isin({*judged, *_held_withdrawn(casework)["warning_id"]})]


def _shared(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    """The warnings whose officer is also named in one of the other model."""
    named = kpi.counted(casework.warnings)
    people = named.loc[named["rule_id"].eq(asked.value("shared_with")), "officer_id"].dropna()
    return named[named["officer_id"].isin(people)]


def _shared_judged(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    shared = _shared(casework, asked)
    return shared[shared["warning_id"].isin(_held_judged(casework)["warning_id"])]


def _drawn(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.spot_checks


def _drawn_judged(casework: Casework, *_: object) -> pd.DataFrame:
    drawn = casework.spot_checks
    return drawn[drawn["concluded_at"].notna() & drawn["conclusion"].ne(UNCLEAR)]


def _drawn_true(casework: Casework, *_: object) -> pd.DataFrame:
    judged = _drawn_judged(casework)
    return judged[judged["conclusion"].isin([TRUE, PARTLY])]


def _received(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return casework.clues[span.holds(casework.clues["received_at"])]


def _by_the_end(column: str, casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    received = _received(casework, asked, span)
    return received[received[column].lt(pd.Timestamp(span.end) + pd.Timedelta(days=1))]


def _flagged(flag: str, casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    received = _received(casework, asked, span)
    return received[received[flag]]


def _shelved(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    disposed = _flagged("disposed", casework, asked, span)
    return disposed[~disposed["closed"]]


_OVERVIEW, _MAP, _RANKING, _FILE, _MODELS, _RATES = ("总览", "预警地图", "人员排序", "廉政档案", "模型", "线索办理")
_ON_TIME, _RED, _TRUE = ("due", "kept"), ("red", "red_signed"), ("judged", "true", "true_strict")
_STANDING, _CLUES = ("open", "late", "soon"), ("clues_received", "clues_disposed", "clues_closed")
_DRAWN = ("drawn", "drawn_judged", "drawn_true")
_DISPOSED, _OPINION = ("clue_received", "clue_disposed", "clue_closed"), ("clue_due", "clue_on_time", "clue_overdue")
_LOOP = ("generated", "checked", "to_clue", "closed")

DEFINITIONS: dict[str, Definition] = {
    "generated": Definition(_OVERVIEW, "预警", "期内生成", WARNINGS, _generated),
    "open": Definition(_OVERVIEW, "待处置 / 超期", "待处置", WARNINGS, _open, _STANDING, timed=False),
    "late": Definition(_OVERVIEW, "待处置 / 超期", "超期", WARNINGS, _late, _STANDING, timed=False),
    "soon": Definition(_OVERVIEW, "待处置 / 超期", "{soon}到期", WARNINGS, _soon, _STANDING, timed=False),
    "due": Definition(_OVERVIEW, "按期办结率", "应办", WARNINGS, _due, _ON_TIME),
    "kept": Definition(_OVERVIEW, "按期办结率", "按期", WARNINGS, _kept, _ON_TIME),
    "red": Definition(_OVERVIEW, "红色签收", "满{red}的红色预警", WARNINGS, _red, _RED),
    "red_signed": Definition(_OVERVIEW, "红色签收", "{red}内签收", WARNINGS, _red_signed, _RED),
    "judged": Definition(_OVERVIEW, "预警核实率", "已判定", WARNINGS, _judged, _TRUE),
    "true": Definition(_OVERVIEW, "预警核实率", "属实和部分属实", WARNINGS, _true, _TRUE),
    "true_strict": Definition(_OVERVIEW, "预警核实率", "仅属实", WARNINGS, partial(_true, strict=True), _TRUE),
    "ended": Definition(_OVERVIEW, "预警处置时长", "期内办结或转线索", WARNINGS, _ended),
    "checked": Definition(_OVERVIEW, "闭环", "期内生成、已反馈结论", WARNINGS, partial(_with, "concluded_at"), _LOOP),
    "to_clue": Definition(_OVERVIEW, "闭环", "期内生成、已转线索", WARNINGS, partial(_with, "clue_id"), _LOOP),
    "closed": Definition(_OVERVIEW, "闭环", "期内生成、已办结或转线索", WARNINGS, partial(_with, "closed_at"), _LOOP),
    "on_map": Definition(_MAP, "预警", "期内生成", WARNINGS, _generated),
    "compared": Definition(_RANKING, "计入预警", "计入比较", WARNINGS, _compared, ("not_compared",), timed=False),
    "not_compared": Definition(_RANKING, "计入预警", "未计入比较", WARNINGS, _not_compared, ("compared",), timed=False),
    "compared_shared": Definition(_RANKING, "计入预警", "他人名下", WARNINGS, _compared_shared, timed=False),
    "recent": Definition(_FILE, "近 12 个月预警", "期内生成", WARNINGS, _recent),
    "proven": Definition(_FILE, "属实或部分属实", "属实或部分属实", WARNINGS, _proven, timed=False),
    "every": Definition(_FILE, "预警", "全部", WARNINGS, _every, timed=False),
    "firing": Definition(_MODELS, "现命中预警", "最近一次运行仍命中", WARNINGS, _firing, timed=False),
    "held": Definition(_MODELS, "核实率", "历次预警", WARNINGS, _held, timed=False),
    "held_judged": Definition(_MODELS, "核实率", "已判定", WARNINGS, _held_judged, timed=False),
    "held_concluded": Definition(_MODELS, "核实率", "有结论", WARNINGS, _held_concluded, timed=False),
    "held_withdrawn": Definition(_MODELS, "核实率", "按误报撤销", WARNINGS, _held_withdrawn, timed=False),
    "shared": Definition(_MODELS, "与其他模型同时命中", "同一人员名下", WARNINGS, _shared, timed=False),
    "shared_judged": Definition(_MODELS, "与其他模型同时命中", "已判定", WARNINGS, _shared_judged, timed=False),
    "drawn": Definition(_MODELS, "抽查", "抽取", SPOT_CHECKS, _drawn, _DRAWN, timed=False),
    "drawn_judged": Definition(_MODELS, "抽查", "已判定", SPOT_CHECKS, _drawn_judged, _DRAWN, timed=False),
    "drawn_true": Definition(_MODELS, "抽查", "属实和部分属实", SPOT_CHECKS, _drawn_true, _DRAWN, timed=False),
    "clue_received": Definition(_RATES, "处置率", "收到", CLUES, _received, _DISPOSED),
    "clue_disposed": Definition(_RATES, "处置率", "已处置", CLUES, partial(_flagged, "disposed"), _DISPOSED),
    "clue_closed": Definition(_RATES, "了结率", "已了结", CLUES, partial(_flagged, "closed"), _DISPOSED),
    "clue_open": Definition(_RATES, "未处置", "未处置", CLUES, partial(_flagged, "open"), _DISPOSED),
    "clue_held": Definition(_RATES, "处置率", "已处置未了结", CLUES, _shelved, _DISPOSED),
    "clue_due": Definition(_RATES, "意见按期率", "意见到期", CLUES, partial(_flagged, "due"), _OPINION),
    "clue_on_time": Definition(_RATES, "意见按期率", "按期提出意见", CLUES, partial(_flagged, "on_time"), _OPINION),
    "clue_overdue": Definition(_RATES, "超期未提意见", "超期未提意见", CLUES, partial(_flagged, "overdue"), _OPINION),
    "clues_received": Definition(_OVERVIEW, "线索处置率", "收到", CLUES, _received, _CLUES),
    "clues_disposed": Definition(_OVERVIEW, "线索处置率", "已处置", CLUES, partial(_by_the_end, "disposed_at"), _CLUES),
    "clues_closed": Definition(_OVERVIEW, "线索处置率", "已了结", CLUES, partial(_by_the_end, "closed_at"), _CLUES),
}


def rows(casework: Casework, asked: Asked) -> pd.DataFrame:
    """The warnings or clues that a figure counts, for whoever sees this casework."""
    span = asked.span(casework.now)
    found = DEFINITIONS[asked.name].rows(casework, asked, span)  # type: ignore[arg-type]
    return asked.cut(found)
