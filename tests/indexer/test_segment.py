from pathlib import Path

import numpy as np
import pytest

from indexer.errors import CorruptIndex
from indexer.segment import EncodedChunk, Segment, quantise, scale_of, write_segment

DIM = 64
SCALE = scale_of(DIM)


def unit(rng: np.random.Generator, rows: int) -> np.ndarray:
    out = rng.normal(size=(rows, DIM)).astype(np.float32)
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def make(folder: Path, count: int = 200, seed: int = 0) -> tuple[Segment, list[EncodedChunk]]:
    rng = np.random.default_rng(seed)
    chunks = []
    for number in range(count):
        vectors = quantise(unit(rng, int(rng.integers(1, 6))), SCALE)
        tokens = tuple(np.unique(rng.integers(0, 999, int(rng.integers(0, 30)))).astype(np.int32) for _ in vectors)
        chunks.append(EncodedChunk(10 + 3 * number, vectors, tokens, number % 7 == 0))
    write_segment(folder, chunks, DIM)
    return Segment(folder), chunks


def test_search_equals_brute_force(tmp_path: Path):
    segment, chunks = make(tmp_path / "s")
    for vector in unit(np.random.default_rng(1), 20):
        query = np.rint(vector * SCALE).astype(np.float32)
        expected = [float((chunk.vectors.astype(np.float32) @ query).max()) for chunk in chunks]
        best = sorted(range(len(chunks)), key=lambda at: -expected[at])[:10]
        found = segment.search(query, 10)
        assert [round(score) for _, score in found] == [round(expected[at]) for at in best]


def test_the_same_vector_is_one_and_an_orthogonal_one_is_zero(tmp_path: Path):
    vectors = np.zeros((2, DIM), np.float32)
    vectors[0, :4] = 0.5
    vectors[1, 4:8] = 0.5
    chunks = [
        EncodedChunk(number, quantise(vectors[[number]], SCALE), (np.zeros(0, np.int32),), False) for number in (0, 1)
    ]
    write_segment(tmp_path / "s", chunks, DIM)
    query = quantise(vectors[:1], SCALE)[0].astype(np.float32)
    found = dict(Segment(tmp_path / "s").search(query, 2))
    assert found[0] / float(query @ query) == pytest.approx(1.0)
    assert found[1] == 0


def test_a_mask_keeps_chunks_out(tmp_path: Path):
    segment, _ = make(tmp_path / "s")
    query = np.rint(unit(np.random.default_rng(2), 1)[0] * SCALE).astype(np.float32)
    allowed = np.zeros(len(segment), np.bool_)
    allowed[[5, 17]] = True
    assert {position for position, _ in segment.search(query, 10, allowed)} == {5, 17}


def test_what_was_written_is_read_back(tmp_path: Path):
    segment, chunks = make(tmp_path / "s", 30)
    assert segment.chunks.tolist() == [chunk.chunk_id for chunk in chunks]
    for position, chunk in enumerate(chunks):
        again = segment.encoded(position)
        assert (again.vectors == chunk.vectors).all()
        assert [row.tolist() for row in again.tokens] == [row.tolist() for row in chunk.tokens]
        assert again.boilerplate == chunk.boilerplate


@pytest.mark.parametrize("file", ["dense.faiss", "chunks.npy", "first_row.npy", "manifest.json"])
def test_a_truncated_file_is_refused(tmp_path: Path, file: str):
    make(tmp_path / "s")
    path = tmp_path / "s" / file
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CorruptIndex, match=r"cannot be read|does not match"):
        Segment(tmp_path / "s")


def test_the_folder_appears_whole_or_not_at_all(tmp_path: Path):
    make(tmp_path / "s")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s"]
