"""What an indicator counts, and its values by the units and places that they rest on.

A value rests on a set of pairs of unit and area, and the same set has the same value whoever asks. So values are kept
by the set: few, however large the city. The sums that they are worked out of grow with it, and are read only for a set
that nobody asked for yet.
"""

import hashlib
import itertools
import threading
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from lib.rules.indicators import Indicator, Range, figures, least_group, measured
from lib.rules.indicators.measure import Values
from lib.rules.parameters import default_params

PLACES = ["org_id", "area_code"]
_SPANS = ("value", "before", "year", "year_before")
_TOLD = list(Values._fields)


class Partition(NamedTuple):
    """Which of `size` places each pair of an indicator lies in, -1 for none."""

    places: np.ndarray
    size: int


class Held:
    """What an indicator counts.

    `pairs`: org_id, area_code, domain_code; `first`: the first step that has any row. `rows` gives the sums, with the
    number of the pair in `pair`; `told` are values known already (`values_frame`), `keep` is given them all whenever
    others were worked out.
    """

    def __init__(
        self,
        indicator: Indicator,
        as_of: date,
        pairs: pd.DataFrame,
        rows: Callable[[], pd.DataFrame],
        told: pd.DataFrame | None = None,
        keep: Callable[[pd.DataFrame], None] | None = None,
        weight: int = 0,
    ) -> None:
        first = pairs["first"].min()
        self.pairs, self.first = pairs.drop(columns="first"), None if pd.isna(first) else int(first)
        self.spans = spans_of(indicator, as_of)
        self.weight = weight + len(pairs) + 1
        self._indicator, self._rows, self._keep = indicator, rows, keep
        self._lock = threading.Lock()
        self._names = [
            "\x1f".join("\0" if pd.isna(one) else str(one) for one in pair).encode() + b"\n"
            for pair in zip(pairs["org_id"], pairs["area_code"], strict=True)
        ]
        self._told: dict[str, tuple[np.ndarray, ...]] = {} if told is None else _by_set(told, len(self.spans))

    def values(self, partitions: Sequence[Partition]) -> list[Values]:
        """By partition, the values of each place (row) in each of `spans` (column)."""
        keys = [self._keys(one) for one in partitions]
        with self._lock:
            missing = [
                (one, [place for place, key in enumerate(own) if key and key not in self._told])
                for one, own in zip(partitions, keys, strict=True)
            ]
            if any(places for _, places in missing):
                self._work_out(missing, keys)
            return [self._put_together(own) for own in keys]

    def _keys(self, partition: Partition) -> list[str]:
        """What tells the set of pairs of each place from others; empty without any."""
        order = np.argsort(partition.places, kind="stable")
        bounds = np.searchsorted(partition.places[order], np.arange(partition.size + 1))
        found = []
        for first, last in itertools.pairwise(bounds):
            told = b"".join(self._names[one] for one in order[first:last])
            found.append(hashlib.blake2b(told, digest_size=16).hexdigest() if told else "")
        return found

    def _work_out(self, missing: list[tuple[Partition, list[int]]], keys: list[list[str]]) -> None:
        rows, least = self._rows(), least_group(default_params(self._indicator))
        of_row = rows["pair"].to_numpy()
        for (partition, places), own in zip(missing, keys, strict=True):
            # By now another partition may have told some of them.
            places = [place for place in places if own[place] not in self._told]
            number = np.full(partition.size + 1, -1)
            number[places] = np.arange(len(places))
            found = measured(self._indicator, rows, number[partition.places][of_row], self.spans, least, len(places))
            for at, place in enumerate(places):
                self._told[own[place]] = tuple(part[at] for part in found)
        if self._keep is not None:
            self._keep(values_frame(self._told))

    def _put_together(self, keys: list[str]) -> Values:
        width = len(self.spans)
        nothing = (np.full(width, np.nan), np.zeros(width, dtype="int64"), np.zeros(width, dtype="int64"))
        rows = [self._told[key] if key else nothing for key in keys]
        if not rows:
            return Values(*(part.reshape(0, width) for part in (nothing[0][:0], nothing[1][:0], nothing[2][:0])))
        return Values(*(np.stack([row[part] for row in rows]) for part in range(len(nothing))))


def spans_of(indicator: Indicator, as_of: date) -> list[Range]:
    """The steps of every figure of an indicator, each once."""
    every = (getattr(one, name) for one in figures(as_of, indicator.period) for name in _SPANS)
    return sorted({span for span in every if span is not None})


def paired(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sums by unit and area as sums by pair (a number in `pair`), and the pairs: org_id, area_code and the first step
    that has a row, in an order of their own."""
    unit, area = rows["org_id"].cat, rows["area_code"].cat
    number = (unit.codes.astype("int64") + 1) * (len(area.categories) + 1) + area.codes + 1
    first = rows["step"].groupby(number).min()
    pairs = rows.loc[~number.duplicated(), PLACES].astype("object")
    pairs = pairs.assign(number=number, first=number.map(first)).sort_values(PLACES, na_position="last")
    place = pd.Index(pairs.pop("number")).get_indexer(number)
    return rows.drop(columns=PLACES).assign(pair=place), pairs.reset_index(drop=True)


def values_frame(told: dict[str, tuple[np.ndarray, ...]]) -> pd.DataFrame:
    """set (what tells it from others), and value, met, n of one span after the other."""
    width = len(next(iter(told.values()))[0]) if told else 0
    columns = {name: np.concatenate([row[at] for row in told.values()]) for at, name in enumerate(_TOLD)}
    return pd.DataFrame({"set": pd.Categorical(np.repeat(list(told), width)), **columns})


def _by_set(told: pd.DataFrame, width: int) -> dict[str, tuple[np.ndarray, ...]]:
    keys = told["set"].astype("object").to_numpy()[::width]
    parts = [told[name].to_numpy().reshape(len(keys), width) for name in _TOLD]
    return {key: tuple(part[at] for part in parts) for at, key in enumerate(keys)}
