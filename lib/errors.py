"""Errors meant for a person: what happened and what to do, in Chinese."""


class UserError(Exception):
    """A fault the person can act on.

    `message` says what happened and where, `hint` what to do next; both are shown, never a traceback.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    @property
    def sentences(self) -> tuple[str, str]:
        """What happened, with a stop where something follows it, and what to do."""
        stopped = not self.hint or self.message.endswith(("。", "！", "？", "："))
        return f"{self.message}{'' if stopped else '。'}", self.hint

    @property
    def sentence(self) -> str:
        """What happened and what to do, as one text."""
        return "".join(self.sentences)

    def __str__(self) -> str:
        return self.sentence

    def __reduce__(self) -> tuple:
        return type(self), (self.message, self.hint)
