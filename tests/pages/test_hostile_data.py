"""No page reads text from data as markup, whoever looks."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Table

from lib.access.personas import personas
from lib.casework.reading.visible import objects, warnings
from lib.casework.store.register import open_register
from lib.warehouse.store import open_warehouse
from tests.cities import hostile
from tests.pages.opening import open_page

# What the interface shows as plain text: message and field.
PLAIN = {
    ("Text", "body"), ("TextArea", "default"), ("TextArea", "value"), ("TextArea", "placeholder"),
    ("TextInput", "default"), ("TextInput", "value"), ("TextInput", "placeholder"), ("Selectbox", "options"),
    ("Selectbox", "raw_value"), ("MultiSelect", "options"),
    ("MultiSelect", "raw_values"), ("MultiSelect", "placeholder"),
    ("PageLink", "query_string"), ("VegaLiteChart", "spec"), ("DeckGlJsonChart", "json"), ("Code", "code_text"),
    ("DownloadButton", "file_name"), ("BidiComponent", "json"), ("VegaLiteChart", "alt"), ("DeckGlJsonChart", "alt"),
}  # fmt: skip


def strings(message: Message) -> Iterator[tuple[str, str, str]]:
    """(kind of message, field, text) of every string in a message."""
    for field, value in message.ListFields():
        many = value if field.is_repeated else [value]
        if field.message_type is not None:
            if field.message_type.GetOptions().map_entry:
                many = [one for one in value.values() if isinstance(one, Message)]
            for one in many:
                yield from strings(one)
        elif field.type == field.TYPE_STRING:
            yield from ((message.DESCRIPTOR.name, field.name, one) for one in many)


def read_as_markup(app: AppTest) -> list[str]:
    """Where a page puts data that would be read as markup."""
    found = []

    def walk(block: Block) -> None:
        for child in block.children.values():
            proto = child.proto
            if isinstance(proto, Message):
                found.extend(
                    f"{kind}.{name}: {text[:90]}"
                    for kind, name, text in strings(proto)
                    if (hostile.RAW_HTML if kind == "Html" else hostile.RAW) in text and (kind, name) not in PLAIN
                )
            if isinstance(child, Table) and hostile.RAW in child.value.to_csv():
                found.append(f"table: {child.value.to_csv()[:90]}")
            if isinstance(child, Block):
                walk(child)

    walk(app._tree)
    return sorted(set(found))


@pytest.fixture(scope="module")
def spoilt(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("spoilt") / "city"
    shutil.copytree(small_city, place)
    hostile.spoil(place)
    return place


@pytest.fixture
def place(spoilt: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COCKPIT_HOME", str(spoilt))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return spoilt


PAGES = {
    "pages/overview/overview.py": [{}],
    "pages/map/map.py": [{}],
    "pages/ranking/ranking.py": [{}],
    "pages/clues/clues.py": [{}],
    "pages/warnings/workbench.py": [{}],
    "pages/prompts/prompts.py": [{"p_part": "all"}],
    "pages/rules/rules.py": [{}, {"m_view": "版本"}, {"m_view": "任务"}, {"m_view": "核实"}],
    "pages/rules/tuning.py": [{}],
    "pages/data/data.py": [{}, {"d_view": "装载记录"}, {"d_view": "隔离"}],
}


# Who sees all, who sees a town and whom the texts are sent to; the others are shown the same by the same pages.
_EACH_TIME = ("office", "town", "liaison")
PERSONS = [
    viewer if viewer.role in _EACH_TIME else pytest.param(viewer, marks=pytest.mark.scale) for viewer in personas(True)
]
OF_PROMPTS = [viewer for viewer in personas(True) if viewer.may("view", "prompt")]
OF_WARNINGS = [viewer for viewer in personas(True) if viewer.may("view", "warning")]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("viewer", PERSONS, ids=lambda viewer: viewer.role)
def test_pages(place: Path, viewer, page: str) -> None:
    for query in PAGES[page]:
        assert read_as_markup(open_page(page, viewer.person_id, **query)) == [], query


@pytest.mark.parametrize("viewer", OF_WARNINGS, ids=lambda viewer: viewer.role)
def test_records(place: Path, viewer) -> None:
    """One warning of each model, the officer with most of them, and a clue."""
    register, warehouse = open_register(place), open_warehouse(place)
    frame = warnings(register, viewer, warehouse)
    for warning_id in frame.drop_duplicates("rule_id")["warning_id"].head(20 if viewer.role == "office" else 4):
        assert read_as_markup(open_page("pages/warnings/warning.py", viewer.person_id, id=warning_id)) == []


@pytest.mark.parametrize("viewer", OF_PROMPTS, ids=lambda viewer: viewer.role)
def test_prompts(place: Path, viewer) -> None:
    """One of each state, as whoever sent it and as the unit reads it."""
    found = objects(open_register(place), viewer, open_warehouse(place), "prompt")
    assert len(found)
    for prompt_id in found.drop_duplicates("state")["prompt_id"].head(4):
        assert read_as_markup(open_page("pages/prompts/prompts.py", viewer.person_id, prompt=prompt_id)) == []
