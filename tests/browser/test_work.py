"""A morning by keyboard alone: no pointer from the first row to the prompt that is sent, and back to the list."""

import re
from pathlib import Path

from playwright.sync_api import Page

from lib.access.personas import personas
from lib.casework.reading.visible import objects
from tests.browser import served
from tests.browser.hand import saved
from tests.cities import handmade

pytestmark = served.NEEDS_BROWSER

INSPECTOR = next(viewer for viewer in personas(True) if viewer.person_id == "demo-inspector")
FOUND = "案卷无延期审批，超期属实。"
# Letters that are keys elsewhere are letters here.
ASKED = "请说明超期原因，并报送延期审批材料（skjfrc.pdf）。"
# Whether what has the focus, or the row it stands in, shows so: drawn round it.
SEEN = """() => {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    const shown = (one) => one && getComputedStyle(one).outlineStyle !== "none";
    return at !== document.body && Boolean(shown(at) || shown(at.closest("tr")) || shown(at.closest("[data-baseweb]")));
}"""

# What has the focus, in words.
FOCUSED = """() => {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return `${at.tagName} ${at.getAttribute("aria-label") ?? at.innerText ?? ""}`.trim().slice(0, 40);
}"""


# A list that is gone as soon as a key is pressed, before the page has seen the key.
CLOSES_AT_ONCE = """() => {
    const list = document.body.appendChild(document.createElement("div"));
    list.setAttribute("role", "listbox");
    document.addEventListener("keydown", () => list.remove(), { once: true });
}"""


class _Keys:
    """A keyboard on a page, and nothing else."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)

    def go(self, *keys: str) -> None:
        """Move the focus, and see where it is."""
        for key in keys:
            self.press(key)
            assert self._page.evaluate(SEEN), key

    def until(self, key: str, label: str) -> None:
        """Move the focus until it is on what has this label; an explanation in between is passed over."""
        field = self._page.get_by_label(re.compile(f"^{label}")).locator("visible=true").last
        passed = []
        for _ in range(8):
            self.go(key)
            if field.evaluate("one => one.getRootNode().activeElement === one || one.contains(document.activeElement)"):
                return
            passed.append(self._page.evaluate(FOCUSED))
        raise AssertionError(f"{label} is not reached by {key}: {passed}")

    def type(self, text: str) -> None:
        self._page.keyboard.type(text)


def test_a_morning_by_keyboard_alone(tmp_path: Path) -> None:
    home = handmade.put(tmp_path / "city")
    with served.app(home) as address, served.browser(maps=False) as (context, strangers):
        page = served.opened(context, f"{address}/?as=demo-inspector")
        keys, row = _Keys(page), page.locator("tbody tr[data-id]")
        assert page.locator(".tallies a.on").inner_text().startswith("待我办理")
        count = row.count()
        first, second = (row.nth(place).get_attribute("data-id") for place in (0, 1))

        # Signed from the list, it is due later: the next one has its place, and the focus.
        keys.go("j", "j", "k")
        keys.press("s")
        page.get_by_text("已签收 M01 超期·久拖不决").wait_for()
        served.settle(page)
        assert row.count() == count and row.nth(0).get_attribute("data-id") == second != first
        assert "开始核查" in page.locator(f"tr[data-id='{first}']").inner_text()
        assert page.evaluate(SEEN)
        listed = [str(one.get_attribute("data-id")) for one in row.all()]

        def opened(one: str, place: int) -> None:
            page.wait_for_url(f"**id={one.partition('/')[2]}*")
            served.settle(page)
            page.get_by_text(f"第 {place} 条，共 {count} 条").wait_for()

        keys.press("Enter")
        opened(listed[0], 1)
        keys.press("j")
        opened(listed[1], 2)
        keys.press("k")
        opened(listed[0], 1)

        # Signed and concluded; the next one follows.
        keys.press("s")
        saved(page, "签收并开始核查")
        served.settle(page)
        keys.go("f")
        keys.until("Tab", "核查结论")
        keys.press("Space")
        keys.until("Tab", "核查了什么")
        keys.type("调阅")
        keys.press("Enter", "Escape")
        keys.until("Tab", "情况说明")
        # The key that closes a list does not leave the field as well.
        field = page.evaluate(FOCUSED)
        page.evaluate(CLOSES_AT_ONCE)
        keys.press("Escape")
        assert page.locator("[role=listbox]").count() == 0 and page.evaluate(FOCUSED) == field
        keys.type(FOUND)
        keys.press("Control+Enter")
        opened(listed[1], 2)
        page.get_by_text("已反馈，待监督室复核").wait_for()

        # Of that one the unit is asked.
        keys.go("f", "ArrowRight")
        keys.press("Space")
        page.get_by_label(re.compile("^提示内容")).wait_for()
        served.settle(page)
        keys.until("Tab", "提示内容")
        keys.press("Control+a")
        keys.type(ASKED)
        # Out of the field and in again: the step that is chosen has the focus.
        keys.press("Escape")
        keys.go("f")
        assert page.evaluate(FOCUSED) == "BUTTON 浙政钉提示"
        keys.until("Tab", "提示内容")
        keys.press("Control+Enter")
        saved(page, "浙政钉提示")
        # What was chosen is done: what is usual stands there again, and no second prompt is a click away.
        page.get_by_role("radio", name="开始核查", checked=True).wait_for()
        served.settle(page)
        keys.go("f")
        assert page.evaluate(FOCUSED) == "BUTTON 开始核查"

        # Out of the page: the row one left has the focus.
        keys.press("Escape")
        page.locator(".tallies").wait_for()
        served.settle(page)
        assert page.evaluate(SEEN)
        assert page.locator("tr.opened").get_attribute("data-id") == listed[1]
        assert strangers == []
    register, warehouse = handmade.opened(home)
    concluded = objects(register, INSPECTOR, warehouse, "warning").set_index("warning_id")
    assert concluded.loc[listed[0].partition("/")[2], ["state", "conclusion"]].tolist() == ["已反馈", "属实"]
    assert objects(register, INSPECTOR, warehouse, "prompt")["asked"].tolist() == [ASKED]
