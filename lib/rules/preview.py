"""A version of a model beside the live one on today's data."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from lib.engines import opened
from lib.rules.comparison import Comparison, compare
from lib.rules.recent import Recent
from lib.rules.run import run_tested
from lib.rules.variant import Variant, candidates_on, state
from lib.warehouse.store import Warehouse

THREADS = 2


@dataclass(frozen=True)
class VariantOutput:
    """What a variant gives on a day: its candidate warnings, and how many signals and tested subjects they rest on."""

    candidates: pd.DataFrame = field(repr=False)
    signals: int
    tested: int


@dataclass(frozen=True)
class Preview:
    """Both versions on one day (live None: nothing is in force), and what differs."""

    live: VariantOutput | None
    proposed: VariantOutput
    comparison: Comparison


# Counted in candidate warnings with their evidence, about 1.5 kB each.
RECENT: Recent[VariantOutput] = Recent(20_000, lambda found: len(found.candidates) + 1)


def preview(warehouse: Warehouse, live: Variant | None, proposed: Variant, as_of: date) -> Preview:
    """Both versions on `as_of`, on the tables as they are. Raises RuleError.

    Frames are shared with later previews: never change them.
    """
    variants = [proposed] if live is None or live.key == proposed.key else [proposed, live]
    with ThreadPoolExecutor(THREADS, thread_name_prefix="preview") as pool:
        results = list(pool.map(lambda variant: _found(warehouse, variant, as_of), variants))
    before = None if live is None else results[-1]
    return Preview(before, results[0], compare(None if before is None else before.candidates, results[0].candidates))


def _found(warehouse: Warehouse, variant: Variant, as_of: date) -> VariantOutput:
    def work_out() -> VariantOutput:
        frame, signals = candidates_on(opened(warehouse), variant, as_of)
        return VariantOutput(frame, signals, run_tested(opened(warehouse), variant.rule, as_of, variant.params))

    return RECENT.get((state(warehouse, variant.rule), variant.key, as_of), work_out)
