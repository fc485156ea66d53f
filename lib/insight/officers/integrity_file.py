"""The integrity file (廉政档案): what the sources hold about one officer, for whoever may see it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache, partial

import pandas as pd

from lib.access import NotVisible, Viewer, under
from lib.access.masking import HIDDEN
from lib.access.scope import visible
from lib.casework.store.register import Register
from lib.catalog.lists import domain_names
from lib.insight.names import officer_labels, officer_names, subject_titles
from lib.insight.period import Span
from lib.insight.ranking.work import SUBJECTS, pieces, weighs, window
from lib.insight.row_scope import scoped
from lib.insight.stated import Stated
from lib.insight.warnings.listing import warning_list
from lib.insight.warnings.names import places
from lib.insight.wording import day
from lib.warehouse.store import Warehouse

# Who reads what is not marked 公开: petitions about a person, talks, organisational measures.
PROVEN = ("属实", "部分属实")
VALID, EXPIRED, NOT_YET = "有效", "已过期", "未生效"
UNKNOWN_UNIT = "单位不明"

_OFFICER = """
select officer.officer_id, officer_type, status_type, officer.org_id, org_name, org.area_code, org.domain_code
from officer
left join org using (org_id)
where officer_id = $officer_id
"""
_OFFICERS = """
select officer.officer_id, org_name, org.area_code, org.domain_code
from officer
left join org using (org_id)
order by officer_id
"""
_POSTINGS = """
select
    posting_id,
    coalesce(own.org_name, $unknown) as org_name,
    coalesce(used.org_name, own.org_name, $unknown) as use_org_name,
    coalesce(use_org_id <> officer_posting.org_id, false) as is_lent,
    post_name,
    start_date,
    end_date,
    start_date <= $today and coalesce(end_date >= $today, true) as is_current
from officer_posting
left join org as own on own.org_id = officer_posting.org_id
left join org as used on used.org_id = officer_posting.use_org_id
where officer_id = $officer_id
order by start_date desc, posting_id
"""
_CERTIFICATES = """
select
    cert_no,
    domain_code,
    cert_status,
    issue_date,
    expire_date,
    case
        when cert_status <> $valid then cert_status
        when expire_date < $today then $expired
        when issue_date > $today then $not_yet
        else $valid
    end as validity
from officer_cert
where officer_id = $officer_id
order by expire_date desc, cert_no
"""
_TICKETS = """
select '12345' as source, ticket_no as number, received_at, ticket_type as type, org_id, org_name, verify_result
from hotline_ticket
left join org using (org_id)
where target_officer_id = $officer_id
"""
_PETITIONS = """
select '信访' as source, petition_no as number, received_at, channel_type as type, org_id, org_name, verify_result
from petition
left join org using (org_id)
where target_officer_id = $officer_id and ($confidential or coalesce(secrecy_type = '公开', false))
"""
# Few among all cases: these are looked up, not joined with all.
_REVIEWS = """
with own as (
    select rl_id, rl_type, review_litigation.result_type, decided_date, case_id
    from review_litigation
    inner join case_officer using (case_id)
    where officer_id = $officer_id and role_type = '主办'
        and review_litigation.result_type in ('撤销', '变更', '确认违法')
),

cases as (
    select case_id, doc_no, case_no, item_code
    from penalty_case
    where case_id in (select case_id from own)
),

final as (
    select
        rl_id,
        rl_type,
        result_type,
        decided_date,
        case_id,
        coalesce(doc_no, case_no, case_id) as case_label,
        item_name
    from own
    left join cases using (case_id)
    left join power_item using (item_code)
    order by decided_date desc nulls last, rl_id
)

