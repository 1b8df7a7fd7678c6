"""A file or an upload to a ``Document``: the format chosen, the bytes decoded, the ids given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from indexer.documents import Document, Metadata, document_id, revision_id
from indexer.errors import LoadError
from indexer.formats import SUFFIXES, Format, by_media_type, by_suffix, sniff
from indexer.limits import LoadLimits
from indexer.walk import LoadFailure, count_files, unsupported, walk

__all__ = ["SUFFIXES", "LoadFailure", "LoadLimits", "count_files", "load_bytes", "load_file", "read_file", "walk"]

_DEFAULTS = LoadLimits()
# What a file says about itself is shown with each of its passages: no more of it than somebody reads.
_LONGEST_TITLE = 500
_LONGEST_VALUE = 10_000
_GREATEST = 2**63 - 1  # clients read whole numbers of 64 bits


def load_file(path: Path, source: str, *, limits: LoadLimits = _DEFAULTS) -> Document:
    """The document in the file at ``path``, known as ``source``. Raises LoadError (see ``load_bytes``;
    ``file_unreadable`` where the file cannot be opened)."""
    return load_bytes(read_file(path, limits=limits), source, limits=limits)


def read_file(path: Path, *, limits: LoadLimits = _DEFAULTS) -> bytes:
    """Raises LoadError (``file_unreadable``, ``file_too_large``)."""
    try:
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise _too_large(size, limits)
        # One byte more than allowed: the file may have grown since.
        with path.open("rb") as file:
            return file.read(limits.max_bytes + 1)
    except OSError as error:
        message = f"the file cannot be read ({error.strerror}); check that it exists and who may read it"
        raise LoadError(message, code="file_unreadable") from error


def load_bytes(
    data: bytes,
    source: str,
    *,
    doc_id: str | None = None,
    media_type: str | None = None,
    title: str | None = None,
    published: str | None = None,
    metadata: Metadata | None = None,
    limits: LoadLimits = _DEFAULTS,
) -> Document:
    """The document in ``data``.

    The suffix of ``source`` decides the format, else ``media_type``, else the bytes. What is given in
    ``title``, ``published`` (YYYY-MM-DD) and ``metadata`` goes before what the file says, and belongs to
    the revision. Raises LoadError with one of its codes; the message says what to do.
    """
    if len(data) > limits.max_bytes:
        raise _too_large(len(data), limits)
    if not data:
        raise LoadError("the file is empty; nothing can be indexed from it", code="file_empty")
    chosen = _format(data, source, media_type)
    loaded = chosen.read(data, limits)
    given = {"title": title, "published": published, "metadata": dict(metadata) if metadata else None}
    return Document(
        doc_id=doc_id or document_id(source),
        revision=_revision(data, given),
        title=title or _well_formed(loaded.title or "")[:_LONGEST_TITLE] or PurePosixPath(source).stem or source,
        source=source,
        published=published or loaded.published,
        metadata={**_told(loaded.metadata), **(metadata or {})},
        text=loaded.text,
        media_type=chosen.media_type,
        encoding=loaded.encoding,
        page_starts=loaded.page_starts,
    )


def _format(data: bytes, source: str, media_type: str | None) -> Format:
    if found := by_suffix(source):
        return found
    if media_type and media_type.split(";")[0].strip().lower() != "application/octet-stream":
        if found := by_media_type(media_type):
            return found
        raise LoadError(
            f"the media type {media_type!r} is not known; supported are {', '.join(SUFFIXES)}",
            code="file_unsupported",
        )
    if PurePosixPath(source).suffix:
        raise LoadError(unsupported(source), code="file_unsupported")
    return sniff(data)


def _told(metadata: Metadata) -> Metadata:
    """What a file says about itself, as every store and every client takes it."""
    told: dict[str, str | int | float | bool | None] = {}
    for key, value in metadata.items():
        if isinstance(value, int) and abs(value) > _GREATEST:
            value = str(value)
        told[_well_formed(key)] = _well_formed(value)[:_LONGEST_VALUE] if isinstance(value, str) else value
    return told


def _well_formed(text: str) -> str:
    """Half of a surrogate pair can be escaped in JSON and YAML, but it is no character and cannot be stored."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _revision(data: bytes, given: Mapping[str, object]) -> str:
    """What the caller says about a document is part of its state, so it is hashed along."""
    told = {key: value for key, value in given.items() if value is not None}
    if not told:
        return revision_id(data)
    return revision_id(data + b"\x00" + json.dumps(told, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace"))


def _too_large(size: int, limits: LoadLimits) -> LoadError:
    return LoadError(
        f"the file has {size:,} bytes, more than the {limits.max_bytes:,} allowed; split it",
        code="file_too_large",
    )
