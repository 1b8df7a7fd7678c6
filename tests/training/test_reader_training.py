"""What the reader is trained and calibrated on: lessons, glosses, and questions that cannot be answered."""

from __future__ import annotations

import pickle
import random
from pathlib import Path

import numpy as np
import pytest

from qa.confidence import NAMES
from qa.evaluation.gold import Context
from qa.evaluation.temporary import indexed
from qa.reading.read import embedded_encoder
from training.reader.batches import Tables, batched
from training.reader.confidence import best_threshold, fit, weights_of
from training.reader.glossed import Glosser
from training.reader.lessons import Lessons
from training.reader.network import tables, train, trained
from training.reader.observe import KEPT, Case, Observation, Observer, altered, treated
from training.reader.questions import Cosines, collection, retrieved
from training.reader.sets import Example, held_out

TEXTS = {
    "p1": "云帆科技2024年营收为45.2亿元。公司创始人是林晓舟，总部在杭州。",
    "p2": "白鹭出版社成立于1987年，社长是周南。它每年出版图书300种。",
}
COSINES = Cosines()


def example(question: str, paragraph: str, answer: str) -> Example:
    start = TEXTS[paragraph].index(answer)
    return Example("q", question, paragraph, TEXTS[paragraph], ((start, start + len(answer)),))


EXAMPLES = [
    example("云帆科技2024年营收是多少？", "p1", "45.2亿元"),
    example("云帆科技的创始人是谁？", "p1", "林晓舟"),
    example("白鹭出版社成立于哪一年？", "p2", "1987年"),
]


def lessons_of(examples: list[Example]) -> Lessons:
    index, cut = collection(EXAMPLES, COSINES)
    made = Lessons()
    for one in examples:
        assert made.add(one.question, one, retrieved(one, index, cut), COSINES, random.Random(1))
    return made


def test_lessons_joined_are_the_lessons_made_together() -> None:
    together = lessons_of(EXAMPLES)
    joined = lessons_of(EXAMPLES[:1])
    joined.join(lessons_of(EXAMPLES[2:]))
    words = [[list(made.surfaces)[n] for n in made.made[-1].sentences[0].surfaces] for made in (together, joined)]
    assert words[0] == words[1]
    np.testing.assert_array_equal(together.made[-1].sentences[0].f1, joined.made[-1].sentences[0].f1)
    assert max(sentence.f1.max() for sentence in joined.made[0].sentences) == pytest.approx(1.0)


def test_padding_adds_no_words() -> None:
    made = lessons_of(EXAMPLES)
    size = len(made.made[0].sentences[0].features[0])
    dim = 4
    vectors = np.ones((len(made.surfaces), dim), np.float16)
    keys = np.ones((len(made.surfaces), 2), np.int64)
    batch = batched(made.made, Tables(vectors, keys, np.zeros(size, np.float32), np.ones(size, np.float32)))
    words = sum(len(sentence.surfaces) for one in made.made for sentence in one.sentences)
    assert int(batch.real.sum()) == words
    assert int(batch.vectors.sum()) == words * dim
    assert int(batch.keys.sum()) == words * 2
    assert batch.vectors.shape[0] % 32 == 0
    assert batch.vectors.shape[1] % 16 == 0


def test_a_seed_makes_one_network_and_another_seed_another() -> None:
    data = lessons_of(EXAMPLES)
    made_with, keys = tables(data, least=1)
    one, again, other = (train(data.made, made_with, seed, len(keys), epochs=2).weights() for seed in (3, 3, 4))
    assert all((one[name] == again[name]).all() for name in one)
    assert any((one[name] != other[name]).any() for name in one)


def test_networks_trained_side_by_side_are_those_trained_in_turn(tmp_path: Path) -> None:
    data = lessons_of(EXAMPLES)
    (tmp_path / "lessons").write_bytes(pickle.dumps(data))
    in_turn, at_once = (trained(data, *tables(data), tmp_path / "lessons", epochs=1, jobs=jobs) for jobs in (1, 2))
    for one, other in zip(in_turn, at_once, strict=True):
        ours, theirs = one.weights(), other.weights()
        assert ours.keys() == theirs.keys()
        assert all((ours[name] == theirs[name]).all() for name in ours)


