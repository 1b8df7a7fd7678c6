"""What is said on the terminal. Words of documents, files and readers are in it, which must give it no orders."""

from __future__ import annotations

import re

import click

# An escape may begin our own bold type, and its end; all else that is no text stands as a mark.
_ORDERS = re.compile(r"\x1b(?!\[[01]m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")


def say(text: str, *, err: bool = False) -> None:
    """Writes ``text`` and a line end to standard output, or to standard error."""
    click.echo(_ORDERS.sub("\ufffd", text), err=err)
