"""What the models in force find, put beside the datasets as tables that indicators read (signals_M06, tested_M06)."""

from collections.abc import Iterable, Mapping
from datetime import date

import duckdb
import pyarrow as pa

from lib.rules.facts import rule_of
from lib.rules.indicators.indicator import Indicator
from lib.rules.indicators.spans import LOOKED_BACK
from lib.rules.parameters import complete_params
from lib.rules.rule import Value
from lib.rules.run import run_rule, run_section
from lib.rules.variant import Variant

_WINDOW = "window_months"
_SIGNALS = """
select
    subject_id, officer_id, org_id, area_code, occurred_on, level,
    from_json(json_extract(evidence, '$.branches'), '["VARCHAR"]') as branches, value, threshold
from found
"""
_TESTED = "select subject_id, officer_id, org_id, area_code, occurred_on from found"


def rules_of(indicators: Iterable[Indicator]) -> dict[str, set[str]]:
    """The tables of findings that indicators read, by the rule that gives them."""
    found: dict[str, set[str]] = {}
    for indicator in indicators:
        for name in indicator.facts:
            if (rule_id := rule_of(name)) is not None:
                found.setdefault(rule_id, set()).add(name)
    return found


def put_findings(
    cursor: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], variants: Mapping[str, Variant], as_of: date
) -> None:
    """Make the tables of findings that these indicators read, as temporary tables of a cursor.

    A model looks back as far as its window may be set, so that each month shown has its findings; all else is as the
    version in force says. A model without one gives no table. Raises RuleError.
    """
    for rule_id, names in rules_of(indicators).items():
        variant = variants.get(rule_id)
        if variant is None:
            continue
        values = _wide(variant)
        for name in sorted(names):
            if name.startswith("signals"):
                _table(cursor, name, run_rule(cursor, variant.rule, as_of, values), _SIGNALS)
            else:
                tested = run_section(cursor, variant.rule, variant.rule.sections["tested"], {**values, "as_of": as_of})
                _table(cursor, name, tested, _TESTED)


def _wide(variant: Variant) -> dict[str, Value]:
    values = complete_params(variant.rule, variant.params)
    for parameter in variant.rule.parameters:
        if parameter.name == _WINDOW and isinstance(parameter.highest, int):
            values[_WINDOW] = min(LOOKED_BACK + 1, parameter.highest)
    return values


def _table(cursor: duckdb.DuckDBPyConnection, name: str, rows: pa.Table, sql: str) -> None:
    cursor.register("found", rows)
    cursor.execute(f'create or replace temp table "{name}" as {sql}')
    cursor.unregister("found")
