"""Which schema a store has: numbered revisions, each a file, by which an older store is brought forward.

A table that a release adds needs none, it is made where it is missing; whatever changes one that stands does.
"""

import re
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, inspect, select

from lib.casework.store.schema import alembic_version, metadata
from lib.errors import UserError

FOLDER = Path(__file__).parent / "revisions"
_FILE = re.compile(r"r(\d{4})_\w+\.py")
# What a store that was written before there were revisions stands at.
UNNUMBERED = ""


class Newer(UserError):
    """The store was written by a later release than this one."""

    def __init__(self, what: str, found: str) -> None:
        super().__init__(
            f"{what}由更新的版本写成（结构 {found}，本程序到 {head()}），没有改动。",
            "请换用更新的程序；要退回旧程序，请恢复升级前的备份。",
        )


def known() -> list[str]:
    """The numbers of all revisions, in order."""
    return sorted(found[1] for path in FOLDER.iterdir() if (found := _FILE.fullmatch(path.name)))


def head() -> str:
    """The number of the newest revision."""
    return known()[-1]


def standing(connection: Connection) -> str | None:
    """The revision a store is at: None when it has no tables, UNNUMBERED when it was written before revisions.

    Raises Newer for one that this release does not know.
    """
    names = inspect(connection).get_table_names()
    if "event" not in names:
        return None
    found = UNNUMBERED
    if alembic_version.name in names:
        found = connection.execute(select(alembic_version.c.version_num)).scalar_one_or_none() or UNNUMBERED
    if found != UNNUMBERED and found not in known():
        raise Newer("业务库", found)
    return found


def make(connection: Connection) -> None:
    """All tables of this release in an empty store."""
    metadata.create_all(connection)
    connection.execute(alembic_version.delete())
    connection.execute(alembic_version.insert().values(version_num=head()))


def bring(connection: Connection, to: str) -> None:
    """Bring a store forward to a revision, in the transaction of its connection."""
    # Stores stand at their newest revision all but once a release.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER)])
    steps = EnvironmentContext(
        Config(), script, fn=lambda found, _: script._upgrade_revs(to, found), destination_rev=to
    )
    with steps:
        steps.configure(connection=connection, target_metadata=metadata)
        steps.run_migrations()


def add(table: str, column: Column) -> None:
    """For a revision: give a table a column, where it stands without it."""
    from alembic import op

    present = inspect(op.get_bind())
    if table in present.get_table_names() and column.name not in {one["name"] for one in present.get_columns(table)}:
        op.add_column(table, column)


def drop(connection: Connection) -> None:
    """Take all tables away that stand in a store, also those this release does not know."""
    standing_tables = MetaData()
    standing_tables.reflect(connection)
    standing_tables.drop_all(connection)
