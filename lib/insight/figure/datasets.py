"""The datasets that figures count: all there should be, and those updated in time."""

import pandas as pd

from lib.insight.data.datasets import ON_TIME
from lib.insight.figure.casework import Casework


def numbered(casework: Casework, *_: object) -> pd.DataFrame:
    frame = casework.datasets()
    return frame[frame["no"].notna()]


def fresh(casework: Casework, *_: object) -> pd.DataFrame:
    whole = numbered(casework)
    return whole[whole["freshness"].eq(ON_TIME)]
