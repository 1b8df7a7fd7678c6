"""The pipeline that the settings describe: models by name, glossaries by file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indexer.encoder import EMBEDDED, Encoder
from indexer.static_encoder import StaticEncoder
from qa.glossaries import Glossaries
from qa.pipeline import Pipeline
from qa.reading.read import ClauseReader, Reader, embedded_encoder
from qa.refit import Refits, basis_of
from qa.settings import QASettings


def assemble(
    encoder: Encoder,
    *,
    reader: str = EMBEDDED,
    glossaries: Iterable[Path] = (),
    min_confidence: float | None = None,
    lexical: bool = True,
    refits: bool = True,
) -> Pipeline:
    """`QASettings` explains ``min_confidence`` and ``lexical``; ``refits``: whether a collection's own calibration
    counts.

    Raises ConfigError for a reader that cannot be loaded or a glossary that cannot be read.
    """
    settings = QASettings(min_confidence=min_confidence, lexical=lexical)
    own = Refits(basis_of(encoder, reader)) if refits else None
    return Pipeline(encoder, Glossaries(glossaries), load_reader(reader, encoder), settings, own)


def load_reader(name: str, encoder: Encoder) -> Reader:
    """The reader slot: ``embedded``, or the Hugging Face name or folder of a question-answering model.

    Raises ConfigError for a model that cannot be loaded or does not read.
    """
    words = encoder if isinstance(encoder, StaticEncoder) else embedded_encoder()
    if name == EMBEDDED:
        return ClauseReader(words)
    from qa.reading.transformers_reader import TransformersReader

    return TransformersReader(name, words)
