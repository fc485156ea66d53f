"""The manual on screen: contents by role, one entry, words found and marked, and the hints of a first visit."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from lib.casework.help.hints import tell, told
from lib.casework.store.register import open_register
from lib.insight.help.pictures import FOLDER
from lib.ui.paths import RIGHTS
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse
from tests.pages.opening import explained, links, meanings, open_page, words

PAGE, OVERVIEW, KPI = "pages/help/help.py", "pages/overview/overview.py", "pages/kpi/kpi.py"


def body(app: AppTest) -> str:
    return "".join(one.proto.body for one in app.get("html"))


def test_what_concerns_the_reader_stands_first_and_a_unit_is_told_only_of_its_own(home: Path):
    shown = [label for label, *_ in links(open_page(PAGE, "demo-county"))]
    assert shown.index("派驻组的一天") < shown.index("领导三分钟")
    shown = [label for label, *_ in links(open_page(PAGE, "demo-liaison"))]
    assert "单位联络员" in shown and not {"领导三分钟", "派驻组的一天", "系统管理员"} & set(shown)


def test_a_unit_reads_nothing_about_what_its_role_does_not_see(home: Path):
    app = open_page(PAGE, "demo-liaison")
    shown = {label for label, *_ in links(app)}
    assert {"监督通知书", "执法监督通知书的期限"} <= shown
    assert not {"人员排序", "模型", "M05 罚缴不一致", "预警的期限", "工作提示的期限"} & shown
    # Nor by its address, nor by looking for its words.
    assert "没有这个词条" in words(open_page(PAGE, "demo-liaison", entry="M05"))
    assert "没有查到" in words(open_page(PAGE, "demo-liaison", he_words="罚缴不一致"))
    # Which level a prompt came from cannot be read off its time to answer.
    assert "红色" not in body(open_page(PAGE, "demo-liaison", entry="prompts"))


def test_an_entry_is_found_by_its_words_which_are_marked(home: Path):
    app = open_page(PAGE, "demo-office", he_words="坐收坐支")
    assert "<mark>坐收坐支</mark>" in body(app)
    assert [label for label, _, query in links(app) if "entry=M05" in query] == ["M05 罚缴不一致"]
    assert "没有查到「无此一词」" in words(open_page(PAGE, "demo-office", he_words="无此一词"))
    assert "<script>" not in body(open_page(PAGE, "demo-office", he_words="<script>"))


def test_the_definition_on_a_tile_is_that_of_the_manual(home: Path):
    app = open_page(KPI, "demo-office")
    entry, told = explained(app)["figure-复发率"]
    assert meanings(app)["复发率"] == told
    assert told in words(open_page(PAGE, "demo-office", entry=entry)) + body(
        open_page(PAGE, "demo-office", entry=entry)
    )


def test_a_page_has_its_picture_and_a_block_opens_its_own_words(home: Path):
    app = open_page(PAGE, "demo-leader", entry="overview")
    assert pictured(app) and (FOLDER / "overview-1440.png").exists()
    block = open_page(PAGE, "demo-leader", entry="overview.pressing")
    assert "催办" in body(block) and not pictured(block)


def pictured(app: AppTest) -> bool:
    return bool(app.get("image") or app.get("imgs"))


def hinted(app: AppTest) -> bool:
    return any(button.key == "hint_close" for button in app.button)


def test_a_page_is_explained_on_the_first_visit_only(home: Path):
    register, person = open_register(home), "demo-inspector"
    with register.transaction() as tx:
        tx.connection.exec_driver_sql("delete from hint where person_id = 'demo-inspector'")
    app = open_page(OVERVIEW, person)
    assert hinted(app) and "第一次来" in body(app)
    # It stays while the page is worked with, until it is closed.
    app.run()
    assert hinted(app)
    app.button(key="hint_close").click().run()
    assert not hinted(app)
    # Another browser of the same person is not told again; somebody else's visit changes nothing for them.
    assert not hinted(open_page(OVERVIEW, person))
    assert hinted(open_page(KPI, person))


def test_being_told_twice_is_as_good_as_once(home: Path):
    from lib.access.personas import personas

    viewer, at = personas(True)[1], now(open_warehouse(home))
    register = open_register(home)
    for _ in range(2):
        tell(register, viewer, ["overview", "map"], at)
    assert {"overview", "map"} <= told(register, viewer) <= set(RIGHTS)
