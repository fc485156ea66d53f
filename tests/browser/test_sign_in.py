"""Signed in with a password in a real browser: for all its windows, through reloads and a restart, until left."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lib.casework.accounts import people, sign_in
from lib.casework.store.register import open_register
from tests.browser import served
from tests.cities import handmade

pytestmark = served.NEEDS_BROWSER

PASSWORD = "一个很长的密码1234"
AT = datetime(2022, 9, 25)


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    handmade.put(tmp_path, synthetic=False)
    register = open_register(tmp_path)
    people.enter_person(register, person_id="admin", name="某甲", role="office", area_code=None, list_ids=[], at=AT)
    sign_in.set_password(register, "admin", PASSWORD, AT)
    return tmp_path


def _signed_in(page: Page) -> bool:
    """Whether a page shows its data; else it asks for account and password."""
    served.settle(page)
    asks = page.get_by_label("密码").count()
    assert asks == (page.get_by_text("数据截至").count() == 0)
    return not asks


@pytest.mark.scale
def test_one_sign_in_serves_all_windows_through_reloads_until_one_leaves(real: Path) -> None:
    with served.browser(maps=False) as (context, strangers):
        with served.app(real) as address:
            page = context.new_page()
            page.goto(f"{address}/workbench?w_standing=全部")
            assert not _signed_in(page)
            page.get_by_label("账号").fill("admin")
            page.get_by_label("密码").fill(PASSWORD)
            with page.expect_response("**/sign-in") as answer:
                page.get_by_role("button", name="登录", exact=True).click()
            assert answer.value.status == 204
            assert _signed_in(page) and "w_standing" in page.url
            held = next(one for one in context.cookies() if one["name"] == "cockpit_person")
            assert held["httpOnly"] and held["sameSite"] == "Lax"
            assert held["value"] not in page.evaluate("document.cookie + JSON.stringify({...sessionStorage})")
            page.reload()
            assert _signed_in(page)
            with context.expect_page() as opened:
                page.locator(".stHtml a").first.click(modifiers=["Control"])
            other = opened.value
            assert _signed_in(other)
            page.goto(f"{address}/map")
            assert _signed_in(page)
            page.go_back()
            assert _signed_in(page) and "/workbench" in page.url
        with served.app(real) as address:
            page.goto(f"{address}/workbench")
            other.goto(f"{address}/data")
            assert _signed_in(page) and _signed_in(other)
            page.get_by_test_id("stPopoverButton").filter(has_text="某甲").click()
            page.get_by_role("button", name="退出登录").click()
            page.get_by_label("密码").wait_for()
            other.reload()
            assert not _signed_in(other)
            page.reload()
            assert not _signed_in(page)
        assert strangers == []
