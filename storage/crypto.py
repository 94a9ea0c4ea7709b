"""Sealed columns, blind indexes, link tokens: everything that is made from the two secrets.

* A sealed value is `key id (4) + nonce (12) + AES-256-GCM`, bound to table, column and row: copied elsewhere, it does
  not open.
* A blind index is an HMAC under a key derived from SECRET_KEY, not from the encryption keys: those rotate, and an index
  that changed with them would lose every address at once. Whoever holds only one of the two secrets can neither read
  nor guess. When SECRET_KEY itself must change, `rotation.py` computes the indexes anew, since it opens each value
  anyway.
* A link token is derived from SECRET_KEY, purpose, object and version, so that a reminder can print it again; only its
  hash is stored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.sql import storable

KEY_ID = 4
NONCE = 12
TOKEN = 22  # base62 characters: 131 bits
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class BadKey(ValueError):
    """A key setting that cannot be used. Never holds the key."""


class Unreadable(Exception):
    """A sealed value that does not open: another key, another row, or damaged bytes. Never holds the value."""


class Vault:
    """The keys of one installation. The first encryption key seals, all open."""

    def __init__(self, secret_key: str, encryption_keys: Sequence[str]) -> None:
        if len(secret_key) < 32:
            raise BadKey("SECRET_KEY: at least 32 characters")
        if not encryption_keys:
            raise BadKey("ENCRYPTION_KEYS: at least one key")
        raw = [_decode_key(key, n) for n, key in enumerate(encryption_keys, 1)]
        self._ciphers = {_key_id(key): AESGCM(key) for key in raw}
        self._first = _key_id(raw[0])
        secret = secret_key.encode()
        self._index_key = _derive(secret, b"blind index")
        self._token_key = _derive(secret, b"link token")

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Fingerprints of the encryption keys, the sealing one first. For backups and the doctor; not secret."""
        return tuple(key_id.hex() for key_id in self._ciphers)

    @property
    def index_fingerprint(self) -> str:
        """Names the key of the blind indexes, so that a changed SECRET_KEY is noticed before addresses are lost."""
        return hmac.digest(self._index_key, b"fingerprint", "sha256")[:8].hex()

    # ------------------------------------------------------------ sealed values

    @overload
    def seal(self, place: str, row: str, value: str | bytes) -> bytes: ...
    @overload
    def seal(self, place: str, row: str, value: None) -> None: ...
    def seal(self, place: str, row: str, value: str | bytes | None) -> bytes | None:
        """`seal("contact.address", contact_id, "+33639980101")`."""
        if value is None:
            return None
        data = storable(value).encode() if isinstance(value, str) else value
        nonce = os.urandom(NONCE)
        return self._first + nonce + self._ciphers[self._first].encrypt(nonce, data, f"{place}.{row}".encode())

    def unseal(self, place: str, row: str, sealed: bytes) -> bytes:
        cipher = self._ciphers.get(bytes(sealed[:KEY_ID]))
        if cipher is None:
            raise Unreadable(f"{place}: sealed with a key that is not among ENCRYPTION_KEYS")
        nonce, data = sealed[KEY_ID : KEY_ID + NONCE], sealed[KEY_ID + NONCE :]
        try:
            return cipher.decrypt(nonce, data, f"{place}.{row}".encode())
        except (InvalidTag, ValueError):
            raise Unreadable(f"{place}: damaged, or moved from another row") from None

    def read(self, place: str, row: str, sealed: bytes) -> str:
        return self.unseal(place, row, sealed).decode()

    def read_if(self, place: str, row: str, sealed: bytes | None) -> str | None:
        return None if sealed is None else self.read(place, row, sealed)

    def is_current(self, sealed: bytes) -> bool:
        """Sealed with the first key: rotation leaves it alone."""
        return bytes(sealed[:KEY_ID]) == self._first

    # ------------------------------------------------------------ blind indexes

    def index(self, kind: str, value: str) -> bytes:
        """Equal values of one kind have equal indexes: `index("address:sms", "+33639980101")`. 16 bytes."""
        return hmac.digest(self._index_key, f"{kind}\0{storable(value)}".encode(), "sha256")[:16]

    # ------------------------------------------------------------ link tokens

    def token(self, purpose: str, object_id: str, version: int = 0) -> str:
        """The same token each time it is asked for."""
        digest = hmac.digest(self._token_key, f"{purpose}\0{object_id}\0{version}".encode(), "sha256")
        number, out = int.from_bytes(digest, "big"), ""
        for _ in range(TOKEN):
            number, digit = divmod(number, 62)
            out += BASE62[digit]
        return out


def token_hash(token: str) -> str:
    """What is stored of a token. A fast hash will do: there is nothing to guess in 131 bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _decode_key(text: str, position: int) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise BadKey(f"ENCRYPTION_KEYS: key {position} is not 32 bytes in URL-safe base64")
    return key


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id\0" + key).digest()[:KEY_ID]


def _derive(secret: bytes, purpose: bytes) -> bytes:
    """HKDF's expansion with one block (RFC 5869): independent keys from one secret."""
    return hmac.digest(hmac.digest(b"socialdirect", secret, "sha256"), purpose + b"\x01", "sha256")
