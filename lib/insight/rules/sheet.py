"""A model as a person reads it: its worked example, and what one version changes in another."""

import difflib
from dataclasses import dataclass, field

import pandas as pd

from lib.casework.rules.versions import Version
from lib.catalog import load_catalog
from lib.insight.wording import plain
from lib.rules import Rule, read_cases
from lib.rules.levels import LEVELS
from lib.rules.rule import Value

ROWS_SHOWN = 30


def exactly(value: Value | None) -> str:
    """A threshold to its last digit: rounding would hide small ones."""
    return f"{value:.10g}" if isinstance(value, float) else plain(value)


@dataclass(frozen=True)
class Example:
    """The case that the catalogue shows.

    given: (title of the dataset, its rows in the dataset's Chinese titles, how many rows there are in all); at most
    ROWS_SHOWN rows each. expected: 对象, 等级, 情形, the rule's value and 阈值.
    """

    name: str
    why: str
    as_of: str
    given: list[tuple[str, pd.DataFrame, int]] = field(repr=False)
    expected: pd.DataFrame = field(repr=False)


def example(rule: Rule) -> Example | None:
    """The worked example of a rule's cases; None when no case is marked. Raises RuleError for a broken file."""
    case = next((case for case in read_cases(rule) if case.example), None)
    if case is None:
        return None
    given = [(load_catalog()[name].title, _titled(name, rows), len(rows)) for name, rows in case.given.items() if rows]
    hits = [
        {
            "对象": hit["subject_id"],
            "等级": LEVELS[hit["level"]],
            "情形": "、".join(rule.branches.get(branch, branch) for branch in hit.get("branches", ())),
            rule.value_title: plain(hit.get("value")),
            "阈值": plain(hit.get("threshold")),
        }
        for hit in case.expect
    ]
    return Example(case.name, case.why, f"{case.as_of:%Y-%m-%d}", given, pd.DataFrame(hits))


def _titled(name: str, rows: list[dict]) -> pd.DataFrame:
    dataset = load_catalog()[name]
    columns = list(dict.fromkeys(column for row in rows[:ROWS_SHOWN] for column in row))
    frame = pd.DataFrame([[plain(row.get(column)) for column in columns] for row in rows[:ROWS_SHOWN]])
    frame.columns = pd.Index([dataset[column].title for column in columns])
    return frame


@dataclass(frozen=True)
class Change:
    """What a version changes: parameters (参数, 单位, before, after) that differ, and the lines of the file."""

    parameters: pd.DataFrame = field(repr=False)
    lines: str = field(repr=False)

    @property
    def nothing(self) -> bool:
        """Whether both are the same."""
        return self.parameters.empty and not self.lines


def change(before: Version, after: Version) -> Change:
    """From one version of a model to another: parameters by their meaning, the file as a unified diff."""
    titles = {parameter.name: parameter for parameter in (*before.rule.parameters, *after.rule.parameters)}
    moved = [
        [titles[name].meaning, titles[name].unit, exactly(before.params.get(name)), exactly(after.params.get(name))]
        for name in titles
        if before.params.get(name) != after.params.get(name)
    ]
    lines = difflib.unified_diff(
        before.content.splitlines(), after.content.splitlines(), before.name, after.name, lineterm="", n=2
    )
    return Change(pd.DataFrame(moved, columns=["参数", "单位", before.name, after.name]), "\n".join(lines))
