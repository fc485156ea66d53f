"""A new model to start from: a small rule that runs, with cases that pass, to be turned into what is meant."""

import re
from pathlib import Path

from lib.rules.errors import RuleError
from lib.rules.read import RULES

_TEMPLATE = Path(__file__).parent / "template"
_NAME = re.compile(r"(?P<id>M[0-9]{2})_(?P<name>[a-z][a-z0-9_]*)")


def new_rule(name: str, folder: Path = RULES) -> tuple[Path, Path]:
    """Write rules/NAME.sql and rules/NAME.cases.yaml and return both paths.

    Raises RuleError when the name is not like M20_short_name or its number is taken.
    """
    parts = _NAME.fullmatch(name)
    if parts is None:
        raise RuleError(f"模型名称 {name} 不合要求。", "应形如 M20_short_name：编号两位数，名称为小写英文和下划线。")
    taken = next(folder.glob(f"{parts['id']}_*.sql"), None)
    if taken is not None:
        raise RuleError(f"编号 {parts['id']} 已被 {taken.name} 使用。", "请换一个编号。")
    paths = folder / f"{name}.sql", folder / f"{name}.cases.yaml"
    for path, template in zip(paths, ("rule.sql", "cases.yaml"), strict=True):
        text = (_TEMPLATE / template).read_text(encoding="utf-8")
        for key, value in parts.groupdict().items():
            text = text.replace(f"{{{key}}}", value)
        path.write_text(text, encoding="utf-8")
    return paths
