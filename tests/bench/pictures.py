"""Pictures of each page at 1440, 390 and 1920 pixels, written to docs/pictures."""

import argparse
from pathlib import Path

from PIL import Image

from tests.browser.served import app, browser, settle
from tests.cities.told import told_everything

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "overview": ("", "demo-leader"),
    "map": ("map", "demo-leader"),
    "ranking": ("ranking", "demo-leader"),
    "kpi": ("kpi", "demo-office"),
    "clues": ("clues", "demo-leader"),
    "workbench": ("workbench", "demo-inspector"),
    "warning": ("warning", "demo-inspector"),
    "models": ("models", "demo-office"),
    "tuning": ("tuning", "demo-office"),
    "officer": ("officer", "demo-leader"),
    "data": ("data", "demo-office"),
    "prompts": ("prompts", "demo-inspector"),
    "prompt": ("prompts", "demo-liaison"),
    "notices": ("notices", "demo-office"),
    "notice": ("notices", "demo-office"),
    "work": ("work", "demo-inspector"),
    "grid": ("grid", "demo-office"),
    "motions": ("motions", "demo-office"),
    "suppressions": ("suppressions", "demo-office"),
    "messages": ("messages", "demo-office"),
    "lists": ("lists", "demo-leader"),
    "indicator": ("lists", "demo-leader"),
    "items": ("items", "demo-office"),
    "reform": ("reform", "demo-office"),
    "discipline": ("discipline", "demo-leader"),
    "lookback": ("lookback", "demo-office"),
    "exemplars": ("exemplars", "demo-office"),
    "risks": ("risks", "demo-office"),
    "network": ("network", "demo-leader"),
    "access": ("access", "demo-office"),
    "help": ("help", "demo-inspector"),
    "exercises": ("exercises", "demo-office"),
    "classes": ("classes", "demo-office"),
    "walk": ("walk", "demo-leader"),
    "wall": ("", "demo-leader"),
}
# It scales with its window: one picture says it all.
_ONE_SIZE = {"wall": 1920}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--only", nargs="*", choices=list(PAGES), default=list(PAGES))
    options = parser.parse_args()
    from lib.access.personas import personas
    from lib.casework.store.register import open_register
    from lib.insight.notices.listing import notice_list
    from lib.insight.prompts.listing import prompt_list
    from lib.insight.warnings.listing import warning_list
    from lib.warehouse.home import home
    from lib.warehouse.store import open_warehouse

    inspector = next(viewer for viewer in personas(True) if viewer.role == "inspector")
    visible = warning_list(open_register(), open_warehouse(), inspector)
    pick = visible[visible["state"].isin(["核查中", "已签收", "新生成"])]
    warning_id = (pick if len(pick) else visible)["warning_id"].iloc[0]
    officer_id = visible["officer_id"].dropna().mode().iloc[0]
    office = next(viewer for viewer in personas(True) if viewer.role == "office")
    notice_id = notice_list(open_register(), open_warehouse(), office)["notice_id"].iloc[0]
    liaison = next(viewer for viewer in personas(True) if viewer.role == "liaison")
    prompt_id = prompt_list(open_register(), open_warehouse(), liaison)["prompt_id"].iloc[0]
    options.out.mkdir(parents=True, exist_ok=True)
    told_everything(home())
    with app(home()) as address:
        for width, height in ((1440, 900), (390, 844), (1920, 1080)):
            with browser(width, height) as (context, strangers):
                for name in options.only:
                    if _ONE_SIZE.get(name, width) != width:
                        continue
                    path, persona = PAGES[name]
                    query = f"?as={persona}" + {
                        "warning": f"&id={warning_id}",
                        "officer": f"&officer={officer_id}",
                        "notice": f"&notice={notice_id}",
                        "prompt": f"&prompt={prompt_id}",
                        "indicator": "&indicator=I16",
                        "network": f"&about=officer:{officer_id}",
                        "wall": "&screen=wall&every=600",
                    }.get(name, "")
                    page = context.new_page()
                    page.goto(f"{address}/{path}{query}")
                    settle(page)
                    page.wait_for_timeout(2500)
                    target = options.out / f"{name}-{width}.png"
                    # Streamlit scrolls inside the page: a tall window shows all of it.
                    tall = page.evaluate(
                        "() => document.querySelector('[data-testid=\"stMainBlockContainer\"]').scrollHeight + 60"
                    )
                    page.set_viewport_size({"width": width, "height": max(height, min(int(tall), 4000))})
                    page.wait_for_timeout(1500)
                    page.screenshot(path=target)
                    picture = Image.open(target).convert("P", palette=Image.Palette.ADAPTIVE, colors=128)
                    picture.save(target, optimize=True)
                    page.close()
                if strangers:
                    raise SystemExit(f"离开本机的请求：{strangers}")
    print(f"已写入 {options.out}")


if __name__ == "__main__":
    main()
