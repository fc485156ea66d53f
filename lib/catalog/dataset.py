"""Datasets as described in data/catalog, in the Frictionless Table Schema vocabulary."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from jsonschema import Draft202012Validator

from lib import yamltext
from lib.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
CATALOG_DIR = ROOT / "data" / "catalog"

_DUCKDB_TYPES = {
    "string": "VARCHAR",
    "integer": "INTEGER",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "array": "VARCHAR[]",
}

_FIELD_SCHEMA = {
    "type": "object",
    "required": ["name", "type", "title"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "type": {"enum": list(_DUCKDB_TYPES)},
        "title": {"type": "string", "minLength": 1},
        "unit": {"type": "string"},
        "aliases": {"type": "array", "items": {"type": "string"}},
        "check": {"enum": ["uscc"]},
        "import_unit": {"enum": ["万元"]},
        "usual": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "constraints": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "required": {"type": "boolean"},
                "enum": {"type": "array", "items": {"type": "string"}},
                "minimum": {"type": "number"},
                "maximum": {"type": "number"},
                "pattern": {"type": "string"},
            },
        },
    },
}

_DATASET_SCHEMA = {
    "type": "object",
    "required": ["name", "kind", "title", "source", "freshness_days", "primaryKey", "fields"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "number": {"type": "integer", "minimum": 1},
        "kind": {"enum": ["dataset", "reference"]},
        "title": {"type": "string", "minLength": 1},
        "source": {"type": "string"},
        "freshness_days": {"type": "integer", "minimum": 1},
        "latest": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "day": {"type": "string"},
        "demo_rows": {"type": "integer", "minimum": 0},
        "primaryKey": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "foreignKeys": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["fields", "reference"],
                "properties": {
                    "fields": {"type": "string"},
                    "reference": {
                        "type": "object",
                        "required": ["resource", "fields"],
                        "properties": {"resource": {"type": "string"}, "fields": {"type": "string"}},
                    },
                },
            },
        },
        "timeOrder": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
        },
        "fields": {"type": "array", "items": _FIELD_SCHEMA, "minItems": 1},
    },
}


@dataclass(frozen=True)
class Field:
    """One column: its name, Chinese title, type, unit and what a value must satisfy. `usual` are bounds, in 元, of the
    median of a delivery; outside them the unit is in doubt."""

    name: str
    title: str
    type: str
    unit: str | None = None
    aliases: tuple[str, ...] = ()
    required: bool = False
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    check: str | None = None
    import_unit: str | None = None
    usual: tuple[float, float] | None = None

    @property
    def heading(self) -> str:
        """The title with its unit, told once: 罚款金额（万元） has it in its title."""
        if not self.unit or self.title.endswith(f"（{self.unit}）"):
            return self.title
        return f"{self.title}（{self.unit}）"

    @property
    def duckdb_type(self) -> str:
        if self.type == "number" and self.name.endswith("_amt"):
            return "DECIMAL(14,2)"
        if self.type == "number" and self.name.endswith("_wan"):
            return "DECIMAL(14,6)"
        return _DUCKDB_TYPES[self.type]


COMMON: tuple[Field, ...] = (
    Field("source_system", "来源系统", "string"),
    Field("source_pk", "来源主键", "string"),
    Field("batch_id", "批次号", "string"),
    Field("ingested_at", "入库时间", "datetime"),
    Field("area_code", "区划代码", "string"),
    Field("version_no", "版本号", "integer"),
    Field("is_void", "是否作废", "boolean"),
)


@dataclass(frozen=True)
class ForeignKey:
    """`field` must be a value of `target` in `dataset`."""

    field: str
    dataset: str
    target: str


@dataclass(frozen=True)
class Dataset:
    """One of the numbered datasets, or a reference table (number is None).

    `latest` are the columns that say when something in it last happened, was decided or recorded; `day` is the one by
    whose month a row is kept in a lake, None for a list that does not grow by the day.
    """

    name: str
    no: int | None
    kind: str
    title: str
    source: str
    freshness_days: int
    latest: tuple[str, ...]
    day: str | None
    demo_rows: int
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    time_order: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]

    @cached_property
    def all_fields(self) -> tuple[Field, ...]:
        """Own columns, then the common ones of a dataset that it does not have itself."""
        if self.kind == "reference":
            return self.fields
        own = {field.name for field in self.fields}
        return self.fields + tuple(field for field in COMMON if field.name not in own)

    @property
    def column_names(self) -> list[str]:
        return [field.name for field in self.all_fields]

    @cached_property
    def titles(self) -> dict[str, str]:
        """Column name to Chinese title."""
        return {field.name: field.title for field in self.all_fields}

    def __getitem__(self, column: str) -> Field:
        for field in self.all_fields:
            if field.name == column:
                return field
        raise KeyError(f"{self.name}.{column}")

    def create_table_sql(self, table: str | None = None) -> str:
        """DDL of the table; names come from the catalog only."""
        columns = ", ".join(f'"{field.name}" {field.duckdb_type}' for field in self.all_fields)
        return f'create table "{table or self.name}" ({columns})'


class Catalog(Mapping[str, Dataset]):
    """All datasets by name: the numbered ones in order, then the reference tables."""

    def __init__(self, datasets: list[Dataset]) -> None:
        ordered = sorted(datasets, key=lambda d: (d.no is None, d.no or 0, d.name))
        self.datasets: dict[str, Dataset] = {dataset.name: dataset for dataset in ordered}

    def __getitem__(self, name: str) -> Dataset:
        return self.datasets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.datasets)

    def __len__(self) -> int:
        return len(self.datasets)

    @property
    def numbered(self) -> list[Dataset]:
        return [dataset for dataset in self.datasets.values() if dataset.kind == "dataset"]


def _dataset(raw: dict) -> Dataset:
    fields = []
    for spec in raw["fields"]:
        constraints = spec.get("constraints", {})
        fields.append(
            Field(
                name=spec["name"],
                title=spec["title"],
                type=spec["type"],
                unit=spec.get("unit"),
                aliases=tuple(spec.get("aliases", ())),
                required=constraints.get("required", False),
                enum=tuple(constraints.get("enum", ())),
                minimum=constraints.get("minimum"),
                maximum=constraints.get("maximum"),
                pattern=constraints.get("pattern"),
                check=spec.get("check"),
                import_unit=spec.get("import_unit"),
                usual=tuple(spec["usual"]) if "usual" in spec else None,
            )
        )
    return Dataset(
        name=raw["name"],
        no=raw.get("number"),
        kind=raw["kind"],
        title=raw["title"],
        source=raw["source"],
        freshness_days=raw["freshness_days"],
        latest=tuple(raw.get("latest", ["ingested_at"])),
        day=raw.get("day"),
        demo_rows=raw.get("demo_rows", 0),
        primary_key=tuple(raw["primaryKey"]),
        foreign_keys=tuple(
            ForeignKey(key["fields"], key["reference"]["resource"], key["reference"]["fields"])
            for key in raw.get("foreignKeys", ())
        ),
        time_order=tuple((pair[0], pair[1]) for pair in raw.get("timeOrder", ())),
        fields=tuple(fields),
    )


def _check(catalog: Catalog) -> list[str]:
    """Faults across files: unknown keys, targets, duplicate numbers."""
    faults = []
    numbers: dict[int, str] = {}
    for dataset in catalog.values():
        columns = set(dataset.column_names)
        # A reference table has no common columns, and nobody asks how recent it is.
        latest = dataset.latest if dataset.kind == "dataset" else ()
        for column in (*dataset.primary_key, *latest, *(name for pair in dataset.time_order for name in pair)):
            if column not in columns:
                faults.append(f"{dataset.name}.yaml：没有列 {column}")
        if dataset.day and (dataset.day not in columns or dataset[dataset.day].type not in ("date", "datetime")):
            faults.append(f"{dataset.name}.yaml：day 写的 {dataset.day} 不是日期列")
        for key in dataset.foreign_keys:
            if key.field not in columns:
                faults.append(f"{dataset.name}.yaml：外键列 {key.field} 不存在")
            if key.dataset not in catalog or key.target not in catalog[key.dataset].column_names:
                faults.append(f"{dataset.name}.yaml：外键目标 {key.dataset}.{key.target} 不存在")
        if dataset.no is not None:
            if dataset.no in numbers:
                faults.append(f"{dataset.name}.yaml：序号 {dataset.no} 与 {numbers[dataset.no]} 重复")
            numbers[dataset.no] = dataset.name
    return faults


@lru_cache(maxsize=8)
def load_catalog(folder: Path = CATALOG_DIR) -> Catalog:
    """The catalog read from `folder`.

    Raises UserError naming every file and fault when a description is not valid.
    """
    validator = Draft202012Validator(_DATASET_SCHEMA)
    faults, datasets = [], []
    for path in sorted(folder.glob("*.yaml")):
        raw = yamltext.parse(path.read_text(encoding="utf-8"))
        errors = [f"{path.name}：{yamltext.schema_fault(error)}" for error in validator.iter_errors(raw)]
        if not errors and raw["name"] != path.stem:
            errors.append(f"{path.name}：name 应与文件名相同")
        faults += errors
        if not errors:
            datasets.append(_dataset(raw))
    catalog = Catalog(datasets)
    faults += _check(catalog)
    if faults:
        raise UserError("数据目录有误：" + "；".join(faults), "请按提示修改 data/catalog 中的文件。")
    return catalog
