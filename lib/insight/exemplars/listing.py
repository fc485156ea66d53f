"""The exemplars and editions a viewer may see, as the screens show them, and what readers find there."""

from datetime import datetime

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.access.policy import policy
from lib.casework import deadlines
from lib.casework.exemplars.states import CHOSEN, INCLUDED, OPEN_STATES, ORIGINS, PUBLISHED
from lib.casework.exemplars.steps import BODY, COMMENT, ENTRIES, EXEMPLAR, HEADING
from lib.casework.reading.visible import events_of, objects
from lib.casework.serial import SERIAL
from lib.casework.store.register import Register
from lib.insight.due import with_due
from lib.insight.warnings.names import CITY_ITSELF, places, rule_label
from lib.insight.wording import searched
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# Which exemplars a list shows: title, column of the list that says so.
PARTS = {
    "open": ("在办", "open"),
    "chosen": ("待入编", "chosen"),
    "included": ("已入编", "included"),
    "all": ("全部", ""),
}
_ITEMS = "select item_code, item_name from power_item where item_code in (select unnest($codes))"


@under("view", "exemplar")
def exemplar_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The visible exemplars, what is in hand first, then the newest.

    All columns of lib.casework's exemplars, and: item_name, risk (label of the model, empty without one), area_label,
    origin_zh, open, chosen, included, waits (who takes the next step, empty when none is left), the columns of
    lib.insight.due.
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "exemplar")
    areas = places(warehouse)[1]
    frame = frame.merge(areas[["area_code", "area_label"]], on="area_code", how="left")
    frame["area_label"] = frame["area_label"].fillna(CITY_ITSELF)
    frame["item_name"] = _item_names(warehouse, frame["item_code"])
    frame["risk"] = [rule_label(one) if isinstance(one, str) else "" for one in frame["rule_id"]]
    frame["origin_zh"] = frame["origin"].map(ORIGINS)
    frame["open"] = frame["state"].isin(OPEN_STATES - {CHOSEN})
    frame["chosen"], frame["included"] = frame["state"].eq(CHOSEN), frame["state"].eq(INCLUDED)
    frame["waits"] = [_waits(state) for state in frame["state"]]
    frame = with_due(frame, at, deadlines.calendar(warehouse))
    order = np.lexsort((frame["exemplar_id"].to_numpy(str), -frame["opened_at"].to_numpy("int64"), ~frame["open"]))
    return frame.iloc[order].reset_index(drop=True)


def _waits(state: str) -> str:
    action = EXEMPLAR.usual.get(state)
    return "" if action is None else "、".join(policy().holders(EXEMPLAR.steps[action].right, "exemplar"))


def _item_names(warehouse: Warehouse, codes: pd.Series) -> pd.Series:
    known = codes.dropna().unique().tolist()
    names = warehouse.query(_ITEMS, {"codes": known}).drop_duplicates("item_code").set_index("item_code")["item_name"]
    return codes.map(names).astype("object").fillna("")


@under("view", "edition")
def edition_list(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The editions, the newest first; those not published yet for whoever edits or publishes them.

    All columns of lib.casework's editions, and: label (第 1 期 of its year, empty before it is published),
    published_at, size (how many exemplars).
    """
    frame = objects(register, viewer, warehouse, "edition")
    if not (viewer.may("compile", "edition") or viewer.may("publish", "edition")):
        frame = frame[frame["state"].eq(PUBLISHED)]
    told = [_published(register, warehouse, viewer, str(one)) for one in frame["edition_id"]]
    frame = frame.assign(
        label=[one[0] for one in told],
        published_at=pd.to_datetime(pd.Series([one[1] for one in told], index=frame.index, dtype="object")),
        size=[one[2] for one in told],
    )
    return frame.sort_values(["opened_at", "edition_id"], ascending=[False, True]).reset_index(drop=True)


def _published(
    register: Register, warehouse: Warehouse, viewer: Viewer, edition_id: str
) -> tuple[str, datetime | None, int]:
    events = events_of(register, viewer, warehouse, "edition", edition_id)
    out = events[events["action"].eq("publish")]
    if out.empty:
        held = [payload["exemplars"] for payload in events["payload"] if payload.get("exemplars")]
        return "", None, len(held[-1]) if held else 0
    payload = out.iloc[0]["payload"]
    number = payload[SERIAL]
    return f"{number['year']} 年第 {number['number']} 期", out.iloc[0]["at"], len(payload[ENTRIES])


@under("view", "edition")
def entries(register: Register, warehouse: Warehouse, viewer: Viewer, words: str = "") -> pd.DataFrame:
    """Every exemplar of what was published, in the order of editions and places, that has all of these words.

    edition_id, label, place (in its edition, from 1), heading, body, comment, polarity, item_name, risk. Words are
    looked for in the texts, the item and the risk.
    """
    rows = []
    editions = edition_list(register, warehouse, viewer)
    for edition in editions[editions["state"].eq(PUBLISHED)].itertuples(index=False):
        events = events_of(register, viewer, warehouse, "edition", str(edition.edition_id))
        [held] = events.loc[events["action"].eq("publish"), "payload"]
        for place, one in enumerate(held[ENTRIES], 1):
            about = {"edition_id": edition.edition_id, "label": edition.label, "place": place}
            rows.append({**about, **{name: one[name] for name in _ENTRY}})
    frame = pd.DataFrame(rows, columns=["edition_id", "label", "place", *_ENTRY])
    frame["item_name"] = _item_names(warehouse, frame.pop("item_code"))
    frame["risk"] = [rule_label(one) if isinstance(one, str) else "" for one in frame.pop("rule_id")]
    whole = searched(frame, (HEADING, BODY, COMMENT, "item_name", "risk", "polarity"))
    keep = pd.Series(True, index=frame.index)
    for word in words.split():
        keep &= whole.str.contains(word, regex=False)
    return frame[keep].reset_index(drop=True)


_ENTRY = (HEADING, BODY, COMMENT, "polarity", "item_code", "rule_id")
