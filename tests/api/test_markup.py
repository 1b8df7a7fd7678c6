"""What a document holds stays text in a reply: rendered as CommonMark, it is read back as it was written."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from api.reply.markup import MARKDOWN, PLAIN

COMMONMARK = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = (
    "[click](http://evil.example/) ",
    "![x](http://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "<!channel> <@U123|you> @everyone",
    "```\ncode\n```",
    "# heading",
    "1. one\n2. two",
    "- item\n- item",
    "| a | b |\n|---|---|\n| c | d |",
    "[1]: http://evil.example/",
    "text [1] <http://evil.example/>",
    "**bold** _it_ ~~gone~~ `code`",
    "&lt;b&gt; &#x40;",
    "title\n===",
    "---",
    "    indented",
    "ends with a backslash \\",
    "\\[escaped](already)",
    "+ 8%",
    "> quoted",
    "12) twelve",
    "\u202ereversed\u202c",
)
PIECES = st.sampled_from([*"[]()<>!`*_~#|-+=.:@&;\\/ \n1a可", "http://", "www.", "a.com", "mailto:", *HOSTILE])


def shown(markdown: str) -> tuple[str, set[str]]:
    """The text that a reader sees, and the sorts of tokens that it is made of."""
    text, kinds = "", set()
    for token in COMMONMARK.parse(markdown):
        kinds.add(token.type)
        for child in token.children or ():
            kinds.add(child.type)
            text += child.content
    return text, kinds


def visible(text: str) -> str:
    return " ".join(re.sub("[\0-\x08\x0e-\x1b\u200b\u202a-\u202e]", "", text).split())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_is(text):
    seen, kinds = shown(MARKDOWN.text(text))
    assert visible(seen) == visible(text)
    assert kinds == {"paragraph_open", "inline", "text", "paragraph_close"}


@given(st.lists(PIECES, max_size=12).map("".join))
@example("a  \nb")
def test_any_text_stays_text_in_a_quotation(text):
    seen, kinds = shown(MARKDOWN.quotation(MARKDOWN.text(text), "[1]"))
    assert kinds <= {"blockquote_open", "paragraph_open", "inline", "text", "paragraph_close", "blockquote_close"}
    assert visible(seen) == visible(f"{text} [1]")


@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_text_stays_the_title_of_a_source(text):
    tokens = COMMONMARK.parse(MARKDOWN.source(1, MARKDOWN.text(text) or "Untitled", "", "http://127.0.0.1/#/doc/c/d"))
    children = [child for token in tokens for child in token.children or ()]
    assert [child.attrGet("href") for child in children if child.type == "link_open"] == ["http://127.0.0.1/#/doc/c/d"]
    assert {child.type for child in children} <= {"link_open", "text", "link_close"}


@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_is_left_that_becomes_a_link_or_a_mention_without_brackets(text):
    for escaped in (MARKDOWN.text(text), PLAIN.text(text)):
        assert not re.search(r"(?<!\\)://|mailto:\w|www\.\w|@[\w]|(?<!\\)<[@!#\w]|```", escaped, re.IGNORECASE)


def test_figures_and_chinese_are_left_as_they_are():
    text = "2025年第一季度：可灵AI收入超过1.5亿元（同比+13%），约占70%；1.5 billion, Q1 (H1)."
    assert MARKDOWN.text(text) == PLAIN.text(text) == text


def test_nothing_stays_nothing():
    assert MARKDOWN.strong(MARKDOWN.text(" \n")) == ""
