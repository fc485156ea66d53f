"""The indicators of the supervision lists by month and place: value, light, the year so far, against a year before.

Every figure is one of these, and opens the rows it was counted from: lib.insight.library.indicator_rows.
"""

from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from lib.access import SYSTEM, Viewer, under
from lib.access.policy import policy
from lib.access.scope import sees_area, visible
from lib.casework.lists.in_force import indicators_in_force
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.register import Register
from lib.engines import opened
from lib.insight.data.datasets import NEVER, datasets
from lib.insight.kept.sums import keep_sums, kept_sums, read_sums
from lib.insight.library.facts import KIND_OF, put_facts, variants
from lib.insight.library.held import Held, Partition, paired
from lib.insight.library.lights import CLOSE, MISSED, REACHED
from lib.insight.wording import NONE
from lib.rules.facts import CASEWORK, rule_of
from lib.rules.indicators import Figure, Indicator, Range, figures, read_indicators, sums, tuned
from lib.rules.indicators.measure import Values
from lib.rules.recent import Recent
from lib.rules.variant import Variant
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# What a figure is about: everything that the viewer sees, a county and its towns, a town, a unit.
ALL, COUNTY, TOWN, UNIT = "all", "county", "town", "unit"
LEVELS = {ALL: "全部", COUNTY: "县（市、区）", TOWN: "镇街", UNIT: "单位"}
# The figures of a month: its own, and that of the year up to it.
MONTH_FIGURE, YEAR_FIGURE = "month", "year"
# What stands in place of a value: what it is worked out of never came, came too long ago, or holds no row; its twelve
# months begin before there were any rows; the viewer may not see what it counts.
MISSING, STALE, EMPTY, TOO_SHORT, HIDDEN = "缺数据", "数据过期", "无记录", "不足一年", "无权查看"
WORDS = (MISSING, STALE, EMPTY, TOO_SHORT, HIDDEN)

_COUNTY_DIGITS, _TOWN_DIGITS = 6, 9
_ORGS = "select org_id, domain_code from org"
_AREAS = "select area_code, level from area order by area_code"


class Standing(NamedTuple):
    """Whether an indicator can be worked out: the word that stands in place of its values (empty: none does), what is
    at fault, and the first month whose values it stands in place of (None: all)."""

    word: str
    about: str = ""
    since: date | None = None


_THREADS = 2
# By the rows they keep, some thirty bytes each.
_RECENT: Recent[Held] = Recent(8_000_000, lambda held: held.weight)
# What counts casework is another with every record made, and small: by how many there are, of the last few records.
_OF_CASEWORK: Recent[Held] = Recent(24, lambda _: 1)


def forget() -> None:
    """Count everything anew the next time."""
    _RECENT.clear()
    _OF_CASEWORK.clear()


@under("view", "indicator")
def indicator_table(
    register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None
) -> pd.DataFrame:
    """Every indicator, month and place in the viewer's scope; 25 months, the present one so far.

    indicator_id, month (its first day), level (ALL, COUNTY, TOWN, UNIT), code (the area's or unit's; empty for ALL),
    value (in the indicator's unit; NaN where it has none), met, n (what it rests on: subjects, parties or groups;
    met: those in the numerator, the rows counted where there is none), light (a word of LIGHTS, empty without a value),
    word (in place of a value: one of WORDS, or — where n is 0; empty with one), before and change (the same days a year
    before, and the difference; NaN without), year_value, year_met, year_n, year_light, year_before, year_change (of the
    year up to the month; NaN and 0 for what is not counted by month).

    Counties and towns are all there, units those with anything counted. Raises RuleError when an indicator fails.
    """
    indicators = list(indicators_in_force(register).values())
    parts = _tables(register, warehouse, viewer, indicators, _areas(warehouse, viewer), at=at)
    table = pd.concat(parts, ignore_index=True)
    return table.astype(dict.fromkeys(("indicator_id", "level", "light", "word", "year_light"), "category"))


@under("view", "indicator")
def figures_of(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    indicator_ids: Iterable[str],
    levels: Iterable[str],
    month: date | None = None,
) -> pd.DataFrame:
    """The rows of `indicator_table` of some indicators on some levels, of one month or of all: what a page needs."""
    inside = indicators_in_force(register)
    wanted = [inside[one] for one in indicator_ids]
    areas = _areas(warehouse, viewer)
    return pd.concat(_tables(register, warehouse, viewer, wanted, areas, tuple(levels), month), ignore_index=True)


