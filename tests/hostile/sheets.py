"""PDFs: tables that point nowhere, trees that are loops, streams that unfold, forms that draw themselves."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import partial

from hostile.texts import Maker
from textmaking import pdf

SHOWN = b"BT /F1 12 Tf 40 760 Td (Some words are here.) Tj ET "
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_FONTS = b"/Font << /F1 3 0 R >> "


def file(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """The objects 1, 2, ... as a file whose table of them is right."""
    parts = [b"%PDF-1.7\n"]
    offsets, at = [], len(parts[0])
    for number, content in enumerate(objects, 1):
        offsets.append(at)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        at += len(parts[-1])
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    parts += [b"%010d 00000 n \n" % offset for offset in offsets]
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, at))
    return b"".join(parts)


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


def page(
    content: bytes, told: bytes = b"", *, others: Sequence[bytes] = (), resources: bytes = b"", trailer: bytes = b""
) -> bytes:
    """One page; ``others`` are the objects from 6 on."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        _FONT,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R /Resources << %s%s>> >>"
        % (_FONTS, resources),
        stream(content, told),
        *others,
    ]
    return file(objects, trailer)


def _form(content: bytes, resources: bytes) -> bytes:
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << %s >>" % resources)


def forms(depth: int, each: int) -> bytes:
    """Forms that draw the next one ``each`` times, ``depth`` levels down."""
    inner = [_form(b"/X Do " * each, b"/XObject << /X %d 0 R >>" % (7 + level)) for level in range(depth - 1)]
    last = _form(SHOWN, _FONTS)
    return page(b"/X Do " * each, others=[*inner, last], resources=b"/XObject << /X 6 0 R >> ")


def unfolding(times: int, unit: bytes = b" ", megabytes: int = 350) -> bytes:
    """A content that unpacks to so many megabytes, in ``times`` layers."""
    packer = zlib.compressobj(1)
    block = unit * (1_000_000 // len(unit))
    data = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return page(data, b"/Filter [" + b"/FlateDecode " * times + b"]")


def deep_tree(depth: int) -> bytes:
    levels = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (3 + level) for level in range(depth)]
    leaf = b"<< /Type /Page /MediaBox [0 0 600 800] /Contents %d 0 R /Resources << /Font << /F1 %d 0 R >> >> >>"
    return file([b"<< /Type /Catalog /Pages 2 0 R >>", *levels, leaf % (depth + 3, depth + 4), stream(SHOWN), _FONT])


def wide_tree(kids: bytes, count: int) -> bytes:
    plain = page(SHOWN)
    return plain.replace(b"/Kids [4 0 R] /Count 1", b"/Kids [%s] /Count %d" % (kids, count))


def _told(title: bytes) -> bytes:
    return page(SHOWN, others=[b"<< /Title %s >>" % title], trailer=b"/Info 6 0 R")


def bombs() -> Iterator[tuple[str, Maker]]:
    yield "forms.pdf", partial(forms, 7, 10)
    yield "doubling forms.pdf", partial(forms, 30, 2)
    itself = _form(b"/X Do /X Do " + SHOWN, b"/XObject << /X 6 0 R >> " + _FONTS)
    yield "form in itself.pdf", partial(page, SHOWN + b"/X Do ", others=[itself], resources=b"/XObject << /X 6 0 R >> ")
    yield "blanks.pdf", partial(unfolding, 2)
    yield "states.pdf", partial(unfolding, 2, b"q ", 60)
    yield "lines.pdf", partial(unfolding, 2, b"0 0 m 1 1 l S ", 30)
    yield "letters.pdf", partial(unfolding, 2, b"BT /F1 1 Tf (abcdefgh) Tj ET ", 20)


