"""Every hyper-parameter of the embedded encoder, in one place.

The step kinds, their shares and the learning rate are those of the runs in which they were first tried
(never chosen on a set that is reported as a test).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Sizes are in rows, tokens or steps; shares are probabilities of a step kind."""

    seed: int = 0
    vocabulary: int = 160_000
    pieces: int = 8_000
    dim: int = 256

    teacher_sentences: int = 300_000
    teacher_chars: tuple[int, int] = (25, 180)  # short sentences: the teacher's cost grows with length

    sif: float = 1e-4  # smooth inverse frequency, Arora et al. 2017: weight a / (a + p)
    gloss_noise: float = 0.15  # keeps synonyms with the same gloss apart
    char_noise: float = 0.3

    steps: int = 4_000
    batch: int = 1_024
    rate: float = 0.003
    warmup: int = 50
    rate_floor: float = 0.02  # of `rate`, at the last step
    temperature: float = 1 / 20
    source_exponent: float = 0.6  # a source of n lines is drawn with weight n ** 0.6
    dictionary: float = 0.22
    needle: float = 0.40
    qa: float = 0.06
    teacher: float = 0.25  # what is left over: plain sentence pairs
    window: tuple[int, int] = (2, 7)  # lines in a needle's passage

    def rate_at(self, step: int) -> float:
        """Learning rate of `step`: a short warm-up, then a straight line down."""
        return self.rate * min(1, (step + 1) / self.warmup) * max(self.rate_floor, 1 - step / self.steps)
