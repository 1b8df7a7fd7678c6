"""Links to the web page at an exact place of a document, for the faces that are read elsewhere (chat, bots)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from api.settings import Settings
from indexer.errors import ConfigError

Link = Callable[[str, Mapping[str, Any]], str]
"""From a collection and a place in it (a citation or a passage) to an address."""

_PLACE = ("start", "end", "revision", "page")
_PUBLIC_URL = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?", re.IGNORECASE)


def links_from(base: str) -> Link:
    """Links to the web page that is served at ``base``, an address that ends in a slash.

    They have the form that the page reads (``router.js``): ``#/doc/<collection>/<doc_id>?start&end&revision&page``.
    No character of theirs means anything in Markdown or HTML.
    """
    # A host header may hold anything; an address in brackets ([::1]) has to stay.
    base = quote(base, safe=":/[]%~")

    def link(collection: str, place: Mapping[str, Any]) -> str:
        given = {name: place[name] for name in _PLACE if place.get(name) is not None}
        path = f"{base}#/doc/{quote(collection, safe='')}/{quote(place['doc_id'], safe='')}"
        return f"{path}?{urlencode(given)}" if given else path

    return link


def base_url(settings: Settings, own: str) -> str:
    """Where people find the web page: the setting ``public_url``, else ``own``, the host that was asked."""
    return (settings.public_url or own).rstrip("/") + "/"


def check_public_url(settings: Settings) -> None:
    """Raises ConfigError where ``public_url`` is no address that a page can be linked under."""
    url = settings.public_url
    if url is not None and not _PUBLIC_URL.fullmatch(url):
        raise ConfigError(f"public_url={url!r}: not an address such as https://citespan.example.org/")
