"""AES-256-CBC as Feishu and WeCom use it: PKCS#7 padding, which Feishu fills to blocks of 16 bytes, WeCom of 32."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 16


def decrypt(key: bytes, iv: bytes, data: bytes, *, padded_to: int = BLOCK) -> bytes:
    """ValueError for data that was not encrypted so."""
    if not data or len(data) % BLOCK:
        raise ValueError("not whole blocks")
    decryptor = Cipher(AES(key), CBC(iv)).decryptor()
    text = decryptor.update(data) + decryptor.finalize()
    padding = text[-1]
    if not 1 <= padding <= padded_to or text[-padding:] != bytes([padding]) * padding:
        raise ValueError("wrong padding")
    return text[:-padding]


def encrypt(key: bytes, iv: bytes, text: bytes, *, padded_to: int = BLOCK) -> bytes:
    padding = padded_to - len(text) % padded_to
    encryptor = Cipher(AES(key), CBC(iv)).encryptor()
    return encryptor.update(text + bytes([padding]) * padding) + encryptor.finalize()
