"""All collections under one data folder."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path

from indexer.collection import Collection
from indexer.encoder import Encoder
from indexer.errors import CollectionNotFound, ConfigError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def check_name(name: str) -> None:
    """Raises ConfigError (``collection_name_invalid``) unless a collection may be called ``name``."""
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"collection name {name!r} is not allowed: use up to 64 of a-z, 0-9, '-' and '_',"
            " beginning with a letter or digit",
            code="collection_name_invalid",
        )


class Collections:
    """Opens collections when they are asked for, and keeps them open."""

    def __init__(self, root: Path, encoder: Encoder) -> None:
        self.root = root
        self.encoder = encoder
        self._lock = threading.Lock()
        self._open: dict[str, Collection] = {}

    def names(self) -> list[str]:
        """The names of all collections, sorted."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if (path / "record.db").is_file())

    def opened(self) -> list[Collection]:
        """Those that were asked for and have something in them."""
        with self._lock:
            held = list(self._open.values())
        return [collection for collection in held if (collection.path / "record.db").is_file()]

    def open(self, name: str) -> Collection:
        """Raises CollectionNotFound, or ConfigError (``collection_name_invalid``)."""
        path = self._path(name)
        if not (path / "record.db").is_file():
            with self._lock:
                self._open.pop(name, None)
            known = ", ".join(self.names())
            there = f"there are: {known}" if known else "there are none yet; citespan index FOLDER makes one"
            raise CollectionNotFound(f"there is no collection {name!r}; {there}")
        return self.create(name)

    def create(self, name: str) -> Collection:
        """As ``open``, but a collection that is not there begins with its first commit."""
        path = self._path(name)
        with self._lock:
            if name not in self._open:
                self._open[name] = Collection(path, self.encoder)
            return self._open[name]

    def remove(self, name: str) -> None:
        """Deletes a collection with everything in it. Raises CollectionNotFound."""
        self.open(name)
        with self._lock:
            self._open.pop(name, None)
            shutil.rmtree(self._path(name))

    @property
    def _folder(self) -> Path:
        return self.root / "collections"

    def _path(self, name: str) -> Path:
        check_name(name)
        return self._folder / name
