"""Plain text that is none, or is in no encoding, or has no end."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from textmaking import zipped

Maker = Callable[[], bytes]
CHINESE = "这个国家的经济发展很快，他们说：“可靈AI的收入增长了。”\n第二段讲的是别的事情，与前一段没有关系。\n"
ENGLISH = "The company's revenue grew by 7.5 % in May. Dr. Smith said: “We will go on!”\n"
ENCODINGS = {
    "utf-8": CHINESE + ENGLISH,
    "gb18030": CHINESE * 3,
    "big5hkscs": "這個國家的經濟發展很快,他們說是不會的。\n" * 9,
    "utf-16": CHINESE,
    "utf-16-le": CHINESE * 4,
    "utf-16-be": ENGLISH * 4,
    "utf-32": CHINESE,
    "utf-32-le": ENGLISH,
    "utf-8-sig": CHINESE,
    "shift_jis": "これは日本語の文章です。カタカナもあります。\n" * 5,
    "euc_jp": "日本語の文章です。\n" * 9,
    "euc_kr": "한국어 문장입니다. 오늘은 날씨가 좋습니다.\n" * 5,
    "cp1251": "Привет, мир. Это текст на русском.\n" * 5,
    "koi8_r": "Привет, мир. Это текст на русском.\n" * 5,
    "cp1252": "Où est l’été — déjà passé ?\n" * 5,
    "utf-7": CHINESE,
    "iso2022_jp": "日本語の文章です。\n" * 5,
    "hz": CHINESE * 2,
    "cp037": ENGLISH * 3,
}
_GLYPHS = [char for char in map(chr, range(0x4E00, 0x9FA5)) if char.encode("gbk", "ignore")]


def encodings() -> Iterator[tuple[str, Maker]]:
    """Each encoding whole, cut inside a character at either end, and with a few bytes lost."""
    for encoding, text in ENCODINGS.items():
        data = text.encode(encoding, "ignore")
        yield f"{encoding}.txt", partial(bytes, data)
        yield f"{encoding} cut.txt", partial(bytes, data[:-1])
        yield f"{encoding} late.txt", partial(bytes, data[1:])
        yield f"{encoding} torn.txt", partial(bytes, data[: len(data) // 3] + data[len(data) // 3 + 3 :])


def marks() -> Iterator[tuple[str, Maker]]:
    """Byte order marks alone, twice, false, or in the middle."""
    boms = {
        "8": b"\xef\xbb\xbf",
        "16le": b"\xff\xfe",
        "16be": b"\xfe\xff",
        "32le": b"\xff\xfe\0\0",
        "32be": b"\0\0\xfe\xff",
    }
    for name, bom in boms.items():
        yield f"bom {name} alone.txt", partial(bytes, bom)
        yield f"bom {name} and a byte.txt", partial(bytes, bom + b"\x00")
        yield f"bom {name} of other text.txt", partial(bytes, bom + CHINESE.encode())
        yield f"bom {name} twice.txt", partial(bytes, bom * 2 + CHINESE.encode("utf-16-le"))
        yield f"bom {name} in the middle.txt", partial(bytes, ENGLISH.encode() + bom + ENGLISH.encode())
    yield "odd utf-16.txt", partial(bytes, CHINESE.encode("utf-16") + b"\x00")
    yield "surrogates.txt", partial(bytes, b"\xff\xfe" + b"\x00\xd8" * 50 + ENGLISH.encode("utf-16-le") * 50)
    yield "few surrogates.txt", partial(bytes, b"\xff\xfe\x00\xd8" + CHINESE.encode("utf-16-le") * 50)
    yield "overlong.txt", partial(bytes, b"\xc0\xaf\xe0\x80\xaf" + CHINESE.encode() * 3)


def blanks() -> Iterator[tuple[str, Maker]]:
    for name, data in {
        "nothing": b"",
        "newlines": b"\r\n" * 9,
        "nul": b"\x00",
        "nuls": b"\x00" * 5000,
        "spaces": b" " * 100_000,
        "wide spaces": "\u3000\u2003\u2028\u00a0".encode() * 999,
        "unseen": "\u200b\ufeff\u2060\u00ad".encode() * 999,
        "directions": "\u202e\u2066\u2069\u202c".encode() * 999,
        "private": "\ue000\uf8ff".encode() * 999,
        "lost": "\ufffd".encode() * 999,
        "marks alone": "\u0301".encode() * 999,
        "controls": bytes(range(1, 32)) * 30,
        "one letter": b"a",
        "one sign": "。".encode(),
    }.items():
        yield f"{name}.txt", partial(bytes, data)


def binaries() -> Iterator[tuple[str, Maker]]:
    chance = random.Random(3)
    for name, data in {
        "png": b"\x89PNG\r\n\x1a\n" + chance.randbytes(3000),
        "elf": b"\x7fELF" + bytes(3000),
        "zip": zipped({"a": b"x"}),
        "zlib": zlib.compress(CHINESE.encode() * 99),
        "noise": chance.randbytes(9000),
        "high noise": bytes(chance.choices(range(0x80, 0x100), k=9000)),
        "letters and noise": b"word " * 9 + chance.randbytes(99),
        "noise of letters": bytes(chance.choices(range(0x20, 0x7F), k=9000)),
        "pickle": b"\x80\x04\x95" + bytes(99),
        "mostly text": ENGLISH.encode() * 99 + bytes(99),
        "gbk noise": bytes(chance.choices(range(0x81, 0xFF), k=9001)),
    }.items():
        yield f"{name}.txt", partial(bytes, data)
    yield "noise.dat", partial(bytes, chance.randbytes(99))
    yield "noise without a suffix", partial(bytes, chance.randbytes(99))
    yield "zip without a suffix", partial(zipped, {"word/document.xml": b"<a/>"})
    yield "pdf without a suffix", partial(bytes, b"%PDF-1.7\n" + chance.randbytes(99))


def _unit(unit: str, length: int, end: str) -> bytes:
    return ("a" + unit * (length // len(unit)) + end).encode()


def endless() -> Iterator[tuple[str, Maker]]:
    """Units without an end, and with a stranger behind them, which has a greedy pattern start anew."""
    units = [
        "a",
        "字",
        "!",
        "?!",
        "。",
        "…",
        ")",
        "」",
        ". ",
        "A. ",
        "a. B",
        "\u0301",
        "e\u0301",
        "\U0001f468\u200d",
        "\u202e\u2067",
        "\t",
        "\x0b",
        "\u2028",
        "- ",
        "?汉",
        "汉(",
        "汉 ",
        "ä¸",
        "<b ",
        "<b ?/p>",
        "&",
        "&am;",
        "1,",
        "0x",
        "\ufffd",
        "'",
        "“",
        "hǎo)",
        "?hǎo)",
        "正在阅读\n",
        "本公约",
        "http://",
        "\ue000",
        "﷽",
        "ﬃ",
        "İ",
        "ß",
    ]
    for unit in units:
        yield f"endless {unit!r}.txt", partial(_unit, unit, 5_000, "")
        yield f"endless {unit!r} and more.txt", partial(_unit, unit, 5_000, "x")
    for unit in ("a", "!", "字", " \u3000", "a\n", "“"):
        yield f"vast {unit!r}.txt", partial(_unit, unit, 100_000 if unit != "a\n" else 20_000, "x")


def _glyphs(count: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(_GLYPHS, k=count))


def _half_characters() -> bytes:
    """Every character once between the signs of a lost byte, in a text that knows many pairs."""
    return (_glyphs(30_000, 1) + "".join(f"?{char}?/p>" for char in _GLYPHS[::6])).encode()


def _false_readings() -> bytes:
    return ("".join(f"{char}(hǎo)" for char in _GLYPHS[:3000]) + "?hǎo)" * 3000).encode()


def _misread(runs: int) -> bytes:
    """Text read one byte off, again and again, in a document that bears witness to all of it."""
    text = _glyphs(3000, 2)
    shifted = text.encode("gbk")
    chance = random.Random(3)
    starts = (chance.randrange(2900) * 2 + 1 for _ in range(runs))
    return (text * 9 + "".join("?" + shifted[at : at + 6].decode("gbk", "ignore") + "<" for at in starts)).encode()


def repairs() -> Iterator[tuple[str, Maker]]:
    """What the fixers work on, more of it than any document has."""
    yield "half characters.txt", _half_characters
    yield "false readings.txt", _false_readings
    yield "misread.txt", partial(_misread, 5000)
    yield "random characters.txt", lambda: _glyphs(100_000, 4).encode()
    yield "near copies.txt", lambda: "".join(_glyphs(900, 5) + f"{_GLYPHS[at]}\n" for at in range(150)).encode()
    yield "copies of figures.txt", lambda: "".join(f"{CHINESE.strip()}{at % 7}\n" for at in range(1000)).encode()
    yield "readings.txt", lambda: ("汉(hǎo)" * 8000).encode()
    yield "mojibake.txt", lambda: (CHINESE.encode().decode("latin_1") * 300).encode()


def archives() -> Iterator[tuple[str, Maker]]:
    nested = partial(_nested, 12)
    yield "nested.zip", nested
    yield "nested zip.txt", nested


def _nested(depth: int) -> bytes:
    data = b"text"
    for _ in range(depth):
        data = zipped({"in.zip": data, "again.zip": data[:100]})
    return data


def texts() -> dict[str, Maker]:
    return {
        f"text/{name}": maker
        for group in (encodings, marks, blanks, binaries, endless, repairs, archives)
        for name, maker in group()
    }
