"""The page before everything else on real data: who are you, or what to do when nobody may come in yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from lib.access import Viewer
from lib.casework.accounts.sign_in import LOCKED_FOR, MOST_FAILURES, any_passwords, sign_in
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.ui import message
from lib.ui.browser.look import look
from lib.ui.card import card
from lib.warehouse.clock import now

_PERSON = "python -m lib person --id 账号 --name 姓名 --role office --password"


def show(register: Register, provided: bool, signed_in: Callable[[Viewer], None], told: str = "") -> None:
    """Ask for account and password, offer the identity provider, or say how the first person is entered.

    `signed_in` is called with whoever came in, then the app runs again; `told` says why the last one was signed out.
    """
    with alone("sign-in"):
        st.markdown("### 登录")
        st.caption("内部资料。每次登录、查看和导出都会记录。")
        if told:
            st.info(told, icon=":material/info:")
        passwords = any_passwords(register)
        if provided:
            st.button("统一身份认证登录", type="primary", on_click=st.login, width="stretch")
        if passwords:
            _form(register, signed_in)
        if not provided and not passwords:
            _nobody()


@contextmanager
def alone(name: str) -> Iterator[None]:
    """A card in the middle of a page on which nothing else stands."""
    look()
    _, middle, _ = st.columns([1, 1.1, 1])
    with middle:
        st.space("medium")
        with card(name):
            yield


def _form(register: Register, signed_in: Callable[[Viewer], None]) -> None:
    with st.form("sign_in_form", border=False):
        account = st.text_input("账号", autocomplete="username", max_chars=128)
        password = st.text_input("密码", type="password", autocomplete="current-password", max_chars=200)
        pressed = st.form_submit_button("登录", type="primary", width="stretch")
    if pressed:
        try:
            signed_in(sign_in(register, account.strip(), password, now()))
        except UserError as refused:
            message.problem(refused)
        else:
            st.rerun()
    minutes = int(LOCKED_FOR.total_seconds() // 60)
    st.caption(f"连续 {MOST_FAILURES} 次不对锁定 {minutes} 分钟。没有账号或忘记密码，请联系系统管理员。")


def _nobody() -> None:
    st.markdown("**还没有人可以登录。** 请系统管理员在这台机器上登记第一个人：")
    st.code(_PERSON, language="sh", wrap_lines=True)
    st.caption(
        "运行后按提示设密码，再刷新本页。接入单位统一身份认证的，在 .streamlit/secrets.toml 的 [auth] 中配置，"
        "并用同一命令（不加 --password）登记人员。"
    )


def no_data() -> None:
    """What a home of real data says before the first file is loaded."""
    with alone("no-data"):
        st.markdown("### 还没有装载数据")
        st.markdown("这里登记为真实数据。请系统管理员在这台机器上装载文件：")
        st.code("python -m lib load 文件夹", language="sh", wrap_lines=True)
        st.caption("装载完成后刷新本页即可登录。文件可以是 CSV、JSON、Parquet 或 Excel，数据集按文件名和列名识别。")
