"""What ends an account is said twice: a yes, then a code that they read here and write back (`echo.py`). So nobody does
it by a slip, nor by an SMS that only claims to come from them (invariant I15, threat T2). Until the code is written
nothing has happened, and any other word leaves everything as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from conversations.flows import echo
from conversations.model import Again, Ask, Context, Fill, Finish, Input, Option, Outcome, Step, fill
from conversations.text import Text, t


@dataclass(frozen=True, slots=True)
class Said:
    """`code` and `not_yet` are filled with the code; `kept`: nothing happened after all."""

    code: Text
    not_yet: Text
    kept: Text


def yes(c: Context) -> Fill:
    """The first one."""
    return fill(sure=True, **echo.fresh(c))


def second(said: Said) -> Step:
    """The step that asks for the code."""

    async def ask(c: Context) -> Ask:
        return Ask(_with(said.code, c), (), (Option("keep", t("erase.keep")),), free=True)

    async def got(c: Context, heard: Input) -> Outcome:
        if heard.choice == "keep":
            return Finish(said.kept)
        match echo.judge(c, heard.text):
            case "right":
                return fill(written=True)
            case "old":
                return fill(t("erase.old"), **echo.renewed(c))
            case "none":
                return Again(_with(said.not_yet, c) if c.misses == 0 else None)
            case "wrong":
                return fill(t("erase.wrong"), wrong=c.answers["wrong"] + 1)
            case "over":
                return Finish(said.kept)

    return Step("code", ask, got, wanted=lambda c: "written" not in c.answers, needs=("sure",))


def _with(said: Text, c: Context) -> Text:
    return Text(said.msgid, {"code": c.answers["code"]})
