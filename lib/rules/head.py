"""What the heads of all files with SQL sections have in common: shapes of their parts, and whether inputs are there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lib.catalog import load_catalog
from lib.warehouse.marts.of_rules import rule_marts

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT}


def shaped(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """The schema of an object with these keys and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


LAW = shaped({"article": TEXT, "mark": {"enum": ["已核", "待核"]}})
INPUTS = {"type": "object", "minProperties": 1, "additionalProperties": {**TEXTS, "minItems": 1, "uniqueItems": True}}


def input_faults(
    subject: str, inputs: Mapping[str, Sequence[str]], others: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[str]:
    """What is wrong with a subject and declared inputs; `others` are tables by name that are no datasets."""
    catalog, others = load_catalog(), others or {}
    if subject not in catalog and subject not in others:
        yield f"subject {subject} 不是数据目录中的数据集"
    for dataset, columns in inputs.items():
        known: Sequence[str] | Mapping[str, str]
        if dataset in catalog:
            known = catalog[dataset].column_names
        elif dataset in others:
            known = others[dataset]
        elif dataset in rule_marts():
            known = rule_marts()[dataset].columns
        else:
            yield f"inputs 中的 {dataset} 不是数据目录中的数据集"
            continue
        unknown = [column for column in columns if column not in known]
        if unknown:
            yield f"inputs 中 {dataset} 没有列 {'、'.join(unknown)}"
