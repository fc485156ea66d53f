"""What a step of a workflow is, what a person sends to take it, and what comes of that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Row

from lib.access import Viewer
from lib.casework.store.chain import Event
from lib.casework.store.transaction import Transaction
from lib.errors import UserError
from lib.text import seen

FieldKind = Literal["text", "words", "choice", "choices", "flag", "number", "day", "file"]
# What stands in a payload for a field that was left alone.
_NOTHING: dict[str, Any] = {
    "text": "",
    "words": "",
    "choice": None,
    "choices": [],
    "flag": False,
    "number": 0,
    "day": None,
}
# The fields that are no part of the payload: an event has a text of its own, a file is kept beside it, the first under
# this name.
TEXT, FILE = "text", "attachment"
# Where an event says within how many workdays the next step is due.
WORKDAYS = "workdays"
# Where an event that moved an object says that the limit which ran before runs on.
RUNS_ON = "runs_on"

# A new file as (name, content), or the id of one kept with a draft.
Upload = tuple[str, bytes] | str


@dataclass(frozen=True)
class Field:
    """One thing a step asks for.

    `choices` are the only values a choice may have; without them what is offered follows from what the step is about,
    and a field of several choices takes any words besides when it says `own_words`. `when`
    says from the other values whether it is asked for at all, `missing` what is said, with a hint, when it is required
    and empty, `told` what its value is called once it is recorded, the label where nothing else is given. A number
    counts something: whole, not below nought. A text is one line, words are many. `endings`: what the name
    of a file may end in, without the dot; none and it may end in anything. `called`: what a value that is a code is
    called; `people`: its values are accounts.
    """

    name: str
    label: str
    kind: FieldKind
    required: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""
    when: Callable[[Mapping[str, Any]], bool] | None = None
    missing: tuple[str, str] | None = None
    told: str = ""
    endings: tuple[str, ...] = ()
    own_words: bool = False
    called: Callable[[str], str] | None = None
    people: bool = False

    def value(self, given: Mapping[str, Any]) -> Any:
        """What a payload holds for this field when that was given."""
        held = given.get(self.name)
        if held is None and self.kind == "number" and self.required:
            return None
        if held is None:
            return list(_NOTHING[self.kind]) if self.kind == "choices" else _NOTHING[self.kind]
        return list(held) if self.kind == "choices" else held

    def fault(self, value: Any) -> UserError | None:
        """What is wrong with a value, None when nothing is."""
        if self.kind in ("text", "words"):
            empty = not str(value or "").strip()
        else:
            empty = value is None or value is False or (self.kind in ("choices", "file") and not value)
        if empty:
            return UserError(*(self.missing or self._missing)) if self.required else None
        if self.choices:
            unknown = [one for one in (value if self.kind == "choices" else [value]) if one not in self.choices]
            return UserError(f"没有「{unknown[0]}」这种{self.label}。", self._offered) if unknown else None
        if self.kind == "number" and not (isinstance(value, int) and value >= 0):
            return UserError(f"{self.label}「{value}」不对。", "请填写不小于 0 的整数。")
        if self.kind == "day" and not isinstance(value, date):
            return UserError(f"{self.label}「{value}」不是日期。", "请选择日期。")
        if self.endings and isinstance(value, tuple) and _ending(value[0]) not in self.endings:
            return UserError(f"{self.label}不收「{seen(value[0])}」这种文件。", f"可以是 {'、'.join(self.endings)}。")
        return None

    @property
    def _offered(self) -> str:
        if len(self.choices) == 2:
            return "请选择：" + "或".join(self.choices) + "。"
        return "请在" + "、".join(self.choices) + "中选择。"

    @property
    def _missing(self) -> tuple[str, str]:
        if self.kind in ("text", "words", "number"):
            return f"请填写{self.label}。", "请补充后再提交。"
        return f"请选择{self.label}。", self._offered if self.choices else "请补充后再提交。"


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def words(label: str = "说明", required: bool = False, missing: tuple[str, str] | None = None) -> Field:
    """The field for the event's own text."""
    return Field(TEXT, label, "text", required, missing=missing)


@dataclass
class Attempt:
    """A step being taken, inside its transaction.

    `row` is the object's, `last` its newest event, `at` when the step is taken, `payload` what the event will carry: a
    check may add to it. `other` gives the row of another object of the kind, by its number; it raises NotVisible for
    one the viewer does not see.
    """

    tx: Transaction
    viewer: Viewer
    step: "Step"
    row: Row
    last: Event
    at: datetime
    text: str
    payload: dict[str, Any]
    other: Callable[[str], Row]


