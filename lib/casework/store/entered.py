"""The person behind an account, as the store has them entered."""

from sqlalchemy import Connection, select

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.store.schema import person


def entered(connection: Connection, person_id: str) -> Viewer | None:
    """The viewer a person is entered as, None when there is no such person or role on real data."""
    row = connection.execute(select(person).where(person.c.person_id == person_id)).one_or_none()
    role = None if row is None else policy().on_real_data.get(row.role)
    if row is None or role is None:
        return None
    # Whose scope is lists sees nothing without one; all others see every domain.
    domains = frozenset(filter(None, row.domains.split(","))) if row.domains or role.scope == "lists" else None
    return Viewer(row.person_id, row.name, row.role, row.area_code, domains, row.officer_id, row.org_id)
