"""The object of ``/v1/ask`` as a reply that people read in a chat: pure functions, for every chat program.

The quoted span, the sentence that holds it, how likely it is and of when, what contradicts it, and numbered sources
with links to the exact place; or that the documents do not tell, and the nearest passages. Everything that stems
from a document is escaped (``api/reply/markup.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.reply.excerpt import excerpt
from api.reply.links import Link
from api.reply.markup import MARKDOWN, Markup, unescaped
from api.reply.traditional import traditional_units
from api.reply.value_text import value_text
from api.reply.words import CHINESE, ENGLISH, Words, words_of
from qa.results import Language

Result = Mapping[str, Any]
_NEAREST = 3
_QUOTED = 3
"""Sentences quoted for one answer; further ones are told by their sources alone."""
_WHOLE = 0.8
"""From this share of its sentence on, the sentence stands for the answer, as on the web page."""
_EVEN = 0.5
_ANSWERED = re.compile(
    rf"^(?:{'|'.join(label for words in (ENGLISH, CHINESE) for label in (words.answer, words.possible))})"
    r" ?\*\*(?P<span>.{1,200})\*\*(?: \([^*]*\)|（[^*]*）)?$",
    re.MULTILINE,
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def markdown_reply(result: Result, link: Link, language: Language, *, completed: str | None = None) -> str:
    """The reply in Markdown. ``completed``: the question as it was understood, where it leaned on earlier ones."""
    return compose(result, link, language, MARKDOWN, completed=completed)


def answered(reply: str) -> str | None:
    """The span that a reply of :func:`markdown_reply` answers with; None without one, or if the reply is another's."""
    found = _ANSWERED.search(reply)
    return unescaped(found["span"]) if found else None


def compose(result: Result, link: Link, language: Language, markup: Markup, *, completed: str | None = None) -> str:
    """The reply in any markup, its blocks parted by empty lines."""
    words = words_of(language, result["question"])
    blocks = [words.understood.format(question=markup.text(completed))] if completed else []
    writer = _Writer(result, link, words, markup)
    blocks += writer.abstention() if result["answer"] is None else writer.answer()
    return "\n\n".join(blocks)


