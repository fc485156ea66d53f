"""nginx as deploy/nginx.conf sets it up, on ports and with a certificate of its own, for as long as a block lasts."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lib.catalog.dataset import ROOT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
_CONF = ROOT / "deploy" / "nginx.conf"
_AROUND = """\
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/cockpit.conf;
}}
"""


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    (folder / "tls.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kind = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "tls.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *kind))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configured(folder: Path, ports: tuple[int, int], tls: int, plain: int) -> Path:
    """The configuration that is shipped, with these ports in place of its own, and all it writes below `folder`."""
    _certificate(folder)
    text = _CONF.read_text(encoding="utf-8")
    for shipped, own in zip((8501, 8502), ports, strict=True):
        text = re.sub(rf"\b{shipped}\b|(?<=cockpit_){shipped}\b", str(own), text)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("listen 443", f"listen 127.0.0.1:{tls}")
    text = text.replace("/etc/cockpit/", f"{folder}/").replace("/var/lib/nginx/cockpit", f"{folder}/cache")
    (folder / "cockpit.conf").write_text(text, encoding="utf-8")
    conf = folder / "nginx.conf"
    conf.write_text(_AROUND.format(folder=folder), encoding="utf-8")
    return conf


@contextmanager
def proxied(folder: Path, ports: tuple[int, int]) -> Iterator[int]:
    """nginx before two processes of the app; its port, which speaks TLS."""
    port = free_port()
    conf = configured(folder, ports, port, free_port())
    assert NGINX is not None
    server = subprocess.Popen([NGINX, "-c", str(conf), "-e", str(folder / "error.log")], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            raise RuntimeError((folder / "error.log").read_text(encoding="utf-8"))
        yield port
    finally:
        server.terminate()
        server.wait()
