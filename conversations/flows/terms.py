"""Terms and policy: asked for before any service, and what proves that they were accepted (articles 2.4, 4.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from booking.model import Consent
from conversations.flows import phone
from conversations.flows.account import is_suspended
from conversations.flows.answers import mentions
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Fill, Finish, Flag, Flow, Input, Link, Option, Outcome, Step, fill
from conversations.recognise import by_number
from conversations.text import t

# Whoever changes a word of these adds the new words to locales/terms_asked.toml: from a consent's row the very text
# that was accepted can be made again.
ASKED: Final = t("terms.ask_all")
CHOICES: Final = (Option("accept", t("terms.accept_all")), Option("refuse", t("terms.refuse")))
FORMER: Final = (t("terms.ask"), t("terms.accept"))  # of the release before: messages that wait to be sent hold them

# What somebody with an account may do who has not accepted the terms in force: signed up by telephone, or before they
# changed. Nothing here is a service of ours; all else that they begin waits for the answer (invariant I19).
WITHOUT_TERMS: Final[Mapping[str, str]] = {
    "terms": "the question itself",
    "danger": "comes before everything",
    "human": "people help whoever asks them",
    "call_back": "people help whoever asks them",
    "cancel": "to give an hour up is the easiest of all",
    "undo": "takes back what they did a moment ago",
    "reminded": "that they come, or do not",
    "late": "at the hour itself a worker waits for them",
    "here": "at the hour itself a worker waits for them",
    "video_fails": "at the hour itself a worker waits for them",
    "nobody": "at the hour itself they wait for a worker",
    "language": "to understand the question",
    "private": "what becomes of what they write",
    "my_data": "their rights need no consent",
    "erase": "their rights need no consent",
    "close": "their rights need no consent",
    "freeze": "their rights need no consent",
    "frozen": "their rights need no consent",
    "object": "their rights need no consent",
    "death": "their rights need no consent",
    "copy": "their rights need no consent",
    "profile": "their rights need no consent",
    "not_me": "somebody else's account",
    "still_me": "whose account it is",
    "join": "whose account it is",
    "claimed": "whose account it is",
    "claim_over": "whose account it is",
    "discreet": "what others may read on the screen",
    "discreet_off": "what others may read on the screen",
    "contest": "what was decided about them",
    "decision": "what was decided about them",
    "resume": "asks where they were",
}
# Flows whose next answer is a service: left where the terms change in the middle of one.
SERVES: Final = frozenset({"message", "messages", "documents", "handing"})
FORGOTTEN: Final[frozenset[Flag]] = frozenset({"forgotten"})


async def ask_terms(c: Context) -> Ask:
    return Ask(ASKED, (), CHOICES, link=Link("terms"), free=True, proof=True)


async def got_terms(c: Context, heard: Input) -> Outcome:
    """Terms and policy accepted explicitly, 18 or over and authorised by the client: a declaration, never a birth date.
    Who answers the question as a release before put it is asked in today's words; who was asked for what was in force
    before, is asked anew.
    """
    if not heard.choice and mentions(heard.text, c.words("words.terms.minor")):
        return await minor(c)
    match heard.choice:
        case "accept" if _asked_today(c):
            return fill(terms=accepted(c), **await phone.taken(c, c.contact.phone))
        case "accept":
            return Again(miss=False)
        case "refuse":
            return await _refused(c)
    return Again()


def _asked_today(c: Context) -> bool:
    if c.shown is None or c.shown.msgid != ASKED.msgid:
        return False
    return c.shown.documents in {None, (c.terms_version, c.policy_version)}


async def minor(c: Context) -> Finish:
    """Who says that they are under 18 is let go kindly, with those who help them."""
    await _lets_go(c)
    said = t("terms.minor", call=call(c)) if c.known.person is None else t("terms.minor_account", call=call(c))
    return Finish(said, forget=True, flags=_forgotten(c))


async def _refused(c: Context) -> Finish:
    """A stranger is a stranger again. Whoever has an account keeps the hours that were promised, and the desk learns of
    it; an account that somebody else opened for them goes once nothing is to come (`handlers/privacy/forgetting.py`).
    """
    await _lets_go(c)
    if c.known.person is None:
        said = t("terms.refused", call=call(c))
    elif c.known.agreed_before:
        said = t("terms.refused_anew", call=call(c))
    else:
        coming = bool(c.known.upcoming)
        said = t("terms.refused_coming", call=call(c)) if coming else t("terms.refused_account", call=call(c))
    return Finish(said, forget=True, flags=_forgotten(c))


async def _lets_go(c: Context) -> None:
    """The hour, and the place on the waiting list. Of somebody with an account the desk is told."""
    await c.booking.release(c.contact.id)
    await c.booking.leave_waiting(c.contact.id)
    if c.known.person is not None:
        await c.booking.ask_desk(c.contact.id, "terms")


def _forgotten(c: Context) -> frozenset[Flag]:
    """Who once agreed has rights from it, and an account that ends by their own word."""
    return frozenset() if c.known.agreed_before else FORGOTTEN


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
    """The proof, once it is given."""
    return _proof(c, c.answers["terms"]) if "terms" in c.answers else None


def _proof(c: Context, terms: Mapping[str, Any]) -> Consent:
    """The very answer to which words about which versions, when and on which channel."""
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


# ---------------------------------------------------------------- before any service


def unagreed(c: Context) -> bool:
    """They have an account, and have not accepted the terms in force."""
    return c.contact.role == "beneficiary" and c.known.person is not None and not c.known.terms_accepted


def comes_first(c: Context, flow: str) -> bool:
    """Whether the terms are to be accepted before this flow begins. Whose account is suspended gets no service anyway,
    and finds in the menu what they may do.
    """
    if not unagreed(c) or flow in WITHOUT_TERMS:
        return False
    return not (flow == "menu" and is_suspended(c))


def wanted(c: Context) -> Mapping[str, Any]:
    """What they wrote, to be heard once they have accepted; a bare number answered something that is gone."""
    return {} if by_number(c.raw, c.words) is not None else {"said": c.raw}


async def got_first(c: Context, heard: Input) -> Outcome:
    """From now on they are served, at once with what they had asked for."""
    outcome = await got_terms(c, heard)
    if not isinstance(outcome, Fill):
        return outcome
    if not await c.booking.agree(c.contact.id, _proof(c, outcome.answers["terms"])):
        return Again(miss=False)
    said = c.answers.get("said", "")
    return Finish(t("terms.thanks"), go_on=True, hear=said, flags=frozenset({"agreed"}))


async def finish(c: Context) -> Outcome:
    return Finish()


TERMS = Flow("terms", version=1, finish=finish, fleeting=True, steps=(Step("terms", ask_terms, got_first),))
