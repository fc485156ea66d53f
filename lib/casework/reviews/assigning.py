"""Giving drawn files to those who score them: nobody who handled one or is tied to its party, two that do not know of
each other."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, Row, select

from lib.access import NotVisible, Viewer, under
from lib.access.scope import of_unit
from lib.casework.accounts.colleagues import colleagues
from lib.casework.objects import KINDS, SCOPE
from lib.casework.opening import begin
from lib.casework.record import take
from lib.casework.reviews.design import rank
from lib.casework.reviews.states import GIVEN, VOID, WAITING
from lib.casework.reviews.steps import (
    ASSIGN_SHEETS,
    GIVE,
    LOOKBACK,
    VOIDED,
    barred,
    files_in,
    limit,
    ready,
    sheets_of,
    wanted_sheets,
)
from lib.casework.sight import in_scope, require_object
from lib.casework.steps import WORKDAYS, Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.transaction import Transaction
from lib.errors import UserError


@under("draw", "lookback")
def reviewers(register: Register, viewer: Viewer, lookback_id: str) -> dict[str, str]:
    """Name and role by account of those who may score some file of a look-back. Raises NotVisible."""
    with register.read() as connection:
        require_object(connection, viewer, "lookback", lookback_id)
        table = KINDS["review_case"].table
        files = connection.execute(select(table).where(table.c.lookback_id == lookback_id)).all()
        found = [one for one in _able(connection) if any(may_score(one, file) for file in files)]
    order = sorted(found, key=lambda one: (one.area_code is None, one.area_code or "", one.role, one.person_id))
    return {one.person_id: f"{one.name}（{one.role_name}）" for one in order}


def _able(connection: Connection) -> Iterable[Viewer]:
    return [one for one in colleagues(connection).values() if one.may("score", "review_sheet") and not of_unit(one)]


def may_score(viewer: Viewer, file: Row) -> bool:
    """Whether somebody may score a file: it lies in their scope, and they neither handled it nor are tied to its party
    (by their number among the officers)."""
    whose = [file._mapping[name] for name in SCOPE]
    return viewer.officer_id not in barred(file) and in_scope(viewer, *whose)


@under("draw", "lookback")
def give_out(register: Register, viewer: Viewer, lookback_id: str, sent: Submission) -> Outcome:
    """分派, or 补派 of what was given back: every file that waits gets as many people as it needs.

    What lies with somebody who is no longer among those named is taken back and given to others. Whoever has fewest
    comes first, chance decides between equals. Raises NotVisible, UserError when somebody named may
    not score or too few are left for a file.
    """
    with register.transaction() as tx:
        row = require_object(tx.connection, viewer, "lookback", lookback_id)
        if ready(tx, lookback_id, LOOKBACK.steps[ASSIGN_SHEETS].sources, sent) is not None:
            LOOKBACK.steps[ASSIGN_SHEETS].require(sent)
            known = {one.person_id: one for one in _able(tx.connection)}
            named = [str(one) for one in sent.payload.get("people") or ()]
            if unknown := [one for one in named if one not in known]:
                raise UserError(f"{unknown[0]} 不能评查。", "请在名单中选择评查人。")
            _give(tx, viewer, row, [known[one] for one in named], sent)
        return take(register, viewer, LOOKBACK, lookback_id, ASSIGN_SHEETS, sent)


def _give(tx: Transaction, viewer: Viewer, row: Row, people: list[Viewer], sent: Submission) -> None:
    files = files_in(tx, row.lookback_id, WAITING)
    named = {one.person_id for one in people}
    for file in files:
        for sheet, last in sheets_of(tx, file.review_case_id):
            if last.to_state == GIVEN and sheet.reviewer_id not in named:
                at = max(sent.at, last.at)
                tx.append(viewer, at, "review_sheet", sheet.sheet_id, VOIDED, GIVEN, VOID, "改由他人评查。")
    had = _had(tx, row.lookback_id)
    load = Counter(person for _, person in had)
    short = 0
    # Those whom few may score come first, so that these are not taken up elsewhere.
    able = {file.review_case_id: [one for one in people if may_score(one, file)] for file in files}
    for file in sorted(files, key=lambda one: (len(able[one.review_case_id]), rank(row.seed, one.review_case_id))):
        number, held = file.review_case_id, sheets_of(tx, file.review_case_id)
        slots = [slot for slot in (1, 2) if slot not in {sheet.slot for sheet, _ in held}]
        for slot in slots[: wanted_sheets(file) - len(held)]:
            left = [one for one in able[number] if (number, one.person_id) not in had]
            if not left:
                short += 1
                break
            one = min(left, key=lambda who: (load[who.person_id], rank(row.seed, f"{number}|{who.person_id}")))
            had.add((number, one.person_id))
            load[one.person_id] += 1
            _sheet(tx, viewer, file, slot, one, sent)
    if short:
        raise UserError(
            f"有 {short} 件找不到足够的评查人：办过的、与当事人有登记关系的、看不到这件的都不能评。",
            "请再选几位评查人；双评的每件要两位。",
        )


def _had(tx: Transaction, lookback_id: str) -> set[tuple[str, str]]:
    """File and person of every sheet there ever was: what somebody gave back does not come to them again."""
    table = KINDS["review_sheet"].table
    tx.flush()
    columns = select(table.c.review_case_id, table.c.reviewer_id).where(table.c.lookback_id == lookback_id)
    return {(row.review_case_id, row.reviewer_id) for row in tx.connection.execute(columns)}


def _sheet(tx: Transaction, viewer: Viewer, file: Row, slot: int, who: Viewer, sent: Submission) -> None:
    key = f"{file.review_case_id}|{who.person_id}"
    values = {
        "sheet_id": f"S{hashlib.sha256(key.encode()).hexdigest()[:16]}",
        "slot": slot,
        "reviewer_id": who.person_id,
        "reviewer_name": who.name,
        **{name: file._mapping[name] for name in ("lookback_id", "review_case_id", "review_type", "title", *SCOPE)},
    }
    last = tx.last_event("review_case", file.review_case_id)
    if last is None:
        raise NotVisible()
    payload = {WORKDAYS: limit("score")}
    begin(tx, viewer, KINDS["review_sheet"].table, values, GIVE, GIVEN, max(sent.at, last.at), "", payload)
