"""Requests to the platforms: bounded in time and size, tried again where that is safe, no secret in any message.

Addresses hold secrets (tokens, sessions), so no exception of the HTTP library leaves here, and its log is turned down.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from indexer.errors import CitespanError

TIMEOUT_S = (5.0, 10.0)
"""To connect, and to wait for data."""
MAX_ANSWER_BYTES = 65_536

# It warns of every retry, with the whole address.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class PlatformError(CitespanError):
    """The platform cannot be reached, or does not do what it is asked. ``reason`` is its own code, if it gave one.
    It is for the log; no request is answered with it."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class Answered(NamedTuple):
    """``data`` is cut at a limit that no answer of a platform reaches."""

    status: int
    data: bytes


class Outgoing:
    """``longest_wait``: how many seconds of a platform's Retry-After are waited for."""

    def __init__(self, longest_wait: int = 20) -> None:
        # Only what did not reach the platform (no connection) or was refused by it unread (429, 503): what timed out
        # later may have been done, and done again would be a second reply.
        self._retry = Retry(
            total=3,
            connect=3,
            other=3,
            status=2,
            read=0,
            redirect=0,
            allowed_methods=None,
            status_forcelist=(429, 503),
            backoff_factor=0.3,
            backoff_max=3,
            retry_after_max=longest_wait,
            raise_on_status=False,
        )

    def post(
        self,
        url: str,
        body: Mapping[str, object],
        *,
        query: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> Answered:
        """What is answered to ``body`` as JSON, with a bearer ``token``. Raises PlatformError."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return self._send("POST", url, data=orjson.dumps(body), params=query, headers=headers, auth=_Bearer(token))

    def get(self, url: str, query: Mapping[str, str]) -> Answered:
        return self._send("GET", url, params=query, auth=_Bearer(None))

    def _send(self, method: str, url: str, **given: Any) -> Answered:
        # A session for each: they are not for several threads, and a bot's replies are few.
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(scheme, HTTPAdapter(max_retries=self._retry))
            try:
                with session.request(
                    method, url, timeout=TIMEOUT_S, allow_redirects=False, stream=True, **given
                ) as response:
                    return Answered(response.status_code, response.raw.read(MAX_ANSWER_BYTES, decode_content=True))
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                # `from None`: the address would stand in the traceback.
                raise PlatformError(f"no answer ({type(error).__name__})") from None


class _Bearer(requests.auth.AuthBase):
    """Sets the header itself: given no ``auth``, requests would put a password of ~/.netrc in its place."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def accepted(answered: Answered, code: str, message: str) -> dict[str, Any]:
    """The JSON object that was answered, if the number under ``code`` is 0. Else PlatformError with that number, and
    with what stands under ``message``."""
    found = json_object(answered)
    if found.get(code) != 0:
        reason = str(found.get(code))[:20]
        raise PlatformError(f"refused with {reason}: {str(found.get(message))[:200]}", reason)
    return found


def delivered(answered: Answered) -> None:
    """PlatformError unless the status says that all is well."""
    if answered.status != 200:
        raise PlatformError(f"HTTP status {answered.status}", str(answered.status))


def json_object(answered: Answered) -> dict[str, Any]:
    """The JSON object that was answered, under any status: refusals too say more in it. Raises PlatformError."""
    try:
        found = orjson.loads(answered.data)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        delivered(answered)
        raise PlatformError("the answer is no JSON object")
    return found
