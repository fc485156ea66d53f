"""What can be wrong with a rule."""

from lib.errors import UserError


class RuleError(UserError):
    """A rule file, its cases, its parameters or its SQL are not right."""


class RuleTimeout(RuleError):
    """A rule ran longer than it may."""
