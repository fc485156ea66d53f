"""What was planted: one row per subject, for training, the bench and the tests of the rules."""

from dataclasses import dataclass, field

import numpy as np
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

    parts: list[dict[str, np.ndarray]] = field(default_factory=list)

    def add(self, rows: pd.DataFrame, **constants: object) -> None:
        """Rows with at least subject_id; `constants` are arrays, or values that fill whole columns."""
        given = {name: rows[name].to_numpy() for name in rows if name in TRUTH_SCHEMA.names}
        for name, value in constants.items():
            given[name] = value if isinstance(value, np.ndarray) and value.ndim else np.full(len(rows), value)
        if len(rows):
            self.parts.append({name: values.astype(object) for name, values in given.items()})

    def table(self) -> pa.Table:
        if not self.parts:
            return TRUTH_SCHEMA.empty_table()
        rows = pd.concat([pd.DataFrame(part) for part in self.parts], ignore_index=True)
        rows = rows.reindex(columns=TRUTH_SCHEMA.names)
        rows = rows.sort_values(["rule_id", "kind", "branch", "subject_id"], kind="stable", ignore_index=True)
        rows["occurred_on"] = pd.to_datetime(rows["occurred_on"]).dt.date
        return pa.Table.from_pandas(rows, schema=TRUTH_SCHEMA, preserve_index=False)
