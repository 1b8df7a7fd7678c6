"""What a format has to offer: bytes to source text, and source text to the edits that make it readable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from indexer.documents import Document, Metadata
from indexer.limits import LoadLimits
from indexer.offsets import Edit

_SPACES = ("", " ", "\n", "\n\n")  # more of it reads the same


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's source text and what the file says about itself. Fields as in ``Document``."""

    text: str
    encoding: str = "utf-8"
    title: str | None = None
    published: str | None = None
    metadata: Metadata = field(default_factory=dict)
    page_starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Markup:
    """How a format's source text becomes readable.

    ``edits`` and ``asides`` are in source offsets, in order, without overlap. An aside is text that the
    format itself sets apart from the content (navigation, footers): it is kept and marked as boilerplate.
    ``settled`` names the fixers that must not look again at what the format has resolved: ``&lt;b&gt;`` in
    HTML is text about a tag, not a tag.
    """

    edits: list[Edit] = field(default_factory=list)
    asides: list[tuple[int, int]] = field(default_factory=list)
    settled: frozenset[str] = frozenset()


def add(edits: list[Edit], edit: Edit) -> None:
    """Append ``edit``, or widen the last one where the two touch and leave only space: a page of nothing but tags
    would else take a hundred times its size in edits."""
    last = edits[-1] if edits else None
    if last is None or last.end != edit.start or last.text not in _SPACES or edit.text not in _SPACES:
        edits.append(edit)
        return
    both = last.text + edit.text
    edits[-1] = Edit(last.start, edit.end, "\n" * min(2, both.count("\n")) or both[:1])


@dataclass(frozen=True, slots=True)
class Format:
    """``read`` raises LoadError; ``markup`` never fails on a text that ``read`` returned."""

    media_type: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes, LoadLimits], Loaded]
    markup: Callable[[Document], Markup]


def no_markup(document: Document) -> Markup:  # noqa: ARG001 - the signature is the protocol
    """For formats whose source text is plain already."""
    return Markup()
