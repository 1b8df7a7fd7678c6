"""A segment: the dense half of the index for a range of chunks, written once and then only mapped.

faiss maps an index without copying it, and all workers share the pages; but adding to or removing from a mapped index
aborts the process. So segments are immutable: new chunks make new segments, removed ones are masked
(``Segment.search(allowed=...)``), and merging writes a new segment.

A segment only proposes chunks: what the reranker and the reader see comes out of the record. So its vectors may be
coarse. Up to ``FLAT_ROWS`` rows they have a byte a component and are searched whole. A larger segment is divided into
cells (inverted file), of which three quarters are searched, and its vectors are coded by a product quantiser, a byte
for every four components (Jegou, Douze & Schmid 2011): a quarter of the size, searched in three quarters of the time.
Coded cosines are only near: ``SPARE`` times as many chunks are proposed as are wanted, which brings back what the
coding loses. Tried and left: half a byte a component (twice the size, three times as slow), RaBitQ with two and more
bits (larger and slower than this at the same recall).

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
SPARE = 2
# faiss patches keyword arguments into these classes at run time, unknown to its type stubs.
_SEARCH: Any = faiss.SearchParameters
_SEARCH_CELLS: Any = faiss.SearchParametersIVF
_ROWS_A_CELL = 400
_TRAIN_A_CELL = 64
_COMPONENTS_A_CODE, _CODE_BITS = 4, 8
_TRAIN_A_CODE = 40  # rows
_TRAIN_ROUNDS = 5  # more of them find no more
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
    index = _flat(rows.shape[1]) if kind_of(len(rows)) == "flat" else _cells(rows)
    for at in range(0, len(rows), _BLOCK):  # as float32 they take four times the memory
        index.add(rows[at : at + _BLOCK].astype(np.float32))
    return index


def _flat(dim: int) -> Any:
    code = faiss.ScalarQuantizer.QT_8bit_direct_signed
    return faiss.IndexScalarQuantizer(dim, code, faiss.METRIC_INNER_PRODUCT)


def _cells(rows: npt.NDArray[np.int8]) -> Any:
    """An empty inverted file whose cells and codes fit ``rows``."""
    dim = rows.shape[1]
    cells = max(1, len(rows) // _ROWS_A_CELL)
    codes = -(-dim // _COMPONENTS_A_CODE)
    while dim % codes:  # every code stands for as many components as any other
        codes += 1
    training = rows[:: max(1, len(rows) // (cells * _TRAIN_A_CELL))].astype(np.float32)
    bits = min(_CODE_BITS, len(training).bit_length() - 1)
    index: Any = faiss.IndexIVFPQ(faiss.IndexFlatIP(dim), dim, cells, codes, bits, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False  # one table of products for all cells
    index.cp.niter, index.cp.spherical = 2 * _TRAIN_ROUNDS, True
    index.pq.cp.niter = _TRAIN_ROUNDS
    index.pq.cp.max_points_per_centroid, index.pq.cp.min_points_per_centroid = _TRAIN_A_CODE, 1
    index.train(training)
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
        self.exact = not hasattr(index, "nlist")
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
        """``(position, cosine)`` of the ``limit`` best chunks by their best row, best first. The cosines are near ones
        where the segment is not ``exact``.

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
        if self.exact:
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