@under("view", "indicator")
def of_unit(
    register: Register, warehouse: Warehouse, viewer: Viewer, indicator_ids: Iterable[str], org_id: str
) -> pd.DataFrame:
    """The rows of `indicator_table` of one unit and some indicators, the present month alone; none of an indicator that
    counts nothing of the unit, or of one that is not there."""
    inside = indicators_in_force(register)
    wanted = {one: inside[one] for one in indicator_ids if one in inside}
    parts = _tables(register, warehouse, viewer, list(wanted.values()), {})
    own = [part[part["level"].eq(UNIT) & part["code"].eq(org_id)] for part in parts]
    rows = pd.concat(own, ignore_index=True) if own else pd.DataFrame(columns=["indicator_id", "month"])
    return rows[rows["month"].eq(rows["month"].max())].reset_index(drop=True)


def count_ahead(
    register: Register, warehouse: Warehouse, viewers: list[Viewer], tell: Callable[[float, str], None]
) -> None:
    """Count every indicator, and work out its values for all that each of the viewers sees, so that they are kept;
    `tell` is called with the share done and what was counted last."""
    indicators = list(indicators_in_force(register).values())
    held_by = _holder(register, warehouse, indicators, SYSTEM)
    found = standings(register, warehouse, SYSTEM)
    told = [one for one in indicators if not found[one.id].word or found[one.id].since is not None]

    def work_out(one: Indicator) -> None:
        held = held_by(one)
        parts = []
        for viewer in viewers:
            pairs = visible(viewer, held.pairs)
            for level in LEVELS:
                own = level_codes(pairs, level).dropna()
                parts.append(_partition(held, own, sorted(own.unique())))
        held.values(parts)

    with ThreadPoolExecutor(_THREADS, thread_name_prefix="indicators") as pool:
        for place, _ in enumerate(pool.map(work_out, told)):
            tell((place + 1) / len(told), f"指标 {told[place].id} {told[place].title}")


def _tables(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    indicators: list[Indicator],
    areas: dict[str, list[str]],
    levels: tuple[str, ...] = tuple(LEVELS),
    month: date | None = None,
    at: datetime | None = None,
) -> list[pd.DataFrame]:
    """The rows of each of these indicators: only what has a value in some month is counted."""
    found = standings(register, warehouse, viewer, at)
    told = {one.id: one for one in indicators if not found[one.id].word or found[one.id].since is not None}
    about = areas, warehouse.as_of, viewer, levels, month
    held_by = _holder(register, warehouse, list(told.values()), viewer)

    def table(one: Indicator) -> pd.DataFrame:
        return _figures(one, held_by(one) if one.id in told else None, found[one.id], *about)

    # One counts while what another gave is put together.
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="indicators") as pool:
        return list(pool.map(table, indicators))


@under("view", "indicator")
def standings(
    register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None
) -> dict[str, Standing]:
    """Whether each indicator can be worked out, by its id."""
    indicators = read_indicators()
    state = datasets(warehouse, viewer, at or now(warehouse))
    # A few dozen rows, asked for one by one: a frame would be cut hundreds of times.
    by_name = {row["name"]: row for row in state.to_dict("records")}
    live = variants(register, indicators.values())
    return {one.id: _standing(one, by_name, live, register, warehouse, viewer) for one in indicators.values()}


def _standing(
    indicator: Indicator,
    state: dict[str, dict[Hashable, Any]],
    live: dict[str, Variant],
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
) -> Standing:
    inputs = dict.fromkeys(indicator.inputs)
    for name in indicator.facts:
        rule_id = rule_of(name)
        if rule_id is not None and rule_id not in live:
            return Standing(MISSING, f"模型 {rule_id} 没有生效的版本")
        if rule_id is not None:
            inputs |= dict.fromkeys(live[rule_id].rule.inputs)
        elif name not in KIND_OF:
            continue
        elif not viewer.may("view", KIND_OF[name]):
            return Standing(HIDDEN, policy().kinds[KIND_OF[name]])
        elif not indicator.inputs and snapshot(register, warehouse).objects[KIND_OF[name]].empty:
            # Beside datasets casework only adds to what these count.
            return Standing(EMPTY, policy().kinds[KIND_OF[name]])
    rows = [state[name] for name in inputs]
    if never := [row["title"] for row in rows if row["freshness"] == NEVER]:
        return Standing(MISSING, "、".join(never))
    if empty := [row["title"] for row in rows if row["row_cnt"] == 0]:
        return Standing(EMPTY, "、".join(empty))
    late = [row for row in rows if row["late_days"] > 0]
    if not late:
        return Standing("")
    last = min(row["updated_at"] for row in late).date()
    return Standing(STALE, "、".join(row["title"] + row["freshness"] for row in late), last.replace(day=1))


@under("view", "indicator")
def held_sums(register: Register, warehouse: Warehouse, indicator: Indicator, viewer: Viewer) -> Held:
    """What one indicator counts, of the whole city without what concerns the viewer's own number."""
    return _holder(register, warehouse, [indicator], viewer)(indicator)


