"""Imported once by the server of forks: all modules, and the tables that are read with the first document."""

from __future__ import annotations

from torture import crowd, damage, disk, kills, probe, reader, resume, syscalls, worker  # noqa: F401
from torture.encoder import QuickEncoder
from torture.world import document, text_of

from indexer.lexical import LexicalQuery
from indexer.prepare import prepare

prepare(document("warm", text_of(1, 12)), QuickEncoder())
LexicalQuery.of(text_of(1, 1))