select * from final
"""
_ENTRIES = """
select entry_id, entry_type, entry_date, grade_type
from officer_integrity
where officer_id = $officer_id and ($confidential or coalesce(secrecy_type = '公开', false))
order by entry_date desc, entry_id
"""
_RELATIONS = """
select relation_type, role_type, source_type, uscc, entity_name as firm_name, start_date, end_date
from officer_relation
left join mart_related_firm using (uscc)
where officer_id = $officer_id
order by start_date desc nulls last, relation_id
"""

# The tiles of the page, in order.
RECENT = Stated(
    "近 12 个月预警", "首次发现在 {days}；已撤销、已合并和核查不属实的不计；只计您权限范围内的预警。", ("recent",)
)
FOUND_TRUE = Stated("属实或部分属实", "核查结论为属实或部分属实的预警，不限时间。", ("proven",))
COMPLAINTS = Stated("投诉·信访", "12345 工单和信访中反映此人的，不论是否属实{secret}。")
OVERTURNED = Stated("复议诉讼改变", "主办案件经复议、诉讼被撤销、变更或确认违法的。")
CERTIFIED = Stated("有效证件", "{today} 状态有效且未到期的执法证件。")


@dataclass(frozen=True)
class IntegrityFile:
    """One officer as the viewer may see them on the day `today`; frames newest first, texts missing or NaN.

    `label` is the masked name with the number, `confidential` whether entries not marked 公开 are in.

    postings: posting_id, org_name (编制单位), use_org_name (使用单位), is_lent (县属乡用), post_name, start_date,
    end_date, is_current.
    certificates: cert_no, domain_name, cert_status (as registered), issue_date, expire_date, validity (on the day:
    有效, 已过期, 未生效, or 暂扣, 注销 as registered).
    work: every piece of work within `span`, the columns of lib.insight.ranking.work.pieces. titled: gives the same with
    subject_title, which is looked up among all cases.
    exposure: the same counted: kind (案件, 派单, 检查), role (主办, 协办, 审核, 审批), org_name (the unit of that
    time), first_month, last_month, pieces, in_hand (of these, cases not decided yet).
    warnings: the columns of `warning_list`.
    complaints: source (12345, 信访), number, received_at, type, org_name, verify_result; nothing about who complained.
    reviews: rl_id, rl_type, result_type (撤销, 变更, 确认违法), decided_date, case_id, case_label, item_name, of cases
    the officer was 主办 of.
    entries: entry_id, entry_type, entry_date, grade_type.
    relations: relation_type, role_type, source_type, uscc, firm_name, start_date, end_date; firm and code read 不展示
    without the right `reveal`.
    timeline: when, what, detail.
    outside: how many complaints and reviews about work elsewhere lie outside the viewer's scope; they are left out.
    """

    officer_id: str
    label: str
    officer_type: str
    status_type: str
    org_id: str
    org_name: str
    area_label: str
    today: date
    span: Span
    confidential: bool
    postings: pd.DataFrame = field(repr=False)
    certificates: pd.DataFrame = field(repr=False)
    work: pd.DataFrame = field(repr=False)
    titled: Callable[[], pd.DataFrame] = field(repr=False)
    exposure: pd.DataFrame = field(repr=False)
    warnings: pd.DataFrame = field(repr=False)
    complaints: pd.DataFrame = field(repr=False)
    reviews: pd.DataFrame = field(repr=False)
    entries: pd.DataFrame = field(repr=False)
    relations: pd.DataFrame = field(repr=False)
    timeline: pd.DataFrame = field(repr=False)
    outside: dict[str, int]

    @property
    def recent_warnings(self) -> int:
        """Warnings first seen within `span` that weigh: not withdrawn, not merged, not found 不属实."""
        return int((weighs(self.warnings) & self.span.holds(self.warnings["first_seen_at"])).sum())

    @property
    def proven_warnings(self) -> int:
        """Warnings found 属实 or 部分属实, of all time."""
        return int(self.warnings["conclusion"].isin(PROVEN).sum())

    @property
    def valid_certificates(self) -> int:
        """Certificates in force on the day."""
        return int(self.certificates["validity"].eq(VALID).sum())


@under("view", "officer")
def file_of(register: Register, warehouse: Warehouse, viewer: Viewer, officer_id: str) -> IntegrityFile:
    """The file of one officer.

    Raises Forbidden without the right to see integrity files, NotVisible when the officer's present unit is outside
    the viewer's scope, the officer is the viewer, or there is no such officer: the three read the same.
    """
    head = _head(warehouse, viewer, officer_id)
    span, confidential = window(warehouse.as_of), viewer.may("confidential", "officer")
    warned, work = warning_list(register, warehouse, viewer), pieces(warehouse, officer_id, span)
    complaints, reviews = (
        scoped(viewer, warehouse, rows)
        for rows in (_complaints(warehouse, officer_id, confidential), _rows(warehouse, _REVIEWS, officer_id))
    )
    found = {
        "postings": _rows(warehouse, _POSTINGS, officer_id, today=warehouse.as_of, unknown=UNKNOWN_UNIT),
        "certificates": _certificates(warehouse, officer_id),
        "warnings": _newest(warned[warned["officer_id"].eq(officer_id)], "first_seen_at", "warning_id"),
        "complaints": complaints.rows.drop(columns="org_id"),
        "reviews": reviews.rows,
        "entries": _rows(warehouse, _ENTRIES, officer_id, confidential=confidential),
    }
    return IntegrityFile(
        **head,
        today=warehouse.as_of,
        span=span,
        confidential=confidential,
        work=work,
        titled=cache(partial(_titled, warehouse, viewer, work)),
        exposure=_exposure(work),
        relations=_relations(warehouse, officer_id, viewer.may("reveal", "officer")),
        outside={"complaints": complaints.outside, "reviews": reviews.outside},
        timeline=_timeline(warehouse.as_of, **found),
        **found,
    )


@under("view", "officer")
def officers(warehouse: Warehouse, viewer: Viewer) -> dict[str, str]:
    """Masked name, number and unit by officer_id, of every officer whose file the viewer may open.

    Raises Forbidden without the right to see integrity files.
    """
    return _officers(warehouse, viewer)


@lru_cache(maxsize=32)
def _officers(warehouse: Warehouse, viewer: Viewer) -> dict[str, str]:
    found = visible(viewer, warehouse.query(_OFFICERS))
    labels = officer_labels(officer_names(warehouse), found["officer_id"])
    return dict(zip(found["officer_id"], labels + " · " + found["org_name"].fillna(UNKNOWN_UNIT), strict=True))


def _rows(warehouse: Warehouse, sql: str, officer_id: str, **params: object) -> pd.DataFrame:
    return warehouse.query(sql, {"officer_id": officer_id, **params})


def _newest(frame: pd.DataFrame, when: str, number: str) -> pd.DataFrame:
    return frame.sort_values([when, number], ascending=[False, True]).reset_index(drop=True)


def _head(warehouse: Warehouse, viewer: Viewer, officer_id: str) -> dict[str, str]:
    found = visible(viewer, _rows(warehouse, _OFFICER, officer_id))
    if found.empty:
        raise NotVisible()
    _, areas = places(warehouse)
    row = found.assign(
        label=officer_labels(officer_names(warehouse), found["officer_id"]),
        area_label=found["area_code"].map(areas.set_index("area_code")["area_label"]).astype("object").fillna(""),
        org_name=found["org_name"].fillna(UNKNOWN_UNIT),
    ).iloc[0]
    columns = ("officer_id", "label", "officer_type", "status_type", "org_id", "org_name", "area_label")
    return {name: "" if pd.isna(row[name]) else str(row[name]) for name in columns}


def _certificates(warehouse: Warehouse, officer_id: str) -> pd.DataFrame:
    frame = _rows(
        warehouse, _CERTIFICATES, officer_id, today=warehouse.as_of, valid=VALID, expired=EXPIRED, not_yet=NOT_YET
    )
    code = frame.pop("domain_code")
    frame.insert(1, "domain_name", code.map(domain_names()).fillna(code))
    return frame


def _complaints(warehouse: Warehouse, officer_id: str, confidential: bool) -> pd.DataFrame:
    tickets = _rows(warehouse, _TICKETS, officer_id)
    petitions = _rows(warehouse, _PETITIONS, officer_id, confidential=confidential)
    return _newest(pd.concat([tickets, petitions], ignore_index=True), "received_at", "number")


def _titled(warehouse: Warehouse, viewer: Viewer, found: pd.DataFrame) -> pd.DataFrame:
    """The pieces of work with what they were about, which is not shown of those outside the viewer's scope."""
    domains = places(warehouse)[0].set_index("org_id")["org_domain_code"]
    inside = found.index.isin(visible(viewer, found, domains).index)
    titles = subject_titles(found.assign(subject_type=found["kind"].map(SUBJECTS)), warehouse)
    return found.assign(subject_title=titles.where(inside, HIDDEN))


