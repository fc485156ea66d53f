"""The parts of an officer's integrity file: head, figures, one card per source, the timeline."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.insight.figure import Asked, Casework
from lib.insight.officers.integrity_file import (
    CERTIFIED,
    COMPLAINTS,
    FOUND_TRUE,
    OVERTURNED,
    RECENT,
    VALID,
    IntegrityFile,
    officers,
    period_text,
)
from lib.insight.officers.integrity_file import file_of as made
from lib.insight.wording import NONE, day, number
from lib.ui import figure, find, message, paths, tables, tiles
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.tables import height
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

PARAMETER = "officer"
# In the address: the part of the file that is listed by itself, and what its pieces of work are narrowed to.
LIST, _IN_HAND = "list", "in_hand"
_NARROWER = {"kind": "kind", "role": "role", "org": "org_name"}
WHAT_IT_IS_NOT = "**档案供核查参考，不是结论；查看已留痕。** 姓名已脱敏，反映人信息不展示。"
_OPENED, _SEARCH = "integrity_files_opened", "integrity_search"


def file_of(register: Register, warehouse: Warehouse, viewer: Viewer, officer_id: str) -> IntegrityFile:
    """The file, once for whoever sees the same; see lib.insight. That it was opened is logged by `log_opening`."""
    return _file(register, warehouse, viewer, officer_id, key(register, warehouse, viewer))


@kept(32)
def _file(_register: Register, _warehouse: Warehouse, _viewer: Viewer, officer_id: str, state: Key) -> IntegrityFile:
    return made(_register, _warehouse, _viewer, officer_id)


def log_opening(register: Register, warehouse: Warehouse, viewer: Viewer, file: IntegrityFile) -> None:
    """Write to the audit log that this person opened this file; once per session and officer."""
    opened = st.session_state.setdefault(_OPENED, set())
    opening = (viewer.person_id, file.officer_id)
    if opening in opened:
        return
    detail = {"org": file.org_id, "confidential": file.confidential, "firms": viewer.may("reveal", "officer")}
    audit.log(register, viewer, "view", "officer", file.officer_id, at=now(warehouse), detail=detail)
    opened.add(opening)


def _chosen() -> None:
    if st.session_state[_SEARCH]:
        st.query_params[PARAMETER] = st.session_state[_SEARCH]


def _leave() -> None:
    st.query_params.pop(PARAMETER, None)


def search(warehouse: Warehouse, viewer: Viewer) -> None:
    """A box to find one officer of the viewer's scope."""
    labels = officers(warehouse, viewer)
    with card("search"):
        st.markdown("**选定一名执法人员**")
        find.one_of(labels, _SEARCH, "选择一人", _chosen)
        st.caption(f"您的权限范围内共 {len(labels):,} 人。打开档案会留痕。")


def head(file: IntegrityFile) -> None:
    """Who it is, and what the file is not."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.markdown(f"#### {verbatim(file.label)}", width="content", anchors=False)
            facts = (file.officer_type, file.status_type, file.org_name, file.area_label)
            st.markdown(verbatim(" · ".join(fact for fact in facts if fact)), width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            network = way.address({"about": f"officer:{file.officer_id}"})
            st.page_link(paths.NETWORK, label="关系网络", icon=":material/hub:", query_params=network, width="content")
            st.button("另选人员", icon=":material/search:", type="tertiary", on_click=_leave)
    st.info(WHAT_IT_IS_NOT, icon=":material/info:")


def officer_list(officer_id: str, what: str, **narrower: str) -> figure.Opening:
    """Where the rows of one part of an officer's file are listed by themselves."""
    return paths.OFFICER, {PARAMETER: officer_id, LIST: what, **narrower}


