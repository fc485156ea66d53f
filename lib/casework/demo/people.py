"""The invented people of the synthetic city: who handles, reviews and approves what."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from random import Random

from lib.access import Viewer
from lib.access.scope import sees_area
from lib.catalog.lists import supervision_lists
from lib.warehouse.reference import areas
from lib.warehouse.store import Warehouse

_STEMS, _NUMBERS = "甲乙丙丁戊己庚辛壬癸", "一二三四五六七八九十"


@dataclass(frozen=True)
class Place:
    """Where a matter belongs: the area and domain of the unit it concerns."""

    area_code: str | None
    domain_code: str | None


@dataclass(frozen=True)
class Cast:
    """Everybody, by role."""

    office: tuple[Viewer, ...]
    inspectors: tuple[Viewer, ...]
    counties: tuple[Viewer, ...]
    towns: dict[str, Viewer]
    liaisons: dict[str, Viewer]

    @cached_property
    def by_id(self) -> dict[str, Viewer]:
        """Everybody by their id."""
        everybody = (*self.office, *self.inspectors, *self.counties, *self.towns.values(), *self.liaisons.values())
        return {one.person_id: one for one in everybody}

    def handler(self, place: Place, rule_id: str | None, chance: Random) -> Viewer:
        """Who verifies a warning: mostly those nearest to the unit, the city's office when nobody else may."""
        town = self.towns.get(place.area_code or "")
        if town is not None and rule_id is not None and town.may_record_on(rule_id) and chance.random() < 0.7:
            return town
        county, inspector = self._of_county(place, chance), self._of_domain(place, chance)
        nearest = [viewer for viewer in (county, inspector) if viewer is not None]
        return chance.choice(nearest) if nearest else self.office[0]

    def clue_handler(self, place: Place, chance: Random) -> Viewer:
        """Who assesses and disposes of a clue: county, resident group or the city's office."""
        county, inspector = self._of_county(place, chance), self._of_domain(place, chance)
        able = [viewer for viewer in (county, inspector) if viewer is not None]
        return chance.choice([*able, self.office[1]])

    def proposer(self, place: Place, chance: Random) -> Viewer:
        """Who makes a motion: the county where the unit is, for the city's own the office."""
        return self._of_county(place, chance) or self.office[0]

    def reviewer(self, handler: Viewer, place: Place, chance: Random) -> Viewer:
        """Who reviews or approves: the county for its towns, otherwise the office; never the handler."""
        county = self._of_county(place, chance)
        if handler.role == "town" and county is not None:
            return county
        return chance.choice([viewer for viewer in self.office if viewer != handler])

    def _of_county(self, place: Place, chance: Random) -> Viewer | None:
        able = [viewer for viewer in self.counties if place.area_code and sees_area(viewer, place.area_code)]
        return chance.choice(able) if able else None

    def _of_domain(self, place: Place, chance: Random) -> Viewer | None:
        able = [viewer for viewer in self.inspectors if viewer.domains and place.domain_code in viewer.domains]
        return chance.choice(able) if able else None


def invented_name(number: int) -> str:
    """甲一, 甲二 … 癸十, then 甲一甲 …: nobody is called that."""
    stem, rest = number // 10 % 10, number // 100
    return _STEMS[stem] + _NUMBERS[number % 10] + (_STEMS[rest - 1] if rest else "")


def played() -> tuple[Viewer, ...]:
    """Everybody but those of the units."""
    found = _officials()
    return (*found.office, *found.inspectors, *found.counties, *found.towns.values())


@lru_cache(maxsize=4)
def cast(warehouse: Warehouse) -> Cast:
    """One person per town and per unit, two per county and per supervision list, three in the city's office."""
    found, units = _officials(), warehouse.query("select org_id from org order by org_id")["org_id"].tolist()
    taken = len(played())
    liaisons = {
        org_id: Viewer(f"played-{org_id}", invented_name(taken + place), "liaison", org_id=org_id)
        for place, org_id in enumerate(units)
    }
    return replace(found, liaisons=liaisons)


@lru_cache(maxsize=1)
def _officials() -> Cast:
    places = areas().sort_values("area_code")
    names = iter(range(1000))

    def person(key: str, role: str, **scope: object) -> Viewer:
        return Viewer(f"played-{key}", invented_name(next(names)), role, **scope)  # type: ignore[arg-type]

    office = tuple(person(f"office-{number}", "office") for number in (1, 2, 3))
    inspectors = tuple(
        person(f"{one.id}-{number}", "inspector", domains=one.domains)
        for one in supervision_lists()
        for number in (1, 2)
    )
    codes = {level: places.loc[places["level"] == level, "area_code"].tolist() for level in ("县", "镇街")}
    counties = tuple(person(f"{code}-{number}", "county", area_code=code) for code in codes["县"] for number in (1, 2))
    towns = {code: person(code, "town", area_code=code) for code in codes["镇街"]}
    return Cast(office, inspectors, counties, towns, {})
