"""The person behind an account, as the store has them entered."""

from sqlalchemy import Connection, select

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.store.schema import person


def entered(connection: Connection, person_id: str) -> Viewer | None:
    """The viewer a person is entered as, None when there is no such person."""
    row = connection.execute(select(person).where(person.c.person_id == person_id)).one_or_none()
    if row is None:
        return None
    # Whose scope is lists sees nothing without one; all others see every domain.
    listed = row.role in policy().roles and policy().roles[row.role].scope == "lists"
    domains = frozenset(filter(None, row.domains.split(","))) if row.domains or listed else None
    return Viewer(row.person_id, row.name, row.role, row.area_code, domains, row.officer_id)
