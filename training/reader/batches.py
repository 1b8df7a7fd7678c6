"""Lessons as padded tensors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from qa.reading.features import SENTENCE_NAMES
from qa.reading.network import WORD_NAMES, WORD_SCALE
from qa.reading.words import CLASSES
from training.reader.lessons import Lesson

_BUCKET = 30  # batches whose questions are sorted by their longest sentence


_ROUND_WORDS, _ROUND_SENTENCES = 16, 32  # a processor prepares its products anew for each shape


@dataclass(frozen=True, slots=True)
class Dropout:
    """The shares of the words whose vector, and of the keys whose own vector, is taken away."""

    words: float
    keys: float
    dice: np.random.Generator


@dataclass(frozen=True, slots=True)
class Tables:
    """``vectors`` (surfaces, dim) float16; ``keys`` (surfaces, 2) int64: the network's own rows for each; ``mean`` and
    ``scale`` of the features."""

    vectors: np.ndarray
    keys: np.ndarray
    mean: np.ndarray
    scale: np.ndarray


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of some lessons: sentences padded to round numbers of words and sentences, spans joined. ``sentence`` and
    ``lesson`` say whose a span is."""

    vectors: Tensor
    keys: Tensor
    classes: Tensor
    words: Tensor
    real: Tensor
    rows: Tensor
    asked: Tensor
    question: Tensor
    sentence: Tensor
    first: Tensor
    last: Tensor
    features: Tensor
    f1: Tensor
    lesson: Tensor
    count: int


def batched(some: Sequence[Lesson], tables: Tables, dropout: Dropout | None = None) -> Batch:
    views = [sentence for one in some for sentence in one.sentences]
    owner = np.repeat(np.arange(len(some)), [len(one.sentences) for one in some])
    shape = _rounded(len(views), _ROUND_SENTENCES), _rounded(max(len(v.classes) for v in views), _ROUND_WORDS)
    vectors = np.zeros((*shape, tables.vectors.shape[1]), np.float32)
    keys = np.zeros((*shape, 2), np.int64)
    classes = np.zeros((*shape, len(CLASSES)), np.float32)
    words = np.zeros((*shape, len(WORD_NAMES)), np.float32)
    real = np.zeros((*shape, 1), np.float32)
    for at, view in enumerate(views):
        length = len(view.classes)
        vectors[at, :length], words[at, :length] = tables.vectors[view.surfaces], view.words
        keys[at, :length] = tables.keys[view.surfaces]
        classes[at, np.arange(length), view.classes] = 1
        real[at, :length] = 1
    if dropout is not None:
        vectors *= dropout.dice.random((*shape, 1), np.float32) >= dropout.words
        keys[dropout.dice.random(keys.shape, np.float32) < dropout.keys] = 0
    spans = [len(view.first) for view in views]
    features = (np.concatenate([view.features for view in views]).astype(np.float32) - tables.mean) / tables.scale
    rows = np.zeros((shape[0], len(SENTENCE_NAMES)), np.float32)
    rows[: len(views)] = features[np.cumsum([0, *spans])[:-1], : len(SENTENCE_NAMES)]
    sentence, owned = np.repeat(np.arange(len(views)), spans), np.pad(owner, (0, shape[0] - len(views)))
    return Batch(
        vectors=_tensor(vectors),
        keys=_tensor(keys, np.int64),
        classes=_tensor(classes),
        words=_tensor(words * WORD_SCALE),
        real=_tensor(real),
        rows=_tensor(rows),
        asked=_tensor(np.stack([one.asked for one in some])[owned]),
        question=_tensor(np.stack([one.question for one in some])[owned]),
        sentence=_tensor(sentence, np.int64),
        first=_tensor(np.concatenate([view.first for view in views]), np.int64),
        last=_tensor(np.concatenate([view.last for view in views]), np.int64),
        features=_tensor(features),
        f1=_tensor(np.concatenate([view.f1 for view in views])),
        lesson=_tensor(owner[sentence], np.int64),
        count=len(some),
    )


def _rounded(number: int, to: int) -> int:
    return -(-number // to) * to


def _tensor(array: Any, kind: Any = np.float32) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, kind))


def shuffled(data: Sequence[Lesson], size: int, dice: random.Random) -> Iterator[list[Lesson]]:
    """Batches of ``size`` lessons of about the same width, in random order."""
    order = dice.sample(range(len(data)), len(data))
    chunks = []
    for at in range(0, len(order), size * _BUCKET):
        some = sorted(order[at : at + size * _BUCKET], key=lambda i: max(len(s.words) for s in data[i].sentences))
        chunks += [some[k : k + size] for k in range(0, len(some), size)]
    dice.shuffle(chunks)
    for chunk in chunks:
        yield [data[i] for i in chunk]
