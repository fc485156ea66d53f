"""The names on a warning: rule, unit, place, officer, subject. They change with a run or a load, not with casework."""

import json
from functools import lru_cache

import pandas as pd

from lib.access import Viewer, under
from lib.access.masking import mask_free_text
from lib.access.scope import visible
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.register import Register
from lib.casework.warnings.platforms import FILED, PLATFORMS
from lib.insight.kept.sums import kept_sums
from lib.insight.names import officer_labels, officer_names, subject_titles
from lib.insight.wording import SHARE
from lib.rules import read_rules
from lib.warehouse.store import Warehouse

CITY_ITSELF = "市本级"

_ORGS = "select org_id, org_name, domain_code as org_domain_code from org"
_UNITS = "select org_id, org_name, area_code, domain_code from org"
_STAFF = "select officer_id, org_id, org.area_code, org.domain_code from officer left join org using (org_id)"
_AREAS = """
select
    area.area_code,
    area.area_name,
    county.area_code as county_code,
    county.area_name as county_name,
    case area.level when '镇街' then area.area_name end as town_name,
    case area.level
        when '市' then $city_itself
        when '县' then area.area_name
        else county.area_name || ' ' || area.area_name
    end as area_label
from area
left join area as county on county.level = '县' and county.area_code = substr(area.area_code, 1, 6)
"""


def rule_label(rule_id: str) -> str:
    """Number and title of a rule: M05 罚缴不一致; the name of a platform that raises warnings itself."""
    return rule_labels().get(rule_id, rule_id)


def rule_labels() -> dict[str, str]:
    """Number and title of every rule by its number, platforms after them: what labels many rows at once."""
    return {rule_id: f"{rule_id} {rule.title}" for rule_id, rule in read_rules().items()} | platform_titles()


def platform_titles() -> dict[str, str]:
    """The names of the platforms that raise warnings themselves, by what stands in the place of a rule's number."""
    return {one.id: one.title for one in PLATFORMS.values()}


@lru_cache(maxsize=4)
def places(warehouse: Warehouse) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The units (org_id, org_name, org_domain_code) and the areas with their county and label, of a generation."""
    return warehouse.query(_ORGS), warehouse.query(_AREAS, {"city_itself": CITY_ITSELF})


@lru_cache(maxsize=32)
@under("view", "warning")
def units_within(warehouse: Warehouse, viewer: Viewer) -> pd.Series:
    """Name by org_id of the units in the viewer's scope: those whose names may be told."""
    return visible(viewer, warehouse.query(_UNITS)).set_index("org_id")["org_name"]


@lru_cache(maxsize=32)
@under("view", "warning")
def officers_within(warehouse: Warehouse, viewer: Viewer) -> frozenset[str]:
    """Masked name and number of the officers of units in the viewer's scope."""
    found = visible(viewer, warehouse.query(_STAFF))
    return frozenset(officer_labels(officer_names(warehouse), found["officer_id"]))


def known_names(register: Register, warehouse: Warehouse) -> pd.DataFrame:
    """`names` of every warning and spot check in the register.

    Computed again after a run, a draw, a load or a changed rule file.
    """
    held = snapshot(register, warehouse)
    rules = tuple(rule.hash for rule in read_rules().values())
    return _known(register, warehouse, len(held.warning) + len(held.spot_check), tuple(held.rule_run["run_id"]), rules)


@lru_cache(maxsize=4)
def _known(
    register: Register, warehouse: Warehouse, count: int, runs: tuple[str, ...], rules: tuple[str, ...]
) -> pd.DataFrame:
    held = snapshot(register, warehouse)
    frame = pd.concat([held.warning, held.spot_check], ignore_index=True)
    # In a big city they are looked up among millions of rows.
    about = tuple(zip(frame["subject_type"], frame["subject_id"], strict=True))
    titles = kept_sums(warehouse, "titles", lambda: subject_titles(frame, warehouse).to_frame("title"), about)
    return names(frame, warehouse, titles["title"].astype("object"))


def names(frame: pd.DataFrame, warehouse: Warehouse, titles: pd.Series | None = None) -> pd.DataFrame:
    """By warning_id: rule_title, rule_label, unit, org_name, org_domain_code, area_name, area_label, county_code,
    county_name, town_code, town_name, officer_name, officer_label, subject_title; empty texts where there is none.
    `titles` are those of the subjects, where they are at hand.
    """
    orgs, areas = places(warehouse)
    people = officer_names(warehouse)
    found = frame[["warning_id", "org_id", "area_code"]].merge(orgs, on="org_id", how="left")
    found = found.merge(areas, on="area_code", how="left").set_index(frame.index)
    found["town_code"] = found["area_code"].where(found["town_name"].notna(), "")
    found["county_name"] = found["county_name"].fillna(CITY_ITSELF)
    for column in ("org_name", "area_name", "area_label", "county_code", "town_name"):
        found[column] = found[column].fillna("")
    found["officer_name"] = frame["officer_id"].map(people).astype("object").fillna("")
    found["officer_label"] = officer_labels(people, frame["officer_id"])
    found["subject_title"] = _with_matters(subject_titles(frame, warehouse) if titles is None else titles, frame)
    return _with_rules(found, frame).drop(columns=["org_id", "area_code"]).set_index("warning_id")


def _with_matters(titles: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """What an alert from a file is about, after its number: it stands in no table of the warehouse."""
    filed = frame.loc[frame["subject_type"].eq(FILED), ["subject_id", "evidence"]]
    told = [
        f"{subject} {mask_free_text(json.loads(evidence).get('matter', ''))}".strip()
        for subject, evidence in zip(filed["subject_id"], filed["evidence"], strict=True)
    ]
    return pd.Series(told, index=filed.index, dtype="object").combine_first(titles)


def _with_rules(found: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    rules, platforms = read_rules(), frame["rule_id"].map(platform_titles())
    found["rule_title"] = frame["rule_id"].map({key: rule.title for key, rule in rules.items()}).fillna(frame["title"])
    found["rule_label"] = platforms.fillna(frame["rule_id"].str.cat(found["rule_title"], sep=" "))
    unit = frame["rule_id"].map({key: rule.unit for key, rule in rules.items()}).fillna("")
    subject = frame["rule_id"].map({key: rule.subject for key, rule in rules.items() if rule.grouped})
    # A warning about a group holds signals per exposure, whatever its rule measures in one subject.
    found["unit"] = unit.mask(subject.notna() & subject.ne(frame["subject_type"]), SHARE)
    return found
