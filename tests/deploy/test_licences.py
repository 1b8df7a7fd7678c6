"""What serving installs may be given on with the image: permissive licences, each with its text.

The distributions are those that pyproject.toml leads to without extras, as they are installed here.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution

import pytest
from packaging.requirements import Requirement

PERMISSIVE = re.compile(
    r"0BSD|Apache(-2\.0|.*Software License|.* 2\.0)?|BSD(-[23]-Clause)?( License)?|CC0-1\.0|ISC(L| License.*)?|MIT(-0)?"
    r"( License)?|PSF-2\.0|Python Software Foundation License|Public[- ]Domain|Unlicense|Zlib|BSL-1\.0|BSD 3-Clause.*",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"GPL|AGPL|LGPL|SSPL|EUPL|CDDL|EPL|OSL|CC-BY-(SA|NC)|General Public|Commons Clause|BUSL", re.I)
# MPL-2.0, copyleft of the single file: it asks that changes to these very files be published, and none is made here.
FILE_COPYLEFT = {"certifi", "orjson"}
# Names a licence in words that are no identifier: checked by hand.
IN_WORDS = {"pypdfium2": "BSD-3-Clause, Apache-2.0, dependency licenses"}
# Its wheel lacks the text; the metadata names MIT.
WITHOUT_TEXT = {"rjieba"}


def closure() -> dict[str, Distribution]:
    """The distributions that `citespan` needs at run time, itself apart."""
    found: dict[str, Distribution] = {}
    waiting = ["citespan"]
    while waiting:
        name = waiting.pop()
        for text in distribution(name).requires or []:
            needed = Requirement(text)
            normal = re.sub(r"[-_.]+", "-", needed.name).lower()
            if normal not in found and (needed.marker is None or needed.marker.evaluate({"extra": ""})):
                found[normal] = distribution(needed.name)
                waiting.append(needed.name)
    return found


RUN_TIME = closure()


def licences(found: Distribution) -> list[str]:
    """What the metadata says: the expression (PEP 639), else the classifiers, else the old free field."""
    metadata = found.metadata
    classifiers = [each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier", []) if "License ::" in each]
    return [text for text in (metadata.get("License-Expression"),) if text] or classifiers or [metadata["License"]]


def parts(text: str) -> list[str]:
    return [part for part in re.split(r" (?:AND|OR|WITH) |[()]", text, flags=re.I) if part.strip()]


def test_the_whole_of_what_serving_needs_is_looked_at():
    assert {"flask", "gunicorn", "numpy", "faiss-cpu", "tantivy", "certifi"} <= set(RUN_TIME)
    assert not {"torch", "pytest", "transformers"} & set(RUN_TIME)


@pytest.mark.parametrize("name", sorted(RUN_TIME))
def test_its_licence_is_permissive(name: str):
    told = licences(RUN_TIME[name])
    assert told
    assert not COPYLEFT.search(" ".join(told))
    if name in IN_WORDS:
        assert told == [IN_WORDS[name]]
        return
    for part in (part.strip() for text in told for part in parts(text)):
        own = name in FILE_COPYLEFT and part in ("MPL-2.0", "MPL 2.0", "Mozilla Public License 2.0")
        assert own or PERMISSIVE.fullmatch(part), f"{name}: {part!r} of {told}"


@pytest.mark.parametrize("name", sorted(set(RUN_TIME) - WITHOUT_TEXT))
def test_the_text_of_the_licence_comes_along(name: str):
    files = [str(file) for file in RUN_TIME[name].files or []]
    kept = [file for file in files if ".dist-info/" in file and re.search(r"licen[cs]e|copying|notice", file, re.I)]
    assert kept, f"{name} has no licence among {files[:5]}"
