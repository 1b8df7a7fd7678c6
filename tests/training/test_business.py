"""Made-up business news: answers stand where they are said to, what is asked in vain is not told, and values parse."""

from __future__ import annotations

from random import Random

import pytest

from indexer.normalize import fold
from qa.values.find import find_values
from training.reader.business import Asked, Paragraph, business
from training.reader.business.asks import question
from training.reader.business.figures import AMOUNTS, matching
from training.reader.business.measures import measures
from training.reader.business.paragraph import Draft, draft
from training.reader.business.words import fill

SEED, COUNT = 3, 500
VALUES = {"money": {"money"}, "ratio": {"ratio"}, "number": {"count"}, "duration": {"duration"}, "date": {"date"}}
VALUES["time-scoped"] = {"money", "ratio", "count", "duration"}


@pytest.fixture(scope="module")
def news() -> list[Paragraph]:
    return list(business(COUNT, SEED))


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return [draft(Random(number)) for number in range(COUNT)]


def pairs(news: list[Paragraph]) -> list[tuple[Paragraph, Asked]]:
    return [(paragraph, asked) for paragraph in news for asked in paragraph.questions]


def is_chinese(text: str) -> bool:
    return sum("一" <= char <= "鿿" for char in text) > 0.2 * len(text)


def answer(paragraph: Paragraph, asked: Asked) -> str:
    assert asked.answer is not None
    return paragraph.text[slice(*asked.answer)]


def test_equal_seeds_give_equal_news_and_others_do_not(news: list[Paragraph]) -> None:
    assert list(business(40, SEED)) == news[:40]
    assert {p.text for p in business(40, SEED + 1)}.isdisjoint(p.text for p in news)


def test_answers_are_whole_and_lie_within_their_text(news: list[Paragraph]) -> None:
    for paragraph, asked in pairs(news):
        if asked.answer is None:
            continue
        start, end = asked.answer
        assert 0 <= start < end <= len(paragraph.text)
        said = answer(paragraph, asked)
        assert said == said.strip(" ，。；、,.;“”（）()")
        digits = paragraph.text[max(0, start - 1) : start + 1], paragraph.text[end - 1 : end + 1]
        assert not any(edge.isascii() and edge.isdigit() and len(edge) == 2 for edge in digits)


def test_a_marked_figure_is_one_value_of_the_kind_asked_for(news: list[Paragraph]) -> None:
    marked = [(asked.kind, answer(p, asked)) for p, asked in pairs(news) if asked.answer and asked.kind in VALUES]
    wrong = [(kind, said) for kind, said in marked if [f.value["kind"] for f in find_values(said)] not in one_of(kind)]
    assert len(wrong) <= 0.03 * len(marked), wrong


def one_of(kind: str) -> list[list[str]]:
    return [[value] for value in VALUES[kind]]


def test_no_question_comes_twice_for_a_paragraph(news: list[Paragraph]) -> None:
    for paragraph in news:
        asked = [fold(a.question) for a in paragraph.questions]
        assert len(set(asked)) == len(asked)


def test_nothing_of_the_grammar_is_left_in_the_words(news: list[Paragraph]) -> None:
    for paragraph, asked in pairs(news):
        assert not set("{}[]|") & set(paragraph.text + asked.question)
        assert "  " not in asked.question
        assert asked.question[0] not in " ，,的"


def test_languages_and_kinds_come_in_the_shares_meant(news: list[Paragraph]) -> None:
    asked = pairs(news)
    kinds = [a.kind for _, a in asked]
    figures = sum(kind in ("number", "ratio", "money") for kind in kinds) / len(kinds)
    assert 0.3 < figures < 0.5
    for kind in ("entity", "date", "duration", "list", "reason", "yes-no", "comparison", "definition", "time-scoped"):
        assert kinds.count(kind) > 0.02 * len(kinds), kind
    assert 0.15 < sum(a.answer is None for _, a in asked) / len(asked) < 0.25
    languages = [(a.lang, is_chinese(p.text)) for p, a in asked]
    for pair, least in {("zh", True): 0.5, ("en", True): 0.18, ("en", False): 0.1, ("zh", False): 0.03}.items():
        assert languages.count(pair) > least * len(asked), pair


