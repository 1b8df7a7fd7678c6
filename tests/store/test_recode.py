from pathlib import Path

import pytest
from fakes import HashEncoder
from small_store import KLING, KUAISHOU, doc, found_by_terms, put

from indexer.collection import Collection
from indexer.collections import Collections
from indexer.doctor import examine
from indexer.encoder import TokenEncoder
from indexer.errors import EncoderMismatch, NotReady
from indexer.recode import recode


class PlainEncoder:
    """Vectors alone, no tokens, of another size: as a model of the hub gives them."""

    def __init__(self, name: str = "plain") -> None:
        self._inner = HashEncoder(dim=32, name=name)
        self.name, self.dim, self.fingerprint = name, 32, self._inner.fingerprint

    def encode(self, texts):
        return self._inner.encode(texts)

    def encode_query(self, texts):
        return self._inner.encode(texts)


NEW = PlainEncoder()


@pytest.fixture
def turned(collection: Collection) -> Collection:
    """The same collection, opened with the new encoder."""
    return Collection(collection.path, NEW)


def many(collection: Collection, first: int, last: int) -> None:
    put(
        collection, *(doc(f"d{number}", f"编号{number}的文件。讲述第{number}个故事。") for number in range(first, last))
    )


def nearest(collection: Collection, text: str) -> str:
    snapshot = collection.snapshot()
    ((chunk_id, _),) = snapshot.dense(NEW.encode_query([text])[0], 1)
    return snapshot.chunks([chunk_id])[0].document.doc_id


def test_the_new_encoder_takes_over_in_one_commit(collection: Collection, turned: Collection):
    assert not isinstance(NEW, TokenEncoder)
    put(collection, doc("a", KLING), doc("b", KUAISHOU))
    held = collection.snapshot()
    receipt = recode(turned, NEW)
    assert (receipt.passages, receipt.commit) == (2, 2)
    assert nearest(turned, KUAISHOU) == "b"
    assert found_by_terms(turned.snapshot(), "专业创作者") == ["a"]
    assert examine(turned).well
    assert found_by_terms(held, "专业创作者") == ["a"]
    with pytest.raises(EncoderMismatch, match=r"'plain'.*'hash'"):
        collection.snapshot()
    put(turned, doc("c", "之后的文件。"))
    assert turned.snapshot().documents_count == 3


def test_once_is_enough(collection: Collection, turned: Collection):
    put(collection, doc("a", KLING))
    recode(turned, NEW)
    assert recode(turned, NEW).commit is None


def test_readers_and_writers_go_on_with_the_old_encoder_meanwhile(collection: Collection, turned: Collection):
    many(collection, 0, 300)
    seen = []

    def on_batch(done: int, total: int) -> None:
        seen.append((done, total))
        if len(seen) == 1:
            with collection.writer() as writer:
                writer.remove("d7")
                writer.put(doc("late", KLING))
                writer.commit()
            assert found_by_terms(collection.snapshot(), "专业创作者") == ["late"]

    recode(turned, NEW, on_batch=on_batch)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert nearest(turned, KLING) == "late"
    assert turned.snapshot().documents_count == 300
    assert examine(turned).well


def test_a_run_that_stopped_goes_on_where_it_ended(collection: Collection, turned: Collection):
    many(collection, 0, 600)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recode(turned, NEW, on_batch=stop)
    assert collection.snapshot().commit == 1
    assert examine(collection).well
    receipt = recode(turned, NEW)
    assert 0 < receipt.passages < 600
    assert examine(turned).well


def test_what_was_begun_for_another_encoder_is_not_taken_over(collection: Collection, turned: Collection):
    many(collection, 0, 300)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    other = PlainEncoder("third")
    with pytest.raises(KeyboardInterrupt):
        recode(Collection(collection.path, other), other, on_batch=stop)
    assert recode(turned, NEW).passages == 300
    assert nearest(turned, "编号12的文件。讲述第12个故事。") == "d12"


def test_an_empty_collection_has_nothing_to_recode(tmp_path: Path):
    with pytest.raises(NotReady):
        recode(Collections(tmp_path, NEW).create("default"), NEW)
