"""The files of a folder that can be documents, in a stable order, and a word about those that cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import LoadError
from indexer.formats import SUFFIXES, by_suffix

#: Files that lie beside documents by our own custom; they are no documents and no failure.
COMPANIONS = frozenset({"glossary.toml", "questions.jsonl"})


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """A file that was not loaded, by its source (path relative to the folder), and why."""

    source: str
    error: LoadError


def walk(path: Path) -> Iterator[tuple[Path, str] | LoadFailure]:
    """Files below ``path`` with their source, sorted by it; a single file gives its name.

    Hidden files and ``COMPANIONS`` are skipped. A link to a file inside the folder counts as that file
    under a second name; a link to a folder inside is skipped, since its files are met where they lie.
    Links that lead out, files of no known format and unreadable folders are yielded as failures; nothing
    is raised.
    """
    if path.is_dir():
        yield from _folder(path, path.resolve(), "")
    elif path.is_file():
        yield path, _name(path)
    else:
        yield _failure(_name(path), "no such file or folder; check the path", "file_unreadable")


def count_files(path: Path) -> int:
    """How many files ``walk`` yields, failures included: the length of a progress bar."""
    return sum(1 for _ in walk(path))


def _folder(folder: Path, root: Path, prefix: str) -> Iterator[tuple[Path, str] | LoadFailure]:
    try:
        # A folder sorts as "name/", so that the whole walk is in the order of the sources.
        entries = sorted(folder.iterdir(), key=lambda entry: _name(entry) + ("/" if entry.is_dir() else ""))
    except OSError as error:
        yield _failure(prefix.rstrip("/") or ".", f"the folder cannot be read ({error.strerror})", "file_unreadable")
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name in COMPANIONS:
            continue
        source = prefix + _name(entry)
        if entry.is_symlink():
            yield from _link(entry, root, source)
        elif entry.is_dir():
            yield from _folder(entry, root, source + "/")
        else:
            yield _file(entry, source)


def _link(entry: Path, root: Path, source: str) -> Iterator[tuple[Path, str] | LoadFailure]:
    try:
        target = entry.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a link to itself, before Python 3.13
        yield _failure(source, "the link leads nowhere; remove it", "file_unreadable")
        return
    if not target.is_relative_to(root):
        yield _failure(source, "the link leads out of the folder; copy the file into it", "file_outside")
    elif not target.is_dir():
        yield _file(entry, source)


def _file(entry: Path, source: str) -> tuple[Path, str] | LoadFailure:
    if not entry.is_file():
        return _failure(source, "neither a file nor a folder; remove it", "file_unsupported")
    if by_suffix(source) is None:
        return _failure(source, unsupported(source), "file_unsupported")
    return entry, source


def unsupported(source: str) -> str:
    """The message for a file of no known format."""
    return f"the format of {source!r} is not known; supported are {', '.join(SUFFIXES)}"


def _name(path: Path) -> str:
    """The name as valid Unicode: a name that is no UTF-8 gets replacement characters."""
    return path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _failure(source: str, message: str, code: str) -> LoadFailure:
    return LoadFailure(source, LoadError(message, code=code))