@dataclass(frozen=True)
class Step:
    """One action of a workflow: from which states, to which (None: the state stays), under which right.

    `check` refuses by raising, after looking at the row and its events; `effect` writes what belongs to the event;
    `tells`: from which states it sends the unit a message that there is something to do.
    `to` finds the state it leads to where that is not the same each time. `limit`: within how many workdays the next
    step is due, None where nothing is; it counts from this event and stands in it, so that no later setting moves it.
    `runs_on`: the limit that runs goes on, although the state is another one.
    `inside`: what is done is kept from the unit the object concerns. `another`: somebody else takes it than whoever
    brought the object where it is. `does`: of a step that hands the object to somebody, the rights of which that one
    has at least one. `aside`: it is taken from a list and not offered with the object.
    `free`: it is not the work that the object was handed to somebody for, others take it too.
    """

    action: str
    name: str
    right: str
    sources: frozenset[str]
    target: str | None = None
    fields: tuple[Field, ...] = (words(),)
    check: Callable[[Attempt], None] | None = None
    effect: Callable[[Attempt, Event], None] | None = None
    to: Callable[[Attempt], str | None] | None = None
    tells: frozenset[str] = frozenset()
    limit: Callable[[Mapping[str, Any]], int | None] | None = None
    runs_on: bool = False
    inside: bool = False
    another: bool = False
    does: tuple[str, ...] = ()
    aside: bool = False
    free: bool = False

    @property
    def files(self) -> tuple[Field, ...]:
        """The fields of the files that may come with it."""
        return tuple(one for one in self.fields if one.kind == "file")

    @property
    def asked(self) -> tuple[Field, ...]:
        """The fields whose values stand in the payload."""
        return tuple(one for one in self.fields if one.name != TEXT and one.kind != "file")

    def payload(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of all its fields, empty where nothing was given. Raises ValueError for an unknown field."""
        unknown = set(given) - {one.name for one in self.asked}
        if unknown:
            raise ValueError(f"{self.action} has no field {sorted(unknown)}")
        return {one.name: one.value(given) for one in self.asked}

    def faults(
        self, given: Mapping[str, Any], text: str, files: Mapping[str, Upload] | None = None
    ) -> dict[str, UserError]:
        """What is wrong with what a person gave, by field, in the order of the fields."""
        held = files or {}
        values = {**self.payload(given), TEXT: text, **{one.name: held.get(one.name) for one in self.files}}
        found = {}
        for one in self.fields:
            if one.when is not None and not one.when(values):
                continue
            fault = one.fault(values[one.name])
            if fault is not None and one.name == TEXT and one.missing is None:
                fault = UserError(f"{self.name}需要填写说明。", "请补充文字后再提交。")
            if fault is not None:
                found[one.name] = fault
        return found

    def require(self, sent: "Submission") -> None:
        """Raise the first of the faults of what a person sent."""
        for fault in self.faults(sent.payload, sent.text, sent.files).values():
            raise fault


@dataclass(frozen=True)
class Workflow:
    """The objects of one kind and the steps they can take; `opening` is the step by which a person makes one.

    usual: by state, the step that moves the work on; what the object waits for.
    """

    object_type: str
    name: str
    steps: dict[str, Step]
    opening: Step | None = None
    usual: Mapping[str, str] = field(default_factory=dict, hash=False)

    def possible(self, viewer: Viewer, state: str) -> list[Step]:
        """The steps this viewer's role may take from a state."""
        steps = [step for step in self.steps.values() if state in step.sources and not step.aside]
        steps = [step for step in steps if viewer.may(step.right, self.object_type)]
        return sorted(steps, key=lambda step: step.action != self.usual.get(state))


def workflow(
    object_type: str, name: str, *steps: Step, opening: Step | None = None, usual: Mapping[str, str] | None = None
) -> Workflow:
    """A workflow of these steps, in this order. Raises ValueError for a usual step that its state does not offer."""
    found = Workflow(object_type, name, {step.action: step for step in steps}, opening, usual or {})
    for state, action in found.usual.items():
        if action not in found.steps or state not in found.steps[action].sources:
            raise ValueError(f"{object_type}: {action} does not follow {state}")
    return found


@dataclass(frozen=True)
class Submission:
    """What a person sent: the form's own id, the clock, the last event the form had shown, text and details; a file,
    and others under the names of their fields."""

    submission_id: str
    at: datetime
    expected_seq: int | None = None
    text: str = ""
    payload: dict[str, Any] = field(default_factory=dict, hash=False)
    attachment: Upload | None = None
    others: Mapping[str, Upload] = field(default_factory=dict, hash=False)

    @property
    def files(self) -> dict[str, Upload]:
        """The files by the names of their fields."""
        return ({} if self.attachment is None else {FILE: self.attachment}) | dict(self.others)


@dataclass(frozen=True)
class Outcome:
    """What came of a submission.

    recorded: written now. duplicate: the same submission had been written before, `event` is that first event.
    conflict: nothing was written, these events happened meanwhile; `draft` then holds the person's own input,
    also kept in the table `draft`. created: the id of a new object (a clue).
    """

    recorded: bool
    duplicate: bool = False
    event: Event | None = None
    conflict: tuple[Event, ...] = ()
    draft: dict[str, Any] | None = field(default=None, hash=False)
    created: str | None = None

    @property
    def event_seq(self) -> int | None:
        return None if self.event is None else self.event.seq
