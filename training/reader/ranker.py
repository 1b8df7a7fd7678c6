"""Fit the ranker of spans (qa/reading/ranker.py) on questions whose answers are marked.

    python -m training.reader.ranker DATA_FOLDER [--questions N] [--encoder NAME]

Each question is put to five retrieved chunks, the one with its answer among them. Every candidate span gets the
F1 of its characters (words, in English) against the marked answer, by position; the network learns to put its
belief (softmax over the candidates) where F1 is high: the loss is -log of the expected F1 squared.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from indexer.encoder import load_encoder
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.asked import asked
from qa.reading.candidates import candidate_spans
from qa.reading.facts import gather
from qa.reading.features import NAMES, span_features
from qa.reading.likeness import SoftMatcher
from qa.reading.ranker import FILE
from qa.reading.read import chosen_places
from qa.results import Passage
from training.reader.retrieval import Piece, Search, pieces
from training.reader.sets import RANKER, Example, examples, held_out

_NEGATIVES_HERE, _NEGATIVES_ELSEWHERE = 60, 100
_HIDDEN = 48
_EPOCHS = 14
_GLOSSARY = Glossary()


class Cosines:
    """Sentence scores as the pipeline gives them, or none without an encoder."""

    def __init__(self, name: str | None) -> None:
        self.encoder = load_encoder(name) if name else None
        self.soft = SoftMatcher(self.encoder) if self.encoder else None
        self._seen: dict[str, np.ndarray] = {}

    def passage(self, question: str, piece: Piece, score: float) -> Passage:
        if self.encoder is None:
            return piece.passage(score)
        rows = self._seen.get(piece.text)
        if rows is None:
            rows = self._seen[piece.text] = self.encoder.encode([piece.text[a:b] for a, b in piece.sentences])
        return piece.passage(score, (rows @ self.encoder.encode_query([question])[0]).tolist())


def collection(found: Sequence[Example], cosines: Cosines) -> tuple[Search, dict[str, list[Piece]]]:
    """All chunks of the paragraphs of ``found``, searchable, and by paragraph."""
    cut = {key: pieces(key, text) for key, text in {e.paragraph_id: e.text for e in found}.items()}
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


def rows(
    example: Example, found: list[tuple[Piece, float]], cosines: Cosines, dice: random.Random
) -> tuple[np.ndarray, np.ndarray] | None:
    """Features and F1 of a sample of candidates, or None if none of them touches the answer."""
    passages = [cosines.passage(example.question, piece, score) for piece, score in found]
    query = analyse(example.question, _GLOSSARY)
    evidence, weights = gather(query, passages, cosines.soft)
    ask = asked(query)
    features, targets = [], []
    for at in chosen_places(evidence):
        place = evidence.places[at]
        piece = found[place.passage][0]
        first, last = candidate_spans(place.sentence)
        if not len(first):
            continue
        shift = piece.start + place.start
        starts, ends = place.sentence.words.starts[first] + shift, place.sentence.words.ends[last] + shift
        f1 = np.zeros(len(first))
        if piece.paragraph_id == example.paragraph_id:
            f1 = np.array([position_f1(s, e, example.answers) for s, e in zip(starts, ends, strict=True)])
        good, bad = np.flatnonzero(f1 > 0.3), np.flatnonzero(f1 <= 0.3)
        most = _NEGATIVES_HERE if len(good) else _NEGATIVES_ELSEWHERE // 5
        keep = np.concatenate([good, dice.sample(list(bad), min(len(bad), most))]).astype(int)
        made = span_features(place.sentence, evidence.facts(at, weights), ask, first[keep], last[keep])
        features.append(made)
        targets.append(f1[keep])
    if not targets or max(target.max(initial=0.0) for target in targets) < 0.5:
        return None
    return np.vstack(features).astype(np.float16), np.concatenate(targets).astype(np.float32)


def dataset(folder: Path, limit: int, cosines: Cosines) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of every training question."""
    dice = random.Random(7)
    for name, lang, paragraph_lang in RANKER:
        found = [e for e in examples(folder, name, lang, paragraph_lang) if askable(e.question)]
        index, cut = collection(found, cosines)
        found = [example for example in found if not held_out(example.paragraph_id)]
        dice.shuffle(found)
        for example in found[:limit]:
            made = rows(example, retrieved(example, index, cut), cosines, dice)
            if made is not None:
                yield made


