"""The steps of exercising a power, the integrity risk points of each and the models that watch them
(data/library/steps.yaml)."""

from functools import lru_cache
from typing import NamedTuple

from lib import yamltext
from lib.catalog.dataset import ROOT


class Risk(NamedTuple):
    """An integrity risk point of a step, and the models that watch it."""

    risk: str
    models: tuple[str, ...]


class Step(NamedTuple):
    """A step of exercising a power: those of one stage come in any order, whatever comes later is a stage further."""

    name: str
    stage: int
    risks: tuple[Risk, ...]
    law: str = ""

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that watches one of its risk points, once."""
        return tuple(dict.fromkeys(model for risk in self.risks for model in risk.models))


class Point(NamedTuple):
    """A risk point where it stands: its step, itself, who watches it, on what it rests."""

    step: str
    risk: Risk
    law: str


@lru_cache(maxsize=1)
def steps() -> tuple[Step, ...]:
    """The steps in order."""
    text = (ROOT / "data" / "library" / "steps.yaml").read_text(encoding="utf-8")
    return tuple(
        Step(
            raw["name"],
            raw["stage"],
            tuple(Risk(r["risk"], tuple(r["models"])) for r in raw["risks"]),
            raw.get("law", ""),
        )
        for raw in yamltext.parse(text)["steps"]
    )


@lru_cache(maxsize=1)
def points() -> dict[str, Point]:
    """Every risk point by what it is called: 立案：有案不立、压案不查."""
    return {f"{step.name}：{risk.risk}": Point(step.name, risk, step.law) for step in steps() for risk in step.risks}
