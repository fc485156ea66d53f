"""What each figure means, from the code that computes it: the definition its tile shows, and what it counts."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lib.insight.clues import rates
from lib.insight.data import datasets
from lib.insight.figure import CLUES, DATASETS, DEFINITIONS, NOTICES
from lib.insight.grid import dispatches
from lib.insight.help.entry import FIGURES, Entry, Right
from lib.insight.help.text import Block, Paragraph, Rows
from lib.insight.kpi import clues, groups, notices, warnings
from lib.insight.kpi.told import Ratio
from lib.insight.library import items
from lib.insight.map import risk
from lib.insight.movement import BEFORE, THEN
from lib.insight.officers import integrity_file
from lib.insight.overview import six
from lib.insight.ranking import officers
from lib.insight.rules import health
from lib.insight.stated import Stated

_RIGHTS: dict[str, Right] = {CLUES: ("view", "clue"), NOTICES: ("view", "notice"), DATASETS: ("view", "dataset")}
_WARNINGS: Right = ("view", "warning")


class _Told(NamedTuple):
    """A figure that is explained: its id, where it stands, its definition, and how it is worked out."""

    id: str
    stated: Stated
    how: str = ""
    page: str = ""
    right: Right | None = None
    called: str = ""


_NEVER = "分母为零时显示「—」，不算作 100%；点开是分母的清单。"


def _ratio(one: Ratio) -> _Told:
    (part, above), (whole, below) = one.above, one.below
    counts = (above, below, *(name for _, name in one.beside))
    return _Told(above, Stated(one.title, one.meaning, counts), f"**{part} ÷ {whole}**。{_NEVER}")


def _figures() -> Iterable[_Told]:
    """The figures in the order in which the pages show them; ids are those of their addresses."""
    yield _Told("generated", six.GENERATED)
    yield _Told("open", six.WAITING)
    yield _ratio(clues.DISPOSED)
    yield _ratio(clues.CLOSED)
    yield _ratio(warnings.on_time_ratio())
    yield _ratio(warnings.VERIFIED)
    yield _ratio(warnings.red_ratio())
    yield _ratio(warnings.UNTRUE)
    yield _ratio(warnings.TO_CLUE)
    yield _ratio(warnings.RECURRED)
    yield _Told("ended", warnings.WAITING)
    yield _Told("steady", warnings.REDUCTION)
    yield _Told("followed_up", clues.FOLLOWED_UP)
    yield _ratio(notices.MENDED)
    yield _ratio(notices.PASSED)
    yield _Told("fresh", groups.FRESH)
    of_page: dict[str, tuple[Right, dict[str, Stated]]] = {
        "map": (_WARNINGS, {"counted": risk.COUNTED, "rate": risk.RATE, "rank": risk.RANK}),
        "ranking": (
            ("view", "ranking"),
            {
                "compared": officers.COMPARED, "clear": officers.CLEAR, "insufficient": officers.INSUFFICIENT,
                "counted": officers.COUNTED, "ratio": officers.RATIO, "both": officers.BOTH, "work": officers.WORK,
            },
        ),
        "clues": (
            ("view", "clue"),
            {
                "disposal": rates.DISPOSAL, "closing": rates.CLOSING, "opinion": rates.OPINION, "taken": rates.TAKEN,
                "waiting": rates.WAITING, "overdue": rates.OVERDUE,
            },
        ),
        "officer": (
            ("view", "officer"),
            {
                "recent": integrity_file.RECENT, "true": integrity_file.FOUND_TRUE,
                "complaints": integrity_file.COMPLAINTS, "overturned": integrity_file.OVERTURNED,
                "certified": integrity_file.CERTIFIED,
            },
        ),
        "items": (
            ("view", "item"),
            {
                "decided": items.DECIDED, "fined": items.WITH_FINE, "undecided": items.UNDECIDED,
                "fines": items.FINES,
            },
        ),
        "models": (
            ("view", "rule"),
            {f"state{number}": of for number, (of, _) in enumerate(health.TILES)} | {"waiting": health.WAITING},
        ),
        "data": (
            ("view", "dataset"),
            {
                "fresh": datasets.FRESH, "amount": datasets.AMOUNT, "newest": datasets.NEWEST,
                "aside": datasets.ASIDE,
            },
        ),
        "grid": (("view", "grid"), {"rate": dispatches.RATE}),
    }  # fmt: skip
    for page, (right, found) in of_page.items():
        for name, stated in found.items():
            called = "预警率（每千件或每千次）" if stated is risk.RATE else ""
            yield _Told(f"{page}.{name}", stated, page=page, right=right, called=called)


# What a definition leaves to its page, told in general.
_GENERAL: Mapping[str, str] = {
    "days": "",
    "population": "",
    "secret": "；内部密级的信访，无权查看的人看到的件数里不计",
    "today": "当日",
    "before": THEN[BEFORE],
}


def figures(limits: Mapping[str, int]) -> tuple[Entry, ...]:
    """An entry for every figure that a tile shows, and for what else a number on a page counts; `limits` are those of
    lib.insight.grid.dispatches in force."""
    found = [_entry(one, limits) for one in _figures()]
    told = {name for one in _figures() for name in one.stated.counts}
    # Numbers beside the tiles: what each counts, together where they stand together.
    rest: dict[tuple[str, str], list[str]] = {}
    for name, definition in DEFINITIONS.items():
        if name not in told:
            rest.setdefault((definition.where, definition.tile), []).append(name)
    for (where, tile), names in rest.items():
        title = f"{tile}（{where}）"
        found.append(Entry(f"figure.{names[0]}", title, FIGURES, _counts(names), _right(names)))
    return (*found, _grid(limits))


def _entry(one: _Told, limits: Mapping[str, int]) -> Entry:
    known = {**_GENERAL, "owed": dispatches.meaning("owed", dict(limits))}
    if one.page in ("officer", "ranking"):
        known["days"] = "近 12 个月内"
    meaning = one.stated.told(**known) if "{" in one.stated.meaning else one.stated.meaning
    counts = list(one.stated.counts)
    how = (Paragraph(one.how),) if one.how else ()
    blocks: tuple[Block, ...] = (Paragraph(meaning), *how, *(_counts(counts) if counts else ()))
    # A tile may say more than the figure's title: the period before it, what it is set against after it.
    card = f"figure-*{one.stated.title}{'*' if one.called else ''}"
    title, right = one.called or one.stated.title, one.right or _right(counts)
    return Entry(f"figure.{one.id}", title, FIGURES, blocks, right, one.page, (card,), under=one.page)


def _right(names: list[str]) -> Right:
    return _RIGHTS.get(DEFINITIONS[names[0]].kind, _WARNINGS)


def _counts(names: list[str]) -> tuple[Block, ...]:
    rows = tuple(
        (DEFINITIONS[name].title, f"{DEFINITIONS[name].where}「{DEFINITIONS[name].tile}」", _moment(name))
        for name in names
    )
    return (Rows(("其中的件数", "在哪里", "算到何时"), rows),)


def _moment(name: str) -> str:
    return "所选期间" if DEFINITIONS[name].timed else "此刻或固定的期间，不随所选期间变"


def _grid(limits: Mapping[str, int]) -> Entry:
    rows = tuple((part.title, dispatches.meaning(name, dict(limits))) for name, part in dispatches.PARTS.items())
    blocks: tuple[Block, ...] = (
        Paragraph(
            "网格闭环页上的每个件数都按下面的口径计，点开就是这些派单。超期、复发、即结的界限随模型 M16 的在用版本。"
        ),
        Rows(("件数", "口径"), rows),
    )
    return Entry(
        "figure.grid", "网格派单的各个件数", FIGURES, blocks, ("view", "grid"), "grid", ("grid-total",), "grid"
    )
