"""Which glossary a question is read with: the one that ships, the operator's, and the collection's own."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from indexer.snapshot import Snapshot
from qa.glossary import Glossary

DEFAULT = Path(__file__).parent / "data" / "glossary.toml"
_KEPT = 64


class Glossaries:
    """Joins glossary files, each combination once. Thread safe. ``shipped``: whether the one of the package is
    among them."""

    def __init__(self, files: Iterable[Path] = (), *, shipped: bool = True) -> None:
        self._files = (DEFAULT, *files) if shipped else tuple(files)
        self._lock = threading.Lock()
        self._joined: dict[tuple[tuple[Path, int], ...], Glossary] = {}
        self.of_files(())  # a file that cannot be read stops the start, not the first question

    def of(self, snapshot: Snapshot) -> Glossary:
        """The glossary for questions to the collection of ``snapshot``; follows changes of its files."""
        return self.of_files(snapshot.glossary_files())

    def of_files(self, files: Iterable[Path]) -> Glossary:
        """The files that ship and were set, and ``files`` on top."""
        paths = (*self._files, *files)
        key = tuple((path, _changed(path)) for path in paths)
        with self._lock:
            if key not in self._joined:
                if len(self._joined) >= _KEPT:
                    self._joined.clear()
                self._joined[key] = Glossary.load(paths)
            return self._joined[key]


def _changed(path: Path) -> int:
    """When a file was written last; 0 for one that is not there."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
