"""The indicators of the supervision lists: read, run, tried out on cases, measured by month and place."""

from lib.rules.indicators.borrowed import models_of, tuned
from lib.rules.indicators.case_run import run_cases
from lib.rules.indicators.cases import read_cases, uncovered
from lib.rules.indicators.findings import put_findings, rules_of
from lib.rules.indicators.indicator import Indicator
from lib.rules.indicators.measure import Values, least_group, measured
from lib.rules.indicators.read import INDICATORS, parse_indicator, read_indicator, read_indicators
from lib.rules.indicators.run import MET, UNMET, WHOLE, counted, listed, sources, subject, sums
from lib.rules.indicators.spans import MONTHS, Figure, Range, figures

__all__ = [
    "INDICATORS",
    "MET",
    "MONTHS",
    "UNMET",
    "WHOLE",
    "Figure",
    "Indicator",
    "Range",
    "Values",
    "counted",
    "figures",
    "least_group",
    "listed",
    "measured",
    "models_of",
    "parse_indicator",
    "put_findings",
    "read_cases",
    "read_indicator",
    "read_indicators",
    "rules_of",
    "run_cases",
    "sources",
    "subject",
    "sums",
    "tuned",
    "uncovered",
]
