"""Who may do what with what, and within which scope: data/access.yaml, one table for every read and every write."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from lib import yamltext
from lib.catalog.dataset import ROOT
from lib.errors import UserError

ACCESS = ROOT / "data" / "access.yaml"
# Who is no person: what runs by itself, and the command line.
SYSTEM_ROLE = "system"
_ENTERED = ("city", "lists", "county", "town", "unit", "none")

_TEXT = {"type": "string", "minLength": 1}
_CODE = {"pattern": "^[a-z][a-z_]*$"}
_NAMES = {"type": "object", "minProperties": 1, "propertyNames": _CODE, "additionalProperties": _TEXT}


def _by_code(one: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "minProperties": 1, "propertyNames": _CODE, "additionalProperties": one}


_RIGHT = yamltext.mapping(
    {"does": _TEXT, "roles": {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}}
)
_RULES = {"type": "array", "items": {"type": "string", "pattern": "^M[0-9]{2}$"}, "minItems": 1, "uniqueItems": True}
_SCHEMA = yamltext.mapping(
    {
        "changed_by": _TEXT,
        "scopes": _NAMES,
        "roles": _by_code(
            yamltext.mapping(
                {"name": _TEXT, "scope": _TEXT},
                {"record_rules": _RULES, "synthetic": {"type": "boolean"}, "wall": {"type": "boolean"}},
            )
        ),
        "kinds": _by_code(
            yamltext.mapping({"name": _TEXT, "rights": _by_code(_RIGHT)}, {"later": {"type": "boolean"}})
        ),
        "closed_in_class": _by_code({"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}),
        "actions": _NAMES,
    }
)
_VALIDATOR = Draft202012Validator(_SCHEMA)


@dataclass(frozen=True)
class Role:
    """`record_rules`: on whose warnings the role records, None = all; `synthetic`: only in a synthetic city; `wall`: a
    screen on a wall, which shows nothing else and stays signed in."""

    code: str
    name: str
    scope: str
    record_rules: frozenset[str] | None = None
    synthetic: bool = False
    wall: bool = False


@dataclass(frozen=True)
class Right:
    """An action on objects of a kind: what a refusal calls it, and who has it."""

    action: str
    kind: str
    does: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """The whole table. `version` is a digest of the file: what is kept for somebody is kept under it.

    roles: by code, in the order of the file. kinds, actions, scopes: code to name. later: kinds that nothing stands
    for yet. rights: by (action, kind). closed_in_class: the rights that nobody in a class has, whatever role is played.
    """

    version: str
    changed_by: str
    roles: dict[str, Role] = field(repr=False)
    scopes: dict[str, str] = field(repr=False)
    kinds: dict[str, str] = field(repr=False)
    later: frozenset[str] = field(repr=False)
    actions: dict[str, str] = field(repr=False)
    rights: dict[tuple[str, str], Right] = field(repr=False)
    closed_in_class: frozenset[tuple[str, str]] = field(repr=False)

    @property
    def people(self) -> dict[str, Role]:
        """The roles that people have."""
        return {code: role for code, role in self.roles.items() if code != SYSTEM_ROLE}

    @property
    def on_real_data(self) -> dict[str, Role]:
        """Those that a person can have on real data: what their scope is bounded by can be entered with the person."""
        return {code: role for code, role in self.people.items() if role.scope in _ENTERED and not role.synthetic}

    def allows(self, role: str, action: str, kind: str) -> bool:
        """Whether a role has a right; KeyError for one that the table does not know."""
        return role in self.rights[action, kind].roles

    def holders(self, action: str, kind: str) -> list[str]:
        """The names of the roles of people on real data who have a right, in the order of the table."""
        held = self.rights[action, kind].roles
        return [role.name for code, role in self.people.items() if code in held and not role.synthetic]


def read_policy(path: Path) -> Policy:
    """The policy written in a file. Raises UserError naming every fault and where it stands."""
    text = path.read_text(encoding="utf-8")
    raw = yamltext.parse(text)
    faults = [yamltext.schema_fault(error) for error in _VALIDATOR.iter_errors(raw)] or list(_faults(raw))
    if faults:
        raise UserError(f"{path.name}：{'；'.join(faults)}。", "请按提示修改 data/access.yaml。")
    roles = {
        code: Role(
            code,
            role["name"],
            role["scope"],
            frozenset(role["record_rules"]) if "record_rules" in role else None,
            role.get("synthetic", False),
            role.get("wall", False),
        )
        for code, role in raw["roles"].items()
    }
    rights = {
        (action, code): Right(action, code, right["does"], tuple(right["roles"]))
        for code, kind in raw["kinds"].items()
        for action, right in kind["rights"].items()
    }
    return Policy(
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
        changed_by=raw["changed_by"],
        roles=roles,
        scopes=raw["scopes"],
        kinds={code: kind["name"] for code, kind in raw["kinds"].items()},
        later=frozenset(code for code, kind in raw["kinds"].items() if kind.get("later")),
        actions=raw["actions"],
        rights=rights,
        closed_in_class=frozenset((action, code) for code, held in raw["closed_in_class"].items() for action in held),
    )


def _faults(raw: dict[str, Any]) -> Iterable[str]:
    """What no schema sees: a name that stands for nothing."""
    if SYSTEM_ROLE not in raw["roles"]:
        yield f"roles 缺少 {SYSTEM_ROLE}"
    for code, role in raw["roles"].items():
        if role["scope"] not in raw["scopes"]:
            yield f"roles.{code}.scope 没有 {role['scope']} 这种范围"
    for code, kind in raw["kinds"].items():
        for action, right in kind["rights"].items():
            place = f"kinds.{code}.rights.{action}"
            if action not in raw["actions"]:
                yield f"{place} 不是 actions 中的动作"
            for role in right["roles"]:
                if role not in raw["roles"]:
                    yield f"{place}.roles 没有 {role} 这个角色"
    for code, actions in raw["closed_in_class"].items():
        for action in actions:
            if action not in raw["kinds"].get(code, {}).get("rights", {}):
                yield f"closed_in_class.{code} 没有 {action} 这项权限"


@lru_cache(maxsize=1)
def policy() -> Policy:
    """The policy in force: data/access.yaml as it stood when this process first asked."""
    return read_policy(ACCESS)
