"""The encoder slot: what Citespan needs from a model that turns text into vectors, and how one is chosen.

``embedded`` ships inside the package and needs numpy alone; every other name is a sentence-transformers
model, by its Hugging Face name or its folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

EMBEDDED = "embedded"
EMBEDDED_FOLDER = Path(__file__).parent / "models" / "encoder"


@runtime_checkable
class Encoder(Protocol):
    """Texts to unit vectors. Vectors of two encoders compare only if their fingerprints are equal."""

    @property
    def name(self) -> str:
        """The name that `load_encoder` was given."""
        ...

    @property
    def fingerprint(self) -> str:
        """Hash of the model's files: stable across machines, changed by any change of the model."""
        ...

    @property
    def dim(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of passages: float32 (len(texts), dim), unit rows; a zero row for a text without tokens."""
        ...

    def encode_query(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of questions, shaped as those of `encode`; a model may read questions in its own way."""
        ...


@runtime_checkable
class TokenEncoder(Encoder, Protocol):
    """An encoder that also compares single tokens, for the soft token match."""

    def token_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Token ids of each of `texts`, int32, in the order of the text, duplicates kept."""
        ...

    def token_sums(self, ids: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Sums of the vectors of `counts[0]` tokens, then of `counts[1]`, ... of `ids` (int32): float32
        (len(counts), dim). The sum of all tokens of a text has the direction that `encode` gives it."""
        ...

    def token_vectors(self, ids: np.ndarray) -> np.ndarray:
        """Vectors of the tokens `ids`, float32 (len(ids), dim), as long as their weights."""
        ...

    def token_products(self, vectors: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Inner products of `vectors` (n, dim) and those of the tokens `ids`, float32 (n, len(ids))."""
        ...

    def token_pairs(self, left: np.ndarray, right: np.ndarray, codes: np.ndarray | None = None) -> np.ndarray:
        """Inner products of the tokens `left` and `right`, float32 (len(left), len(right)): of a pair always the same
        bits, whatever other pairs are asked for with it. `codes`: `token_codes` of `right`, where they are at hand."""
        ...

    def token_codes(self, ids: np.ndarray) -> np.ndarray:
        """The tokens `ids` as `token_pairs` multiplies them."""
        ...

    def token_weights(self, ids: np.ndarray) -> np.ndarray:
        """How much each of the tokens `ids` says, as learned, float32 (len(ids),), zero or more."""
        ...


def token_cosines(encoder: TokenEncoder, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Cosines of the vectors of the tokens `left` and `right`, float32 (len(left), len(right))."""
    unit = encoder.token_vectors(left) / encoder.token_weights(left)[:, None]
    return np.asarray(encoder.token_products(unit, right) / encoder.token_weights(right))


def load_encoder(name: str) -> Encoder:
    """The encoder called `name`. Raises `indexer.errors.ConfigError` if there is none, or none that loads."""
    if name == EMBEDDED:
        from indexer.static_encoder import StaticEncoder

        return StaticEncoder(EMBEDDED_FOLDER)
    from indexer.sentence_encoder import SentenceEncoder

    return SentenceEncoder(name)
