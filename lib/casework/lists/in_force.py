"""The supervision lists and their indicators as they are in force: the files, and what was published over them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lib.casework.lists.states import LIVE
from lib.casework.lists.steps import FOCUS, FOCUS_NAME, GREEN, LIST_VERSION, RED, is_indicator
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.register import Register
from lib.catalog.lists import Focus, SupervisionList, supervision_lists
from lib.rules.indicators import Indicator, read_indicators


def _published(register: Register) -> Iterator[dict[str, Any]]:
    """The versions in force, that published last at the end."""
    held = snapshot(register).objects[LIST_VERSION]
    yield from held[held["state"].eq(LIVE)].sort_values("last_seq").to_dict("records")


def lists_in_force(register: Register) -> tuple[SupervisionList, ...]:
    """The lists in order, each with the focuses that were published for it after those of the file."""
    added: dict[str, dict[str, Focus]] = {}
    for version in _published(register):
        if not is_indicator(version["about"]):
            added.setdefault(version["about"], {})[version[FOCUS]] = Focus(version[FOCUS], version[FOCUS_NAME])
    found = []
    for one in supervision_lists():
        new = added.get(one.id, {})
        kept = tuple(new.pop(focus.id, focus) for focus in one.focuses)
        found.append(replace(one, focuses=(*kept, *new.values())))
    return tuple(found)


def indicators_in_force(register: Register) -> dict[str, Indicator]:
    """The indicators by id, with the limits and the focus that were published for them last."""
    found = read_indicators()
    list_of = {focus.id: one.id for one in lists_in_force(register) for focus in one.focuses}
    for one in _published(register):
        if one["about"] in found:
            before, focus = found[one["about"]], one[FOCUS]
            # A focus that was stopped since holds nothing any more.
            place = {"focus": focus, "list": list_of[focus]} if focus in list_of else {}
            found[before.id] = replace(before, green=float(one[GREEN]), red=float(one[RED]), **place)
    return found
