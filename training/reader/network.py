"""Make the reader's network (qa/reading/network.py) from questions whose answers are marked.

    python -m training.reader.network DATA_FOLDER [--out FOLDER] [--cache FILE]

Each question is put to five retrieved chunks, the one with its answer among them. Every candidate span gets the F1 of
its characters against the marked answer, by position; the network learns to put its belief (softmax over the
candidates of a question) where F1 is high: the loss is -log of the expected F1 squared. What is kept is an
exponential mean of the weights.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save
from torch import Tensor, nn
from torch.nn import functional

from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.asked import asked
from qa.reading.facts import gather
from qa.reading.features import NAMES, SENTENCE_NAMES, asked_row
from qa.reading.network import DILATIONS, FOLDER, WORD_NAMES, WORD_SCALE, SentenceView
from qa.reading.read import chosen_places, sentence_view
from qa.reading.words import CLASSES
from training.reader.questions import Cosines, askable, collection, position_f1, retrieved
from training.reader.retrieval import Piece
from training.reader.sets import READER, Example, examples, held_out

_SEED = 7
_NEGATIVES_HERE, _NEGATIVES_ELSEWHERE = 60, 16  # spans of a sentence with the answer, and of one without
_EPOCHS, _BATCH, _RATE, _WARMUP, _RATE_FLOOR = 3, 24, 2e-3, 200, 0.02
_WORD, _STATE, _HIDDEN = 64, 96, 96
_DROPOUT, _WORD_DROPOUT = 0.15, 0.05
_EMA = 0.998
_BUCKET = 30  # batches whose questions are sorted by their longest sentence
_GLOSSARY = Glossary()


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question with its sentences; ``f1[i]`` (spans,) of sentence i."""

    question: np.ndarray
    asked: np.ndarray
    sentences: list[SentenceView]
    f1: list[np.ndarray]


def lesson(example: Example, found: list[tuple[Piece, float]], cosines: Cosines, dice: random.Random) -> Lesson | None:
    """A sample of candidates, or None if none of them touches the answer."""
    passages = [cosines.passage(example.question, piece, score) for piece, score in found]
    query = analyse(example.question, _GLOSSARY)
    evidence, weights = gather(query, passages, cosines.soft)
    ask = asked(query)
    views, targets = [], []
    for at in chosen_places(evidence):
        place = evidence.places[at]
        piece = found[place.passage][0]
        view = sentence_view(evidence, at, weights, ask, cosines.soft)
        if not len(view.first):
            continue
        shift = piece.start + place.start
        starts = place.sentence.words.starts[view.first] + shift
        ends = place.sentence.words.ends[view.last] + shift
        f1 = np.zeros(len(starts), np.float32)
        if piece.paragraph_id == example.paragraph_id:
            f1[:] = [position_f1(s, e, example.answers) for s, e in zip(starts, ends, strict=True)]
        good, bad = np.flatnonzero(f1 > 0.3), np.flatnonzero(f1 <= 0.3)
        most = _NEGATIVES_HERE if len(good) else _NEGATIVES_ELSEWHERE
        keep = np.concatenate([good, dice.sample(list(bad), min(len(bad), most))]).astype(int)
        views.append(_thin(view, keep))
        targets.append(f1[keep])
    if not targets or max(float(target.max(initial=0.0)) for target in targets) < 0.5:
        return None
    question = cosines.encoder.encode_query([example.question])[0]
    return Lesson(question.astype(np.float16), asked_row(ask).astype(np.float16), views, targets)


def _thin(view: SentenceView, keep: np.ndarray) -> SentenceView:
    """`view` with some of its spans, in half precision: all lessons are held in memory."""
    return SentenceView(
        view.vectors.astype(np.float16),
        view.classes.astype(np.int8),
        view.words.astype(np.float16),
        view.first[keep].astype(np.int16),
        view.last[keep].astype(np.int16),
        view.features[keep].astype(np.float16),
    )


def lessons(folder: Path) -> Iterator[Lesson]:
    """Of every set, those of its questions that are not held out."""
    dice = random.Random(_SEED)
    cosines = Cosines()
    for name, lang, paragraph_lang, most in READER:
        found = [e for e in examples(folder, name, lang, paragraph_lang) if askable(e.question)]
        index, cut = collection(found, cosines)
        found = [example for example in found if not held_out(example.paragraph_id)]
        dice.shuffle(found)
        for example in found[:most]:
            made = lesson(example, retrieved(example, index, cut), cosines, dice)
            if made is not None:
                yield made


