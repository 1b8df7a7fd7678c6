"""The question in the corpus's own words: each name as the documents write it.

A vector is a sum over the text, so every further name of the same thing draws it away from the rest of the question;
one is enough, and it should be the one that occurs. (English questions on the first corpus: evidence in the first
passage for 75 % with one name, 55 % with all of them.)
"""

from __future__ import annotations

from indexer.lexical import LexicalQuery
from indexer.snapshot import Snapshot
from qa.results import Alias, Query


def in_corpus_names(query: Query, snapshot: Snapshot) -> str:
    """``query.text`` with each glossary name that the corpus does not know replaced by one that it does.

    Of several the glossary's first is taken; a name stays when the corpus knows it, or none of its others.
    """
    out: list[str] = []
    at = 0
    for alias in query.aliases:
        out += [query.text[at : alias.start], _name(alias, snapshot)]
        at = alias.end
    return "".join([*out, query.text[at:]])


def _name(alias: Alias, snapshot: Snapshot) -> str:
    if _knows(snapshot, alias.term):
        return alias.term
    other = next((name for name in alias.others if _knows(snapshot, name)), None)
    return alias.term if other is None else f" {other} "


def _knows(snapshot: Snapshot, name: str) -> bool:
    """Whether every term of ``name`` occurs in the corpus."""
    body = LexicalQuery.of(name).body
    return bool(body) and snapshot.knows(body)
