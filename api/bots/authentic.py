"""What every platform's check ends in: signatures compared in constant time, and only of requests sent just now."""

from __future__ import annotations

import hmac
import re
from typing import NoReturn

from api.errors import RequestError

WINDOW_S = 300
"""How far a request's time may be from ours, both ways. Slack's own figure; within it, ``seen`` refuses replays."""

_DIGITS = re.compile(r"[0-9]{1,15}")


def check_signature(expected: str, given: str) -> None:
    """RequestError ``signature_invalid`` unless they are the same. Takes as long for a near miss as for a far one."""
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        refuse()


def refuse() -> NoReturn:
    """One message for all that is wrong: it tells a forger nothing."""
    raise RequestError("signature_invalid", "The request does not carry the platform's signature.")


def check_fresh(sent_at: str, now: float, *, per_second: int = 1) -> None:
    """RequestError ``request_stale`` unless ``sent_at``, in units of which a second has ``per_second``, is near
    ``now``. ``signature_invalid`` where it is no time at all."""
    if not _DIGITS.fullmatch(sent_at):
        refuse()
    if abs(now - int(sent_at) / per_second) > WINDOW_S:
        raise RequestError("request_stale", f"The request was not sent within the last {WINDOW_S} seconds.")
