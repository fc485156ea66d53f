"""One object opened from the list it stands in: the page opens, with the way to the one before and the next."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.access.personas import personas
from lib.casework.objects import KINDS
from lib.casework.reading.visible import objects
from lib.casework.store.register import open_register
from lib.ui.browser.way import _LISTS
from lib.ui.paths import BY_URL
from lib.warehouse.store import open_warehouse
from tests.pages.opening import APP, links, words

PEOPLE = personas(True)
# What other lists lead to without neighbours.
ALONE = {"suppression", "edition", "exemplar"}


@pytest.mark.parametrize("kind", [one.name for one in KINDS.values() if one.page is not None and one.name not in ALONE])
def test_an_object_opens_with_its_neighbours(city_home: Path, kind: str) -> None:
    path, parameter = KINDS[kind].page or ("", "")
    for viewer in PEOPLE:
        found = [] if not viewer.may("view", kind) else objects(open_register(), viewer, open_warehouse(), kind)
        if len(found) >= 3:
            break
    else:
        pytest.skip(f"the small city has fewer than three of {kind} for anybody")
    ids = found[KINDS[kind].key].head(3).tolist()
    app = AppTest.from_file(APP, default_timeout=120)
    address = {"as": viewer.person_id, "back": "work", parameter: ids[1]}
    app.switch_page("pages/warnings/warning.py")
    app.query_params["as"] = viewer.person_id
    app.run()
    app.session_state[_LISTS] = {"work": [f"{kind}/{one}" for one in ids], path: ids}
    for back in ("work", path):
        app.switch_page(BY_URL[path].file)
        for name, value in {**address, "back": back}.items():
            app.query_params[name] = value
        app.run()
        told = words(app)
        assert not app.exception and "页面出错" not in told, told
        assert "第 2 条，共 3 条" in told
        near = {label: query for label, _, query in links(app) if label in ("上一条", "下一条")}
        assert f"{parameter}={ids[0]}" in near["上一条"] and f"{parameter}={ids[2]}" in near["下一条"]
