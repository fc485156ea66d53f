"""What a page sends stays small, however large the city: at most 60 kB, the first time too."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from lib.access import SYSTEM
from lib.access.personas import personas
from lib.casework.store.register import open_register
from lib.insight.map.outlines import simpler, town_shapes
from lib.insight.ranking.funnel import funnel_points
from lib.insight.warnings.filter import MOST, Options, WarningFilter
from lib.insight.warnings.listing import warning_list
from lib.ui import find
from lib.warehouse.store import open_warehouse
from tests.pages.opening import open_page

LIMIT = 60_000
OFFICE = next(one for one in personas(True) if one.person_id == "demo-office")
FOLDS = {"r_everyone": "true", "r_insufficient": "true", "r_units": "true", "r_fair": "true"}


def sent(page: str, monkeypatch: pytest.MonkeyPatch, **query: object) -> int:
    """Bytes of all messages of one run of a page for the office, nothing kept by the browser."""
    app, sizes = open_page(page, **query), []
    original = ScriptRunContext.enqueue

    def counted(self: ScriptRunContext, message) -> None:
        original(self, message)
        sizes.append(message.ByteSize())

    with monkeypatch.context() as patched:
        patched.setattr(ScriptRunContext, "enqueue", counted)
        app.run()
    assert not app.exception and sizes
    return sum(sizes)


def views() -> dict[str, tuple[str, dict[str, object]]]:
    frame = warning_list(open_register(), open_warehouse(), OFFICE)
    busiest = frame["officer_id"].value_counts().index[0]
    largest = frame.sort_values("signal_count")["warning_id"].iloc[-1]
    conflict = frame.loc[frame["rule_id"].eq("M17"), "subject_id"].iloc[0]
    return {
        "总览": ("pages/overview/overview.py", {}),
        "图表加高": ("pages/overview/overview.py", {"large": "true"}),
        "预警地图": ("pages/map/map.py", {"period": "近12个月"}),
        "地图清单": ("pages/map/map.py", {"period": "近12个月", "in_all": "清单"}),
        "人员排序": ("pages/ranking/ranking.py", {}),
        "指标": ("pages/kpi/kpi.py", {"period": "本月"}),
        "线索办理": ("pages/clues/clues.py", {"period": "近12个月"}),
        "线索按镇街": ("pages/clues/clues.py", {"period": "近12个月", "c_by": "按镇街"}),
        "待办": ("pages/work/work.py", {"t_part": "all"}),
        "工作台": ("pages/warnings/workbench.py", {"w_standing": "全部"}),
        "工作台百条": ("pages/warnings/workbench.py", {"w_standing": "全部", "w_size": "100 条/页"}),
        "预警详情": ("pages/warnings/warning.py", {"id": largest}),
        "网格闭环": ("pages/grid/grid.py", {"period": "近12个月"}),
        "派单清单": ("pages/grid/grid.py", {"period": "近12个月", "g_part": "dispatched"}),
        "廉情动议": ("pages/motions/motions.py", {"mo_part": "all"}),
        "典型案例": ("pages/reviews/exemplars.py", {"ex_part": "all"}),
        "选人": ("pages/officers/officer.py", {}),
        "廉政档案": ("pages/officers/officer.py", {"officer": busiest}),
        "关系网络": ("pages/officers/network.py", {"about": f"officer:{busiest}"}),
        "案件的关系网络": ("pages/officers/network.py", {"about": f"case:{conflict}"}),
        "监督清单": ("pages/library/lists.py", {}),
        "监督指标": ("pages/library/lists.py", {"indicator": "I16"}),
        "指标按镇街": ("pages/library/lists.py", {"indicator": "I27", "li_level": "镇街"}),
        "模型": ("pages/rules/rules.py", {}),
        "命中": ("pages/rules/rules.py", {"hits": "all"}),
        "调参": ("pages/rules/tuning.py", {}),
        "数据": ("pages/data/data.py", {}),
        "装载记录": ("pages/data/data.py", {"d_view": "装载记录"}),
        "隔离": ("pages/data/data.py", {"d_view": "隔离"}),
        **{fold: ("pages/ranking/ranking.py", {fold: "true"}) for fold in FOLDS},
    }


def too_large(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    sizes = {name: sent(page, monkeypatch, **query) for name, (page, query) in views().items()}
    return {name: size for name, size in sizes.items() if size > LIMIT}


@pytest.fixture
def city(small_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "city"
    shutil.copytree(small_city, place)
    monkeypatch.setenv("COCKPIT_HOME", str(place))
    return place


def test_no_page_sends_more_than_its_share(city: Path, monkeypatch: pytest.MonkeyPatch):
    assert too_large(monkeypatch) == {}


@pytest.mark.scale
def test_nor_in_a_city_thirty_times_as_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    subprocess.run([sys.executable, "-m", "lib", "demo", "--rows", "2000000"], check=True, env=os.environ.copy())
    assert too_large(monkeypatch) == {}


def _finding() -> None:
    from lib.ui import find

    find.one_of({f"P{n:05}": f"张* P{n:05} · 单位{n % 700}" for n in range(30_000)}, "who", "选择一人", lambda: None)


def test_however_many_people_a_page_offers_a_few_and_finds_all():
    app = AppTest.from_function(_finding, default_timeout=30).run()
    assert len(app.selectbox(key="who").options) == find.MOST
    app.text_input(key="who_typed").set_value("P29999").run()
    assert app.selectbox(key="who").options == ["张* P29999 · 单位599"]
    app.selectbox(key="who").set_value("P29999").run()
    app.text_input(key="who_typed").set_value("").run()
    assert app.selectbox(key="who").value == "P29999", "who was chosen stays chosen"


def test_however_many_units_a_filter_offers_those_with_most_warnings_and_those_searched_for():
    names = [f"单位{n}" for n in range(5_000)]
    options = Options(SYSTEM, [], [], names, names)
    assert options.cut
    plain = options.and_asked(WarningFilter(), None)  # type: ignore[arg-type]
    assert set(plain.orgs) == set(names[:MOST]) == set(plain.officers)
    asked = options.and_asked(WarningFilter(orgs=("单位4711",), text="单位4999"), None)  # type: ignore[arg-type]
    assert {"单位4711", "单位4999"} <= set(asked.orgs) and len(asked.orgs) <= MOST + 1


def test_however_many_officers_the_funnel_draws_a_few_places():
    draw = np.random.default_rng(7)
    expected = draw.gamma(2.0, 3.0, 40_000)
    ranked = pd.DataFrame({"expected": expected, "observed": draw.poisson(expected)})
    points = funnel_points(ranked)
    assert len(points) <= 150 and points["officers"].sum() == len(ranked)


def test_however_detailed_a_boundary_the_map_has_few_corners():
    shapes, draw = town_shapes(), random.Random(3)

    def frayed(outline: shapely.Geometry) -> shapely.Geometry:
        fine = outline.segmentize(0.0004)
        moved = shapely.transform(fine, lambda points: points + np.array([draw.uniform(0, 1e-4) for _ in range(2)]))
        return shapely.make_valid(moved)

    fine = shapes._replace(towns=tuple(shape._replace(outline=frayed(shape.outline)) for shape in shapes.towns))
    assert sum(shapely.get_num_coordinates(shape.outline) for shape in fine.towns) > 10_000
    drawn = simpler(fine, 0.0001, 1500)
    assert sum(shapely.get_num_coordinates(shape.outline) for shape in (*drawn.towns, *drawn.counties)) <= 1500
    assert all(not shape.outline.is_empty for shape in drawn.towns)
    assert simpler(shapes, 0.0001, 1500).towns[0].outline.equals_exact(shapes.towns[0].outline, 1e-9)
