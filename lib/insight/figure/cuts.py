"""What a figure can be cut down to: which rows of a frame have a value, and the value in words."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from lib.insight.warnings.listing import rule_label
from lib.insight.warnings.names import places
from lib.rules.levels import LEVELS
from lib.warehouse.store import Warehouse

NOBODY, NOBODY_ZH = "nobody", "尚无人签收"
NO_VERSION = "未登记"


class Cut(NamedTuple):
    """Which rows of a frame have a value (None: the definition itself asks for it), and the value in words."""

    holds: Callable[[pd.DataFrame, str], pd.Series] | None
    words: Callable[[Warehouse, str], str]


def _equal(column: str) -> Callable[[pd.DataFrame, str], pd.Series]:
    return lambda frame, value: frame[column].eq(value)


def _inside(frame: pd.DataFrame, county: str) -> pd.Series:
    return frame["area_code"].fillna("").str.startswith(county)


def _handled_by(frame: pd.DataFrame, handler: str) -> pd.Series:
    """`handler` is 'account|name': the name is for people, the account decides; NOBODY for what nobody has signed."""
    own = frame["handler_id"]
    return own.isna() if handler == NOBODY else own.eq(handler.partition("|")[0])


def _in_month(frame: pd.DataFrame, month: str) -> pd.Series:
    return frame["first_seen_at"].dt.strftime("%Y-%m").eq(month)


def area_name(warehouse: Warehouse, code: str) -> str:
    """What an area is called; its code when there is none."""
    return str(places(warehouse)[1].set_index("area_code")["area_label"].get(code, code))


def _unit_or_town(warehouse: Warehouse, code: str) -> str:
    return area_name(warehouse, code) if len(code) == 9 else f"{area_name(warehouse, code)}的单位"


def _of_version(frame: pd.DataFrame, version_id: str) -> pd.Series:
    return frame["version_id"].fillna(NO_VERSION).eq(version_id)


def _as_it_is(_: Warehouse, value: str) -> str:
    return value


CUTS = {
    "level": Cut(_equal("level"), lambda _, level: LEVELS.get(level, level)),
    "rule": Cut(_equal("rule_id"), lambda _, rule_id: rule_label(rule_id)),
    # A county covers its towns; a place is the town, or the county's own units.
    "county": Cut(_inside, area_name),
    "place": Cut(_equal("area_code"), _unit_or_town),
    "org": Cut(_equal("org_id"), _as_it_is),
    "officer": Cut(_equal("officer_id"), _as_it_is),
    "handler": Cut(_handled_by, lambda _, handler: NOBODY_ZH if handler == NOBODY else handler.partition("|")[2]),
    "month": Cut(_in_month, _as_it_is),
    "state": Cut(_equal("state"), _as_it_is),
    "conclusion": Cut(_equal("conclusion"), _as_it_is),
    "version": Cut(_of_version, _as_it_is),
    "shared_with": Cut(None, lambda _, rule_id: f"与 {rule_label(rule_id)} 同一人员"),
    "clue_place": Cut(lambda frame, name: frame["county_name"].eq(name) | frame["area_label"].eq(name), _as_it_is),
    "clue_county": Cut(_equal("county_name"), _as_it_is),
    "clue_town": Cut(_equal("area_label"), _as_it_is),
    "clue_origin": Cut(_equal("origin_zh"), _as_it_is),
    "clue_month": Cut(_equal("month"), lambda _, month: f"{month} 收到"),
    "clue_form": Cut(_equal("form"), _as_it_is),
    "clue_disposition": Cut(_equal("disposition_zh"), _as_it_is),
    "weighs_for": Cut(None, _as_it_is),
}
