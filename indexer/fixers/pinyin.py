"""Readings in brackets after the characters they belong to: 創(chuàng)作 becomes 創作."""

from __future__ import annotations

import re

from indexer.offsets import Edit

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007"
TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
LETTERS = f"a-züê{TONES}"
#: One syllable, no longer than "zhuàng". Without a tone mark it may be any true bracket: (max), (if).
SYLLABLE = f"(?=[a-züê]{{0,5}}[{TONES}])[{LETTERS}]{{1,6}}"
ANNOTATED = re.compile(f"([{HAN}])([ \u3000]?[(\uff08] ?({SYLLABLE}) ?[)\uff09])")


def pinyin(text: str) -> list[Edit]:
    """Remove bracketed syllables with a tone mark that directly follow a Han character."""
    if not re.search(f"[{TONES}]", text):
        return []
    return [Edit(found.start(2), found.end(2)) for found in ANNOTATED.finditer(text)]
