"""The page of integrity registers: every number opens its risks or cases, a review is recorded, who sees what."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from lib.access.personas import personas
from lib.casework.daily.reviews import call_reviews
from lib.casework.reading.visible import objects
from lib.warehouse.clock import now
from tests.casework.risks.test_steps import TEXT, entered, step
from tests.cities import handmade
from tests.pages.opening import links, open_page, warning_rows, words

PAGE = "pages/library/risks.py"
OFFICE = next(viewer for viewer in personas(True) if viewer.person_id == "demo-office")
# Unit, its place, the point, in how many days it is reviewed.
ENTERED = {
    "near": ("O0002", ("330483", "ZF"), "调查取证：单人执法、无证执法", 33),
    "far": ("O0002", ("330483", "ZF"), "调查终结：久拖不决", 200),
    "team": ("O0003", ("330483101", "ZF"), "决定：不按基准、畸轻畸重", 100),
    "other": ("O0004", ("330483", "JT"), "立案：先办后立、补录", 20),
}


def _build(home: Path) -> dict[str, str]:
    """Four risks of three units entered 30 days ago: the review of `near` is nearly due, that of `other` late."""
    register, warehouse = handmade.opened(handmade.put(home))
    at = now(warehouse) - timedelta(days=30)
    ids = {}
    for name, (org_id, place, point, days) in ENTERED.items():
        given = {"org_id": org_id, "point": point, "title": name, "review_on": (at + timedelta(days=days)).date()}
        ids[name] = entered(register, OFFICE, at, name, place, **given)
    step(register, OFFICE, ids["far"], "revise", at + timedelta(days=1), **{**TEXT, "title": "far", "owner": "副局长"})
    call_reviews(register, warehouse, now(warehouse))
    register.close()
    return ids


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("risks-page")
    return place, _build(place)


@pytest.fixture
def ids(shared: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    monkeypatch.setenv("COCKPIT_HOME", str(shared[0]))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    yield shared[1]


def _parts(app: AppTest) -> dict[str, tuple[int, str]]:
    told = [(label, parse_qs(query).get("rk_part")) for label, _, query in links(app)]
    return {label.partition(" ")[0]: (int(re.findall(r"\d+", label)[0]), part[0]) for label, part in told if part}


def test_every_number_opens_as_many_risks(ids: dict[str, str]) -> None:
    parts = _parts(open_page(PAGE))
    assert {name: count for name, (count, _) in parts.items()} == {
        "在册": 4, "在册高风险": 4, "待复核": 2, "复核超期": 1, "已销号": 0, "全部": 4,
    }  # fmt: skip
    for count, part in parts.values():
        assert len(warning_rows(open_page(PAGE, rk_part=part), "廉政风险清单")) == count
    units = open_page(PAGE).dataframe[0].value
    for name, count in zip(units["单位"], units["在册"], strict=True):
        org = next(key for key, title in (("O0002", "桐乡市综合行政执法局"), ("O0003", "濮院镇综合行政执法队"),
                                          ("O0004", "桐乡市交通运输局")) if title == name)  # fmt: skip
        rows = warning_rows(open_page(PAGE, rk_part="open", rk_unit=org), "廉政风险清单")
        assert len(rows) == count and {row["单位"] for row in rows} == {name}
    rows = [row["风险"] for row in warning_rows(open_page(PAGE), "廉政风险清单")]
    assert rows == ["other", "near", "team", "far"]


def test_a_risk_shows_its_controls_at_work_and_each_number_opens_its_cases(ids: dict[str, str]) -> None:
    app = open_page(PAGE, risk=ids["near"])
    # CA1, CA2 and CA3 have one handler each.
    shown = [(label, parse_qs(query)["rk_cases"][0]) for label, _, query in links(app) if "rk_cases" in query]
    assert shown == [("做到 **0** 件", "two_handlers:met"), ("没有做到 **3** 件", "two_handlers:not")]
    assert "两人以上承办 0.0%" in words(app)
    for label, asked in shown:
        count = int(re.findall(r"\d+", label)[0])
        assert f"列出 {count} 件" in words(open_page(PAGE, risk=ids["near"], rk_cases=asked))
    models = open_page(PAGE, risk=ids["far"]).dataframe[0].value
    assert models["盯住的模型"].tolist()[0].startswith("M01") and models["预警"].tolist() == [3]
    assert "没有这个数字" in words(open_page(PAGE, risk=ids["near"], rk_cases="nothing:met"))


def test_a_review_is_recorded_with_its_effect(ids: dict[str, str], shared: tuple[Path, dict]) -> None:
    one = ids["near"]
    app = open_page(PAGE, "demo-county", risk=one)
    app.button(key=f"{one}_review_submit").click().run()
    assert "还不能提交：防控效果、下次复核、复核依据" in words(app)
    assert "第 2 版" in str(open_page(PAGE, risk=ids["far"]).table[0].value)
    told = [expander.label for expander in open_page(PAGE, risk=ids["far"]).expander]
    assert "历次文本（2 版）" in told
    assert not [expander for expander in open_page(PAGE, risk=one).expander if "历次文本" in expander.label]
    assert objects(*_opened(shared[0]), "risk").shape[0] == 4


def _opened(home: Path) -> tuple:
    register, warehouse = handmade.opened(home)
    return register, OFFICE, warehouse


def test_who_sees_what(ids: dict[str, str]) -> None:
    for person in ("demo-town", "demo-liaison"):
        for query in ({}, {"risk": ids["near"]}, {"register": "own"}):
            assert "您的角色不查看廉政风险登记" in words(open_page(PAGE, person, **query))
    # The inspector of construction and enforcement has no body of transport.
    titles = [row["风险"] for row in warning_rows(open_page(PAGE, "demo-inspector", rk_part="all"), "廉政风险清单")]
    assert titles == ["near", "team", "far"]
    assert "没有这条记录" in words(open_page(PAGE, "demo-inspector", risk=ids["other"]))
    assert "没有这条记录" in words(open_page(PAGE, "demo-inspector", risk=ids["other"], rk_cases="approved:met"))
    assert "您的角色不登记和修订廉政风险" in words(open_page(PAGE, "demo-leader", register="own"))
    offered = open_page(PAGE, "demo-leader", risk=ids["near"]).get("button_group")
    assert not any("复核" in group.options for group in offered)


def test_what_is_due_stands_in_what_there_is_to_do(ids: dict[str, str]) -> None:
    rows = warning_rows(open_page("pages/work/work.py"), "待办清单")
    assert [row for row in rows if "near" in str(row)] and not [row for row in rows if "far" in str(row)]
    app = open_page(PAGE, register="own")
    app.button(key="new_enter_submit").click().run()
    assert "还不能提交：单位、风险点、风险、表现形式、防控措施、责任岗位、风险等级、下次复核" in words(app)
