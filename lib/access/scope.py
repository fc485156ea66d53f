"""The scope, applied in one place."""

from collections.abc import Callable

import pandas as pd

from lib.access.policy import policy
from lib.access.viewer import Viewer


def visible(viewer: Viewer, frame: pd.DataFrame, domain_of: "pd.Series | None" = None) -> pd.DataFrame:
    """The rows of `frame` that the viewer may see.

    `frame` has area_code and, for a viewer limited to domains, either domain_code or org_id; `domain_of` maps
    org_id to domain_code for frames that only carry org_id. A row about the viewer's own officer number is
    left out (self-exclusion). A county code covers the county's own units and all its towns; a town code only
    the town; whoever answers for a unit sees what concerns that unit alone. Rows whose area or domain is unknown are
    shown to city-wide viewers only.

    Raises KeyError when a column the scope needs is missing: a frame that cannot be scoped is not shown.
    """
    keep = pd.Series(bounded(viewer), index=frame.index)
    if viewer.area_code is not None:
        area = frame["area_code"].astype("string")
        inside = area.eq(viewer.area_code) if len(viewer.area_code) == 9 else area.str.startswith(viewer.area_code)
        keep &= inside.fillna(False).astype(bool)
    if viewer.domains is not None:
        domain = frame["domain_code"] if "domain_code" in frame else frame["org_id"].map(_required(domain_of))
        keep &= domain.isin(viewer.domains)
    if of_unit(viewer):
        keep &= frame["org_id"].eq(viewer.org_id).fillna(False).astype(bool)
    if viewer.officer_id is not None and "officer_id" in frame:
        keep &= frame["officer_id"].ne(viewer.officer_id).fillna(True).astype(bool)
    return frame if keep.all() else frame[keep]


def bounded(viewer: Viewer) -> bool:
    """Whether the viewer carries what the scope of the role is bounded by: without it nothing is visible."""
    role = policy().roles.get(viewer.role)
    return role is not None and _BOUNDED.get(role.scope, _nothing)(viewer)


def of_unit(viewer: Viewer) -> bool:
    """Whether the viewer belongs to a supervised unit: only what was sent to the unit is shown."""
    role = policy().roles.get(viewer.role)
    return role is not None and role.scope == "unit"


def sees_all(viewer: Viewer) -> bool:
    """Whether nothing about any place, body or officer is kept from the viewer."""
    unbounded = viewer.area_code is None and viewer.domains is None and not of_unit(viewer)
    return bounded(viewer) and unbounded and viewer.officer_id is None


def _nothing(_viewer: Viewer) -> bool:
    return False


# By scope of the policy: what must be known about the person. Scopes that nothing can be shown within are left out.
_BOUNDED: dict[str, Callable[[Viewer], bool]] = {
    "city": lambda _viewer: True,
    "class": lambda _viewer: True,
    "lists": lambda _viewer: True,
    "county": lambda viewer: len(viewer.area_code or "") == 6,
    "town": lambda viewer: len(viewer.area_code or "") == 9,
    "unit": lambda viewer: bool(viewer.org_id),
}


def _required(domain_of: "pd.Series | None") -> pd.Series:
    if domain_of is None:
        raise KeyError("domain_code")
    return domain_of


def sees_area(viewer: Viewer, area_code: str) -> bool:
    """Whether an area lies inside the viewer's scope."""
    if viewer.area_code is None:
        return True
    return area_code == viewer.area_code or (len(viewer.area_code) == 6 and area_code.startswith(viewer.area_code))