def figures(file: IntegrityFile) -> None:
    """Five counts, each opening its rows."""
    secret = "" if file.confidential else "；内部密级的信访不计"
    recent = Asked("recent", "months12").of(officer=file.officer_id)
    proven = Asked("proven").of(officer=file.officer_id)
    opened = {what: officer_list(file.officer_id, what) for what in ("complaints", "reviews", "valid")}
    found: tuple[tuple[str, int, str, str, figure.Opening], ...] = (
        (RECENT.title, file.recent_warnings, "件", RECENT.told(days=file.span.text), recent),
        (FOUND_TRUE.title, file.proven_warnings, "件", FOUND_TRUE.meaning, proven),
        (COMPLAINTS.title, len(file.complaints), "件", COMPLAINTS.told(secret=secret), opened["complaints"]),
        (OVERTURNED.title, len(file.reviews), "件", OVERTURNED.meaning, opened["reviews"]),
        (CERTIFIED.title, file.valid_certificates, "本", CERTIFIED.told(today=day(file.today)), opened["valid"]),
    )  # fmt: skip
    with st.grid(len(found), min_column_width=130, gap="small"):
        for title, count, unit, meaning, opening in found:
            tiles.tile(title, [(number(count), opening)], meaning, unit)


def rows_of(file: IntegrityFile, what: str) -> None:
    """One part of the file by itself: the rows a number counts."""
    valid = file.certificates[file.certificates["validity"].eq(VALID)]
    parts: dict[str, tuple[str, pd.DataFrame, str, Callable[[pd.DataFrame], None]]] = {
        "complaints": ("投诉·信访", file.complaints, "件", _complaint_rows),
        "reviews": ("复议诉讼改变", file.reviews, "件", _review_rows),
        "valid": ("有效证件", valid, "本", _certificate_rows),
        "work": ("近 12 个月工作量", _work_asked(file.titled() if what == "work" else file.work), "件", _piece_rows),
        "postings": ("任职调动", file.postings, "条", _posting_rows),
        "certificates": ("执法证件", file.certificates, "本", _certificate_rows),
        "relations": ("利害关系", file.relations, "条", _relation_rows),
        "entries": ("廉政条目", file.entries, "条", _entry_rows),
    }
    if what not in parts:
        message.nothing("没有这样的清单", "请回到档案重新点开。")
        return
    title, rows, unit, draw = parts[what]
    figure.origin(f"廉政档案「{title}」", "✕ 返回档案", LIST, _IN_HAND, *_NARROWER)
    figure.listed(len(rows), unit)
    if len(rows):
        draw(rows)


def _work_asked(work: pd.DataFrame) -> pd.DataFrame:
    """The pieces of work that the address asks for: a kind, a role, a unit of that time, those in hand."""
    if st.query_params.get(_IN_HAND):
        work = work[work["month"].isna()]
    for name, column in _NARROWER.items():
        asked = st.query_params.get(name)
        work = work[work[column].eq(asked)] if asked else work
    return work


def _pieces(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "工作": rows["kind"],
            "角色": rows["role"],
            "对象": rows["subject_title"],
            "月份": ["在办" if pd.isna(month) else f"{month:%Y-%m}" for month in rows["month"]],
            "当时单位": rows["org_name"],
        }
    )


def _piece_rows(rows: pd.DataFrame) -> None:
    _table(rows, _pieces, "officer_pieces", 20)


def _card(
    title: str,
    rows: pd.DataFrame,
    empty: str,
    meaning: str,
    draw: Callable[[pd.DataFrame], None],
    numbers: Sequence[tuple[str, int, figure.Opening]] = (),
    outside: int = 0,
) -> None:
    """`numbers` say how many rows there are, each opening them; `outside` how many more the viewer may not see."""
    with card(title):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(f"**{title}**", help=meaning, width="content")
            for words, count, opening in numbers:
                figure.link(count, opening, words)
        if outside:
            st.caption(f"另有 {outside:,} 条在您的范围之外，不展示。")
        elif rows.empty:
            st.caption(empty)
        if len(rows):
            draw(rows)


def _number(file: IntegrityFile, what: str, rows: pd.DataFrame) -> list[tuple[str, int, figure.Opening]]:
    return [("", len(rows), officer_list(file.officer_id, what))] if len(rows) else []