class _Writer:
    """One reply on its way: the result, the words and the markup that every part of it needs."""

    def __init__(self, result: Result, link: Link, words: Words, markup: Markup) -> None:
        self._result, self._link, self._words, self._markup = result, link, words, markup
        self._numbers: dict[tuple[object, ...], int] = {}
        self._sources: list[Mapping[str, Any]] = []

    def answer(self) -> list[str]:
        answer = self._result["answer"]
        blocks = [*self._headline(answer), *self._quotations(answer), self._facts(answer)]
        blocks += self._alternatives(self._result["alternatives"])
        return [*blocks, self._source_list(self._words.sources, self._sources)]

    def abstention(self) -> list[str]:
        words, passages = self._words, self._result["passages"][:_NEAREST]
        said = words.reasons.get(self._result["reason"] or "", words.reason)
        blocks = [f"{self._markup.strong(words.abstention)} {said}"]
        if not passages:
            return [*blocks, words.advice]
        question = self._result["question"]
        return [*blocks, self._source_list(words.nearest, passages, [excerpt(each, question) for each in passages])]

    def _headline(self, answer: Mapping[str, Any]) -> Iterable[str]:
        words, markup = self._words, self._markup
        if answer["verdict"]:
            return [markup.strong(words.verdicts[answer["verdict"]])]
        label = words.possible if answer["confidence"] < _EVEN else words.answer
        if len(answer["parts"]) > 1:
            parts = [markup.bullet(markup.text(part)) for part in answer["parts"]]
            return [label, "\n".join(parts)]
        if _whole(answer):
            return [label if label == words.possible else words.in_words]
        gap = " " if words.is_english else ""
        return [f"{label}{gap}{markup.strong(markup.text(answer['text']))}{self._notes(self._worth(answer))}"]

    def _quotations(self, answer: Mapping[str, Any]) -> Iterable[str]:
        """The sentence of the answer, readable, and the others that its citations quote."""
        first, *others = answer["citations"]
        yield self._quotation(answer["context"] or first["quote"], first)
        for citation in others:
            self._mark(citation)
        for citation in others[: _QUOTED - 1]:
            yield self._quotation(_TAG.sub(" ", citation["quote"]), citation)

    def _quotation(self, text: str, citation: Mapping[str, Any]) -> str:
        return self._markup.quotation(self._markup.text(text), self._mark(citation))

    def _facts(self, answer: Mapping[str, Any]) -> str:
        words = self._words
        facts = [words.how_sure(answer["confidence"]), *self._dated(answer)]
        if self._result["agreement"] == "agree" and len(answer["citations"]) > 1:
            facts.append(words.agree.format(n=len(answer["citations"])))
        line = " · ".join(facts)
        return line[:1].upper() + line[1:]

    def _dated(self, answer: Mapping[str, Any]) -> list[str]:
        words = self._words
        told = [words.as_of.format(date=self._markup.text(words.date(answer["as_of"])))] if answer["as_of"] else []
        return [*told, words.forecast] if answer["forecast"] else told

    def _alternatives(self, alternatives: Sequence[Mapping[str, Any]]) -> Iterable[str]:
        if not alternatives:
            return
        conflict = self._result["agreement"] == "conflict"
        yield self._markup.strong(self._words.conflict) if conflict else self._words.others
        yield "\n".join(self._alternative(other) for other in alternatives)

    def _alternative(self, other: Mapping[str, Any]) -> str:
        markup, citation = self._markup, other["citations"][0]
        notes = self._notes([*self._worth(other), *self._dated(other)])
        figure = markup.bullet(f"{markup.strong(markup.text(other['text']))}{notes}")
        if _whole(other):
            return f"{figure} {self._mark(citation)}"
        return f"{figure}\n{markup.under(self._quotation(other['context'] or citation['quote'], citation))}"

    def _worth(self, answer: Mapping[str, Any]) -> list[str]:
        """What a figure is worth, where the reader may not read it."""
        told = value_text(answer["value"], answer["text"], self._words)
        if told and self._words.is_traditional:
            told = traditional_units(told)
        return [self._markup.text(told)] if told else []

    def _notes(self, told: Sequence[str]) -> str:
        return self._words.brackets.format(self._words.between.join(told)) if told else ""

    def _mark(self, citation: Mapping[str, Any]) -> str:
        """The number of the citation's place in the list of sources, in brackets."""
        key = (citation["doc_id"], citation["revision"], citation["start"], citation["end"])
        if key not in self._numbers:
            self._sources.append(citation)
            self._numbers[key] = len(self._sources)
        return f"[{self._numbers[key]}]"

    def _source_list(self, title: str, places: Sequence[Mapping[str, Any]], quotes: Sequence[str] = ()) -> str:
        markup, lines = self._markup, [self._markup.strong(title), ""]
        for number, place in enumerate(places, 1):
            name = markup.text(place["title"] or place["source"]) or self._words.untitled
            address = self._link(self._result["index"]["collection"], place)
            lines.append(markup.source(number, name, self._details(place), address))
            if quotes:
                lines.append(markup.under(markup.quotation(markup.text(quotes[number - 1]))))
        return "\n".join(lines)

    def _details(self, place: Mapping[str, Any]) -> str:
        """Publisher, date and page, as far as they are known."""
        words, told = self._words, []
        if place.get("publisher"):
            told.append(self._markup.text(place["publisher"]))
        if place["published"]:
            told.append(words.published.format(date=self._markup.text(words.date(place["published"]))))
        if place["page"] is not None:
            told.append(words.page.format(page=place["page"]))
        return words.between.join(told)


def _whole(answer: Mapping[str, Any]) -> bool:
    """Whether the answer is as good as all of its sentence."""
    return len(answer["text"]) > _WHOLE * len(answer["context"])
