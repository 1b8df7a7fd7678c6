"""A collection that lives as long as a measurement: each text one document, indexed like any other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.collection import Collection
from indexer.documents import Document, document_id, revision_id
from indexer.encoder import Encoder
from indexer.snapshot import Snapshot
from qa.evaluation.gold import Context


@contextmanager
def indexed(contexts: Iterable[Context], encoder: Encoder) -> Iterator[Snapshot]:
    """The snapshot of a collection of ``contexts``, gone when it is left. Blank texts are left out."""
    with tempfile.TemporaryDirectory(prefix="citespan-") as folder:
        collection = Collection(Path(folder) / "contexts", encoder)
        with collection.writer() as writer:
            for context in contexts:
                if context.text.strip():
                    writer.put(_document(context))
            writer.commit()
        yield collection.snapshot()


def _document(context: Context) -> Document:
    return Document(
        doc_id=document_id(context.source),
        revision=revision_id(context.text.encode()),
        title=context.title or context.source,
        source=context.source,
        published=context.published,
        metadata={},
        text=context.text,
    )
