"""How a figure reads in an address: its definition, the period, and what it is cut down to."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlencode

from lib.errors import UserError
from lib.insight.figure.asked import NOW, THEN_ZH, Asked
from lib.insight.figure.cuts import CUTS
from lib.insight.figure.definitions import DATASETS, DEFINITIONS, SPOT_CHECKS
from lib.insight.period import PERIODS
from lib.rules.levels import NAMES, SPOT_CHECK

# Not `period`: that one belongs to the selector of the pages that have one, and goes when they go.
FIGURE, DURING, THEN, OF = "figure", "during", "then", "of"

Query = Mapping[str, str | list[str]]


def _unknown() -> UserError:
    return UserError("地址里的数字不认识。", "请回到原来的页面重新点开，或清除后查看全部。")


def query_of(asked: Asked) -> Query:
    """The address parameters that open the list of a figure."""
    found: dict[str, str | list[str]] = {FIGURE: asked.name}
    if asked.period:
        found[DURING] = PERIODS[asked.period]
    if asked.then:
        found[THEN] = asked.then
    if DEFINITIONS[asked.name].kind == SPOT_CHECKS:
        # No warnings: the list has them only where their level is asked for.
        found["w_levels"] = NAMES[SPOT_CHECK]
    if DEFINITIONS[asked.name].kind == DATASETS:
        found["among"] = DEFINITIONS[asked.name].words
    if asked.cuts:
        found[OF] = [f"{key}:{value}" for key, value in asked.cuts]
    return found


def text_of(asked: Asked) -> str:
    """The address of a figure in one line, for the data of a chart."""
    return urlencode(query_of(asked), doseq=True)


def asked_in_text(text: str) -> Asked:
    """What such a line asks for. Raises UserError for a figure that does not exist."""
    values = parse_qs(text)
    asked = asked_in(lambda key: values.get(key, []))
    if asked is None:
        raise _unknown()
    return asked


def asked_in(values_of: Callable[[str], list[str]]) -> Asked | None:
    """What an address asks for; None when it names no figure. Raises UserError for one that does not exist."""
    name, then = "".join(values_of(FIGURE)[:1]), "".join(values_of(THEN)[:1])
    if not name:
        return None
    keys = {title: key for key, title in PERIODS.items()}
    key = keys.get("".join(values_of(DURING)[:1]), "")
    cuts = tuple((one.partition(":")[0], one.partition(":")[2]) for one in values_of(OF))
    unknown = name not in DEFINITIONS or then not in (NOW, *THEN_ZH) or any(cut not in CUTS for cut, _ in cuts)
    if unknown or (DEFINITIONS[name].timed and not key):
        raise _unknown()
    return Asked(name, key if DEFINITIONS[name].timed or then else "", then, cuts)
