"""The levels of a warning, gravest first: code, name, order."""

LEVELS = {"red": "红", "orange": "橙", "yellow": "黄"}
# The colour of each, on screen and on paper; always beside its word or shape.
COLOURS = {"red": "#c0262d", "orange": "#e07a1f", "yellow": "#e6b800"}
# What stands in a level when nothing was found and chance picked the subject: it comes after all levels.
SPOT_CHECK = "check"
NAMES = {**LEVELS, SPOT_CHECK: "抽查"}
ORDER = {code: place for place, code in enumerate(NAMES)}


def level_name(code: str) -> str:
    """红色, 橙色, 黄色, or 抽查: the name as a sentence says it."""
    return f"{LEVELS[code]}色" if code in LEVELS else NAMES[code]


def graver(code: str, than: str) -> bool:
    """Whether one level is graver than another."""
    return ORDER[code] < ORDER[than]
