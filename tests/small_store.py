"""Small documents for tests of the store, and short ways to put and find them."""

from __future__ import annotations

from pathlib import Path

from fakes import HashEncoder

from indexer.collection import Collection
from indexer.documents import Document
from indexer.lexical import LexicalQuery
from indexer.load import load_bytes
from indexer.snapshot import Snapshot

KLING = "可灵AI发布了2.1版本。近七成收入由专业创作者贡献。"
KUAISHOU = "快手一季度平均日活跃用户为4.08亿。\n\n管理层表示将继续投入研发。"


def doc(doc_id: str, text: str, **options: object) -> Document:
    return load_bytes(text.encode(), f"{doc_id}.txt", doc_id=doc_id, **options)  # type: ignore[arg-type]


def put(collection: Collection, *documents: Document) -> int:
    """Puts ``documents`` and returns the commit."""
    with collection.writer() as writer:
        for document in documents:
            writer.put(document)
        return writer.commit()


def remove(collection: Collection, *doc_ids: str) -> int:
    with collection.writer() as writer:
        for doc_id in doc_ids:
            writer.remove(doc_id)
        return writer.commit()


def found_by_terms(snapshot: Snapshot, question: str, limit: int = 10) -> list[str]:
    """The documents of the chunks that the lexical index finds."""
    found = snapshot.lexical(LexicalQuery.of(question), limit)
    return [chunk.document.doc_id for chunk in snapshot.chunks([chunk_id for chunk_id, _ in found])]


def found_by_meaning(snapshot: Snapshot, question: str, limit: int = 10) -> list[str]:
    """The documents of the chunks that dense search finds, with the encoder of these tests."""
    found = snapshot.dense(HashEncoder().encode_query([question])[0], limit)
    return [chunk.document.doc_id for chunk in snapshot.chunks([chunk_id for chunk_id, _ in found])]


def files_with(folder: Path, text: str) -> list[str]:
    """The files in which ``text`` stands, as a whole or as a term of the lexical index."""
    wanted = [text.encode(), text[:2].encode(), text[-4:].encode()]
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(part in path.read_bytes() for part in wanted)
    )
