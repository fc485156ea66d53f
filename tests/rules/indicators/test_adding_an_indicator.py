"""An indicator added in a copy of the project: two files, and it is checked, measured and on its list."""

from pathlib import Path

from lib.rules.scaffold import new_indicator
from tests.copies import copied, run

DEED = """
import sys
from pathlib import Path

from lib.engines import opened
from lib.rules.indicators import read_indicators, run_cases, sums, uncovered
from lib.warehouse.store import open_warehouse
from tests.cities import handmade

one = read_indicators()["I32"]
assert (one.list, one.focus) == ("L1", "F01")
assert [result.name for result in run_cases(one) if not result.passed] == [] and uncovered(one) == []
home = Path(sys.argv[1])
handmade.build(home)
warehouse = open_warehouse(home)
assert list(sums(opened(warehouse), one, warehouse.as_of)) == ["step", "org_id", "area_code", "n", "met"]
"""


def test_two_files_make_an_indicator(tmp_path: Path) -> None:
    project = copied(tmp_path / "project")
    assert len(new_indicator("I32_large_fine", project / "rules" / "indicators")) == 2
    run(project, DEED, tmp_path / "home")
