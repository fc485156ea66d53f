"""Which pages a person has been told about on first opening them: once each, whatever browser they use."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select

from lib.access import Viewer, under
from lib.casework.store.register import Register
from lib.casework.store.schema import hint


@under("view", "help")
def told(register: Register, viewer: Viewer) -> frozenset[str]:
    """The pages (url paths) that the viewer has been told about."""
    with register.read() as connection:
        return frozenset(connection.execute(select(hint.c.page).where(hint.c.person_id == viewer.person_id)).scalars())


@under("view", "help")
def tell(register: Register, viewer: Viewer, pages: Iterable[str], at: datetime) -> None:
    """Note that the viewer has been told about these pages; again is as good as once."""
    with register.transaction() as tx:
        tx.require_standing(viewer)
        query = select(hint.c.page).where(hint.c.person_id == viewer.person_id)
        held = set(tx.connection.execute(query).scalars())
        new = [{"person_id": viewer.person_id, "page": page, "at": at} for page in pages if page not in held]
        if new:
            tx.connection.execute(insert(hint), new)
