"""The confidence of one collection: what ships, corrected by two figures that its own questions gave.

Platt scaling ("Probabilistic Outputs for Support Vector Machines", 1999) on the log-odds of the shipped confidence:
``logit p' = slope * logit p + offset``. The order of answers stays; with ``offset`` 0 it is the temperature scaling of
Guo et al. ("On Calibration of Modern Neural Networks", 2017). Fitted by ``qa/evaluation/refitting.py``, kept in
``indexer/calibration.py``.
"""

from __future__ import annotations

import hashlib
import logging
import math
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from indexer.calibration import read_calibration
from indexer.encoder import Encoder
from indexer.errors import CitespanError, CorruptIndex
from indexer.snapshot import Snapshot
from qa.confidence import FILE as SHIPPED

log = logging.getLogger("citespan")

FORMAT = "citespan-calibration-1"
FARTHEST = 12.0
"""Log-odds beyond this are taken for this: a confidence of 0 or 1 has none."""
_KEPT = 1_000


def logit(probability: float) -> float:
    """The log-odds, held to ``FARTHEST`` both ways."""
    if not 0.0 < probability < 1.0:
        return math.copysign(FARTHEST, probability - 0.5)
    return max(-FARTHEST, min(FARTHEST, math.log(probability / (1.0 - probability))))


@dataclass(frozen=True, slots=True)
class Refit:
    """``basis`` names the models that the figures hold for, ``questions`` how many gave them, ``fitted_at`` when."""

    slope: float
    offset: float
    threshold: float
    questions: int
    fitted_at: str
    basis: Mapping[str, str]

    def probability(self, shipped: float) -> float:
        """The confidence here, for what ships says ``shipped``."""
        return 1.0 / (1.0 + math.exp(-(self.slope * logit(shipped) + self.offset)))

    def told(self) -> dict[str, Any]:
        """As it is stored."""
        return {"format": FORMAT, **asdict(self)}


def read_refit(told: Mapping[str, Any]) -> Refit:
    """The refit that was stored. Raises CorruptIndex."""
    try:
        slope, offset, threshold = (float(told[name]) for name in ("slope", "offset", "threshold"))
        if told["format"] != FORMAT or slope <= 0 or not all(map(math.isfinite, (slope, offset, threshold))):
            raise ValueError("not of this format")
        basis = {str(name): str(value) for name, value in told["basis"].items()}
        return Refit(slope, offset, threshold, int(told["questions"]), str(told["fitted_at"]), basis)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CorruptIndex(f"calibration.json is not as it was written: {error!r}") from error


def basis_of(encoder: Encoder, reader: str) -> dict[str, str]:
    """What a confidence depends on beside the documents: another model, another confidence."""
    shipped = hashlib.sha256(SHIPPED.read_bytes()).hexdigest()[:16]
    return {"encoder": encoder.fingerprint, "reader": reader, "confidence": shipped}


class Held(NamedTuple):
    """A collection's refit, or None; ``ignored`` says why one that is there is not used."""

    refit: Refit | None
    ignored: str | None = None


def held_refit(file: Path, basis: Mapping[str, str]) -> Held:
    """What ``file`` gives where ``basis`` holds: nothing if it cannot be read, or was fitted with other models."""
    try:
        told = read_calibration(file)
        refit = None if told is None else read_refit(told)
    except CitespanError as error:
        return Held(None, error.message)
    if refit is not None and refit.basis != basis:
        other = ", ".join(name for name, value in basis.items() if refit.basis.get(name) != value)
        return Held(None, f"fitted with another {other}")
    return Held(refit)


class Refits:
    """Looks at a collection's file at every question and reads it when it has changed. Thread safe."""

    def __init__(self, basis: Mapping[str, str]) -> None:
        self.basis = dict(basis)
        self._lock = threading.Lock()
        self._held: dict[Path, tuple[tuple[int, int, int], Held]] = {}

    def of(self, snapshot: Snapshot) -> Held:
        """What holds for the collection of ``snapshot`` now."""
        file = snapshot.calibration_file
        try:
            facts = file.stat()
        except OSError:
            return Held(None)
        state = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
        with self._lock:
            known = self._held.get(file)
            if known is None or known[0] != state:
                if len(self._held) >= _KEPT:
                    self._held.clear()
                known = self._held[file] = (state, self._read(file))
            return known[1]

    def _read(self, file: Path) -> Held:
        """A file that is not used is told of in the log: the service goes on."""
        held = held_refit(file, self.basis)
        if held.ignored is not None:
            log.warning("%s: its calibration is not used: %s", file.parent.name, held.ignored)
        return held
