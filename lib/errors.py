"""Errors meant for a person: what happened and what to do, in Chinese."""


class UserError(Exception):
    """A fault the person can act on.

    `message` says what happened and where, `hint` what to do next; both are shown, never a traceback.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple:
        return type(self), (self.message, self.hint)
