"""What the reader's network learns from: questions with the spans of the sentences that the reader would look at.

Each question is put to five retrieved chunks, the one with its answer among them. Every candidate span gets the F1 of
its characters against the marked answer, by position; of those that miss it a sample is kept. Words are kept as
numbers, each once: their vectors alone would take five gigabytes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.asked import asked
from qa.reading.facts import gather
from qa.reading.features import asked_row
from qa.reading.read import chosen_places, sentence_view
from training.reader.business import business
from training.reader.glossed import Glosser
from training.reader.questions import Cosines, askable, collection, position_f1, retrieved
from training.reader.retrieval import Piece
from training.reader.sets import READER, Example, examples, held_out

_NEGATIVES_HERE, _NEGATIVES_ELSEWHERE = 60, 16  # spans of a sentence with the answer, and of one without
_BUSINESS, _BUSINESS_SEED = 1_500, 1  # paragraphs
_COMPANY = 40  # of them that are searched together: many questions name no company, and have one answer among few
_GLOSSED = 0.4  # of the Chinese questions on Chinese paragraphs
_GLOSSARY = Glossary()


@dataclass(frozen=True, slots=True)
class SentenceLesson:
    """As `qa.reading.network.SentenceView`, in half precision, with numbers of surfaces (int32) instead of vectors;
    ``f1`` float32 (spans,)."""

    surfaces: np.ndarray
    classes: np.ndarray
    words: np.ndarray
    first: np.ndarray
    last: np.ndarray
    features: np.ndarray
    f1: np.ndarray


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question and the sentences that it is put to."""

    question: np.ndarray
    asked: np.ndarray
    sentences: list[SentenceLesson]


@dataclass(slots=True)
class Lessons:
    """All lessons, and the numbers of their words' surfaces, in the order in which they came."""

    made: list[Lesson] = field(default_factory=list)
    surfaces: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        question: str,
        example: Example,
        found: list[tuple[Piece, float]],
        cosines: Cosines,
        dice: random.Random,
        *,
        sample: bool = True,
    ) -> bool:
        """Adds ``question``, which ``example`` answers; not if none of its candidates touches the answer. Without
        ``sample`` all spans are kept."""
        passages = [cosines.passage(question, piece, score) for piece, score in found]
        query = analyse(question, _GLOSSARY)
        evidence, weights = gather(query, passages, cosines.soft)
        ask = asked(query)
        sentences = []
        for at in chosen_places(evidence):
            place = evidence.places[at]
            piece = found[place.passage][0]
            view = sentence_view(evidence, at, weights, ask, cosines.soft)
            if not len(view.first):
                continue
            shift = piece.start + place.start
            words = place.sentence.words
            f1 = np.zeros(len(view.first), np.float32)
            if piece.paragraph_id == example.paragraph_id:
                starts, ends = words.starts[view.first] + shift, words.ends[view.last] + shift
                f1[:] = [position_f1(s, e, example.answers) for s, e in zip(starts, ends, strict=True)]
            good, bad = np.flatnonzero(f1 > 0.3), np.flatnonzero(f1 <= 0.3)
            most = min(len(bad), _NEGATIVES_HERE if len(good) else _NEGATIVES_ELSEWHERE)
            keep = np.concatenate([good, dice.sample(list(bad), most)]) if sample else np.arange(len(f1))
            keep = keep.astype(int)
            sentences.append(
                SentenceLesson(
                    self._numbers(place.sentence.surfaces),
                    view.classes.astype(np.int8),
                    view.words.astype(np.float16),
                    view.first[keep].astype(np.int16),
                    view.last[keep].astype(np.int16),
                    view.features[keep].astype(np.float16),
                    f1[keep],
                )
            )
        if max((float(sentence.f1.max(initial=0.0)) for sentence in sentences), default=0.0) < 0.5:
            return False
        vector = cosines.soft.question(query.text).astype(np.float16)
        self.made.append(Lesson(vector, asked_row(ask).astype(np.float16), sentences))
        return True

    def join(self, other: Lessons) -> None:
        """Adds all lessons of ``other``."""
        numbers = self._numbers(list(other.surfaces))
        for one in other.made:
            sentences = [replace(sentence, surfaces=numbers[sentence.surfaces]) for sentence in one.sentences]
            self.made.append(replace(one, sentences=sentences))

    def _numbers(self, strings: Sequence[str]) -> np.ndarray:
        return np.array([self.surfaces.setdefault(string, len(self.surfaces)) for string in strings], np.int32)


def lessons(folder: Path, jobs: int = 1) -> Lessons:
    """From every set, those of its questions that are not held out; some Chinese ones also glossed in English; and
    questions on business texts made by grammar. The same whatever the number of ``jobs`` (processes)."""
    made = Lessons()
    with ProcessPoolExecutor(jobs) as pool:
        for part in pool.map(partial(_of_source, folder), range(len(READER) + 1)):
            made.join(part)
    return made


def _of_source(folder: Path, number: int) -> Lessons:
    """The lessons of one set of `READER`; of the business texts for the number after the last."""
    made, cosines, dice = Lessons(), Cosines(), random.Random(number)
    if number == len(READER):
        for found in _business():
            _add_all(made, found, len(found), cosines, dice, None)
        print(f"business: {len(made.made)} questions", flush=True)
        return made
    name, lang, paragraph_lang, most = READER[number]
    found = [e for e in examples(folder, name, lang, paragraph_lang) if askable(e.question)]
    glosser = Glosser(cosines.encoder) if (lang, paragraph_lang) == ("zh", "zh") else None
    glossed = _add_all(made, found, most, cosines, dice, glosser)
    print(f"{name}:{lang}:{paragraph_lang}: {len(made.made)} questions, {glossed} of them glossed", flush=True)
    return made


def _add_all(
    made: Lessons, found: Sequence[Example], most: int, cosines: Cosines, dice: random.Random, glosser: Glosser | None
) -> int:
    """Adds what is not held out of ``found``, and tells how many glosses were added with it."""
    index, cut = collection(found, cosines)
    fresh = [example for example in found if not held_out(example.paragraph_id)]
    dice.shuffle(fresh)
    glossed = 0
    for number, example in enumerate(fresh[:most]):
        chunks = retrieved(example, index, cut)
        made.add(example.question, example, chunks, cosines, dice)
        if glosser is not None and number < _GLOSSED * len(fresh):
            question = glosser.question(example.question, dice)
            glossed += question is not None and made.add(question, example, chunks, cosines, dice)
    return glossed


def _business() -> Iterator[list[Example]]:
    paragraphs = list(business(_BUSINESS, _BUSINESS_SEED))
    for at in range(0, len(paragraphs), _COMPANY):
        yield [
            Example(f"{p.paragraph_id}:{number}", q.question, p.paragraph_id, p.text, (q.answer,), p.published)
            for p in paragraphs[at : at + _COMPANY]
            for number, q in enumerate(p.questions)
            if q.answer
        ]
