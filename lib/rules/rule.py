"""One model, as its file describes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

Value = int | float | date


@dataclass(frozen=True)
class Law:
    """An article and whether its text has been confirmed: 已核 or 待核."""

    article: str
    mark: str


@dataclass(frozen=True)
class Limit(Law):
    """What the lawyer of an inspected unit would say against the model, by the article it rests on."""

    says: str


@dataclass(frozen=True)
class Parameter:
    """A threshold a person may tune between its bounds; type is integer, number or date."""

    name: str
    type: str
    default: Value
    lowest: Value
    highest: Value
    unit: str
    meaning: str


@dataclass(frozen=True)
class Aggregation:
    """direct: each signal is a warning. grouped: one warning per group ('officer' or 'org') and month."""

    mode: str
    group: str | None = None
    min_signals: int = 5
    min_peer_ratio: float = 2.0


@dataclass(frozen=True)
class Source:
    """A query for the raw rows a hit rests on, with a Chinese title."""

    title: str
    sql: str


@dataclass(frozen=True)
class Peers:
    """What the peers section compares: among whom, which value in which unit, and where the rule draws its lines.

    A limit is a number, the name of a parameter, or 'threshold' for the warning's own.
    """

    among: str
    title: str
    unit: str = ""
    limits: tuple[float | str, ...] = ()


class Definition(Protocol):
    """What is read from a file with a head and sections of SQL, and run: a model, an indicator.

    `inputs` are the datasets and columns behind it, `marts` the marts it reads; `label` names it in a sentence.
    """

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def parameters(self) -> tuple[Parameter, ...]: ...
    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def marts(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Rule:
    """A model: its description, its SQL sections and the sha256 of its file.

    `inputs` are the datasets and columns it rests on, those behind the marts it reads (`marts`, names of tables) among
    them. `subject` is a dataset name; `branches` and `evidence` give the Chinese titles of what the evidence JSON
    holds; `false_positives` are texts of the form “情形：如何处理”, `decisions` of the form “问题：决定”. `limits`
    is what speaks against the model in law, () in texts kept from before it was asked. `nature` is 明线 (a bright line)
    or 统计 (a comparison with peers). A run that flags more than `max_share` of the subjects it tested is held back; a
    verified precision below `precision_floor` gives the owner a task. `false_alarms` is how many of 1,000 tested
    subjects a 统计 model may flag by chance alone, None for a 明线 one; `bench truth` measures it on clean cities.
    `ordered` lists the names of thresholds that must not come down from one to the next, the mildest level first; equal
    ones leave a level out.
    """

    id: str
    name: str
    title: str
    risk: str
    rationale: str
    law: tuple[Law, ...]
    inputs: dict[str, tuple[str, ...]]
    parameters: tuple[Parameter, ...]
    subject: str
    value_title: str
    unit: str
    level_logic: str
    branches: dict[str, str]
    evidence: dict[str, str]
    aggregation: Aggregation
    period: str
    exclusions: tuple[str, ...]
    assumptions: tuple[str, ...]
    false_positives: tuple[str, ...]
    offline_check: tuple[str, ...]
    owner: str
    nature: str
    max_share: float
    precision_floor: float
    hash: str
    path: Path
    sections: dict[str, str]
    sources: tuple[Source, ...]
    group_sources: tuple[Source, ...]
    limits: tuple[Limit, ...] = ()
    decisions: tuple[str, ...] = ()
    peers: Peers | None = None
    false_alarms: float | None = None
    ordered: Sequence[Sequence[str]] = ()
    marts: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"模型 {self.id}"

    @property
    def cases_path(self) -> Path:
        return self.path.with_suffix(".cases.yaml")

    @property
    def grouped(self) -> bool:
        return self.aggregation.mode == "grouped"
