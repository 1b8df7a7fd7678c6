"""GCRA, the generic cell rate algorithm (ATM Forum, Traffic Management 4.0): a rate limit that remembers one number.

That number is the theoretical arrival time of the next request if all came evenly. A request is refused if it comes
more than a whole period before that time: so ``number`` requests may come at once, and then one per interval.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from indexer.errors import ConfigError

_SECOND = 1_000_000_000
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(rf"([1-9][0-9]{{0,8}}) ?/ ?({'|'.join(_UNITS)})")


class Rate(NamedTuple):
    """``number`` requests in ``seconds``."""

    number: int
    seconds: int

    @property
    def interval(self) -> int:
        """Nanoseconds from one request to the next."""
        return self.seconds * _SECOND // self.number

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Of ``600/minute``. Raises ConfigError."""
        found = _RATE.fullmatch(text.strip().lower())
        if found is None:
            raise ConfigError(f"rate_limit={text!r}: write a number, a slash and one of {', '.join(_UNITS)}")
        return cls(int(found[1]), _UNITS[found[2]])


class Verdict(NamedTuple):
    """``arrival`` is to be remembered. ``wait``: seconds, rounded up, until another request is let in;
    ``reset``: until all of them are."""

    allowed: bool
    arrival: int
    remaining: int
    wait: int
    reset: int


def judge(rate: Rate, arrival: int, now: int) -> Verdict:
    """Of a request at ``now``; ``arrival`` is 0 for one that never came. Times are nanoseconds of one clock."""
    burst = rate.interval * rate.number
    before = max(arrival, now)
    after = before + rate.interval
    if after - now > burst:
        return Verdict(False, before, 0, _seconds(after - now - burst), _seconds(before - now))
    return Verdict(True, after, (burst - (after - now)) // rate.interval, 0, _seconds(after - now))


def _seconds(nanoseconds: int) -> int:
    return -(-nanoseconds // _SECOND)
