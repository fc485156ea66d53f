"""Text as people see it."""

import re

# No characters, or characters that turn the direction of those after them: a name must not disguise itself.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def seen(text: str) -> str:
    """`text` without control characters and without those that turn the direction of writing; breaks are spaces."""
    return " ".join(_UNSEEN.sub("", text).split())
