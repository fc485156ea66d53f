"""Text from data in places that read markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lib.text import seen
from lib.ui.verbatim import verbatim

MARKUP = [
    "![x](http://evil.example/a.png)", "[a](http://evil.example)", "<img src=x onerror=alert(1)>", "&lt;b&gt; &#33;",
    "**粗** _斜_ `码` ~~删~~", "# 标题", "1. 一", "12) 二", "- 项", "+ 项", "> 引", "---", "===", "| a | b |", "$x^2$",
    ":red[危险]", ":material/delete:", ":smile:", "::name[x]", "<http://evil.example>", "\\", "a\n\n# b", "\tx", "[^1]",
    "[a]: http://evil.example", "```\nx\n```",
]  # fmt: skip


def shown(markdown: str) -> tuple[list[str], str]:
    """The kinds of block that markdown makes, and the text of its inline parts when all of them are text."""
    blocks = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    kinds = [token.type for token in blocks]
    inline = [child for token in blocks for child in token.children or []]
    assert {child.type for child in inline} <= {"text"}, markdown
    return kinds, "".join(child.content for child in inline).replace("\u2060", "")


@given(
    st.one_of(
        st.text(),
        st.lists(st.sampled_from(MARKUP)).map(" ".join),
        st.text(alphabet=" !\"#$%&'()*+-.:;<=>[]\\^_`{|}~1a\n\t"),
    )
)
def test_no_text_makes_markup(text: str) -> None:
    kinds, read = shown(verbatim(text))
    assert kinds == (["paragraph_open", "inline", "paragraph_close"] if seen(text) else [])
    assert read == seen(text)


@given(st.text(alphabet=" !#$&()*+-.:<=>[]_`|~1a"))
def test_no_text_reaches_what_stands_around_it(text: str) -> None:
    assert shown(f"甲 {verbatim(text)} 乙")[1].split() == f"甲 {seen(text)} 乙".split()


@pytest.mark.parametrize(
    "text",
    ["见 http://evil.example/x", "WWW.evil.example", "a@evil.example", ":smile:", "1:100:2", ":material/delete:",
     ":streamlit:", "a -> b", "<- b", "x >= y", "-- x", "~= x"],
)  # fmt: skip
def test_what_is_looked_for_in_plain_text_is_broken_by_a_joiner(text: str) -> None:
    assert "\u2060" in verbatim(text)
    assert verbatim(text).replace("\u2060", "").replace("\\", "") == text


@pytest.mark.parametrize(
    "text", ["临安区城管局（示意）", "2022-09-25 12:30", "-5.2%", "M05 罚款与裁量不符", "1.5 倍", "12:30:05"]
)
def test_plain_words_and_figures_stay_as_they_are(text: str) -> None:
    assert verbatim(text) == text


def test_direction_and_control_characters_are_dropped() -> None:
    assert verbatim("笔录\u202egpj.exe\u2066\x00\x1b") == "笔录gpj.exe"
    assert verbatim("\ud800a") == "a"
