"""What the models in force find, put beside the datasets as tables that indicators read (signals_M06, tested_M06)."""

import json
from collections.abc import Iterable, Mapping
from datetime import date

import pyarrow as pa

from lib.engines import Session
from lib.rules.facts import SIGNALS, TESTED, rule_of
from lib.rules.indicators.indicator import Indicator
from lib.rules.indicators.spans import LOOKED_BACK
from lib.rules.parameters import complete_params
from lib.rules.rule import Value
from lib.rules.run import run_rule, run_section
from lib.rules.variant import Variant

_WINDOW = "window_months"


def rules_of(indicators: Iterable[Indicator]) -> dict[str, set[str]]:
    """The tables of findings that indicators read, by the rule that gives them."""
    found: dict[str, set[str]] = {}
    for indicator in indicators:
        for name in indicator.facts:
            if (rule_id := rule_of(name)) is not None:
                found.setdefault(rule_id, set()).add(name)
    return found


def put_findings(
    session: Session, indicators: Iterable[Indicator], variants: Mapping[str, Variant], as_of: date
) -> None:
    """Make the tables of findings that these indicators read, as tables of a session.

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
                session.put(name, _with_branches(run_rule(session, variant.rule, as_of, values)))
            else:
                tested = run_section(session, variant.rule, variant.rule.sections["tested"], {**values, "as_of": as_of})
                session.put(name, tested.select(list(TESTED)))


def _wide(variant: Variant) -> dict[str, Value]:
    values = complete_params(variant.rule, variant.params)
    for parameter in variant.rule.parameters:
        if parameter.name == _WINDOW and isinstance(parameter.highest, int):
            values[_WINDOW] = min(LOOKED_BACK + 1, parameter.highest)
    return values


def _with_branches(signals: pa.Table) -> pa.Table:
    branches = [json.loads(evidence)["branches"] for evidence in signals["evidence"].to_pylist()]
    held = signals.append_column("branches", pa.array(branches, pa.list_(pa.string())))
    return held.select(list(SIGNALS))
