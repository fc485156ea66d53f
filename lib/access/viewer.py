"""The viewer: identity, role and scope. Every read and write of the product takes one."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from lib.access.policy import SYSTEM_ROLE, policy
from lib.errors import UserError


class Forbidden(UserError):
    """The viewer's role does not carry the right."""


class NotVisible(UserError):
    """Outside the viewer's scope, or not there: the answer is the same, so that nothing is given away."""

    def __init__(self) -> None:
        super().__init__("没有这条记录，或不在您的权限范围内。", "请核对链接，或联系市纪委监督室。")


class Sight(NamedTuple):
    """All that decides what a viewer is shown: whoever has the same may be shown the same."""

    role: str
    area_code: str | None
    domains: tuple[str, ...] | None
    officer_id: str | None
    org_id: str | None
    in_class: bool
    policy: str


class Seat(NamedTuple):
    """A trainee's place in a class: the code of the class, and the number, from 1."""

    class_code: str
    number: int


@dataclass(frozen=True)
class Viewer:
    """Who is asking.

    `area_code`: None = the whole city, a 6-digit county code = that county, a 9-digit code = that town.
    `domains`: domain codes of the bodies supervised, None = all. `officer_id`: the person's own officer number, for
    self-exclusion. `org_id`: the unit a liaison answers for. `seat`: where a trainee sits, whatever role is played
    there. What the role may do, and on which rules, and what nobody in a class may, is data/access.yaml.
    """

    person_id: str
    name: str
    role: str
    area_code: str | None = None
    domains: frozenset[str] | None = None
    officer_id: str | None = None
    org_id: str | None = None
    seat: Seat | None = None

    @property
    def in_class(self) -> bool:
        """Whether it is a trainee in a class, whatever role is played."""
        return self.seat is not None

    @property
    def role_name(self) -> str:
        role = policy().roles.get(self.role)
        return "系统" if role is None else role.name

    def may(self, action: str, kind: str) -> bool:
        """Whether the role carries the right; KeyError for one that the policy does not know."""
        held = policy()
        return held.allows(self.role, action, kind) and not (self.in_class and (action, kind) in held.closed_in_class)

    def may_record_on(self, rule_id: str) -> bool:
        """Whether this person may sign and verify warnings of that rule."""
        if not self.may("record", "warning"):
            return False
        only = policy().roles[self.role].record_rules
        return only is None or rule_id in only

    @property
    def sight(self) -> Sight:
        """What decides visibility: part of the key of anything kept for this viewer."""
        domains = None if self.domains is None else tuple(sorted(self.domains))
        return Sight(self.role, self.area_code, domains, self.officer_id, self.org_id, self.in_class, policy().version)


SYSTEM = Viewer(person_id="system", name="系统", role=SYSTEM_ROLE)


def require(viewer: Viewer, action: str, kind: str) -> None:
    """Raise Forbidden when the viewer's role does not carry the right."""
    if not viewer.may(action, kind):
        raise Forbidden(
            f"您的角色（{viewer.role_name}）不能{policy().rights[action, kind].does}。",
            "如确有需要，请联系市纪委监督室调整权限。",
        )


Asked = TypeVar("Asked", bound=Callable[..., Any])
# In place of a kind: that of the object the call is about, named by its argument `object_type`.
OBJECT = "object_type"


def under(action: str, kind: str) -> Callable[[Asked], Asked]:
    """Put a function that takes a `viewer` under a right: whoever lacks it gets Forbidden, and nothing is read.

    With OBJECT for the kind it is that of the object asked for, an unknown one being as good as none: NotVisible.
    """

    def put(function: Asked) -> Asked:
        signature = inspect.signature(function)
        order = list(signature.parameters)
        asker, about = order.index("viewer"), order.index(OBJECT) if kind == OBJECT else -1

        @wraps(function)
        def asked(*given: Any, **named: Any) -> Any:
            viewer = named["viewer"] if "viewer" in named else given[asker]
            of = kind
            if kind == OBJECT:
                of = named[OBJECT] if OBJECT in named else given[about]
                if (action, of) not in policy().rights:
                    raise NotVisible()
            require(viewer, action, of)
            return function(*given, **named)

        asked.right = action, kind  # type: ignore[attr-defined]
        return cast(Asked, asked)

    return put
