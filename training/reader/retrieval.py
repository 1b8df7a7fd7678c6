"""Search over the chunks of a question set, to give the reader in training what it sees in service.

The score of a chunk is its BM25 as a share of the best one plus twice the cosine of its vector. k1 and b are
the usual ones of Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from indexer.chunk import chunk
from indexer.documents import Readable
from indexer.offsets import OffsetMap
from indexer.terms import terms
from qa.reading.likeness import WordEncoder
from qa.results import Passage

K1, B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk: ``[start, end)`` of its paragraph, sentences relative to ``start``."""

    paragraph_id: str
    start: int
    end: int
    text: str
    sentences: tuple[tuple[int, int], ...]
    published: str | None = None

    def passage(self, score: float, cosines: Sequence[float] = ()) -> Passage:
        return Passage(self.text, self.sentences, score, tuple(cosines), published=self.published)


def pieces(paragraph_id: str, text: str, published: str | None = None) -> list[Piece]:
    """The chunks of a paragraph as the indexer makes them."""
    out = []
    for span in chunk(Readable(text, OffsetMap.identity(len(text)))):
        low = span.text_start
        sentences = tuple((a - low, b - low) for a, b in span.sentences)
        out.append(Piece(paragraph_id, low, span.text_end, text[low : span.text_end], sentences, published))
    return out


class Search:
    """Scores of all pieces for a question."""

    def __init__(self, collection: Sequence[Piece], encoder: WordEncoder) -> None:
        self.collection = collection
        self._encoder = encoder
        self._vectors = encoder.encode([piece.text for piece in collection])
        self._vocabulary: dict[str, int] = {}
        rows, columns, counts = [], [], []
        lengths = np.zeros(len(collection))
        for row, piece in enumerate(collection):
            found = Counter(terms(piece.text))
            lengths[row] = sum(found.values())
            for term, count in found.items():
                rows.append(row)
                columns.append(self._vocabulary.setdefault(term, len(self._vocabulary)))
                counts.append(count)
        shape = (len(collection), len(self._vocabulary))
        matrix = csr_matrix((np.array(counts, float), (rows, columns)), shape=shape).tocoo()
        frequency = np.bincount(matrix.col, minlength=shape[1])
        idf = np.log(1 + (shape[0] - frequency + 0.5) / (frequency + 0.5))
        norm = K1 * (1 - B + B * lengths[matrix.row] / lengths.mean())
        weights = idf[matrix.col] * matrix.data * (K1 + 1) / (matrix.data + norm)
        self._matrix = csr_matrix((weights, (matrix.col, matrix.row)), shape=shape[::-1])

    def search(self, question: str, k: int, without: str | None = None) -> list[tuple[Piece, float]]:
        """The ``k`` best pieces and their scores, none of the paragraph ``without``."""
        known = [self._vocabulary[term] for term in set(terms(question)) if term in self._vocabulary]
        scores = np.asarray(self._matrix[known].sum(axis=0)).ravel() if known else np.zeros(len(self.collection))
        scores = scores / max(float(scores.max()), 1e-6)
        scores = scores + 2 * (self._vectors @ self._encoder.encode_query([question])[0])
        out = []
        for at in np.argsort(-scores, kind="stable")[: k + 12]:
            piece = self.collection[at]
            if piece.paragraph_id != without:
                out.append((piece, float(scores[at])))
        return out[:k]
