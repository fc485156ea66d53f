"""Files of indicators: head and SQL sections, read and checked."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from lib.rules.errors import RuleError
from lib.rules.facts import facts_of
from lib.rules.file import file_error, split
from lib.rules.indicators.borrowed import filled, origin
from lib.rules.indicators.head import head_faults
from lib.rules.indicators.indicator import Indicator, counted_columns
from lib.rules.parameters import parameter_of
from lib.rules.read import RULES, read_rules
from lib.rules.rule import Law, Source
from lib.rules.section import Section, kind_faults, sql_faults, with_shared
from lib.warehouse.marts.of_rules import behind, rule_marts

INDICATORS = RULES / "indicators"
_WHAT, _WHERE = "指标文件", "rules/indicators"
_KINDS = ("counted", "source")
_TEXTS = ("exclusions", "assumptions", "decisions")


def _check(path: Path, raw: dict, sections: list[Section]) -> None:
    faults = head_faults(raw)
    if faults:
        raise file_error(_WHAT, _WHERE, path, faults)
    if path.stem != f"{raw['id']}_{raw['name']}":
        faults.append(f"文件名应为 {raw['id']}_{raw['name']}.sql")
    faults += kind_faults(sections, _KINDS, _KINDS)
    if not faults:
        defaults = {parameter["name"]: filled(parameter)["default"] for parameter in raw["parameters"]}
        given = {"counted": counted_columns(raw["measure"], raw["period"])}
        for section in with_shared(sections):
            faults += sql_faults(section, defaults, set(raw["inputs"]), given)
    if faults:
        raise file_error(_WHAT, _WHERE, path, faults)


def _models() -> tuple[tuple[str, str], ...]:
    """What the files of the models say, as part of a key: indicators have parameters of theirs."""
    return tuple((one.id, one.hash) for one in read_rules().values())


@lru_cache(maxsize=256)
def _indicator(path: Path, content: bytes, checked: bool, _models: tuple[tuple[str, str], ...]) -> Indicator:
    raw, sections = split(_WHAT, _WHERE, path, content)
    if checked:
        _check(path, raw, sections)
    queries = with_shared(sections)
    facts = {name: tuple(columns) for name, columns in raw["inputs"].items() if facts_of(name) is not None}
    return Indicator(
        **{
            **raw,
            **{key: tuple(raw[key]) for key in _TEXTS},
            "green": float(raw["green"]),
            "red": float(raw["red"]),
            "law": tuple(Law(**law) for law in raw["law"]),
            "parameters": tuple(parameter_of(filled(parameter)) for parameter in raw["parameters"]),
            "inputs": behind({name: columns for name, columns in raw["inputs"].items() if name not in facts}),
        },
        marts=tuple(name for name in raw["inputs"] if name in rule_marts()),
        facts=facts,
        borrowed={one["name"]: held for one in raw["parameters"] if (held := origin(one)) is not None},
        hash=hashlib.sha256(content).hexdigest(),
        path=path,
        counted=next(section.sql for section in queries if section.kind == "counted"),
        sources=tuple(Source(section.title, section.sql) for section in queries if section.kind == "source"),
    )


def parse_indicator(name: str, content: str) -> Indicator:
    """The indicator in the text of a file of that name, which was checked when it was taken in.

    Raises RuleError when this release cannot read it at all.
    """
    path = INDICATORS / name
    try:
        return _indicator(path, content.encode(), False, _models())
    except (AttributeError, KeyError, StopIteration, TypeError, ValueError) as error:
        raise file_error(_WHAT, _WHERE, path, [f"这一版程序读不了存下的文本（{error}）"]) from error


def read_indicator(path: Path) -> Indicator:
    """The indicator in one file. Raises RuleError naming every fault of the file."""
    return _indicator(path, path.read_bytes(), True, _models())


def read_indicators(path: Path = INDICATORS) -> dict[str, Indicator]:
    """All indicators of a folder by id, in order. Raises RuleError naming every fault of every file."""
    with os.scandir(path) as found:
        files = [(file.name, file.stat()) for file in found if file.name.endswith(".sql")]
    state = tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))
    return dict(_read(path, state, _models()))


@lru_cache(maxsize=16)
def _read(
    path: Path, state: tuple[tuple[str, int, int], ...], models: tuple[tuple[str, str], ...]
) -> dict[str, Indicator]:
    indicators: dict[str, Indicator] = {}
    faults = []
    for file in sorted(path.glob("*.sql")):
        try:
            one = read_indicator(file)
        except RuleError as error:
            faults.append(error.message)
            continue
        if one.id in indicators:
            faults.append(f"指标文件 {file.name} 有误：编号 {one.id} 与 {indicators[one.id].path.name} 重复。")
        indicators[one.id] = one
    if faults:
        raise RuleError("".join(faults), f"请按提示修改 {_WHERE} 中的文件。")
    return indicators
