from __future__ import annotations

import pytest

from api.app import create_app
from api.reply.links import base_url, links_from
from api.settings import Settings
from indexer.collections import Collections
from indexer.errors import ConfigError

PLACE = {"doc_id": "a.b", "start": 3, "end": 9, "revision": "0f", "page": None, "quote": "x"}


def test_a_link_has_the_form_that_the_page_reads():
    link = links_from("https://qa.example.org/citespan/")
    assert link("default", PLACE) == "https://qa.example.org/citespan/#/doc/default/a.b?start=3&end=9&revision=0f"
    assert link("news", PLACE | {"page": 2}).endswith("#/doc/news/a.b?start=3&end=9&revision=0f&page=2")
    assert link("news", {"doc_id": "a.b"}) == "https://qa.example.org/citespan/#/doc/news/a.b"


@pytest.mark.parametrize("host", ["http://a) ![x](http://b/", 'http://a"><b>/', "http://a b\\/"])
def test_no_host_can_break_out_of_a_link(host):
    assert not set(links_from(host)("default", PLACE)) & set(' ()<>"`\\\n!')


def test_an_address_in_brackets_stays():
    assert links_from("http://[::1]:8000/")("c", {"doc_id": "a"}) == "http://[::1]:8000/#/doc/c/a"


def test_links_begin_at_the_public_address_if_there_is_one():
    assert base_url(Settings(), "http://127.0.0.1:8000/") == "http://127.0.0.1:8000/"
    assert base_url(Settings(public_url="https://qa.example.org/x"), "http://pod:8000/") == "https://qa.example.org/x/"


@pytest.mark.parametrize(
    "url", ["", "qa.example.org", "ftp://a", "http://a b/", "https://a/?q", "https://a/#x", "https:///"]
)
def test_an_address_that_is_none_stops_the_start(tmp_path, encoder, pipeline, url):
    with pytest.raises(ConfigError, match="public_url"):
        create_app(Settings(data_dir=tmp_path, public_url=url), pipeline, Collections(tmp_path, encoder))
