"""A page added in a copy of the project: two files, and it opens under its right and stands in the menu; a third, and
the manual has it."""

from pathlib import Path

from tests.cities import handmade
from tests.copies import copied, run

PLACE = """        ("pages/guide/guide.py", "guide", "办事指南", "menu_book", "模型数据", ("view", "ranking"), "g_"),
"""
PAGE = '''"""The guide: whom to ask."""

from lib.ui import message

message.nothing("还没有指南", "请联系市纪委监督室。")
'''
WORDS = """---
title: 办事指南
hint: 这里写着各事项该找谁。
---
找人办事，先看这里。
"""
DEED = """
from tests.pages.opening import open_page, words

assert "还没有指南" in words(open_page("pages/guide/guide.py", "demo-office"))
refused = words(open_page("pages/guide/guide.py", "demo-town"))
assert "找人办事" in words(open_page("pages/help/help.py", "demo-office", entry="guide"))
assert "没有这个词条" in words(open_page("pages/help/help.py", "demo-town", entry="guide"))
assert "还没有指南" not in refused and "您的角色不查看人员排序" in refused, refused
"""


def test_two_files_make_a_page_and_a_third_its_entry_in_the_manual(tmp_path: Path) -> None:
    project = copied(tmp_path / "project")
    (project / "pages/guide").mkdir()
    (project / "pages/guide/guide.py").write_text(PAGE, encoding="utf-8")
    places = project / "lib/ui/paths.py"
    text = places.read_text(encoding="utf-8")
    assert text.count("        (ACCESS, ") == 1
    places.write_text(text.replace("        (ACCESS, ", f"{PLACE}        (ACCESS, "), encoding="utf-8")
    (project / "data/help/pages/guide.md").write_text(WORDS, encoding="utf-8")
    run(project, DEED, handmade.put(tmp_path / "home"))
