"""Who worked beside whom: work and events per officer and stratum, and what the others of the stratum drew."""

from typing import NamedTuple

import numpy as np
import pandas as pd


class Cells(NamedTuple):
    """One entry per officer and stratum in which at least two officers worked.

    `people`: officer_id in order, `officer` and `stratum` are positions. `work`: units of exposure. `weight`: weighted
    events, `number`: how many they are. `typical`: the weighted events that vary by chance as one event would, sum w² /
    sum w (the dispersion of a compound Poisson sum).
    """

    people: pd.Index
    strata: int
    officer: np.ndarray
    stratum: np.ndarray
    work: np.ndarray
    weight: np.ndarray
    number: np.ndarray
    typical: float

    def of_officers(self, values: np.ndarray) -> np.ndarray:
        """`values` of the cells summed per officer."""
        return np.bincount(self.officer, values, len(self.people))

    def of_strata(self, values: np.ndarray) -> np.ndarray:
        """`values` of the cells summed per stratum, one entry per cell."""
        return np.bincount(self.stratum, values, self.strata)[self.stratum]


def cells_of(events: pd.DataFrame, exposure: pd.DataFrame) -> Cells:
    """`events`: officer_id, stratum, weight; `exposure`: officer_id, stratum, exposure. Strata where nobody, or only
    one officer, worked compare with nobody and are left out, events included; everybody stays in `people`."""
    people = pd.Index(_named(exposure["officer_id"]).append(_named(events["officer_id"])).unique()).sort_values()
    work = exposure[exposure["exposure"] > 0]
    kinds = _named(work["stratum"]).sort_values()
    events = events[events["stratum"].isin(kinds) & (events["weight"] > 0)]
    weights = _exact(events["weight"])
    codes = [
        _places(people, rows["officer_id"]).astype("int64") * max(len(kinds), 1) + _places(kinds, rows["stratum"])
        for rows in (work, events)
    ]
    found = np.unique(np.concatenate([np.unique(code) for code in codes]))
    done, drawn = (np.searchsorted(found, code) for code in codes)
    officer, stratum = np.divmod(found, max(len(kinds), 1))
    amount = np.bincount(done, _exact(work["exposure"]), len(found))
    kept = np.bincount(stratum[amount > 0], minlength=len(kinds))[stratum] > 1
    return Cells(
        people,
        len(kinds),
        officer[kept],
        stratum[kept],
        amount[kept],
        np.bincount(drawn, weights, len(found))[kept],
        np.bincount(drawn, minlength=len(found))[kept].astype("float64"),
        float(np.sort(weights**2).sum() / weights.sum()) if len(weights) else 1.0,
    )


def _named(column: pd.Series) -> pd.Index:
    """The different values of a column."""
    found = column.unique()
    return pd.Index(found.astype(found.categories.dtype) if isinstance(found, pd.Categorical) else found)


def _places(index: pd.Index, column: pd.Series) -> np.ndarray:
    """Where each value of a column stands in an index that has them all; of categories each is looked up once."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return index.get_indexer(column)
    return index.get_indexer(column.cat.categories)[column.cat.codes]


def _exact(amounts: pd.Series) -> np.ndarray:
    """Rounded to the 30th binary digit of the largest: such numbers add up to the same sum in any order."""
    values = amounts.to_numpy(dtype="float64")
    unit = 2.0 ** (np.floor(np.log2(values.max())) - 30) if len(values) else 1.0
    return np.round(values / unit) * unit


def compared(cells: Cells) -> pd.DataFrame:
    """officer_id, exposure, observed (weighted events) and expected: the sum over strata of own exposure times the
    rate of all *other* officers in the stratum."""
    others = cells.of_strata(cells.work) - cells.work
    rate = np.divide(cells.of_strata(cells.weight) - cells.weight, others, out=np.zeros(len(others)), where=others > 0)
    return pd.DataFrame(
        {
            "officer_id": cells.people,
            "exposure": cells.of_officers(cells.work),
            "observed": cells.of_officers(cells.weight),
            "expected": cells.of_officers(np.maximum(rate, 0.0) * cells.work),
        }
    )
