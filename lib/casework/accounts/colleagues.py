"""Who works with the register: the people a matter can be handed to, each as they may see and do."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from lib.access import Viewer
from lib.access.personas import personas
from lib.access.scope import of_unit, sees_area, visible
from lib.casework.demo.people import played
from lib.casework.store.entered import entered
from lib.casework.store.schema import person, store

_KIND = select(store.c.value).where(store.c.name == "kind")
_SCOPE = ("area_code", "domain_code", "officer_id", "org_id")


def colleagues(connection: Connection) -> dict[str, Viewer]:
    """Everybody by account: on real data who is entered, on a synthetic city the personas and the played people."""
    if connection.execute(_KIND).scalar_one_or_none() == "real":
        found = [entered(connection, account) for account in connection.execute(select(person.c.person_id)).scalars()]
        return {one.person_id: one for one in found if one is not None}
    return {one.person_id: one for one in (*personas(True), *played())}


def colleague(connection: Connection, person_id: str) -> Viewer | None:
    """The one of that account, None when nobody is entered under it."""
    return colleagues(connection).get(person_id)


def named(people: Mapping[str, Viewer], accounts: Iterable[str], by_name: bool) -> list[str]:
    """What accounts are called on the screen: name and role of each, or how many there are of each role."""
    found = [people.get(one) for one in accounts]
    if by_name:
        return ["已不在册的人" if one is None else f"{one.name}（{one.role_name}）" for one in found]
    roles = Counter("已不在册" if one is None else one.role_name for one in found)
    return [f"{role} {count} 人" for role, count in roles.items()]


def may_have(viewer: Viewer, other: Viewer, object_type: str, row: Mapping[str, Any], does: tuple[str, ...]) -> bool:
    """Whether a viewer may hand an object (its row) to somebody: who sees it, may do (one of the rights) what it asks
    for, belongs to no supervised unit, and, for whoever is of a place, works there too."""
    if of_unit(other) or not any(other.may(right, object_type) for right in does):
        return False
    if object_type == "warning" and not other.may_record_on(str(row["rule_id"])):
        return False
    if viewer.area_code is not None and (other.area_code is None or not sees_area(viewer, other.area_code)):
        return False
    return len(visible(other, pd.DataFrame([{name: row.get(name) for name in _SCOPE}], dtype="str"))) == 1
