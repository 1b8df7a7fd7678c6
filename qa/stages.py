"""Where the time of a question goes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal, get_args

Stage = Literal["query", "retrieve", "rerank", "read", "decide", "cite"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True, slots=True)
class StageTime:
    """A stage that is over. ``start_ns``, ``end_ns``: nanoseconds since 1970; ``cpu_ms``: CPU milliseconds of the
    thread that answers: what a library does in threads of its own is not in them."""

    stage: Stage
    start_ns: int
    end_ns: int
    cpu_ms: float

    @property
    def seconds(self) -> float:
        """By the clock."""
        return (self.end_ns - self.start_ns) / 1e9


class Stages:
    """The first stage begins when this is made, each next one when the one before is done."""

    def __init__(self) -> None:
        self.times: list[StageTime] = []
        began = time.time_ns()
        self._clock = time.perf_counter_ns()  # which is never set back, as the time of day may be
        self._epoch = began - self._clock
        self._cpu = time.thread_time()

    def done(self, stage: Stage) -> None:
        """What passed since the last call belongs to ``stage``."""
        cpu, clock = time.thread_time(), time.perf_counter_ns()
        self.times.append(
            StageTime(stage, self._epoch + self._clock, self._epoch + clock, (cpu - self._cpu) * 1000),
        )
        self._cpu, self._clock = cpu, clock
