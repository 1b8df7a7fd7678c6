"""What the calibration learns from: the first answers that the whole pipeline finds for a question, and whether they
are right, where the question often cannot be answered.

Of the questions kept from the network, two of six keep their paragraph. One loses it. One keeps it without the
sentences that hold the answer: then names and topic still fit, as they do when someone asks a well-kept collection for
what it does not tell. Two are asked about something else: a number or a name of theirs is replaced by one of another
question. Business texts and our own seeds bring unanswerable questions of their own.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.build import build
from indexer.collection import Collection
from indexer.snapshot import Snapshot
from qa.confidence import measures
from qa.decide import first_ones, groups_of
from qa.evaluation.gold import Context, Question
from qa.evaluation.metrics import token_f1
from qa.evaluation.questions import read_questions
from qa.evaluation.temporary import indexed
from qa.glossaries import Glossaries
from qa.glossary import Glossary
from qa.pipeline import Pipeline
from qa.query import analyse
from qa.reading.matching import question_terms
from qa.reading.read import ClauseReader, embedded_encoder
from qa.relatedness import relatedness
from qa.results import NO_FILTERS, Passage
from qa.settings import QASettings
from training.reader.business import Asked, Paragraph, business
from training.reader.questions import askable
from training.reader.sets import READER, Example, examples, held_out

KEPT = "kept"
_ANSWERS = 4
_TREATMENTS = (KEPT, "lost", "altered", KEPT, "cut", "altered")
_BUSINESS, _BUSINESS_SEED = 250, 2  # paragraphs, none of them among the network's
_COMPANY = 25  # of them that are searched together: many questions name no company, and have one answer among few
_NUMBER = re.compile(r"\d+")
_GLOSSARY = Glossary()


@dataclass(frozen=True, slots=True)
class Case:
    """A question to a collection. ``answers`` are empty where it has none; the paragraph ``without`` is taken away,
    and so are sentences that hold one of ``cut``."""

    question: str
    treatment: str
    answers: tuple[str, ...] = ()
    without: str | None = None
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """``measures`` of an answer as `qa.confidence` names them; ``related`` what is left of its confidence by
    relatedness; ``f1`` its own; ``rank`` counts the different answers to a question from 0."""

    source: str
    treatment: str
    rank: int
    measures: tuple[float, ...]
    related: float
    f1: float


class Observer:
    """Asks cases of one collection after another."""

    def __init__(self) -> None:
        self.encoder = embedded_encoder()
        self._settings = QASettings()
        self._reader = ClauseReader(self.encoder)
        self._glossaries = Glossaries()
        self._pipeline = Pipeline(self.encoder, self._glossaries, self._reader, self._settings)

    def observe(self, source: str, snapshot: Snapshot, cases: Sequence[Case]) -> Iterator[Observation]:
        for case in cases:
            query = analyse(case.question, self._glossaries.of(snapshot))
            ranked, _ = self._pipeline.rank(snapshot, query, NO_FILTERS, 2 * self._settings.read)
            kept = [entry.passage for entry in ranked if entry.chunk.document.source != case.without]
            passages = [_without(passage, case.cut) for passage in kept[: self._settings.read]]
            readings = self._reader.read(query, passages)
            if not readings:
                continue
            groups = groups_of(query, passages, readings)
            ordered = first_ones(groups)
            related = relatedness(passages)
            for rank, reading in enumerate(ordered[: min(len(groups), _ANSWERS)]):
                text = passages[reading.passage].text[reading.start : reading.end]
                f1 = token_f1(text, case.answers) if case.answers else 0.0
                found = measures(query, passages, ordered, rank)
                yield Observation(source, case.treatment, rank, found, related, f1)


def observations(folder: Path, seeds: Path, limit: int) -> Iterator[Observation]:
    """From every set of `READER`, made business texts, and the questions of the folder ``seeds``."""
    observer = Observer()
    for name, lang, paragraph_lang, _ in READER:
        found = [e for e in examples(folder, name, lang, paragraph_lang) if askable(e.question)]
        contexts = [Context(key, "", text) for key, text in {e.paragraph_id: e.text for e in found}.items()]
        with indexed(contexts, observer.encoder) as snapshot:
            yield from observer.observe(f"{name}:{lang}:{paragraph_lang}", snapshot, treated(found, limit))
    paragraphs = list(business(_BUSINESS, _BUSINESS_SEED))
    for at in range(0, len(paragraphs), _COMPANY):
        some = paragraphs[at : at + _COMPANY]
        with indexed([Context(p.paragraph_id, "", p.text, p.published) for p in some], observer.encoder) as snapshot:
            yield from observer.observe("business", snapshot, [_made(p, q) for p in some for q in p.questions])
    with tempfile.TemporaryDirectory(prefix="citespan-") as place:
        collection = Collection(Path(place) / "seeds", observer.encoder)
        build(collection, [seeds])
        own = [_own(question) for question in read_questions(seeds / "questions.jsonl").questions]
        yield from observer.observe("seeds", collection.snapshot(), own)


def _made(paragraph: Paragraph, asked: Asked) -> Case:
    if asked.answer is None:
        return Case(asked.question, "near")
    return Case(asked.question, KEPT, (paragraph.text[slice(*asked.answer)],))


def _own(question: Question) -> Case:
    return Case(question.text, KEPT if question.answerable else "near", question.answers)


def treated(found: Sequence[Example], limit: int) -> list[Case]:
    """At most ``limit`` cases from the paragraphs that the network never saw."""
    dice = random.Random(11)
    fresh = [example for example in found if held_out(example.paragraph_id)]
    dice.shuffle(fresh)
    others = [example.question for example in found[:200]]
    cases = []
    for number, example in enumerate(fresh[:limit]):
        treatment = _TREATMENTS[number % len(_TREATMENTS)]
        answers = tuple(example.text[a:b] for a, b in example.answers)
        case = Case(example.question, treatment)
        if treatment == KEPT:
            cases.append(replace(case, answers=answers))
        elif treatment == "lost":
            cases.append(replace(case, without=example.paragraph_id))
        elif treatment == "cut":
            cases.append(replace(case, cut=answers))
        elif (asked := altered(example.question, others, dice)) and askable(asked):
            cases.append(replace(case, question=asked))
    return cases


def _without(passage: Passage, cut: Sequence[str]) -> Passage:
    """``passage`` without the sentences that hold one of ``cut``."""
    keep = [at for at, (a, b) in enumerate(passage.sentences) if not any(text in passage.text[a:b] for text in cut)]
    scores = passage.sentence_scores
    return replace(
        passage,
        sentences=tuple(passage.sentences[at] for at in keep),
        sentence_scores=tuple(scores[at] for at in keep) if scores else (),
    )


def altered(question: str, others: Sequence[str], dice: random.Random) -> str | None:
    """``question`` with one of its numbers or names replaced by one of ``others``; None if it has none.

    A number keeps its number of digits, so that a year becomes another year.
    """
    numbers = list(_NUMBER.finditer(question))
    if numbers:
        found = dice.choice(numbers)
        last = found.group()[-1]
        digit = dice.choice([d for d in "0123456789" if d != last])
        return question[: found.end() - 1] + digit + question[found.end() :]
    names = _names(question)
    foreign = [name for other in dice.sample(others, min(len(others), 12)) for name in _names(other)]
    foreign = [name for name in foreign if question[name[0] : name[1]] not in name[2] and name[2] not in question]
    if not names or not foreign:
        return None
    low, high, _ = dice.choice(names)
    return question[:low] + dice.choice(foreign)[2] + question[high:]


def _names(question: str) -> list[tuple[int, int, str]]:
    terms = question_terms(analyse(question, _GLOSSARY))
    return [(t.start, t.end, question[t.start : t.end]) for t in terms if t.sort == "name"]
