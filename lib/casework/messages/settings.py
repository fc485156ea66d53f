"""How messages are sent: data/messages.yaml; and where to, which is secret and stands outside the repository."""

import os
import re
import stat
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from lib import yamltext
from lib.casework.objects import KINDS
from lib.catalog.dataset import ROOT
from lib.errors import UserError

MESSAGES = ROOT / "data" / "messages.yaml"
SECRETS = ROOT / ".streamlit" / "secrets.toml"
OTHERS = "others"
# What Apprise sends by that is known here: everything else it knows would leave the intranet or run programs.
_SCHEMES = ("json", "jsons", "mailto", "mailtos", "dingtalk")

_COUNT = {"type": "integer", "minimum": 1}
_SECONDS = {"type": "number", "exclusiveMinimum": 0}
_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
_CODE = {"pattern": "^[a-z][a-z_]{0,15}$"}


def _by_code(one: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "minProperties": 1, "propertyNames": _CODE, "additionalProperties": one}


def _several(one: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": one}


_CHANNEL = yamltext.mapping(
    {
        "title": {"type": "string", "minLength": 1},
        "schemes": _several({"enum": list(_SCHEMES)}),
        "most_per_hour": _COUNT,
    }
)
_VALIDATOR = Draft202012Validator(
    yamltext.mapping(
        {
            "channels": _by_code(_CHANNEL),
            "kinds": {**_by_code(_several({"type": "string"})), "required": [OTHERS]},
            "together_minutes": {"type": "number", "minimum": 0},
            "retry": yamltext.mapping({"first_minutes": _SECONDS, "longest_minutes": _SECONDS, "times": _COUNT}),
            "seconds": yamltext.mapping({"connect": _SECONDS, "answer": _SECONDS, "whole": _SECONDS}),
            "lease_seconds": _SECONDS,
            "oldest_hours": _SECONDS,
            "quiet": yamltext.mapping({"from": _CLOCK, "until": _CLOCK}),
        }
    )
)


@dataclass(frozen=True)
class Channel:
    """A way to send: its code, what the screen calls it, the kinds of address it takes, how many go in an hour."""

    code: str
    title: str
    schemes: tuple[str, ...]
    most_per_hour: int


@dataclass(frozen=True)
class Settings:
    """The content of data/messages.yaml. routes: kind of object (or OTHERS) → codes of channels."""

    channels: dict[str, Channel] = field(hash=False)
    routes: dict[str, tuple[str, ...]] = field(hash=False)
    together: timedelta
    first: timedelta
    longest: timedelta
    times: int
    connect: float
    answer: float
    whole: float
    lease: timedelta
    oldest: timedelta
    quiet: tuple[time, time]

    def route(self, object_type: str) -> tuple[str, ...]:
        """The channels by which messages about a kind of object go."""
        return self.routes.get(object_type, self.routes[OTHERS])

    def again(self, attempts: int, chance: float) -> timedelta:
        """How long after the last of so many attempts the next one follows; `chance` in [0, 1) sets workers apart."""
        doubled = self.first * 2 ** min(attempts - 1, 30)
        return min(doubled, self.longest) * (0.75 + chance / 2)

    def loud(self, at: datetime) -> datetime:
        """The earliest moment, not before `at`, at which messages may go out."""
        start, end = self.quiet
        clock = at.time()
        inside = start <= clock < end if start <= end else (clock >= start or clock < end)
        if not inside:
            return at
        day = at.date() if clock < end else at.date() + timedelta(days=1)
        return datetime.combine(day, end)


def read_settings(path: Path) -> Settings:
    """The settings written in a file. Raises UserError naming every fault and where it stands."""
    raw = yamltext.parse(path.read_text(encoding="utf-8"))
    faults = [yamltext.schema_fault(error) for error in _VALIDATOR.iter_errors(raw)] or list(_faults(raw))
    if faults:
        raise UserError(f"{path.name}：{'；'.join(faults)}。", "请按提示修改 data/messages.yaml。")
    retry, seconds, quiet = raw["retry"], raw["seconds"], raw["quiet"]
    return Settings(
        channels={code: Channel(code, one["title"], tuple(one["schemes"]), one["most_per_hour"])
                  for code, one in raw["channels"].items()},
        routes={kind: tuple(codes) for kind, codes in raw["kinds"].items()},
        together=timedelta(minutes=raw["together_minutes"]),
        first=timedelta(minutes=retry["first_minutes"]),
        longest=timedelta(minutes=retry["longest_minutes"]),
        times=retry["times"],
        connect=seconds["connect"],
        answer=seconds["answer"],
        whole=seconds["whole"],
        lease=timedelta(seconds=raw["lease_seconds"]),
        oldest=timedelta(hours=raw["oldest_hours"]),
        quiet=(time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["until"])),
    )  # fmt: skip


