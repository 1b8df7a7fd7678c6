"""Word documents: archives that lie, parts that are missing, XML that no Word has written."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cache, partial

from hostile.texts import Maker
from textmaking import docx, zipped

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MAIN, _TYPES, _CORE, _STYLES = "word/document.xml", "[Content_Types].xml", "docProps/core.xml", "word/styles.xml"
WORD = "<w:p><w:r><w:t>word</w:t></w:r></w:p>"


@cache
def whole() -> bytes:
    return docx("The first paragraph.", "第二段。", rows=[["Year", "Sales"], ["2024", "7"]], title="Report")


@cache
def _parts() -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(whole())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with(**parts: bytes | None) -> bytes:
    """The document with some parts replaced, or left out where None."""
    names = {"main": _MAIN, "types": _TYPES, "core": _CORE, "styles": _STYLES, "rels": "_rels/.rels"}
    changed = {names[name]: data for name, data in parts.items()}
    return zipped({name: data for name, data in ({**_parts(), **changed}).items() if data is not None})


def body(xml: str, before: str = "") -> bytes:
    return _with(main=f'<?xml version="1.0"?>{before}<w:document {_W}><w:body>{xml}</w:body></w:document>'.encode())


def table(cell: str, rows: int = 1) -> str:
    inside = f"<w:tc><w:tcPr>{cell}</w:tcPr><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc>"
    return "<w:tbl>" + f"<w:tr>{inside}</w:tr>" * rows + "</w:tbl>"


def _changed(part: str, old: str, new: str) -> bytes:
    return zipped({**_parts(), part: _parts()[part].replace(old.encode(), new.encode())})


def understated(size: int) -> bytes:
    """A part that unpacks to ``size`` bytes and tells a thousand, with the checksum of these."""
    real = body(WORD + " " * size)
    with zipfile.ZipFile(io.BytesIO(real)) as archive:
        told, part = archive.getinfo(_MAIN), archive.read(_MAIN)
    out = real.replace(struct.pack("<I", told.file_size), struct.pack("<I", 1000))
    return out.replace(struct.pack("<I", told.CRC), struct.pack("<I", zlib.crc32(part[:1001])))


def squeezed(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in _parts().items():
            archive.writestr(name, data + b" " * 250_000)
    return out.getvalue()


def _directory(entries: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for at in range(entries):
            archive.writestr(str(at), b"")
    return out.getvalue()


def _entities(late: bool) -> str:
    laughs = "".join(f'<!ENTITY k{at} "{f"&k{at - 1};" * 10}">' for at in range(1, 10))
    return f'{"<!--" + "x" * 5000 + "-->" if late else ""}<!DOCTYPE a [<!ENTITY k0 "ha">{laughs}]>'


def archives() -> Iterator[tuple[str, Maker]]:
    yield "whole.docx", whole
    yield "no zip.docx", partial(bytes, b"PK\x03\x04 plain words")
    yield "text.docx", partial(bytes, b"plain words")
    yield "old.docx", partial(bytes, b"\xd0\xcf\x11\xe0" + bytes(600))
    yield "empty archive.docx", partial(zipped, {})
    yield "sheet.docx", partial(zipped, {"xl/workbook.xml": b"<a/>", _TYPES: b"<Types/>"})
    yield (
        "paths.docx",
        lambda: zipped({**_parts(), "../../../etc/passwd": b"x", "/abs": b"x", "C:\\x": b"x", "a\x00b": b"x"}),
    )
    yield (
        "nested.docx",
        lambda: zipped({**_parts(), "word/embeddings/a.docx": whole(), "word/b.zip": zipped({"c.docx": whole()})}),
    )
    yield "directory.docx", partial(_directory, 11_000)
    yield "understated.docx", partial(understated, 4_000_000)
    yield "bzip2.docx", partial(squeezed, zipfile.ZIP_BZIP2)
    yield "lzma.docx", partial(squeezed, zipfile.ZIP_LZMA)
    yield "stored.docx", partial(squeezed, zipfile.ZIP_STORED)
    yield "blanks.docx", lambda: body(WORD + " " * 8_000_000)
    yield (
        "long text.docx",
        lambda: zipped(
            {**_parts(), "media": bytes(range(256)) * 500, _MAIN: _main("<w:p><w:r><w:t>" + "ab" * 100_000)}
        ),
    )
    yield "trailing.docx", lambda: whole() + b"x" * 70_000
    yield "leading.docx", lambda: b"x" * 99 + whole()
    yield "twice.docx", lambda: whole() * 2
    yield (
        "locked.docx",
        lambda: whole().replace(b"PK\x01\x02\x14\x00\x14\x00\x00\x00", b"PK\x01\x02\x14\x00\x14\x00\x01\x00"),
    )
    yield "entities.docx", lambda: body("<w:p><w:r><w:t>&k9;</w:t></w:r></w:p>", _entities(late=False))
    yield "late entities.docx", lambda: body("<w:p><w:r><w:t w:a='&k9;'>&k9;</w:t></w:r></w:p>", _entities(late=True))
    yield (
        "outside entity.docx",
        lambda: body(
            "<w:p>&x;</w:p>", f'<!--{"x" * 1_100_000}--><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        ),
    )


def _main(rest: str) -> bytes:
    return f"<w:document {_W}><w:body>{rest}</w:t></w:r></w:p></w:body></w:document>".encode()


def parts() -> Iterator[tuple[str, Maker]]:
    for name in ("main", "types", "core", "styles", "rels"):
        yield f"no {name}.docx", partial(_with, **{name: None})
        yield f"empty {name}.docx", partial(_with, **{name: b""})
        yield f"other {name}.docx", partial(_with, **{name: b"<a/>"})
        yield f"torn {name}.docx", partial(_with, **{name: b"<a"})
        yield (
            f"utf-16 {name}.docx",
            partial(_with, **{name: '<?xml version="1.0" encoding="utf-16"?><a>x</a>'.encode("utf-16")}),
        )
    yield "no body.docx", partial(_with, main=f"<w:document {_W}/>".encode())
    yield "false encoding.docx", partial(_with, main=b'<?xml version="1.0" encoding="nonsense"?><a/>')
    yield "other kind.docx", partial(_changed, _TYPES, "wordprocessingml.document.main", "spreadsheetml.sheet.main")
    yield (
        "outer target.docx",
        partial(_changed, "_rels/.rels", 'Target="word/document.xml"', 'Target="../../etc/passwd"'),
    )
    yield (
        "foreign target.docx",
        partial(_changed, "_rels/.rels", 'Target="word/document.xml"', 'Target="http://x.y/" TargetMode="External"'),
    )
    yield "own target.docx", partial(_changed, "_rels/.rels", 'Target="word/document.xml"', 'Target="_rels/.rels"')
    yield "long title.docx", lambda: docx("words", title="t" * 255)


def bodies() -> Iterator[tuple[str, Maker]]:
    for name, xml in {
        "deep": "<w:x>" * 5000 + "</w:x>" * 5000 + WORD,
        "less deep": "<w:x>" * 200 + "</w:x>" * 200 + WORD,
        "empty": "",
        "text outside": "words",
        "empty paragraphs": "<w:p/>" * 20_000 + WORD,
        "paragraphs": WORD * 3000,
        "runs": f"<w:p>{'<w:r><w:t>a</w:t></w:r>' * 4000}</w:p>",
        "tabs": f"<w:p><w:r>{'<w:tab/><w:br/>' * 30_000}<w:t>x</w:t></w:r></w:p>",
        "breaks": "<w:p><w:r><w:br w:type='zz'/><w:t>x</w:t><w:cr/><w:ptab/></w:r></w:p>",
        "attributes": "<w:p " + " ".join(f'a{at}=""' for at in range(9000)) + "/>" + WORD,
        "marks": "<w:p/>" * 700_000,
        "wide cell": table('<w:gridSpan w:val="1000000000"/>'),
        "no width": table('<w:gridSpan w:val="x"/>'),
        "minus width": table('<w:gridSpan w:val="-3"/>'),
        "long width": table(f'<w:gridSpan w:val="{"9" * 5000}"/>'),
        "merged": table("<w:vMerge/>", 2000),
        "merged oddly": table('<w:vMerge w:val="zz"/>', 9),
        "wide row": "<w:tbl><w:tr>" + "<w:tc><w:p/></w:tc>" * 9000 + "</w:tr></w:tbl>" + WORD,
        "long table": table("", 2000),
        "no cells": "<w:tbl><w:tr/></w:tbl>" * 999 + WORD,
        "tables in tables": "<w:tbl><w:tr><w:tc>" * 80 + WORD + "</w:tc></w:tr></w:tbl>" * 80,
        "late row": "<w:tbl><w:tr><w:trPr><w:gridBefore w:val='99999'/></w:trPr><w:tc>"
        + WORD
        + "</w:tc></w:tr></w:tbl>",
        "style": '<w:p><w:pPr><w:pStyle w:val="a\'&quot;b"/></w:pPr><w:r><w:t>word</w:t></w:r></w:p>',
        "no style": "<w:p><w:pPr><w:pStyle/></w:pPr><w:r><w:t>word</w:t></w:r></w:p>",
        "links": "<w:p><w:hyperlink>" * 100 + WORD + "</w:hyperlink></w:p>" * 100,
        "controls": "<w:p><w:r><w:t>&#x1;</w:t></w:r></w:p>",
        "halves": "<w:p><w:r><w:t>&#xd800;</w:t></w:r></w:p>",
        "cdata": "<w:p><w:r><w:t><![CDATA[" + "x]] >" * 999 + "]]></w:t></w:r></w:p>",
        "instructions": "<?x y?>" * 9999 + WORD,
        "comments": "<!--x-->" * 9999 + WORD,
    }.items():
        yield f"{name}.docx", partial(body, xml)


def words() -> dict[str, Maker]:
    return {f"docx/{name}": maker for group in (archives, parts, bodies) for name, maker in group()}
