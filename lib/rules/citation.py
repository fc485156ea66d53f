"""Articles of law as a document cites them."""

import re
from collections.abc import Iterable

from lib.rules.rule import Law

CONFIRMED = "已核"
_ARTICLE = re.compile(r"^(?P<statute>[^（第]+)(?P<edition>（[^）]*）)?(?P<article>第.*条.*)$")


def citation(laws: Iterable[Law]) -> str:
    """The articles by statute, in the order in which the statutes come: 《行政处罚法》（2021修订）第五条、第六条。

    What has not been confirmed says so: （待核）. What is no article of a statute stands as it is. Empty without any.
    """
    cited: dict[str, list[str]] = {}
    for law in laws:
        mark = "" if law.mark == CONFIRMED else f"（{law.mark}）"
        found = _ARTICLE.match(law.article)
        if found is None:
            cited.setdefault(f"{law.article}{mark}", [])
            continue
        statute = f"《{found['statute']}》{found['edition'] or ''}"
        cited.setdefault(statute, []).append(f"{found['article']}{mark}")
    told = [f"{statute}{'、'.join(articles)}" for statute, articles in cited.items()]
    return "；".join(told) + "。" if told else ""
