"""Files with a head of YAML between /*--- and ---*/ and sections of SQL after it."""

import re
from functools import lru_cache
from pathlib import Path

import yaml

from lib import yamltext
from lib.rules.errors import RuleError
from lib.rules.section import Section, sections_of

_FILE = re.compile(r"\A/\*---\n(?P<head>.*?)^---\*/\n(?P<body>.*)\Z", re.DOTALL | re.MULTILINE)


def file_error(what: str, where: str, path: Path, faults: list[str]) -> RuleError:
    """The error that names a file (模型文件, in the folder rules) and all its faults."""
    return RuleError(f"{what} {path.name} 有误：{'；'.join(faults)}。", f"请按提示修改 {where} 中的文件。")


@lru_cache(maxsize=512)
def split(what: str, where: str, path: Path, content: bytes) -> tuple[dict, list[Section]]:
    """Raw head and sections, not checked. Raises RuleError naming the file."""
    match = _FILE.match(content.decode("utf-8"))
    if match is None:
        raise file_error(what, where, path, ["首部应写在 /*--- 与 ---*/ 之间"])
    try:
        raw = yamltext.parse(match.group("head"))
    except yaml.YAMLError as error:
        raise file_error(what, where, path, [f"首部不是合法的 YAML（{' '.join(str(error).split())}）"]) from error
    return raw, sections_of(match.group("body"))
