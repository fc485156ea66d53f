"""The manual as a page: what it holds, one entry, what was found; pictures as the reader's screen would show them."""

from collections.abc import Iterable

import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.help.entry import CHAPTERS, GROUPS, PAGES, Entry
from lib.insight.help.manual import Manual, find, manual, marked
from lib.insight.help.pictures import DESK, PHONE, picture
from lib.insight.help.text import Block, Paragraph, Picture, Points, pieces
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.store import Warehouse

ENTRY_KEY, WORDS_KEY = "entry", "he_words"
_MOST = 60


def manual_of(register: Register, warehouse: Warehouse, viewer: Viewer) -> Manual:
    """The manual as the viewer may read it."""
    return _manual(register, viewer, key(register, warehouse, viewer, clock=False))


@kept(32)
def _manual(_register: Register, _viewer: Viewer, state: Key) -> Manual:
    return manual(_register, _viewer, paths.RIGHTS)


def search() -> str:
    """The words looked for, in the address."""
    asked = st.text_input(
        "查找",
        key=WORDS_KEY,
        bind="query-params",
        placeholder="查一个词，如：按期办结率、签收、M05",
        label_visibility="collapsed",
        icon=":material/search:",
        max_chars=60,
        width=380,
    )
    return str(asked or "").strip()


def _link(entry: Entry, label: str = "", words: str = "") -> str:
    query = {ENTRY_KEY: entry.id, **({WORDS_KEY: words} if words else {})}
    return f'<a href="{in_html(way.href(paths.HELP, way.onward(query)))}">{label or in_html(entry.title)}</a>'


def contents(held: Manual, viewer: Viewer) -> None:
    """What the manual holds: first what concerns the reader, then everything by group."""
    own = [entry for entry in held.group(CHAPTERS) if entry.written_for(viewer.role)]
    if own:
        with card("help-own"):
            st.markdown("**先看这些**")
            st.html(f'<div class="contents">{"".join(_chapter(held, entry) for entry in own)}</div>')
    for name in GROUPS:
        found = [entry for entry in held.group(name) if entry not in own]
        if not found:
            continue
        with card(f"help-{GROUPS.index(name)}"):
            st.markdown(f"**{name}**　{len(found):,} 条")
            if name == CHAPTERS:
                st.html(f'<div class="contents">{"".join(_chapter(held, entry) for entry in found)}</div>')
            else:
                st.html(f'<div class="index">{"".join(map(_link, found))}</div>')


def _chapter(held: Manual, entry: Entry) -> str:
    parts = "".join(_link(part) for part in held.parts(entry))
    return f"<div><strong>{_link(entry)}</strong><div>{parts}</div></div>"


def results(held: Manual, words: str) -> None:
    """The entries in which the words stand, the words marked."""
    found = find(held, words)
    if not found:
        message.nothing(f"没有查到「{words}」", "换一个短一些的词；查的是说明、口径、模型和期限里的文字。")
        return
    with card("help-found"):
        st.caption(f"查到 {len(found):,} 条" + (f"，列出前 {_MOST} 条" if len(found) > _MOST else ""))
        rows = [
            f"<div>{_link(one.entry, _marked(one.entry.title, words), words)}"
            f'<span class="told">{in_html(one.entry.group)}</span><p>{_marked(one.line, words)}</p></div>'
            for one in found[:_MOST]
        ]
        st.html(f'<div class="found">{"".join(rows)}</div>')


def _marked(text: str, words: str) -> str:
    return "".join(f"<mark>{in_html(piece)}</mark>" if hit else in_html(piece) for piece, hit in marked(text, words))


def one(held: Manual, asked: str, words: str) -> None:
    """One entry, what belongs to it, and what it belongs to."""
    entry = held.by_id.get(asked)
    if entry is None:
        box = message.nothing("没有这个词条", "可能已改名，或您的角色不查看这类内容。请从目录里找，或查一个词。")
        box.html(f'<a href="{in_html(way.href(paths.HELP, way.onward({})))}">打开目录</a>')
        return
    above = held.by_id.get(entry.under)
    page = "页" if above is not None and above.group == PAGES else ""
    up = [] if above is None else [_link(above, f"{in_html(above.title)}{page}")]
    trail = " · ".join([f'<span class="told">{in_html(entry.group)}</span>', *up])
    with card("help-entry"):
        st.html(f'<div class="numbers">{trail}</div><h3 class="entry">{_marked(entry.title, words)}</h3>')
        _draw(held, entry.blocks, words)
        for part in held.parts(entry):
            if held.parent(part) is entry:
                _part(held, part, words)
        if entry.group == PAGES and paths.BY_URL[entry.page].listed:
            st.page_link(
                paths.BY_URL[entry.page].file, label=f"打开{verbatim(entry.title)}", query_params=way.address({})
            )


def _part(held: Manual, part: Entry, words: str) -> None:
    st.html(f'<h4 class="entry">{_link(part, _marked(part.title, words))}</h4>')
    _draw(held, part.blocks, words)


def _draw(held: Manual, blocks: Iterable[Block], words: str) -> None:
    """Blocks in order: text as one element as long as no picture stands between."""
    text: list[str] = []
    for block in blocks:
        if isinstance(block, Picture):
            _written(text)
            text = []
            st.image(picture(block.name, PHONE if on_phone() else DESK), caption=block.words, width="stretch")
        else:
            text.append(_html(held, block, words))
    _written(text)


def _written(text: list[str]) -> None:
    if text:
        st.html(f'<div class="manual">{"".join(text)}</div>')


def _html(held: Manual, block: Block, words: str) -> str:
    if isinstance(block, Paragraph):
        return f"<p>{_inline(held, block.words, words)}</p>"
    if isinstance(block, Points):
        tag = "ol" if block.numbered else "ul"
        return f"<{tag}>{''.join(f'<li>{_inline(held, item, words)}</li>' for item in block.items)}</{tag}>"
    assert not isinstance(block, Picture)
    heads = "".join(f"<th>{in_html(head)}</th>" for head in block.heads)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_inline(held, cell, words)}</td>' for cell in row)}</tr>" for row in block.rows
    )
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _inline(held: Manual, text: str, words: str) -> str:
    found = []
    for piece in pieces(text):
        shown = _marked(piece.words, words)
        entry = held.by_id.get(piece.entry)
        if entry is not None:
            shown = _link(entry, shown)
        found.append(f"<strong>{shown}</strong>" if piece.strong else shown)
    return "".join(found)
