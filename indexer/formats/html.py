"""HTML: the source text is the raw page; tags, scripts and comments are edited away.

A scanner of our own rather than a tree: it knows the offset of everything, is linear in whatever it is
fed, needs no well-formed page and executes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from indexer.decode import decode
from indexer.documents import Document
from indexer.fixers.remnants import entity
from indexer.formats.base import Format, Loaded, Markup, add
from indexer.formats.dates import iso_date
from indexer.limits import LoadLimits
from indexer.offsets import Edit

_TAG = re.compile(
    r"<(?:(?P<comment>!--)|(?P<other>[!?])|(?P<close>/?)(?P<name>[a-zA-Z][^\s/<>]{0,40})"
    r"(?P<attributes>(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>)"
)
_ATTRIBUTE = re.compile(r"([a-zA-Z_:][-\w:.]{0,40})\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>=]++))")
_NODE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|[\t\n\r\f]+")
_RAW = {
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "svg",
    "math",
    "object",
    "select",
    "textarea",
    "title",
}
_INNER_TAG = re.compile(r"<[^<>]*>|</?[a-zA-Z][^<>]*\Z")
_ROW_END = re.compile(r"\s{0,200}</(?:tr|table|tbody|thead)\b", re.I)
_BLOCK = {
    "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "param",
    "source",
    "track",
    "wbr",
}
_ASIDE = {"nav", "footer", "aside", "form", "menu", "dialog"}
_ASIDE_ROLES = {"navigation", "contentinfo", "complementary", "search", "banner", "dialog"}
_ASIDE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|breadcrumbs?|menu|sidebar|footer|copyright|cookies?|consent|share|sharing|social"
    r"|related|recommend(?:ed|ations?)?|comments?|comment-list|advert(?:isement)?|ads?|sponsor(?:ed)?|newsletter|subscribe"
    r"|popup|modal|disclaimer|qrcode|toolbar|pagination)(?:$|[\s_-])",
    re.I,
)
_LONGEST_HEADING = 2000  # characters, tags included
_MOST_HEADINGS = 20  # of a kind, empty ones included, are looked at for a title
_MAX_NAMED = 0.5  # an aside known by its class name alone may hold at most this share of the page's text


@dataclass(slots=True)
class _Page:
    """What one pass over a page collects, all in source offsets."""

    edits: list[Edit] = field(default_factory=list)
    asides: list[tuple[int, int]] = field(default_factory=list)


def read(data: bytes, limits: LoadLimits) -> Loaded:
    decoded = decode(data, max_chars=limits.max_chars)
    head = _described(decoded.text)
    title = head.get("og:title") or head.get("title") or head.get("h1")
    published = (
        head.get("article:published_time") or head.get("datepublished") or head.get("date") or head.get("datetime")
    )
    metadata = {key: head[key] for key in ("author", "description", "keywords") if head.get(key)}
    publisher = head.get("og:site_name") or head.get("publisher")
    if publisher:
        metadata["publisher"] = publisher
    return Loaded(decoded.text, decoded.encoding, title or None, iso_date(published), metadata)


def _described(text: str) -> dict[str, str]:
    """The page's own words about itself, the first of each kind that says something."""
    found: dict[str, str] = {}
    headings = Counter[str]()
    for tag in _tags(text):
        name = (tag["name"] or "").lower()
        key = value = ""
        if tag["close"]:
            continue
        if name in ("title", "h1"):
            headings[name] += 1
            if name not in found and headings[name] <= _MOST_HEADINGS:
                key, value = name, _heading(text, name, tag.end())
        elif name == "meta":
            attributes = _attributes(tag["attributes"])
            key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
            value = " ".join(attributes.get("content", "").split())
        elif name == "time":
            key, value = "datetime", _attributes(tag["attributes"]).get("datetime", "")
        if value:
            found.setdefault(key.lower(), value)
    return found


def _heading(text: str, name: str, at: int) -> str:
    """The words of the element ``name`` whose content begins at ``at``."""
    longest = min(len(text), at + _LONGEST_HEADING)
    inner = text[at : _closing(text, name, at, longest)[0]]
    return " ".join(_unescaped(_INNER_TAG.sub("", inner)).split())


