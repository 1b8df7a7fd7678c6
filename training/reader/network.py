"""Make the reader's network (qa/reading/network.py) from questions whose answers are marked.

    python -m training.reader.network DATA_FOLDER [--out FOLDER] [--cache FILE]

The network learns to put its belief (softmax over the candidates of a question) where F1 is high: the loss is -log of
the expected F1 squared. What is kept is an exponential mean of the weights. Products are computed in bfloat16, which
is four times as fast on a processor made for it. Several networks are made, each from a seed of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import pickle
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save
from torch import Tensor, nn
from torch.nn import functional

from qa.reading.features import NAMES, SENTENCE_NAMES
from qa.reading.network import DILATIONS, FOLDER, FORMAT, WORD_NAMES, word_keys
from qa.reading.read import embedded_encoder
from qa.reading.words import CLASSES
from training.reader.batches import Batch, Dropout, Tables, batched, shuffled
from training.reader.lessons import Lesson, Lessons, lessons

_MEMBERS = ((7, 0), (8, 12_000))
"""Seed, and the most keys that get vectors of their own, of each network: two of a kind would err alike."""
_LEAST = 40  # times that a key stands in the lessons
_EPOCHS, _BATCH, _RATE, _WARMUP, _RATE_FLOOR = 3, 24, 2e-3, 200, 0.02
_WORD, _OWN, _STATE, _HIDDEN = 64, 32, 96, 96
_DROPOUT, _WORD_DROPOUT, _KEY_DROPOUT = 0.15, 0.1, 0.1
_EMA = 0.998
_BLOCK = 5_000  # words encoded at a time


class Block(nn.Module):
    """A gated convolution over words, added to what came in."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(_STATE)
        self.convolution = nn.Conv1d(_STATE, 2 * _STATE, 3, padding=dilation, dilation=dilation)

    def forward(self, state: Tensor, real: Tensor) -> Tensor:
        near = self.convolution((self.norm(state) * real).transpose(1, 2))
        return state + functional.dropout(functional.glu(near, 1).transpose(1, 2), _DROPOUT, self.training)


class Network(nn.Module):
    """`qa.reading.network.Member`, trainable; ``keys``: how many have vectors of their own."""

    def __init__(self, dim: int, asked_size: int, keys: int = 0) -> None:
        super().__init__()
        self.word, self.question = nn.Linear(dim, _WORD), nn.Linear(dim, _WORD)
        self.keys = keys
        self.own = nn.Embedding(keys + 1, _OWN, padding_idx=0)
        nn.init.normal_(self.own.weight[1:], 0, 0.1)
        everything = 3 * _WORD + _OWN * bool(keys) + len(CLASSES) + len(WORD_NAMES) + asked_size + len(SENTENCE_NAMES)
        self.input = nn.Linear(everything, _STATE)
        self.blocks = nn.ModuleList(Block(dilation) for dilation in DILATIONS)
        self.norm_out = nn.LayerNorm(_STATE)
        self.features = nn.Linear(len(NAMES), _HIDDEN)
        self.first_word, self.last_word, self.mean_word = (nn.Linear(_STATE, _HIDDEN, bias=False) for _ in range(3))
        self.out = nn.Linear(_HIDDEN, 1, bias=False)

    def forward(self, batch: Batch) -> Tensor:
        """(spans,) scores. Only the words are computed in what `torch.autocast` makes of them."""
        state = self._states(batch)
        with torch.autocast("cpu", enabled=False):
            return self._spans(batch, state.float())

    def _states(self, batch: Batch) -> Tensor:
        width = batch.vectors.shape[1]
        word = self.word(batch.vectors)
        asked_by = self.question(batch.question)[:, None].expand(-1, width, -1)
        everywhere = torch.cat([batch.asked, batch.rows], 1)[:, None].expand(-1, width, -1)
        parts = [word, word * asked_by, batch.classes, batch.words]
        if self.keys:
            parts.append(self.own(batch.keys * (batch.keys <= self.keys)).sum(2))
        state = functional.relu(self.input(torch.cat([*parts, asked_by, everywhere], 2))) * batch.real
        for block in self.blocks:
            state = block(state, batch.real)
        states: Tensor = self.norm_out(state) * batch.real
        return states

    def _spans(self, batch: Batch, state: Tensor) -> Tensor:
        inside = functional.pad(torch.cumsum(self.mean_word(state), 1), (0, 0, 1, 0))
        words = (batch.last - batch.first + 1)[:, None]
        hidden = self.features(batch.features)
        hidden = hidden + self.first_word(state)[batch.sentence, batch.first]
        hidden = hidden + self.last_word(state)[batch.sentence, batch.last]
        hidden = hidden + (inside[batch.sentence, batch.last + 1] - inside[batch.sentence, batch.first]) / words
        scores: Tensor = self.out(functional.dropout(functional.relu(hidden), _DROPOUT, self.training))[:, 0]
        return scores

    def weights(self) -> dict[str, np.ndarray]:
        """By the names that `Member` reads, matrices to be multiplied from the right."""
        found = {}
        for name in ("word", "question", "input", "features"):
            layer = getattr(self, name)
            found[name], found[f"{name}_bias"] = layer.weight.T, layer.bias
        for name in ("first_word", "last_word", "mean_word"):
            found[name] = getattr(self, name).weight.T
        if self.keys:
            found["own"] = self.own.weight
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


