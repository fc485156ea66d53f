"""What an inspector narrows the warnings down to, and how that reads in the address of the workbench."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import sees_area
from lib.casework.warnings.states import CHECKING, NEW, OPEN_STATES, REPORTED, RETURNED, SIGNED
from lib.insight.due import LATE, group_counts, group_names
from lib.insight.names import officer_label
from lib.insight.warnings.names import officers_within, places, rule_label, rule_labels, units_within
from lib.insight.wording import day
from lib.rules.levels import LEVELS, NAMES, SPOT_CHECK
from lib.warehouse.store import Warehouse

# What is still with somebody, what is not, and both; the workbench opens on the first.
OPEN, DONE, EVERYTHING = "未办结", "已结", "全部"
MINE = "我经办的"
# What stands ready to be done, by what is next.
QUICK = {"待签收": (NEW,), "待核查": (SIGNED,), "核查中": (CHECKING, RETURNED), "待复核": (REPORTED,)}


_SEARCHED = (
    "number",
    "warning_id",
    "subject_title",
    "subject_id",
    "title",
    "org_name",
    "officer_label",
    "area_label",
    "handler_name",
)
_LISTS = ("levels", "rules", "areas", "orgs", "officers", "states", "conclusions")


@dataclass(frozen=True)
class WarningFilter:
    """Labels as the screen shows them; empty means all, but for the subjects drawn by chance (抽查): they are no
    warnings and listed only when their level is asked for. `areas` holds county names and 'county town' names.

    `due`: the group of lib.insight.due that is wanted.
    `since` and `until` are the first and last day of first_seen_at. `standing` is OPEN, DONE or EVERYTHING; `mine` is
    the person whose own warnings (经办) are wanted, empty for everybody's.
    """

    levels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    conclusions: tuple[str, ...] = ()
    due: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None
    standing: str = EVERYTHING
    mine: str = ""

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a warning list that fit."""
        keep = self._everything_but_state(frame)
        if self.states:
            keep &= frame["state"].isin(self.states)
        if self.due:
            keep &= frame["due_group"].eq(self.due)
        if self.standing != EVERYTHING:
            keep &= frame["state"].isin(OPEN_STATES) == (self.standing == OPEN)
        if self.mine:
            keep &= frame["handler_id"].eq(self.mine)
        return frame[keep]

    def counts(self, frame: pd.DataFrame) -> dict[str, int]:
        """How many warnings stand at each of QUICK and are late, under all other filters."""
        rest = frame[self._everything_but_state(frame)]
        found = {name: int(rest["state"].isin(states).sum()) for name, states in QUICK.items()}
        return {EVERYTHING: len(rest), **found, group_names()[LATE]: int(rest["due_group"].eq(LATE).sum())}

    def due_counts(self, frame: pd.DataFrame) -> dict[str, int]:
        """How many warnings each group of lib.insight.due has, under all other filters."""
        return group_counts(replace(self, due="").apply(frame))

    def standings(self, frame: pd.DataFrame, person_id: str) -> dict[str, int]:
        """How many warnings are open, open and the person's own, and done, under all other filters."""
        rest = frame[self._everything_but_state(frame)]
        still = rest["state"].isin(OPEN_STATES)
        own = int((still & rest["handler_id"].eq(person_id)).sum())
        return {OPEN: int(still.sum()), MINE: own, DONE: int((~still).sum())}

    def spot_checks(self, frame: pd.DataFrame) -> int:
        """How many subjects drawn by chance there are under all other filters, wherever they stand."""
        everywhere = replace(self, states=(), due="", standing=EVERYTHING, mine="")
        return len(replace(everywhere, levels=(NAMES[SPOT_CHECK],)).apply(frame))

    def _everything_but_state(self, frame: pd.DataFrame) -> pd.Series:
        keep = pd.Series(True, index=frame.index) if self.levels else frame["level"].ne(SPOT_CHECK)
        for column, wanted in (
            ("level_zh", self.levels),
            ("rule_label", self.rules),
            ("org_name", self.orgs),
            ("officer_label", self.officers),
            ("conclusion", self.conclusions),
        ):
            if wanted:
                keep &= frame[column].isin(wanted)
        if self.since:
            keep &= frame["first_seen_at"].ge(pd.Timestamp(self.since))
        if self.until:
            keep &= frame["first_seen_at"].lt(pd.Timestamp(self.until) + pd.Timedelta(days=1))
        if self.areas:
            keep &= frame["county_name"].isin(self.areas) | frame["area_label"].isin(self.areas)
        for word in self.text.split():
            keep &= _contains(frame, word)
        return keep

    def query(self) -> dict[str, str | list[str]]:
        """The address parameters of the workbench that show this filter."""
        named = {f"w_{field.name}": getattr(self, field.name) for field in fields(self)}
        # An address that says nothing about where warnings stand shows what is open.
        told = {"w_standing": "" if self._says_where else self.standing, "w_mine": bool(self.mine)}
        return {key: _address(value) for key, value in {**named, **told}.items() if value}

    @property
    def _says_where(self) -> bool:
        return bool(self.states or self.conclusions or self.due) and self.standing == EVERYTHING

    @classmethod
    def from_query(cls, values_of: Callable[[str], list[str]], person_id: str = "") -> "WarningFilter":
        """The filter an address asks for; `values_of` gives the values of a parameter, `person_id` is who asks.

        Without a word on states, conclusions or standing, and without a figure: what is open.
        """
        lists = {name: tuple(values_of(f"w_{name}")) for name in _LISTS}
        due = "".join(values_of("w_due")[:1])
        due = due if due in group_names() else ""
        # What was kept before there were groups asks for what is late, or not.
        due = LATE if values_of("w_overdue") == ["true"] else due
        said = lists["states"] or lists["conclusions"] or due or values_of("figure")
        asked = [name for name in values_of("w_standing") if name in (OPEN, DONE, EVERYTHING)]
        return cls(
            standing=asked[0] if asked else EVERYTHING if said else OPEN,
            mine=person_id if values_of("w_mine") == ["true"] else "",
            **lists,
            due=due,
            text=" ".join(values_of("w_text")),
            since=_day(values_of("w_since")),
            until=_day(values_of("w_until")),
        )

    def words(self) -> str:
        """The filter in words, for the head of an export."""
        parts = [
            f"{title}：{'、'.join(values)}"
            for title, values in (
                ("等级", self.levels),
                ("模型", self.rules),
                ("区域", self.areas),
                ("单位", self.orgs),
                ("人员", self.officers),
                ("状态", self.states),
                ("结论", self.conclusions),
            )
            if values
        ]
        parts += [f"首次发现 {day(self.since)} 至 {day(self.until)}"] if self.since or self.until else []
        parts += [group_names()[self.due]] if self.due else []
        parts += [self.standing] if self.standing != EVERYTHING else []
        parts += [MINE] if self.mine else []
        parts += [f"搜索：{self.text}"] if self.text else []
        return "；".join(parts) or EVERYTHING


