"""Word documents: the source text is one line per paragraph and per table row, in the document's order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from indexer.errors import LoadError
from indexer.formats.base import Format, Loaded, no_markup
from indexer.formats.dates import labelled_date
from indexer.formats.text import first_heading
from indexer.limits import LoadLimits

_OLE = b"\xd0\xcf\x11\xe0"
_RATIO_FLOOR = 5_000_000  # small files compress well for honest reasons
_MAX_TABLE_DEPTH = 8


def read(data: bytes, limits: LoadLimits) -> Loaded:
    _guard(data, limits)
    import docx  # slow to import
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError  # type: ignore[import-untyped]  # as above

    try:
        document = docx.Document(io.BytesIO(data))
        text = "\n".join(_limited(_lines(document), limits.max_chars))
        properties = document.core_properties
        title, author = properties.title or _heading(document), properties.author
    except (
        PackageNotFoundError,
        LxmlError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        RecursionError,
    ) as error:
        raise LoadError("the file is no readable Word document; save it again as .docx", code="file_broken") from error
    if not text.strip():
        raise LoadError("the document holds no text; nothing can be indexed from it", code="file_no_text")
    metadata = {"author": author} if author and author != "python-docx" else {}
    return Loaded(text, "utf-8", title or first_heading(text), labelled_date(text), metadata)


def _guard(data: bytes, limits: LoadLimits) -> None:
    """Refuse what would unpack to more than it should, before anything is unpacked."""
    if data.startswith(_OLE):
        message = "the file is an old .doc or a document locked with a password; save it as .docx without one"
        raise LoadError(message, code="file_encrypted")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                raise LoadError("the document is encrypted; save it without a password", code="file_encrypted")
            unpacked = sum(member.file_size for member in members)
            ratio = unpacked / max(1, len(data))
            if (
                len(members) > limits.max_members
                or unpacked > limits.max_unpacked_bytes
                or (ratio > limits.max_ratio and unpacked > _RATIO_FLOOR)
            ):
                raise LoadError(
                    f"the document would unpack to {unpacked:,} bytes in {len(members):,} parts, which is "
                    "more than allowed; save it again without large embedded parts",
                    code="file_bomb",
                )
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    _refuse_entities(archive, member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise LoadError("the file is no readable Word document; save it again as .docx", code="file_broken") from error


def _refuse_entities(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Word writes no document type declaration; one is there to define entities that explode."""
    with archive.open(member) as part:
        head = part.read(4096).replace(b"\x00", b"")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise LoadError("the document defines XML entities, which Word never does; it is refused", code="file_bomb")


def _lines(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            yield from _rows(block, 0)
        else:
            yield block.text


def _rows(table: Any, depth: int) -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:  # a merged cell comes once for each column that it spans
            if id(cell._tc) not in seen:
                seen.add(id(cell._tc))
                cells.append(" ".join(cell.text.split()))
        yield " | ".join(cell for cell in cells if cell)
        if depth < _MAX_TABLE_DEPTH:
            for cell in row.cells:
                for inner in cell.tables:
                    yield from _rows(inner, depth + 1)


def _limited(lines: Iterator[str], max_chars: int) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > max_chars:
            message = f"the document holds more than the {max_chars:,} characters allowed; split it"
            raise LoadError(message, code="file_too_large")
        yield line


def _heading(document: Any) -> str | None:
    for paragraph in document.paragraphs[:20]:
        if paragraph.style is not None and paragraph.style.name in ("Title", "Heading 1") and paragraph.text.strip():
            return str(paragraph.text).strip()
    return None


FORMAT = Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",), read, no_markup)