def structure() -> Iterator[tuple[str, Maker]]:
    plain = page(SHOWN)
    for name, data in {
        "plain": plain,
        "no start": plain.replace(b"startxref", b"startxxxx"),
        "start far": plain.replace(b"startxref\n", b"startxref\n99999"),
        "no table": plain.replace(b"xref\n0", b"xxxx\n0"),
        "no root": plain.replace(b"/Root 1 0 R", b""),
        "own root": plain.replace(b"/Root 1 0 R", b"/Root 5 0 R"),
        "false root": plain.replace(b"/Root 1 0 R", b"/Root 99 0 R"),
        "huge size": plain.replace(b"/Size 6", b"/Size 2147483647"),
        "minus size": plain.replace(b"/Size 6", b"/Size -6"),
        "table loop": plain.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev 9"),
        "own length": plain.replace(b"<< /Length ", b"<< /Length 5 0 R /x "),
        "long length": plain.replace(b"<< /Length ", b"<< /Length 9999"),
        "minus length": plain.replace(b"<< /Length ", b"<< /Length -"),
        "no end": plain[:-40],
        "own parent": plain.replace(b"/Parent 2 0 R", b"/Parent 4 0 R"),
        "kid loop": plain.replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"),
        "no kids": plain.replace(b"/Kids [4 0 R]", b"/Kids []"),
        "same kids": wide_tree(b"4 0 R " * 2000, 2000),
        "too many kids": wide_tree(b"4 0 R " * 6000, 6000),
        "false count": plain.replace(b"/Count 1", b"/Count 4999"),
        "vast count": plain.replace(b"/Count 1", b"/Count 2000000000"),
        "minus count": plain.replace(b"/Count 1", b"/Count -1"),
        "no count": plain.replace(b"/Count 1", b"/Count x"),
        "deep tree": deep_tree(500),
        "deeper tree": deep_tree(20_000),
        "no box": plain.replace(b"/MediaBox [0 0 600 800]", b""),
        "vast box": plain.replace(b"600 800", b"1e30 1e30"),
        "inverse box": plain.replace(b"[0 0 600 800]", b"[600 800 0 0]"),
        "odd filter": page(SHOWN, b"/Filter /NoSuch"),
        "bad flate": page(SHOWN, b"/Filter /FlateDecode"),
        "many filters": page(SHOWN, b"/Filter [" + b"/ASCIIHexDecode " * 999 + b"]"),
        "predictor": page(
            zlib.compress(SHOWN), b"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2147483647 >>"
        ),
        "arrays": page(b"[" * 100_000 + SHOWN),
        "dictionaries": page(SHOWN, others=[b"<< /A " * 20_000 + b">>" * 20_000]),
        "strings": page(b"BT /F1 12 Tf " + b"(" * 50_000 + SHOWN),
        "one string": page(b"BT /F1 12 Tf 40 760 Td (" + b"word " * 100_000 + b") Tj ET"),
        "many strings": page(b"BT /F1 12 Tf 40 760 Td " + b"(word ) Tj " * 9000 + b"ET"),
        "no page object": plain.replace(b"/Type /Page ", b"/Type /Nonsense "),
        "encrypted": plain.replace(b"/Root", b"/Encrypt << /Filter /Standard >> /Root"),
        "blank": page(b""),
        "two files": plain * 2,
        "header late": b"x" * 900 + plain,
        "header later": b"x" * 5000 + plain,
        "header only": b"%PDF-1.7\n",
        "no header": plain[9:],
        "nul": bytes(5000),
        "empty objects": file([b""] * 50),
        "locked": pdf(["Some text."], encrypt=True),
        "half title": _told(b"<FEFFD800>"),
        "torn title": _told(b"<FEFFD80000410042>"),
        "odd title": _told(b"<FEFF41>"),
        "nul title": _told(b"(\\000\\001a)"),
        "long title": _told(b"(" + b"t" * 100_000 + b")"),
        "title loop": _told(b"6 0 R"),
        "title list": _told(b"[(a)]"),
        "font loop": plain.replace(b"/BaseFont /Helvetica", b"/BaseFont 3 0 R /ToUnicode 3 0 R"),
        "script": plain.replace(b"/Pages 2 0 R", b"/Pages 2 0 R /OpenAction << /S /JavaScript /JS (while(1){}) >>"),
        "xfa": plain.replace(b"/Pages 2 0 R", b"/Pages 2 0 R /AcroForm << /XFA 5 0 R >>"),
    }.items():
        yield f"{name}.pdf", partial(bytes, data)


def sheets() -> dict[str, Maker]:
    return {f"pdf/{name}": maker for group in (bombs, structure) for name, maker in group()}
