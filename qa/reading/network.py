"""The network that scores candidate spans: what stands around a span, beside what is known about it.

A sentence's words come in as their vectors in the embedded encoder's space, where Chinese and English are one, with
what the question finds in them; in some networks frequent words also bring a vector of their own (what 由 or "called"
announces is nothing that an encoder of meanings tells); gated convolutions over the words (Dauphin et al., "Language
modeling with gated convolutional networks", 2017), dilated as in Yu and Koltun, "Multi-scale context aggregation by
dilated convolutions" (2016), carry it to their neighbours. A span is scored by one hidden layer over its features
(``qa.reading.features``), the states of its first and last word and the mean of all its words. Several networks that
began from other numbers read side by side, and the mean of their scores counts (Hansen and Salamon, "Neural network
ensembles", 1990). Made by ``training/reader/network.py``.

Everything is numpy: eight sentences, some three hundred words, cost a few milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.errors import ConfigError
from indexer.static_folder import map_tensors
from qa.reading.features import NAMES, SENTENCE_NAMES
from qa.reading.matching import Floats
from qa.reading.words import CLASSES, IntArray

FOLDER = Path(__file__).parents[1] / "models" / "reader"
FORMAT = "citespan-reader-2"
DILATIONS = (1, 2, 4, 1)
WORD_NAMES = ("match", "weighted", "rarity", "is_value")
WORD_SCALE = np.array([1, 1, 0.1, 1], np.float32)  # brings rarity near the others
_EPSILON = 1e-5  # of the layer norms, as in torch
_FIRST_HAN = "\u3400"


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence as one question sees it. ``surfaces``: its words, marks as nothing; ``vectors``: float32 (words,
    dim), unit rows or zeros; ``classes``: int (words,), numbers of ``CLASSES``; ``words``: float32 (words,
    len(WORD_NAMES)); ``first`` and ``last``: the words of each candidate span, both included; ``features``: float32
    (spans, len(NAMES))."""

    surfaces: tuple[str, ...]
    vectors: Floats
    classes: IntArray
    words: Floats
    first: IntArray
    last: IntArray
    features: Floats


def word_keys(surface: str) -> tuple[str, str]:
    """What a word is looked up by: itself, and its end (the last character of a Han word, three Latin letters)."""
    return surface, f"…{surface[-1:] if surface[-1:] >= _FIRST_HAN else surface[-3:]}"


@dataclass(frozen=True, slots=True)
class SpanNetwork:
    """The ``members`` that read side by side, ``keys`` of the rows of words' own vectors (row 0 stands for every other
    key), and the ``mean`` and ``scale`` of the features."""

    members: Sequence[Member]
    keys: Mapping[str, int]
    mean: Floats
    scale: Floats

    def scores(self, question: Floats, asked: Floats, sentences: Sequence[SentenceView]) -> Floats:
        """Scores of all spans of all ``sentences``, float32, one sentence after the other; comparable between them.

        ``question``: the question's unit vector; ``asked``: what is asked for (``qa.reading.features.asked_row``).
        """
        joined = _joined(sentences, self.keys, self.mean, self.scale)
        total = sum(member.scores(question, asked, joined) for member in self.members)
        return np.asarray(total / len(self.members), np.float32)


class _Joined(NamedTuple):
    """Sentences one after the other, with gaps that no convolution reaches across: ``size`` places, words at the places
    ``at``. ``fixed``: what is known of each word; ``own``: its rows of own vectors, int (words, 2); ``lengths``: words
    of each sentence; ``rows``: what is known of each sentence; ``first``, ``last``: places of the spans' words."""

    size: int
    at: npt.NDArray[np.int64]
    vectors: Floats
    fixed: Floats
    own: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    rows: Floats
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    features: Floats


def _joined(sentences: Sequence[SentenceView], keys: Mapping[str, int], mean: Floats, scale: Floats) -> _Joined:
    features = (np.concatenate([view.features for view in sentences]) - mean) / scale
    lengths = np.array([len(view.classes) for view in sentences])
    starts = np.cumsum([max(DILATIONS), *(lengths + max(DILATIONS))])
    spans = [len(view.first) for view in sentences]
    kinds = np.eye(len(CLASSES), dtype=np.float32)[np.concatenate([view.classes for view in sentences])]
    seen = np.concatenate([view.words for view in sentences]) * WORD_SCALE
    surfaces = [surface for view in sentences for surface in view.surfaces]
    return _Joined(
        size=int(starts[-1]),
        at=np.arange(lengths.sum()) + np.repeat(starts[:-1] - (np.cumsum(lengths) - lengths), lengths),
        vectors=np.concatenate([view.vectors for view in sentences]),
        fixed=np.concatenate([kinds, seen], 1),
        own=np.array([[keys.get(key, 0) for key in word_keys(surface)] for surface in surfaces]),
        lengths=lengths,
        rows=features[np.cumsum([0, *spans])[:-1], : len(SENTENCE_NAMES)],
        first=np.concatenate([view.first for view in sentences]) + np.repeat(starts[:-1], spans),
        last=np.concatenate([view.last for view in sentences]) + np.repeat(starts[:-1], spans),
        features=features,
    )


