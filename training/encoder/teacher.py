"""Vectors of the teacher, all-MiniLM-L6-v2 (Apache-2.0): of English words and of short English sentences.

The student is 256 wide, the teacher 384: both words and sentences are put on the principal axes of the
centred word vectors, so that a sentence's target lives in the space that the table starts from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.encoder.data import DICTIONARIES, Corpus, Pair
from training.encoder.recipe import Recipe

_AXES_FROM = 20_000  # the most frequent words; the axes settle long before that


@dataclass(frozen=True)
class Lessons:
    """Teacher vectors on the student's axes, unit rows: ``words`` (len(vocabulary), dim) of single words,
    ``targets`` (len(pairs), dim) of the English side of ``pairs``."""

    vocabulary: list[str]
    words: np.ndarray
    pairs: list[Pair]
    targets: np.ndarray


def choose_sentences(corpus: Corpus, recipe: Recipe) -> list[Pair]:
    """Every bilingual question, then a seeded sample of short sentence pairs, shortest first."""
    low, high = recipe.teacher_chars
    rng = np.random.default_rng(recipe.seed)
    pool = [
        pair
        for name, rows in corpus.pairs.items()
        if name not in DICTIONARIES and name != "mkqa"
        for pair in rows
        if low < len(pair[0]) < high and len(pair[1]) < high
    ]
    chosen = list(corpus.pairs.get("mkqa", []))
    wanted = max(0, recipe.teacher_sentences - len(chosen))
    chosen += [pool[i] for i in rng.permutation(len(pool))[:wanted]]
    return sorted(chosen, key=lambda pair: (len(pair[0]), pair))


def whole_words(model_path: Path) -> frozenset[str]:
    """English words of two letters or more that are one entry of the teacher's vocabulary."""
    entries = (model_path / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(entry for entry in entries if entry.isascii() and entry.isalpha() and len(entry) > 1)


def encode(model_path: Path, texts: Sequence[str]) -> np.ndarray:
    """Teacher vectors of `texts`, float16 (n, 384), unit rows, one thread."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(model_path), device="cpu")
    with torch.inference_mode():
        vectors = model.encode(list(texts), batch_size=64, normalize_embeddings=True)
    return np.asarray(vectors, np.float16)


def cached(path: Path, model_path: Path, texts: Sequence[str]) -> np.ndarray:
    """`encode`, kept in `path` as long as the texts stay the same."""
    key = np.array(texts)
    if path.is_file():
        held = np.load(path)
        if np.array_equal(held["texts"], key):
            return np.asarray(held["vectors"])
    vectors = encode(model_path, texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, texts=key, vectors=vectors)
    return vectors


def teach(words: list[str], pairs: list[Pair], model_path: Path, work: Path, dim: int) -> Lessons:
    """Lessons for English `words` and sentence `pairs`; vectors are cached in the folder `work`."""
    word_vectors = cached(work / "teacher_words.npz", model_path, words).astype(np.float32)
    sentences = cached(work / "teacher_sentences.npz", model_path, [en for en, _ in pairs]).astype(np.float32)
    centred = word_vectors - word_vectors.mean(0)
    axes = np.linalg.svd(centred[:_AXES_FROM], full_matrices=False)[2][:dim].T
    return Lessons(words, unit(centred @ axes), pairs, unit((sentences - sentences.mean(0)) @ axes))


def unit(rows: np.ndarray) -> np.ndarray:
    """`rows` at length one; a zero row stays zero."""
    return np.asarray(rows / (np.linalg.norm(rows, axis=-1, keepdims=True) + 1e-9))
