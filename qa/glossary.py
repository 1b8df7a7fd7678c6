"""Names of one thing in several languages: Kuaishou = 快手. Which of them a text uses, and the others.

A glossary is a TOML file:

    [[entry]]
    terms = ["快手", "Kuaishou"]
    case_sensitive = true        # optional: "May" the company, not the month

Files are added up; an entry that shares a term with an earlier one extends it. Matching is done on folded text
(``indexer.normalize.fold``), so traditional characters, full width and case make no difference; a Latin term
must stand as whole words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import ahocorasick

from indexer.errors import ConfigError
from indexer.normalize import fold
from qa.results import Alias

_ENTRY_KEYS = {"terms", "case_sensitive"}


class Glossary:
    """Immutable; finding costs time linear in the text, whatever the number of terms."""

    def __init__(self, entries: Iterable[Sequence[str]] = (), case_sensitive: Iterable[str] = ()) -> None:
        self.entries: tuple[tuple[str, ...], ...] = _joined(entries)
        self._exact = frozenset(case_sensitive)
        self._automaton = ahocorasick.Automaton()
        for number, terms in enumerate(self.entries):
            for term in terms:
                self._automaton.add_word(fold(term), (len(term), number))
        if self.entries:
            self._automaton.make_automaton()

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Glossary:
        """The glossary that the files make together. ConfigError names the file and the entry that do not fit."""
        entries: list[Sequence[str]] = []
        exact: list[str] = []
        for path in paths:
            for terms, sensitive in _read(path):
                entries.append(terms)
                exact.extend(terms if sensitive else ())
        return cls(entries, exact)

    def find(self, text: str) -> tuple[Alias, ...]:
        """The names in ``text``, in order, without overlap: the longest of those that start first."""
        if not self.entries:
            return ()
        folded = fold(text)
        found = []
        for last, (length, number) in self._automaton.iter(folded):
            start, end = last + 1 - length, last + 1
            if _whole_words(folded, start, end) and self._case_fits(text[start:end], number):
                found.append((start, -end, number))
        kept: list[Alias] = []
        for start, minus_end, number in sorted(found):
            if not kept or start >= kept[-1].end:
                kept.append(self._alias(text, folded, start, -minus_end, number))
        return tuple(kept)

    def _alias(self, text: str, folded: str, start: int, end: int, number: int) -> Alias:
        others = tuple(term for term in self.entries[number] if fold(term) != folded[start:end])
        return Alias(start, end, text[start:end], others)

    def _case_fits(self, written: str, number: int) -> bool:
        same = [term for term in self.entries[number] if fold(term) == fold(written)]
        return any(term not in self._exact or term == written for term in same)


def _joined(entries: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Entries with a term in common become one, in the order of their first terms."""
    groups: list[list[str]] = []
    where: dict[str, int] = {}
    for terms in entries:
        known = sorted({where[fold(term)] for term in terms if fold(term) in where})
        target = known[0] if known else len(groups)
        if not known:
            groups.append([])
        merged = [term for number in known[1:] for term in groups[number]]
        for number in known[1:]:
            groups[number] = []
        for term in (*merged, *terms):
            if where.get(fold(term)) != target:
                groups[target].append(term)
            where[fold(term)] = target
    return tuple(tuple(group) for group in groups if group)


def _whole_words(folded: str, start: int, end: int) -> bool:
    """Whether no Latin word or number is cut at either end."""
    return not (_latin(folded, start - 1) and _latin(folded, start)) and not (
        _latin(folded, end - 1) and _latin(folded, end)
    )


def _latin(folded: str, at: int) -> bool:
    """Whether a letter or digit below the Han block stands at ``at``."""
    return 0 <= at < len(folded) and folded[at] < "\u2e80" and folded[at].isalnum()


def _read(path: Path) -> list[tuple[list[str], bool]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"glossary {path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"glossary {path}: not valid TOML in UTF-8 ({error})") from error
    unknown = set(data) - {"entry"}
    entries = data.get("entry", [])
    if unknown or not isinstance(entries, list):
        raise ConfigError(f"glossary {path}: only [[entry]] tables are known, found {sorted(unknown) or 'entry'}")
    return [_entry(path, number, entry) for number, entry in enumerate(entries, 1)]


def _entry(path: Path, number: int, entry: object) -> tuple[list[str], bool]:
    where = f"glossary {path}, entry {number}"
    if not isinstance(entry, dict):
        raise ConfigError(f"{where}: must be a table with terms")
    if unknown := set(entry) - _ENTRY_KEYS:
        raise ConfigError(f"{where}: unknown key {sorted(unknown)[0]!r}; known are case_sensitive and terms")
    terms, sensitive = entry.get("terms"), entry.get("case_sensitive", False)
    if not isinstance(terms, list) or len(terms) < 2 or not all(isinstance(t, str) and t.strip() for t in terms):
        raise ConfigError(f"{where}: terms must be a list of two or more names")
    if not isinstance(sensitive, bool):
        raise ConfigError(f"{where}: case_sensitive must be true or false")
    return [term.strip() for term in terms], sensitive
