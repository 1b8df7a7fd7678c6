"""The ranker of candidate spans: a network of one hidden layer, fitted by training/reader/ranker.py.

``data/ranker.json`` holds ``names`` (the features that it was fitted on, in order), ``mean`` and ``scale`` of each,
``hidden`` (a row of weights a feature, the biases last) and ``out``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from qa.fitted import read_fitted
from qa.reading.features import NAMES
from qa.reading.matching import Floats

FILE = Path(__file__).parents[1] / "data" / "ranker.json"


@dataclass(frozen=True, slots=True)
class Ranker:
    """Scores of candidates; comparable between all candidates of one question."""

    hidden: Floats
    hidden_bias: Floats
    out: Floats

    def scores(self, features: Floats) -> Floats:
        """(candidates,) float32."""
        activations = np.maximum(features @ self.hidden + self.hidden_bias, 0.0)
        return np.asarray(activations @ self.out, dtype=np.float32)


@cache
def load_ranker(path: Path = FILE) -> Ranker:
    """The fitted ranker. ConfigError if it was fitted on other features than those computed here."""
    stored = read_fitted(path, NAMES, "features")
    scale = np.array(stored["scale"], dtype=np.float32)
    mean = np.array(stored["mean"], dtype=np.float32)
    hidden = np.array(stored["hidden"], dtype=np.float32)
    # Standardising is folded into the first layer: one product less a question.
    weights = hidden[:-1] / scale[:, None]
    return Ranker(weights, hidden[-1] - mean @ weights, np.array(stored["out"], dtype=np.float32))
