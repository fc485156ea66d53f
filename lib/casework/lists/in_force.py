"""The supervision lists and their indicators as they are in force: the files, and what was published over them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from lib.casework.lists.states import LIVE
from lib.casework.lists.steps import FOCUS, FOCUS_NAME, GREEN, LIST_VERSION, RED, is_indicator
from lib.casework.lists.table import list_version
from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.catalog.lists import Focus, SupervisionList, supervision_lists
from lib.rules.indicators import Indicator, read_indicators


def _published(register: Register) -> list[dict[str, Any]]:
    """The versions in force, that published last at the end.

    Asked of the store itself: no deadline runs on them, so they hang on no calendar as the snapshot does.
    """
    moved = select(event.c.object_id, event.c.to_state).where(event.c.object_type == LIST_VERSION)
    with register.read() as connection:
        held = {row.version_id: dict(row._mapping) for row in connection.execute(select(list_version))}
        events = connection.execute(moved.order_by(event.c.seq)).all() if held else []
    last = {one: (place, state) for place, (one, state) in enumerate(events)}
    in_force = sorted((place, one) for one, (place, state) in last.items() if state == LIVE)
    return [held[one] for _, one in in_force]


def lists_in_force(register: Register) -> tuple[SupervisionList, ...]:
    """The lists in order, each with the focuses that were published for it after those of the file."""
    return _lists(_published(register))


def _lists(published: list[dict[str, Any]]) -> tuple[SupervisionList, ...]:
    added: dict[str, dict[str, Focus]] = {}
    for version in published:
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
    found, published = read_indicators(), _published(register)
    list_of = {focus.id: one.id for one in _lists(published) for focus in one.focuses}
    for one in published:
        if one["about"] in found:
            before, focus = found[one["about"]], one[FOCUS]
            # A focus that was stopped since holds nothing any more.
            place = {"focus": focus, "list": list_of[focus]} if focus in list_of else {}
            found[before.id] = replace(before, green=float(one[GREEN]), red=float(one[RED]), **place)
    return found