def _table(rows: pd.DataFrame, words: Callable[[pd.DataFrame], pd.DataFrame], key: str, most: int = 6) -> None:
    tables.plain_table(_worded(rows, words), key, most)


@kept(256)
def _worded(rows: pd.DataFrame, words: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    return words(rows).fillna(NONE)


def _warning_rows(rows: pd.DataFrame) -> None:
    columns = ("等级", "模型", "对象", "状态", "结论", "首次发现")
    tables.warning_table(rows, "officer_warnings", columns, rows=12)


def _complaints(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "受理": rows["received_at"].map(day),
            "来源": rows["source"] + " " + rows["type"].fillna(""),
            "核实结果": rows["verify_result"].fillna("尚无"),
            "承办·被反映单位": rows["org_name"],
            "编号": rows["number"],
        }
    )


def _complaint_rows(rows: pd.DataFrame) -> None:
    _table(rows, _complaints, "officer_complaints")


def _reviews(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "决定": rows["decided_date"].map(day),
            "类型": rows["rl_type"],
            "结果": rows["result_type"],
            "案件": rows["case_label"],
            "事项": rows["item_name"],
        }
    )


def _review_rows(rows: pd.DataFrame) -> None:
    _table(rows, _reviews, "officer_reviews")


def found_against(file: IntegrityFile, casework: Casework, ranked: bool) -> None:
    """Warnings, complaints and overturned reviews; with `ranked`, what of the warnings weighs in the ranking."""
    inside = Asked("compared").of(weighs_for=file.officer_id)
    compared = [("计入人员排序", len(figure.counted(casework, inside)), inside)] if ranked else []
    every = Asked("every").of(officer=file.officer_id)
    _card(
        "预警",
        file.warnings,
        "您的权限范围内没有此人的预警。",
        "每行可打开预警；全部时间，最近的在前。计入人员排序的还包括本人参与办理、他人名下的，不含不属实、已撤销、已合并的。",
        _warning_rows,
        [("全部", len(file.warnings), every), *compared],
    )
    secret = "" if file.confidential else "内部密级的信访只由市纪委领导和监督室查看。"
    _card(
        "投诉·信访",
        file.complaints,
        f"没有可以查看的反映此人的工单或信访。{secret}",
        f"只列受理时间、类型和核实结果，反映人信息不展示。{secret}",
        _complaint_rows,
        _number(file, "complaints", file.complaints),
        file.outside["complaints"],
    )
    _card(
        "复议·诉讼改变",
        file.reviews,
        "主办案件没有被撤销、变更或确认违法的。",
        "主办案件在行政复议、行政诉讼中被撤销、变更或确认违法。",
        _review_rows,
        _number(file, "reviews", file.reviews),
        file.outside["reviews"],
    )


def _postings(rows: pd.DataFrame) -> pd.DataFrame:
    marks = rows["is_current"].map({True: " · 现任", False: ""}) + rows["is_lent"].map({True: " · 县属乡用", False: ""})
    return pd.DataFrame(
        {
            "任职": _periods(rows),
            "岗位": rows["post_name"].fillna(NONE) + marks,
            "使用单位": rows["use_org_name"],
            "编制单位": rows["org_name"],
        }
    )


def _posting_rows(rows: pd.DataFrame) -> None:
    _table(rows, _postings, "officer_postings")


def _certificates(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "领域": rows["domain_name"],
            "状态": rows["validity"],
            "到期": rows["expire_date"].map(day),
            "发证": rows["issue_date"].map(day),
            "证件号": rows["cert_no"],
        }
    )


def _certificate_rows(rows: pd.DataFrame) -> None:
    _table(rows, _certificates, "officer_certificates")


def _work_rows(officer_id: str, rows: pd.DataFrame) -> None:
    shown, numbers = _worked(officer_id, rows)
    figure.table(shown, numbers, "officer_work", height=height(shown, 6), alt="近 12 个月工作量")


