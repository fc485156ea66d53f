"""The app as a real server and a real browser on it, for tests and pictures."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Mobile Safari/537.36"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# How a browser draws: what a map needs, computed; or nothing but pages, at two thirds of the work.
_DRAWING = {True: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"], False: ["--disable-gpu"]}


NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"),
        reason="没有系统浏览器：apt-get install chromium fonts-noto-cjk 后再运行浏览器测试",
    ),
]


_SERVERS: dict[str, subprocess.Popen] = {}


@contextmanager
def app(home: Path, *options: str) -> Iterator[str]:
    """The app on a home, served with these options; yields its address, ends the server afterwards."""
    command = [sys.executable, "-m", "lib", "serve", *options]
    with started(command, {**os.environ, "COCKPIT_HOME": str(home)}) as address:
        yield address


@contextmanager
def started(command: list[str], environment: Mapping[str, str]) -> Iterator[str]:
    """A server that takes --server.port, on a free one; yields its address, ends it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([*command, "--server.port", str(port)], cwd=ROOT, env=dict(environment))
    address = f"http://127.0.0.1:{port}"
    _SERVERS[address] = server
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def kill(address: str) -> None:
    """End a server as a crash does: at once and without a word."""
    _SERVERS[address].kill()
    _SERVERS[address].wait(timeout=20)


_DRIVERS: list[Playwright] = []


@contextmanager
def _driver() -> Iterator[Playwright]:
    """What drives the browsers: a thread has one at a time, whoever needs a browser beside another's shares it."""
    if _DRIVERS:
        yield _DRIVERS[0]
        return
    with sync_playwright() as driver:
        _DRIVERS.append(driver)
        try:
            yield driver
        finally:
            _DRIVERS.clear()


@contextmanager
def browser(width: int = 1440, height: int = 900, maps: bool = True) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser context, and the list of every request it made to another machine. `maps`: whether maps are drawn."""
    with _driver() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *_DRAWING[maps]])
        strangers: list[str] = []
        try:
            yield _context(chromium, width, height, strangers), strangers
        finally:
            chromium.close()


@contextmanager
def beside(context: BrowserContext, strangers: list[str], width: int, height: int) -> Iterator[BrowserContext]:
    """Another context of the same browser, its requests to other machines in the same list."""
    assert context.browser is not None
    found = _context(context.browser, width, height, strangers)
    try:
        yield found
    finally:
        found.close()


def _context(chromium: Browser, width: int, height: int, strangers: list[str]) -> BrowserContext:
    # A narrow window stands for a phone, and a phone says so.
    phone: dict[str, Any] = {"user_agent": PHONE, "has_touch": True} if width < 600 else {}
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **phone)

    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            strangers.append(url)

    context.on("request", lambda request: note(request.url))
    context.on("page", lambda page: page.on("websocket", lambda socket_: note(socket_.url)))
    return context


def opened(context: BrowserContext, address: str) -> Page:
    """A page at this address, settled."""
    page = context.new_page()
    page.goto(address)
    settle(page)
    return page


def settle(page: Page, seconds: float = 45.0) -> None:
    """Wait until the page's script has been still, and its charts drawn, for 0.7 seconds on end.

    A click reaches the server some time after it was made: still once is not enough on a busy machine.
    """
    page.wait_for_selector('[data-testid="stApp"]', timeout=seconds * 1000)
    page.evaluate("window.stillSince = null")
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            const busy = document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
            const still = app && app.getAttribute('data-test-script-state') === 'notRunning' && !busy;
            window.stillSince = still ? (window.stillSince ?? performance.now()) : null;
            return still && performance.now() - window.stillSince >= 700;
        }""",
        # Asked at every frame, the page would be drawn sixty times a second for nothing.
        polling=100,
        timeout=seconds * 1000,
    )
