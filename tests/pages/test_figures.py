"""Every number on every page opens exactly what it counts, for every persona."""

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.access.personas import personas
from lib.casework.store.register import open_register
from lib.insight.warnings.listing import warning_list
from lib.ui import figure
from lib.warehouse.store import open_warehouse
from tests.pages import figures_shown as shown
from tests.pages.figures_shown import Shown
from tests.pages.opening import open_page

PERSONS = [viewer.person_id for viewer in personas(True) if viewer.may("view", "warning")]
FOLDS = {"r_everyone": "true", "r_insufficient": "true", "r_units": "true", "r_fair": "true"}


@pytest.fixture(scope="module")
def city(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the small city: opening files of officers writes to its log."""
    place = tmp_path_factory.mktemp("figures") / "city"
    shutil.copytree(small_city, place)
    held = os.environ.get("COCKPIT_HOME")
    os.environ["COCKPIT_HOME"] = str(place)
    yield place
    os.environ.pop("COCKPIT_HOME")
    if held is not None:
        os.environ["COCKPIT_HOME"] = held


def views(person: str) -> list[tuple[str, dict[str, str]]]:
    """The pages of a persona, with all their folds, tabs and views open in turn."""
    viewer = next(one for one in personas(True) if one.person_id == person)
    frame = warning_list(open_register(), open_warehouse(), viewer)
    grouped = frame[frame["signal_count"].gt(1)]["warning_id"].head(1).tolist()
    named = frame[frame["officer_id"].notna()]
    found = [
        (shown.OVERVIEW, {"period": "近12个月"} if person == "demo-county" else {}),
        (shown.RANKING, FOLDS),
        (shown.MAP, {"m_tab": "全部乡镇", **({"period": "本月"} if person == "demo-leader" else {})}),
        (shown.KPI, {"period": "本月"} if person == "demo-county" else {}),
        (shown.CLUES, {"c_by": "按来源"} if person == "demo-inspector" else {}),
        (shown.WORKBENCH, {}),
        (shown.MODELS, {"m_view": "核实"}),
        (shown.TUNING, {"rule": "M05"}),
        (shown.DATA, {}),
        (shown.DATA, {"d_view": "装载记录"}),
        (shown.DATA, {"d_view": "隔离"}),
        *((shown.WARNING, {"id": number}) for number in {*grouped, *frame["warning_id"].head(1)}),
    ]
    if viewer.may("view", "grid"):
        found += [(shown.GRID, {}), (shown.GRID, {"g_checks": "all"})]
    if viewer.may("view", "motion"):
        found.append((shown.MOTIONS, {}))
    if viewer.may("view", "reform_task"):
        found.append((shown.REFORM, {}))
    if viewer.may("view", "risk"):
        found.append((shown.RISKS, {}))
    if viewer.may("view", "officer") and len(named):
        found.append((shown.OFFICER, {"officer": str(named["officer_id"].iloc[0])}))
    return found


def kind(one: Shown) -> tuple:
    """Numbers that one definition makes in one place: one of them is followed to its page, all are counted."""
    if "figure" in one.query:
        cuts = tuple(sorted(cut.partition(":")[0] for cut in one.query.get("of", [])))
        return one.page, *one.query["figure"], *one.query.get("then", []), cuts
    return one.page, one.words if one.place == "表格" else one.place, tuple(sorted(one.query))


# Every persona costs half a minute: the widest scope and the narrowest are walked each time, with so many of the
# numbers of one kind counted; with -m scale all of everybody's.
_EACH_TIME, _SOME = ("demo-leader", "demo-town"), 4


@pytest.mark.parametrize(
    ("person", "each"),
    [
        *((one, _SOME) for one in _EACH_TIME),
        *(pytest.param(one, sys.maxsize, marks=pytest.mark.scale, id=f"{one}-all") for one in PERSONS),
    ],
)
def test_every_number_opens_exactly_what_it_counts(city: Path, person: str, each: int):
    lists, followed, differ, unknown = shown.Lists(person), set(), [], []
    seen: Counter[tuple] = Counter()
    for page, query in views(person):
        walked = shown.walk(page, person, **query)
        unknown += [(page, *bare) for bare in shown.unexplained(walked, page)]
        for one in walked.shown:
            seen[kind(one)] += 1
            # Of the numbers of one kind the first that is not 0 is followed to its page; every one is counted, or some.
            follow = one.number > 0 and kind(one) not in followed
            if follow:
                followed.add(kind(one))
            elif seen[kind(one)] > each:
                continue
            opened = lists.count(one) if follow else lists.counted(one)
            if opened != one.number:
                differ.append((page, one.place, one.words, one.number, opened, one.query))
    assert seen.total() > 100, seen.total()
    assert unknown == [] and differ == [], json.dumps([unknown, differ], ensure_ascii=False, default=str, indent=1)


@pytest.mark.parametrize("person", ["demo-office", "demo-town"])
def test_every_quick_filter_lists_as_many_as_it_says(city: Path, person: str):
    app = open_page(shown.WORKBENCH, person)
    keys = [button.key for button in app.button if str(button.key).startswith("quick_")]
    assert len(keys) >= 5
    for key in keys:
        button = app.button(key=key)
        count = int(button.label.split()[-1].replace(",", ""))
        button.click().run()
        assert shown.listed(app) in (count, None if count == 0 else -1), (key, count)
        app = open_page(shown.WORKBENCH, person)


def test_a_number_without_a_list_is_complained_of(city: Path, monkeypatch: pytest.MonkeyPatch):
    import streamlit as st

    real = figure.link
    monkeypatch.setattr(figure, "link", lambda *args, **more: (real(*args, **more), st.caption("另有 987,654 件")))
    walked = shown.walk(shown.MAP, "demo-office")
    assert shown.Bare("说明", "另有 987,654 件") in shown.unexplained(walked, shown.MAP)


def test_a_list_that_differs_from_its_number_is_noticed(city: Path, monkeypatch: pytest.MonkeyPatch):
    from lib.insight.figure import Asked

    walked = shown.walk(shown.MAP, "demo-office")
    first = next(one for one in walked.shown if one.place == "链接")
    assert shown.Lists("demo-office").count(first) == first.number
    wider = first._replace(query=shown.of(Asked("every")))
    assert shown.Lists("demo-office").count(wider) != first.number
