"""A new model or indicator to start from: small, running, with cases that pass."""

import re
from pathlib import Path

from lib.rules.errors import RuleError
from lib.rules.indicators.read import INDICATORS
from lib.rules.read import RULES

_NAME = r"(?P<id>{letter}[0-9]{{2}})_(?P<name>[a-z][a-z0-9_]*)"


def new_rule(name: str, folder: Path = RULES) -> tuple[Path, Path]:
    """Write rules/NAME.sql and rules/NAME.cases.yaml and return both paths.

    Raises RuleError when the name is not like M20_short_name or its number is taken.
    """
    return _new("模型", "M20", name, folder, Path(__file__).parent / "template" / "rule.sql")


def new_indicator(name: str, folder: Path = INDICATORS) -> tuple[Path, Path]:
    """Write rules/indicators/NAME.sql and NAME.cases.yaml there and return both paths.

    Raises RuleError when the name is not like I32_short_name or its number is taken.
    """
    return _new("指标", "I32", name, folder, Path(__file__).parent / "indicators" / "template" / "indicator.sql")


def _new(what: str, like: str, name: str, folder: Path, template: Path) -> tuple[Path, Path]:
    parts = re.fullmatch(_NAME.format(letter=like[0]), name)
    if parts is None:
        hint = f"应形如 {like}_short_name：编号两位数，名称为小写英文和下划线。"
        raise RuleError(f"{what}名称 {name} 不合要求。", hint)
    taken = next(folder.glob(f"{parts['id']}_*.sql"), None)
    if taken is not None:
        raise RuleError(f"编号 {parts['id']} 已被 {taken.name} 使用。", "请换一个编号。")
    paths = folder / f"{name}.sql", folder / f"{name}.cases.yaml"
    for path, source in zip(paths, (template, template.with_name("cases.yaml")), strict=True):
        text = source.read_text(encoding="utf-8")
        for key, value in parts.groupdict().items():
            text = text.replace(f"{{{key}}}", value)
        path.write_text(text, encoding="utf-8")
    return paths
