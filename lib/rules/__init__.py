"""The supervision models: read, run, aggregate, try out on cases and on the past, show what a hit rests on."""

from lib.rules.aggregate import CANDIDATE_COLUMNS, aggregate, group_rates, period_of, warning_id
from lib.rules.backtest import FIRING_COLUMNS, Backtest, backtest, days_of
from lib.rules.case_run import CaseResult, run_cases
from lib.rules.cases import read_cases, uncovered
from lib.rules.comparison import MONTHLY_COLUMNS, Comparison, compare, monthly
from lib.rules.errors import RuleError, RuleTimeout
from lib.rules.grounds import group_peers, groups_at_work, peers, sources
from lib.rules.levels import LEVELS
from lib.rules.parameters import complete_params, default_params
from lib.rules.preview import Preview, VariantOutput, preview
from lib.rules.read import RULES, parse_rule, read_rule, read_rules
from lib.rules.rule import Aggregation, Law, Parameter, Peers, Rule, Source
from lib.rules.run import EXPOSURE, SIGNALS, run_exposure, run_rule, run_tested, sample_tested
from lib.rules.variant import Variant, candidates

__all__ = [
    "CANDIDATE_COLUMNS",
    "EXPOSURE",
    "FIRING_COLUMNS",
    "LEVELS",
    "MONTHLY_COLUMNS",
    "RULES",
    "SIGNALS",
    "Aggregation",
    "Backtest",
    "CaseResult",
    "Comparison",
    "Law",
    "Parameter",
    "Peers",
    "Preview",
    "Rule",
    "RuleError",
    "RuleTimeout",
    "Source",
    "Variant",
    "VariantOutput",
    "aggregate",
    "backtest",
    "candidates",
    "compare",
    "complete_params",
    "days_of",
    "default_params",
    "group_peers",
    "group_rates",
    "groups_at_work",
    "monthly",
    "parse_rule",
    "peers",
    "period_of",
    "preview",
    "read_cases",
    "read_rule",
    "read_rules",
    "run_cases",
    "run_exposure",
    "run_rule",
    "run_tested",
    "sample_tested",
    "sources",
    "uncovered",
    "warning_id",
]
