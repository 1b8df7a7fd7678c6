"""A whole collection in one file, made while others read and write it, and brought back from there.

The file is a tar archive: ``manifest.json`` first, with the sums of everything that follows, then the record, the
sealed folders of its commit, the glossaries, what readers said and the collection's own calibration. A restored
collection appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from indexer import record
from indexer.calibration import CALIBRATION
from indexer.collection import Collection
from indexer.errors import BackupBroken, CollectionExists, CollectionNotFound, CorruptIndex, NotReady, StorageFull
from indexer.feedback import FEEDBACK
from indexer.lock import writer_lock
from indexer.sealed import LEXICAL, MANIFEST, SEGMENTS, sha256, share, sync

FORMAT = "citespan-backup-1"
_MEMBER = re.compile(
    r"(record|feedback)\.db|calibration\.json|(segments|lexical)/[\w-]{1,64}/[\w.-]{1,128}|glossaries/[\w-]{1,64}\.toml",
    re.ASCII,
)
_LARGEST_MANIFEST = 16_000_000
_TRIES = 20
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupReceipt:
    """``bytes``: of the file."""

    commit: int
    documents: int
    passages: int
    bytes: int


def backup(collection: Collection, file: Path) -> BackupReceipt:
    """Writes the newest commit of ``collection`` into ``file``, which appears whole or not at all.

    Raises NotReady (nothing indexed), CorruptIndex, StorageFull.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as name:
            staged = Path(name) / "collection"
            meta = _stage(collection, staged)
            _write(staged, meta, Path(name) / "file")
            (Path(name) / "file").rename(file)
            sync(file.absolute().parent)
    except OSError as error:
        raise StorageFull(f"{file} cannot be written: {error.strerror or error}") from error
    return BackupReceipt(int(meta["commit"]), int(meta["documents"]), int(meta["passages"]), file.stat().st_size)


def _stage(collection: Collection, staged: Path) -> dict[str, str]:
    """Brings together the files of one commit; returns its meta."""
    path = collection.path
    if not (path / "record.db").exists():
        raise NotReady(f"collection {collection.name!r} is empty: index some documents first")
    connection = record.connect(path / "record.db", read_only=True)
    try:
        with record.guarded():
            for _ in range(_TRIES):
                shutil.rmtree(staged, ignore_errors=True)
                staged.mkdir()
                connection.execute("BEGIN")
                meta = record.read_meta(connection)
                if "commit" not in meta:
                    raise NotReady(f"collection {collection.name!r} is empty: index some documents first")
                names = [row["name"] for row in connection.execute("SELECT name FROM segments")]
                try:
                    for folder in (*(f"{SEGMENTS}/{name}" for name in names), f"{LEXICAL}/{meta['lexical']}"):
                        _share(path / folder, staged / folder)
                except FileNotFoundError as error:
                    # A writer has replaced a folder while we looked; otherwise the damage is real.
                    connection.execute("COMMIT")
                    if record.read_meta(connection).get("commit") == meta["commit"]:
                        raise CorruptIndex(f"{error.filename} is missing; citespan doctor --repair first") from error
                    continue
                copy = sqlite3.connect(staged / "record.db")
                connection.backup(copy)  # of the open transaction's commit
                copy.close()
                break
            else:
                raise NotReady("commits follow each other too fast to copy one; try again")
    finally:
        connection.close()
    if (path / "glossaries").is_dir():
        shutil.copytree(path / "glossaries", staged / "glossaries")
    collection.feedback.copy(staged / FEEDBACK)
    if (path / CALIBRATION).is_file():
        shutil.copyfile(path / CALIBRATION, staged / CALIBRATION)
    return meta


def _share(folder: Path, other: Path) -> None:
    other.mkdir(parents=True)
    for file in folder.iterdir():
        if file.suffix == ".lock":
            continue
        share(file, other / file.name)


