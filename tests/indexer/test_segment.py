from pathlib import Path

import numpy as np
import pytest

from indexer import segment as segment_module
from indexer.encoded import quantise, scale_of
from indexer.errors import DerivedDamage
from indexer.segment import Segment, kind_of, write_segment

DIM = 64


def unit(rng: np.random.Generator, rows: int) -> np.ndarray:
    out = rng.normal(size=(rows, DIM)).astype(np.float32)
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def make(folder: Path, count: int = 200, seed: int = 0) -> tuple[Segment, np.ndarray, np.ndarray]:
    """A segment, its vectors, and the number of the chunk that each of these belongs to."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 6, count)
    vectors = unit(rng, int(counts.sum()))
    ids = 10 + 3 * np.arange(count, dtype=np.int64)
    total = write_segment(folder, ids, quantise(vectors, scale_of(DIM)), counts)
    return Segment(folder, total), vectors, np.repeat(np.arange(count), counts)


def best(scores: np.ndarray, owner: np.ndarray) -> np.ndarray:
    out = np.full(int(owner.max()) + 1, -np.inf)
    np.maximum.at(out, owner, scores)
    return out


def test_search_equals_brute_force(tmp_path: Path):
    segment, vectors, owner = make(tmp_path / "s")
    for vector in unit(np.random.default_rng(1), 20):
        expected = best(vectors @ vector, owner)
        found = segment.search(vector, 10)
        assert [score for _, score in found] == pytest.approx(np.sort(expected)[::-1][:10], abs=0.02)
        assert all(score == pytest.approx(expected[position], abs=0.02) for position, score in found)


def test_a_large_segment_is_searched_by_cells_and_finds_nearly_the_same(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(segment_module, "FLAT_ROWS", 5_000)
    rng = np.random.default_rng(3)
    # Texts are no even spread: around each of some hundred themes.
    themes = unit(rng, 120)
    vectors = themes[rng.integers(0, 120, 20_000)] + 0.7 * unit(rng, 20_000)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    counts = np.full(10_000, 2)
    ids = np.arange(1, 10_001, dtype=np.int64)
    segment = Segment(tmp_path / "s", write_segment(tmp_path / "s", ids, quantise(vectors, scale_of(DIM)), counts))
    assert kind_of(segment.rows) == "ivf"
    owner = np.repeat(np.arange(10_000), 2)
    shares = []
    for vector in vectors[::1000]:
        expected = set(np.argsort(-best(vectors @ vector, owner))[:10].tolist())
        shares.append(len(expected & {position for position, _ in segment.search(vector, 100)}) / 10)
    assert np.mean(shares) > 0.95


def test_the_same_vector_is_one_and_an_orthogonal_one_is_zero(tmp_path: Path):
    vectors = np.zeros((2, DIM), np.float32)
    vectors[0, :4] = 0.5
    vectors[1, 4:8] = 0.5
    total = write_segment(tmp_path / "s", np.asarray([5, 7]), quantise(vectors, scale_of(DIM)), np.asarray([1, 1]))
    found = dict(Segment(tmp_path / "s", total).search(vectors[0], 2))
    assert found[0] == pytest.approx(1.0, abs=0.02)
    assert found[1] == 0


@pytest.mark.parametrize("flat_rows", [5_000, 100])
def test_a_mask_keeps_chunks_out(tmp_path: Path, monkeypatch, flat_rows: int):
    monkeypatch.setattr(segment_module, "FLAT_ROWS", flat_rows)
    segment, _, _ = make(tmp_path / "s", 400)
    allowed = np.zeros(len(segment), np.bool_)
    allowed[[5, 17]] = True
    vector = unit(np.random.default_rng(2), 1)[0]
    assert {position for position, _ in segment.search(vector, 10, allowed)} == {5, 17}


def test_chunks_are_found_by_their_ids(tmp_path: Path):
    segment, _, _ = make(tmp_path / "s", 30)
    assert segment.positions(np.asarray([10, 11, 97, 9, 500])).tolist() == [0, 29]
    assert segment.positions(np.zeros(0, np.int64)).tolist() == []


@pytest.mark.parametrize("file", ["dense.faiss", "chunks.npy", "first_row.npy", "manifest.json"])
def test_a_truncated_file_is_refused(tmp_path: Path, file: str):
    total = write_segment(tmp_path / "s", np.asarray([1]), np.ones((1, DIM), np.int8), np.asarray([1]))
    path = tmp_path / "s" / file
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DerivedDamage, match=r"bytes, not|not the one"):
        Segment(tmp_path / "s", total)


def test_the_folder_appears_whole_or_not_at_all(tmp_path: Path):
    make(tmp_path / "s")
    assert [path.name for path in tmp_path.iterdir()] == ["s"]
