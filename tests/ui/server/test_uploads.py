"""Whoever may take a step with a file may bring one, and nobody else."""

import pytest

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.objects import KINDS
from lib.ui.server.uploads import room


@pytest.mark.parametrize("role", policy().people)
def test_there_is_room_for_a_file_where_a_step_asks_for_one(role: str) -> None:
    viewer = Viewer("p", "某", role)
    asked = [
        step.action
        for kind in KINDS.values()
        for step in (*kind.workflow.steps.values(), *filter(None, [kind.workflow.opening]))
        if step.files and viewer.may(step.right, kind.name)
    ]
    assert (room(viewer) > 0) == bool(asked or viewer.may("load", "dataset"))


def test_a_liaison_answers_with_a_photo_and_who_only_keeps_accounts_brings_nothing() -> None:
    assert room(Viewer("p", "某", "liaison", org_id="O0134")) == 10 * 1024 * 1024
    assert room(Viewer("p", "某", "office")) == 500 * 1024 * 1024
    assert room(Viewer("p", "某", "auditor")) == room(Viewer("p", "某", "sysadmin")) == 0
