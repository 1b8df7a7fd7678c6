"""Bytes to text when nobody says which encoding: BOMs, UTF-8, UTF-16, GB18030, Big5, and the rest.

The text is what Python's strict decoder gives, newlines and a BOM character included, so that offsets
agree with ``open(path, encoding=..., newline="")``. Undecodable bytes, if they are few, become U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from indexer.errors import LoadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ\x90", b"\x1f\x8b",
    b"7z\xbc\xaf", b"Rar!", b"SQLite format 3", b"\xd0\xcf\x11\xe0", b"BZh9", b"\xfd7zXZ", b"RIFF", b"OggS",
    b"\x00\x00\x01\x00", b"\xca\xfe\xba\xbe", b"\x28\xb5\x2f\xfd",
)  # fmt: skip
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.01
_MAX_BROKEN_SHARE = 0.01
_SAMPLE = 200_000
_WESTERN = ("cp1250", "cp1252", "latin_1")
_LEGACY = ["cp1252", "shift_jis", "euc_jp", "euc_kr", "cp1251", "cp1250", "koi8_r", "latin_1"]
# The characters that make up a third to a half of any Chinese text, in both scripts, with the punctuation
# that only a right guess brings out.
_COMMON = frozenset(
    "的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之"
    "年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些"
    "主样樣理心她本前开開但因只从從想实實日军軍者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關点點正业業"
    "外将將两兩高间間由问問很最重并物手应應战戰向头頭文体體政美相见見被利什二等产產或新己制身果加西斯月话話合回特代内內"
    "信表化老给給世位次度门門任常先海通教儿兒原东東声聲提立及比员員解水名真论論处處走义義各入几幾口认認条條平系气氣题題"
    "活尔爾更别別打女变變四神总總何电電数數安少报報才结結反受目太量再感建务務做接必场場件计計管期市直德资資命山金指克许許"
    "统統区區保至队隊形社便空决決治展马馬科司五基眼书書非则則听聽白却卻界达達光放强強即像难難且权權思王象完设設式色路记記"
    "南品住告类類求据據程北边邊死张張该該交规規万萬取拉格望觉覺术術领領共确確传傳师師观觀清今切院让讓识識候带帶导導争爭运運"
    "\uff0c\u3002\u3001\uff1b\uff1a\uff1f\uff01\u201c\u201d\u300c\u300d\u300a\u300b\uff08\uff09"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """``encoding`` is a Python codec name; ``broken`` counts the U+FFFD put in for undecodable bytes."""

    text: str
    encoding: str
    broken: int = 0


def decode(data: bytes, *, max_chars: int = 5_000_000) -> Decoded:
    """``data`` as text. Raises LoadError: ``file_empty``, ``file_binary``, ``file_broken`` or
    ``file_too_large`` (more than ``max_chars`` code points)."""
    if not data.strip(b" \t\r\n\x00"):
        raise LoadError("the file is empty; nothing can be indexed from it", code="file_empty")
    decoded = _with_bom(data) or _unmarked(data)
    if len(decoded.text) > max_chars:
        raise LoadError(
            f"the text has {len(decoded.text):,} characters, more than {max_chars:,}; split the file",
            code="file_too_large",
        )
    if not decoded.text.strip("\ufeff\x00 \t\r\n\u3000"):
        raise LoadError("the file holds no text; nothing can be indexed from it", code="file_empty")
    return decoded


def _with_bom(data: bytes) -> Decoded | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            # "utf-32" reads its own BOM away; the others keep it as U+FEFF, like Python's own files do.
            return _strict(data, encoding) or _few_broken(data, encoding) or _broken()
    return None


def _unmarked(data: bytes) -> Decoded:
    if data.startswith(_MAGIC):
        raise _binary()
    if wide := _utf16(data):
        return wide
    if len(_CONTROL.findall(data)) > _MAX_CONTROL_SHARE * len(data):
        raise _binary()
    found = _strict(data, "utf-8") or _few_broken(data, "utf-8") or _chinese(data) or _other(data)
    return found or _broken()


def _binary() -> LoadError:
    return LoadError("the file is binary, not text; give it its true suffix or convert it to text", code="file_binary")


def _broken() -> Decoded:
    raise LoadError(
        "the file's character encoding cannot be told, too many bytes fit none; save it as UTF-8",
        code="file_broken",
    )


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _few_broken(data: bytes, encoding: str) -> Decoded | None:
    """A text of that encoding with a few bytes lost: far more characters beyond ASCII fit than do not."""
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd")
    wide = len(text) - len(text.encode("ascii", "ignore")) - broken
    if broken <= _MAX_BROKEN_SHARE * len(text) + 1 and wide >= 10 * broken:
        return Decoded(text, encoding, broken)
    return None


def _utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a BOM. ASCII shows as NULs at every second place; Chinese alone shows as text whose
    characters are common under one byte order and strange under every other reading."""
    if len(data) % 2 or len(data) < 4:
        return None
    sample = data[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high > 0.05 * half and low < 0.01 * half:
            found = _strict(data, encoding)
            if found and _strange(found.text[:_SAMPLE]) < 0.05:
                return found
    if _strict(data, "utf-8"):
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        found = _strict(data, encoding)
        if found and _plausible(found.text[:_SAMPLE]) > 0.4 and _strange(found.text[:_SAMPLE]) < 0.01:
            return found
    return None


def _chinese(data: bytes) -> Decoded | None:
    """GB18030 or Big5, whichever reading has more of the characters that Chinese uses most."""
    readings = []
    for encoding in ("gb18030", "big5hkscs"):
        found = _strict(data, encoding) or _few_broken(data, encoding)
        if found:
            sample = found.text[:_SAMPLE]
            readings.append((_plausible(sample) - _strange(sample) - found.broken / len(sample), found))
    if not readings:
        return None
    score, best = max(readings, key=lambda reading: reading[0])
    return best if score > 0.15 else None


def _plausible(text: str) -> float:
    """The share of very common Chinese characters among those beyond ASCII."""
    wide = [char for char in text if char > "\x7f"]
    return sum(char in _COMMON for char in wide) / len(wide) if wide else 0.0


def _strange(text: str) -> float:
    """The share of controls, private use, surrogate and never-assigned code points."""
    bad = sum(1 for char in text if not char.isprintable() and char not in "\t\r\n\f\u3000\xa0\ufeff\u200b")
    return bad / len(text) if text else 0.0


def _other(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes  # slow to import, and seldom needed

    best = from_bytes(data[:_SAMPLE], cp_isolation=_LEGACY).best()
    if best is None:
        return None
    # Short western texts look alike in all of these; the most usual one is the better guess.
    western = _strict(data, "cp1252") if best.encoding in _WESTERN else None
    return western or _strict(data, best.encoding) or _few_broken(data, best.encoding)
