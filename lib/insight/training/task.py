"""What a trainee is set: lines that say it, the pages it is worked on, and questions to be answered."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd


class Question(NamedTuple):
    """A question: the name of its answer, what is asked, and what is on offer (code to words); `several` of them may
    be chosen, without any on offer a text is typed. `help` says how."""

    name: str
    label: str
    offered: Mapping[str, str] = {}
    several: bool = False
    help: str = ""


class Place(NamedTuple):
    """A page on which it is worked: its address, what the link says, and the parameters."""

    url_path: str
    label: str
    query: Mapping[str, str] = {}


class Task(NamedTuple):
    """All of it. `sheet`: a table that is mended, None where there is none."""

    lines: tuple[str, ...]
    places: tuple[Place, ...] = ()
    questions: tuple[Question, ...] = ()
    sheet: pd.DataFrame | None = None
    beside: pd.DataFrame | None = None


def only(given: Mapping[str, Sequence[str]], name: str) -> str:
    """The one answer of a name; empty when there is none."""
    return next(iter(given.get(name, [])), "")
