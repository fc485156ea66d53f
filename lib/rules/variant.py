"""A version of a model to be tried, and the candidate warnings it gives."""

import json
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from lib.rules.aggregate import aggregate
from lib.rules.rule import Rule, Value
from lib.rules.run import complete_params, run_exposure, run_rule
from lib.warehouse.store import Warehouse


@dataclass(frozen=True)
class Variant:
    """The rule and the parameters it would run with, the defaults where none is given."""

    rule: Rule
    params: dict[str, Value]

    @property
    def key(self) -> tuple[str, str]:
        """Equal for variants that find the same. Raises RuleError for an unknown parameter or one out of bounds."""
        values = complete_params(self.rule, self.params)
        return self.rule.hash, json.dumps(values, sort_keys=True, default=str)


def candidates(warehouse: Warehouse, variant: Variant, as_of: date) -> pd.DataFrame:
    """The candidate warnings (CANDIDATE_COLUMNS) of a variant, computed as a run does. Raises RuleError."""
    return candidates_on(warehouse.cursor(), variant, as_of)[0]


def candidates_on(cursor: duckdb.DuckDBPyConnection, variant: Variant, as_of: date) -> tuple[pd.DataFrame, int]:
    """The candidate warnings on the tables that a cursor sees, and the number of signals they rest on."""
    signals = run_rule(cursor, variant.rule, as_of, variant.params)
    exposure = run_exposure(cursor, variant.rule, as_of, variant.params)
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
