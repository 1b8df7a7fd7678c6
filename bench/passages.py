"""A collection of as many passages as wanted, made of the paragraphs of every set at hand, Chinese and English.

The paragraphs come in a seeded order, each a document. When they are used up (about 35,000 passages), texts are woven
from them: every second sentence of one paragraph and every second of another of the same language, in turn. So a woven
text shares about half of its sentences with any other, which is too little to be taken for a copy (`qa.copies`), and
its words and its length are those of real text. Each round of weaving joins other pairs, and takes the other half of
each paragraph.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path

from indexer.build import COMMIT_EVERY
from indexer.collection import Collection
from indexer.errors import NotReady
from indexer.load import load_bytes
from indexer.sentences import sentences
from qa.evaluation.gold import Context
from training.encoder.data import squad_files
from training.jsonl import read_jsonl

_SEED = 7
_BETWEEN = {"zh": "", "en": " "}


def contexts(folder: Path) -> Iterator[Context]:
    """First the paragraphs of the sets, then woven ones, until every pair of a language was joined."""
    found = [
        (row["lang"][:2], Context(row["id"], row.get("title", ""), row["text"]))
        for path in sorted(folder.glob("*.paragraphs.jsonl.gz"))
        for row in read_jsonl(path)
    ]
    random.Random(_SEED).shuffle(found)
    yield from (context for _, context in found)
    held = {language: [context for other, context in found if other == language] for language in _BETWEEN}
    for number in range(1, max(map(len, held.values()))):
        for language, between in _BETWEEN.items():
            own = held[language]
            if number < len(own):
                for at, context in enumerate(own):
                    yield woven(context, own[(at + number) % len(own)], number, between)


def woven(one: Context, other: Context, number: int, between: str) -> Context:
    """Sentences of ``one`` and of ``other`` in turn: of each every second one, which half of them ``number`` says."""
    first = _sentences(one.text)[number % 2 :: 2]
    second = _sentences(other.text)[(number + 1) % 2 :: 2]
    text = between.join(sentence for sentence in chain(*zip_longest(first, second)) if sentence)
    return Context(f"{one.source}+{number}", one.title, text)


def fill(collection: Collection, texts: Iterable[Context], passages: int) -> None:
    """Indexes ``texts`` until ``collection`` holds ``passages``; documents that it has already are passed over."""
    if passages_of(collection) >= passages:
        return
    held = 0
    with collection.writer() as writer:
        for context in texts:
            if not context.text.strip():
                continue
            data = context.text.encode()
            held += writer.put(load_bytes(data, context.source, media_type="text/plain", title=context.title)).passages
            if held >= passages:
                break
            if writer.pending >= COMMIT_EVERY:
                writer.commit()
        writer.commit()


def passages_of(collection: Collection) -> int:
    """How many it holds, 0 before the first commit."""
    try:
        return collection.snapshot().passages_count
    except NotReady:
        return 0


def answered_in(folder: Path, sources: Iterable[str], most: int) -> list[str]:
    """Up to ``most`` questions whose paragraph is among ``sources``: a seeded sample of those with an answer."""
    wanted = set(sources)
    names = sorted(path.name.partition(".")[0] for path in folder.glob("*.questions.jsonl.gz"))
    found = [
        row["question"]
        for name in names
        for row in read_jsonl(squad_files(folder, name)[1])
        if row["paragraph_id"] in wanted and row["answers"]
    ]
    return random.Random(_SEED).sample(found, min(most, len(found)))


def _sentences(text: str) -> Sequence[str]:
    return [text[start:end] for start, end in sentences(text)]
