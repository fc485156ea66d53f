"""Rule files: front matter and SQL sections, read and checked."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from lib.rules.errors import RuleError
from lib.rules.file import file_error, split
from lib.rules.front_matter import front_matter_faults
from lib.rules.parameters import parameter_of
from lib.rules.rule import Aggregation, Law, Limit, Peers, Rule, Source
from lib.rules.section import TITLED, Section, shape_faults, sql_faults, with_shared
from lib.warehouse.marts.of_rules import behind, rule_marts

RULES = Path(__file__).resolve().parents[2] / "rules"

# What comes of a description that another release wrote.
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
_WHAT, _WHERE = "模型文件", "rules"


# Files, by their sha256, whose description and queries were tried before a register took them in: they need no second
# trial.
_TAKEN_IN: set[str] = set()


def _check(path: Path, raw: dict, sections: list[Section], taken_in: bool) -> None:
    """Raises RuleError naming the file and every fault; what was tried before it was `taken_in` is not tried again."""
    faults = [] if taken_in else front_matter_faults(raw)
    if faults:
        raise file_error(_WHAT, _WHERE, path, faults)
    if path.stem != f"{raw['id']}_{raw['name']}":
        faults.append(f"文件名应为 {raw['id']}_{raw['name']}.sql")
    faults += shape_faults(sections, raw["aggregation"]["mode"] == "grouped")
    if not faults and not taken_in:
        defaults = {parameter["name"]: parameter["default"] for parameter in raw["parameters"]}
        queries = with_shared(sections)
        faults += [fault for section in queries for fault in sql_faults(section, defaults, set(raw["inputs"]))]
    if faults:
        raise file_error(_WHAT, _WHERE, path, faults)


def _peers(raw: dict | None) -> Peers | None:
    return None if raw is None else Peers(**{**raw, "limits": tuple(raw.get("limits", ()))})


@lru_cache(maxsize=256)
def _rule(path: Path, content: bytes, checked: bool, taken_in: bool = False) -> Rule:
    raw, sections = split(_WHAT, _WHERE, path, content)
    if checked:
        _check(path, raw, sections, taken_in)
    sections = with_shared(sections)
    titled = {kind: tuple(Source(s.title, s.sql) for s in sections if s.kind == kind) for kind in TITLED}
    texts = ("exclusions", "assumptions", "false_positives", "offline_check")
    return Rule(
        **{
            **raw,
            **{key: tuple(raw[key]) for key in texts},
            "law": tuple(Law(**law) for law in raw["law"]),
            "limits": tuple(Limit(**limit) for limit in raw.get("limits", ())),
            "decisions": tuple(raw.get("decisions", ())),
            "inputs": behind(raw["inputs"]),
            "parameters": tuple(parameter_of(parameter) for parameter in raw["parameters"]),
            "aggregation": Aggregation(**raw["aggregation"]),
            "peers": _peers(raw.get("peers")),
        },
        marts=tuple(name for name in raw["inputs"] if name in rule_marts()),
        hash=hashlib.sha256(content).hexdigest(),
        path=path,
        sections={section.kind: section.sql for section in sections if section.kind not in TITLED},
        sources=titled["source"],
        group_sources=titled["group_source"],
    )


def parse_rule(name: str, content: str) -> Rule:
    """The rule in the text of a file of that name, which was checked when it was taken in.

    What this release asks of rule files is not asked of it again: a version in force stays in force. Raises RuleError
    when it cannot be read at all.
    """
    path = RULES / name
    try:
        return _rule(path, content.encode(), checked=False)
    except _UNREADABLE as error:
        raise file_error(_WHAT, _WHERE, path, [f"这一版程序读不了存下的文本（{error}）"]) from error


def read_rule(path: Path) -> Rule:
    """The rule in one file. Raises RuleError naming every fault of the file."""
    content = path.read_bytes()
    if _TAKEN_IN and hashlib.sha256(content).hexdigest() in _TAKEN_IN:
        with suppress(*_UNREADABLE):
            return _rule(path, content, checked=True, taken_in=True)
    return _rule(path, content, checked=True)


def read_rules(path: Path = RULES, taken_in: Iterable[str] = ()) -> dict[str, Rule]:
    """All rules of a folder by id, in order.

    `taken_in` are the sha256 of files whose description and queries this process need not try (most of the time that
    reading takes): a register took them in, and what runs is its copy.

    Raises RuleError naming every fault of every file; a rule without false positives or with an unknown key,
    input, parameter or dataset is refused.
    """
    _TAKEN_IN.update(taken_in)
    return dict(_read(path, _state(path)))


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells an edited folder from the one read before: pages ask for the rules many times a rerun."""
    with os.scandir(folder) as found:
        files = [(file.name, file.stat()) for file in found if file.name.endswith(".sql")]
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))


@lru_cache(maxsize=16)
def _read(path: Path, state: tuple[tuple[str, int, int], ...]) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    faults = []
    for file in sorted(path.glob("*.sql")):
        try:
            rule = read_rule(file)
        except RuleError as error:
            faults.append(error.message)
            continue
        if rule.id in rules:
            faults.append(f"模型文件 {file.name} 有误：编号 {rule.id} 与 {rules[rule.id].path.name} 重复。")
        rules[rule.id] = rule
    if faults:
        raise RuleError("".join(faults), "请按提示修改 rules 中的文件。")
    return rules
