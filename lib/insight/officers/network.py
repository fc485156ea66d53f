"""The network of one officer, firm or case: who and what is tied to it by declaration or match, two steps at most.

A tie is a lead for verification, not a finding. What lies outside the viewer's scope is neither drawn nor counted.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from lib.access import NotVisible, Viewer, under
from lib.access.masking import HIDDEN
from lib.casework.store.register import Register
from lib.insight.names import officer_labels, officer_names, subject_titles
from lib.insight.officers.ties import CASE, FIRM, OFFICER, RELATIVE, WARNING, Kin, Ties, kind_of, node, number_of
from lib.warehouse.store import Warehouse

NAMES = {OFFICER: "人员", RELATIVE: "亲属", FIRM: "企业", CASE: "案件", WARNING: "预警"}
UNITS = {OFFICER: "人", RELATIVE: "人", FIRM: "家", CASE: "件", WARNING: "件"}
CENTRES = (OFFICER, FIRM, CASE)
# How many of a kind stand by themselves around the centre; beyond, those that nothing else ties to it stand together.
MOST = 8
# The same around each of these, the fewer the larger the whole gets.
_FEW, _NODES = (4, 2, 1, 0), 48


@dataclass(frozen=True)
class Node:
    """One point. `number` is its own within the network and tells nothing; `step` how far from the centre it is.

    about: the address of its own network, empty where there is none. warning_id, officer_id: what it opens. level: of
    a warning. count: of a group, how many it stands for. parent: the number of the node it hangs on.
    """

    number: str
    kind: str
    label: str
    detail: str
    step: int
    parent: str = ""
    about: str = ""
    warning_id: str = ""
    officer_id: str = ""
    level: str = ""
    count: int = 1


@dataclass(frozen=True, eq=False)
class Network:
    """The network of `about` as the viewer may see it on the day `today`, the centre first among the nodes.

    ties: from, to (numbers of nodes), from_label, to_label, tie, source, start, end (NaT where unknown).
    groups: by the number of a node that stands for many, each of them: rest (its label), tie, source, start, end,
    about, warning_id, officer_id.
    revealed: whether firms are named. grouped: whether anything stands together.
    """

    about: str
    today: date
    revealed: bool
    nodes: tuple[Node, ...] = field(repr=False)
    ties: pd.DataFrame = field(repr=False)
    groups: dict[str, pd.DataFrame] = field(repr=False)

    @property
    def centre(self) -> Node:
        """What the network is about."""
        return self.nodes[0]

    @property
    def grouped(self) -> bool:
        """Whether some are not drawn by themselves."""
        return bool(self.groups)


def centre_of(row: pd.Series) -> str | None:
    """The address of the network of a warning, a row of the warning list: of its case or firm, else of its officer."""
    subject = {"penalty_case": CASE, "enterprise": FIRM}.get(row["subject_type"])
    if subject == CASE or (subject == FIRM and len(row["subject_id"]) == 18):
        return node(str(subject), row["subject_id"])
    return None if pd.isna(row["officer_id"]) or not row["officer_id"] else node(OFFICER, row["officer_id"])


@under("view", "officer")
def network(register: Register, warehouse: Warehouse, viewer: Viewer, about: str, revealed: bool = False) -> Network:
    """The network around officer:P1, firm:USCC or case:C1; firms are named for whoever may and has asked to.

    Raises Forbidden without the right to see integrity files; NotVisible where the centre is outside the viewer's
    scope, is the viewer, has no tie or is not there: the four read the same.
    """
    if kind_of(about) not in CENTRES:
        raise NotVisible()
    ties = Ties(register, warehouse, viewer)
    if kind_of(about) == OFFICER and about not in ties.kin.officers:
        raise NotVisible()
    drawn = _Drawing(ties, about)
    if not drawn.found and kind_of(about) != OFFICER:
        raise NotVisible()
    return _told(drawn, ties, warehouse, viewer, revealed and viewer.may("reveal", "officer"))


class _Drawing:
    """Which nodes stand by themselves, and which together with what they hang on.

    found: every tie within two steps, by the two nodes. step, parent: of each node that stands by itself, in the order
    they were met. groups: (what it hangs on, kind) to its members.
    """

    def __init__(self, ties: Ties, about: str) -> None:
        self._ties = ties
        first = ties.touching([about])
        ring = _ends(first) - {about}
        self._levels = ties.warnings["level_order"].to_dict()
        second = ties.touching(ring) if ring else first
        self.found: dict[tuple[str, str], list[int]] = defaultdict(list)
        every = pd.concat([first, second, ties.kin_of(_ends(second))], ignore_index=True)
        self.rows = every.drop_duplicates(ignore_index=True)
        self._beside: dict[str, set[str]] = defaultdict(set)
        self._date: dict[str, pd.Timestamp] = {}
        for row in self.rows.itertuples():
            a, b = str(row.a), str(row.b)
            self.found[a, b].append(int(row.Index))
            self._beside[a].add(b)
            self._beside[b].add(a)
            for end in (a, b):
                if not pd.isna(row.start):
                    self._date[end] = max(self._date.get(end, row.start), row.start)
        near = self._near(about)
        for few in _FEW:
            self.step, self.parent = {about: 0}, {about: ""}
            self.groups: dict[tuple[str, str], list[str]] = {}
            self._around(about, MOST, near | {one for one in self._beside if kind_of(one) == WARNING})
            tied = (near | set(self.step)) - {one for one in self.step if kind_of(one) in (OFFICER, CASE)}
            for one in list(self.step)[1:]:
                self._around(one, few, tied)
            if len(self.step) + len(self.groups) <= _NODES:
                break

    def _near(self, about: str) -> set[str]:
        """Relatives and firms within two declared or registered steps of the centre (of a case: of its party)."""
        people, reached = {OFFICER, RELATIVE, FIRM}, {about}
        if kind_of(about) == CASE:
            reached |= {one for one in self._beside[about] if kind_of(one) in (RELATIVE, FIRM)}
        kin = self._ties.kin_of(self._beside)
        beside: dict[str, set[str]] = defaultdict(set)
        for a, b in zip(kin["a"], kin["b"], strict=True):
            beside[a].add(b)
            beside[b].add(a)
        for _ in range(2):
            reached |= {other for one in reached for other in beside[one] if kind_of(other) in people}
        return reached - {about}

    def _around(self, one: str, most: int, near: set[str]) -> None:
        """Put the neighbours of a node that are not there yet: by themselves, or of many those tied to `near` too."""
        new: dict[str, list[str]] = defaultdict(list)
        for other in self._beside[one]:
            if other not in self.step:
                new[kind_of(other)].append(other)
        for kind in NAMES:
            found = sorted(new[kind], key=self._order)
            if len(found) > most:
                tied = [other for other in found if (self._beside[other] - {one}) & near]
                alone = tied[:MOST]
                if rest := [other for other in found if other not in alone]:
                    # A group of one is that one.
                    alone, rest = (found, []) if len(rest) == 1 else (alone, rest)
                if rest:
                    self.groups[one, kind] = rest
            else:
                alone = found
            for other in alone:
                self.step[other], self.parent[other] = self.step[one] + 1, one

    def _order(self, key: str) -> tuple[float, float, str]:
        """Graver warnings first, then what is newest."""
        when = self._date.get(key)
        level = self._levels.get(number_of(key), 0) if kind_of(key) == WARNING else 0
        return float(level), 0.0 if when is None else -when.timestamp(), key


def _ends(ties: pd.DataFrame) -> set[str]:
    return set(ties["a"]) | set(ties["b"])


def _told(drawn: _Drawing, ties: Ties, warehouse: Warehouse, viewer: Viewer, revealed: bool) -> Network:
    """The drawing in words."""
    about = next(iter(drawn.step))
    members = [one for rest in drawn.groups.values() for one in rest]
    words = _Words([*drawn.step, *members], ties, warehouse, drawn, revealed)
    numbers = {key: f"n{place}" for place, key in enumerate(drawn.step)}
    nodes = [words.node(key, numbers[key], drawn.step[key], numbers.get(drawn.parent[key], "")) for key in drawn.step]
    parts = [_rows(drawn, numbers, words)]
    groups = {}
    for (parent, kind), rest in drawn.groups.items():
        number, count = f"{kind}-{numbers[parent]}", len(rest)
        each = _members(_rows(drawn, {parent: parent} | {one: one for one in rest}, words), rest)
        label = f"{NAMES[kind]} {count:,} {UNITS[kind]}"
        groups[number] = each.assign(rest=[words.whole(one) for one in rest], **words.opened(rest))
        said = "、".join(sorted({one for both in each["tie"] for one in both.split("、")}))
        nodes.append(Node(number, kind, label, said, drawn.step[parent] + 1, numbers[parent], count=count))
        together = {
            "from": numbers[parent], "to": number, "from_label": words.label(parent), "to_label": label, "tie": said,
            "source": _and(each["source"]), "start": each["start"].min(), "end": each["end"].max(),
        }  # fmt: skip
        parts.append(pd.DataFrame([together]))
    shown = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return Network(about, warehouse.as_of, revealed, tuple(nodes), shown, groups)


def _members(ties: pd.DataFrame, rest: list[str]) -> pd.DataFrame:
    """One row for each of those that stand together."""
    member = ties["to"].where(ties["to"].isin(rest), ties["from"])
    together = {"tie": _and, "source": _and, "start": "min", "end": "max"}
    return ties[member.isin(rest)].groupby(member).agg(together).reindex(rest).reset_index(drop=True)


def _and(texts: pd.Series) -> str:
    return "、".join(dict.fromkeys(texts))


def _rows(drawn: _Drawing, numbers: dict[str, str], words: "_Words") -> pd.DataFrame:
    """The ties among some nodes, nearest to the centre first."""
    order = {key: place for place, key in enumerate(numbers)}
    found = []
    for (a, b), rows in drawn.found.items():
        if a in numbers and b in numbers:
            first, last = sorted((a, b), key=order.__getitem__)
            found += [(order[first], order[last], first, last, row) for row in rows]
    ties = drawn.rows.loc[[row for *_, row in sorted(found)]].reset_index(drop=True)
    ends = [(first, last) for _, _, first, last, _ in sorted(found)]
    start, end = [first for first, _ in ends], [last for _, last in ends]
    return pd.DataFrame(
        {
            "from": [numbers[key] for key in start],
            "to": [numbers[key] for key in end],
            "from_label": [words.label(key) for key in start],
            "to_label": [words.label(key) for key in end],
            "tie": ties["tie"],
            "source": ties["source"],
            "start": ties["start"],
            "end": ties["end"],
        }
    )


class _Words:
    """What the nodes are called, masked."""

    def __init__(self, keys: list[str], ties: Ties, warehouse: Warehouse, drawn: _Drawing, revealed: bool) -> None:
        self._warnings, self._drawn, self._revealed = ties.warnings, drawn, revealed
        by_kind: dict[str, list[str]] = defaultdict(list)
        for key in dict.fromkeys(keys):
            by_kind[kind_of(key)].append(key)
        self._labels: dict[str, str] = {}
        self._matters: dict[str, str] = {}
        numbers = pd.Series([number_of(key) for key in by_kind[OFFICER]], dtype="object")
        self._labels |= dict(zip(by_kind[OFFICER], officer_labels(officer_names(warehouse), numbers), strict=True))
        subjects = {"penalty_case": by_kind[CASE], "enterprise": by_kind[FIRM] if revealed else []}
        for kind, found in subjects.items():
            frame = pd.DataFrame({"subject_type": kind, "subject_id": [number_of(key) for key in found]})
            titles = dict(zip(found, subject_titles(frame, warehouse), strict=True))
            # A case by its number alone; what it is about beside it.
            self._labels |= {
                key: title.partition(" ")[0] if kind == "penalty_case" else title for key, title in titles.items()
            }
            self._matters |= {key: title.partition(" ")[2] for key, title in titles.items() if kind == "penalty_case"}
        if not revealed:
            self._labels |= {key: f"企业{place}（名称{HIDDEN}）" for place, key in enumerate(by_kind[FIRM], 1)}
        self._labels |= {key: self._warning(number_of(key)) for key in by_kind[WARNING]}
        self._labels |= {key: self._relative(key, ties.kin) for key in by_kind[RELATIVE]}

    def label(self, key: str) -> str:
        """What a node is called."""
        return self._labels[key]

    def whole(self, key: str) -> str:
        """What a node is called, and what it is about."""
        return " ".join(part for part in (self._labels[key], self._detail(key)) if part)

    def node(self, key: str, number: str, step: int, parent: str) -> Node:
        """A node in words."""
        kind, opened = kind_of(key), self.opened([key])
        return Node(
            number,
            kind,
            self.label(key),
            self._detail(key),
            step,
            parent,
            about=opened["about"][0],
            warning_id=opened["warning_id"][0],
            officer_id=opened["officer_id"][0],
            level=str(self._warnings.at[number_of(key), "level"]) if kind == WARNING else "",
        )

    def opened(self, keys: list[str]) -> dict[str, list[str]]:
        """about, warning_id, officer_id of nodes. The number of a firm that is not named stands in no address."""
        centres = (OFFICER, CASE, *([FIRM] if self._revealed else []))
        return {
            "about": [key if kind_of(key) in centres else "" for key in keys],
            "warning_id": [number_of(key) if kind_of(key) == WARNING else "" for key in keys],
            "officer_id": [number_of(key) if kind_of(key) == OFFICER else "" for key in keys],
        }

    def _warning(self, number: str) -> str:
        row = self._warnings.loc[number]
        return f"{row['level_zh']} {row['rule_label']}"

    def _relative(self, key: str, kin: Kin) -> str:
        """What the officers shown have declared the person to be."""
        rows = kin.ties[kin.ties["b"].eq(key) & kin.ties["a"].isin(self._drawn.step)]
        several = rows["a"].nunique() > 1
        said = [
            f"{self._labels.get(officer, '')} {tie}" if several else str(tie)
            for officer, tie in zip(rows["a"], rows["tie"], strict=True)
        ]
        return "、".join(dict.fromkeys(said)) or NAMES[RELATIVE]

    def _detail(self, key: str) -> str:
        if kind_of(key) == WARNING:
            row = self._warnings.loc[number_of(key)]
            conclusion = "" if pd.isna(row["conclusion"]) else f" · {row['conclusion']}"
            return f"{row['number']} · {row['state']}{conclusion}"
        if kind_of(key) == CASE:
            return self._matters[key]
        return number_of(key) if kind_of(key) == FIRM and self._revealed else ""
