"""I30 回避落实率: handlers of decided cases tied to the party meanwhile, and those who had stepped back."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "org_id", "area_code", "party_id", "filed_date", "decision_date", "closed_date"
    )
    cases = cases[cases["decision_date"].between(raw.since, raw.as_of)]
    roles = raw.table("case_officer", "case_id", "officer_id", "start_at")
    backs = raw.table("case_event", "case_id", "event_type", "event_at", "operator_id")
    backs = backs[backs["event_type"].eq("回避")].merge(cases[["case_id", "decision_date"]], on="case_id")
    backs = backs[backs["event_at"].dt.normalize().le(backs["decision_date"])]
    named = backs.dropna(subset="operator_id").rename(columns={"operator_id": "officer_id"})
    out = named[["case_id", "officer_id"]].drop_duplicates()
    gone = out.merge(roles[["case_id", "officer_id"]], how="left", indicator=True)
    gone = gone.loc[gone["_merge"].eq("left_only"), ["case_id", "officer_id"]].assign(start_at=pd.NaT)
    handled = pd.concat([roles, gone]).merge(cases, on="case_id")
    tied = handled.merge(_ties(raw), on=["officer_id", "party_id"])
    begun = pd.concat([tied["filed_date"], tied["start_at"].dt.normalize(), tied["start_date"]], axis=1).max(axis=1)
    over = pd.concat([tied["closed_date"], tied["end_date"]], axis=1).min(axis=1).fillna(raw.as_of)
    tied = tied[begun.le(over.clip(upper=raw.as_of))].drop_duplicates(["case_id", "officer_id"])
    stepped = set(zip(out["case_id"], out["officer_id"], strict=True))
    nameless = set(backs.loc[backs["operator_id"].isna(), "case_id"])
    pairs = list(zip(tied["case_id"], tied["officer_id"], strict=True))
    return pd.DataFrame(
        {
            "subject": [f"{case} {officer}" for case, officer in pairs],
            "day": tied["decision_date"].to_numpy(),
            "org": tied["org_id"].to_numpy(),
            "area": tied["area_code"].to_numpy(),
            "met": [pair in stepped or pair[0] in nameless for pair in pairs],
        }
    )


def _ties(raw: Raw) -> pd.DataFrame:
    """Officer and party, from when until when (NaT: no bound)."""
    told = raw.table("officer_relation", "officer_id", "relative_hash", "uscc", "start_date", "end_date")
    told = told[told["start_date"].isna() | told["start_date"].le(raw.as_of)]
    posts = told.dropna(subset="uscc").rename(columns={"uscc": "party_id"})
    # Whose dates are those of a post is a relative all the same, with no bound.
    kin = told.copy()
    kin.loc[kin["uscc"].notna(), ["start_date", "end_date"]] = pd.NaT
    selves = raw.table("officer", "officer_id", "person_hash").rename(columns={"person_hash": "relative_hash"})
    kin = pd.concat([kin.drop(columns="uscc"), selves.assign(start_date=pd.NaT, end_date=pd.NaT)])
    persons = kin.assign(party_id=kin["relative_hash"])
    firms = raw.table("enterprise", "uscc", "legal_rep_hash", "holder_hashes").rename(columns={"uscc": "party_id"})
    heads = firms[["party_id", "legal_rep_hash"]].set_axis(["party_id", "relative_hash"], axis=1)
    holders = firms[["party_id", "holder_hashes"]].explode("holder_hashes")
    holders = holders.set_axis(["party_id", "relative_hash"], axis=1)
    people = pd.concat([heads, holders])
    people = people[people["relative_hash"].isin(kin["relative_hash"].dropna()) & people["relative_hash"].ne("")]
    known = posts.groupby(["relative_hash", "party_id"])["start_date"].agg(
        lambda days: pd.NaT if days.isna().any() else days.min()
    )
    owners = kin.merge(people.drop_duplicates(), on="relative_hash").merge(
        known.rename("known").reset_index(), how="left", on=["relative_hash", "party_id"]
    )
    owners["start_date"] = owners[["start_date", "known"]].apply(pd.to_datetime).max(axis=1)
    columns = ["officer_id", "party_id", "start_date", "end_date"]
    ties = pd.concat([part[columns] for part in (posts, persons, owners)]).dropna(subset="party_id")
    return ties.assign(start_date=pd.to_datetime(ties["start_date"]), end_date=pd.to_datetime(ties["end_date"]))
