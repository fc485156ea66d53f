"""Running an indicator: what it counts, row by row or summed up by days and place. The one part that runs its SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.rules.errors import RuleError
from lib.rules.indicators.indicator import PER_PARTY, SHARE, SPREAD, STOCK, Indicator
from lib.rules.indicators.spans import Steps, days_of
from lib.rules.parameters import complete_params
from lib.rules.rule import Value
from lib.rules.run import conformed, run_section

_TYPES = {"occurred_on": pa.date32(), "gone_on": pa.date32(), "met": pa.bool_(), "amount": pa.decimal128(14, 2)}

_NEVER_NULL = {"subject_id", "occurred_on", "met", "party_id", "group_key", "amount"}
# The months from that of $since on, and one more from the day on which one of them parts.
_STEP = """
    (year(occurred_on) - year($since)) * 12 + month(occurred_on) - month($since) as month_no,
    month_no + cast(month_no > $split or (month_no = $split and day(occurred_on) > $day) as integer) as step"""
_WITHIN = """
where occurred_on between $since and $as_of and ($officer is null or officer_id is distinct from $officer)"""
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
) as counted{within}
) as parted
group by all"""
_STOCK = """
select day_no as step, org_id, area_code, {sums}
from (select unnest($days) as day_on, unnest(range(len($days))) as day_no) as days
inner join (
{counted}
) as counted on occurred_on <= day_on and coalesce(gone_on > day_on, true)
where $officer is null or officer_id is distinct from $officer
group by all"""


def _values(indicator: Indicator, as_of: date, params: Mapping[str, Value] | None) -> dict[str, Any]:
    return {**complete_params(indicator, params), "as_of": as_of, "since": Steps(as_of).since}


def counted(
    cursor: duckdb.DuckDBPyConnection, indicator: Indicator, as_of: date, params: Mapping[str, Value] | None = None
) -> pa.Table:
    """What an indicator counts on a day, the columns of `counted_columns`, in no order.

    Raises RuleError for wrong parameters or SQL, for a row without subject, day or verdict or of a later day, and for a
    subject that is there twice (in a stock: twice from the same day).
    """
    found = run_section(cursor, indicator, indicator.counted, _values(indicator, as_of, params))
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
    cursor: duckdb.DuckDBPyConnection,
    indicator: Indicator,
    as_of: date,
    params: Mapping[str, Value] | None = None,
    officer_id: str | None = None,
) -> pd.DataFrame:
    """What an indicator counts, summed by step (see lib.rules.indicators.spans), org_id and area_code.

    n, and met for a share; by party_id for `per_party`; by group_key for a spread, with total (of the amounts in fen),
    squares and rest (of their squares: squares * 10**9 + rest). Rows of `officer_id` are left out. Raises RuleError.
    """
    steps = Steps(as_of)
    values = _values(indicator, as_of, params) | {
        "split": steps.split, "day": steps.day, "officer": officer_id, "days": days_of(as_of),
    }  # fmt: skip
    summed = _SUMS[indicator.measure]
    if indicator.period == STOCK:
        sql = _STOCK.format(sums=summed, counted=indicator.counted)
    else:
        fen = ",\n    round(amount * 100)::bigint as fen" if indicator.measure == SPREAD else ""
        sql = _FLOW.format(sums=summed, step=_STEP, fen=fen, counted=indicator.counted, within=_WITHIN)
    return run_section(cursor, indicator, sql, values).to_pandas()
