"""A segment: the dense half of the index for a range of chunks, written once and then only mapped.

faiss maps an index without copying it, and all workers share the pages; but adding to or removing from a mapped index
aborts the process. So segments are immutable: new chunks make new segments, removed ones are masked
(``Segment.search(allowed=...)``), and merging writes a new segment.

A segment only proposes chunks: what the reranker and the reader see comes out of the record. So its vectors may be
coarse: a byte a component. Up to ``FLAT_ROWS`` rows it is searched whole; a larger one is divided into cells (inverted
file: Jegou, Douze & Schmid 2011) of which three quarters are searched, in less than half of the time. Tried and left: a
product quantiser (a quarter of the size, but two points of recall less from English to Chinese among 16,000 paragraphs)
and half a byte a component (half the size, three times as slow).

Files of a segment folder, which is sealed (``indexer.sealed``):

``dense.faiss``       the rows, inner product; of each chunk one row for the whole passage, then one a sentence
``chunks.npy``        int64 (chunks,), chunk ids, ascending
``first_row.npy``     int32 (chunks + 1,), where the rows of each chunk begin
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from indexer.encoded import Floats, quantise, scale_of
from indexer.errors import DerivedDamage
from indexer.sealed import check_edges, fresh, publish

FLAT_ROWS = 100_000
# faiss patches keyword arguments into these classes at run time, unknown to its type stubs.
_SEARCH: Any = faiss.SearchParameters
_SEARCH_CELLS: Any = faiss.SearchParametersIVF
_ROWS_A_CELL = 400
_TRAIN_A_CELL = 64
_BLOCK = 10_000  # rows
_DENSE, _CHUNKS, _FIRST_ROW = "dense.faiss", "chunks.npy", "first_row.npy"


def write_segment(
    folder: Path, chunk_ids: npt.NDArray[np.int64], rows: npt.NDArray[np.int8], counts: npt.NDArray[np.int64]
) -> str:
    """Writes a segment of chunks (ascending ids; ``counts[i]`` of the ``rows`` (n, dim), as `encoded.quantise` makes
    them, each) into ``folder``, which appears whole or not at all; returns its sum. Raises OSError."""
    temporary = fresh(folder)
    first_row = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=first_row[1:])
    try:
        faiss.write_index(_index(rows), str(temporary / _DENSE))
    except RuntimeError as error:  # faiss has no other for a disk that is full
        raise OSError(errno.EIO, f"{_DENSE} cannot be written: {error}") from error
    np.save(temporary / _CHUNKS, chunk_ids)
    np.save(temporary / _FIRST_ROW, first_row)
    return publish(temporary, folder)


def kind_of(rows: int) -> str:
    """``flat`` or ``ivf``: how a segment with so many rows is searched."""
    return "flat" if rows <= FLAT_ROWS else "ivf"


def _index(rows: npt.NDArray[np.int8]) -> Any:
    dim, metric = rows.shape[1], faiss.METRIC_INNER_PRODUCT
    code = faiss.ScalarQuantizer.QT_8bit_direct_signed
    if kind_of(len(rows)) == "flat":
        index: Any = faiss.IndexScalarQuantizer(dim, code, metric)
    else:
        cells = max(1, len(rows) // _ROWS_A_CELL)
        index = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatIP(dim), dim, cells, code, metric, False)
        index.cp.niter, index.cp.spherical = 10, True
        index.train(rows[:: max(1, len(rows) // (cells * _TRAIN_A_CELL))].astype(np.float32))
    for at in range(0, len(rows), _BLOCK):  # as float32 they take four times the memory
        index.add(rows[at : at + _BLOCK].astype(np.float32))
    return index


class Segment:
    """A mapped segment. Opening costs the same whatever its size; nothing is read before it is needed."""

    def __init__(self, folder: Path, total: str) -> None:
        """``total``: the sum that the record has of it. Raises DerivedDamage."""
        check_edges(folder, total)
        try:
            index: Any = faiss.read_index(str(folder / _DENSE), faiss.IO_FLAG_MMAP_IFC)
            # asarray drops NumPy's memmap class, whose slices are slow to make; the mapping stays.
            self.chunks = np.asarray(np.load(folder / _CHUNKS, mmap_mode="r"))
            self.first_row = np.asarray(np.load(folder / _FIRST_ROW, mmap_mode="r"))
        except Exception as error:  # whatever parsers make of bytes that are not theirs
            raise DerivedDamage(f"segment {folder.name} cannot be read: {error}") from error
        if len(self.chunks) != len(self.first_row) - 1 or index.ntotal != self.first_row[-1]:
            raise DerivedDamage(f"segment {folder.name} holds {index.ntotal} rows, not {self.first_row[-1]}")
        self._index = index
        self._flat = not hasattr(index, "nlist")
        self.name = folder.name
        self.dim = int(index.d)

    def __len__(self) -> int:
        return len(self.chunks)

    @property
    def rows(self) -> int:
        return int(self._index.ntotal)

    def positions(self, chunk_ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Where those of ``chunk_ids`` stand that are in this segment, int64."""
        if not len(chunk_ids):
            return np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(self.chunks, chunk_ids), len(self) - 1)
        return np.asarray(at[self.chunks[at] == chunk_ids], np.int64)

    def search(
        self, vector: Floats, limit: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> list[tuple[int, float]]:
        """``(position, cosine)`` of the ``limit`` best chunks by their best row, best first.

        ``vector``: float32 (dim,), normalised. ``allowed``: bool (chunks,), or None for all.
        """
        options: dict[str, Any] = {}
        if allowed is not None:
            bits = np.packbits(np.repeat(allowed, np.diff(self.first_row)), bitorder="little")
            options["sel"] = faiss.IDSelectorBitmap(self.rows, faiss.swig_ptr(bits))
        # Several rows of one chunk may stand among the best: ask for more rows than chunks are wanted.
        want = min(self.rows, limit * 4)
        scale = scale_of(self.dim)
        asked = quantise(vector, scale).astype(np.float32)
        if self._flat:
            parameters = _SEARCH(**options) if options else None
        else:
            # A filter leaves few: then every cell is searched, for the cells near the question may hold none.
            probed = self._index.nlist if options else max(1, self._index.nlist * 3 // 4)
            parameters = _SEARCH_CELLS(nprobe=probed, **options)
        try:
            scores, rows_found = self._index.search(asked[None, :], want, params=parameters)
        except RuntimeError as error:
            raise DerivedDamage(f"segment {self.name} cannot be searched: {error}") from error
        found = rows_found[0]
        if found.max(initial=-1) >= self.rows:
            raise DerivedDamage(f"segment {self.name} names rows that it does not have")
        positions = np.searchsorted(self.first_row, found[found >= 0], side="right") - 1
        best: dict[int, float] = {}
        for position, score in zip(positions.tolist(), scores[0].tolist(), strict=False):
            if position not in best:
                best[position] = score / scale**2
                if len(best) == limit:
                    break
        return list(best.items())
