"""Training steps on the table, by hand: a batch is a sparse count matrix times the rows it touches.

Contrastive step: symmetric softmax over the batch (multiple negatives ranking, Henderson et al. 2017).
Teacher step: the cosine to the teacher's vector (sentence distillation, Reimers & Gurevych 2020).
Update: Adam (Kingma & Ba 2015), lazy (only touched rows age) and with one second moment per row, so that a
row's direction is kept and its state is one number.
"""

from __future__ import annotations

import numpy as np

from training.encoder.rows import Batch

_BETA1, _BETA2, _TINY = 0.9, 0.99, 1e-9
_TEACHER_PULL = 10.0


class Trainer:
    """Holds ``table``, float32 (tokens, dim), changed in place by the steps."""

    def __init__(self, table: np.ndarray, temperature: float) -> None:
        self.table = table
        self._scale = 1 / temperature
        self._momentum = np.zeros_like(table)
        self._variance = np.zeros(len(table), np.float32)
        self._age = np.zeros(len(table), np.int32)

    def contrastive(self, left: Batch, right: Batch, rate: float) -> float:
        """Row i of `left` belongs to row i of `right` and to no other. Returns the loss."""
        touched, place = np.unique(np.concatenate([left.ids, right.ids]), return_inverse=True)
        rows = self.table[touched]
        left_counts = left.counts(place[: len(left.ids)], len(touched))
        right_counts = right.counts(place[len(left.ids) :], len(touched))
        (x, x_norm), (y, y_norm) = _unit(left_counts @ rows), _unit(right_counts @ rows)
        score = x @ y.T * self._scale
        to_right, to_left = _softmax(score, 1), _softmax(score, 0)
        hit = np.arange(len(score))
        loss = -np.log(to_right[hit, hit] * to_left[hit, hit] + _TINY).mean() / 2
        slope = (to_right + to_left) / 2
        slope[hit, hit] -= 1
        slope *= self._scale / len(score)
        gradient = left_counts.T @ _through_norm(slope @ y, x, x_norm)
        gradient += right_counts.T @ _through_norm(slope.T @ x, y, y_norm)
        self._update(touched, rows, gradient, rate)
        return float(loss)

    def teacher(self, texts: Batch, targets: np.ndarray, rate: float) -> float:
        """Turn the vector of text i towards the unit vector ``targets[i]``. Returns 1 - mean cosine."""
        touched, place = np.unique(texts.ids, return_inverse=True)
        rows = self.table[touched]
        counts = texts.counts(place, len(touched))
        x, norm = _unit(counts @ rows)
        pull = -_TEACHER_PULL * targets / len(targets)
        self._update(touched, rows, counts.T @ _through_norm(pull, x, norm), rate)
        return float(1 - (x * targets).sum(1).mean())

    def _update(self, touched: np.ndarray, rows: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        self._age[touched] += 1
        momentum = self._momentum[touched] * _BETA1 + gradient * (1 - _BETA1)
        variance = self._variance[touched] * _BETA2 + (gradient * gradient).mean(1) * (1 - _BETA2)
        self._momentum[touched], self._variance[touched] = momentum, variance
        age = self._age[touched][:, None].astype(np.float32)  # an int would make the powers, and all, float64
        spread = np.sqrt(variance[:, None] / (1 - _BETA2**age)) + _TINY
        self.table[touched] = rows - rate * (momentum / (1 - _BETA1**age)) / spread


def _unit(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    norm = np.linalg.norm(rows, axis=1, keepdims=True) + 1e-8
    return rows / norm, norm


def _softmax(score: np.ndarray, axis: int) -> np.ndarray:
    exp = np.exp(score - score.max(axis, keepdims=True))
    return np.asarray(exp / exp.sum(axis, keepdims=True))


def _through_norm(gradient: np.ndarray, unit: np.ndarray, norm: np.ndarray) -> np.ndarray:
    """Gradient of a row from the gradient of the row at length one."""
    return np.asarray((gradient - (gradient * unit).sum(1, keepdims=True) * unit) / norm)