def _write(staged: Path, meta: dict[str, str], file: Path) -> None:
    members = sorted(path for path in staged.rglob("*") if path.is_file())
    listed = {
        path.relative_to(staged).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)} for path in members
    }
    told = {name: meta.get(name) for name in ("commit", "documents", "passages", "encoder_name", "encoder_fingerprint")}
    manifest = json.dumps({"format": FORMAT, **told, "files": listed}, indent=1).encode()
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, MANIFEST, len(manifest), io.BytesIO(manifest))
        for name, entry in listed.items():
            with (staged / name).open("rb") as source:
                _add(archive, name, int(str(entry["bytes"])), source)
    sync(file)


def _add(archive: tarfile.TarFile, name: str, size: int, source: IO[bytes]) -> None:
    """Without owner, mode and time of the file: the same commit gives the same bytes."""
    info = tarfile.TarInfo(name)
    info.size = size
    archive.addfile(info, source)


def restore(file: Path, collection: Collection, *, replace: bool = False, timeout: float = 10.0) -> BackupReceipt:
    """Brings back the collection in ``file`` as ``collection``; ``replace``: in place of what is there.

    Raises BackupBroken for a file that is no whole backup, CollectionExists, EncoderMismatch, WriterBusy, StorageFull;
    then nothing has changed.
    """
    path = collection.path
    if (path / "record.db").exists() and not replace:
        raise CollectionExists(
            f"collection {collection.name!r} is there already: --replace puts the backup in its place"
        )
    fresh = path.with_name(f".{path.name}.restored")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        told = _unpack(file, fresh)
        for folder in (SEGMENTS, LEXICAL):
            (fresh / folder).mkdir(exist_ok=True)
        with record.guarded():
            connection = record.connect(fresh / "record.db", read_only=True)
            try:
                collection.check_encoder(record.read_meta(connection))
            finally:
                connection.close()
        _put_in_place(fresh, path, timeout)
    except OSError as error:
        raise StorageFull(f"the backup cannot be unpacked: {error.strerror or error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return BackupReceipt(told["commit"], told["documents"], told["passages"], file.stat().st_size)


def _put_in_place(fresh: Path, path: Path, timeout: float) -> None:
    """Readers of the old collection keep its files until they look at the path again."""
    if not path.exists():
        fresh.rename(path)
    else:
        old = path.with_name(f".{path.name}.replaced")
        shutil.rmtree(old, ignore_errors=True)
        with writer_lock(path / "writer.lock", timeout):
            path.rename(old)
            fresh.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    sync(path.parent)


def _unpack(file: Path, fresh: Path) -> dict[str, int]:
    """Every member that the manifest names, and nothing else; returns what the manifest tells."""
    with _reading(file) as archive:
        first = archive.next()
        if first is None or first.name != MANIFEST or not first.isreg() or first.size > _LARGEST_MANIFEST:
            raise BackupBroken(f"{file} is no backup of a collection: {MANIFEST} does not come first")
        manifest: dict[str, Any] = json.loads(_content(archive, first).read())
        if manifest.get("format") != FORMAT:
            raise BackupBroken(f"{file} is a backup of another format: {manifest.get('format')!r}, not {FORMAT!r}")
        left: dict[str, Any] = dict(manifest["files"])
        while member := archive.next():
            entry = left.pop(member.name, None)
            if entry is None or not _MEMBER.fullmatch(member.name) or not member.isreg():
                raise BackupBroken(f"{file} holds {member.name!r}, which belongs to no backup")
            _copy(_content(archive, member), fresh / member.name, entry)
        if left or not (fresh / "record.db").exists():
            raise BackupBroken(f"{file} ends before {sorted(left)[0] if left else 'record.db'}")
        return {name: int(manifest[name]) for name in ("commit", "documents", "passages")}


@contextmanager
def _reading(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as archive:
            yield archive
    except FileNotFoundError as error:
        raise CollectionNotFound(f"there is no file {file}") from error
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupBroken(f"{file} cannot be read as a backup: {error}") from error


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise BackupBroken(f"{member.name} cannot be read")
    return content


def _copy(source: IO[bytes], target: Path, entry: dict[str, Any]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as out:
        while block := source.read(_BLOCK):
            if out.tell() + len(block) > entry["bytes"]:  # a sparse member may unpack to anything
                raise BackupBroken(f"{target.name} is longer than the backup tells")
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != entry["sha256"]:
        raise BackupBroken(f"{target.name} has changed since the backup was made")
