"""What a person does on a page of an object: chooses among a few, writes, ticks, presses a step.

Nothing is waited for but what the person would see: what was typed reaches the server with the click that follows it.
"""

import re

from playwright.sync_api import Page


def choose(page: Page, option: str) -> None:
    """One of a few that stand side by side: a step, or the value of a field."""
    page.get_by_test_id("stButtonGroup").get_by_text(option, exact=True).first.click()


def write(page: Page, label: str, text: str) -> None:
    """Type into a form's field, and see that the draft is saved."""
    page.get_by_label(label).first.fill(text)
    page.get_by_text(re.compile("已自动保存")).first.wait_for()


def tick_first(page: Page, label: str) -> None:
    """The first of what a field offers of which one may choose several."""
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")


def press(page: Page, button: str, step: str = "") -> None:
    """The button of a step, and see that the step is recorded: `step` is its name, where the button says more."""
    page.get_by_test_id("stBaseButton-primary").get_by_text(button, exact=True).click()
    saved(page, step or button)


def saved(page: Page, step: str) -> None:
    """See the page say that a step is recorded."""
    page.get_by_test_id("stAlert").filter(has_text=re.compile(rf"已保存.*{step} · ")).first.wait_for()
