"""The encoder of the harness: as the tests' own, but it remembers its vectors and can be told not to encode."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from fakes import HashEncoder

_TABLE: dict[int, np.ndarray] = {}


class QuickEncoder(HashEncoder):
    """``sealed``: documents must not be encoded, whoever tries dies of it; questions may."""

    def __init__(self, *, sealed: bool = False) -> None:
        super().__init__(dim=32)
        self._sealed = sealed

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if self._sealed:
            raise AssertionError("encoded what was encoded before")
        return super().encode(texts)

    def encode_query(self, texts: Sequence[str]) -> np.ndarray:
        return super().encode(texts)

    def token_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        if self._sealed:
            raise AssertionError("encoded what was encoded before")
        self.encoded += len(texts)
        return super().token_ids(texts)

    def _vectors(self, ids: np.ndarray) -> np.ndarray:
        for token in {int(token) for token in ids} - _TABLE.keys():
            _TABLE[token] = super()._vectors(np.asarray([token]))[0]
        return np.asarray([_TABLE[int(token)] for token in ids], np.float32).reshape(len(ids), self.dim)
