"""Questions put to retrieved passages, as the reader meets them: shared by everything that is fitted here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa.reading.likeness import SoftMatcher
from qa.reading.read import embedded_encoder
from qa.results import Passage
from training.reader.retrieval import Piece, Search, pieces
from training.reader.sets import Example


class Cosines:
    """Sentence scores as the pipeline gives them."""

    def __init__(self) -> None:
        self.encoder = embedded_encoder()
        self.soft = SoftMatcher(self.encoder)
        self._seen: dict[str, np.ndarray] = {}

    def passage(self, question: str, piece: Piece, score: float) -> Passage:
        rows = self._seen.get(piece.text)
        if rows is None:
            rows = self._seen[piece.text] = self.encoder.encode([piece.text[a:b] for a, b in piece.sentences])
        return piece.passage(score, (rows @ self.encoder.encode_query([question])[0]).tolist())


def collection(found: Sequence[Example], cosines: Cosines) -> tuple[Search, dict[str, list[Piece]]]:
    """All chunks of the paragraphs of ``found``, searchable, and by paragraph."""
    texts = {example.paragraph_id: example for example in found}
    cut = {key: pieces(key, example.text, example.published) for key, example in texts.items()}
    return Search([piece for chunks in cut.values() for piece in chunks], cosines.encoder), cut


def retrieved(example: Example, index: Search, cut: dict[str, list[Piece]], k: int = 5) -> list[tuple[Piece, float]]:
    """Five chunks; the one that holds the answer replaces the last if it was not found."""
    found = index.search(example.question, k)
    start, end = example.answers[0]
    if any(p.paragraph_id == example.paragraph_id and p.start <= start and end <= p.end for p, _ in found):
        return found
    gold = [p for p in cut[example.paragraph_id] if p.start <= start and end <= p.end]
    return [*found[: k - len(gold)], *((piece, found[-1][1] if found else 0.0) for piece in gold)]


def askable(question: str) -> bool:
    """A few questions of the sets hold no word at all."""
    return any(char.isalnum() for char in question)


def position_f1(start: int, end: int, answers: Sequence[tuple[int, int]]) -> float:
    """Overlap of ``[start, end)`` with the best of ``answers``, as F1 over characters."""
    best = 0.0
    for low, high in answers:
        common = min(end, high) - max(start, low)
        best = max(best, 2 * common / (end - start + high - low)) if common > 0 else best
    return best
