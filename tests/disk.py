"""A real disk of the tests' own, small enough to be filled, and made to go bad: a file system in a file, mounted."""

import os
import runpy
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from lib.casework.store import register

_MIB = 1 << 20
_BALLAST = "ballast"


@dataclass(frozen=True)
class Disk:
    """A file system mounted at `place`, made in the file `image`."""

    place: Path
    image: Path

    def fill(self, leave: int = 0) -> None:
        """Fill it up with a file, but for `leave` bytes."""
        with open(self.place / _BALLAST, "ab", buffering=0) as file:
            for size in (_MIB, 4096, 1):
                with suppress(OSError):
                    while True:
                        file.write(b"\xff" * size)
            if leave:
                os.ftruncate(file.fileno(), file.tell() - leave)
            os.fsync(file.fileno())

    def free(self) -> None:
        """Give back what was filled up."""
        (self.place / _BALLAST).unlink()

    def go_bad(self) -> None:
        """As after an error of the device: the system lets nobody write any more, whoever has files open."""
        device = Path(_told("findmnt", "-no", "SOURCE", str(self.place))).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("1")
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                (self.place / "asked").touch()
            except OSError:
                return
            time.sleep(0.01)
        raise AssertionError("the disk can still be written to")

    def mend(self) -> None:
        """Look it through and mount it again; nobody may have a file of it open."""
        _told("umount", str(self.place))
        # 1: mended.
        assert subprocess.run(["e2fsck", "-fy", self.image], capture_output=True).returncode in (0, 1)
        _told("mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.place))
        (self.place / "asked").unlink(missing_ok=True)


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def lasting() -> Iterator[None]:
    """What is committed to a file waits for the disk, as shipped: what other tests commit does not."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(register, "SYNCHRONOUS", runpy.run_path(register.__file__)["SYNCHRONOUS"])
        yield


@contextmanager
def disk(megabytes: int) -> Iterator[Disk]:
    """A disk of so many megabytes that any account may look into; skips the test where none can be mounted."""
    with lasting(), tempfile.TemporaryDirectory(prefix="disk-") as folder:
        Path(folder).chmod(0o711)
        found = Disk(Path(folder) / "disk", Path(folder) / "disk.img")
        found.place.mkdir()
        with open(found.image, "wb") as file:
            file.truncate(megabytes * _MIB)
        try:
            # Nothing kept back for root, who runs the tests in a container.
            _told("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", "-E", "lazy_itable_init=0", str(found.image))
            _told("mount", "-o", "loop,errors=remount-ro", str(found.image), str(found.place))
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"这里不能挂载磁盘（需要 root 和 loop 设备）：{getattr(error, 'stderr', '') or error}")
        try:
            yield found
        finally:
            # Lazily: what a failed test still holds open goes when it is closed.
            _told("umount", "-l", str(found.place))
