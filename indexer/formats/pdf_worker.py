"""Reads one PDF in a process of its own: PDF on standard input, JSON lines on standard output.

PDFium is C++ code that believes what a file says. A page of two kilobytes can have it draw a billion letters or read
a gigabyte of blanks, and there is no way to stop it from within; so it works here, where the system takes its memory
and its time away without harm to whoever asked. This is a script: it imports nothing of ours and starts quickly.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys

import pypdfium2 as pdfium

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_PAGES_A_TURN = 100
_TOLD = ("Title", "Author", "Subject", "Keywords")


def main(max_pages: int, max_chars: int, seconds: int, memory: int) -> None:
    """Writes each page as a line with a string, then a line with an object: ``told`` (what the PDF says about itself),
    or ``refused`` (``locked``, ``damaged``, ``pages``, ``chars``) with a ``count``."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, seconds)
    data = sys.stdin.buffer.read()
    try:
        with pdfium.PdfDocument(data) as pdf:
            _say(_read(pdf, max_pages, max_chars, seconds))
    except pdfium.PdfiumError as error:
        _say({"refused": "locked" if getattr(error, "err_code", None) == _PASSWORD else "damaged"})


def _read(pdf: pdfium.PdfDocument, max_pages: int, max_chars: int, seconds: int) -> object:
    if len(pdf) > max_pages:
        return {"refused": "pages", "count": len(pdf)}
    _limit(resource.RLIMIT_CPU, seconds * (1 + len(pdf) // _PAGES_A_TURN))
    size = 0
    for index in range(len(pdf)):
        page = pdf[index]
        textpage = page.get_textpage()
        text = textpage.get_text_bounded()
        textpage.close()
        page.close()
        size += len(text)
        if size > max_chars:
            return {"refused": "chars", "count": size}
        _say(text.replace("\r\n", "\n").replace("\r", "\n"))
    return {"told": {name: value for name in _TOLD if (value := _told(pdf, name))}}


def _told(pdf: pdfium.PdfDocument, name: str) -> str:
    try:
        return str(pdf.get_metadata_value(name))
    except UnicodeDecodeError:
        return ""


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


def _limit(kind: int, most: int) -> None:
    """The hard limit stays: the time has to grow once the number of pages is known."""
    with contextlib.suppress(ValueError, OSError):  # a stricter limit is in force, or the system knows none
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
