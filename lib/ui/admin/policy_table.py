"""The policy as people read it: who may do what with what, within which scope, and where that is changed."""

import pandas as pd
import streamlit as st

from lib.access.policy import ACCESS, Policy, Right
from lib.catalog.dataset import ROOT
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.verbatim import in_html, verbatim

_HAS, _LATER, _NOBODY = "✓", "待建", "没有人"


def rights_table(policy: Policy) -> pd.DataFrame:
    """对象, 动作 and a column for each role of people: ✓ where it has the right."""
    rows = [
        {
            "对象": policy.kinds[kind] + (f"（{_LATER}）" if kind in policy.later else ""),
            "动作": policy.actions[action],
            **{role.name: _HAS if code in right.roles else "" for code, role in policy.people.items()},
        }
        for (action, kind), right in policy.rights.items()
    ]
    return pd.DataFrame(rows)


def _by_kind(policy: Policy) -> str:
    """The same where there is no room for the columns: a kind of object a block, each action with who has it."""
    told = []
    for kind, name in policy.kinds.items():
        rights = [
            f"<div>{in_html(policy.actions[action])}　"
            f'<span class="told">{in_html("、".join(_holders(policy, right)) or _NOBODY)}</span></div>'
            for (action, of), right in policy.rights.items()
            if of == kind
        ]
        later = f"（{_LATER}）" if kind in policy.later else ""
        told.append(f"<div><strong>{in_html(name)}{later}</strong>{''.join(rights)}</div>")
    return f'<div class="blocks">{"".join(told)}</div>'


def _holders(policy: Policy, right: Right) -> list[str]:
    return [role.name for code, role in policy.people.items() if code in right.roles]


def scopes_table(policy: Policy) -> pd.DataFrame:
    """角色, 范围 in words, and what else bounds the role."""
    return pd.DataFrame(
        [
            {"角色": role.name, "范围": policy.scopes[role.scope], "另有": _bounds(role.record_rules, role.synthetic)}
            for role in policy.people.values()
        ]
    )


def _bounds(record_rules: frozenset[str] | None, synthetic: bool) -> str:
    parts = [] if record_rules is None else [f"只办理 {'、'.join(sorted(record_rules))} 的预警"]
    return "；".join([*parts, *(["只用于合成城市"] if synthetic else [])])


def show(policy: Policy) -> None:
    """The rights as one table, the scopes, and where both stand."""
    rights, people = rights_table(policy), policy.people.values()
    with card("rights"):
        st.markdown(f"**能做什么**　{len(people)} 个角色，{len(rights)} 项权限；没有打勾的，就是不可以")
        if on_phone():
            st.html(_by_kind(policy))
        else:
            center = {role.name: st.column_config.TextColumn(width=82, alignment="center") for role in people}
            config = {
                "对象": st.column_config.TextColumn(width=190, pinned=True),
                "动作": st.column_config.TextColumn(width=110, pinned=True),
                **center,
            }
            st.dataframe(
                rights, hide_index=True, column_config=config, height="content", key="rights_table", alt="权限表"
            )
    with card("scopes"):
        st.markdown("**在什么范围内**　范围以外的，和不存在一样；与本人有关的，本人看不到")
        st.table(scopes_table(policy).map(verbatim).set_index("角色"), border="horizontal")
    with card("changed"):
        st.markdown("**在哪里改**")
        st.caption(
            f"文件 {verbatim(str(ACCESS.relative_to(ROOT)))}，版本 {policy.version}。"
            f"由{verbatim(policy.changed_by)}提出，系统管理员修改，随代码库留痕；"
            "改后运行 python -m lib check，重启服务生效。人员的角色和范围用 python -m lib person 登记。"
        )
