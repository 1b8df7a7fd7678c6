"""Files and documents made for the tests of the text layers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from indexer.documents import Document, Readable
from indexer.load import load_bytes

SEED_ARTICLES = Path(__file__).parents[2] / "shared" / "seeds"
SEED_QUESTIONS = Path(__file__).parents[2] / "shared" / "gold" / "seeds-dev.jsonl"
needs_seeds = pytest.mark.skipif(
    not SEED_ARTICLES.is_dir(), reason="the raw articles lie beside the checkout, not in it"
)


def document(text: str, media_type: str = "text/plain", **fields: object) -> Document:
    """A document that no file was needed for."""
    values: dict[str, object] = {"title": "t", "published": None, "metadata": {}} | fields
    return Document("d", "r", source="s", text=text, media_type=media_type, **values)  # type: ignore[arg-type]


def loaded(text: str, source: str) -> Document:
    return load_bytes(text.encode(), source)


def source_of(source_text: str, readable: Readable, part: str) -> str:
    """The source text of the only place where ``part`` stands in the readable text."""
    assert readable.text.count(part) == 1, readable.text
    start = readable.text.index(part)
    low, high = readable.map.to_lower(start, start + len(part))
    return source_text[low:high]


def marked(readable: Readable, kind: str) -> list[str]:
    return [readable.text[mark.start : mark.end] for mark in readable.marks if mark.kind == kind]


def pdf(*pages: list[str], encrypt: bool = False) -> bytes:
    """A PDF with the given lines (ASCII) on each page."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for i, lines in enumerate(pages):
        shown = "".join(f"({line}) Tj 0 -16 Td " for line in lines)
        content = f"BT /F1 12 Tf 40 760 Td {shown}ET".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {5 + 2 * i} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    extra = b""
    if encrypt:  # values of no meaning: no password opens it
        key = b"<" + b"ab" * 32 + b">"
        extra = b" /Encrypt << /Filter /Standard /V 1 /R 2 /O %s /U %s /P -4 >> /ID [<aa> <aa>]" % (key, key)
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n"
    return out + head + table + trailer % (len(objects) + 1, extra, len(out))


def docx(*paragraphs: str, rows: list[list[str]] | None = None, title: str = "") -> bytes:
    from docx import Document as WordDocument

    word = WordDocument()
    word.core_properties.title = title
    for paragraph in paragraphs:
        word.add_paragraph(paragraph)
    if rows:
        table = word.add_table(len(rows), len(rows[0]))
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                table.cell(r, c).text = cell
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
