"""Running an indicator: what it counts, row by row or summed up by days and place. The one part that runs its SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.engines import Session
from lib.rules.errors import RuleError
from lib.rules.indicators.indicator import PER_PARTY, SHARE, SPREAD, STOCK, Indicator
from lib.rules.indicators.spans import Steps, days_of
from lib.rules.parameters import complete_params
from lib.rules.rule import Value
from lib.rules.run import conformed, run_section

_TYPES = {"occurred_on": pa.date32(), "gone_on": pa.date32(), "met": pa.bool_(), "amount": pa.decimal128(14, 2)}

_NEVER_NULL = {"subject_id", "occurred_on", "met", "party_id", "group_key", "amount"}
_PLACES, _NUMBERED = ("org_id", "area_code"), ("party_id", "group_key")
# The months from that of $since on, and one more from the day on which one of them parts.
_STEP = """
    (year(occurred_on) - year($since)) * 12 + month(occurred_on) - month($since) as month_no,
    month_no + cast(month_no > $split or (month_no = $split and day(occurred_on) > $day) as integer) as step"""
# Asked only where there is one: a column that nobody asks for is not worked out.
_OTHERS = "officer_id is distinct from $officer"
_SUMS = {
    SHARE: "count(*)::bigint as n, count(*) filter (where met)::bigint as met",
    PER_PARTY: "party_id, count(*)::bigint as n",
    # In fen and in two halves of eighteen digits: sums of squares stay exact.
    SPREAD: """group_key, count(*)::bigint as n, sum(fen)::bigint as total,
    (sum(fen::hugeint * fen) // 1000000000)::bigint as squares,
    (sum(fen::hugeint * fen) % 1000000000)::bigint as rest""",
}
_FLOW = """
select step, org_id, area_code, {sums}
from (
select *,{step}{fen}
from (
{counted}
) as counted
where occurred_on between $since and $as_of and {others}
) as parted
group by all"""
_STOCK = """
select day_no as step, org_id, area_code, {sums}
from stock_days
inner join (
{counted}
) as counted on occurred_on <= day_on and coalesce(gone_on > day_on, true)
where {others}
group by all"""

# The parts of a figure that can be listed.
MET, UNMET, WHOLE = "met", "unmet", "whole"
_HAPPENED = "occurred_on between $first and $last"
_STANDS = "occurred_on <= $last and coalesce(gone_on > $last, true)"
_LISTED = """
with inside as (
select counted.*
from (
{counted}
) as counted
semi join places on places.org_id is not distinct from counted.org_id
    and places.area_code is not distinct from counted.area_code
where {when} and {others}
)

select *, count(*) over () as total
from (
{shown}
) as shown
order by {order}
limit $most"""
_NEWEST = "occurred_on desc, subject_id"
# The rows of each part, and their order.
_PARTS = {
    (SHARE, MET): ("select * from inside where met", _NEWEST),
    (SHARE, UNMET): ("select * from inside where not met", _NEWEST),
    (SHARE, WHOLE): ("select * from inside", _NEWEST),
    (PER_PARTY, WHOLE): (
        """
select party_id, count(*)::bigint as n, min(occurred_on) as first_on, max(occurred_on) as last_on
from inside
group by party_id""",
        "n desc, party_id",
    ),
    (SPREAD, MET): (
        "select * from inside qualify count(*) over (partition by group_key) >= $least_group",
        "group_key, amount desc, subject_id",
    ),
    (SPREAD, WHOLE): (
        """
select
    group_key, count(*)::bigint as n, avg(amount)::double as mean_amt, min(amount)::double as min_amt,
    max(amount)::double as max_amt, stddev_samp(amount) / avg(amount) as variation
from inside
group by group_key
having count(*) >= $least_group""",
        "variation desc, group_key",
    ),
}


def _values(indicator: Indicator, as_of: date, params: Mapping[str, Value] | None) -> dict[str, Any]:
    return {**complete_params(indicator, params), "as_of": as_of, "since": Steps(as_of).since}


def counted(session: Session, indicator: Indicator, as_of: date, params: Mapping[str, Value] | None = None) -> pa.Table:
    """What an indicator counts on a day, the columns of `counted_columns`, in no order.

    Raises RuleError for wrong parameters or SQL, for a row without subject, day or verdict or of a later day, and for a
    subject that is there twice (in a stock: twice from the same day).
    """
    found = run_section(session, indicator, indicator.counted, _values(indicator, as_of, params))
    schema = pa.schema([(name, _TYPES.get(name, pa.string())) for name in indicator.columns])
    table = conformed(indicator, "counted", found, schema)
    for column in sorted(_NEVER_NULL.intersection(indicator.columns)):
        if table[column].null_count:
            raise RuleError(f"{indicator.label} 有 {table[column].null_count} 行的 {column} 为空。", "请检查 SQL。")
    late = pc.sum(pc.greater(table["occurred_on"], pa.scalar(as_of))).as_py()
    if late:
        raise RuleError(f"{indicator.label} 有 {late} 行晚于截止日。", "截止日之后的事尚未发生。")
    keys = ["subject_id", *(["occurred_on"] if indicator.period == STOCK else [])]
    repeated = table.num_rows - table.group_by(keys).aggregate([]).num_rows
    if repeated:
        raise RuleError(f"{indicator.label} 有 {repeated} 个对象重复计数。", "每个对象只应有一行。")
    return table


def sums(
    session: Session,
    indicator: Indicator,
    as_of: date,
    params: Mapping[str, Value] | None = None,
    officer_id: str | None = None,
) -> pd.DataFrame:
    """What an indicator counts, summed by step (see lib.rules.indicators.spans), org_id and area_code.

    n, and met for a share; by party_id for `per_party`; by group_key for a spread, with total (of the amounts in fen),
    squares and rest (of their squares: squares * 10**9 + rest). Units and areas are categories, parties and groups
    numbers from 0 on. Rows of `officer_id` are left out. Raises RuleError.
    """
    steps = Steps(as_of)
    values = _values(indicator, as_of, params) | {
        "split": steps.split, "day": steps.day, "officer": officer_id,
    }  # fmt: skip
    summed, others = _SUMS[indicator.measure], "true" if officer_id is None else _OTHERS
    if indicator.period == STOCK:
        days = days_of(as_of)
        session.put("stock_days", pa.table({"day_no": range(len(days)), "day_on": pa.array(days, pa.date32())}))
        sql = _STOCK.format(sums=summed, counted=indicator.counted, others=others)
    else:
        fen = ",\n    round(amount * 100)::bigint as fen" if indicator.measure == SPREAD else ""
        sql = _FLOW.format(sums=summed, step=_STEP, fen=fen, counted=indicator.counted, others=others)
    found = run_section(session, indicator, sql, values)
    for place, name in enumerate(found.column_names):
        if name in _PLACES or name in _NUMBERED:
            found = found.set_column(place, name, _encoded(found[name], name in _NUMBERED))
    return found.to_pandas()


def _encoded(texts: pa.ChunkedArray, numbered: bool) -> pa.Array:
    encoded = texts.combine_chunks().dictionary_encode()
    return encoded.indices if numbered else encoded


def listed(
    session: Session,
    indicator: Indicator,
    as_of: date,
    params: Mapping[str, Value] | None = None,
    *,
    places: pd.DataFrame,
    first: date,
    last: date,
    part: str,
    most: int,
    officer_id: str | None = None,
) -> tuple[pd.DataFrame, int]:
    """What stands behind a figure, at most `most`, and how many there are in all.

    `places` are the org_id and area_code that count, `first` and `last` the days (of a stock the last only). The part
    is MET (the numerator; of `per_party` and spread the rows counted), UNMET (the rest of the denominator) or WHOLE
    (the denominator: all rows; of `per_party` the parties with their rows, most first; of a spread the groups, widest
    first). Raises RuleError.
    """
    when = _STANDS if indicator.period == STOCK else _HAPPENED
    shown, order = _PARTS.get((indicator.measure, part), _PARTS[SHARE, part])
    others = "true" if officer_id is None else _OTHERS
    sql = _LISTED.format(counted=indicator.counted, when=when, shown=shown, order=order, others=others)
    values = _values(indicator, as_of, params) | {"first": first, "last": last, "most": most, "officer": officer_id}
    session.put("places", pa.table({name: pa.array(places[name], pa.string(), from_pandas=True) for name in _PLACES}))
    found = run_section(session, indicator, sql, values).to_pandas()
    total = int(found["total"].iloc[0]) if len(found) else 0
    return found.drop(columns="total"), total


def subject(
    session: Session, indicator: Indicator, as_of: date, subject_id: str, params: Mapping[str, Value] | None = None
) -> pd.DataFrame:
    """The rows counted of one subject; none when it is not counted. Raises RuleError."""
    sql = f"select * from (\n{indicator.counted}\n) as counted where subject_id = $subject_id"
    values = _values(indicator, as_of, params) | {"subject_id": subject_id}
    return run_section(session, indicator, sql, values).to_pandas()


def sources(
    session: Session, indicator: Indicator, as_of: date, subject_id: str, params: Mapping[str, Value] | None = None
) -> list[tuple[str, pd.DataFrame]]:
    """(title, rows) of each table that one subject rests on. Raises RuleError."""
    values = _values(indicator, as_of, params) | {"subject_id": subject_id}
    return [(one.title, run_section(session, indicator, one.sql, values).to_pandas()) for one in indicator.sources]
