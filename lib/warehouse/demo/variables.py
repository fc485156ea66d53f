"""What the SQL of the city reads: variables, the work calendar as lists, and the word lists as tables."""

from typing import Any

import duckdb
import pandas as pd

from lib.catalog.dataset import ROOT
from lib.warehouse.demo.spec import CitySpec, Span
from lib.warehouse.demo.words import names, word_table

# The signs of a 统一社会信用代码 (GB 32100-2015): no I, O, S, V and Z.
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WORDS = ("violations", "duties", "circumstances", "scopes", "industries")


def set_variables(con: duckdb.DuckDBPyConnection, spec: CitySpec) -> None:
    """Set the variables and temporary tables that sql/*.sql name. The table `workday` must be filled."""
    variables: dict[str, Any] = {
        "seed": spec.seed,
        "clean": spec.clean,
        "as_of": spec.as_of,
        "first_day": spec.first_day,
        "last_day": spec.last_day,
        "revised_on": spec.revised_on,
        "uscc_alphabet": list(_USCC_SIGNS),
        "uscc_values36": [int(sign, 36) for sign in _USCC_SIGNS],
        **{f"all_{name}": count for name, count in spec.sizes.items()},
        **{f"until_{name}": moment.date() for name, moment in spec.arrived.items()},
        **names(),
    }
    _set(con, variables)
    con.execute("set variable workday_seqs = (select list(wd_seq order by day_date) from workday)")
    con.execute("set variable workday_dates = (select list(day_date order by day_date) from workday where is_workday)")
    for name in _WORDS:
        _register(con, f"words_{name}", word_table(name))
    _register(con, "town_points", pd.read_csv(ROOT / "data" / "towns.csv", dtype=str))


def set_span(con: duckdb.DuckDBPyConnection, spec: CitySpec, span: Span) -> None:
    """Set the days that are drawn next, and for every dataset the rows wanted of them and drawn before them."""
    is_whole = span == spec.whole
    _set(
        con,
        {
            "from_day": span.first,
            "to_day": span.last,
            "is_whole": is_whole,
            # Somebody is seen even in the smallest city.
            "least_rows": 1 if is_whole else 0,
            "days_captured": 731 if is_whole else (span.last - span.first).days + 1,
            **{f"n_{name}": count for name, count in span.rows.items()},
            **{f"before_{name}": count for name, count in span.before.items()},
        },
    )


def _set(con: duckdb.DuckDBPyConnection, variables: dict[str, Any]) -> None:
    for name, value in variables.items():
        con.execute(f"set variable {name} = $value", {"value": value})


def _register(con: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    con.register("frame_rows", frame)
    con.execute(f"create or replace temp table {table} as select * from frame_rows")
    con.unregister("frame_rows")
