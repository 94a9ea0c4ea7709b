"""Words that may mean danger, and may not:

one question, then the numbers, or where we were. Nothing of the text is kept.
"""

from __future__ import annotations

from typing import Final

from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import Text, t

# French emergency numbers, free; 114 also by SMS, for who cannot speak. The most useful one for each kind comes first.
NUMBERS: Final[dict[str, Text]] = {
    "suicide": t("danger.suicide"),
    "violence": t("danger.violence"),
    "child": t("danger.child"),
    "medical": t("danger.medical"),
    "fire": t("danger.fire"),
    "shelter": t("danger.shelter"),
}


async def ask_now(c: Context) -> Ask:
    return Ask(t("danger.ask"), (), (Option("yes", t("danger.yes")), Option("no", t("danger.no"))))


async def got_now(c: Context, heard: Input) -> Outcome:
    return fill(now=heard.choice)


async def finish(c: Context) -> Outcome:
    if c.answers["now"] == "no":
        return Finish(t("danger.fine"))
    await c.booking.ask_desk(c.contact.id, "danger")
    return Finish(NUMBERS[c.answers["kind"]], flags=frozenset({"danger"}))


DANGER = Flow("danger", version=1, finish=finish, steps=(Step("now", ask_now, got_now),))
