"""A segment: the dense half of the index for a range of chunks, written once and then only mapped.

faiss maps a flat index without copying it, and all workers share the pages; but adding to or removing from
a mapped index aborts the process. So segments are immutable: new chunks make new segments, removed ones are
masked (``Segment.search(allowed=...)``), and merging writes a new segment.

Files of a segment folder:

``dense.faiss``       int8 rows, inner product; of each chunk one row for the whole passage, then one a sentence
``chunks.npy``        int64 (chunks,), chunk ids, ascending
``first_row.npy``     int64 (chunks + 1,), where the rows of each chunk begin
``tokens.npy``        int32, the distinct encoder tokens of each sentence, one row after the other; a passage's own
                      row has them only where no sentence does
``first_token.npy``   int64 (rows + 1,), where the tokens of each row begin
``boilerplate.npy``   bool (chunks,)
``manifest.json``     counts and the SHA-256 of every file
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from indexer.errors import CorruptIndex

Floats = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int32]
# faiss patches keyword arguments into this class at run time, unknown to its type stubs.
_WITH_SELECTOR: Any = faiss.SearchParameters
_ARRAYS = ("chunks", "first_row", "tokens", "first_token", "boilerplate")


def scale_of(dim: int) -> float:
    """int8 units per unit of a normalised vector: 5.5 standard deviations of an even spread fill the range."""
    return 127.0 * float(np.sqrt(dim)) / 5.5


def quantise(vectors: Floats, scale: float) -> npt.NDArray[np.int8]:
    """(n, dim) normalised float32 -> int8; components out of range are clipped."""
    return np.asarray(np.clip(np.rint(vectors * scale), -127, 127), np.int8)


@dataclass(frozen=True, slots=True)
class EncodedChunk:
    """``vectors``: int8 (1 + sentences, dim), the passage first. ``tokens``: one entry a vector, the distinct
    encoder tokens of the sentence, int32, ascending; the passage's are empty if it has sentences."""

    chunk_id: int
    vectors: npt.NDArray[np.int8]
    tokens: tuple[Tokens, ...]
    boilerplate: bool


def _offsets(lengths: Sequence[int]) -> npt.NDArray[np.int64]:
    out = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=out[1:])
    return out


def write_segment(folder: Path, chunks: Sequence[EncodedChunk], dim: int) -> None:
    """Writes ``chunks`` (ascending ids) into ``folder``, which appears whole or not at all, and syncs it."""
    temporary = folder.with_name(folder.name + ".tmp")
    temporary.mkdir(parents=True, exist_ok=True)
    index = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT)
    for chunk in chunks:
        index.add(chunk.vectors.astype(np.float32))
    faiss.write_index(index, str(temporary / "dense.faiss"))
    arrays: dict[str, npt.NDArray[Any]] = {
        "chunks": np.asarray([chunk.chunk_id for chunk in chunks], np.int64),
        "first_row": _offsets([len(chunk.vectors) for chunk in chunks]),
        "tokens": np.concatenate([np.zeros(0, np.int32), *(row for chunk in chunks for row in chunk.tokens)]),
        "first_token": _offsets([len(row) for chunk in chunks for row in chunk.tokens]),
        "boilerplate": np.asarray([chunk.boilerplate for chunk in chunks], np.bool_),
    }
    for name, array in arrays.items():
        np.save(temporary / f"{name}.npy", array)
    sums = {path.name: _sha256(path) for path in sorted(temporary.iterdir()) if path.name != "manifest.json"}
    manifest = {"dim": dim, "chunks": len(chunks), "rows": int(index.ntotal), "sha256": sums}
    (temporary / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for path in (*temporary.iterdir(), temporary):
        _sync(path)
    temporary.rename(folder)
    _sync(folder.parent)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Segment:
    """A mapped segment. Opening costs the same whatever its size; nothing is read before it is needed."""

    def __init__(self, folder: Path) -> None:
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            self.dim: int = manifest["dim"]
            index: Any = faiss.read_index(str(folder / "dense.faiss"), faiss.IO_FLAG_MMAP_IFC)
            # asarray drops NumPy's memmap class, whose slices are slow to make; the mapping stays.
            arrays = {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _ARRAYS}
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise CorruptIndex(f"segment {folder.name} cannot be read: {error}") from error
        self._index = index
        self.name = folder.name
        self.chunks = arrays["chunks"]
        self.first_row = arrays["first_row"]
        self.tokens = arrays["tokens"]
        self.first_token = arrays["first_token"]
        self.boilerplate = arrays["boilerplate"]
        if not len(self.chunks) == manifest["chunks"] == len(self.first_row) - 1:
            raise CorruptIndex(f"segment {folder.name} does not match its manifest")
        if self._index.ntotal != self.first_row[-1] or self._index.ntotal != len(self.first_token) - 1:
            raise CorruptIndex(f"segment {folder.name} holds {self._index.ntotal} rows, not {self.first_row[-1]}")
        # The codes are the int8 components plus 128; a view of the mapped file, not a copy.
        codes = faiss.rev_swig_ptr(self._index.codes.data(), self._index.codes.size())
        self._codes: npt.NDArray[np.uint8] = codes.reshape(-1, self.dim)

    def __len__(self) -> int:
        return len(self.chunks)

    @property
    def rows(self) -> int:
        return int(self._index.ntotal)

    def vectors(self, position: int) -> Floats:
        """int8 components as float32 (1 + sentences, dim) of the chunk at ``position``."""
        first, last = self.first_row[position], self.first_row[position + 1]
        return self._codes[first:last].astype(np.float32) - 128.0

    def distinct_tokens(self, position: int) -> tuple[Tokens, ...]:
        """Of each row of the chunk at ``position``."""
        edges = self.first_token[self.first_row[position] : self.first_row[position + 1] + 1].tolist()
        return tuple(self.tokens[first:last] for first, last in pairwise(edges))

    def search(
        self, vector: Floats, limit: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> list[tuple[int, float]]:
        """``(position, inner product)`` of the ``limit`` best chunks by their best row, best first.

        ``vector``: int8-scaled float32 (dim,). ``allowed``: bool (chunks,), or None for all.
        """
        parameters: Any = None
        if allowed is not None:
            rows = np.repeat(allowed, np.diff(self.first_row))
            bits = np.packbits(rows, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(rows), faiss.swig_ptr(bits))
            parameters = _WITH_SELECTOR(sel=selector)
        # Several rows of one chunk may stand among the best: ask for more rows than chunks are wanted.
        want = min(self.rows, limit * 4)
        scores, rows_found = self._index.search(vector[None, :], want, params=parameters)
        best: dict[int, float] = {}
        positions = np.searchsorted(self.first_row, rows_found[0], side="right") - 1
        for position, score, row in zip(positions.tolist(), scores[0].tolist(), rows_found[0].tolist(), strict=True):
            if row < 0:
                break
            if position not in best:
                best[position] = score
                if len(best) == limit:
                    break
        return list(best.items())

    def encoded(self, position: int) -> EncodedChunk:
        """The chunk at ``position`` as it was written, for merging."""
        return EncodedChunk(
            int(self.chunks[position]),
            self.vectors(position).astype(np.int8),
            self.distinct_tokens(position),
            bool(self.boilerplate[position]),
        )
