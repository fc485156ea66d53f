"""What was planted: one row per subject, for training, the bench and the tests of the rules."""

from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

TRUTH_SCHEMA = pa.schema(
    [
        ("rule_id", pa.string()),
        ("kind", pa.string()),
        ("branch", pa.string()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
        ("level", pa.string()),
        ("officer_id", pa.string()),
        ("org_id", pa.string()),
        ("area_code", pa.string()),
        ("occurred_on", pa.date32()),
        ("near_threshold", pa.bool_()),
        ("in_window", pa.bool_()),
        ("group_id", pa.string()),
        ("group_period", pa.string()),
        ("note", pa.string()),
    ]
)


@dataclass
class Truth:
    """Collects truth rows; `table()` gives them in TRUTH_SCHEMA, ordered by rule, kind, branch and subject."""

    frames: list[pd.DataFrame] = field(default_factory=list)

    def add(self, rows: pd.DataFrame, **constants: object) -> None:
        """Rows with at least subject_id and occurred_on; `constants` fill whole columns."""
        if len(rows):
            self.frames.append(rows.assign(**constants).reindex(columns=TRUTH_SCHEMA.names))

    def table(self) -> pa.Table:
        if not self.frames:
            return TRUTH_SCHEMA.empty_table()
        order = ["rule_id", "kind", "branch", "subject_id"]
        rows = pd.concat([frame.astype(object) for frame in self.frames], ignore_index=True)
        rows = rows.sort_values(order, kind="stable", ignore_index=True)
        for flag in ("near_threshold", "in_window"):
            rows[flag] = [False if pd.isna(value) else bool(value) for value in rows[flag]]
        rows["occurred_on"] = pd.to_datetime(rows["occurred_on"]).dt.date
        return pa.Table.from_pandas(rows, schema=TRUTH_SCHEMA, preserve_index=False)
