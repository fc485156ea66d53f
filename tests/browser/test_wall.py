"""The wall in a real browser: on both screens without scrolling, large enough, turning by itself, naming nobody."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.bench.wall import measure
from tests.browser import served
from tests.pages.wall.test_wall import names

pytestmark = served.NEEDS_BROWSER

# The smallest letters, and the parts of which something is cut off or out of sight.
LOOKED = """() => {
  const root = document.querySelector("#wall").shadowRoot;
  const scale = Math.min(innerWidth / 1920, innerHeight / 1080);
  const told = [...root.querySelectorAll("main *, header *, footer *")].filter((one) =>
    [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()));
  const sizes = told.map((one) => {
    const drawn = one.ownerSVGElement;
    const inside = drawn ? drawn.getScreenCTM().a : scale;
    return parseFloat(getComputedStyle(one).fontSize) * inside;
  });
  const cut = [...root.querySelectorAll("main, main *")].filter((one) => !one.closest("svg"))
    .filter((one) => one.scrollHeight > one.clientHeight + 2 && getComputedStyle(one).display !== "inline");
  const outside = told.filter((one) => {
    const box = one.getBoundingClientRect();
    return box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
  });
  const page = document.scrollingElement;
  return {
    smallest: Math.min(...sizes) / scale,
    cut: cut.map((one) => one.className || one.tagName),
    outside: outside.map((one) => one.textContent),
    scrolls: page.scrollHeight > innerHeight || page.scrollWidth > innerWidth,
    dark: getComputedStyle(document.querySelector("#wall")).backgroundColor,
    controls: root.querySelectorAll("a, button, input, select").length,
  };
}"""


def turned(page: Page, turn: int) -> None:
    page.wait_for_selector(f'html[data-wall="{turn}"]', state="attached", timeout=60_000)


# On the larger screen everything is twice as large.
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), pytest.param(3840, 2160, marks=pytest.mark.scale)])
def test_every_page_of_the_wall_fits_and_can_be_read_from_afar(
    app: str, small_city: Path, width: int, height: int
) -> None:
    known = names(small_city)
    with served.browser(width, height, maps=False) as (context, strangers):
        page = context.new_page()
        got: list[bytes] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda sent: got.append(_bytes(sent))))
        page.goto(f"{app}/?screen=wall&every=1.5")
        for turn in range(5):
            turned(page, turn)
            found = page.evaluate(LOOKED)
            assert (found["cut"], found["outside"], found["scrolls"], found["controls"]) == ([], [], False, 0), turn
            assert found["smallest"] >= 21.5 and found["dark"] == "rgb(11, 26, 43)", turn
        page.evaluate("() => { cockpitWall.turns = 5000; window.before = true; }")
        page.wait_for_function("() => window.before === undefined && document.documentElement.dataset.wall >= 0")
        heard = b"".join(got).decode("utf-8", "ignore")
        assert "预警地图" in heard and sorted(name for name in known if name in heard) == []
        assert strangers == []


def _bytes(sent: object) -> bytes:
    return sent if isinstance(sent, bytes) else str(sent).encode()


@pytest.mark.scale
def test_the_wall_comes_back_by_itself_after_the_server_did(small_city: Path, tmp_path: Path) -> None:
    home = tmp_path / "city"
    shutil.copytree(small_city, home)
    found = measure(home, refreshes=120, every=0.4)
    assert len(found["restarts"]) == 2 and found["faults"] == 0 and found["requests_elsewhere"] == 0
    assert found["js_heap"]["most"] < 40
