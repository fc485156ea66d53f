"""Work that runs beside the app: building the first city, running models that are due."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import streamlit as st

from lib.casework.demo.build import is_building
from lib.casework.rules.runs import stale_rules
from lib.casework.store.register import REAL, opened_register
from lib.catalog.dataset import ROOT
from lib.errors import UserError
from lib.ui import message
from lib.ui.access import looking, session, sign_in
from lib.ui.verbatim import verbatim
from lib.warehouse.home import home, progress_path
from lib.warehouse.store import Warehouse


@st.cache_resource
def _worker(home: Path, job: str, _about: object = None) -> subprocess.Popen:
    """The one process of this app that does `job`; the stores' own locks keep out others."""
    log = open(home / f"{job}.log", "ab")  # noqa: SIM115 - the child keeps it
    return subprocess.Popen(
        [sys.executable, "-m", "lib", job],
        cwd=ROOT,
        env={**os.environ, "COCKPIT_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def _progress(home: Path) -> dict:
    try:
        return json.loads(progress_path(home).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {"stage": "准备", "done": 0.0, "text": "正在启动"}


def first_start() -> None:
    """Build the synthetic city in the background and show its progress; reruns the app when it is there."""
    place = home()
    if not is_building(place) and _is_real(place):
        sign_in.no_data()
        return
    worker = None if is_building(place) else _worker(place, "demo")
    _, middle, _ = st.columns([1, 2, 1])
    with middle:
        st.title("执法监督舱")
        st.markdown("首次启动：正在建立一座**合成城市**（全部人名、单位、案件均为虚构），随后运行监督模型。")
        _watch(place, worker)


def _is_real(place: Path) -> bool:
    """Whether somebody has been entered here already, or the store named by URL holds real work."""
    try:
        return opened_register(place).kind == REAL
    except UserError as error:
        message.stop(error)


@st.fragment(run_every=1.0)
def _watch(place: Path, worker: subprocess.Popen | None) -> None:
    code = worker.poll() if worker else None
    if code == 0 or (worker is None and not is_building(place)):
        _worker.clear()
        st.rerun()
    if code is not None:
        st.info("**建立合成城市失败。**", icon=":material/error:")
        st.code((place / "demo.log").read_text(encoding="utf-8", errors="replace")[-1500:], language=None)
        if st.button("重试", type="primary"):
            _worker.clear()
            st.rerun()
        return
    now = _progress(place)
    doing = "：".join(part for part in (now["stage"], now["text"]) if part)
    st.progress(min(max(float(now["done"]), 0.0), 1.0), text=verbatim(doing))
    st.caption("两核电脑约需一分半钟。可以关闭页面，稍后再来。")


@st.cache_data(show_spinner=False, max_entries=4)
def _due(generation: int, day: str, minute: int) -> list[str]:
    warehouse = session.warehouse()
    return [rule.id for rule in stale_rules(session.register(), warehouse)] if warehouse else []


def look_again() -> None:
    """Look for models that are due on the next rerun, not only when the minute is over."""
    _due.clear()


def run_due_rules(warehouse: Warehouse) -> None:
    """Start the models that are due, once, and say so on the page until they are done; a seat's store has its own."""
    if looking.trainee() is not None:
        return
    minute = int(time.monotonic() // 60)
    due = _due(warehouse.generation.number, warehouse.as_of.isoformat(), minute)
    if due:
        _watch_run(home(), warehouse.generation.number)


@st.fragment(run_every=1.0)
def _watch_run(place: Path, generation: int) -> None:
    worker = _worker(place, "run", generation)
    if worker.poll() is None:
        now = _progress(place)
        st.progress(min(max(float(now["done"]), 0.0), 1.0), text=f"正在运行到期模型：{verbatim(now['text'])}")
        return
    _worker.clear()
    _due.clear()
    st.rerun()
