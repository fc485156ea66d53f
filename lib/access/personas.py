"""Personas of the synthetic city. With real data there are none: a real identity provider is required."""

from lib.access.viewer import Viewer
from lib.catalog.lists import list_domains
from lib.errors import UserError


def personas(synthetic: bool) -> list[Viewer]:
    """The sign-ins offered on a synthetic city; raises UserError on real data."""
    if not synthetic:
        raise UserError("演示身份只能用于合成城市。", "真实数据须通过单位统一身份认证登录。")
    return [
        Viewer("demo-leader", "示范领导", "leader"),
        Viewer("demo-office", "示范监督室甲", "office"),
        Viewer("demo-inspector", "示范派驻乙", "inspector", domains=list_domains("L1")),
        Viewer("demo-county", "示范县丙", "county", area_code="330483"),
        Viewer("demo-town", "示范镇丁", "town", area_code="330483101"),
        Viewer("demo-liaison", "示范联络员戊", "liaison", org_id="O0134"),
    ]


PERSONA_TITLES = {
    "demo-leader": "市纪委领导",
    "demo-office": "市纪委监督室",
    "demo-inspector": "派驻市建设局纪检监察组",
    "demo-county": "桐乡市纪委监委",
    "demo-town": "濮院镇监察办",
    "demo-liaison": "濮院镇执法队联络员",
}
