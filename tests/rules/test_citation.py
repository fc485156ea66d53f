"""How a document cites articles of law."""

from lib.rules import read_rules
from lib.rules.citation import citation
from lib.rules.rule import Law


def test_articles_stand_together_by_statute_and_only_what_is_not_confirmed_says_so() -> None:
    laws = [
        Law("行政处罚法（2021修订）第五条", "已核"),
        Law("行政执法机关移送涉嫌犯罪案件的规定（国务院令第310号）第三条", "已核"),
        Law("行政处罚法（2021修订）第六条", "待核"),
        Law("双公示七个工作日时限", "待核"),
        Law("行政强制法第四十三条", "已核"),
    ]
    assert citation(laws) == (
        "《行政处罚法》（2021修订）第五条、第六条（待核）；"
        "《行政执法机关移送涉嫌犯罪案件的规定》（国务院令第310号）第三条；双公示七个工作日时限（待核）；《行政强制法》第四十三条。"
    )
    assert citation([]) == ""


def test_every_model_can_be_cited_and_says_what_is_not_confirmed() -> None:
    for rule in read_rules().values():
        told = citation(rule.law)
        assert told.count("（待核）") == sum(law.mark == "待核" for law in rule.law), rule.id
        assert "已核" not in told