def tables(data: Lessons, least: int = _LEAST) -> tuple[Tables, list[str]]:
    """What batches are made with, and the keys that may get vectors of their own, most frequent first: those that stand
    ``least`` times."""
    surfaces, encoder = list(data.surfaces), embedded_encoder()
    stands = np.zeros(len(surfaces), np.int64)
    for one in data.made:
        for sentence in one.sentences[:3]:
            np.add.at(stands, sentence.surfaces, 1)
    count: Counter[str] = Counter()
    for surface, times in zip(surfaces, stands, strict=True):
        count.update(dict.fromkeys(word_keys(surface), int(times)))
    kept = sorted((key for key, times in count.items() if times >= least), key=lambda key: (-count[key], key))
    kept = kept[: max(keys for _, keys in _MEMBERS)]
    row = {key: number for number, key in enumerate(kept, 1)}
    blocks = [surfaces[at : at + _BLOCK] for at in range(0, len(surfaces), _BLOCK)]
    some = [view.features for one in data.made[:: max(1, len(data.made) // 1500)] for view in one.sentences]
    features = np.vstack(some).astype(np.float32)
    vectors = np.concatenate([np.asarray(encoder.encode(block), np.float16) for block in blocks])
    keys = np.array([[row.get(key, 0) for key in word_keys(surface)] for surface in surfaces], np.int64)
    return Tables(vectors, keys, features.mean(0), np.maximum(features.std(0), 0.05)), kept


def train(data: list[Lesson], made_with: Tables, seed: int, keys: int, epochs: int = _EPOCHS) -> Network:
    """A network with ``keys`` vectors of words' own."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    dice = random.Random(seed)
    dropout = Dropout(_WORD_DROPOUT, _KEY_DROPOUT, np.random.default_rng(seed))
    network = Network(made_with.vectors.shape[1], len(data[0].asked), keys)
    rest = [parameter for name, parameter in network.named_parameters() if name != "own.weight"]
    groups = [{"params": rest, "weight_decay": 0.01}, {"params": [network.own.weight], "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=_RATE, betas=(0.9, 0.98))
    steps = epochs * (len(data) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / _WARMUP) * max(_RATE_FLOOR, 1 - step / steps)
    )
    kept = [parameter.detach().clone() for parameter in network.parameters()]
    step, began, losses = 0, time.monotonic(), []
    for epoch in range(epochs):
        for some in shuffled(data, _BATCH, dice):
            batch = batched(some, made_with, dropout)
            with torch.autocast("cpu", torch.bfloat16):
                scores = network(batch)
            loss = listwise(scores.float(), batch.f1**2, batch.lesson, batch.count)
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
        print(f"seed {seed}, epoch {epoch}: loss {np.mean(losses[-500:]):.3f}, {pace:.2f} s a step", flush=True)
    with torch.no_grad():
        for parameter, mean_of in zip(network.parameters(), kept, strict=True):
            parameter.copy_(mean_of)
    return network.eval()


def write(networks: Sequence[Network], made_with: Tables, keys: list[str], folder: Path) -> None:
    """In half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {"feature_mean": made_with.mean, "feature_scale": made_with.scale}
    for number, network in enumerate(networks):
        tensors |= {f"{number}.{name}": array for name, array in network.weights().items()}
    halves = {name: np.ascontiguousarray(array, np.float16) for name, array in tensors.items()}
    (folder / "model.safetensors").write_bytes(save(halves))
    config = {"format": FORMAT, "members": len(networks), "features": list(NAMES), "keys": keys}
    (folder / "config.json").write_text(json.dumps(config, ensure_ascii=False) + "\n", encoding="utf-8")


def _member(kept: Path, seed: int, keys: int, epochs: int) -> Network:
    """Reads the lessons from ``kept`` and trains one network."""
    data: Lessons = pickle.loads(kept.read_bytes())  # noqa: S301 (our own file)
    made_with, known = tables(data)
    return train(data.made, made_with, seed, min(keys, len(known)), epochs)


def trained(data: Lessons, made_with: Tables, known: list[str], kept: Path, epochs: int, jobs: int) -> list[Network]:
    """All networks, ``jobs`` at a time: the same, whatever that number is. ``made_with`` and ``known``: ``tables`` of
    ``data``; where there are several processes, they read ``data`` from ``kept``."""
    if jobs == 1:
        return [train(data.made, made_with, seed, min(keys, len(known)), epochs) for seed, keys in _MEMBERS]
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(_member, kept, seed, keys, epochs) for seed, keys in _MEMBERS]
        return [future.result() for future in waiting]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--epochs", type=int, default=_EPOCHS)
    parser.add_argument("--jobs", type=int, default=1, help="processes that prepare the lessons and train (5 GB each)")
    parser.add_argument("--cache", type=Path, default=None, help="file that keeps the lessons between runs")
    args = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="citespan-lessons-") as folder:
        kept = args.cache or Path(folder) / "lessons"
        if kept.exists():
            data: Lessons = pickle.loads(kept.read_bytes())  # noqa: S301 (our own file)
        else:
            data = lessons(args.data, args.jobs)
            if args.cache or args.jobs > 1:
                kept.write_bytes(pickle.dumps(data, protocol=5))
        print(f"{len(data.made)} questions, {time.monotonic() - began:.0f} s", flush=True)
        made_with, known = tables(data)
        networks = trained(data, made_with, known, kept, args.epochs, args.jobs)
    write(networks, made_with, known, args.out)


if __name__ == "__main__":
    main()
