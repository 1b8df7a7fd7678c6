"""UTF-8 that was read as Windows-1252 or Latin-1: three accented letters and signs for one Han character.

Repaired only where the bytes, put back, are exact UTF-8; a real accented word almost never is.
"""

from __future__ import annotations

import re

from indexer.offsets import Edit

# Windows-1252's letters for the bytes 80-9f; Latin-1 reads them as the control of the same number.
_BYTES: dict[str, int] = {chr(byte): byte for byte in range(0x80, 0x100)}
for _byte in range(0x80, 0xA0):
    try:
        _BYTES[bytes([_byte]).decode("cp1252")] = _byte
    except UnicodeDecodeError:
        continue
_TAIL = "[" + "".join(re.escape(char) for char, byte in _BYTES.items() if 0x80 <= byte < 0xC0) + "]"
_SEQUENCE = re.compile(f"[\u00c2-\u00df]{_TAIL}|[\u00e0-\u00ef]{_TAIL}{_TAIL}|[\u00f0-\u00f4]{_TAIL}{_TAIL}{_TAIL}")
_ENOUGH_PAIRS = 3


def mojibake(text: str) -> list[Edit]:
    """Repair exact sequences: those of three and more bytes always, pairs (which real text may hold by
    chance) only when the text has several kinds of damage or at least three pairs."""
    if text.isascii():
        return []
    found: list[tuple[Edit, int]] = []
    for match in _SEQUENCE.finditer(text):
        char = _decoded(match[0])
        if char is not None:
            found.append((Edit(match.start(), match.end(), char), len(match[0])))
    pairs = sum(length == 2 for _, length in found)
    longer = len(found) - pairs
    trusted = longer > 0 or pairs >= _ENOUGH_PAIRS
    return [edit for edit, length in found if length > 2 or trusted]


def _decoded(sequence: str) -> str | None:
    try:
        return bytes(_BYTES[char] for char in sequence).decode("utf-8")
    except UnicodeDecodeError:
        return None