def _address(value: object) -> str | list[str]:
    if isinstance(value, tuple):
        return list(value)
    return "true" if value is True else value.isoformat() if isinstance(value, date) else str(value)


def _day(values: list[str]) -> date | None:
    try:
        return date.fromisoformat(values[0]) if values else None
    except ValueError:
        return None


def _contains(frame: pd.DataFrame, word: str) -> pd.Series:
    found = pd.Series(False, index=frame.index)
    for column in _SEARCHED:
        found |= frame[column].str.contains(word, case=False, regex=False, na=False)
    return found


# As many units, and officers, as one list offers, however large the city is.
MOST = 100


@dataclass(frozen=True)
class Options:
    """What can be chosen in each filter, by whom; units and officers those with the most warnings first."""

    viewer: Viewer
    rules: list[str]
    areas: list[str]
    orgs: list[str]
    officers: list[str]

    @property
    def cut(self) -> bool:
        """Whether there are more units or officers than are offered."""
        return max(len(self.orgs), len(self.officers)) > MOST

    def and_asked(self, asked: WarningFilter, warehouse: Warehouse) -> "Options":
        """The MOST units and officers that fit the words searched for, by name, and those `asked` names that lie in
        the scope of whoever asks.

        An address that asks for one without a warning must show none, not all; of one outside the scope it is not
        told whether there is such a one.
        """
        orgs, officers = set(asked.orgs) - set(self.orgs), set(asked.officers) - set(self.officers)
        if orgs:
            orgs &= set(units_within(warehouse, self.viewer))
        if officers:
            officers &= officers_within(warehouse, self.viewer)
        orgs |= set(asked.orgs) & set(self.orgs)
        officers |= set(asked.officers) & set(self.officers)
        return replace(
            self,
            orgs=sorted({*_first(self.orgs, asked.text), *orgs}),
            officers=sorted({*_first(self.officers, asked.text), *officers}),
        )


def _first(names: list[str], text: str) -> list[str]:
    """The MOST names that stand first, those that hold a word of the search before all others."""
    if len(names) <= MOST:
        return names
    words = text.split()
    held = [name for name in names if any(word in name for word in words)]
    return [*held, *names][:MOST]


@under("view", "warning")
def options(frame: pd.DataFrame, warehouse: Warehouse, viewer: Viewer) -> Options:
    """The choices for a viewer: every rule and every area in scope, the units and officers that have warnings."""
    _, areas = places(warehouse)
    inside = areas[[sees_area(viewer, code) for code in areas["area_code"]]]
    return Options(
        viewer=viewer,
        rules=sorted({*rule_labels().values(), *frame["rule_label"]}),
        areas=sorted(set(inside["area_label"]) | set(frame["county_name"]) - {""}),
        orgs=_by_count(frame["org_name"]),
        officers=_by_count(frame["officer_label"]),
    )


def _by_count(names: pd.Series) -> list[str]:
    return [str(name) for name in names[names.ne("")].value_counts().index]


def workbench_query(
    warehouse: Warehouse,
    *,
    level: str | None = None,
    rule_id: str | None = None,
    area_code: str | None = None,
    org_id: str | None = None,
    officer_id: str | None = None,
    state: str | None = None,
    overdue: bool = False,
) -> dict[str, str | list[str]]:
    """The address parameters that open the workbench at these codes; raises KeyError for an unknown one."""
    orgs, areas = places(warehouse)
    return WarningFilter(
        levels=(LEVELS[level],) if level else (),
        rules=(rule_label(rule_id),) if rule_id else (),
        areas=(areas.set_index("area_code")["area_label"][area_code],) if area_code else (),
        orgs=(orgs.set_index("org_id")["org_name"][org_id],) if org_id else (),
        officers=(officer_label(warehouse, officer_id),) if officer_id else (),
        states=(state,) if state else (),
        due=LATE if overdue else "",
    ).query()
