"""Rows that stay as they were written, also for the account that the app itself works with.

Triggers refuse changes in either database; on PostgreSQL the tables should besides belong to another account than the
one that writes, which then cannot take the triggers away.
"""

from sqlalchemy import Connection, Table, insert, inspect, select, text

from lib.casework.objects import KINDS
from lib.casework.store.schema import audit_log, backtest, event, metadata, rule_file, rule_run, serial, store
from lib.errors import UserError

# Only ever added to. Of other tables rows change (warning, chain, person) or go (drafts and their files).
KEPT: tuple[Table, ...] = (
    event,
    audit_log,
    rule_file,
    rule_run,
    backtest,
    serial,
    *(kind.table for kind in KINDS.values() if kind.lasting),
)
WRITER = "writer"
_REFUSAL = "只能追加，不能改动或删除"

_FUNCTION = f"""
create or replace function kept_rows() returns trigger language plpgsql as $$
begin raise exception '% {_REFUSAL}', tg_table_name; end $$
"""


def raise_(connection: Connection) -> None:
    """Put up the triggers that are missing, and give the account that writes its rights again, as far as the tables
    are one's own."""
    if not owns(connection):
        return
    sqlite = connection.dialect.name == "sqlite"
    present = set(connection.execute(text(_PRESENT_SQLITE if sqlite else _PRESENT)).scalars())
    missing = [table.name for table in KEPT if not {*_names(table.name, sqlite)} <= present]
    if missing and not sqlite:
        connection.exec_driver_sql(_FUNCTION.replace("%", "%%"))
    for table in missing:
        for statement in _sqlite(table) if sqlite else _postgresql(table):
            connection.exec_driver_sql(statement)
    account = writer(connection)
    if account is not None and not sqlite:
        _grant(connection, account)


_PRESENT_SQLITE = "select name from sqlite_master where type = 'trigger'"
_PRESENT = """
select tgname from pg_trigger join pg_class on pg_class.oid = tgrelid
where relnamespace = current_schema()::regnamespace and tgenabled <> 'D'
"""


def _names(table: str, sqlite: bool) -> list[str]:
    return [f"{table}_kept_{what}" for what in (("update", "delete") if sqlite else ("rows", "all"))]


def _sqlite(table: str) -> list[str]:
    return [
        f'create trigger if not exists {table}_kept_{what} before {what} on "{table}"'
        f" begin select raise(abort, '{table} {_REFUSAL}'); end"
        for what in ("update", "delete")
    ]


def _postgresql(table: str) -> list[str]:
    return [
        f'create or replace trigger {table}_kept_rows before update or delete on "{table}"'
        " for each row execute function kept_rows()",
        f'create or replace trigger {table}_kept_all before truncate on "{table}"'
        " for each statement execute function kept_rows()",
    ]


def owns(connection: Connection) -> bool:
    """Whether the tables are the account's own to change."""
    if connection.dialect.name == "sqlite":
        return True
    own = "select pg_has_role(current_user, relowner, 'usage') from pg_class where oid = to_regclass('event')"
    return bool(connection.execute(text(own)).scalar())


def require_owner(connection: Connection) -> None:
    """Raise UserError when tables have to be made or changed and the account may not."""
    if connection.dialect.name == "sqlite":
        return
    able = connection.execute(text("select has_schema_privilege(current_schema(), 'create')")).scalar()
    if not able or (inspect(connection).has_table("event") and not owns(connection)):
        raise UserError(
            "业务库须建表或升级，而当前账号不是属主，没有改动。",
            "请用属主账号的 COCKPIT_CASEWORK_URL 运行一次 python -m lib casework verify。",
        )


def writer(connection: Connection) -> str | None:
    """The account that was let write, None when nobody but the owner does."""
    return connection.execute(select(store.c.value).where(store.c.name == WRITER)).scalar_one_or_none()


def give(connection: Connection, account: str) -> None:
    """Let an account of the database write, without being able to change what is only added to. Raises UserError."""
    if connection.dialect.name == "sqlite":
        raise UserError("SQLite 的业务库没有账号。", "这条命令用于 PostgreSQL；SQLite 由触发器防止改动。")
    require_owner(connection)
    known = connection.execute(text("select rolsuper from pg_roles where rolname = :name"), {"name": account})
    found = known.scalar_one_or_none()
    if found is None:
        raise UserError(f"数据库没有账号 {account}。", "请先用 create role … login 建立。")
    if found or account == connection.execute(text("select current_user")).scalar_one():
        raise UserError(f"账号 {account} 是属主或超级用户，管不住。", "请另建一个普通账号给应用使用。")
    connection.execute(store.delete().where(store.c.name == WRITER))
    connection.execute(insert(store).values(name=WRITER, value=account))
    _grant(connection, account)


def _grant(connection: Connection, account: str) -> None:
    prepared = connection.dialect.identifier_preparer
    to = prepared.quote_identifier(account)
    schema = prepared.quote_identifier(connection.execute(text("select current_schema()")).scalar_one())
    connection.exec_driver_sql(f"grant usage on schema {schema} to {to}")
    for table in metadata.sorted_tables:
        rights = "select, insert" if table in KEPT else "select, insert, update, delete"
        named = prepared.format_table(table)
        connection.exec_driver_sql(f"revoke all on {named} from {to}")
        connection.exec_driver_sql(f"grant {rights} on {named} to {to}")
