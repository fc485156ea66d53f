"""The network's page: who opens it, what is logged before it shows, and that firms are named for a reason only."""

from pathlib import Path

import pytest

from lib.access.personas import personas
from lib.casework import audit
from lib.casework.store.register import open_register
from tests.pages.opening import links, open_page, words

PAGE, FILE, WARNING = "pages/officers/network.py", "pages/officers/officer.py", "pages/warnings/warning.py"
MAY = [viewer.person_id for viewer in personas(True) if viewer.may("view", "officer")]
# P0001 of 综合行政执法局, with three overdue cases of nobody we know.
ABOUT = "officer:P0001"
FIRM = "91330483MA2CUX1234"


def _log(home: Path) -> list[tuple[str, str, str, str]]:
    log = audit.entries(open_register(home), personas(True)[1])
    own = log[log["object_type"].eq("officer")]
    return list(zip(own["person_id"], own["action"], own["object_id"], own["reason"], strict=True))


@pytest.mark.parametrize("person", MAY)
def test_the_network_shows_and_its_opening_is_logged_once(home: Path, person: str) -> None:
    app = open_page(PAGE, person, about=ABOUT)
    text = words(app)
    assert "联系供核查参考，不是结论；查看已留痕" in text and "张* P0001" in text
    assert "直接联系的有案件 3 件、预警 3 件" in text
    assert app.dataframe[0].value["来源"].value_counts().to_dict() == {"案件承办人": 3, "M01 超期·久拖不决": 6}
    app.run()
    assert not app.exception
    assert _log(home) == [(person, "view", "P0001", "")]


def test_it_opens_from_the_integrity_file_and_from_a_warning(home: Path) -> None:
    def leads(page: str, **query: str) -> set[str]:
        return {query for _, path, query in links(open_page(page, "demo-office", **query)) if path.endswith("network")}

    assert any("about=officer%3AP0001" in query for query in leads(FILE, officer="P0001"))
    network = open_page(PAGE, "demo-office", about=ABOUT)
    number = next(query for label, path, query in links(network) if path == "warning" and "红" in label)
    warning = number.partition("id=")[2].partition("&")[0]
    assert any("about=case%3ACA3" in query for query in leads(WARNING, id=warning))
    assert not [label for label, *_ in links(open_page(WARNING, "demo-town", id=warning)) if label == "关系网络"]


def test_town_and_liaison_are_told_who_may(home: Path) -> None:
    for person in ("demo-town", "demo-liaison"):
        app = open_page(PAGE, person, about=ABOUT)
        assert "市纪委领导、监督室、派驻组、县纪委" in words(app)
        assert not app.dataframe and "P0001" not in words(app)
    assert _log(home) == []


def test_what_is_outside_reads_as_what_is_not_there(home: Path) -> None:
    for about in ("officer:P9999", "case:X", "firm:X", "relative:X"):
        app = open_page(PAGE, "demo-county", about=about)
        assert "没有这条记录，或不在您的权限范围内" in words(app) and not app.dataframe
    assert _log(home) == []
    assert "还没有选定" in words(open_page(PAGE, "demo-county"))


def test_an_unknown_list_is_told(home: Path) -> None:
    assert "没有这样的清单" in words(open_page(PAGE, "demo-office", about=ABOUT, rest="case-n9"))


@pytest.fixture
def with_firm(home: Path) -> Path:
    """P0001's wife has a firm."""
    import duckdb

    from lib.warehouse.generation import begin, current, publish
    from lib.warehouse.marts import build_marts

    tmp = begin(home, current(home))
    with duckdb.connect(str(tmp)) as con:
        con.execute(
            "insert into officer_relation (relation_id, officer_id, relative_hash, relation_type, uscc, role_type, "
            f"source_type) values ('R1', 'P0001', 'relative-secret-hash', '配偶', '{FIRM}', '股东', '个人申报')"
        )
        con.execute(f"insert into enterprise (uscc, entity_name) values ('{FIRM}', '桐乡示例建材有限公司')")
        build_marts(con)
    publish(home, tmp)
    return home


def test_a_firm_is_named_for_a_reason_which_is_logged(with_firm: Path) -> None:
    app = open_page(PAGE, "demo-inspector", about=ABOUT)
    assert "示例建材" not in _all(app) and FIRM not in _all(app)
    show = next(button for button in app.button if button.label == "显示")
    show.click().run()
    assert "须填写理由" in words(app) and "示例建材" not in _all(app)
    app.text_input(key="network_reason").set_value("核查 Y0001")
    next(button for button in app.button if button.label == "显示").click().run()
    assert "桐乡示例建材有限公司" in _all(app)
    assert _log(with_firm)[0] == ("demo-inspector", "reveal", "P0001", "核查 Y0001")
    # For this network and this person only.
    assert "示例建材" not in _all(open_page(PAGE, "demo-office", about=ABOUT))


def _all(app) -> str:
    specs = [part.proto.spec for part in app.get("vega_lite_chart")]
    assert specs
    return "\n".join([words(app), *specs, *(frame.value.to_csv() for frame in app.dataframe)])
