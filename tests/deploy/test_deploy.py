"""What deploy/ sets up: nginx takes its configuration; readers reach the process that holds their session, and come
back on another process when theirs dies."""

import asyncio
import os
import re
import subprocess
from pathlib import Path

import pytest

from lib.casework.accounts import signed_in
from lib.casework.accounts.people import enter_person
from lib.casework.store.register import open_register
from lib.catalog.dataset import ROOT
from lib.ui.server import handover
from lib.ui.server.door import PROCESS
from lib.warehouse.clock import now
from tests.bench.page import _serve
from tests.cities import handmade
from tests.deploy.proxy import NGINX, configured, proxied
from tests.deploy.reader import Reader

with_nginx = pytest.mark.skipif(NGINX is None and not os.environ.get("CI"), reason="no nginx")
DEPLOY = ROOT / "deploy"


@with_nginx
def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    conf = configured(tmp_path, (8501, 8502), 8443, 8080)
    assert NGINX is not None
    tried = subprocess.run(
        [NGINX, "-t", "-c", str(conf), "-e", str(tmp_path / "e.log")], capture_output=True, text=True
    )
    assert tried.returncode == 0 and "warn" not in tried.stderr, tried.stderr


@with_nginx
def test_what_nginx_keeps_lies_below_the_folder_that_its_package_makes() -> None:
    """nginx makes the last folder of a path alone."""
    assert NGINX is not None
    built = subprocess.run([NGINX, "-V"], capture_output=True, text=True, check=True).stderr
    temp = re.search(r"--http-proxy-temp-path=(\S+)/proxy", built)
    kept = re.search(r"^proxy_cache_path (\S+)/cockpit ", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"), re.M)
    assert temp is not None and kept is not None and kept[1] == temp[1]


def test_every_process_of_the_configuration_has_its_upstream_and_a_second_one() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    mapped = dict(re.findall(r"^    (\d+) +(cockpit_\d+);", text, re.MULTILINE))
    assert len(mapped) >= 2 and all(name == f"cockpit_{port}" for port, name in mapped.items())
    assert f"$cookie_{PROCESS} " in text
    upstreams = dict(re.findall(r"upstream (cockpit_\w+) \{(.*?)\}", text, re.DOTALL))
    assert set(upstreams) == {"cockpit_any", *mapped.values()}
    for name, held in upstreams.items():
        assert set(re.findall(r"server 127\.0\.0\.1:(\d+)", held)) == set(mapped), name
        first = re.findall(r"server 127\.0\.0\.1:(\d+) max_fails", held)
        assert first == ([name.removeprefix("cockpit_")] if name != "cockpit_any" else list(mapped))


def test_the_units_start_commands_that_there_are() -> None:
    units = {path.name: path.read_text(encoding="utf-8") for path in DEPLOY.glob("*.service")}
    assert re.findall(r"-m lib (.*)", units["cockpit@.service"]) == ["serve --server.port %i --host ${COCKPIT_HOST}"]
    assert re.findall(r"-m lib (.*)", units["cockpit-run.service"]) == ["run"]
    for text in units.values():
        assert "UMask=0077" in text and "IPAddressDeny=any" in text and "User=cockpit" in text


def _signed_in(home: Path) -> dict[str, str]:
    """The cookie of somebody who signed in on real data."""
    register = open_register(home)
    at = now().replace(microsecond=0)
    enter_person(register, person_id="zhou", name="周主任", role="office", area_code=None, list_ids=[], at=at)
    return {handover.COOKIE: signed_in.begin(register, signed_in.secret(home), "zhou", now())}


def _dead(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()


@with_nginx
def test_readers_keep_to_their_process_and_come_back_signed_in_when_it_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = handmade.put(tmp_path / "home", synthetic=False)
    monkeypatch.setenv("COCKPIT_HOME", str(home))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    person = _signed_in(home)
    (tmp_path / "nginx").mkdir()
    servers = {str(port): process for process, port in (_serve(["lib", "serve"]), _serve(["lib", "serve"]))}
    one, other = servers
    try:
        with proxied(tmp_path / "nginx", (int(one), int(other))) as port:
            asyncio.run(_life(port, person, servers))
    finally:
        for process in servers.values():
            _dead(process)


async def _life(port: int, person: dict[str, str], servers: dict[str, subprocess.Popen]) -> None:
    readers = [Reader(port, "data", cookies=person) for _ in range(4)]
    for reader in readers:
        assert reader.ask("/") == 200
        await reader.open()
        await reader.rerun()
        assert any("周主任" in text for text in reader.texts), reader.texts
    assert {reader.process for reader in readers} == set(servers), "least_conn spreads them over both"

    for reader in readers:
        assert reader.upload() == 204
    astray = readers[0].process
    readers[0].cookies[PROCESS] = next(one for one in servers if one != astray)
    assert readers[0].upload() == 403, "a session is known to its own process only"
    readers[0].cookies[PROCESS] = astray
    assert readers[0].upload() == 204

    lost = [reader for reader in readers if reader.process == astray]
    _dead(servers[astray])
    for reader in lost:
        await reader.back()
        assert reader.process != astray and any("周主任" in text for text in reader.texts)
        assert reader.upload() == 204
    for reader in readers:
        await reader.rerun()
        assert reader.faults == []
        await reader.close()
