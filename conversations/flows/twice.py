"""What ends an account is said twice: a yes, then a code that they read here and write back. So nobody does it by a
slip, nor by an SMS that only claims to come from them (invariant I15, threat T2). Until the code is written nothing has
happened, and any other word leaves everything as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from conversations.model import Again, Ask, Context, Fill, Finish, Input, Option, Outcome, Step, fill
from conversations.normal import fold
from conversations.text import Text, t

LASTS: Final = timedelta(hours=1)  # a code that is older is asked anew
DIGITS: Final = 6
MISSES: Final = 3  # wrong codes, counted over all questions: then all is kept


@dataclass(frozen=True, slots=True)
class Said:
    """`code` and `not_yet` are filled with the code; `kept`: nothing happened after all."""

    code: Text
    not_yet: Text
    kept: Text


def yes(c: Context) -> Fill:
    """The first one."""
    return fill(sure=True, code=_code(c), until=(c.now + LASTS).isoformat(), wrong=0)


def second(said: Said) -> Step:
    """The step that asks for the code."""

    async def ask(c: Context) -> Ask:
        options = (Option("keep", t("erase.keep")),)
        return Ask(_with(said.code, c), (), options, free=True)

    async def got(c: Context, heard: Input) -> Outcome:
        if heard.choice == "keep":
            return Finish(said.kept)
        typed = re.findall(r"[0-9]+", fold(heard.text))
        if "".join(typed) == c.answers["code"]:
            if c.now <= datetime.fromisoformat(c.answers["until"]):
                return fill(written=True)
            return fill(t("erase.old"), code=_code(c), until=(c.now + LASTS).isoformat())
        if not typed:
            return Again(_with(said.not_yet, c) if c.misses == 0 else None)
        wrong = c.answers["wrong"] + 1
        return Finish(said.kept) if wrong >= MISSES else fill(t("erase.wrong"), wrong=wrong)

    return Step("code", ask, got, wanted=lambda c: "written" not in c.answers, needs=("sure",))


def _with(said: Text, c: Context) -> Text:
    return Text(said.msgid, {"code": c.answers["code"]})


def _code(c: Context) -> str:
    """Digits out of a fresh id, which holds 80 bits of chance."""
    number = int.from_bytes(sha256(c.new_id().encode()).digest()) % 10**DIGITS
    return f"{number:0{DIGITS}}"
