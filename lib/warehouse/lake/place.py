"""Where a lake lies: a folder of this machine, or a bucket of an S3-compatible store whose address somebody gave.

Nothing but that address is ever asked: region, endpoint and keys are given, so that the client library looks for none.
"""

import hashlib
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from lib.errors import UserError

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ENDPOINT = re.compile(r"(https?)://([^\s/?#@]+)/?")
_KEYS = {"access_key": "AWS_ACCESS_KEY_ID", "secret_key": "AWS_SECRET_ACCESS_KEY"}
_MENDED = "请检查地址、网络和权限后再试；清单最后才写，旧的一份仍然有效。"


class Counted:
    """A file being written: passes on what it is given, and counts and hashes it."""

    def __init__(self, stream: IO[bytes] | pa.NativeFile) -> None:
        self._stream, self._hash, self.size = stream, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += memoryview(data).nbytes
        self._stream.write(data)
        return memoryview(data).nbytes

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    # What pyarrow asks of a file; it is closed by whoever opened it.
    closed = False

    def flush(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Place:
    """A lake's files, by their path below its root."""

    url: str
    _files: fs.FileSystem
    _root: str

    @property
    def folder(self) -> Path | None:
        """The folder it lies in, when it is one of this machine."""
        return Path(self._root) if isinstance(self._files, fs.LocalFileSystem) else None

    @contextmanager
    def written(self, path: str) -> Iterator[Counted]:
        """A file to write, there as a whole when the block ends well; what lies there otherwise is in no manifest."""
        if self.folder is not None:
            with _written_whole(self.folder / path) as stream:
                yield Counted(stream)
            return
        with self._told(path):
            stream = self._files.open_output_stream(f"{self._root}/{path}")
            # Closing is what puts the object there: without it nothing is.
            yield Counted(stream)
            stream.close()

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None when there is none."""
        try:
            with self._told(path), self._files.open_input_stream(f"{self._root}/{path}") as stream:
                return stream.read()
        except FileNotFoundError:
            return None

    def sha256(self, path: str) -> str | None:
        """The sha256 of a file as it lies there, or None when there is none."""
        found = hashlib.sha256()
        try:
            with self._told(path), self._files.open_input_stream(f"{self._root}/{path}") as stream:
                while block := stream.read(1 << 22):
                    found.update(block)
        except FileNotFoundError:
            return None
        return found.hexdigest()

    def rows(self, path: str) -> int:
        """The rows that the end of a Parquet file says it has."""
        with self._told(path), self._files.open_input_file(f"{self._root}/{path}") as stream:
            return pq.read_metadata(stream).num_rows

    def sizes(self) -> dict[str, int]:
        """Every file by its path, with its bytes."""
        below = fs.FileSelector(self._root, allow_not_found=True, recursive=True)
        with self._told(""):
            found = self._files.get_file_info(below)
        return {one.path[len(self._root) + 1 :]: one.size for one in found if one.is_file}

    def remove(self, path: str) -> None:
        """Take a file away."""
        with self._told(path):
            self._files.delete_file(f"{self._root}/{path}")
        if self.folder is not None:
            with suppress(OSError):
                # Of a month that is gone the folder stays behind empty.
                (self.folder / path).parent.rmdir()

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except (OSError, pa.ArrowException) as error:
            if self.folder is not None:
                raise
            raise UserError(f"对象存储没有办成：{self.url}/{path}，{_said(error)}。", _MENDED) from error


def _said(error: Exception) -> str:
    """What the store answered, in one line and without keys."""
    text = " ".join(str(error).split())
    for mark, why in (
        ("ACCESS_DENIED", "没有权限"),
        ("INVALID_ACCESS_KEY", "访问密钥不对"),
        ("SIGNATURE_DOES_NOT_MATCH", "访问密钥不对"),
        ("NO_SUCH_BUCKET", "没有这个存储桶"),
        ("NETWORK_CONNECTION", "连不上"),
    ):
        if mark in text:
            return why
    return text[:200]


@contextmanager
def _written_whole(path: Path) -> Iterator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    tmp = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open(tmp, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(tmp, path)
    finally:
        tmp.unlink(missing_ok=True)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def place_of(url: str, home: Path, endpoint: str | None = None) -> Place:
    """The lake at a folder, at file://… or at s3://bucket/prefix of the store at `endpoint`.

    The keys of a store come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or lake.toml of the home,
    which may also hold endpoint and region. Raises UserError for what is no such address, or when something is missing.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return _bucket(url, parts.netloc, unquote(parts.path).strip("/"), _settings(home, endpoint))
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        folder = Path(unquote(parts.path))
    elif parts.scheme == "" and url:
        folder = Path(url)
    else:
        raise UserError(
            f"不认识的位置：{url}。", "请写一个文件夹、file:///文件夹，或 s3://存储桶/前缀 并给出 --endpoint。"
        )
    folder = folder.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} 不是文件夹。", "请另给一个文件夹。")
    return Place(url, fs.LocalFileSystem(), str(folder))


def _settings(home: Path, endpoint: str | None) -> dict[str, str]:
    path = home / "lake.toml"
    held: dict[str, Any] = {}
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise UserError(f"{path} 含密钥而别人可以读。", f"请运行 chmod 600 {path}。")
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise UserError(f"对象存储的设置读不了：{path}。", "请检查文件的权限和 TOML 写法。") from error
    unknown = sorted(set(held) - {*_KEYS, "endpoint", "region"})
    if unknown:
        raise UserError(
            f"{path} 里有不认识的项：{'、'.join(unknown)}。", "可写 access_key、secret_key、endpoint、region。"
        )
    named = {name: os.environ.get(variable) for name, variable in _KEYS.items()}
    given = {"endpoint": endpoint, **named}
    found = {"region": "us-east-1", **held, **{name: value for name, value in given.items() if value}}
    missing = [_KEYS[name] for name in _KEYS if not found.get(name)]
    if missing:
        raise UserError(
            f"没有对象存储的访问密钥：{'、'.join(missing)}。", f"请设好这些环境变量，或写在 {path}（chmod 600）。"
        )
    if not found.get("endpoint"):
        raise UserError(
            "没有给出对象存储的地址，不会去找公网上的存储。", "请加 --endpoint，例如 --endpoint http://10.0.0.8:9000。"
        )
    return {name: str(value) for name, value in found.items()}


def _bucket(url: str, bucket: str, prefix: str, settings: dict[str, str]) -> Place:
    endpoint = _ENDPOINT.fullmatch(settings["endpoint"])
    if endpoint is None:
        raise UserError(
            f"对象存储的地址不对：{settings['endpoint']}。", "请写协议、主机和端口，例如 http://10.0.0.8:9000。"
        )
    if not _BUCKET.fullmatch(bucket):
        raise UserError(f"存储桶的名称不对：{url}。", "请写成 s3://存储桶/前缀。")
    # Without these the client library asks the network which machine it is on, and reads another user's settings.
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    # Checksums of its own that many a store does not know; a manifest has better ones.
    os.environ["AWS_REQUEST_CHECKSUM_CALCULATION"] = os.environ["AWS_RESPONSE_CHECKSUM_VALIDATION"] = "when_required"
    files = fs.S3FileSystem(
        access_key=settings["access_key"],
        secret_key=settings["secret_key"],
        region=settings["region"],
        scheme=endpoint[1],
        endpoint_override=endpoint[2],
        connect_timeout=5,
        request_timeout=60,
        # A small file in one request instead of three.
        allow_delayed_open=True,
    )
    return Place(url.rstrip("/"), files, f"{bucket}/{prefix}".rstrip("/"))
