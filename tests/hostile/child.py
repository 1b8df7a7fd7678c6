"""Runs by itself: reads inputs, each the whole way into a collection, and tells what became of them.

On standard input, an input is a line of JSON (``name``, ``size``, ``keep``) and its bytes. The answer is a line too:
``indexed`` (passages), ``refused`` (an error's code) or ``broken`` (what went wrong), and ``peak_mb``. An empty name
has all that is kept so far committed and looked for.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

warnings.filterwarnings("error")
warnings.filterwarnings("ignore", "builtin type (SwigPy|swigvarlink)", DeprecationWarning)

import orjson  # noqa: E402 - warnings come first

from indexer.collection import Collection  # noqa: E402
from indexer.documents import Document  # noqa: E402
from indexer.encoder import EMBEDDED, load_encoder  # noqa: E402
from indexer.errors import LoadError  # noqa: E402
from indexer.lexical import LexicalQuery  # noqa: E402
from indexer.limits import LoadLimits  # noqa: E402
from indexer.load import load_bytes  # noqa: E402
from indexer.packing import unpack_sentences, unpack_text  # noqa: E402
from indexer.prepare import Prepared, prepare  # noqa: E402

MEMORY = 1_500_000_000  # bytes, above what all that is imported takes
_MOST = 100  # passages are looked for
# Lower than by default: the same inputs are too much sooner.
LIMITS = LoadLimits(max_pdf_seconds=2, max_pdf_memory=300_000_000)


class Child:
    def __init__(self, folder: Path) -> None:
        self._encoder = load_encoder(EMBEDDED)
        self._collection = Collection(folder / "c", self._encoder)
        self._kept: dict[str, Prepared] = {}

    def read(self, name: str, data: bytes, keep: bool) -> dict[str, object]:
        try:
            document = load_bytes(data, name, limits=LIMITS)
            prepared = prepare(document, self._encoder)
        except LoadError as error:
            return {"refused": error.error_code}
        _check(prepared)
        if keep:
            self._kept[document.doc_id] = prepared
        return {"indexed": len(prepared.chunks)}

    def commit(self) -> dict[str, object]:
        with self._collection.writer() as writer:
            for prepared in self._kept.values():
                writer.put(prepared)
            writer.commit()
        for prepared in self._kept.values():
            self._find(prepared)
        count = len(self._kept)
        self._kept.clear()
        return {"indexed": count}

    def _find(self, prepared: Prepared) -> None:
        document, snapshot = prepared.document, self._collection.snapshot()
        doc_id = document.doc_id
        stored = snapshot.document(doc_id)
        assert (stored.title, stored.characters) == (document.title, len(document.text))
        assert snapshot.source_text(doc_id) == document.text
        for each in (prepared.chunks[0], prepared.chunks[-1]):
            text = _text(document, each.row.text, each.row.start, each.row.end)
            query = LexicalQuery.of(text[:100])
            ids = [number for number, _ in snapshot.lexical(query, _MOST, [doc_id])]
            ids += [number for number, _ in snapshot.dense(self._encoder.encode_query([text])[0], _MOST, [doc_id])]
            found = {chunk.start: chunk for chunk in snapshot.chunks(ids)}
            assert each.row.start in found or len(prepared.chunks) > _MOST or not query.body, (
                "not found by its own words"
            )
            for chunk in found.values():
                low, high = chunk.map.to_lower(0, len(chunk.text))
                assert snapshot.source_text(doc_id, start=low, end=high) == document.text[chunk.start : chunk.end]


def _check(prepared: Prepared) -> None:
    """A passage is its piece of the source text, letter by letter where it is a copy."""
    document = prepared.document
    orjson.dumps({"title": document.title, "published": document.published, "metadata": dict(document.metadata)})
    for each in prepared.chunks:
        row = each.row
        assert 0 <= row.start < row.end <= len(document.text)
        text = _text(document, row.text, row.start, row.end)
        for low, high in unpack_sentences(row.sentences):
            assert 0 <= low < high <= len(text)


def _text(document: Document, packed: bytes, start: int, end: int) -> str:
    text, map_ = unpack_text(packed, document.text[start:end], start)
    assert text.strip()
    assert map_.to_lower(0, len(text)) == (start, end)
    for piece in map_.pieces:
        if piece.copied:
            assert text[piece.upper_start : piece.upper_end] == document.text[piece.lower_start : piece.lower_end]
    return text


def _taken() -> int:
    """Bytes of address space."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        child = Child(Path(folder))
        child.read("warm.txt", "热身的话。 Words to warm up.".encode(), keep=True)
        child.read("warm.docx", b"", keep=False)
        child.commit()
        most = _taken() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        answers = sys.stdout
        sys.stdout = sys.stderr
        for line in sys.stdin.buffer:
            order = json.loads(line)
            try:
                data = sys.stdin.buffer.read(order["size"])
                answer = child.read(order["name"], data, order["keep"]) if order["name"] else child.commit()
            except BaseException:  # noqa: BLE001 - whatever it is, it is told
                answer = {"broken": traceback.format_exc()[-1500:]}
            answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
