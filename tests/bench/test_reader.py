"""The paragraph given: which questions are asked, and a first reading against the marked answers."""

from __future__ import annotations

from pathlib import Path

from tiny_sets import write_set

from bench.reader import Result, measure, questions, results, table
from qa.reading.read import ClauseReader
from training.reader.questions import Cosines
from training.reader.sets import Example, held_out

TEXT = "云帆科技成立于2012年。公司创始人是林晓舟。去年营收为45.2亿元。"


def example(question: str, answer: str) -> Example:
    start = TEXT.index(answer)
    return Example(question, question, "p", TEXT, ((start, start + len(answer)),))


def test_a_right_reading_counts_whole_and_a_wrong_one_by_its_overlap() -> None:
    reader, cosines = ClauseReader(), Cosines()
    right = measure("t", [example("云帆科技去年营收是多少？", "45.2亿元")], reader, cosines)
    assert (right.questions, right.exact, right.f1, right.sentence) == (1, 1.0, 1.0, 1.0)
    wrong = measure("t", [example("云帆科技去年营收是多少？", "林晓舟")], reader, cosines)
    assert (wrong.exact, wrong.f1, wrong.sentence) == (0.0, 0.0, 0.0)
    both = measure("t", [example("云帆科技去年营收是多少？", word) for word in ("45.2亿元", "林晓舟")], reader, cosines)
    assert (both.exact, both.sentence) == (0.5, 0.5)


def test_a_set_that_was_trained_on_is_asked_on_the_paragraphs_kept_from_it(tmp_path: Path) -> None:
    texts = {f"p{number}": TEXT for number in range(20)}
    for name, lang in (("drcd-dev", "zh-Hant"), ("xquad-dev", "zh")):
        write_set(tmp_path, name, texts, [("去年营收是多少？", key, "45.2亿元") for key in texts], lang)
    kept = [each.paragraph_id for each in questions(tmp_path, "drcd-dev:zh-Hant:zh-Hant")]
    assert kept == [key for key in texts if held_out(key)]
    assert 0 < len(kept) < 20
    assert [each.paragraph_id for each in questions(tmp_path, "xquad-dev:zh:zh", 7)] == list(texts)[:7]


def test_a_row_is_a_task_in_percent(tmp_path: Path) -> None:
    write_set(tmp_path, "s", {"p": TEXT}, [("云帆科技去年营收是多少？", "p", "45.2亿元")])
    (found,) = results(tmp_path, None, ["s:zh:zh"])
    assert (found.task, found.questions, found.exact) == ("s:zh:zh", 1, 1.0)
    *_, own, kept = table([Result(task, 2, 0.5, 0.625, 1.0, 3.21) for task in ("xquad-dev:en:zh", "mlqa-dev:en:zh")])
    assert own == "| xquad-dev en->zh | 2 | 50.0 | 62.5 | 100.0 | 3.2 |"
    assert kept.startswith("| mlqa-dev en->zh (kept from training) | 2 |")
