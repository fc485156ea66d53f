"""A version of a model to be tried, and the candidate warnings it gives."""

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from lib.engines import Session, opened
from lib.rules.aggregate import aggregate
from lib.rules.errors import RuleError
from lib.rules.front_matter import misplaced
from lib.rules.parameters import complete_params
from lib.rules.rule import Parameter, Rule, Value
from lib.rules.run import run_exposure, run_rule
from lib.warehouse.store import Warehouse


def ordered_params(rule: Rule, params: Mapping[str, Value] | None) -> dict[str, Value]:
    """`complete_params`, and RuleError also for thresholds of levels that contradict each other."""
    values = complete_params(rule, params)
    declared = {parameter.name: parameter for parameter in rule.parameters}
    for names in misplaced(rule.ordered, values):
        milder, graver = (_words(declared[name], values[name]) for name in names)
        raise RuleError(f"{milder}不能大于{graver}。", "较轻等级的阈值不能高于较重等级的，请改其中一个。")
    return values


def _words(parameter: Parameter, value: Value) -> str:
    number = f"{value:.10g}" if isinstance(value, float) else value
    return f"“{parameter.meaning}”（{number} {parameter.unit}）"


@dataclass(frozen=True)
class Variant:
    """The rule and the parameters it would run with, the defaults where none is given."""

    rule: Rule
    params: dict[str, Value]

    @property
    def key(self) -> tuple[str, str]:
        """Equal for variants that find the same. Raises RuleError as `ordered_params` does."""
        return self.rule.hash, json.dumps(self.values, sort_keys=True, default=str)

    @property
    def values(self) -> dict[str, Value]:
        """Every parameter. Raises RuleError as `ordered_params` does."""
        return ordered_params(self.rule, self.params)


def candidates(warehouse: Warehouse, variant: Variant, as_of: date) -> pd.DataFrame:
    """The candidate warnings (CANDIDATE_COLUMNS) of a variant, computed as a run does. Raises RuleError."""
    return candidates_on(opened(warehouse), variant, as_of)[0]


def candidates_on(session: Session, variant: Variant, as_of: date) -> tuple[pd.DataFrame, int]:
    """The candidate warnings on the tables that a session sees, and the number of signals they rest on."""
    values = variant.values
    signals = run_rule(session, variant.rule, as_of, values)
    exposure = run_exposure(session, variant.rule, as_of, values)
    found = aggregate(signals.to_pandas(), None if exposure is None else exposure.to_pandas(), variant.rule)
    return found, signals.num_rows


def state(warehouse: Warehouse, rule: Rule) -> Hashable:
    """What the rows a rule reads depend on: the home, and the generation in which each input last changed.

    A load that does not touch the inputs leaves it as it was; for an input without a record the generation counts.
    """
    rows = warehouse.cursor().execute("select dataset, changed_generation from dataset_state").fetchall()
    changed = dict(rows)
    generation = warehouse.generation
    inputs = tuple((name, changed.get(name, generation.number)) for name in sorted(rule.inputs))
    return generation.path.parent, warehouse.as_of, inputs
