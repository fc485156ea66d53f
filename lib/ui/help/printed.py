"""The manual as a file: for a role, marked with who took it."""

from lib.access import SYSTEM, Viewer
from lib.access.policy import policy
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.help.document import TITLE, document
from lib.insight.help.manual import manual
from lib.ui import paths
from lib.ui.files import export
from lib.ui.frame import CLASSIFICATION
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def word(register: Register, warehouse: Warehouse, role: str) -> tuple[str, bytes]:
    """The manual as .docx for a role: its file name and content. Raises UserError for a role that there is none of."""
    roles = policy().people
    if role not in roles:
        raise UserError(f"没有「{role}」这个角色。", f"可以是 {'、'.join(roles)}。")
    name, at = roles[role].name, now(warehouse)
    held = manual(register, Viewer(SYSTEM.person_id, SYSTEM.name, role), paths.RIGHTS)
    mark = export.watermark(warehouse, SYSTEM, at)
    return f"{TITLE}（{name}）.docx", document(held, name, CLASSIFICATION, mark, at, warehouse.synthetic)
