"""What models, indicators and deadlines say of themselves, as entries: from their files and settings, in force."""

from collections.abc import Iterable, Mapping

from lib.casework.deadlines import settings
from lib.casework.rules.versions import Version
from lib.insight.help.entry import DEADLINES, INDICATORS, OPEN, RULES, Entry, Right
from lib.insight.help.text import Block, Paragraph, Points, Rows
from lib.insight.wording import quantity
from lib.rules import Rule
from lib.rules.indicators import Indicator
from lib.rules.levels import level_name
from lib.rules.rule import Law, Parameter, Value


def _listed(title: str, items: Iterable[str]) -> tuple[Block, ...]:
    found = tuple(items)
    return (Paragraph(f"**{title}**"), Points(found)) if found else ()


def _laws(laws: Iterable[Law]) -> tuple[Block, ...]:
    return _listed("依据", (f"{law.article}（{law.mark}）" for law in laws))


def _thresholds(parameters: Iterable[Parameter], held: Mapping[str, Value]) -> tuple[Block, ...]:
    rows = tuple((one.meaning, _valued(held.get(one.name, one.default), one.unit)) for one in parameters)
    return (Rows(("阈值", "现行"), rows),) if rows else ()


def _valued(value: Value, unit: str) -> str:
    return quantity(value, unit) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def rules(files: Mapping[str, Rule], live: Mapping[str, Version]) -> tuple[Entry, ...]:
    """The models, each as the version in force says it; as its file says it where none is."""
    return tuple(_rule(live[name].rule if name in live else one, live.get(name)) for name, one in files.items())


def _rule(rule: Rule, version: Version | None) -> Entry:
    held = {} if version is None else version.params
    standing = "没有发布的版本，不运行。" if version is None else f"在用{version.name}。"
    blocks: tuple[Block, ...] = (
        Paragraph(f"{rule.rationale}（风险：{rule.risk}。{standing}）"),
        Paragraph(f"**何时命中、哪一级**　{rule.level_logic}"),
        *_listed("情形", rule.branches.values()),
        *_thresholds(rule.parameters, held),
        *_listed("不纳入", rule.exclusions),
        *_listed("假定", rule.assumptions),
        *_listed("已定的口径", rule.decisions),
        *_listed("可能的误报", rule.false_positives),
        *_listed("线下核查什么", rule.offline_check),
        *_laws(rule.law),
    )
    return Entry(rule.id, f"{rule.id} {rule.title}", RULES, blocks, ("view", "rule"), under="models")


def indicators(found: Iterable[Indicator]) -> tuple[Entry, ...]:
    """The indicators of the supervision lists in force."""
    return tuple(_indicator(one) for one in found)


def _indicator(one: Indicator) -> Entry:
    watched = "只监测，不排名。" if one.monitor else ""
    blocks: tuple[Block, ...] = (
        Paragraph(f"**口径**　{one.numerator} ÷ {one.denominator}。{one.target}。{watched}"),
        Paragraph(one.rationale),
        *_thresholds(one.parameters, {}),
        *_listed("不计入", one.exclusions),
        *_listed("假定", one.assumptions),
        *_listed("定夺", one.decisions),
        *_laws(one.law),
    )
    return Entry(one.id, f"{one.id} {one.title}", INDICATORS, blocks, ("view", "indicator"), under="lists")


# What each limit of data/deadlines.yaml is about, by its place there; its number is the setting's.

