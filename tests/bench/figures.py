"""Every number on every page, for every persona: what it says, how many rows it opens, whether both are equal.

Every link is followed to its page and the rows listed there are counted; of the numbers in tables and charts one of
each kind is followed and all are counted by their definition, or with --every all are followed. The home is copied
first: opening files of officers is logged.
"""

import argparse
import csv
import json
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
logging.disable(logging.CRITICAL)

from lib.warehouse.home import home  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, help="CSV with one line per number")
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "city"
        shutil.copytree(home(), place)
        os.environ["COCKPIT_HOME"] = str(place)
        found = measured(options.every)
    if options.out:
        with open(options.out, "w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([HEADS, *found])
    told = summary(found)
    if options.json:
        print(json.dumps([dict(zip(SUMMARY, row, strict=True)) for row in told], ensure_ascii=False, indent=1))
    else:
        print("\n".join(["| " + " | ".join(map(str, row)) + " |" for row in (SUMMARY, ["---"] * len(SUMMARY), *told)]))
    return 1 if any(row[-1] for row in told) else 0


HEADS = ["身份", "页面", "位置", "数字", "显示", "打开", "相等", "清单"]
SUMMARY = ["页面", "身份", "数字", "逐一打开", "相等", "没有清单也不在例外", "不相等"]


def measured(every: bool) -> list[list]:
    """One line per number, HEADS."""
    from tests.pages import figures_shown as shown
    from tests.pages.test_figures import PERSONS, kind, views

    lines: list[list] = []
    for person in PERSONS:
        lists, followed = shown.Lists(person), set()
        for page, query in views(person):
            walked = shown.walk(page, person, **query)
            where = page + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")
            lines += [
                [person, where, bare.place, bare.words, "", "无", "否", ""] for bare in shown.unexplained(walked, page)
            ]
            for one in walked.shown:
                follow = every or one.place == "链接" or (one.number > 0 and kind(one) not in followed)
                followed.add(kind(one)) if follow else None
                opened = lists.count(one) if follow else lists.counted(one)
                same = "是" if opened == one.number else "否"
                target = f"{one.page}{'' if follow else '（按定义计）'} {json.dumps(one.query, ensure_ascii=False)}"
                lines.append([person, where, one.place, one.words, one.number, opened, same, target])
        print(f"{person}：{sum(line[0] == person for line in lines)} 个数字", file=sys.stderr, flush=True)
    return lines


def summary(lines: list[list]) -> list[list]:
    """SUMMARY by page and persona, all together last."""
    groups: dict[tuple[str, str], list[list]] = {}
    for line in lines:
        page = line[1].partition("?")[0].removeprefix("pages/").removesuffix(".py")
        for key in ((page, line[0]), ("合计", "")):
            groups.setdefault(key, []).append(line)
    return [
        [
            page,
            person,
            len(rows),
            sum("（按定义计）" not in row[7] and row[5] != "无" for row in rows),
            sum(row[6] == "是" for row in rows),
            sum(row[5] == "无" for row in rows),
            sum(row[6] == "否" for row in rows),
        ]
        for (page, person), rows in sorted(groups.items(), key=lambda item: (item[0][0] == "合计", item[0]))
    ]


if __name__ == "__main__":
    raise SystemExit(main())
