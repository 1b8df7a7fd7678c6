"""All that a snapshot shows, read in every way there is; the ways must agree, and every passage with its source."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from torture.encoder import QuickEncoder
from torture.world import COMMON, State, passages, rare_word

from indexer.collection import Collection
from indexer.collections import Collections
from indexer.lexical import LexicalQuery
from indexer.snapshot import Snapshot, StoredChunk

_ALL = 100_000
_ENCODER = QuickEncoder()


def opened(root: Path, *, sealed: bool = False) -> Collection:
    """The collection of the harness below ``root``, as a process sees it that has just begun."""
    return Collections(root, QuickEncoder(sealed=sealed)).create("default")


def state_of(snapshot: Snapshot) -> State:
    """The texts of its current documents, by id."""
    return {each.doc_id: snapshot.read_source(each) for each in snapshot.documents(limit=_ALL)}


def disagreements(snapshot: Snapshot, *, thorough: bool = True) -> list[str]:
    """What does not fit together in ``snapshot``. ``thorough``: each document is searched for by itself, too."""
    state = state_of(snapshot)
    everything = _by_dense(snapshot, COMMON, _ALL, sorted(state))
    wrong = []
    if set(everything) != set(_by_terms(snapshot, COMMON, _ALL)):
        wrong.append("dense and lexical search do not hold the same passages")
    if len(everything) != snapshot.passages_count or len(state) != snapshot.documents_count:
        wrong.append(
            f"{len(everything)} passages of {len(state)} documents are found, told of are"
            f" {snapshot.passages_count} of {snapshot.documents_count}"
        )
    found = defaultdict(list)
    for chunk in snapshot.chunks(everything):
        found[chunk.document.doc_id].append(chunk)
    for doc_id in state.keys() | found.keys():
        wrong += _wrong_passages(doc_id, state.get(doc_id), sorted(found[doc_id], key=lambda each: each.chunk_id))
    if thorough:
        for doc_id, text in state.items():
            wrong += _not_found(snapshot, doc_id, text)
    return wrong


def _wrong_passages(doc_id: str, text: str | None, found: list[StoredChunk]) -> list[str]:
    if text is None:
        return [f"passages of {doc_id} are found, which is no document"]
    told = tuple((chunk.start, chunk.end, chunk.text) for chunk in found)
    if told != passages(text):
        return [f"{doc_id} has the passages {told}, not {passages(text)}"]
    for chunk in found:
        for piece in chunk.map.pieces:
            above, below = chunk.text[piece.upper_start : piece.upper_end], text[piece.lower_start : piece.lower_end]
            if piece.copied and above != below:
                return [f"{doc_id} quotes {above!r} where the source says {below!r}"]
    return []


def _not_found(snapshot: Snapshot, doc_id: str, text: str) -> list[str]:
    _, _, first = passages(text)[0]
    wrong = []
    if doc_id not in _documents(snapshot, _by_dense(snapshot, first, 10)):
        wrong.append(f"{doc_id} is not found by dense search")
    if _documents(snapshot, _by_terms(snapshot, rare_word(text), 10)) != {doc_id}:
        wrong.append(f"{doc_id} is not the one found by its rare word")
    return wrong


def superseded_lost(snapshot: Snapshot, superseded: dict[tuple[str, str], str]) -> list[str]:
    """Those of the ``superseded`` texts (by document and revision) that cannot be read as they were."""
    return [
        f"revision {revision} of {doc_id} is lost"
        for (doc_id, revision), text in superseded.items()
        if snapshot.source_text(doc_id, revision) != text
    ]


def _documents(snapshot: Snapshot, chunk_ids: list[int]) -> set[str]:
    return {chunk.document.doc_id for chunk in snapshot.chunks(chunk_ids)}


def _by_dense(snapshot: Snapshot, question: str, limit: int, doc_ids: list[str] | None = None) -> list[int]:
    vector = _ENCODER.encode_query([question])[0]
    return [chunk_id for chunk_id, _ in snapshot.dense(vector, limit, doc_ids)]


def _by_terms(snapshot: Snapshot, question: str, limit: int) -> list[int]:
    return [chunk_id for chunk_id, _ in snapshot.lexical(LexicalQuery.of(question), limit)]
