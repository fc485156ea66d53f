"""The viewer: identity, role and scope. Every read and write of the product takes one."""

from dataclasses import dataclass

from lib.errors import UserError

ROLES = {
    "leader": "市纪委领导",
    "office": "监督室",
    "inspector": "派驻组",
    "county": "县纪委",
    "town": "镇监察办",
}

# What each role may do (domain: workflow vocabulary, role table). Leaders look and approve, they edit nothing.
RIGHTS: dict[str, frozenset[str]] = {
    "leader": frozenset({"view", "ranking", "integrity", "reveal", "approve", "backtest"}),
    "office": frozenset(
        {
            "view",
            "ranking",
            "integrity",
            "record",
            "review",
            "clue",
            "load",
            "run",
            "tune",
            "backtest",
            "approve",
            "reveal",
            "export",
        }
    ),
    "inspector": frozenset({"view", "ranking", "integrity", "record", "clue", "reveal", "export", "backtest"}),
    "county": frozenset(
        {"view", "ranking", "integrity", "record", "review", "clue", "reveal", "export", "backtest"}
    ),
    "town": frozenset({"view", "record"}),
    "system": frozenset({"view", "record", "review", "clue", "load", "run"}),
}

RIGHT_NAMES = {
    "view": "查看",
    "ranking": "查看执法人员排序",
    "integrity": "查看廉政档案",
    "record": "签收和记录核查",
    "review": "复核、退回和办结",
    "clue": "办理线索",
    "load": "装载数据",
    "run": "运行模型",
    "tune": "调整模型和试运行",
    "backtest": "回测模型",
    "approve": "审批模型版本",
    "reveal": "查看脱敏前信息",
    "export": "导出",
}


class Forbidden(UserError):
    """The viewer's role does not carry the right."""


class NotVisible(UserError):
    """Outside the viewer's scope, or not there: the answer is the same, so that nothing is given away."""

    def __init__(self) -> None:
        super().__init__("没有这条记录,或不在您的权限范围内。", "请核对链接,或联系市纪委监督室。")


@dataclass(frozen=True)
class Viewer:
    """Who is asking.

    `area_code`: None = the whole city, a 6-digit county code = that county, a 9-digit code = that town.
    `domains`: domain codes of the bodies supervised, None = all. `record_rules`: the rules whose warnings this
    person may record on, None = all. `officer_id`: the person's own officer number, for self-exclusion.
    """

    person_id: str
    name: str
    role: str
    area_code: str | None = None
    domains: frozenset[str] | None = None
    record_rules: frozenset[str] | None = None
    officer_id: str | None = None

    @property
    def rights(self) -> frozenset[str]:
        return RIGHTS[self.role]

    @property
    def role_name(self) -> str:
        return ROLES.get(self.role, "系统")

    def may(self, right: str) -> bool:
        """Whether the role carries the right."""
        return right in self.rights

    def may_record_on(self, rule_id: str) -> bool:
        """Whether this person may sign and verify warnings of that rule."""
        return self.may("record") and (self.record_rules is None or rule_id in self.record_rules)

    @property
    def scope_key(self) -> tuple:
        """What decides visibility: the cache key of anything computed for this viewer."""
        domains = None if self.domains is None else tuple(sorted(self.domains))
        return (self.area_code, domains, self.officer_id)


SYSTEM = Viewer(person_id="system", name="系统", role="system")


def require(viewer: Viewer, right: str) -> None:
    """Raise Forbidden when the viewer's role does not carry the right."""
    if not viewer.may(right):
        raise Forbidden(
            f"您的角色（{viewer.role_name}）不能{RIGHT_NAMES[right]}。", "如确有需要，请联系市纪委监督室调整权限。"
        )
