"""Who may sign in on real data: persons with role and scope, entered and revoked by the administrator of the machine.

Every grant is an event of the person, so that one put straight into the table is found.
"""

import getpass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.accounts.signed_in import end_all
from lib.casework.store.chain import moment_after
from lib.casework.store.entered import entered
from lib.casework.store.register import REAL, Register
from lib.casework.store.schema import credential
from lib.casework.store.schema import person as table
from lib.casework.store.transaction import Transaction
from lib.catalog.lists import list_domains
from lib.errors import UserError

PERSON = "person"
GRANTED, REVOKED = "在用", "已撤销"


# By scope: how many digits the area code has that it is bounded by.
_DIGITS = {"county": 6, "town": 9}


def enter_person(
    register: Register,
    *,
    person_id: str,
    name: str,
    role: str,
    area_code: str | None,
    list_ids: list[str],
    at: datetime,
    officer_id: str | None = None,
    org_id: str | None = None,
) -> None:
    """Enter or replace a person, which makes the store one of real data.

    Raises UserError when the role needs a scope that is missing: a county or town without its area code, an
    inspector without a supervision list, a liaison without a unit; StoreKind in a synthetic store.
    """
    roles = policy().on_real_data
    if role not in roles:
        raise UserError(f"没有角色 {role}。", f"可用：{'、'.join(roles)}。")
    held = roles[role]
    digits = _DIGITS.get(held.scope)
    if digits and (len(area_code or "") != digits or not str(area_code).isdigit()):
        raise UserError(f"{held.name}须填 {digits} 位区划代码。", "请用 --area 指定。")
    if held.scope == "lists" and not list_ids:
        raise UserError(f"{held.name}人员须指定监督清单。", "请用 --list L1 指定。")
    if held.scope == "unit" and not org_id:
        raise UserError(f"{held.name}须指定所在单位。", "请用 --org 指定单位编号。")
    domains = sorted({domain for list_id in list_ids for domain in list_domains(list_id)})
    row = {
        "person_id": person_id,
        "name": name,
        "role": role,
        "area_code": area_code,
        "domains": ",".join(domains),
        "officer_id": officer_id,
        "org_id": org_id,
    }
    register.claim(REAL, at)
    with register.transaction() as tx:
        known = entered(tx.connection, person_id)
        tx.connection.execute(delete(table).where(table.c.person_id == person_id))
        tx.connection.execute(insert(table).values(**row))
        _note(tx, person_id, "grant" if known is None else "change", GRANTED, at, {"row": row})


def revoke_person(register: Register, person_id: str, at: datetime) -> None:
    """Take a person's access away, with password and sign-ins. Raises UserError when nobody has this account."""
    with register.transaction() as tx:
        own = select(table.c.person_id).where(table.c.person_id == person_id)
        if tx.connection.execute(own).one_or_none() is None:
            raise UserError(f"没有登记过账号 {person_id}。", "请核对账号标识。")
        for held in (table, credential):
            tx.connection.execute(delete(held).where(held.c.person_id == person_id))
        end_all(tx.connection, person_id)
        _note(tx, person_id, "revoke", REVOKED, at, {})


def giver() -> Viewer:
    """Who works on the machine's command line."""
    account = getpass.getuser()
    return Viewer(f"os:{account}", account, "system")


def _note(tx: Transaction, person_id: str, action: str, state: str, at: datetime, payload: dict[str, Any]) -> None:
    """The event of a grant."""
    last = tx.last_event(PERSON, person_id)
    before = None if last is None else last.to_state
    tx.append(giver(), moment_after(at, last), PERSON, person_id, action, before, state, "", payload)


def person(register: Register, person_id: str) -> Viewer | None:
    """The viewer entered under an identity provider's account, None when there is none."""
    with register.read() as connection:
        return entered(connection, person_id)
