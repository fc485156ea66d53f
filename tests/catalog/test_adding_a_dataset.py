"""A dataset added in a copy of the project: one file, and it is loaded, listed, counted and called fresh."""

from pathlib import Path

from lib.catalog import load_catalog
from lib.catalog.dataset import ROOT
from tests.copies import copied, run

FILE = """\
name: training_record
number: {number}
kind: dataset
title: 培训记录
source: 司法局
freshness_days: 30
latest: [held_date]
primaryKey: [record_id]
foreignKeys:
- {{fields: officer_id, reference: {{resource: officer, fields: officer_id}}}}
fields:
- {{name: record_id, type: string, title: 记录编号, constraints: {{required: true}}}}
- {{name: officer_id, type: string, title: 人员编号}}
- {{name: held_date, type: date, title: 培训日期}}
- {{name: hours_cnt, type: integer, title: 学时, constraints: {{minimum: 0}}}}
"""

DEED = """\
import sys
from pathlib import Path

from lib.access import Viewer
from lib.insight.data.datasets import columns, datasets
from lib.insight.overview.loop import gathered
from lib.warehouse.load import load_paths
from lib.warehouse.store import open_warehouse
from tests.cities import handmade

home, office = Path(sys.argv[1]), Viewer("o1", "室甲", "office")
handmade.build(home, synthetic=False)
before = gathered(open_warehouse(home), office)
file = home / "培训.csv"
file.write_text("记录编号,人员编号,培训日期,学时\\nR1,P0001,2022-09-20,8\\nR2,P0001,2022-09-01,-1\\n", encoding="utf-8")
report = load_paths(home, [file])
assert report.files[0].dataset == "training_record", report
warehouse = open_warehouse(home)
row = datasets(warehouse, office).set_index("name").loc["training_record"]
assert (row["title"], row["row_cnt"], row["quarantined"]) == ("培训记录", 1, 1), row
assert str(row["latest_at"].date()) == "2022-09-20" and row["freshness"] == "按时", row
assert gathered(warehouse, office) == (before[0] + 1, before[1] + 1)
assert {"record_id", "officer_id", "held_date", "hours_cnt"} <= set(columns("training_record")["name"])
"""


def test_one_file_makes_a_dataset(tmp_path: Path) -> None:
    project, number = copied(tmp_path / "project"), len(load_catalog().numbered) + 1
    (project / "data/catalog/training_record.yaml").write_text(FILE.format(number=number), encoding="utf-8")
    run(project, DEED, tmp_path / "home")


def test_every_way_is_short() -> None:
    ways = sorted((ROOT / "docs" / "ways").glob("*.md"))
    assert len(ways) >= 6
    assert [way.name for way in ways if len(way.read_text(encoding="utf-8").splitlines()) > 40] == []
