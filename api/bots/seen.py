"""Which events were answered: an empty file for each, in a folder that all workers share and that outlives a restart.

A platform that gets no answer in time sends an event again, and the kernel may give it to another worker. The worker
that makes the event's file answers it: making a file unless it is there is one step for the kernel, without a lock to
wait for. A folder that cannot be written to costs a second answer at worst, so it stops none.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

log = logging.getLogger("citespan.bots")

FOLDER = "bots"
KEPT_S = 86_400
"""Longer than any platform goes on sending: Feishu gives up after six hours."""
_SWEPT_EVERY_S = 3600


class Seen:
    """The record in ``data_dir``, begun with the first event."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._next_sweep = 0.0

    def claim(self, bot: str, event: str) -> bool:
        """Whether the caller is the first with this event, and so the one that answers it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            return _make(self._file(bot, event))
        except OSError as error:
            log.error("an event cannot be written down, and may be answered twice: %s", error)
            return True

    def release(self, bot: str, event: str) -> None:
        """Let the event be claimed again: it was not answered."""
        with suppress(OSError):
            self._file(bot, event).unlink()

    def _file(self, bot: str, event: str) -> Path:
        """Of one length and form, whatever a platform calls its events."""
        return self._folder / sha256(f"{bot}\0{event}".encode("utf-8", "replace")).hexdigest()

    def _sweep(self) -> None:
        """Now and then, forget what is old. Two workers may do so at once."""
        now = time.time()
        if now < self._next_sweep:
            return
        self._next_sweep = now + _SWEPT_EVERY_S
        for file in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < now - KEPT_S:
                    file.unlink()


def _make(file: Path) -> bool:
    """Whether ``file`` was not there yet."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True