_WORDS: dict[str, dict[str, str]] = {
    "warning": {
        "sign_hours": "签收",
        "sign_workdays": "签收",
        "verify_workdays": "核查反馈",
        "supplement_workdays": "退回补充后重新反馈",
        "review_by_another_person": "复核人不得是反馈人",
        "repeat_yellow": "同一模型、同一对象的黄色预警升为橙色",
    },
    "suppression": {"most_days": "抑制至多多久"},
    "prompt": {
        "reply_workdays": "单位回复",
        "return_workdays": "退回后重新回复",
        "accept_workdays": "收到回复后采纳、退回或决定现场核查",
        "visit_workdays": "到现场并记录",
        "close_workdays": "采纳或现场核查后办结",
        "escalate_workdays": "超期后自动报领导",
    },
    "clue": {"opinion_months": "收到后提出处置意见", "approve_by_another_person": "审批人不得是提出研判意见的人"},
    "notice": {
        "workdays": "送达后反馈整改情况",
        "complex_workdays": "送达后反馈整改情况（复杂事项）",
        "again_workdays": "退回整改后重新反馈",
        "review_workdays": "审核",
        "revise_workdays": "退回后修改",
        "sign_workdays": "签发",
        "deliver_workdays": "送达",
        "recheck_workdays": "复核",
        "close_workdays": "销号",
        "escalate_workdays": "超期后自动报领导",
    },
    "motion": {
        "inquire_workdays": "书记问询",
        "discuss_workdays": "集体商议",
        "claim_workdays": "问题认领",
        "rectify_workdays": "监督整改",
        "report_workdays": "报告了结",
        "escalate_workdays": "超期后自动报领导",
    },
    "grid_check": {
        "check_workdays": "派出后核查",
        "feed_back_workdays": "核查后反馈",
        "close_workdays": "反馈后办结",
        "redo_workdays": "重新打开后由处置单位重新处置",
        "escalate_workdays": "超期后自动报领导",
    },
    "reform_task": {"accept_workdays": "报告全部完成后验收", "escalate_workdays": "节点超期后自动报领导"},
    "lookback": {
        "draw_workdays": "拟定后抽样",
        "give_workdays": "抽样后分派",
        "score_workdays": "分派后评完",
        "adjudicate_workdays": "裁决",
        "report_workdays": "报告",
        "tell_workdays": "反馈单位",
        "reply_workdays": "单位回复",
        "answer_workdays": "单位有异议的，答复维持还是更正",
        "archive_workdays": "归档",
        "escalate_workdays": "超期后自动报领导",
    },
    "risk": {
        "most_days": "下次复核至多排到多久以后",
        "call_workdays": "到期前提请复核",
        "escalate_workdays": "超期后自动报领导",
    },
    "due": {"soon_workdays": "各页所说的“几日内到期”"},
    "remind": {"workdays": "单位要办的，到期前提醒"},
    "work": {"away_hours": "离开多久再来，其间的算新到"},
    "extensions": {"times": "同一期限至多延期次数", "workdays": "每次至多延期"},
    "spot_check": {"share": "每月抽查未命中对象的比例", "most_per_rule": "每个模型每月至多抽查"},
}
# Heads, and the right that a reader of these limits has.
_ABOUT: dict[str, tuple[str, Right | None]] = {
    "warning": ("预警的期限", ("view", "warning")),
    "suppression": ("抑制登记的期限", ("view", "suppression")),
    # By level, which a unit is not told.
    "prompt": ("工作提示的期限", ("view", "warning")),
    "clue": ("线索的期限", ("view", "clue")),
    "notice": ("执法监督通知书的期限", ("view", "notice")),
    "motion": ("廉情动议的期限", ("view", "motion")),
    "grid_check": ("线下核查的期限", ("view", "grid_check")),
    "reform_task": ("改革任务的期限", ("view", "reform_task")),
    "lookback": ("回头看的期限", ("view", "lookback")),
    "risk": ("廉政风险登记的期限", ("view", "risk")),
    "spot_check": ("抽查的数量", ("view", "warning")),
    "": ("提醒、延期和暂停", None),
}
_UNITS = {"workdays": "个工作日", "hours": "小时", "days": "天", "months": "个月", "times": "次", "most_per_rule": "个"}


def deadlines() -> tuple[Entry, ...]:
    """The limits of data/deadlines.yaml, by what they are about; a test holds that each has its words."""
    found = []
    for about, (title, right) in _ABOUT.items():
        sections = [about] if about else [name for name in _WORDS if name not in _ABOUT]
        rows = tuple(row for name in sections for row in _limits(name, settings()[name]))
        blocks: list[Block] = [Rows(("事项", "期限"), rows)]
        if not about:
            blocks.append(Paragraph(f"计时可以因此暂停，暂停的工作日另计：{'、'.join(settings()['pauses'])}。"))
        blocks.append(Paragraph("期限按工作日计，调休已计入，到当日 24 时为止；写明小时的按钟点计。"))
        name = f"deadline.{about or 'general'}"
        found.append(Entry(name, title, DEADLINES, tuple(blocks), right or OPEN))
    return tuple(found)


def _level(name: str) -> str:
    return "抽查" if name == "check" else level_name(name)


def _limits(about: str, held: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for name, value in held.items():
        if name not in _WORDS[about] and not (about == "warning" and isinstance(value, dict)):
            continue
        if about == "warning" and isinstance(value, dict) and name not in _WORDS[about]:
            # By level: what it is called there.
            yield from ((f"{_level(name)}：{words}", told) for words, told in _limits(about, value))
        elif name == "repeat_yellow":
            assert isinstance(value, dict)
            yield _WORDS[about][name], f"{value['days']} 天内第 {value['count']} 次"
        elif isinstance(value, dict):
            each = "、".join(
                f"{'抽查' if level == 'check' else level_name(level)} {one}" for level, one in value.items()
            )
            yield _WORDS[about][name], f"{each} {_UNITS['workdays']}"
        elif isinstance(value, bool):
            yield _WORDS[about][name], "是" if value else "否"
        elif name == "share":
            yield _WORDS[about][name], f"{value:.0%}"
        else:
            unit = next(unit for end, unit in _UNITS.items() if name.endswith(end))
            yield _WORDS[about][name], f"{value} {unit}"
