"""Make the embedded encoder: ``python -m training.encoder --data DIR --teacher DIR [--out DIR]``."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from indexer.static_folder import StaticModel
from indexer.tokens import Tokenizer
from training.encoder.batches import Batches
from training.encoder.contamination import decontaminate, evaluation_texts
from training.encoder.data import Corpus, Pair, load_corpus
from training.encoder.initial import initial_table
from training.encoder.recipe import Recipe
from training.encoder.rows import Rows
from training.encoder.teacher import Lessons, choose_sentences, teach, whole_words
from training.encoder.trainer import Trainer
from training.encoder.vocabulary import choose_vocabulary

_BLOCK = 512  # texts tokenised at once
_ENGLISH_LESSONS = 0.6  # share of teacher steps on the English side; the others are on the Chinese one
_LESSON_DROPOUT = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the files named in sources.toml")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, default=Path("indexer/models/encoder"))
    parser.add_argument("--work", type=Path, default=Path("training/work"), help="cache of the teacher's vectors")
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    args = parser.parse_args()
    recipe = replace(Recipe(), steps=args.steps)

    began = time.monotonic()
    corpus = load_corpus(args.data)
    print("dropped as contaminated:", decontaminate(corpus, evaluation_texts(args.data)))
    vocabulary = choose_vocabulary(corpus, whole_words(args.teacher), recipe)
    english = [token for token in vocabulary if "a" <= token[0] <= "z"]
    lessons = teach(english, choose_sentences(corpus, recipe), args.teacher, args.work, recipe.dim)
    spent = time.monotonic() - began
    print(f"{len(vocabulary)} tokens, {len(lessons.pairs)} lessons, {spent:.0f} s", flush=True)
    table = train(corpus, vocabulary, lessons, recipe)
    StaticModel.from_table(vocabulary, table).write(args.out)
    print(f"written to {args.out}, {time.monotonic() - began:.0f} s in all")


def train(corpus: Corpus, vocabulary: list[str], lessons: Lessons, recipe: Recipe) -> np.ndarray:
    """The trained table, float32 (tokens, dim); the same inputs give the same table."""
    tokenizer = Tokenizer(vocabulary)
    pairs = {name: tokenised(tokenizer, rows) for name, rows in corpus.pairs.items()}
    questions = tokenised(tokenizer, [row for rows in corpus.questions.values() for row in rows])
    table = initial_table(vocabulary, corpus, {**pairs, "questions": questions}, lessons, recipe)
    taught, targets = _taught(tokenizer, lessons)

    rng = np.random.default_rng(recipe.seed)
    batches = Batches(pairs, questions, recipe, rng)
    trainer = Trainer(table, recipe.temperature)
    draws = (batches.dictionary, batches.needle, batches.qa, batches.pair)
    shares = [recipe.dictionary, recipe.needle, recipe.qa]
    shares += [1 - sum(shares) - recipe.teacher, recipe.teacher]
    began = time.monotonic()
    for step in range(recipe.steps):
        kind = rng.choice(len(shares), p=shares)
        if kind == len(draws):
            rows = rng.integers(0, len(targets), recipe.batch)
            side = taught[0] if rng.random() < _ENGLISH_LESSONS else taught[1]
            lesson = side.take(rows).thinned(_LESSON_DROPOUT, rng)
            loss = trainer.teacher(lesson, targets[rows], recipe.rate_at(step))
        else:
            left, right = draws[kind]()
            loss = trainer.contrastive(left, right, recipe.rate_at(step))
        if step % 100 == 99:
            pace = (time.monotonic() - began) / (step + 1)
            print(f"step {step + 1}, kind {kind}, loss {loss:.3f}, {pace:.3f} s a step", flush=True)
    return trainer.table


def tokenised(tokenizer: Tokenizer, pairs: list[Pair]) -> tuple[Rows, Rows]:
    """Both sides of `pairs` as token ids; a pair with an empty side is left out."""
    left, right = (_split(tokenizer, [pair[side] for pair in pairs]) for side in (0, 1))
    kept = [(a, b) for a, b in zip(left, right, strict=True) if len(a) and len(b)]
    return Rows([a for a, _ in kept]), Rows([b for _, b in kept])


def _split(tokenizer: Tokenizer, texts: list[str]) -> list[np.ndarray]:
    return [ids for i in range(0, len(texts), _BLOCK) for ids in tokenizer.split(texts[i : i + _BLOCK])]


def _taught(tokenizer: Tokenizer, lessons: Lessons) -> tuple[tuple[Rows, Rows], np.ndarray]:
    sides = [_split(tokenizer, [pair[side] for pair in lessons.pairs]) for side in (0, 1)]
    kept = [i for i, (en, zh) in enumerate(zip(*sides, strict=True)) if len(en) and len(zh)]
    rows = Rows([sides[0][i] for i in kept]), Rows([sides[1][i] for i in kept])
    return rows, lessons.targets[kept].astype(np.float32)


if __name__ == "__main__":
    main()
