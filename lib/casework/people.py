"""Who may sign in on real data: persons with role and scope, entered by the administrator."""

from sqlalchemy import delete, insert, select

from lib.access import Viewer
from lib.access.personas import list_domains
from lib.access.viewer import ROLES
from lib.casework.register import Register
from lib.casework.schema import person as table
from lib.errors import UserError


def enter_person(
    register: Register, *, person_id: str, name: str, role: str, area_code: str | None, list_ids: list[str]
) -> None:
    """Enter or replace a person.

    Raises UserError when the role needs a scope that is missing: a county or town without its area code, an
    inspector without a supervision list.
    """
    if role not in ROLES:
        raise UserError(f"没有角色 {role}。", f"可用:{'、'.join(ROLES)}。")
    digits = {"county": 6, "town": 9}.get(role)
    if digits and len(area_code or "") != digits:
        raise UserError(f"{ROLES[role]}须填 {digits} 位区划代码。", "请用 --area 指定。")
    if role == "inspector" and not list_ids:
        raise UserError("派驻组人员须指定监督清单。", "请用 --list L1 指定。")
    domains = sorted({domain for list_id in list_ids for domain in list_domains(list_id)})
    with register.transaction() as transaction:
        transaction.connection.execute(delete(table).where(table.c.person_id == person_id))
        transaction.connection.execute(
            insert(table).values(
                person_id=person_id, name=name, role=role, area_code=area_code, domains=",".join(domains)
            )
        )


def person(register: Register, person_id: str) -> Viewer | None:
    """The viewer entered under an identity provider's account, None when there is none."""
    with register.read() as connection:
        row = connection.execute(select(table).where(table.c.person_id == person_id)).mappings().first()
    if row is None:
        return None
    domains = frozenset(row["domains"].split(",")) if row["domains"] else None
    rules = frozenset({"M16"}) if row["role"] == "town" else None
    return Viewer(row["person_id"], row["name"], row["role"], row["area_code"], domains, rules)
