"""How the officer ranking weighs what it counts: configuration, no law says so (data/ranking.yaml)."""

from functools import lru_cache
from typing import Any, NamedTuple

from lib import yamltext
from lib.catalog.dataset import ROOT


class RankingSettings(NamedTuple):
    """levels: points by level. roles: share of a case by role. conclusions: factor by verified conclusion; others
    count at their model's verified share. least_judged: fewer judged warnings of a model say nothing. personal: models
    that concern one person's own conduct. half_life_days: after which a warning counts half. min_exposure: units of
    work below which nobody is ranked. interval: probability of the intervals."""

    levels: dict[str, float]
    roles: dict[str, float]
    conclusions: dict[str, float]
    least_judged: int
    personal: tuple[str, ...]
    half_life_days: float
    min_exposure: float
    interval: float

    @property
    def method(self) -> dict[str, Any]:
        """What `rank_officers` is told, whoever is ranked."""
        return {"half_life_days": self.half_life_days, "min_exposure": self.min_exposure, "interval": self.interval}


@lru_cache(maxsize=1)
def ranking_settings() -> RankingSettings:
    """The content of data/ranking.yaml."""
    raw = yamltext.parse((ROOT / "data" / "ranking.yaml").read_text(encoding="utf-8"))
    return RankingSettings(**{**raw, "personal": tuple(raw["personal"])})
