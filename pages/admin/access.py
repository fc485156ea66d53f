"""Who may do what: the policy in force as one table, the scope of each role, and where both are changed."""

from lib.access.policy import policy
from lib.ui.admin import policy_table
from lib.ui.browser import way

way.back()
policy_table.show(policy())
