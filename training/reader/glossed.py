"""Chinese questions put into English word by word, to teach the network to read Chinese for an English question.

True questions of that sort are few (MLQA dev). A gloss has no grammar, but its words meet those of the paragraph as an
English question's do: never literally, only by the likeness of their vectors, and names by their pinyin.
"""

from __future__ import annotations

import random
import re

import numpy as np
from pypinyin import lazy_pinyin

from indexer.encoder import EMBEDDED_FOLDER
from indexer.static_folder import StaticModel
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.likeness import WordEncoder
from qa.reading.words import MARK, NAME, NUMBER, PERSON, PLACE, STOP_ZH, split

_ASKING = (
    (r"为什么|为何|为啥", "why"),
    (r"什么时[候间]|何时", "when"),
    (r"哪一?年", "what year"),
    (r"哪里|何处|何地|哪儿", "where"),
    (r"谁|哪位|何人", "who"),
    (r"多少|几", "how many"),
    (r"如何|怎么样?|怎样", "how"),
    (r"哪[个些家位种款项里儿一两三]?", "which"),
    (r"什么|啥|何", "what"),
)
_COMPILED = tuple((re.compile(pattern), english) for pattern, english in _ASKING)
_CHOICES, _LEAST, _SHARPNESS = 5, 0.45, 6  # words to choose from, by cosine to the power of the sharpness
_GLOSSARY = Glossary()


class Glosser:
    """Glosses by the nearest English tokens of the embedded encoder's vocabulary."""

    def __init__(self, encoder: WordEncoder) -> None:
        self._encoder = encoder
        vocabulary = StaticModel.read(EMBEDDED_FOLDER).vocabulary
        self._english = [token for token in vocabulary if re.fullmatch(r"[a-z]{3,}", token)]
        self._vectors = self._encoder.encode(self._english)
        self._known: dict[str, list[tuple[str, float]]] = {}

    def question(self, question: str, dice: random.Random) -> str | None:
        """``question`` in English words; None where it has no question word or too little else."""
        found = ((pattern.search(question), english) for pattern, english in _COMPILED)
        asking, english = next(((match, english) for match, english in found if match), (None, ""))
        if asking is None:
            return None
        rest = f"{question[: asking.start()]}，{question[asking.end() :]}"
        query = analyse(rest.strip("，？? "), _GLOSSARY)
        words = split(query.text, query.folded)
        out = [english]
        for start, end, form, kind in zip(words.starts, words.ends, words.forms, words.classes, strict=True):
            word = query.folded[start:end]
            if kind == MARK or form in STOP_ZH:
                continue
            out.append(query.text[start:end] if kind == NUMBER or word.isascii() else self._word(word, int(kind), dice))
        out = [word for word in out if word]
        return f"{' '.join(out)}?" if len(out) > 2 else None

    def _word(self, word: str, kind: int, dice: random.Random) -> str:
        if kind == PERSON:
            family, *given = lazy_pinyin(word)
            return f"{family.capitalize()} {''.join(given).capitalize()}".strip()
        if word not in self._known:
            likeness = self._vectors @ self._encoder.encode([word])[0]
            best = np.argsort(-likeness, kind="stable")[:_CHOICES]
            self._known[word] = [(self._english[at], float(likeness[at])) for at in best if likeness[at] > _LEAST]
        choices = self._known[word]
        if not choices:
            return ""
        found = dice.choices([other for other, _ in choices], [like**_SHARPNESS for _, like in choices])[0]
        return found.capitalize() if kind in (PLACE, NAME) else found