def _holder(
    register: Register, warehouse: Warehouse, indicators: list[Indicator], viewer: Viewer
) -> Callable[[Indicator], Held]:
    """What gives what each of these indicators counts; kept until its file, the data or what else it reads changes."""
    live = variants(register, indicators)

    def counted_by(one: Indicator) -> pd.DataFrame:
        session = opened(warehouse)
        put_facts(session, [one], register, warehouse)
        return sums(session, one, warehouse.as_of, officer_id=viewer.officer_id)

    def put_together(one: Indicator) -> Held:
        # Neither what every record made changes is worth a file, nor what one person sees.
        if _counts_casework(one) or viewer.officer_id is not None:
            rows, pairs = paired(counted_by(one))
            return Held(one, warehouse.as_of, _placed(pairs, warehouse), lambda: rows, weight=len(rows))
        return _kept(one, warehouse, _rules(one, live), partial(counted_by, one))

    def held_by(one: Indicator) -> Held:
        one = tuned(one, live)
        recent = _OF_CASEWORK if _counts_casework(one) else _RECENT
        return recent.get(_key(one, register, warehouse, live, viewer.officer_id), partial(put_together, one))

    return held_by


def _kept(
    indicator: Indicator, warehouse: Warehouse, rules: tuple[Hashable, ...], summed: Callable[[], pd.DataFrame]
) -> Held:
    """What an indicator counts of the data, as it is kept beside the warehouse: the sums, their pairs, the values of
    the sets of pairs asked for so far."""
    under = indicator.hash, indicator.parameters, rules
    of_pairs, of_values = ("pairs", *under), ("values", *under)
    at_hand: list[pd.DataFrame] = []

    def rows() -> pd.DataFrame:
        return at_hand.pop() if at_hand else paired(kept_sums(warehouse, under, summed))[0]

    def pairs() -> pd.DataFrame:
        of_rows, found = paired(kept_sums(warehouse, under, summed))
        at_hand.append(of_rows)
        return found

    placed = _placed(kept_sums(warehouse, of_pairs, pairs), warehouse)
    told = read_sums(warehouse, of_values)
    return Held(indicator, warehouse.as_of, placed, rows, told, partial(keep_sums, warehouse, of_values))


def _key(
    indicator: Indicator, register: Register, warehouse: Warehouse, live: dict[str, Variant], officer_id: str | None
) -> Hashable:
    head = (register.url, snapshot(register, warehouse).head) if _counts_casework(indicator) else None
    generation = warehouse.generation
    counted = indicator.hash, indicator.parameters
    return generation.path, generation.number, warehouse.as_of, counted, _rules(indicator, live), head, officer_id


def _rules(indicator: Indicator, live: dict[str, Variant]) -> tuple[Hashable, ...]:
    return tuple(live[rule_id].key for name in indicator.facts if (rule_id := rule_of(name)) is not None)


def _counts_casework(indicator: Indicator) -> bool:
    return any(name in CASEWORK for name in indicator.facts)


def _placed(pairs: pd.DataFrame, warehouse: Warehouse) -> pd.DataFrame:
    return pairs.assign(domain_code=pairs["org_id"].map(_domains(warehouse)))


@lru_cache(maxsize=4)
def _domains(warehouse: Warehouse) -> pd.Series:
    return warehouse.query(_ORGS).set_index("org_id")["domain_code"]


def _areas(warehouse: Warehouse, viewer: Viewer) -> dict[str, list[str]]:
    """The codes of the counties and towns in the viewer's scope, the city's own first."""
    found = warehouse.query(_AREAS)
    found = found[[sees_area(viewer, code) for code in found["area_code"]]]
    town = found["level"].eq("镇街")
    return {COUNTY: found.loc[~town, "area_code"].tolist(), TOWN: found.loc[town, "area_code"].tolist()}


def level_codes(pairs: pd.DataFrame, level: str) -> pd.Series:
    """The place of each pair of unit and area on a level; None where it has none there."""
    area = pairs["area_code"].astype("object")
    if level == ALL:
        return pd.Series("", index=pairs.index, dtype="object")
    if level == UNIT:
        return pairs["org_id"].astype("object")
    if level == COUNTY:
        return area.str[:_COUNTY_DIGITS]
    return area.where(area.str.len().eq(_TOWN_DIGITS))


