"""Sealed folders: files that are written once, listed with their sums, and never changed again.

Segments and lexical views are such folders. A folder is filled under another name, sealed, and renamed: it appears
whole or not at all. ``manifest.json`` holds the size and the SHA-256 of every file; the sum of the manifest itself
stands in the record of truth, so that nothing in the folder can change unseen. Opening looks at sizes (a mapped file
that is too short would kill the process that reads it) and at the *edges* of each file: their beginning and their end
say how the rest is to be read, and what reads them must not be led astray. ``check_sums`` reads everything. A mapped
file that is cut short while it is open kills its process all the same; nothing here does that.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from indexer.errors import DerivedDamage

SEGMENTS, LEXICAL = "segments", "lexical"
"""The folders of a collection in which sealed ones lie."""
MANIFEST = "manifest.json"
# faiss keeps the tables of a segment with cells at its beginning, tantivy those of its files at their end.
_BEGINNING, _END = 1 << 20, 1 << 16
_MOST_KNOWN = 10_000
_known_edges: dict[tuple[int, ...], str] = {}


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def edges(path: Path) -> str:
    """The SHA-256 of the beginning and the end of a file. A file that was read once and has not been touched since is
    not read again. Raises OSError."""
    with path.open("rb") as file:
        facts = os.fstat(file.fileno())
        # All links to a file have its inode: commits share most of theirs.
        key = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, _BEGINNING, _END)
        if key not in _known_edges:
            digest = hashlib.sha256(file.read(_BEGINNING))
            file.seek(max(file.tell(), facts.st_size - _END))
            digest.update(file.read())
            if len(_known_edges) >= _MOST_KNOWN:
                _known_edges.clear()
            _known_edges[key] = digest.hexdigest()
        return _known_edges[key]


def sync(path: Path) -> None:
    """Waits until a file or folder is on the disk. Raises OSError if it cannot be brought there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fresh(folder: Path) -> Path:
    """An empty folder beside ``folder``, to be filled and then published as it."""
    temporary = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    return temporary


def share(file: Path, other: Path) -> None:
    """``other`` becomes the same file, or a copy where the file system has no links. Raises OSError."""
    try:
        os.link(file, other)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(file, other)


def publish(temporary: Path, folder: Path, known: Mapping[str, str] | None = None) -> str:
    """Seals ``temporary`` and renames it to ``folder``; returns the SHA-256 of its manifest.

    ``known``: sums of files that came out of another sealed folder, on the disk and summed already.
    """
    known = known or {}
    listed = {}
    for path in sorted(temporary.iterdir()):
        if path.name not in known:
            sync(path)
        listed[path.name] = {
            "bytes": path.stat().st_size,
            "edges": edges(path),
            "sha256": known.get(path.name) or sha256(path),
        }
    manifest = temporary / MANIFEST
    manifest.write_text(json.dumps({"files": listed}, indent=1), encoding="utf-8")
    sync(manifest)
    sync(temporary)
    total = sha256(manifest)
    shutil.rmtree(folder, ignore_errors=True)  # of a writer that died before its commit
    temporary.rename(folder)
    sync(folder.parent)
    return total


def sums(folder: Path) -> dict[str, str]:
    """The SHA-256 that ``folder`` was sealed with, by file. Raises DerivedDamage."""
    return {name: str(entry["sha256"]) for name, entry in _manifest(folder).items()}


def check_edges(folder: Path, total: str) -> None:
    """Raises DerivedDamage unless the manifest is the one with the SHA-256 ``total`` and every file has the size and
    the edges that it says."""
    for name, entry in _manifest(folder, total).items():
        try:
            size = (folder / name).stat().st_size
            if size != entry["bytes"]:
                raise DerivedDamage(f"{_called(folder)}/{name} has {size:,} bytes, not {entry['bytes']:,}")
            if edges(folder / name) != entry.get("edges"):
                raise DerivedDamage(f"{_called(folder)}/{name} has changed since it was written")
        except OSError as error:
            raise DerivedDamage(f"{_called(folder)}/{name} cannot be read: {error.strerror}") from error


def check_sums(folder: Path, total: str) -> None:
    """As ``check_edges``, and every byte. Costs the reading of the folder."""
    check_edges(folder, total)
    for name, expected in sums(folder).items():
        check_sum(folder / name, expected)


def check_sum(file: Path, expected: str) -> None:
    """Raises DerivedDamage unless ``file`` of a sealed folder has the SHA-256 ``expected``."""
    try:
        found = sha256(file)
    except OSError as error:
        raise DerivedDamage(f"{_called(file.parent)}/{file.name} cannot be read: {error.strerror}") from error
    if found != expected:
        raise DerivedDamage(f"{_called(file.parent)}/{file.name} has changed since it was written")


def _manifest(folder: Path, total: str | None = None) -> dict[str, dict[str, object]]:
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise DerivedDamage(f"{_called(folder)} cannot be read: {error.strerror}") from error
    if total is not None and hashlib.sha256(data).hexdigest() != total:
        raise DerivedDamage(f"{_called(folder)}/{MANIFEST} is not the one that was written")
    try:
        files: dict[str, dict[str, object]] = json.loads(data)["files"]
    except (ValueError, KeyError, TypeError) as error:
        raise DerivedDamage(f"{_called(folder)}/{MANIFEST} cannot be read: {error}") from error
    return files


def _called(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def size_of(folder: Path) -> int:
    """Bytes of all files below ``folder``; a file that goes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total
