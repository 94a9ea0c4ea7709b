"""My data: what somebody may ask of them (regulation 2016/679, articles 15 to 21; law of 6 January 1978, article 85).
What they can do by themselves leads to its own flow; the rest is a request, which a human answers within a month, and
for which the address is given too (safety G10).

Who says in their own words what they want of their data is led there without the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from booking.messaging import cleaned
from booking.requests import RequestKind
from conversations.model import (
    Again,
    Ask,
    Context,
    Finish,
    Flow,
    Input,
    Link,
    Option,
    Outcome,
    Step,
    Switch,
    Words,
    fill,
)
from conversations.normal import fold
from conversations.phrases import padded, pattern
from conversations.text import Text, t

# What is asked, and the flow that does it. In the order in which their words are looked for: each asks before it acts.
FLOWS: Final[Mapping[str, str]] = {
    "death": "death",
    "erase": "erase",
    "pause": "freeze",
    "object": "object",
    "copy": "copy",
    "correct": "profile",
}
OLD_LABELS: Final = (t("my_data.request"), t("my_data.nothing"))  # on screens since the release before: for a release
ASKED: Final[RequestKind] = "other"  # in words of their own, to a human
NOTED: Final = t("my_data.noted")
LONGEST: Final = 2000  # characters of what they ask


def kind_of(text: str, words: Words) -> str | None:
    """What a phrase asks of one's data; None where it only names them, or asks nothing that we know."""
    said = padded(text)
    for kind in FLOWS:
        if pattern(words(f"words.my_data.{kind}")).search(said):
            return kind
    return None


async def enter(c: Context) -> Switch | None:
    """The words of a button that led here say nothing more than it did."""
    kind = kind_of(c.raw, c.words) if c.known.person is not None else None
    return Switch(FLOWS[kind], {}, replace=True) if kind is not None and kind in FLOWS else None


async def ask_what(c: Context) -> Ask:
    person = c.known.person
    frozen = person is not None and person.frozen is not None
    quiet = person is not None and person.no_feedback
    options = (
        Option("copy", t("my_data.copy")),
        Option("correct", t("my_data.correct")),
        Option("erase", t("my_data.erase"), exact=True),
        Option("pause", t("my_data.free") if frozen else t("my_data.freeze")),
        Option("object", t("my_data.ask_me") if quiet else t("my_data.object")),
        Option("death", t("my_data.death")),
        Option("request", t("my_data.human")),
    )
    return Ask(t("my_data.ask"), (), options)


async def got_what(c: Context, heard: Input) -> Outcome:
    if heard.choice in FLOWS:
        return Switch(FLOWS[heard.choice], {}, replace=True)
    if heard.choice != "request":
        return Finish(t("my_data.none"))
    await c.booking.ask(c.contact.id, ASKED)  # whether they say more or not
    return fill(NOTED, what="request")


async def ask_words(c: Context) -> Ask:
    return Ask(t("my_data.words"), _address(c), free=True, link=Link("privacy"))


async def got_words(c: Context, heard: Input) -> Outcome:
    """Whole, or not at all."""
    said = cleaned(heard.text)
    if len(said) > LONGEST:
        return Again(t("contest.too_long", signs=len(said), most=LONGEST), miss=False)
    return fill(words=said) if said else Again(t("contest.text_only"), miss=False)


async def finish(c: Context) -> Outcome:
    """By who has no account too: we may hold their number. What they wrote is what they ask."""
    if "what" in c.answers:
        await c.booking.say_more(c.contact.id, c.answers["words"])
        return Finish(t("my_data.words_noted"))
    only_the_word = fold(c.raw) in c.words("words.command.my_data")
    await c.booking.ask(c.contact.id, ASKED, "" if only_the_word else c.raw[:LONGEST])
    return noted(c)


def noted(c: Context, said: Text | None = None) -> Finish:
    """That a human answers, until when, and where else they may write."""
    return Finish(said or NOTED, more=_address(c), link=Link("privacy"))


def _address(c: Context) -> tuple[Text, ...]:
    return (t("my_data.address", email=c.privacy_email),) if c.privacy_email else ()


def _unsaid(c: Context) -> bool:
    return c.known.person is not None and "what" not in c.answers


def _wordless(c: Context) -> bool:
    return c.answers.get("what") == "request" and "words" not in c.answers


MY_DATA = Flow(
    "my_data",
    version=1,
    enter=enter,
    finish=finish,
    fleeting=True,
    steps=(
        Step("what", ask_what, got_what, wanted=_unsaid),
        Step("words", ask_words, got_words, wanted=_wordless, verbatim=True),
    ),
)
