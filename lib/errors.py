"""Errors meant for a person: what happened and what to do, in Chinese."""

import errno

_WHY = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EFBIG: "文件超过允许的大小",
    errno.EROFS: "磁盘只读",
    errno.EIO: "磁盘读写出错",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "不存在",
    errno.EEXIST: "已经存在",
    errno.ENOTDIR: "上级不是目录",
    errno.EISDIR: "是目录",
}


def system_says(error: OSError) -> str:
    """Why the system refused, in a few words."""
    return _WHY.get(error.errno or 0) or error.strerror or type(error).__name__


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
