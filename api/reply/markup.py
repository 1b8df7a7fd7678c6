"""Text of documents and of users in a reply, written so that it stays text.

A document may hold anything; in a reply it must form no link, image, mention, heading, code fence or HTML. Rules:
CommonMark 0.31 (backslash escapes), GFM 0.29 (its autolinks need no brackets).
"""

from __future__ import annotations

import re
from typing import Protocol

_GAP = "\u200b"
"""Zero width space: behind an @ it keeps a chat program from calling somebody."""

# Neither seen nor spoken: control characters, and those that turn the direction of writing.
_UNSEEN = re.compile("[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SPECIAL = re.compile(r"[\\`*_\[\]<>&|~$]")
_BLOCK_START = re.compile(r"^(?:\d{1,9}(?=[.)](?:\s|$))|(?=[#+=:-]))")
# The colon of an address, and a dot before what may be the end of a domain name: both make links without brackets.
_AUTOLINK = re.compile(r":(?=//)|(?<=mailto):|(?<=xmpp):|(?<=www)\.|(?<=[a-z0-9])\.(?=[a-z]{2})", re.IGNORECASE)
_PLAIN_AUTOLINK = re.compile(r"(?<=:)(?=//)|(?<=mailto:)|(?<=www\.)|(?<=``)(?=`)|(?<=<)", re.IGNORECASE)


class Markup(Protocol):
    """How a place that shows replies writes them. Only ``text`` takes text that is not escaped yet."""

    def text(self, text: str) -> str:
        """Text of a document or a user, on one line."""
        ...

    def strong(self, text: str) -> str: ...

    def quotation(self, text: str, mark: str = "") -> str:
        """Words of a document; ``mark`` is the number of their source."""
        ...

    def bullet(self, text: str) -> str: ...

    def source(self, number: int, title: str, details: str, url: str) -> str:
        """An entry of a numbered list: a title that leads to ``url``, and what else is known of it."""
        ...

    def under(self, text: str) -> str:
        """``text`` as a part of the list entry above it."""
        ...


class Markdown:
    """CommonMark."""

    def text(self, text: str) -> str:
        text = _SPECIAL.sub(r"\\\g<0>", _one_line(text))
        text = _AUTOLINK.sub(r"\\\g<0>", text)
        return _BLOCK_START.sub(r"\g<0>\\", text).replace("@", "@" + _GAP)

    def strong(self, text: str) -> str:
        return f"**{text}**" if text else ""

    def quotation(self, text: str, mark: str = "") -> str:
        return f"> {text} {mark}".rstrip()

    def bullet(self, text: str) -> str:
        return f"- {text}"

    def source(self, number: int, title: str, details: str, url: str) -> str:
        return f"{number}. [{title}]({url}){f' — {details}' if details else ''}"

    def under(self, text: str) -> str:
        return f"   {text}"


class Plain:
    """Text for programs that show it as it is, apart from addresses and mentions, which many make out by themselves."""

    def text(self, text: str) -> str:
        return _PLAIN_AUTOLINK.sub(_GAP, _one_line(text)).replace("@", "@" + _GAP)

    def strong(self, text: str) -> str:
        return text

    def quotation(self, text: str, mark: str = "") -> str:
        return f"> {text} {mark}".rstrip()

    def bullet(self, text: str) -> str:
        return f"- {text}"

    def source(self, number: int, title: str, details: str, url: str) -> str:
        return f"[{number}] {title}{f' — {details}' if details else ''}\n    {url}"

    def under(self, text: str) -> str:
        return f"    {text}"


MARKDOWN, PLAIN = Markdown(), Plain()


def unescaped(markdown: str) -> str:
    """What :meth:`Markdown.text` was made from, on one line."""
    return re.sub(r"\\(?=[!-/:-@\[-`{-~])", "", markdown).replace(_GAP, "")


def _one_line(text: str) -> str:
    return " ".join(_UNSEEN.sub("", text).split())
