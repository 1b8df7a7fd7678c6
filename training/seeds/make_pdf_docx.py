"""Makes the PDF and DOCX documents of the starter corpus from documents.toml.

    python training/seeds/make_pdf_docx.py --font DroidSansFallbackFull.ttf [--browser chromium]

Needs python-docx, a Chromium for the PDF files and a font with Chinese glyphs. A TrueType font is embedded
as a small subset (Droid Sans Fallback, Apache-2.0: Debian's fonts-droid-fallback); an OpenType one such as
Noto Sans CJK is drawn glyph by glyph, which makes the file five times as large. The dates written into the
files are the documents' own, so that a reader of the file's properties sees them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import html
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.shared import Pt

HERE = Path(__file__).resolve().parent
ARTICLES = HERE.parents[1] / "seeds" / "articles"
DOCX_FONT = "Noto Sans CJK SC"

PAGE = """<!DOCTYPE html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>{title}</title>
<meta name="author" content="Citespan"><meta name="keywords" content="{tags}">
<style>
@page {{ size: A4; margin: 22mm }}
@font-face {{ font-family: body; src: url("{font}") }}
body {{ font-family: body; font-size: 11pt; line-height: 1.7 }}
h1, h2 {{ font-weight: normal }} h1 {{ font-size: 18pt }} h2 {{ font-size: 13pt }}
</style></head><body>
<h1>{title}</h1>
<p>发布日期：{published}</p>
{body}
</body></html>
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--browser", default="chromium", help="the Chromium that prints the PDF files")
    parser.add_argument("--font", type=Path, required=True, help="a TrueType font with Chinese glyphs")
    options = parser.parse_args()
    for entry in tomllib.loads((HERE / "documents.toml").read_text("utf-8"))["document"]:
        path = ARTICLES / entry["file"]
        if path.suffix == ".docx":
            write_docx(entry, path)
        else:
            write_pdf(entry, path, options.browser, options.font)
        sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes\n")
    return 0


def blocks(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """The (kind, text) blocks of an entry; kind is ``heading`` or ``paragraph``."""
    lines = [line.strip() for line in entry["text"].splitlines() if line.strip()]
    return [("heading", line[3:]) if line.startswith("## ") else ("paragraph", line) for line in lines]


def write_docx(entry: dict[str, Any], path: Path) -> None:
    document = docx.Document()
    for name in ("Normal", "Title", "Heading 1"):
        style = document.styles[name]
        style.font.name = DOCX_FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), DOCX_FONT)
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(entry["title"], level=0)
    document.add_paragraph(f"发布日期：{entry['published']}")
    for kind, text in blocks(entry):
        if kind == "heading":
            document.add_heading(text, level=1)
        else:
            document.add_paragraph(text)
    published = dt.datetime.fromisoformat(entry["published"])
    about = document.core_properties
    about.title, about.author, about.keywords = entry["title"], "Citespan", ", ".join(entry["tags"])
    about.comments, about.language = "", "zh-Hans"
    about.created = about.modified = published
    document.save(str(path))


def write_pdf(entry: dict[str, Any], path: Path, browser: str, font: Path) -> None:
    tags = {"heading": "h2", "paragraph": "p"}
    body = "\n".join(f"<{tags[kind]}>{html.escape(text)}</{tags[kind]}>" for kind, text in blocks(entry))
    page = PAGE.format(
        title=html.escape(entry["title"]),
        tags=html.escape(", ".join(entry["tags"])),
        published=entry["published"],
        font=font.resolve().as_uri(),
        body=body,
    )
    with tempfile.TemporaryDirectory() as folder:
        source, printed = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_text(page, "utf-8")
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            "--disable-pdf-tagging",
        ]
        subprocess.run(  # noqa: S603 - the browser is the caller's choice
            [browser, *flags, f"--print-to-pdf={printed}", source.as_uri()],
            check=True,
            capture_output=True,
            timeout=120,
        )
        path.write_bytes(dated(printed.read_bytes(), entry["published"]))


def dated(pdf: bytes, published: str) -> bytes:
    """``pdf`` with its dates set to ``published``; the length stays, so its table of offsets holds."""
    stamp = published.replace("-", "").encode() + b"000000"
    return re.sub(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}", rb"\g<1>" + stamp, pdf)


if __name__ == "__main__":
    sys.exit(main())
