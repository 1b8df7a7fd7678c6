from __future__ import annotations

import pytest
from textmaking import document, loaded, marked, source_of

from indexer.clean import clean
from indexer.fixers import FIXERS


def test_each_fixer_reports_what_it_did_and_can_be_switched_off() -> None:
    noisy = "創(chuàng)業(yè)者&amp;公司<br />好\ufeff的  話"
    readable = clean(document(noisy))
    assert readable.text == "創業者&公司\n好的 話"
    assert readable.fixes == {"tags": 1, "entities": 1, "pinyin": 2, "invisible": 1, "spacing": 1}
    assert clean(document(noisy), skip={"pinyin"}).text == "創(chuàng)業(yè)者&公司\n好的 話"
    assert clean(document(noisy), skip=FIXERS).text == noisy


def test_an_unknown_fixer_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such fixer: pinjin"):
        clean(document("x"), skip={"pinjin"})


def test_spans_lead_back_through_all_layers() -> None:
    source = "<p>創(chuàng)業(yè)者&amp;公司</p>"
    assert source_of(source, clean(loaded(source, "a.html")), "創業者&公") == "創(chuàng)業(yè)者&amp;公"


def test_lost_characters_are_marked_broken() -> None:
    readable = clean(document("一个词丢了\ufffd\ufffd字。完好的\ufffd"))
    assert marked(readable, "broken") == ["\ufffd", "\ufffd"]


def test_an_empty_or_blank_document_is_readable_as_nothing() -> None:
    for text in ("", "\n \u3000", "\ufeff"):
        assert clean(document(text)).text == ""
