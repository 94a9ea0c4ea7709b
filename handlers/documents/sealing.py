"""A file is sealed with a key of its own, which is kept sealed in its row: without the row nobody opens it.

`nonce (12) + AES-256-GCM`, bound to the document's id: under another's name it does not open.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE: Final = 12


class Damaged(Exception):
    """Not what was sealed under this id."""


def new_key() -> bytes:
    return AESGCM.generate_key(256)


def seal(id: str, key: bytes, data: bytes) -> bytes:
    """What may lie anywhere."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, id.encode())


def unseal(id: str, key: bytes, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], id.encode())
    except (InvalidTag, ValueError):
        raise Damaged from None