@kept(64)
def _worked(officer_id: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[figure.Opening | None]]]:
    """The counts in words, and what they open."""
    months = [
        "在办" if pd.isna(first) else f"{first:%Y-%m} 至 {last:%Y-%m}"
        for first, last in zip(rows["first_month"], rows["last_month"], strict=True)
    ]
    role = (" " + rows["role"]).where(rows["kind"].eq("案件"), "")
    shown = pd.DataFrame(
        {
            "工作": rows["kind"] + role,
            "件数": rows["pieces"],
            "其中在办": rows["in_hand"],
            "月份": months,
            "当时单位": rows["org_name"],
        }
    )
    each = [
        {"kind": kind, "role": role, "org": org}
        for kind, role, org in zip(rows["kind"], rows["role"], rows["org_name"], strict=True)
    ]
    numbers: dict[str, list[figure.Opening | None]] = {
        "件数": [officer_list(officer_id, "work", **one) for one in each],
        "其中在办": [officer_list(officer_id, "work", **one, in_hand="true") for one in each],
    }
    return shown, numbers


def _relations(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "关系": rows["relation_type"],
            "企业": rows["firm_name"],
            "角色": rows["role_type"],
            "期间": _periods(rows),
            "来源": rows["source_type"],
            "统一社会信用代码": rows["uscc"],
        }
    )


def _relation_rows(rows: pd.DataFrame) -> None:
    _table(rows, _relations, "officer_relations")


def _entries(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"日期": rows["entry_date"].map(day), "条目": rows["entry_type"], "等次": rows["grade_type"]})


def _entry_rows(rows: pd.DataFrame) -> None:
    _table(rows, _entries, "officer_entries")


def _periods(rows: pd.DataFrame) -> list[str]:
    return [period_text(start, end) for start, end in zip(rows["start_date"], rows["end_date"], strict=True)]


def on_record(file: IntegrityFile) -> None:
    """Postings, certificates, work, relations and entries."""
    _card(
        "任职调动",
        file.postings,
        "组织人事数据中没有此人的任职记录。",
        "县属乡用的，编制单位和使用单位都列出。",
        _posting_rows,
        _number(file, "postings", file.postings),
    )
    _card(
        "执法证件",
        file.certificates,
        "没有执法证件记录。",
        f"状态按 {file.today:%Y-%m-%d} 判断：到期的写已过期。",
        _certificate_rows,
        _number(file, "certificates", file.certificates),
    )
    _card(
        "近 12 个月工作量",
        file.exposure,
        f"{file.span.text} 没有办案、检查或派单记录。",
        "按当时所在单位和角色计：案件按决定月份（未决的为在办），检查、派单按发生月份。",
        partial(_work_rows, file.officer_id),
        _number(file, "work", file.work),
    )
    _card(
        "利害关系",
        file.relations,
        "没有申报或比对发现的亲属经商记录。",
        "本人申报或比对发现；有关系不等于有问题，看是否回避。亲属身份信息不展示。",
        _relation_rows,
        _number(file, "relations", file.relations),
    )
    secret = "" if file.confidential else "内部密级的条目只由市纪委领导和监督室查看。"
    _card(
        "廉政条目",
        file.entries,
        f"没有可以查看的教育、表彰、谈话等条目。{secret}",
        f"教育培训、表彰奖励、谈话提醒等。{secret}",
        _entry_rows,
        _number(file, "entries", file.entries),
    )


def _moments(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"日期": rows["when"].map(day), "事项": rows["what"], "内容": rows["detail"]})


def timeline(file: IntegrityFile) -> None:
    """Everything with a date, newest first."""

    def rows(moments: pd.DataFrame) -> None:
        widths = {"日期": 100, "事项": 100, "内容": 1000}
        config = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
        tables.plain_table(_worded(moments, _moments), "officer_timeline", 12, "时间线", config)

    meaning = "任职、证件、预警和核查结论、反映、复议诉讼、廉政条目，最近的在前。"
    _card("时间线", file.timeline, "没有带日期的记录。", meaning, rows)