def fit(data: list[tuple[np.ndarray, np.ndarray]], epochs: int = _EPOCHS) -> dict[str, object]:
    """The fitted network as it is stored."""
    torch.manual_seed(7)
    torch.set_num_threads(1)
    everything = np.vstack([x for x, _ in data[:: max(1, len(data) // 1500)]]).astype(np.float32)
    mean, scale = everything.mean(axis=0), np.maximum(everything.std(axis=0), 0.05)
    hidden = torch.nn.Linear(len(NAMES), _HIDDEN)
    out = torch.nn.Linear(_HIDDEN, 1, bias=False)
    optimiser = torch.optim.AdamW([*hidden.parameters(), *out.parameters()], lr=2e-3, weight_decay=1e-3)
    steps = epochs * (len(data) // 32 + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps + 1)
    order = np.arange(len(data))
    rng = np.random.default_rng(7)
    for epoch in range(epochs):
        rng.shuffle(order)
        total = 0.0
        for at in range(0, len(order), 32):
            batch = [data[i] for i in order[at : at + 32]]
            x = torch.from_numpy((np.vstack([b[0] for b in batch]).astype(np.float32) - mean) / scale)
            groups = torch.from_numpy(np.repeat(np.arange(len(batch)), [len(b[1]) for b in batch]))
            f1 = torch.from_numpy(np.concatenate([b[1] for b in batch]))
            score = out(torch.nn.functional.dropout(torch.relu(hidden(x)), 0.1))[:, 0]
            loss = listwise(score, f1**2, groups, len(batch))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch} loss {total / len(order):.4f}", flush=True)
    weights = np.vstack([hidden.weight.detach().numpy().T, hidden.bias.detach().numpy()[None]])
    return {
        "names": list(NAMES),
        "mean": [round(float(v), 4) for v in mean],
        "scale": [round(float(v), 4) for v in scale],
        "hidden": [[round(float(v), 4) for v in row] for row in weights],
        "out": [round(float(v), 4) for v in out.weight.detach().numpy()[0]],
    }


def listwise(score: torch.Tensor, gain: torch.Tensor, groups: torch.Tensor, count: int) -> torch.Tensor:
    """-log of the expected gain under a softmax within each group, the mean over groups."""
    top = torch.full((count,), -1e9).scatter_reduce(0, groups, score.detach(), "amax")
    weight = torch.exp(score - top[groups])
    zero = torch.zeros(count)
    total = zero.scatter_add(0, groups, weight)
    good = zero.scatter_add(0, groups, weight * gain)
    return -(torch.log(good + 1e-9) - torch.log(total)).mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=100_000, help="most questions of a set")
    parser.add_argument("--encoder", default=None)
    parser.add_argument("--cache", type=Path, default=None, help="file that keeps the rows between fits")
    args = parser.parse_args()
    began = time.monotonic()
    if args.cache and args.cache.exists():
        data = pickle.loads(args.cache.read_bytes())  # noqa: S301 (our own file)
    else:
        data = list(dataset(args.data, args.questions, Cosines(args.encoder)))
        if args.cache:
            args.cache.write_bytes(pickle.dumps(data))
    print(f"{len(data)} questions, {sum(len(y) for _, y in data)} spans, {time.monotonic() - began:.0f} s", flush=True)
    FILE.write_text(json.dumps(fit(data)), encoding="utf-8")


if __name__ == "__main__":
    main()
