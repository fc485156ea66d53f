"""Whether a lake still holds what its manifest says."""

from lib.errors import UserError
from lib.progress import Progress
from lib.warehouse.lake.manifest import Manifest, StoredFile, manifest_of
from lib.warehouse.lake.place import Place


def verify_lake(place: Place, progress: Progress | None = None) -> tuple[Manifest, list[str]]:
    """The manifest in force and what is wrong with the files it names, in Chinese; nothing when all are whole.

    Every file is read and hashed. Raises UserError when the manifest itself is missing or damaged.
    """
    tell = progress or (lambda stage, done, text: None)
    manifest = manifest_of(place)
    if manifest is None:
        raise UserError(f"{place.url} 里没有清单 manifest.json。", "请先运行 python -m lib publish --to 同一位置。")
    there = place.sizes()
    faults = [
        f"{name}：清单登记 {table.rows} 行，各文件合计 {sum(one.rows for one in table.files)} 行"
        for name, table in manifest.tables.items()
        if table.rows != sum(one.rows for one in table.files)
    ]
    for number, one in enumerate(manifest.files):
        tell("核对", number / len(manifest.files), one.path)
        faults += _faults(place, one, there.get(one.path))
    return manifest, faults


def _faults(place: Place, one: StoredFile, size: int | None) -> list[str]:
    if size is None:
        return [f"{one.path}：文件不在了"]
    if size != one.bytes:
        return [f"{one.path}：大小不对，应为 {one.bytes} 字节，实为 {size} 字节"]
    if place.sha256(one.path) != one.sha256:
        return [f"{one.path}：内容被改动，校验值不对"]
    if place.rows(one.path) != one.rows:
        return [f"{one.path}：应有 {one.rows} 行，实有 {place.rows(one.path)} 行"]
    return []