def _faults(raw: dict[str, Any]) -> Iterable[str]:
    """What no schema sees: a name that stands for nothing, times that contradict each other."""
    for kind, codes in raw["kinds"].items():
        if kind != OTHERS and kind not in KINDS:
            yield f"kinds 没有 {kind} 这种对象"
        for code in codes:
            if code not in raw["channels"]:
                yield f"kinds.{kind} 没有 {code} 这个通道"
    if raw["lease_seconds"] <= raw["seconds"]["whole"]:
        yield "lease_seconds 要大于 seconds.whole，否则一条消息会被两个进程同时发出"
    if raw["retry"]["longest_minutes"] < raw["retry"]["first_minutes"]:
        yield "retry.longest_minutes 不能小于 retry.first_minutes"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings in force: data/messages.yaml as it stood when this process first asked."""
    return read_settings(MESSAGES)


@dataclass(frozen=True)
class Addresses:
    """Where messages go: by channel, for single units otherwise; and under which address the app is reached ('')."""

    channels: dict[str, str] = field(repr=False, hash=False)
    units: dict[str, dict[str, str]] = field(repr=False, hash=False)
    link: str = ""

    @property
    def open(self) -> frozenset[str]:
        """The channels that have an address at all."""
        return frozenset(self.channels).union(*self.units.values())

    def of(self, channel: str, org_id: str | None) -> str | None:
        """The address for a unit on a channel."""
        return self.units.get(org_id or "", {}).get(channel) or self.channels.get(channel)


def addresses_path(home: Path) -> Path:
    """The file of addresses in a home, for its owner alone."""
    return home / "messages.toml"


def addresses(home: Path) -> Addresses:
    """The addresses of a home: the environment before .streamlit/secrets.toml before messages.toml.

    Raises UserError when a file cannot be read or is open to others, or names an address that its channel does not
    take; no address is ever part of what it says.
    """
    raw: dict[str, Any] = {}
    for path, table in ((addresses_path(home), None), (SECRETS, "messages")):
        raw = _merged(raw, _read(path, table))
    named = {code: os.environ.get(f"COCKPIT_MESSAGES_{code.upper()}") for code in (*settings().channels, "link")}
    raw = _merged(raw, {code: value for code, value in named.items() if value})
    units = raw.pop("units", {})
    link = str(raw.pop("link", "")).rstrip("/")
    if link and not re.fullmatch(r"https?://[^\s/]+(/[^\s?#]*)?", link):
        raise UserError("消息里的链接地址 link 不对。", "请写协议、主机和端口，例如 http://10.0.0.5:8501。")
    for held in (raw, *units.values()):
        _require_known(held)
    return Addresses(raw, units, link)


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    units = {**below.get("units", {}), **above.get("units", {})}
    return {**below, **above, **({"units": units} if units else {})}


def _read(path: Path, table: str | None) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        held = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"消息地址文件读不了：{path}。", "请检查文件的权限和 TOML 写法。") from error
    held = held if table is None else held.get(table, {})
    if held and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UserError(f"{path} 含口令而别人可以读，没有发送消息。", f"请运行 chmod 600 {path}。")
    tables = [held, held.get("units", {})] if isinstance(held, dict) else [held]
    tables += list(tables[1].values()) if isinstance(tables[-1], dict) else []
    if not all(isinstance(one, dict) for one in tables):
        raise UserError(f"消息地址文件写法不对：{path}。", '请写成 mail = "…"，单位另有地址的写在 [units.编号] 下。')
    return dict(held)


def _require_known(held: dict[str, Any]) -> None:
    known = settings().channels
    for code, address in held.items():
        if code not in known:
            raise UserError(f"没有名为 {code} 的消息通道。", f"可用的有：{'、'.join(known)}。")
        scheme = str(address).partition("://")[0].lower()
        if scheme not in known[code].schemes:
            schemes = "、".join(f"{one}://" for one in known[code].schemes)
            raise UserError(f"{known[code].title}（{code}）的地址种类不对。", f"须以 {schemes} 之一开头。")
