"""The pipeline that the settings describe: models by name, glossaries by file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indexer.encoder import Encoder
from indexer.errors import ConfigError
from indexer.static_encoder import StaticEncoder
from qa.glossaries import Glossaries
from qa.pipeline import Pipeline
from qa.reading.read import ClauseReader, Reader
from qa.settings import QASettings


def assemble(
    encoder: Encoder,
    *,
    reader: str = "embedded",
    glossaries: Iterable[Path] = (),
    min_confidence: float | None = None,
    lexical: bool = True,
) -> Pipeline:
    """`QASettings` explains the last two.

    Raises ConfigError for a reader that is not known or a glossary that cannot be read.
    """
    settings = QASettings(min_confidence=min_confidence, lexical=lexical)
    return Pipeline(encoder, Glossaries(glossaries), load_reader(reader, encoder), settings)


def load_reader(name: str, encoder: Encoder) -> Reader:
    """The reader slot: ``embedded`` is the only name so far."""
    if name != "embedded":
        raise ConfigError(f"reader {name!r} is not known; set reader = 'embedded'")
    return ClauseReader(encoder if isinstance(encoder, StaticEncoder) else None)