class Block(nn.Module):
    """A gated convolution over words, added to what came in."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(_STATE)
        self.convolution = nn.Conv1d(_STATE, 2 * _STATE, 3, padding=dilation, dilation=dilation)

    def forward(self, state: Tensor, real: Tensor) -> Tensor:
        near = self.convolution((self.norm(state) * real).transpose(1, 2))
        return state + functional.dropout(functional.glu(near, 1).transpose(1, 2), _DROPOUT, self.training)


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of some lessons: sentences padded to the longest, spans joined. ``sentence`` and ``lesson`` say whose a
    span is."""

    vectors: Tensor
    classes: Tensor
    words: Tensor
    rows: Tensor
    asked: Tensor
    question: Tensor
    real: Tensor
    sentence: Tensor
    first: Tensor
    last: Tensor
    features: Tensor
    f1: Tensor
    lesson: Tensor
    count: int


def batched(some: Sequence[Lesson], mean: np.ndarray, scale: np.ndarray) -> Batch:
    views = [view for one in some for view in one.sentences]
    owner = np.repeat(np.arange(len(some)), [len(one.sentences) for one in some])
    longest = max(len(view.classes) for view in views)
    vectors = np.zeros((len(views), longest, views[0].vectors.shape[1]), np.float32)
    classes = np.zeros((len(views), longest, len(CLASSES)), np.float32)
    words = np.zeros((len(views), longest, len(WORD_NAMES)), np.float32)
    real = np.zeros((len(views), longest, 1), np.float32)
    for at, view in enumerate(views):
        length = len(view.classes)
        vectors[at, :length], words[at, :length], real[at, :length] = view.vectors, view.words, 1
        classes[at, np.arange(length), view.classes] = 1
    words *= WORD_SCALE
    spans = [len(view.first) for view in views]
    features = (np.concatenate([view.features for view in views]).astype(np.float32) - mean) / scale
    rows = features[np.cumsum([0, *spans])[:-1], : len(SENTENCE_NAMES)]
    sentence = np.repeat(np.arange(len(views)), spans)

    def tensor(array: Any, kind: Any = np.float32) -> Tensor:
        return torch.from_numpy(np.asarray(array).astype(kind))

    return Batch(
        vectors=tensor(vectors),
        classes=tensor(classes),
        words=tensor(words),
        rows=tensor(rows),
        asked=tensor(np.stack([one.asked for one in some])[owner]),
        question=tensor(np.stack([one.question for one in some])[owner]),
        real=tensor(real),
        sentence=tensor(sentence, np.int64),
        first=tensor(np.concatenate([view.first for view in views]), np.int64),
        last=tensor(np.concatenate([view.last for view in views]), np.int64),
        features=tensor(features),
        f1=tensor(np.concatenate([f1 for one in some for f1 in one.f1])),
        lesson=tensor(owner[sentence], np.int64),
        count=len(some),
    )


class Network(nn.Module):
    """`qa.reading.network.SpanNetwork`, trainable."""

    def __init__(self, dim: int, asked_size: int) -> None:
        super().__init__()
        self.word, self.question = nn.Linear(dim, _WORD), nn.Linear(dim, _WORD)
        everything = 3 * _WORD + len(CLASSES) + len(WORD_NAMES) + asked_size + len(SENTENCE_NAMES)
        self.input = nn.Linear(everything, _STATE)
        self.blocks = nn.ModuleList(Block(dilation) for dilation in DILATIONS)
        self.norm_out = nn.LayerNorm(_STATE)
        self.features = nn.Linear(len(NAMES), _HIDDEN)
        self.first_word, self.last_word, self.mean_word = (nn.Linear(_STATE, _HIDDEN, bias=False) for _ in range(3))
        self.out = nn.Linear(_HIDDEN, 1, bias=False)

    def forward(self, batch: Batch) -> Tensor:
        """(spans,) scores."""
        width = batch.vectors.shape[1]
        word = self.word(functional.dropout(batch.vectors, _WORD_DROPOUT, self.training))
        asked_by = self.question(batch.question)[:, None].expand(-1, width, -1)
        everywhere = torch.cat([batch.asked, batch.rows], 1)[:, None].expand(-1, width, -1)
        own = torch.cat([word, word * asked_by, batch.classes, batch.words, asked_by, everywhere], 2)
        state = functional.relu(self.input(own)) * batch.real
        for block in self.blocks:
            state = block(state, batch.real)
        state = self.norm_out(state) * batch.real
        inside = functional.pad(torch.cumsum(self.mean_word(state), 1), (0, 0, 1, 0))
        words = (batch.last - batch.first + 1)[:, None]
        hidden = self.features(batch.features)
        hidden = hidden + self.first_word(state)[batch.sentence, batch.first]
        hidden = hidden + self.last_word(state)[batch.sentence, batch.last]
        hidden = hidden + (inside[batch.sentence, batch.last + 1] - inside[batch.sentence, batch.first]) / words
        scores: Tensor = self.out(functional.dropout(functional.relu(hidden), _DROPOUT, self.training))[:, 0]
        return scores

    def weights(self) -> dict[str, np.ndarray]:
        """By the names that `SpanNetwork` reads, matrices to be multiplied from the right."""
        found = {}
        for name in ("word", "question", "input", "features"):
            layer = getattr(self, name)
            found[name], found[f"{name}_bias"] = layer.weight.T, layer.bias
        for name in ("first_word", "last_word", "mean_word"):
            found[name] = getattr(self, name).weight.T
        found["out"] = self.out.weight[0]
        found["norm_out"], found["norm_out_bias"] = self.norm_out.weight, self.norm_out.bias
        for number, block in enumerate(self.blocks):
            found[f"norm_{number}"], found[f"norm_bias_{number}"] = block.norm.weight, block.norm.bias
            kernel = block.convolution.weight  # (out, in, 3): left, middle, right
            found[f"convolution_{number}"] = kernel.permute(2, 1, 0).reshape(3 * _STATE, 2 * _STATE)
            found[f"convolution_bias_{number}"] = block.convolution.bias
        return {name: tensor.detach().numpy().copy() for name, tensor in found.items()}


