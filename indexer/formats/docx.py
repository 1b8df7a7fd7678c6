"""Word documents: the source text is one line per paragraph and per table row, in the document's order."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from itertools import islice
from typing import Any

from indexer.errors import LoadError
from indexer.formats.base import Format, Loaded, no_markup
from indexer.formats.dates import labelled_date
from indexer.formats.docx_text import PARAGRAPH, lines
from indexer.formats.text import first_heading
from indexer.limits import LoadLimits

_OLE = b"\xd0\xcf\x11\xe0"
_ENTRY = b"PK\x01\x02"
_WORDS_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_RATIO_FLOOR = 5_000_000  # small files compress well for honest reasons
_BLOCK = 1_000_000
_BROKEN = "the file is no readable Word document; save it again as .docx"
# python-docx takes parts that are there, and what stands in them, for granted; so it stumbles in many ways.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, AttributeError, EOFError, LookupError, NotImplementedError, OSError,
    OverflowError, RecursionError, RuntimeError, TypeError, ValueError,
)  # fmt: skip


def read(data: bytes, limits: LoadLimits) -> Loaded:
    _guard(data, limits)
    import docx  # slow to import
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError  # type: ignore[import-untyped]  # as above

    try:
        document = docx.Document(io.BytesIO(data))
        text = "\n".join(_limited(lines(document.element.body), limits.max_chars))
        properties = document.core_properties
        title, author = properties.title or _heading(document), properties.author
    except (OpcError, LxmlError, *_UNREADABLE) as error:
        raise LoadError(_BROKEN, code="file_broken") from error
    if not text.strip():
        raise LoadError("the document holds no text; nothing can be indexed from it", code="file_no_text")
    metadata = {"author": author} if author and author != "python-docx" else {}
    return Loaded(text, "utf-8", title or first_heading(text), labelled_date(text), metadata)


def _guard(data: bytes, limits: LoadLimits) -> None:
    """Refuse what would unpack to more than it should, before anything is unpacked as a whole."""
    if data.startswith(_OLE):
        message = "the file is an old .doc or a document locked with a password; save it as .docx without one"
        raise LoadError(message, code="file_encrypted")
    # Counted before the directory is read: each entry takes a kilobyte there.
    if data.count(_ENTRY) > limits.max_members:
        raise _bomb(f"has more than the {limits.max_members:,} parts allowed")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                raise LoadError("the document is encrypted; save it without a password", code="file_encrypted")
            unpacked = sum(member.file_size for member in members)
            ratio = unpacked / max(1, len(data))
            if unpacked > limits.max_unpacked_bytes or (ratio > limits.max_ratio and unpacked > _RATIO_FLOOR):
                raise _bomb(f"would unpack to {unpacked:,} bytes, which is more than allowed")
            marks = 0
            for member in members:
                if member.compress_type not in _WORDS_METHODS:  # others unpack without a limit
                    raise LoadError(_BROKEN, code="file_broken")
                marks += _marks(archive, member)
                if marks > limits.max_marks:
                    raise _bomb("has more elements and attributes than allowed")
    except _UNREADABLE as error:
        raise LoadError(_BROKEN, code="file_broken") from error


def _marks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """How many characters of a part begin an element or name an attribute, at least."""
    marks = size = 0
    told = copy(member)
    told.file_size += 1  # the part may be larger than the directory tells, and zipfile would unpack it to its end
    with archive.open(told) as part:
        while block := part.read(min(_BLOCK, told.file_size - size)):
            if not size and _declares_entities(member.filename, block):
                message = "the document defines XML entities, which Word never does; it is refused"
                raise LoadError(message, code="file_bomb")
            size += len(block)
            marks += block.count(b"<") + block.count(b"=")
    if size > member.file_size:
        raise _bomb("unpacks to more than it tells")
    return marks


def _declares_entities(name: str, head: bytes) -> bool:
    plain = head.replace(b"\x00", b"")
    return name.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in plain or b"<!ENTITY" in plain)


def _bomb(what: str) -> LoadError:
    return LoadError(f"the document {what}; save it again without large embedded parts", code="file_bomb")


def _limited(lines: Iterator[str], max_chars: int) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > max_chars:
            message = f"the document holds more than the {max_chars:,} characters allowed; split it"
            raise LoadError(message, code="file_too_large")
        yield line


def _heading(document: Any) -> str | None:
    from docx.text.paragraph import Paragraph

    for element in islice(document.element.body.iterchildren(PARAGRAPH), 20):
        paragraph = Paragraph(element, document)
        if paragraph.style is not None and paragraph.style.name in ("Title", "Heading 1") and paragraph.text.strip():
            return str(paragraph.text).strip()
    return None


FORMAT = Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",), read, no_markup)
