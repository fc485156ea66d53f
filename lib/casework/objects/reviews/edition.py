"""An edition of exemplars (典型案例汇编); its texts stand in the event that published it."""

from sqlalchemy import Column, String, Table

from lib.casework.exemplars.steps import COMPILE, EDITION
from lib.casework.objects.kind import EVERYWHERE, Kind
from lib.casework.store.schema import metadata

edition = Table(
    "edition",
    metadata,
    Column("edition_id", String(24), primary_key=True),
    Column("title", String(200), nullable=False),
)

KIND = Kind(
    edition,
    EDITION,
    first=(COMPILE.action,),
    scope=EVERYWHERE,
    noted={COMPILE.action: COMPILE.name},
    page=("exemplars", "edition"),
)
