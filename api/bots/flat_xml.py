"""The XML of WeCom: one element, its children and their text. Nothing else of XML is let in.

expat expands entities that a document declares, which is how a small body becomes a huge one or reads files; a
document that declares anything (a DOCTYPE) is refused before expat acts on it.
"""

from __future__ import annotations

from xml.parsers import expat


def parse(data: bytes) -> dict[str, str]:
    """The children of the root, by name. ValueError for anything but a flat document in UTF-8."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    try:
        # As text: whatever encoding the document names, it is read as UTF-8.
        parser.Parse(data.decode(), True)
    except expat.ExpatError as error:
        raise ValueError(f"not well-formed XML: {expat.ErrorString(error.code)}") from None
    return {name: "".join(parts) for name, parts in reader.found.items()}


def _refuse(*_: object) -> None:
    raise ValueError("XML with declarations")


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self._path: list[str] = []

    def start(self, name: str, _: object) -> None:
        self._path.append(name)
        if len(self._path) == 2:
            self.found[name] = []

    def end(self, _: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        if len(self._path) == 2:
            self.found[self._path[1]].append(text)


def cdata(text: str) -> str:
    """``text`` as a CDATA section, or two where it holds the end of one."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
