"""A rule added in a copy of the project: two files, and it is checked, run and on record."""

from pathlib import Path

from lib.rules.scaffold import new_rule
from tests.copies import copied, run

DEED = """
import sys
from pathlib import Path

from lib.casework.rules.runs import run_due
from lib.casework.store.register import open_register
from lib.rules import read_rules, run_cases, uncovered
from tests.cities import handmade

rule = read_rules()["M20"]
assert [result.name for result in run_cases(rule) if not result.passed] == [] and uncovered(rule) == []
home = Path(sys.argv[1])
handmade.build(home)
results = {one.rule_id: one for one in run_due(home, open_register(home), only=["M20"], force=True)}
assert results["M20"].status == "done", results
"""


def test_two_files_make_a_rule(tmp_path: Path) -> None:
    project = copied(tmp_path / "project")
    assert len(new_rule("M20_large_fine", project / "rules")) == 2
    run(project, DEED, tmp_path / "home")
