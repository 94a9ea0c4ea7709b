"""Terms and policy: asked for before any service, and what proves that they were accepted (articles 2.4, 4.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from booking.model import Consent
from conversations.flows.answers import mentions
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Finish, Input, Link, Option, Outcome, fill
from conversations.text import t

# Whoever changes a word of these adds the new words to locales/terms_asked.toml: from a consent's row the very text
# that was accepted can be made again.
ASKED: Final = t("terms.ask_all")
CHOICES: Final = (Option("accept", t("terms.accept_all")), Option("refuse", t("terms.refuse")))
FORMER: Final = (t("terms.ask"), t("terms.accept"))  # of the release before: messages that wait to be sent hold them


async def ask_terms(c: Context) -> Ask:
    return Ask(ASKED, (), CHOICES, link=Link("terms"), free=True, proof=True)


async def got_terms(c: Context, heard: Input) -> Outcome:
    """Terms and policy accepted explicitly, 18 or over and authorised by the client: a declaration, never a birth date.
    Who answers the question as a release before put it is asked in today's words.
    """
    if not heard.choice and mentions(heard.text, c.words("words.terms.minor")):
        await c.booking.release(c.contact.id)
        return Finish(t("terms.minor", call=call(c)), forget=True)
    match heard.choice:
        case "accept" if c.shown is not None and c.shown.msgid == ASKED.msgid:
            return fill(terms=accepted(c))
        case "accept":
            return Again(miss=False)
        case "refuse":
            await c.booking.release(c.contact.id)
            return Finish(t("terms.refused", call=call(c)), forget=True)
    return Again()


def accepted(c: Context) -> Mapping[str, Any]:
    """What proves it, as plain values of a talk's state."""
    assert c.shown is not None
    return {
        "answer": c.raw,
        "at": c.now.isoformat(),
        "lang": c.shown.lang,
        "version": c.terms_version,
        "policy": c.policy_version,
        "inbound": c.came,
        "shown": asdict(c.shown),
    }


def consent(c: Context) -> Consent | None:
    """The proof, once it is given: the very answer to which words about which versions, when and on which channel."""
    if (terms := c.answers.get("terms")) is None:
        return None
    shown = terms.get("shown", {})  # a release before kept less of it
    return Consent(
        terms.get("version", c.terms_version),
        terms["lang"],
        c.contact.channel,
        terms["answer"],
        datetime.fromisoformat(terms["at"]),
        policy_version=terms.get("policy"),
        msgid=shown.get("msgid"),
        catalogue=shown.get("catalogue"),
        shown=shown.get("key") or None,
        inbound=terms.get("inbound") or None,
        declared=("adult", "authorised") if shown else ("adult",),
    )
