"""A code that they read here and write back, before what cannot be taken back: so nobody does it by a slip, nor by an
SMS that only claims to come from them (invariant I15, threat T2).

    fill(**echo.fresh(c))                      the code, until when, and no wrong one yet, as answers of the flow
    match echo.judge(c, heard.text): ...       what was typed, beside these answers
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal

from conversations.model import Context
from conversations.normal import fold

LASTS: Final = timedelta(hours=1)  # a code that is older is asked anew
DIGITS: Final = 6
MISSES: Final = 3  # wrong codes, counted over all questions: then all is kept


def renewed(c: Context) -> dict[str, Any]:
    """Another code: digits out of a fresh id, which holds 80 bits of chance."""
    number = int.from_bytes(sha256(c.new_id().encode()).digest()) % 10**DIGITS
    return {"code": f"{number:0{DIGITS}}", "until": (c.now + LASTS).isoformat()}


def fresh(c: Context) -> dict[str, Any]:
    return {**renewed(c), "wrong": 0}


def judge(c: Context, typed: str) -> Literal["right", "old", "none", "wrong", "over"]:
    """`none`: no figures. `wrong`: one more may be typed; the flow counts it. `over`: no more."""
    figures = "".join(re.findall(r"[0-9]+", fold(typed)))
    if figures == c.answers["code"]:
        return "right" if c.now <= datetime.fromisoformat(c.answers["until"]) else "old"
    if not figures:
        return "none"
    return "over" if c.answers["wrong"] + 1 >= MISSES else "wrong"
