"""PDF: the source text is the text layer, page after page; the readable text joins the lines again."""

from __future__ import annotations

import json
import logging
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from indexer.documents import Document
from indexer.errors import LoadError
from indexer.formats.base import Format, Loaded, Markup
from indexer.formats.dates import labelled_date
from indexer.limits import LoadLimits
from indexer.offsets import Edit

log = logging.getLogger("citespan")

_WORKER = Path(__file__).with_name("pdf_worker.py")
_PAGE_BREAK = "\n\n"
_END = re.compile("[\u3002\uff01\uff1f!?.;\uff1b:\uff1a\u2026][\u201d\u2019\u300d\u300f\uff09)\"']*$")
_STARTS = re.compile(r"[ \t]*(?:[-•●▪·*]|\(?\d{1,3}[).、]|第.{1,6}[章节条]|[一二三四五六七八九十]{1,3}、|#)")
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\u2018-\u201f]")
_LINE = re.compile(r"[^\n]+")
_SHORT = 0.7  # a line so much shorter than the page's usual one ends its paragraph
_MIN_PAGES = 3  # a line must open or close so many pages to be a running head


def read(data: bytes, limits: LoadLimits) -> Loaded:
    pages, told = _pages(data, limits)
    starts: list[int] = []
    at = 0
    for page in pages:
        starts.append(at)
        at += len(page) + len(_PAGE_BREAK)
    text = _PAGE_BREAK.join(pages)
    if not text.strip():
        message = "the PDF holds no text, only pictures; run text recognition (OCR) on it first"
        raise LoadError(message, code="file_no_text")
    metadata = {name.lower(): told[name] for name in ("Author", "Subject", "Keywords") if told.get(name)}
    title = told.get("Title", "").strip() or None
    return Loaded(text, "utf-8", title, labelled_date(text), metadata, tuple(starts))


def _pages(data: bytes, limits: LoadLimits) -> tuple[list[str], dict[str, str]]:
    """The text of each page, and what the PDF says about itself, as `pdf_worker` finds them."""
    given = (limits.max_pages, limits.max_chars, limits.max_pdf_seconds, limits.max_pdf_memory)
    command = [sys.executable, "-I", str(_WORKER), *map(str, given)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        message = f"the PDF cannot be read now: no process can be started for it ({error.strerror})"
        raise LoadError(message, code="file_unreadable") from error
    lines = [json.loads(line) for line in done.stdout.splitlines()] if done.returncode == 0 else []
    if not lines:
        raise _died(done, limits)
    *pages, last = lines
    if "refused" in last:
        raise _refused(last["refused"], last.get("count", 0), limits)
    return [page.encode("utf-8", "replace").decode("utf-8") for page in pages], last["told"]


def _died(done: subprocess.CompletedProcess[bytes], limits: LoadLimits) -> LoadError:
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == -signal.SIGXCPU:
        message = f"the PDF takes more than the {limits.max_pdf_seconds} seconds allowed to be read; export it again"
        return LoadError(message, code="file_bomb")
    if done.returncode in (-signal.SIGABRT, -signal.SIGKILL) or said.endswith("MemoryError"):
        message = f"the PDF takes more than the {limits.max_pdf_memory:,} bytes of memory allowed; export it again"
        return LoadError(message, code="file_bomb")
    if done.returncode > 0:
        kind = said.rpartition("\n")[2].partition(":")[0][:100]  # its message may quote the document
        log.warning("the PDF reader ended with %d: %s", done.returncode, kind)
    return _refused("damaged", 0, limits)


def _refused(why: str, count: int, limits: LoadLimits) -> LoadError:
    message, code = {
        "locked": ("the PDF is locked with a password; save a copy without one", "file_encrypted"),
        "damaged": ("the PDF is damaged and cannot be opened; export it again", "file_broken"),
        "pages": (
            f"the PDF has {count:,} pages, more than the {limits.max_pages:,} allowed; split it",
            "file_too_large",
        ),
        "chars": (f"the PDF holds more than the {limits.max_chars:,} characters allowed; split it", "file_too_large"),
    }[why]
    return LoadError(message, code=code)


def markup(document: Document) -> Markup:
    text = document.text
    pages = _page_ranges(document)
    asides = list(_running_heads(text, pages))
    kept_apart = {start for start, _ in asides} | {end for _, end in asides}
    edits: list[Edit] = []
    for start, end in pages:
        lines = [found.span() for found in _LINE.finditer(text, start, end)]
        usual = sorted(b - a for a, b in lines)[len(lines) * 3 // 4] if lines else 0
        for (a, b), (c, d) in pairwise(lines):
            if b in kept_apart or c in kept_apart:
                continue
            edits += _joint(text, (a, b), (c, d), usual)
    return Markup(edits, asides)


def _page_ranges(document: Document) -> list[tuple[int, int]]:
    starts = document.page_starts or (0,)
    return list(zip(starts, (*starts[1:], len(document.text)), strict=True))


def _joint(text: str, line: tuple[int, int], below: tuple[int, int], usual: int) -> Iterator[Edit]:
    """The edit that makes two lines one, if the sentence goes on from one to the next."""
    upper, lower = text[slice(*line)].rstrip(), text[slice(*below)].lstrip()
    end, start = line[0] + len(upper), below[1] - len(lower)
    if not upper or not lower or start - end > 20:
        return
    if upper[-1] in "\ufffe\x02\u00ad" or (upper[-1] == "-" and upper[-2:-1].isalpha() and lower[0].islower()):
        yield Edit(end - 1, start)
    elif _END.search(upper[-6:]) or _STARTS.match(lower) or len(upper) < _SHORT * usual:
        return
    else:
        tight = bool(_WIDE.match(upper[-1]) or _WIDE.match(lower[0]))
        yield Edit(end, start, "" if tight else " ")


def _running_heads(text: str, pages: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """First and last lines that come back on most pages (page numbers aside)."""
    if len(pages) < _MIN_PAGES:
        return
    edges: list[tuple[tuple[int, int], str]] = []
    for start, end in pages:
        lines = [found.span() for found in _LINE.finditer(text, start, end) if found[0].strip()]
        if len(lines) > 2:
            edges += [(span, re.sub(r"\d+", "#", text[slice(*span)]).strip()) for span in (lines[0], lines[-1])]
    counts = Counter(key for _, key in edges)
    for span, key in edges:
        if counts[key] >= max(_MIN_PAGES, len(pages) // 2):
            yield span


FORMAT = Format("application/pdf", (".pdf",), read, markup)
