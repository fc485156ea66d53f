"""What a lake no longer needs: manifests of generations past keeping, and files that no kept manifest names."""

import re
from pathlib import Path

from lib.errors import UserError
from lib.warehouse.generation import keeping
from lib.warehouse.lake.manifest import manifest_of
from lib.warehouse.lake.place import Place
from lib.warehouse.lake.publishing import alone

_KEPT = re.compile(r"manifests/gen-\d{6,}\.json")
# What publishing writes, whole or left behind by one that died; nothing else in the folder is touched.
_OURS = re.compile(
    r"[a-z0-9_]+/(\w+=[\w-]+/)?[0-9a-f]{32}\.parquet(\.\d+\.tmp)?|(manifests/gen-\d+|manifest)\.json\.\d+\.tmp"
)


def prune_lake(home: Path, place: Place) -> dict[str, int]:
    """Remove what no kept manifest names; returns the paths that went, with their bytes.

    Kept are the manifest in force and the newest `last` of data/generations.yaml. Raises UserError when nothing was
    published there or a kept manifest is damaged: then nobody knows what may go; and while the home publishes, whose
    files no manifest names yet.
    """
    with alone(home):
        return _pruned(place)


def _pruned(place: Place) -> dict[str, int]:
    in_force = manifest_of(place)
    if in_force is None:
        raise UserError(f"{place.url} 里还没有发布过数据。", "请先运行 python -m lib publish --to 同一位置。")
    there = place.sizes()
    manifests = sorted((path for path in there if _KEPT.fullmatch(path)), reverse=True)
    kept = {*manifests[: keeping().last], in_force.kept_as}
    named = {one.path for one in in_force.files}
    for path in kept & set(manifests):
        found = manifest_of(place, path)
        named |= {one.path for one in found.files} if found else set()
    gone = {
        path: size
        for path, size in there.items()
        if (_OURS.fullmatch(path) and path not in named) or (_KEPT.fullmatch(path) and path not in kept)
    }
    # Manifests first: a reader never finds one whose files are gone.
    for path in sorted(gone, key=lambda path: not _KEPT.fullmatch(path)):
        place.remove(path)
    return gone
