"""Settings changed in a copy of the project: what pages and commands say of them follows, and nothing says the old."""

from pathlib import Path

import pytest

from tests.copies import copied, run

CHANGED = {
    "ranking.yaml": {
        "orange: 2, yellow: 1": "orange: 2.5, yellow: 1",
        "协办: 0.3": "协办: 0.4",
        "部分属实: 0.7": "部分属实: 0.6",
        "half_life_days: 365": "half_life_days: 240",
        "min_exposure: 15": "min_exposure: 17",
        "interval: 0.8": "interval: 0.7",
    },
    "generations.yaml": {"last: 2": "last: 5"},
    "deadlines.yaml": {
        "red: {sign_hours: 24": "red: {sign_hours: 36",
        "due: {soon_workdays: 3": "due: {soon_workdays: 4",
        "opinion_months: 1": "opinion_months: 3",
    },
}
DEED = """
import contextlib
import io
import sys
from pathlib import Path

from lib.cli import main
from lib.insight.figure import DEFINITIONS
from tests.cities import handmade
from tests.pages.opening import drawn, open_page, words

handmade.build(Path(sys.argv[1]))


def follows(said, new, old):
    assert all(one in said for one in new), [one for one in new if one not in said]
    assert not any(one in said for one in old), [one for one in old if one in said]


app = open_page("pages/ranking/ranking.py", "demo-leader")
helps = [str(getattr(one, "help", "")) for one in (*app.caption, *app.markdown, *app.metric)]
follows(
    "\\n".join([words(app), *helps]),
    ("橙 2.5", "协办 0.4", "部分属实 0.6", "每过 240 天", "不满 17 件", "70% 区间"),
    ("协办 0.3", "部分属实 0.7", "365 天", "满 15 件", "80%"),
)
app = open_page("pages/warnings/workbench.py", "demo-office", w_standing="全部")
follows(str(drawn(app)), ("36小时",), ("24小时",))
app = open_page("pages/clues/clues.py", "demo-office", new="1")
follows(words(app), ("登记之日起三个月内",), ("一个月内",))
follows("".join(one.title for one in DEFINITIONS.values()), ("四个工作日", "36小时"), ("三个工作日", "24小时"))
told = io.StringIO()
with contextlib.redirect_stdout(told):
    main(["generations"])
follows(told.getvalue(), ("最近5代",), ("最近2代",))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = copied(tmp_path / "project")
    for name, changes in CHANGED.items():
        path = made / "data" / name
        text = path.read_text(encoding="utf-8")
        for before, after in changes.items():
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
    return made


def test_what_is_said_of_settings_follows_them(project: Path, tmp_path: Path) -> None:
    run(project, DEED, tmp_path / "home")