def markup(document: Document) -> Markup:
    page = _Page()
    text = document.text
    stack: list[tuple[str, int]] = []  # open elements that are asides, with the offset where each began
    depth: dict[str, int] = {}
    at = 0
    pre = 0
    for tag in _tags(text):
        if tag.start() < at:  # inside an element that was skipped as a whole
            continue
        _node(text, at, tag.start(), bool(pre), page.edits)
        name, closing = (tag["name"] or "").lower(), bool(tag["close"])
        end = tag.end()
        if not name:
            end = _end_of_comment(text, tag)
        elif not closing and name in _RAW:
            end = _closing(text, name, end)[1]
        separator = "" if name in ("td", "th") and _ROW_END.match(text, end) else _separator(name, closing)
        add(page.edits, Edit(tag.start(), end, separator))
        at = end
        if name == "pre":
            pre = max(0, pre + (-1 if closing else 1))
        if name and name not in _VOID and name not in _RAW:
            _track(tag, name, closing, stack, depth, page)
    _node(text, at, len(text), bool(pre), page.edits)
    for name, start in stack:  # never closed: only sure kinds are believed
        if name in _ASIDE:
            page.asides.append((start, len(text)))
    return Markup(page.edits, _outer(page.asides), frozenset({"tags", "entities"}))


def _track(
    tag: re.Match[str],
    name: str,
    closing: bool,
    stack: list[tuple[str, int]],
    depth: dict[str, int],
    page: _Page,
) -> None:
    """Follow asides by counting elements of the same name; pages nest badly, so nothing else is assumed."""
    if stack:
        open_name, start = stack[-1]
        if name != open_name:
            return
        depth[name] = depth.get(name, 1) + (-1 if closing else 1)
        if depth[name] == 0:
            stack.pop()
            text_length = len(tag.string)
            if name in _ASIDE or tag.end() - start <= _MAX_NAMED * text_length:
                page.asides.append((start, tag.end()))
    elif not closing and _is_aside(name, tag["attributes"]):
        stack.append((name, tag.start()))
        depth[name] = 1


def _is_aside(name: str, attributes: str) -> bool:
    if name in _ASIDE:
        return True
    if name in ("html", "body", "main", "article", "h1"):
        return False
    values = _attributes(attributes)
    named = f"{values.get('class', '')} {values.get('id', '')}"
    return values.get("role", "").lower() in _ASIDE_ROLES or bool(_ASIDE_NAME.search(named))


def _outer(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if not out or start >= out[-1][1]:
            out.append((start, end))
    return out


def _tags(text: str) -> Iterator[re.Match[str]]:
    """Tags in order; comments and declarations too, as far as they are closed."""
    at = 0
    while found := _TAG.search(text, at):
        at = found.end()
        yield found
        name = (found["name"] or "").lower()
        if not found["close"] and name in ("script", "style"):
            at = _closing(text, name, at)[0]
        elif found["comment"] or found["other"]:
            at = _end_of_comment(text, found)


def _end_of_comment(text: str, found: re.Match[str]) -> int:
    mark = "-->" if found["comment"] else ">"
    end = text.find(mark, found.end())
    return len(text) if end < 0 else end + len(mark)


def _closing(text: str, name: str, at: int, before: int | None = None) -> tuple[int, int]:
    """Where the next ``</name`` begins and ends; ``before``, or the text's end, if it is missing until there."""
    before = len(text) if before is None else before
    found = re.compile(rf"</{name}[^<>]*>", re.I).search(text, at, before)
    return found.span() if found else (before, before)


def _attributes(attributes: str) -> dict[str, str]:
    return {
        found[1].lower(): _unescaped(found[2] or found[3] or found[4] or "")
        for found in reversed(list(_ATTRIBUTE.finditer(attributes)))
    }


def _unescaped(text: str) -> str:
    try:
        return unescape(text)
    except ValueError:  # a character's number of more digits than Python reads
        return text


def _separator(name: str, closing: bool) -> str:
    if name in _BLOCK:
        return "\n"
    return " | " if name in ("td", "th") and closing else ""


def _node(text: str, start: int, end: int, pre: bool, edits: list[Edit]) -> None:
    """A text node: entities decoded, line ends of the source made spaces."""
    for found in _NODE.finditer(text, start, end):
        if found[0][0] == "&":
            char = entity(found[0])
            if char is not None:
                add(edits, Edit(found.start(), found.end(), char))
        elif not pre:
            add(edits, Edit(found.start(), found.end(), " "))


FORMAT = Format("text/html", (".html", ".htm", ".xhtml"), read, markup)
