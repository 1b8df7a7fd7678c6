"""The text of a key: ``ck_<id>_<secret><checksum>``.

The id is public: it stands in logs and names the key for revoking. The secret holds 190 random bits. The checksum
(CRC-32, as in other services' tokens) tells a mistyped key without a look-up, and lets scanners for leaked secrets be
sure.

What is stored is the SHA-256 of the whole. A slow hash is for passwords, which can be guessed; 190 random bits cannot,
however fast a guess is, and a slow hash at each request would be work that anyone could order.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "ck_"
_ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # none that are mistaken for one another: ids are read aloud
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LENGTH, _SECRET_LENGTH, _SUM_LENGTH = 8, 32, 6
_TOKEN = re.compile(rf"ck_([{_ID_ALPHABET}]{{{_ID_LENGTH}}})_([0-9A-Za-z]{{{_SECRET_LENGTH + _SUM_LENGTH}}})")


def make_token() -> tuple[str, str]:
    """A new key: its id and its text."""
    key_id = "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
    start = f"{PREFIX}{key_id}_{secret}"
    return key_id, start + _checksum(start)


def id_of(token: str) -> str | None:
    """The id in ``token``; None where it is no key of this form, or its checksum is wrong."""
    found = _TOKEN.fullmatch(token)
    if found is None or _checksum(token[:-_SUM_LENGTH]) != token[-_SUM_LENGTH:]:
        return None
    return found[1]


def digest_of(token: str) -> str:
    """What is stored of a key. Any text has one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _checksum(start: str) -> str:
    number, digits = zlib.crc32(start.encode()), ""
    for _ in range(_SUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