@dataclass(frozen=True, slots=True)
class Member:
    """``weights`` by the names of ``training.reader.network.Network``, matrices stored to be multiplied from the
    right."""

    weights: Mapping[str, Floats]

    def scores(self, question: Floats, asked: Floats, joined: _Joined) -> Floats:
        """As `SpanNetwork.scores`."""
        w = self.weights
        states = self._states(question, asked, joined)
        first, last = joined.first, joined.last
        inside = np.zeros((len(states) + 1, w["mean_word"].shape[1]), np.float32)
        np.cumsum(states @ w["mean_word"], axis=0, out=inside[1:])
        hidden = joined.features @ w["features"] + w["features_bias"]
        hidden += (states @ w["first_word"])[first] + (states @ w["last_word"])[last]
        hidden += (inside[last + 1] - inside[first]) / (last - first + 1).astype(np.float32)[:, None]
        return np.asarray(np.maximum(hidden, 0.0) @ w["out"], np.float32)

    def _states(self, question: Floats, asked: Floats, joined: _Joined) -> Floats:
        """States of the words of all sentences, zeros in the gaps."""
        w = self.weights
        asked_by = question @ w["question"] + w["question_bias"]
        word = joined.vectors @ w["word"] + w["word_bias"]
        parts = [word, word * asked_by, joined.fixed]
        if "own" in w:
            parts.append(w["own"][joined.own].sum(1))
        own = np.concatenate(parts, 1)
        alike = np.concatenate([asked_by, asked])
        in_words, in_question, in_sentence = np.split(w["input"], [own.shape[1], own.shape[1] + len(alike)])
        of_sentence = joined.rows @ in_sentence + (alike @ in_question + w["input_bias"])
        state = np.zeros((joined.size, w["input"].shape[1]), np.float32)
        state[joined.at] = np.maximum(own @ in_words + np.repeat(of_sentence, joined.lengths, 0), 0.0)
        real = np.zeros((joined.size, 1), np.float32)
        real[joined.at] = 1.0
        width = state.shape[1]
        near = np.zeros((joined.size, 3 * width), np.float32)  # what reaches beyond either end is a gap, and zero
        for number, reach in enumerate(DILATIONS):
            normed = _normed(state, w[f"norm_{number}"], w[f"norm_bias_{number}"]) * real
            near[reach:, :width] = normed[:-reach]
            near[:, width:-width] = normed
            near[:-reach, -width:] = normed[reach:]
            both = near @ w[f"convolution_{number}"]
            both += w[f"convolution_bias_{number}"]
            value, door = np.split(both, 2, axis=1)
            np.exp(np.negative(door, out=door), out=door)
            door += 1.0
            value /= door
            value *= real
            state += value
        return np.asarray(_normed(state, w["norm_out"], w["norm_out_bias"]) * real, np.float32)


def _normed(rows: Floats, gain: Floats, bias: Floats) -> Floats:
    """Layer normalisation (Ba, Kiros & Hinton 2016)."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", centred, centred) / np.float32(rows.shape[1])
    centred /= np.sqrt(spread + np.float32(_EPSILON))[:, None]
    centred *= gain
    centred += bias
    return np.asarray(centred, np.float32)


@cache
def load_network(folder: Path = FOLDER) -> SpanNetwork:
    """The network in ``folder``. ConfigError if there is none, or if it was made for other features."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if config["format"] != FORMAT:
            raise ValueError(f"its format is {config['format']}, not {FORMAT}")
        if config["features"] != list(NAMES):
            raise ValueError("it was fitted on other features than the reader computes")
        tensors = map_tensors(folder / "model.safetensors")
        weights = {name: np.asarray(array, np.float32) for name, array in tensors.items()}
        mean, scale = weights.pop("feature_mean"), weights.pop("feature_scale")
        keys = {str(key): row for row, key in enumerate(config["keys"], 1)}
        members: list[dict[str, Floats]] = [{} for _ in range(config["members"])]
        for name, array in weights.items():
            number, own = name.split(".", 1)
            members[int(number)][own] = array
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ConfigError(f"{folder} holds no usable reader ({error}); reinstall citespan or make it again") from error
    return SpanNetwork([Member(own) for own in members], keys, mean, scale)
