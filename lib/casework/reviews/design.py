"""How many files a look-back draws from which stratum, which ones, and how far a rate from them may be off."""

import hashlib
import math
from collections.abc import Iterable, Mapping

_Z = 1.959963984540054
LEAST = 2


def needed(population: int, error: float, expected: float) -> int:
    """How many of so many files to draw so that a rate near `expected` is known to ± `error`, with 95 % confidence.

    n0 = z² p (1 − p) / e², less where the population is small: n = n0 / (1 + (n0 − 1) / N). Cochran, Sampling
    Techniques, 3rd ed. (1977), 4.4. For ± 0.05 at 0.5 of 1,000: n0 = 384.1, n = 278; for ± 0.10 at 0.9 of 500:
    n0 = 34.6, n = 33.
    """
    if population <= 0:
        return 0
    many = _Z * _Z * expected * (1 - expected) / (error * error)
    return min(population, math.ceil(round(many / (1 + (many - 1) / population), 9)))


def allocated(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many of each stratum: in proportion to its size, by the largest remainder, at least 2 where it has 2.

    Two, because the variance within a stratum cannot be told from one (Cochran, 5A.2). With the minimum there may be
    more than wanted. In the order of the strata's names, so that the order of rows plays no part.
    """
    names, whole = sorted(sizes), sum(sizes.values())
    if not whole:
        return {}
    share = {name: wanted * sizes[name] / whole for name in names}
    found = {name: math.floor(share[name] + 1e-9) for name in names}
    rest = wanted - sum(found.values())
    for name in sorted(names, key=lambda one: (-(share[one] - found[one]), one))[: max(rest, 0)]:
        found[name] += 1
    return {name: min(sizes[name], max(found[name], LEAST)) for name in names}


def reach(sizes: Mapping[str, int], drawn: Mapping[str, int], expected: float) -> float:
    """Half the width of the 95 % interval that this design promises for a rate near `expected`.

    z √(Σ Wₕ² (1 − nₕ/Nₕ) p (1 − p) / nₕ), Wₕ = Nₕ/N (Cochran, 5.4). 33 of 500 in one stratum at 0.9: 0.0989.
    """
    whole = sum(sizes.values())
    spread = expected * (1 - expected)
    parts = ((sizes[name] / whole) ** 2 * (1 - count / sizes[name]) * spread / count for name, count in drawn.items())
    return _Z * math.sqrt(sum(parts))


def rank(seed: int, one: str) -> str:
    """Where chance puts something under a seed: the same whatever else there is and in whatever order."""
    return hashlib.sha256(f"{seed}|{one}".encode()).hexdigest()


def drawn_of(seed: int, held: Iterable[str], count: int) -> list[str]:
    """That many of a stratum, each set of that size as likely as any other: those that chance puts first."""
    return sorted(held, key=lambda one: rank(seed, one))[:count]