def _exposure(work: pd.DataFrame) -> pd.DataFrame:
    """The pieces of work counted by kind, role and unit, the most first."""
    counted = (
        work.assign(in_hand=work["month"].isna())
        .groupby(["kind", "role", "org_name"], as_index=False)
        .agg(
            first_month=("month", "min"),
            last_month=("month", "max"),
            pieces=("subject_id", "size"),
            in_hand=("in_hand", "sum"),
        )
    )
    order = ["pieces", "kind", "role", "org_name"]
    return counted.sort_values(order, ascending=[False, True, True, True]).reset_index(drop=True)


def _relations(warehouse: Warehouse, officer_id: str, reveal: bool) -> pd.DataFrame:
    frame = _rows(warehouse, _RELATIONS, officer_id)
    return frame if reveal else frame.assign(uscc=HIDDEN, firm_name=HIDDEN)


def _timeline(
    today: date,
    postings: pd.DataFrame,
    certificates: pd.DataFrame,
    warnings: pd.DataFrame,
    complaints: pd.DataFrame,
    reviews: pd.DataFrame,
    entries: pd.DataFrame,
) -> pd.DataFrame:
    """when, what, detail of everything that has happened by `today`, newest first."""
    unit = postings["use_org_name"].mask(
        postings["is_lent"], postings["use_org_name"] + "（编制在" + postings["org_name"] + "）"
    )
    named = _joined(warnings["level_zh"], warnings["rule_label"], warnings["subject_title"])
    certificate = _joined(certificates["domain_name"], certificates["cert_no"])
    parts = [
        _moments(postings["start_date"], "任职", _joined(unit, postings["post_name"])),
        _moments(certificates["issue_date"], "发证", certificate),
        _moments(certificates["expire_date"], "证件到期", certificate),
        _moments(warnings["first_seen_at"], "预警", named),
        _moments(warnings["concluded_at"], "核查结论", _joined(warnings["conclusion"], warnings["rule_label"])),
        _moments(
            complaints["received_at"],
            complaints["source"],
            _joined(complaints["type"], complaints["verify_result"].fillna("尚无核实结果"), complaints["org_name"]),
        ),
        _moments(
            reviews["decided_date"],
            reviews["rl_type"],
            _joined(reviews["result_type"], reviews["case_label"], reviews["item_name"]),
        ),
        _moments(entries["entry_date"], entries["entry_type"], _joined(entries["grade_type"])),
    ]
    merged = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    past = merged[merged["when"] < pd.Timestamp(today) + pd.Timedelta(days=1)]
    return past.sort_values("when", ascending=False, kind="stable").reset_index(drop=True)


def _moments(when: pd.Series, what: str | pd.Series, detail: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame({"when": pd.to_datetime(when), "what": what, "detail": detail}, index=when.index)
    return frame[frame["when"].notna()]


def _joined(*columns: pd.Series) -> pd.Series:
    """The texts of each row that are there, with · between them."""
    rows = zip(*columns, strict=True)
    texts = [" · ".join(str(text) for text in row if not pd.isna(text) and text != "") for row in rows]
    return pd.Series(texts, index=columns[0].index, dtype="object")


def period_text(start: object, end: object) -> str:
    """2014-02-19 至 2017-06-26, 至今 without an end, and a dash where nothing is known."""
    if pd.isna(start) and pd.isna(end):  # type: ignore[call-overload]
        return day(None)
    return f"{day(start)} 至 {'今' if pd.isna(end) else day(end)}"  # type: ignore[call-overload]
