"""An S3-compatible store on loopback, in memory: what pyarrow asks of one, no more, and who asked."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


@dataclass
class Store:
    """Buckets by name, each objects by key; uploads in parts by their id. `refusing` answers every write with 403."""

    buckets: dict[str, dict[str, bytes]]
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    keys: set[str] = field(default_factory=set)
    refusing: bool = False
    endpoint: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer leaves at once: head and body apart would each wait for the other side's word.
    disable_nagle_algorithm = True
    store: Store

    def log_message(self, *_: object) -> None: ...

    def _asked(self) -> tuple[str, str, dict[str, str]]:
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        self.store.keys.add(self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0])
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return bucket, key, query

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _fault(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def do_HEAD(self) -> None:
        bucket, key, _ = self._asked()
        held = self.store.buckets.get(bucket)
        if held is None or (key and key not in held):
            self._answer(404)
        elif key:
            self._answer(200, held[key], ETag=_tag(held[key]), Last_Modified="Thu, 01 Sep 2022 00:00:00 GMT")
        else:
            self._answer(200)

    def do_GET(self) -> None:
        bucket, key, query = self._asked()
        held = self.store.buckets.get(bucket)
        if held is None:
            self._fault(404, "NoSuchBucket")
        elif not key:
            self._answer(200, _listing(held, query), Content_Type="application/xml")
        elif key not in held:
            self._fault(404, "NoSuchKey")
        else:
            first, last = 0, len(held[key]) - 1
            asked = self.headers.get("Range", "").removeprefix("bytes=")
            if asked:
                first, last = int(asked.partition("-")[0]), min(last, int(asked.partition("-")[2] or last))
            ranged = {"Content_Range": f"bytes {first}-{last}/{len(held[key])}"} if asked else {}
            self._answer(206 if asked else 200, held[key][first : last + 1], ETag=_tag(held[key]), **ranged)

    def do_PUT(self) -> None:
        bucket, key, query = self._asked()
        body = self._body()
        if self.store.refusing or bucket not in self.store.buckets:
            self._fault(403, "AccessDenied") if self.store.refusing else self._fault(404, "NoSuchBucket")
        elif "partNumber" in query:
            self.store.uploads[query["uploadId"]][int(query["partNumber"])] = body
            self._answer(200, ETag=_tag(body))
        else:
            self.store.buckets[bucket][key] = body
            self._answer(200, ETag=_tag(body))

    def do_POST(self) -> None:
        bucket, key, query = self._asked()
        self._body()
        if self.store.refusing:
            self._fault(403, "AccessDenied")
        elif "uploads" in query:
            number = str(next(self.store.numbers))
            self.store.uploads[number] = {}
            self._answer(200, _told("InitiateMultipartUploadResult", bucket, key, f"<UploadId>{number}</UploadId>"))
        else:
            parts = self.store.uploads.pop(query["uploadId"])
            whole = b"".join(parts[number] for number in sorted(parts))
            self.store.buckets[bucket][key] = whole
            self._answer(200, _told("CompleteMultipartUploadResult", bucket, key, f"<ETag>{_tag(whole)}</ETag>"))

    def do_DELETE(self) -> None:
        bucket, key, _ = self._asked()
        self.store.buckets[bucket].pop(key, None)
        self._answer(204)


def _tag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _told(kind: str, bucket: str, key: str, more: str) -> bytes:
    held = f"<Bucket>{bucket}</Bucket><Key>{escape(key)}</Key>{more}"
    return f'<{kind} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{held}</{kind}>'.encode()


def _listing(held: dict[str, bytes], query: dict[str, str]) -> bytes:
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    keys = sorted(key for key in held if key.startswith(prefix))
    below = {
        key[: key.index(delimiter, len(prefix)) + 1] for key in keys if delimiter and delimiter in key[len(prefix) :]
    }
    keys = [key for key in keys if not any(key.startswith(folder) for folder in below)]
    told = [
        f"<Contents><Key>{escape(key)}</Key><Size>{len(held[key])}</Size><ETag>{_tag(held[key])}</ETag>"
        "<LastModified>2022-09-01T00:00:00.000Z</LastModified></Contents>"
        for key in keys
    ]
    told += [f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in sorted(below)]
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(told)}</ListBucketResult>".encode()


@contextmanager
def serving(*buckets: str) -> Iterator[Store]:
    """The store, answering while the block lasts."""
    store = Store({name: {} for name in buckets})
    handler = type("Handler", (_Handler,), {"store": store})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    store.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
