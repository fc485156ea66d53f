"""One indicator of supervision, as its file describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lib.rules.rule import Law, Parameter, Source

# What the value is of the rows counted: the share of them that are `met`, how many there are to each party, the median
# over groups of the same kind of how far their amounts lie apart (standard deviation by mean).
SHARE, PER_PARTY, SPREAD = "share", "per_party", "spread"
MEASURES = (SHARE, PER_PARTY, SPREAD)
# Which rows a month has: those of its days; those of the twelve months that end with it; those that stand on its last.
MONTH, ROLLING_YEAR, STOCK = "month", "rolling_year", "stock"
PERIODS = (MONTH, ROLLING_YEAR, STOCK)
# The parameter of a spread: groups with fewer rows are not looked at.
LEAST = "least_group"

_OWN = ("subject_id", "officer_id", "org_id", "area_code", "occurred_on")
_BY_MEASURE = {SHARE: (), PER_PARTY: ("party_id",), SPREAD: ("group_key", "amount")}


@dataclass(frozen=True)
class Indicator:
    """An indicator: its description, its SQL sections and the sha256 of its file.

    `list` and `focus` are where it stands among the supervision lists. A value is in `unit` (%: of a hundred), good at
    `green` or better and bad beyond `red`, from below, or from above when `lower_is_better`; with `monitor` it is
    watched and never ranked. `numerator` and `denominator` say in Chinese what they count. `inputs` are the datasets
    and columns it reads, those behind its `marts` among them, `facts` the tables beside the warehouse (see
    lib.rules.facts). `borrowed` are the parameters that are a model's, by name the model and its parameter (see
    lib.rules.indicators.borrowed).
    """

    id: str
    name: str
    title: str
    list: str
    focus: str
    unit: str
    measure: str
    period: str
    lower_is_better: bool
    green: float
    red: float
    monitor: bool
    numerator: str
    denominator: str
    subject: str
    inputs: Mapping[str, tuple[str, ...]]
    parameters: tuple[Parameter, ...]
    borrowed: Mapping[str, tuple[str, str]]
    law: tuple[Law, ...]
    rationale: str
    exclusions: tuple[str, ...]
    assumptions: tuple[str, ...]
    decisions: tuple[str, ...]
    marts: tuple[str, ...]
    facts: Mapping[str, tuple[str, ...]]
    hash: str
    path: Path
    counted: str
    sources: tuple[Source, ...]

    @property
    def label(self) -> str:
        return f"指标 {self.id}"

    @property
    def cases_path(self) -> Path:
        return self.path.with_suffix(".cases.yaml")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the section counted, in order."""
        return counted_columns(self.measure, self.period)

    @property
    def target(self) -> str:
        """Both limits in words: 达标 ≥98%，未达标 <90%."""
        better, worse = ("≤", ">") if self.lower_is_better else ("≥", "<")
        return f"达标 {better}{self.green:g}{self.unit}，未达标 {worse}{self.red:g}{self.unit}"


def counted_columns(measure: str, period: str) -> tuple[str, ...]:
    """The columns that the section counted gives.

    subject_id: what is counted; officer_id, org_id, area_code: whose and where; occurred_on: the day that puts it in a
    month (a stock: from which it stands there, to just before gone_on, null for to this day); met: whether it is in the
    numerator; party_id: whom `per_party` divides by; group_key and amount (元): what `spread` compares.
    """
    gone = ("gone_on",) if period == STOCK else ()
    return (*_OWN, *gone, "met", *_BY_MEASURE[measure])


def first_of(day: date, months_before: int) -> date:
    """The first day of the month so many months before a day's."""
    index = day.year * 12 + day.month - 1 - months_before
    return date(index // 12, index % 12 + 1, 1)
