"""How much of the service a caller may take: requests by their rate, uploads by their number."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from flask import g

from api.access.rate import Rate, Verdict
from api.access.shared import SharedMemory
from api.errors import RequestError
from api.settings import Settings

POLICY = "requests"


class Limits:
    """The limits that ``settings`` name, held over all workers. Raises ConfigError."""

    def __init__(self, settings: Settings, shared: SharedMemory) -> None:
        self._rate = Rate.parse(settings.rate_limit) if settings.rate_limit else None
        self._uploads = settings.max_uploads
        # A worker keeps a thread for questions, however many uploads come.
        self._uploads_here = max(1, settings.threads - 1)
        self._shared = shared

    def count(self, who: str) -> None:
        """Counts a request of ``who`` (a key, or an address). Raises RequestError if it is one too many."""
        if self._rate is None:
            return
        verdict = self._shared.count(self._rate, network(who))
        g.rate_headers = headers = rate_headers(self._rate, verdict)
        if not verdict.allowed:
            detail = f"More than {self._rate.number} requests in {self._rate.seconds} s. Wait {verdict.wait} s."
            raise RequestError("rate_limited", detail, headers={"Retry-After": str(verdict.wait), **headers})

    def upload(self) -> UploadSlot:
        """Leave to upload, to be given back. Raises RequestError where too many are under way."""
        number = self._shared.take(self._uploads, self._uploads_here)
        if number is None:
            raise RequestError("uploads_busy", "Too many uploads are under way; send them one after the other.")
        return UploadSlot(self._shared, number)


@dataclass(frozen=True, slots=True)
class UploadSlot:
    shared: SharedMemory
    number: int

    def release(self) -> None:
        self.shared.give_back(self.number)


def network(who: str) -> str:
    """``who``; of an IPv6 address its /64, for all addresses in it are one customer's to choose from."""
    try:
        address = ipaddress.ip_address(who.partition("%")[0])
    except ValueError:
        return who
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def rate_headers(rate: Rate, verdict: Verdict) -> dict[str, str]:
    """draft-ietf-httpapi-ratelimit-headers-10: ``q`` requests in ``w`` s; ``r`` are left, all again after ``t`` s."""
    return {
        "RateLimit-Policy": f'"{POLICY}";q={rate.number};w={rate.seconds}',
        "RateLimit": f'"{POLICY}";r={verdict.remaining};t={verdict.reset}',
    }