def _figures(
    indicator: Indicator,
    held: Held | None,
    standing: Standing,
    areas: dict[str, list[str]],
    as_of: date,
    viewer: Viewer,
    levels: Iterable[str],
    month: date | None,
) -> pd.DataFrame:
    """The rows of one indicator in `indicator_table`, on these levels, of one month or of all."""
    shown = [one for one in figures(as_of, indicator.period) if month in (None, one.month)]
    months = pd.DatetimeIndex([one.month for one in shown])
    pairs = None if held is None else visible(viewer, held.pairs)
    places = {}
    for level in levels:
        own = pd.Series(dtype="object") if pairs is None else level_codes(pairs, level).dropna()
        codes = [""] if level == ALL else list(dict.fromkeys([*areas.get(level, ()), *sorted(own.unique())]))
        places[level] = own, codes
    parts = []
    for level, values in zip(levels, _values(held, list(places.values()), shown), strict=True):
        codes = places[level][1]
        parts.append(
            pd.DataFrame(
                {
                    "month": np.tile(months, len(codes)),
                    "level": level,
                    "code": np.repeat(np.array(codes, dtype="object"), len(months)),
                    **{name: cells.ravel() for name, cells in values.items()},
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "indicator_id", indicator.id)
    return _worded(indicator, table, standing, held, shown)


def _values(
    held: Held | None, places: list[tuple[pd.Series, list[str]]], shown: list[Figure]
) -> list[dict[str, np.ndarray]]:
    """Of each level, given as the place of each pair and the places in their order: by column of the table, the figures
    of each place and month."""
    if held is None:
        every = [_nothing(len(codes)) for _, codes in places]
        return [_cells(one, {}, shown) for one in every]
    partitions = [_partition(held, own, codes) for own, codes in places]
    at = {span: place for place, span in enumerate(held.spans)}
    return [_cells(one, at, shown) for one in held.values(partitions)]


def _partition(held: Held, own: pd.Series, codes: list[str]) -> Partition:
    """The pairs of `own` by place, each place by its number in `codes`."""
    number = pd.Series({code: place for place, code in enumerate(codes)}, dtype="int64")
    of_pair = np.full(len(held.pairs), -1)
    of_pair[own.index] = number.reindex(own).to_numpy()
    return Partition(of_pair, len(codes))


def _nothing(size: int) -> Values:
    return Values(np.full((size, 0), np.nan), *(np.zeros((size, 0), dtype="int64") for _ in range(2)))


def _cells(values: Values, at: dict[Range, int], shown: list[Figure]) -> dict[str, np.ndarray]:
    """The values of each place and month of a level by column of the table; `at` says where each span stands."""

    def cells(name: str, of: np.ndarray, missing: float) -> np.ndarray:
        found = np.full((len(of), len(shown)), missing, dtype=of.dtype)
        for place, one in enumerate(shown):
            span = getattr(one, name)
            if span in at:
                found[:, place] = of[:, at[span]]
        return found

    found: dict[str, np.ndarray] = {}
    for prefix, name in {"": "value", "year_": "year"}.items():
        before = cells("before" if not prefix else "year_before", values.value, np.nan)
        found |= {
            f"{prefix}value": cells(name, values.value, np.nan),
            f"{prefix}met": cells(name, values.met, 0),
            f"{prefix}n": cells(name, values.n, 0),
            f"{prefix}before": before,
        }
    return found


def _worded(
    indicator: Indicator, table: pd.DataFrame, standing: Standing, held: Held | None, shown: list
) -> pd.DataFrame:
    """The table with its lights, changes and words: what has a word has no figure."""
    word = pd.Series(np.where(table["n"].eq(0), NONE, ""), index=table.index)
    if held is not None and held.first is not None and indicator.period == "rolling_year":
        short = [one.month for one in shown if one.value.first < held.first]
        word = word.mask(table["month"].isin(pd.DatetimeIndex(short)), TOO_SHORT)
        ago = [one.month for one in shown if one.before is not None and one.before.first < held.first]
        table["before"] = table["before"].mask(table["month"].isin(pd.DatetimeIndex(ago)))
    if standing.word:
        hit = pd.Series(True, index=table.index)
        if standing.since is not None:
            hit = table["month"].ge(pd.Timestamp(standing.since))
        word = word.mask(hit, standing.word)
    told = word.isin(WORDS)
    for prefix in ("", "year_"):
        for name in ("value", "before"):
            table[prefix + name] = table[prefix + name].mask(told)
        for name in ("met", "n"):
            table[prefix + name] = table[prefix + name].mask(told, 0)
        table[f"{prefix}change"] = table[f"{prefix}value"] - table[f"{prefix}before"]
        table[f"{prefix}light"] = light(indicator, table[f"{prefix}value"].to_numpy())
    return table.assign(word=word)


def light(indicator: Indicator, value: np.ndarray) -> np.ndarray:
    """The word of LIGHTS for each value against the indicator's limits, empty where there is no value."""
    sign = -1 if indicator.lower_is_better else 1
    good, bad = sign * value >= sign * indicator.green, sign * value < sign * indicator.red
    return np.where(np.isnan(value), "", np.where(good, REACHED.word, np.where(bad, MISSED.word, CLOSE.word)))
