"""Where the time of a question goes."""

from __future__ import annotations

import time
from typing import Literal, get_args

Stage = Literal["query", "retrieve", "rerank", "read", "decide", "cite"]
STAGES: tuple[Stage, ...] = get_args(Stage)


class Stages:
    """CPU milliseconds by stage, of the thread that answers: what a library does in threads of its own is not in
    them. The first stage begins when this is made, each next one when the one before is done."""

    def __init__(self) -> None:
        self.ms: dict[Stage, float] = {}
        self._since = time.thread_time()

    def done(self, stage: Stage) -> None:
        """What passed since the last call belongs to ``stage``."""
        now = time.thread_time()
        self.ms[stage] = self.ms.get(stage, 0.0) + (now - self._since) * 1000
        self._since = now
