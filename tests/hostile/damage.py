"""What disks, networks and spiteful people do to a file, each a small change that can be told in one line."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_STRANGERS = (
    b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x80" * 40, b"(" * 3000, b"<" * 3000, b'"', b"'", b"\\", b"\r",
    b"99999999999999999999", b"-1", b"&#x110000;", b"\\ud800", b"%", b"PK\x03\x04", b"]]>", b"endstream", b"\n---\n",
    b"\x1b", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"/>", b"<!--", b"!!int ''",
)  # fmt: skip


@dataclass(frozen=True)
class Damage:
    """``how``: a key of ``WAYS``; ``at`` and ``to``: shares of the file; ``value`` chooses among what there is."""

    how: str
    at: float
    to: float
    value: int


def _cut(data: bytes, low: int, high: int, value: int) -> bytes:
    return data[:low]


def _lost(data: bytes, low: int, high: int, value: int) -> bytes:
    return data[:low] + data[high:]


def _doubled(data: bytes, low: int, high: int, value: int) -> bytes:
    return data[:high] + data[low:high] * (1 + value % 3) + data[high:]


def _moved(data: bytes, low: int, high: int, value: int) -> bytes:
    rest = data[:low] + data[high:]
    at = value % (len(rest) + 1)
    return rest[:at] + data[low:high] + rest[at:]


def _blanked(data: bytes, low: int, high: int, value: int) -> bytes:
    return data[:low] + b"\x00 \xff"[value % 3 : value % 3 + 1] * (high - low) + data[high:]


def _flipped(data: bytes, low: int, high: int, value: int) -> bytes:
    out = bytearray(data)
    chance = random.Random(value)
    for _ in range(1 + value % 12):
        out[chance.randrange(low, max(low + 1, high))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _stranger(data: bytes, low: int, high: int, value: int) -> bytes:
    return data[:low] + _STRANGERS[value % len(_STRANGERS)] + data[low:]


def _number(data: bytes, low: int, high: int, value: int) -> bytes:
    """The next number becomes another one."""
    new = (b"0", b"-1", b"4294967296", b"99999999999", b"1e99", b"NaN")[value % 6]
    return data[:low] + re.sub(rb"\d+", new, data[low:], count=1)


def _behind_itself(data: bytes, low: int, high: int, value: int) -> bytes:
    return data + data[low:]


WAYS: dict[str, Callable[[bytes, int, int, int], bytes]] = {
    "cut": _cut,
    "lost": _lost,
    "doubled": _doubled,
    "moved": _moved,
    "blanked": _blanked,
    "flipped": _flipped,
    "stranger": _stranger,
    "number": _number,
    "behind itself": _behind_itself,
}


def damaged(data: bytes, damages: Iterable[Damage]) -> bytes:
    for damage in damages:
        if data:
            low, high = sorted(min(int(share * len(data)), len(data) - 1) for share in (damage.at, damage.to))
            data = WAYS[damage.how](data, low, high, damage.value)
    return data


def some_damage(chance: random.Random) -> list[Damage]:
    """One to three damages, most of them small."""
    out = []
    for _ in range(chance.randint(1, 3)):
        at = chance.random()
        to = min(1.0, at + chance.choice([0.001, 0.02, 0.3]))
        out.append(Damage(chance.choice(list(WAYS)), at, to, chance.randrange(1 << 16)))
    return out


def inside(archive: bytes, member: str, damages: Iterable[Damage]) -> bytes:
    """The zip file ``archive`` with one of its members damaged, and sound again itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, damaged(data, damages) if name == member else data)
    return out.getvalue()