def test_a_gloss_is_an_english_question_about_the_same() -> None:
    gloss = Glosser(embedded_encoder()).question("谁创办了北京的医院？", random.Random(0))
    assert gloss is not None
    assert gloss.startswith("who ")
    assert gloss.isascii()
    assert "Beijing" in gloss
    assert "hospital" in gloss.lower()
    assert Glosser(embedded_encoder()).question("请介绍北京", random.Random(0)) is None


@pytest.mark.parametrize("question", ["2024年营收是多少？", "How many people lived in Berlin in 1987?"])
def test_an_altered_question_asks_for_another_number(question: str) -> None:
    other = altered(question, ["谁是周南？"], random.Random(2))
    assert other is not None
    assert len(other) == len(question)
    assert sum(a != b for a, b in zip(question, other, strict=True)) == 1


def test_cases_are_treated_in_turn_and_only_kept_ones_have_answers() -> None:
    ids = [f"p{number}" for number in range(200)]
    fresh = [i for i in ids if held_out(i)]
    found = [Example(i, f"{i}年的营收是多少？", i, "营收为8亿元。", ((3, 6),)) for i in ids]
    cases = treated(found, 12)
    assert len(fresh) >= 12
    assert {case.treatment for case in cases} == {KEPT, "lost", "altered", "cut"}
    assert all(bool(case.answers) == (case.treatment == KEPT) for case in cases)
    assert all(case.question.split("年")[0] in fresh for case in cases if case.treatment != "altered")


def test_what_is_taken_away_is_not_found() -> None:
    observer = Observer()
    question, answer = EXAMPLES[1].question, ("林晓舟",)
    cases = [
        Case(question, KEPT, answer),
        Case(question, "lost", without="p1"),
        Case(question, "cut", cut=answer),
    ]
    with indexed([Context(key, "", text) for key, text in TEXTS.items()], observer.encoder) as snapshot:
        kept, lost, cut = (each for each in observer.observe("test", snapshot, cases) if each.rank == 0)
    assert kept.f1 == 1.0
    assert (lost.f1, cut.f1) == (0.0, 0.0)
    cover = NAMES.index("cover_passage")
    assert kept.measures[cover] > lost.measures[cover]
    assert kept.measures[cover] > cut.measures[cover]


def test_weights_give_each_source_its_share_and_the_mix_its_answerable_part() -> None:
    told = "a kept, a lost, b cut, business kept, business near, seeds kept, seeds kept, seeds near"
    rows = [Observation(*pair.split(), 0, (), 1.0, 0.0) for pair in told.split(", ")]
    answerable = np.array([row.treatment == KEPT for row in rows])
    weights = weights_of(rows, answerable)
    assert weights.mean() == pytest.approx(1.0)
    assert weights[answerable].sum() / weights.sum() == pytest.approx(2 / 3)
    business = np.array([row.source == "business" for row in rows])
    assert weights[business].sum() / weights.sum() == pytest.approx(0.1)


def test_no_measure_counts_against_its_meaning() -> None:
    dice = np.random.default_rng(0)
    z = dice.normal(size=(400, len(NAMES)))
    right = z[:, NAMES.index("name_missing")] > 0  # as if a missing name spoke for an answer
    weights, _ = fit(z, right, np.ones(400))
    assert weights[NAMES.index("name_missing")] == 0.0
    assert weights[NAMES.index("belief")] >= 0.0


def test_the_threshold_favours_precision() -> None:
    p = np.array([0.9, 0.8, 0.7, 0.3, 0.25, 0.2, 0.15, 0.1])
    right = np.array([True, True, True, False, True, False, False, False])
    assert 0.3 < best_threshold(p, right, np.ones(len(p))) <= 0.7
