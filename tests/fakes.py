"""Stand-ins for what is slow or large: no patches, only objects that keep a protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from indexer.terms import terms


def _ids(text: str) -> np.ndarray:
    return np.asarray(
        [int.from_bytes(hashlib.sha256(term.encode()).digest()[:2], "big") for term in terms(text)], np.int32
    )


class HashEncoder:
    """A token encoder without a model: every term has a fixed random unit vector. Texts that share terms are near."""

    def __init__(self, dim: int = 64, name: str = "hash") -> None:
        self.name = name
        self.dim = dim
        self.fingerprint = hashlib.sha256(f"{name}:{dim}".encode()).hexdigest()[:16]
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.encoded += len(texts)
        out = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            ids = _ids(text)
            if len(ids):
                out[row] = self._vectors(ids).sum(axis=0)
        length = np.linalg.norm(out, axis=1, keepdims=True)
        return np.divide(out, length, out=out, where=length > 0)

    def encode_query(self, texts: Sequence[str]) -> np.ndarray:
        return self.encode(texts)

    def token_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        return [_ids(text) for text in texts]

    def token_sums(self, ids: np.ndarray, counts: np.ndarray) -> np.ndarray:
        out = np.zeros((len(counts), self.dim), np.float32)
        for row, part in enumerate(np.split(ids, np.cumsum(counts)[:-1]) if len(counts) else []):
            out[row] = self._vectors(part).sum(axis=0)
        return out

    def token_vectors(self, ids: np.ndarray) -> np.ndarray:
        return self._vectors(ids)

    def token_products(self, vectors: np.ndarray, ids: np.ndarray) -> np.ndarray:
        return np.asarray(vectors @ self._vectors(ids).T)

    def token_pairs(self, left: np.ndarray, right: np.ndarray, codes: np.ndarray | None = None) -> np.ndarray:
        return np.asarray(self._vectors(left) @ (self._vectors(right) if codes is None else codes).T)

    def token_codes(self, ids: np.ndarray) -> np.ndarray:
        return self._vectors(ids)

    def _vectors(self, ids: np.ndarray) -> np.ndarray:
        rows = [np.random.default_rng(int(token)).normal(size=self.dim) for token in ids]
        out = np.asarray(rows, np.float32).reshape(len(ids), self.dim)
        return out / np.linalg.norm(out, axis=1, keepdims=True)

    def token_weights(self, ids: np.ndarray) -> np.ndarray:
        return np.ones(len(ids), np.float32)
