"""A class of a city, for trainees who sit down in a real browser."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from lib.access.personas import personas
from lib.casework.steps import Submission
from lib.casework.store.register import open_register
from lib.casework.training.classes import one_class, open_class
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse

OFFICE = next(viewer for viewer in personas(True) if viewer.role == "office")


def class_of(home: Path, *exercises: str) -> str:
    """The code of a class with these exercises, which runs until tomorrow."""
    register = open_register(home)
    ends = now().date() + timedelta(days=1)
    asked = {"title": "第一期", "size": 3, "seed": 5, "exercises": list(exercises), "ends_on": ends}
    made = open_class(register, OFFICE, Submission("class", now(open_warehouse(home)), payload=asked))
    return one_class(register, OFFICE, str(made.created)).code


def sit_down(page: Page, name: str) -> None:
    """Give a name and take a seat, on the page of the class."""
    page.get_by_label("姓名").fill(name)
    page.get_by_role("button", name="入座").click()
