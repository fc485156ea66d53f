"""The supervision models: read, run, aggregate, try out on their cases, and show what a hit rests on."""

from lib.rules.aggregate import CANDIDATE_COLUMNS, aggregate, group_rates, period_of, warning_id
from lib.rules.case_run import CaseResult, run_cases
from lib.rules.cases import read_cases, uncovered
from lib.rules.errors import RuleError, RuleTimeout
from lib.rules.grounds import peers, sources
from lib.rules.read import RULES, parse_rule, read_rule, read_rules
from lib.rules.rule import Aggregation, Law, Parameter, Peers, Rule, Source
from lib.rules.run import (
    EXPOSURE,
    LEVELS,
    SIGNALS,
    complete_params,
    default_params,
    run_exposure,
    run_rule,
    run_tested,
)

__all__ = [
    "CANDIDATE_COLUMNS",
    "EXPOSURE",
    "LEVELS",
    "RULES",
    "SIGNALS",
    "Aggregation",
    "CaseResult",
    "Law",
    "Parameter",
    "Peers",
    "Rule",
    "RuleError",
    "RuleTimeout",
    "Source",
    "aggregate",
    "complete_params",
    "default_params",
    "group_rates",
    "parse_rule",
    "peers",
    "period_of",
    "read_cases",
    "read_rule",
    "read_rules",
    "run_cases",
    "run_exposure",
    "run_rule",
    "run_tested",
    "sources",
    "uncovered",
    "warning_id",
]
