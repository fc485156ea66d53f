"""Messages as a list: what each is about and to whom, in words, where it stands, what was put into it."""

from datetime import datetime
from enum import StrEnum

import pandas as pd

from lib.access import Viewer, under
from lib.casework.messages import delivery
from lib.casework.messages.letter import called
from lib.casework.messages.settings import Settings
from lib.casework.messages.standing import messages
from lib.casework.store.register import Register
from lib.insight.names import subject_titles
from lib.warehouse.store import Warehouse


class Standing(StrEnum):
    """Where a message stands, in the order of the page."""

    WAITING = "待发"
    FAILED = "重试中"
    DEAD = "停发待查"
    SENT = "已送达"
    JOINED = "已合并"
    UNSENT = "未外发"


_OF_STATE = {
    delivery.SENT: Standing.SENT,
    delivery.DEAD: Standing.DEAD,
    delivery.JOINED: Standing.JOINED,
    delivery.STALE: Standing.UNSENT,
}
NO_UNIT = "未写明单位"


@under("view", "message")
def listing(
    register: Register, warehouse: Warehouse, viewer: Viewer, settings: Settings, channels: frozenset[str], at: datetime
) -> pd.DataFrame:
    """The columns of `messages`, and: key (of one message by one channel), kind (what the object is called), org_name,
    channel_title, standing (of Standing), joined (how many older ones it was sent in place of), going_at (when it goes
    next, NaT when it does not).

    channels: those that have an address; without one for its kind a message that waits is sent nowhere. `at` is the
    clock.
    """
    found = messages(register, viewer, warehouse)
    kinds = {one: called(one) for one in found["object_type"].unique()}
    going = {one: bool(channels & set(settings.route(one))) for one in kinds}
    standing = found["state"].map(_OF_STATE)
    open_ = standing.isna()
    known = found["state"].notna()
    standing = standing.mask(open_ & known, Standing.WAITING)
    standing = standing.mask(open_ & known & found["attempts"].gt(0), Standing.FAILED)
    has_address = found["object_type"].map(going).fillna(False).astype(bool)
    standing = standing.mask(open_ & ~known & has_address, Standing.WAITING).fillna(Standing.UNSENT)
    joined = found["joined_to"].str.cat(found["channel"], sep="-").value_counts()
    key = found["outbox_id"].where(found["channel"].isna(), found["outbox_id"].str.cat(found["channel"], sep="-"))
    titles = {code: one.title for code, one in settings.channels.items()}
    waits = standing.isin([Standing.WAITING, Standing.FAILED])
    loud = found["next_at"].map(lambda due: settings.loud(max(due, at)), na_action="ignore")
    units = found["to_org_id"].dropna().unique()
    asked = pd.DataFrame({"subject_id": units, "subject_type": ["org"] * len(units)}, dtype="str")
    names = dict(zip(units, subject_titles(asked, warehouse), strict=True))
    return found.assign(
        key=key,
        kind=found["object_type"].map(kinds),
        org_name=found["to_org_id"].map(names).astype("object").fillna(NO_UNIT),
        channel_title=found["channel"]
        .map(titles)
        .astype("object")
        .fillna(found["channel"].astype("object"))
        .fillna(""),
        standing=standing.astype("str"),
        joined=key.map(joined).fillna(0).astype("int64"),
        going_at=pd.to_datetime(loud).where(waits),
    )
