"""The pictures of the manual: what a screen shows of a page, from the pictures that `bench pictures` makes."""

import io
from functools import lru_cache

from PIL import Image

from lib.catalog.dataset import ROOT

FOLDER = ROOT / "docs" / "pictures"
DESK, PHONE = 1440, 390
# So much of a page stands on a screen of that width.
_HEIGHTS = {DESK: 900, PHONE: 844}


@lru_cache(maxsize=128)
def picture(name: str, width: int) -> bytes:
    """The top of a page's picture at a width, as PNG."""
    with Image.open(FOLDER / f"{name}-{width}.png") as whole:
        part = whole.crop((0, 0, whole.width, min(whole.height, _HEIGHTS[width])))
        out = io.BytesIO()
        part.save(out, "PNG", optimize=True)
    return out.getvalue()
