"""Whoever answers for a unit: every read and every page tried, one by one."""

import inspect
from typing import Any

import pytest

from lib.access import OBJECT, Forbidden, NotVisible, Viewer
from lib.access.personas import personas
from lib.access.policy import policy
from lib.casework.objects import KINDS
from lib.ui.access import gate
from lib.ui.navigation import first
from lib.ui.paths import PLACES
from tests.access.test_everything_asks import ASKED

LIAISON = Viewer("x", "某", "liaison", org_id="O0134")
# What reaches a unit and is answered there, the list of it, and the manual as far as it is about these.
REACHES = ("prompt", "notice", "grid_check", "reform_task", "review_case")
RIGHTS = {(action, kind) for action in ("view", "reply") for kind in REACHES} | {("view", "work"), ("view", "help")}
UNDER = [(name, one) for name, one in ASKED if hasattr(one, "right")]


def asked(function: Any, **named: Any) -> Any:
    """The call with nothing but the viewer: who may not is refused before anything is looked at."""
    names = list(inspect.signature(function).parameters)
    return function(**{**dict.fromkeys(names), **named, "viewer": LIAISON})


@pytest.mark.parametrize(("name", "function"), UNDER, ids=[name for name, _ in UNDER])
def test_what_is_not_for_units_refuses_before_it_reads(name: str, function: Any):
    action, of = function.right
    for kind in KINDS if of == OBJECT else (of,):
        if (action, kind) in RIGHTS:
            continue
        with pytest.raises((Forbidden, NotVisible)):
            asked(function, **({"object_type": kind} if of == OBJECT else {}))


def test_the_rights_are_those_and_no_others():
    assert {right for right in policy().rights if LIAISON.may(*right)} == RIGHTS


def test_what_opens_first_is_the_first_page_the_rights_open():
    opened = [place.file for place in PLACES if gate.opens(LIAISON, place.file)]
    assert "pages/prompts/prompts.py" in opened and first(LIAISON).file == opened[0]
    for viewer in personas(True):
        assert gate.opens(viewer, first(viewer).file) and first(viewer).listed
    assert first(Viewer("y", "某", "leader")).url_path == "overview"
    assert first(Viewer("y", "某", "auditor")).url_path == "access"