def test_half_the_english_questions_on_chinese_text_share_no_latin_word_with_it(news: list[Paragraph]) -> None:
    asked = [(p.text, a.question) for p, a in pairs(news) if a.lang == "en" and is_chinese(p.text)]
    apart = [q for text, q in asked if not any(w[:1].isupper() and w in text for w in q.split()[1:])]
    assert len(apart) > 0.5 * len(asked)


def test_vain_questions_about_figures_match_nothing_told(drafts: list[Draft]) -> None:
    vain = [(made, ask) for made in drafts for ask in made.vain if len(ask.topic) == 4]
    assert len(vain) > COUNT
    assert not any(matching(ask.topic, made.told) for made, ask in vain)


def test_vain_questions_about_other_things_ask_for_what_is_not_told(drafts: list[Draft]) -> None:
    vain = [(made, ask) for made in drafts for ask in made.vain if len(ask.topic) < 4]
    assert len(vain) > COUNT
    assert not any(ask.topic in made.told for made, ask in vain)


def test_a_measure_that_is_told_nowhere_is_not_in_the_text(drafts: list[Draft]) -> None:
    """Read from the text alone, whatever the generator believes to have told."""
    seen = 0
    for made in drafts:
        told = {topic[1] for topic in made.told if len(topic) == 4}
        text = made.text
        names = [name for key in told for name in (*measures()[key].word.zh, *measures()[key].word.en)]
        names += [form for key in told for whole in measures()[key].wholes for form in (*whole.zh, *whole.en)]
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, "#")
        for ask in made.vain:
            if len(ask.topic) == 4 and ask.topic[1] not in told and measures()[ask.topic[1]].sort != "share":
                seen += 1
                words = measures()[ask.topic[1]].word
                assert not any(name in text for name in (words.zh if is_chinese(made.text) else ())), (ask.topic, text)
    assert seen > 100


def test_what_is_asked_of_figures_has_one_answer(drafts: list[Draft]) -> None:
    for made in drafts:
        for ask in made.asks:
            if len(ask.topic) == 4 and ask.topic[3] in AMOUNTS:
                found = matching(ask.topic, made.told)
                assert [topic for topic in found if topic[3] == ask.topic[3]] == [ask.topic]
                assert {topic[3] for topic in found} <= {ask.topic[3], "forecast", "target"}


def test_a_question_may_leave_its_company_and_period_out_only_where_one_figure_is_meant(drafts: list[Draft]) -> None:
    dropped = 0
    for made in drafts:
        for ask in made.asks:
            if len(ask.topic) == 4 and ask.topic[3] in AMOUNTS and {"S", "P"} <= ask.may_drop:
                dropped += 1
                assert len(matching(ask.topic, made.told, subject=False, period=False)) == 1
    assert dropped > COUNT


def test_a_text_without_a_date_has_no_relative_periods(news: list[Paragraph]) -> None:
    undated = [fold(p.text) for p in news if p.published is None]
    assert len(undated) > 0.15 * COUNT
    assert not any("去年" in text.replace("去年同期", "") or "last year" in text for text in undated)


def test_every_ask_can_be_put_in_both_languages(drafts: list[Draft]) -> None:
    asks = [(ask, made.world) for made in drafts[:100] for ask in made.asks]
    for lang in ("zh", "en"):
        put = [question(ask, lang, world) for ask, world in asks]
        assert sum(q is not None for q in put) > 0.97 * len(put)


def test_a_filled_template_knows_where_its_slots_and_marks_stand() -> None:
    words = {"S": "office firm", "V1": "64.7%", "P": "Q3"}
    filled = fill("[y|a {S}] {P}{V1}", words.__getitem__)
    assert filled.text == "an office firm Q3 64.7%"
    assert {name: filled.text[slice(*span)] for name, span in filled.spans.items()} == words | {"y": "an office firm"}
