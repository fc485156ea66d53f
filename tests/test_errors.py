"""What a person is told: one sentence after the other, however the message ends."""

import pickle

import pytest

from lib.errors import UserError


@pytest.mark.parametrize(
    ("message", "hint", "sentence"),
    [
        ("还没有数据。", "请装载文件。", "还没有数据。请装载文件。"),
        ("文件是空的", "请重新导出。", "文件是空的。请重新导出。"),
        ("数据目录有误：", "没有列。", "数据目录有误：没有列。"),
        ("文件是空的", "", "文件是空的"),
    ],
)
def test_message_and_hint_make_one_text(message: str, hint: str, sentence: str) -> None:
    error = UserError(message, hint)
    assert error.sentence == str(error) == "".join(error.sentences) == sentence
    assert str(pickle.loads(pickle.dumps(error))) == sentence
