"""The language: each named in its own words, so that it can be found by who reads no other."""

from __future__ import annotations

from typing import Final

from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import Text, t

NAMES: Final[dict[str, Text]] = {"fr": t("language.fr"), "en": t("language.en")}


async def ask_lang(c: Context) -> Ask:
    return Ask(t("language.ask"), (), tuple(Option(lang, NAMES[lang]) for lang in c.languages if lang in NAMES))


async def got_lang(c: Context, heard: Input) -> Outcome:
    return fill(lang=heard.choice, chosen=True)


async def finish(c: Context) -> Outcome:
    if c.known.person is not None:
        await c.booking.set_language(c.known.person.id, c.answers["lang"])
    return Finish(t("language.done"), go_on=True)


LANGUAGE = Flow(
    "language",
    version=1,
    finish=finish,
    hears=frozenset({"lang"}),
    steps=(Step("lang", ask_lang, got_lang, wanted=lambda c: "chosen" not in c.answers, lasting=True),),
)
