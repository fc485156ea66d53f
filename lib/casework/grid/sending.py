"""Sending two people out to check a dispatch."""

from sqlalchemy import select

from lib.access import NotVisible, Viewer, under
from lib.casework.drafts import unregistered
from lib.casework.grid.states import OPEN_STATES
from lib.casework.grid.steps import SEND, two_people
from lib.casework.objects import KINDS
from lib.casework.record import enter
from lib.casework.sight import in_scope
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.transaction import Transaction
from lib.errors import UserError
from lib.warehouse.store import Warehouse

_DISPATCH = """
select
    dispatch_id,
    to_org_id as org_id,
    grid_dispatch.officer_id,
    name_masked,
    grid_dispatch.area_code,
    domain_code,
    finished_at,
    concat_ws(' ', event_type, place_text) as title
from grid_dispatch
left join grid_event using (event_no)
left join org on org.org_id = to_org_id
left join officer on officer.officer_id = grid_dispatch.officer_id
where dispatch_id = $id
"""


def draft_of(dispatch_id: str) -> str:
    """Under which id the draft of a check is kept: one for each dispatch."""
    return unregistered(dispatch_id)


@under("record", "grid_check")
def send_out(register: Register, viewer: Viewer, warehouse: Warehouse, sent: Submission, dispatch_id: str) -> Outcome:
    """派出核查 of a dispatch, with what a person filled in for SEND; `created` is the number of the check.

    Raises NotVisible for a dispatch that is not there or outside the scope, UserError for a field that is missing, one
    person instead of two, the handler among them, a dispatch that is not finished or that is being checked already.
    """
    SEND.require(sent)
    found = warehouse.query(_DISPATCH, {"id": dispatch_id})
    if found.empty:
        raise NotVisible()
    row = found.astype("object").where(found.notna(), None).iloc[0]
    whose = {name: row[name] for name in ("area_code", "domain_code", "officer_id", "org_id")}
    if not in_scope(viewer, **whose):
        raise NotVisible()
    if row["finished_at"] is None:
        raise UserError(f"派单 {dispatch_id} 还没有办结，没有可核查的处置结果。", "请等处置单位办结后再派出核查。")
    names = two_people(sent.payload, (row["officer_id"], row["name_masked"]))
    values = {**whose, "dispatch_id": dispatch_id, "title": row["title"] or dispatch_id}
    told = Submission(sent.submission_id, sent.at, sent.expected_seq, sent.text, names)
    with register.transaction() as tx:
        if tx.submitted(sent.submission_id) is None:
            _none_open(tx, dispatch_id)
        return enter(register, viewer, KINDS["grid_check"], values, told, draft_of(dispatch_id))


def _none_open(tx: Transaction, dispatch_id: str) -> None:
    table = KINDS["grid_check"].table
    for number in tx.connection.execute(select(table.c.check_id).where(table.c.dispatch_id == dispatch_id)).scalars():
        last = tx.last_event("grid_check", number)
        if last is not None and last.to_state in OPEN_STATES:
            raise UserError(
                f"派单 {dispatch_id} 正在线下核查（{last.to_state}）。", "请打开那一件继续办理，不必重复派出。"
            )
