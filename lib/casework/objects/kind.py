"""What the rest of the house has to know of one kind of object."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import pandas as pd
from sqlalchemy import Connection, Date, DateTime, Row, Select, String, Table, Text, bindparam, select

from lib.casework.deadlines import Calendar, calendar, settings
from lib.casework.reading import states
from lib.casework.steps import Workflow
from lib.casework.store.schema import event
from lib.catalog.lists import supervision_lists

# The columns that say whose an object is; a kind that concerns no officer or no unit leaves that column out.
SCOPE = ("area_code", "domain_code", "officer_id", "org_id")
# What happens to an object of any kind besides its steps.
RECOUNT, REMINDED, ESCALATE = "recount", "remind_due", "escalate"
NOTED = {RECOUNT: "期限重算"}
# And to one that reaches its unit.
_NOTED_TO_UNIT = {REMINDED: "到期提醒"}
# It belongs to no place, unit or officer: whoever may look at such things sees all of them.
EVERYWHERE: tuple[str, ...] = ()


def _domain(domains: frozenset[str] | None, list_id: str) -> str | None:
    """The first domain of a list among these; None when the list has none of them, or is not there any more."""
    held = next((one.domains for one in supervision_lists() if one.id == list_id), frozenset())
    return min(held & domains, default=None) if domains is not None else None


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of object: the table of its rows, the steps it takes, how it is seen, sealed, read and shown.

    first: the actions that make one. scope: the columns that say whose it is, or EVERYWHERE. noted: what happens to it
    besides its steps, by action, in words. page: the path of its page and the parameter that names one, None when it
    stands on the page of something else. lasting: the row never changes after the event that made it, which carries
    its digest. states: how the state follows: the rows with where they stand, from the rows, all events and the
    calendar; without it the columns of states.plain are added. reaches: the actions by which one reaches the unit it
    concerns; none and the unit never sees it. kept: the columns that are kept from the unit all the same.
    asks: what a message tells the unit that it has to do, where that is not the kind's own title. own: the column with
    the one person who sees it, whatever else others may; what comes of it they are told by something else.
    of_list: the column with the supervision list that it is about: it concerns every domain of the list, not one.
    """

    table: Table
    workflow: Workflow
    first: tuple[str, ...]
    scope: tuple[str, ...]
    noted: Mapping[str, str]
    page: tuple[str, str] | None
    lasting: bool = True
    states: Callable[[pd.DataFrame, pd.DataFrame, Calendar], pd.DataFrame] | None = None
    reaches: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    asks: str = ""
    own: str | None = None
    of_list: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "noted", {**NOTED, **(_NOTED_TO_UNIT if self.reaches else {}), **self.noted})
        absent = [name for name in (*self.scope, *filter(None, [self.own, self.of_list])) if name not in self.table.c]
        if self.table.name != self.workflow.object_type or absent:
            raise ValueError(f"{self.table.name}: another name than its workflow, or no columns {absent}")
        if ESCALATE in self.noted and "escalate_workdays" not in settings().get(self.name, {}):
            raise ValueError(f"{self.name}: data/deadlines.yaml does not say when it goes up (escalate_workdays)")
        steps = [*self.workflow.steps.values(), *filter(None, [self.workflow.opening])]
        states = {state for step in steps for state in (*step.sources, step.target) if state}
        actions = {*self.first, *self.noted, *(step.action for step in steps)}
        for held, names in (("object_type", {self.name}), ("action", actions), ("to_state", states)):
            width = cast(String, event.c[held].type).length or 0
            if any(len(name) > width for name in names):
                raise ValueError(f"{self.name}: an event holds no {held} of more than {width} characters")

    @property
    def name(self) -> str:
        """What events call it."""
        return self.table.name

    @property
    def title(self) -> str:
        """What a person calls one."""
        return self.workflow.name

    @property
    def task(self) -> str:
        """What a message to the unit calls it."""
        return self.asks or self.title

    @cached_property
    def key(self) -> str:
        """The column that names one."""
        [column] = self.table.primary_key.columns
        return str(column.name)

    @cached_property
    def _one(self) -> Select:
        return select(self.table).where(self.table.c[self.key] == bindparam("object"))

    @cached_property
    def words(self) -> list[str]:
        """The columns of what somebody wrote: masked before anybody reads them."""
        return [column.name for column in self.table.c if isinstance(column.type, Text) or column.name == "title"]

    def row(self, connection: Connection, object_id: str) -> Row | None:
        """The stored row of one, whoever asks."""
        return connection.execute(self._one, {"object": object_id}).one_or_none()

    def whose(self, domains: frozenset[str] | None, row: Mapping[Any, Any]) -> list[str | None]:
        """The values of SCOPE of one, to be asked for the scope of somebody with these domains: None where the kind has
        no such column; of one that concerns a list a domain of theirs that is the list's, where they have one."""
        held = {name: row[name] if name in self.scope else None for name in SCOPE}
        if self.of_list is not None:
            held["domain_code"] = _domain(domains, row[self.of_list]) or held["domain_code"]
        return list(held.values())

    def stand(self, rows: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
        """The rows with where they stand."""
        return self._none if rows.empty else self._stood(rows, events, days)

    @cached_property
    def _none(self) -> pd.DataFrame:
        """Where none stand: the same whatever happened to others, and after a write that is asked of most kinds."""
        rows, events = (pd.DataFrame(columns=list(table.c.keys())) for table in (self.table, event))
        return self._stood(rows, events, calendar())

    def _stood(self, rows: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
        if self.states is not None:
            return self.states(rows, events, days)
        # The same types whatever the rows hold.
        texts = {column.name: "str" for column in self.table.c if isinstance(column.type, String)}
        times = [column.name for column in self.table.c if isinstance(column.type, Date | DateTime)]
        typed = rows.astype(texts).assign(**{name: pd.to_datetime(rows[name]) for name in times})
        return states.plain(typed, events, self.name, self.key, self.first, days)

    def to_unit(self, actions: Iterable[str]) -> list[bool]:
        """Which of an object's events, by their actions in order, its unit is shown: from when it was reached on, those
        of steps that are not kept inside."""
        reached, shown = False, []
        for action in actions:
            reached |= action in self.reaches
            step = self.workflow.steps.get(action)
            shown.append(action in self.reaches or (reached and step is not None and not step.inside))
        return shown
