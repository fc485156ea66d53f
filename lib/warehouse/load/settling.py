"""What is in doubt about the columns of one table, and what people have answered for its source.

Where the file says two things, or too little, or its amounts lie far from what is usual, the column is in doubt: its
rows wait in quarantine until a person has answered once for that source.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from lib.catalog.private import mask_text
from lib.warehouse.load.doubts import UNIT, Answers, Doubt
from lib.warehouse.load.header import Column, Mapping
from lib.warehouse.load.quarantine import kept
from lib.warehouse.load.sheet import Sheet

SAMPLES = 6
# Fewer values than this tell nothing of a column.
FEWEST_VALUES = 3


@dataclass
class Settling:
    """Works through the columns of one table; gathers what is in doubt and what the report says."""

    con: duckdb.DuckDBPyConnection
    sheet: Sheet
    mapping: Mapping
    answers: Answers
    doubts: list[Doubt] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)

    @property
    def _source(self) -> str:
        return self.mapping.source

    def choice(self, name: str, kind: str, evidence: str) -> str | None:
        """What a person chose for a column."""
        # Rows that come back from quarantine have lost the titles around their table.
        back = self.mapping.reference is not None
        return self.answers.choice(self._source, name, kind, None if back else evidence)

    def ask(
        self,
        name: str,
        kind: str,
        why: str,
        belief: str,
        options: Iterable[str],
        evidence: str,
        samples: Iterable[str] | None = None,
    ) -> None:
        """One more doubt about a column; its first values show it unless `samples` do."""
        column = self.mapping.columns.get(name)
        heading = column.heading if column else name
        shown = self._samples(column) if samples is None and column else list(samples or ())
        self.doubts.append(
            Doubt(
                self._source,
                name,
                kind,
                self.mapping.dataset.name,
                self.mapping.dataset.title,
                mask_text(heading, facts=False),
                why,
                belief,
                tuple(options),
                tuple(kept(heading, sample) or "" for sample in shown),
                evidence,
                self.sheet.label,
            )
        )

    def _samples(self, column: Column) -> list[str]:
        cell = f"c{column.index}"
        sql = f"select {cell} from raw where trim({cell}) <> '' group by all order by min(row_no) limit {SAMPLES}"
        return [text for (text,) in self.con.execute(sql).fetchall()]

    def drop(self, name: str) -> None:
        """Leave a column out, as somebody chose."""
        column = self.mapping.columns.pop(name)
        self.mapping.ignored.append(f"{column.heading}（经确认不采用）")

    def unit_answer(self, name: str) -> tuple[str | None, str]:
        """The unit that was chosen for what the file says, and which way its amounts were off when it was."""
        back = self.mapping.reference is not None
        answer = self.answers.latest(self._source, name, UNIT)
        if answer is None:
            return None, ""
        told, _, size = answer.doubt.evidence.partition("|")
        return (answer.choice, size) if back or told == self.told[name] else (None, "")
