"""Which names the service answers to, and which addresses are this machine's own."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from flask import request

from api.errors import RequestError
from api.settings import Settings

_PORT = re.compile(r":\d*$")


class HostCheck:
    """The header ``Host`` against DNS rebinding.

    A page of another site can have its own name resolved to 127.0.0.1; the browser then takes the service for that site
    and lets the page read what it answers. But it still sends that name. Where keys are needed the page has none, so
    only a service that is open to its own machine must look; and any that is told its names (``allowed_hosts``).
    """

    def __init__(self, settings: Settings) -> None:
        self._named = bool(settings.allowed_hosts)
        public = urlsplit(settings.public_url or "").hostname
        self._allowed = {_plain(name) for name in (*settings.allowed_hosts, settings.host, public or "localhost")}

    def check(self, *, locally: bool) -> None:
        """Raises RequestError; ``locally``: the service is open, and to this machine alone."""
        if not (self._named or locally):
            return
        name = _plain(request.headers.get("Host", ""))
        if not name or name in self._allowed or is_loopback(name):
            return
        raise RequestError("host_refused", "The service does not go by the name that this request calls it.")


@lru_cache(1024)
def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or an address, is this machine as only it can reach it."""
    name = _plain(host)
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


@lru_cache(1024)
def _plain(host: str) -> str:
    """Without port, brackets, the root's dot and capitals."""
    host = host.strip().lower()
    name = host if host.count(":") > 1 and "]" not in host else _PORT.sub("", host)
    return name.removeprefix("[").removesuffix("]").removesuffix(".")
