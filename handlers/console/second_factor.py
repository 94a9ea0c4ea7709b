"""The second factor: a code of six digits from an app (TOTP, RFC 6238), and codes on paper for when the app is lost."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest
from typing import Final

import pyotp
import segno

from storage.crypto import token_hash

Chance = Callable[[int], bytes]  # so many bytes that nobody can foresee

ISSUER: Final = "Social Direct"
STEP: Final = 30  # seconds
SKEW: Final = (-1, 0, 1)  # a telephone's clock may be half a minute off, and people type slowly
SECRET_BYTES: Final = 20  # RFC 4226, section 4
CODES: Final = 8
CODE_BYTES: Final = 10  # 16 letters and digits
NOBODYS: Final = "A" * 32  # compared with where there is nobody


def new_secret(chance: Chance) -> str:
    return b32encode(chance(SECRET_BYTES)).decode()


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Of which half minute this is the code; None for a wrong one. All are compared, so that none is told by time."""
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    digits = "".join(sign for sign in typed if not sign.isspace())
    found = [step for step in (current + skew for skew in SKEW) if _same(totp.generate_otp(step), digits)]
    return max(found, default=None)


def code_at(secret: str, now: datetime) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // STEP)


def address(secret: str, name: str) -> str:
    """What the app reads from the QR code (https://github.com/google/google-authenticator/wiki/Key-Uri-Format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(address: str) -> str:
    """A piece of SVG for a page: dark on white in every colour scheme, or cameras do not read it."""
    svg: str = segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=False)
    return svg


def in_fours(secret: str) -> str:
    """As people copy it by hand."""
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))


def new_codes(chance: Chance) -> list[str]:
    """To be printed or written down: `abcd-efgh-2345-6723`."""
    made = (b32encode(chance(CODE_BYTES)).decode().lower() for _ in range(CODES))
    return ["-".join(code[n : n + 4] for n in range(0, len(code), 4)) for code in made]


def code_hash(typed: str) -> str:
    """What is stored of a recovery code, however it was typed."""
    return token_hash("".join(sign for sign in typed.lower() if sign.isascii() and sign.isalnum()))


def _same(code: str, typed: str) -> bool:
    return compare_digest(code.encode(), typed.encode("utf-8", "replace"))
