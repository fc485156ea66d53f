"""Addresses inside addresses: what stands in one comes out of it again."""

from hypothesis import given
from hypothesis import strategies as st

from lib.access.personas import personas
from lib.ui import navigation
from lib.ui.browser import way
from lib.ui.paths import BY_FILE, BY_URL

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@given(st.sampled_from(sorted(BY_URL)), st.dictionaries(TEXTS, st.lists(TEXTS, min_size=1, max_size=3), max_size=4))
def test_an_address_written_is_read_again(path: str, query: dict[str, list[str]]) -> None:
    assert way._read(way._written(path, query)) == (path, query)


def test_a_page_that_does_not_exist_is_no_way_back() -> None:
    assert way._read("https://example.org/?x=1") is None
    assert way._read("../etc?x=1") is None


def test_every_page_of_the_menu_can_be_gone_back_to(monkeypatch) -> None:
    pages = []
    monkeypatch.setattr(navigation, "_made", lambda place, shown, bare: pages.append((place, shown, bare)))
    viewer = personas(True)[0]
    navigation.pages(viewer)
    assert {place.file for place, _, bare in pages if not bare} == set(BY_FILE)
    assert [place.url_path for place, _, bare in pages if bare] == ["overview"]
    assert all(BY_URL[place.url_path] == place for place, _, _ in pages)
