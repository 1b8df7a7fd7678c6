"""HTML that no browser would mind, and Markdown whose front matter has tricks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hostile.texts import CHINESE, Maker

WORDS = "<p>Some words, 一些文字。</p>"
HTML = f"""<!DOCTYPE html><html><head><meta charset="gb2312"><title>A title</title>
<meta name="author" content="Somebody"><meta property="article:published_time" content="2025-06-01"></head>
<body><nav>Menu</nav><article><h1>Heading</h1>{WORDS}<table><tr><td>1</td><td>2</td></tr></table>
<p>{CHINESE}</p><pre>a &lt; b</pre><!-- note --></article><footer>Imprint</footer></body></html>"""
MARKDOWN = f"""---
title: A title
published: 2025-05-30
tags: [a, b]
---
# Heading

Some *words* in [a link](http://x.y), `code` and **more**.

- one
- two

| a | b |
|---|---|
| 1 | 2 |

{CHINESE}
"""


def html() -> Iterator[tuple[str, Maker]]:
    n = 6000
    for name, page in {
        "nested": "<div>" * 50_000 + "x",
        "nested and closed": "<i>" * n + "x" + "</i>" * n,
        "closed": "</div>" * n + "x",
        "headings": "<h1>a" * n,
        "open headings": "<h1>" * 250_000 + WORDS,
        "empty headings": "<h1></h1>" * n + WORDS,
        "titles": "<title>" * 100_000,
        "navs": "<nav>x" * n,
        "asides": "<aside>x</aside>" * 5000,
        "menus": "<div class='menu'>a</div>" * 5000,
        "scripts": "<script>" * n,
        "script": WORDS + "<script>" + "a<b " * n,
        "comment": WORDS + "<!--" + "x" * n,
        "comments": "<!--x" * n,
        "dashes": "<!-" * n + "-->" * n + WORDS,
        "declarations": "<!a" * n,
        "cdata": "<![CDATA[" * n + "]]>" * n + WORDS,
        "attribute": '<p title="' + "x" * 1_000_000 + '">y',
        "open attribute": "<p title='" + "x" * 100_000,
        "attributes": "<p " + " ".join(f"a{at}=b" for at in range(n)) + ">y",
        "quotes": '<p "' * n,
        "both": "<a '\"" * n,
        "name": "<" + "a" * 100_000 + ">x",
        "spaces": "<a" + " " * 200_000 + "x",
        "brackets": "<" * 50_000,
        "entities": "&amp;" * n,
        "open entities": "&amp" * n,
        "unknown entities": "&xyzzy;" * n,
        "numbers": "&#x4e2d;" * n,
        "no characters": "&#xd800;&#x110000;&#0;&#x80;&#xfffe;" * 999,
        "long number": f"&#{'9' * 6000};",
        "long number told": f'<meta name="author" content="&#{"9" * 6000};">{WORDS}',
        "long title told": f'<meta property="og:title" content="{"t" * 500_000}">{WORDS}',
        "metas": '<meta name="author" content="x">' * n + WORDS,
        "times": "<time datetime='2025-13-45'>" * n + WORDS,
        "cells": "<td>a</td>" * n,
        "rows": "<tr><td>" * n + "x",
        "tables": "<table>" * n + "x",
        "pre": "<pre>\n" * n + "x",
        "select": "<select>x" * n,
        "svg": WORDS + "<svg>" * n,
        "breaks": "<br>" * 100_000 + "x",
        "nul": WORDS + "\x00" * 9 + "x" * 999,
        "template": "<template><p>x</template>" * n + WORDS,
        "xml": "<?xml version='1.0'?>" * n + WORDS,
        "frameset": "<frameset><noframes>" * 99 + "x",
        "plaintext": "<plaintext>" + WORDS,
        "base": "<base href='javascript:x'>" + WORDS,
        "surrogates told": "<title>\\ud800</title>" + WORDS,
        "bidi": "<p dir=rtl>\u202e" + "אב " * 999,
        "only tags": "<b><i>" * n,
    }.items():
        yield f"html/{name}.html", partial(bytes, page.encode())
    yield "html/gbk that says utf-8.html", partial(bytes, HTML.replace("gb2312", "utf-8").encode("gbk"))
    yield "html/utf-16 that says gbk.html", partial(bytes, HTML.encode("utf-16"))
    yield "html/gbk cut.htm", partial(bytes, HTML.encode("gbk")[:-200])
    yield "html/xhtml.xhtml", partial(bytes, ("<?xml version='1.0'?>" + HTML).encode())


FRONTS = [
    "a: [",
    "a: &x [*x, *x]",
    "a: &a [b, b]\nc: &c [*a, *a, *a]\nd: [*c, *c, *c]",
    "!!python/object/apply:os.system [ls]",
    "- list",
    "a: 2025-13-45",
    "a: !!bool maybe",
    "a: !!int ''",
    "a: !!float ''",
    "a: !!int x",
    "a: !!timestamp x",
    "a: !!binary x",
    "a: !!set [1]",
    "a: !!omap x",
    "a: !!pairs [1]",
    "? [a, b]\n: c",
    "? {a: b}\n: c",
    "<<: [1]",
    "<<: {a: 1}",
    f"a: 0x{'f' * 6000}",
    f"0x{'f' * 6000}: a",
    f"a: [0x{'f' * 6000}]",
    f"a: {'9' * 9000}",
    "a: " + "1:" * 5000 + "1",
    "a: .inf",
    "a: .nan",
    "a: 9" + "9" * 40,
    'title: "\\ud800 half"',
    'a: "\\udfff"',
    'a: "\\U00110000"',
    "a: 0001-01-01T00:00:00+23:59",
    "a: 9999-12-31T23:59:59-23:59",
    "title: [a, b]",
    "title: {a: b}",
    "title:",
    "title: 2025-01-01",
    "published: [2025]",
    "published: 20250101",
    "tags: {a: {b: c}}",
    "tags: " + "[" * 900,
    "a: " + "[" * 900 + "]" * 900,
    "a: " + "{a: " * 900,
    "- " * 800,
    "? " * 800,
    "a: |\n  x\n y",
    "a: >\n\tx",
    "\ta: b",
    "%YAML 9.9",
    "a: 'x",
    'a: "x',
    "a: b: c",
    "@a: b",
    "a: %x",
    "\x00",
    "\x07: a",
    "a: \u2028b",
    "=: a",
    "a: =",
    "null: a",
    "true: a",
    "1.5: a",
    "~: ~",
    "title: '\u202e'",
    f"title: {'t' * 15000}",
    f"{'k' * 9000}: v",
    "\n".join(f"k{at}: v" for at in range(400)),
    "a: b\n" * 900,
    "&a : b",
    "*a : b",
    "a: *b",
    "!<> a",
    "! a",
]


def markdown() -> Iterator[tuple[str, Maker]]:
    for at, front in enumerate(FRONTS):
        yield f"markdown/front {at}.md", partial(bytes, f"---\n{front}\n---\n# Heading\n\nBody.\n".encode())
    n = 6000
    for name, text in {
        "front without an end": "---\n" + "a: b\n" * n,
        "fronts": "---\na: b\n" * 3000,
        "stars": "*" * n + "x",
        "spread stars": "* " * n + "x",
        "ticks": "`a" * n,
        "fences": "```\n" * n,
        "links": "[a](" * n,
        "brackets": "[" * n + "]" * n,
        "images": "![a][" * n,
        "long target": "[a](" + "b" * 100_000 + ")",
        "spaces in target": "[a](b" + " " * 100_000 + "c)",
        "hashes": " #" * n + "x",
        "hash": "# " + " " * 45_000 + "a" * 400,
        "rules": "-" * 100_000 + "x",
        "table": "|--" * n + "x",
        "quotes": "> " * n + "x",
        "lists": "- " * n + "x",
        "numbers": "1. " * n,
        "underscores": "_a" * n,
        "tildes": "~~" * n,
        "strong": "**a" * n,
        "comments": "<!--" * n,
        "tags": "<b " * n,
        "escapes": "\\" * n,
        "escaped": "\\*" * n,
        "definitions": "[a]: b\n" * 5000,
        "open definition": "[" * n + "]: x",
        "headings": "# a\n" * 5000,
        "setext": "=" * n,
        "nested": "".join("  " * at + "- a\n" for at in range(300)),
    }.items():
        yield f"markdown/{name}.md", partial(bytes, text.encode())


def pages() -> dict[str, Maker]:
    return {**dict(html()), **dict(markdown())}
