"""The field types that requests are made of. Each checks at run time what its JSON Schema states.

Patterns are written so that Python, ECMA 262 and Rust read them alike, because clients check them too.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StrictFloat, StrictInt, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

DOC_ID_PATTERN = r"^[A-Za-z0-9](\.?[A-Za-z0-9_~-])*\.?$"
"""Also the reason why no id can climb out of a folder: no slash, and never two dots in a row."""
DOC_ID_LENGTH = 128
COLLECTION_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
REVISION_PATTERN = r"^[0-9A-Za-z]{1,64}$"
FEEDBACK_ID_PATTERN = r"^[0-9A-Za-z_-]{8,64}$"
TEXT_PATTERN = r"^[^\u0000]*$"

LETTERS = (
    "0-9A-Za-z\u00c0-\u02af\u0370-\u1fff\u3005-\u3007\u3040-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\ud7ff\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc\U00020000-\U0003ffff"
)
"""Letters and digits, as a character class; `\\p{L}` is not in every regex dialect."""

_LETTER = re.compile(f"[{LETTERS}]")
_DOC_ID, _COLLECTION = re.compile(DOC_ID_PATTERN), re.compile(COLLECTION_PATTERN)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"[0-9]{1,4000}")


def is_doc_id(value: str) -> bool:
    """Whether ``value`` may name a document."""
    # fullmatch: `$` alone would let a final line break through.
    return len(value) <= DOC_ID_LENGTH and _DOC_ID.fullmatch(value) is not None


def is_collection_name(value: str) -> bool:
    """Whether ``value`` may name a collection."""
    return _COLLECTION.fullmatch(value) is not None


def _check_doc_id(value: str) -> str:
    if not is_doc_id(value):
        raise PydanticCustomError("doc_id_invalid", "not a document id")
    return value


def _check_collection(value: str) -> str:
    if not is_collection_name(value):
        raise PydanticCustomError("collection_name_invalid", "not a collection name")
    return value


def _check_text(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError("text_invalid", "holds a NUL character")
    return value


def _check_question(value: str) -> str:
    if not _LETTER.search(value):
        raise PydanticCustomError("question_empty", "holds no letter or digit")
    return value


def _check_date(value: str) -> str:
    if _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise ValueError("not a date (YYYY-MM-DD)")


def _integral(value: object) -> object:
    """5.0 is an integer to JSON Schema, and some clients write it so."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _parse_decimal(value: object) -> object:
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            raise ValueError("not a whole number in digits")
        return int(value)
    return value


Text = Annotated[StrictStr, AfterValidator(_check_text), Field(json_schema_extra={"pattern": TEXT_PATTERN})]
"""Any text without NUL. Unpaired surrogates never get here: the JSON parser refuses them."""

Line = Annotated[Text, Field(max_length=1000)]
"""A title, a source, a tag."""

Question = Annotated[
    Text,
    AfterValidator(_check_question),
    Field(
        min_length=1,
        description="The question, in Chinese or English. Holds a letter or digit and no NUL.",
        examples=["可灵AI的收入有多少来自专业创作者？"],
        json_schema_extra={"pattern": rf"^[^\u0000]*[{LETTERS}][^\u0000]*$"},
    ),
]

DocId = Annotated[
    StrictStr,
    AfterValidator(_check_doc_id),
    WithJsonSchema({"type": "string", "pattern": DOC_ID_PATTERN, "maxLength": DOC_ID_LENGTH}),
]
CollectionName = Annotated[
    StrictStr,
    AfterValidator(_check_collection),
    WithJsonSchema({"type": "string", "pattern": COLLECTION_PATTERN}),
]
Revision = Annotated[StrictStr, Field(pattern=REVISION_PATTERN, description="A state of a document.")]
Date = Annotated[
    StrictStr,
    AfterValidator(_check_date),
    Field(json_schema_extra={"format": "date"}),
]
INTEGRAL = BeforeValidator(_integral)
"""For whole numbers in JSON. Goes behind the bounds: before them it would hide them from the schema."""
DECIMAL = BeforeValidator(_parse_decimal)
"""The same for numbers in a query string."""
Offset = Annotated[StrictInt, Field(ge=0, le=10**15 - 1, description="Code points of the source text."), INTEGRAL]
Probability = Annotated[StrictFloat, Field(ge=0, le=1)]
