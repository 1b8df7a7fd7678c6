from pathlib import Path

import pytest

from bench.live import Seen, _citations, run
from bench.service import serving

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    with serving(tmp_path_factory.mktemp("live"), SEEDS, workers=2) as (host, port):
        return run(host, port, seconds=6, connections=6)


def test_no_request_fails_while_documents_come_change_and_go(seen: Seen):
    assert seen.errors == []
    assert seen.commits >= 5
    assert seen.answers >= 20


def test_nothing_deleted_is_cited_and_every_citation_verifies(seen: Seen):
    assert seen.wrong == []
    assert seen.verified > 20


def test_every_worker_is_at_the_new_commit_within_a_second(seen: Seen):
    assert seen.lag_s < 1


def test_every_place_that_an_answer_names_is_looked_at():
    answer = {"citations": ["a", "b"], "span": "c"}
    body = {"answer": answer, "alternatives": [answer], "passages": ["d"]}
    assert list(_citations(body)) == ["a", "b", "c", "a", "b", "c", "d"]
    assert list(_citations({"answer": None, "alternatives": [], "passages": []})) == []
