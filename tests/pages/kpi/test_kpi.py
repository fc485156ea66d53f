"""The page of the KPIs: every number with its definition and its list, for each role what it may see."""

from pathlib import Path

from tests.pages.opening import figures, meanings, open_page, words

PAGE = "pages/kpi/kpi.py"


def test_every_kpi_stands_with_its_definition(home: Path):
    app = open_page(PAGE, "demo-office")
    shown = figures(app)
    assert list(shown) == [
        "按期办结率", "预警核实率", "误报率", "转线索率", "预警处置时长", "红色24小时响应率", "预警压降率", "复发率",
        "线索处置率", "线索了结率", "追责（四种形态）", "整改率", "一次通过率", "数据鲜活率",
    ]  # fmt: skip
    # Nothing has been concluded in the handmade city: no rate is claimed.
    assert shown["预警核实率"] == shown["误报率"] == shown["整改率"] == "—"
    told = meanings(app)
    assert all(len(told[title]) > 12 for title in shown), told


def test_a_role_that_sees_no_notices_is_shown_the_rest(home: Path):
    shown = figures(open_page(PAGE, "demo-town"))
    assert "按期办结率" in shown and "整改率" not in shown


def test_who_has_no_business_with_figures_is_told_so(home: Path):
    told = words(open_page(PAGE, "demo-liaison"))
    assert "按期办结率" not in told and "您的角色不查看指标" in told


def test_the_report_is_offered_to_those_who_may_take_it(home: Path):
    for person, offered in (("demo-leader", True), ("demo-county", True), ("demo-town", False)):
        app = open_page(PAGE, person)
        labels = [one.proto.label for one in app.get("download_button")]
        assert labels == (["月报 Word", "月报 Excel"] if offered else []), person