def listwise(score: Tensor, gain: Tensor, groups: Tensor, count: int) -> Tensor:
    """-log of the expected gain under a softmax within each group, the mean over groups."""
    top = torch.full((count,), -1e9).scatter_reduce(0, groups, score.detach(), "amax")
    weight = torch.exp(score - top[groups])
    zero = torch.zeros(count)
    total = zero.scatter_add(0, groups, weight)
    good = zero.scatter_add(0, groups, weight * gain)
    return -(torch.log(good + 1e-9) - torch.log(total)).mean()


def train(data: list[Lesson], epochs: int = _EPOCHS) -> tuple[Network, np.ndarray, np.ndarray]:
    """The network, and the mean and scale of the features."""
    torch.manual_seed(_SEED)
    torch.set_num_threads(1)
    dice = random.Random(_SEED)
    some = [view.features for one in data[:: max(1, len(data) // 1500)] for view in one.sentences]
    everything = np.vstack(some).astype(np.float32)
    mean, scale = everything.mean(0), np.maximum(everything.std(0), 0.05)
    network = Network(len(data[0].question), len(data[0].asked))
    optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.01, betas=(0.9, 0.98))
    steps = epochs * (len(data) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / _WARMUP) * max(_RATE_FLOOR, 1 - step / steps)
    )
    kept = [parameter.detach().clone() for parameter in network.parameters()]
    step, began, losses = 0, time.monotonic(), []
    for epoch in range(epochs):
        for batch in _batches(data, dice):
            ready = batched(batch, mean, scale)
            loss = listwise(network(ready), ready.f1**2, ready.lesson, ready.count)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            step += 1
            decay = min(_EMA, (1 + step) / (10 + step))
            with torch.no_grad():
                for parameter, mean_of in zip(network.parameters(), kept, strict=True):
                    mean_of.mul_(decay).add_(parameter, alpha=1 - decay)
            losses.append(loss.item())
        pace = (time.monotonic() - began) / step
        print(f"epoch {epoch}: loss {np.mean(losses[-500:]):.3f}, {pace:.2f} s a step", flush=True)
    with torch.no_grad():
        for parameter, mean_of in zip(network.parameters(), kept, strict=True):
            parameter.copy_(mean_of)
    return network.eval(), mean, scale


def _batches(data: list[Lesson], dice: random.Random) -> Iterator[list[Lesson]]:
    """Lessons of about the same width together, in random order."""
    order = dice.sample(range(len(data)), len(data))
    chunks = []
    for at in range(0, len(order), _BATCH * _BUCKET):
        some = sorted(order[at : at + _BATCH * _BUCKET], key=lambda i: max(len(v.classes) for v in data[i].sentences))
        chunks += [some[k : k + _BATCH] for k in range(0, len(some), _BATCH)]
    dice.shuffle(chunks)
    for chunk in chunks:
        yield [data[i] for i in chunk]


def write(network: Network, mean: np.ndarray, scale: np.ndarray, folder: Path) -> None:
    """In half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {**network.weights(), "feature_mean": mean, "feature_scale": scale}
    halves = {name: np.ascontiguousarray(array, np.float16) for name, array in tensors.items()}
    (folder / "model.safetensors").write_bytes(save(halves))
    config = {"format": "citespan-reader-1", "features": list(NAMES)}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--epochs", type=int, default=_EPOCHS)
    parser.add_argument("--cache", type=Path, default=None, help="file that keeps the lessons between runs")
    args = parser.parse_args()
    began = time.monotonic()
    if args.cache and args.cache.exists():
        data = pickle.loads(args.cache.read_bytes())  # noqa: S301 (our own file)
    else:
        data = list(lessons(args.data))
        if args.cache:
            args.cache.write_bytes(pickle.dumps(data))
    print(f"{len(data)} questions, {time.monotonic() - began:.0f} s", flush=True)
    write(*train(data, args.epochs), args.out)


if __name__ == "__main__":
    main()
