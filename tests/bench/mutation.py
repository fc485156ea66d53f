"""How much of each rule its cases hold in place: the share of small changes to its SQL that at least one case catches.

    python -m lib bench mutation [--rule M05]… [--json]

One mutant per comparison (< to <=, = to <>, in to not in, is null to is not null …), per number and text in the
sections signals, tested and exposure, and per parameter default. The sections peers and source, which show and decide
nothing, are left alone, and so are the widths of decimal types. A change that is no SQL any more is not counted.
Exit status 1 when a rule catches less than 95 %.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from lib.engines import over
from lib.errors import UserError
from lib.rules import RULES, Rule, RuleError, read_cases, read_rule
from lib.rules.case_run import case_tables, differences, fill
from lib.rules.cases import Case
from lib.rules.rule import Value

GOAL = 0.95
SECTIONS = ("signals", "tested", "exposure")
_OPPOSITE = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "=", "!=": "=",
    "is null": "is not null", "is not null": "is null", "not in": "in", "in": "not in",
    "is distinct from": "is not distinct from", "is not distinct from": "is distinct from",
    "not exists": "exists", "exists": "not exists",
}  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<skip>--[^\n]*|"[^"]*"|decimal\([^)]*\)|->>?|=>|:=)
      |(?P<text>'(?:[^']|'')*')
      |(?P<compare><=|>=|<>|!=|<|>|=
         |\bis\s+not\s+distinct\s+from\b|\bis\s+distinct\s+from\b|\bis\s+not\s+null\b|\bis\s+null\b
         |\bnot\s+in\b|\bin\b(?=\s*\()|\bnot\s+exists\b|\bexists\b)
      |(?P<number>(?<![\w$.])\d+(?:\.\d+)?(?![\w.]))""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Mutant:
    """A changed rule, and what was changed in it."""

    change: str
    rule: Rule


@dataclass
class Score:
    """What became of a rule's mutants: how many there were, how many a case caught, which lived."""

    rule_id: str
    mutants: int
    caught: int
    living: list[str]

    @property
    def share(self) -> float:
        return self.caught / self.mutants if self.mutants else 1.0


def _changed(token: re.Match[str]) -> str:
    text = token.group()
    if token.lastgroup == "text":
        return f"{text[:-1]}×'"
    if token.lastgroup == "number":
        return str(float(text) * 2 if "." in text else int(text) + 1)
    return _OPPOSITE[" ".join(text.split())]


def _shifted(value: Value) -> Value:
    if isinstance(value, date):
        return value + timedelta(days=1)
    return value + 1 if isinstance(value, int) else value * 1.1 or 1.0


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Every rule that differs from this one in one comparison, constant or default."""
    for kind in SECTIONS:
        sql = rule.sections.get(kind, "")
        for token in _TOKEN.finditer(sql):
            if token.lastgroup == "skip":
                continue
            changed, line = _changed(token), sql.count("\n", 0, token.start()) + 1
            around = sql[max(0, token.start() - 30) : token.end() + 30].replace("\n", " ")
            sections = {**rule.sections, kind: sql[: token.start()] + changed + sql[token.end() :]}
            yield Mutant(f"{kind}:{line} {token.group()} → {changed}  … {around} …", replace(rule, sections=sections))
    for n, parameter in enumerate(rule.parameters):
        moved = replace(parameter, default=_shifted(parameter.default))
        parameters = (*rule.parameters[:n], moved, *rule.parameters[n + 1 :])
        change = f"{parameter.name} {parameter.default} → {moved.default}"
        yield Mutant(change, replace(rule, parameters=parameters))


def _is_sql(con: duckdb.DuckDBPyConnection, rule: Rule) -> bool:
    values = {**{parameter.name: parameter.default for parameter in rule.parameters}, "as_of": date(2022, 9, 25)}
    try:
        for sql in (rule.sections[kind] for kind in SECTIONS if kind in rule.sections):
            used = duckdb.extract_statements(sql)[0].named_parameters
            con.execute(f"explain {sql}", {name: values[name] for name in used})
    except (duckdb.Error, UnicodeDecodeError):  # a message cut off within a character is an error as well
        return False
    return True


def measure(rule: Rule) -> Score:
    """Run every mutant on every case until one catches it."""
    with case_tables(rule) as con:
        living = [mutant for mutant in mutants(rule) if _is_sql(con, mutant.rule)]
        count = len(living)
        for case in read_cases(rule):
            fill(con, rule, case.given)
            if next(differences(over(con), rule, case), None) is not None:
                raise UserError(f"模型 {rule.id} 的用例“{case.name}”本来就没有通过。", "请先运行 python -m lib check。")
            living = [mutant for mutant in living if not _catches(con, mutant.rule, case)]
    return Score(rule.id, count, count - len(living), [mutant.change for mutant in living])


def _catches(con: duckdb.DuckDBPyConnection, rule: Rule, case: Case) -> bool:
    try:
        return next(differences(over(con), rule, case), None) is not None
    except RuleError:
        return True


def _measure_file(path: Path) -> Score:
    return measure(read_rule(path))


def show(score: Score) -> Iterator[str]:
    yield f"{score.rule_id}  {score.caught:4}/{score.mutants:4}  {score.share:6.1%}"
    yield from (f"      存活 {change}" for change in score.living)


def main(rules: Sequence[str] = (), as_json: bool = False) -> int:
    """Measure the chosen rules (all by default), two at a time; returns 1 when one catches less than the goal."""
    files = {path.name.split("_")[0]: path for path in sorted(RULES.glob("*.sql"))}
    unknown = [rule_id for rule_id in rules if rule_id not in files]
    if unknown:
        raise UserError(f"没有模型 {'、'.join(unknown)}。", f"现有的模型：{'、'.join(files)}。")
    with ProcessPoolExecutor(2) as pool:
        scores = list(pool.map(_measure_file, [files[rule_id] for rule_id in rules or files]))
    if as_json:
        print(json.dumps([{**vars(score), "share": score.share} for score in scores], ensure_ascii=False, indent=1))
    else:
        print("\n".join(line for score in scores for line in show(score)))
        total = sum(score.mutants for score in scores)
        print(f"合计 {sum(score.caught for score in scores)}/{total}")
    return 1 if any(score.share < GOAL for score in scores) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m lib bench mutation", description="用例对模型改动的捕获率")
    parser.add_argument("--rule", nargs="*", default=[], help="模型编号")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        status = main(options.rule, options.json)
    except UserError as error:
        print(f"{error.message}{error.hint}", file=sys.stderr)
        status = 1
    raise SystemExit(status)
