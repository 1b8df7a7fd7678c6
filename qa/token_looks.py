"""What a token of a question finds in each sentence of some passages.

It depends on the token and the passages alone, so for passages that are candidates of every question (all of a small
collection) it is remembered: most tokens of a question have been in another before.
"""

from __future__ import annotations

from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from indexer.encoder import TokenEncoder
from indexer.packing import ChunkTokens, Tokens
from indexer.snapshot import Candidates

Floats = npt.NDArray[np.float32]
FLOOR = 0.2  # cosines below this say nothing about two tokens; chosen as the weights in `qa.rerank`
_REMEMBERED = 4_000_000  # bytes, of one list of passages


class TokenLooks:
    """Of each token asked for and each sentence: the sum of the inner products with the sentence's tokens, and the best
    cosine less ``FLOOR``, at least 0. Thread safe; what it says of a token never depends on what was asked before."""

    def __init__(self, passages: ChunkTokens, encoder: TokenEncoder, *, lasting: bool = False) -> None:
        """``lasting``: it will be asked again, so the vectors of the tokens are worth keeping."""
        self._passages, self._encoder = passages, encoder
        self._distinct, self._place = _distinct(passages.ids)
        self._codes = encoder.token_codes(self._distinct) if lasting else None
        self._lengths = np.maximum(encoder.token_weights(self._distinct), np.float32(1e-9))

    def of(self, asked: Tokens, shares: Floats) -> tuple[Floats, Floats]:
        """The sums of all tokens by ``shares`` (sentences,), and the best cosines (asked, sentences)."""
        pairs = self._encoder.token_pairs(asked, self._distinct, self._codes)
        sums = grouped(np.add, (shares @ pairs)[None, self._place], self._passages.counts)[0]
        return sums, self._best(asked, pairs)

    def of_each(self, asked: Tokens) -> tuple[Floats, Floats]:
        """Sums and best cosines of each token, both (asked, sentences)."""
        pairs = self._encoder.token_pairs(asked, self._distinct, self._codes)
        return grouped(np.add, pairs[:, self._place], self._passages.counts), self._best(asked, pairs)

    def _best(self, asked: Tokens, pairs: Floats) -> Floats:
        near = pairs / np.maximum(self._encoder.token_weights(asked), np.float32(1e-9))[:, None]
        near /= self._lengths
        near -= np.float32(FLOOR)
        np.maximum(near, 0.0, out=near)
        # Few tokens of a passage are near to any of a question's.
        here = near.any(axis=0)[self._place]
        held = np.concatenate([[0], np.cumsum(here)])
        ends = np.cumsum(self._passages.counts)
        counts = held[ends] - held[ends - self._passages.counts]
        return grouped(np.maximum, near[:, self._place[here]], counts)


class RememberedLooks:
    """As `TokenLooks`, with the tokens asked for last, up to a limit."""

    def __init__(self, looks: TokenLooks, sentences: int) -> None:
        self._looks = looks
        self._sentences = sentences
        self._limit = max(1, _REMEMBERED // (8 * max(1, sentences)))
        self._lock = Lock()
        self._known = _Known(0, sentences)

    def of(self, asked: Tokens, shares: Floats) -> tuple[Floats, Floats]:
        """As `TokenLooks.of`."""
        known = self._known
        tokens = asked.tolist()
        if any(token not in known.rows for token in tokens):
            known = self._learned(asked)
        rows = [known.rows[token] for token in tokens]
        return shares @ known.sums[rows], known.best[rows]

    def _learned(self, asked: Tokens) -> _Known:
        """What is known once ``asked`` are: the same object, or a new one when it is full."""
        with self._lock:
            known = self._known
            missing = np.asarray([token for token in asked.tolist() if token not in known.rows], np.int32)
            if len(known.rows) + len(missing) > len(known.sums):
                missing = asked
                known = _Known(max(self._limit, len(asked)), self._sentences)
            known.add(missing, *self._looks.of_each(missing))
            self._known = known
            return known


class _Known:
    """Tables by token; rows are only ever added."""

    def __init__(self, size: int, sentences: int) -> None:
        self.rows: dict[int, int] = {}
        self.sums = np.empty((size, sentences), np.float32)
        self.best = np.empty((size, sentences), np.float32)

    def add(self, tokens: Tokens, sums: Floats, best: Floats) -> None:
        first = len(self.rows)
        self.sums[first : first + len(tokens)] = sums
        self.best[first : first + len(tokens)] = best
        self.rows.update(zip(tokens.tolist(), range(first, first + len(tokens)), strict=True))


_LASTING: WeakKeyDictionary[Candidates, tuple[TokenEncoder, RememberedLooks]] = WeakKeyDictionary()


def looks_of(candidates: Candidates, passages: ChunkTokens, encoder: TokenEncoder) -> TokenLooks | RememberedLooks:
    """The looks of ``passages``, the tokens of ``candidates``; the same object for candidates that last."""
    if not candidates.lasting:
        return TokenLooks(passages, encoder)
    held = _LASTING.get(candidates)
    if held is None or held[0] is not encoder:
        looks = RememberedLooks(TokenLooks(passages, encoder, lasting=True), len(passages.counts))
        held = _LASTING[candidates] = encoder, looks
    return held[1]


def grouped(how: np.ufunc, columns: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """(n, groups): each group of neighbouring ``columns`` as one; zero for a group of length 0."""
    out = np.zeros((len(columns), len(lengths)), np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled):
        starts = np.concatenate([[0], np.cumsum(lengths[filled])[:-1]])
        out[:, filled] = how.reduceat(columns, starts, axis=1)
    return out


def _distinct(tokens: Tokens) -> tuple[Tokens, npt.NDArray[np.int32]]:
    """What ``np.unique`` gives with the inverse, without sorting: token ids are lines of a vocabulary."""
    seen = np.zeros(int(tokens.max(initial=-1)) + 1, np.bool_)
    seen[tokens] = True
    return np.flatnonzero(seen).astype(np.int32), (np.cumsum(seen, dtype=np.int32) - 1)[tokens]
