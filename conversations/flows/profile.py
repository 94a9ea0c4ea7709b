"""My profile: what we know of somebody, and putting it right (regulation 2016/679, articles 15 and 16). Name and
language at once; the e-mail address by a link that goes to the new one, and the old one stays until it was pressed. The
platform's password is never asked for here: a link to its page is mailed.

It is an answer to their own words, and never sent unasked: others may read the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from booking import phones
from booking.model import Person
from booking.ports import TooManyTries
from booking.profiles import LinkMailed, MailAnswer, NoLink
from booking.proofs import NoOtherWay, ProofSent, Proven
from conversations.flows import echo, proof
from conversations.flows.answers import email_in, mentions
from conversations.flows.book import got_name
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Fill, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import Text, t

KEEP: Final = Option("keep", t("profile.keep"))
NO: Final = Option("keep", t("profile.no"))
AGAIN: Final = Option("again", t("proof.again"))
PARTS: Final = ("password", "email", "number", "name")  # what a phrase may be about, the one that decides first


def part_of(c: Context) -> str | None:
    """What of it their own words name: "changer mon adresse mail"."""
    return next((part for part in PARTS if mentions(c.raw, c.words(f"words.profile.{part}"))), None)


async def enter(c: Context) -> Finish | None:
    return None if c.known.person else Finish(t("profile.nobody", call=call(c)))


def theirs(c: Context) -> Person:
    assert c.known.person is not None
    return c.known.person


def about(what: str, name: str) -> Callable[[Context], bool]:
    return lambda c: c.answers.get("what") == what and name not in c.answers


# ---------------------------------------------------------------- what we know


async def ask_what(c: Context) -> Ask:
    person = theirs(c)
    number = person.phone or c.contact.phone
    said = t(
        "profile.yours",
        name=f"{person.first_name} {person.last_name}",
        phone=phones.spaced(number) if number else t("profile.none"),
        email=_email(person),
    )
    options = [Option(part, PART_WORDS[part]) for part in ("name", "email", "number", "language", "password")]
    return Ask(t("profile.ask"), (said, *await _awaited(c)), (*options, KEEP), free=True)


PART_WORDS: Final = {
    "name": t("profile.name"),
    "email": t("profile.email"),
    "number": t("profile.number"),
    "language": t("profile.language"),
    "password": t("profile.password"),
}


def _email(person: Person) -> Text:
    if person.email is None:
        return t("profile.none")
    if person.email_confirmed:
        return t("profile.confirmed", email=person.email)
    return t("profile.unconfirmed", email=person.email)


async def _awaited(c: Context) -> tuple[Text, ...]:
    awaited = await c.booking.email_awaited(theirs(c).id)
    return () if awaited is None else (t("profile.awaited", email=awaited),)


async def got_what(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "keep":
            return Finish(t("profile.kept"))
        case "language":
            return Switch("language", replace=True)
    part = heard.choice or part_of(c)  # "c'est mon nom qui est mal écrit"
    return fill(what=part) if part else Again()


# ---------------------------------------------------------------- the name


async def ask_name(c: Context) -> Ask:
    return Ask(t("profile.name_ask"), (), (NO,), free=True, example=t("name.example"))


async def hear_name(c: Context, heard: Input) -> Outcome:
    if heard.choice == "keep":
        return Finish(t("profile.kept"))
    return await got_name(c, heard)


# ---------------------------------------------------------------- the e-mail address


async def ask_mail(c: Context) -> Ask:
    """They have one: is the link lost, or the address another?"""
    person = theirs(c)
    options = [Option("change", t("profile.email_change")), KEEP]
    awaited = await _awaited(c)
    if awaited or not person.email_confirmed:
        options.insert(0, Option("again", t("profile.link_again")))
    return Ask(t("profile.email_which", email=_email(person)), awaited, tuple(options), free=True)


async def got_mail(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "keep":
            return Finish(t("profile.kept"))
        case "again":
            return _mailed(c, await c.booking.mail_again(theirs(c).id, c.contact.id))
        case "change":
            return fill(mail="change")
    address = email_in(heard.text, c.words)  # who writes it at once has said which
    return Again() if address is None else fill(mail="change", address=address, **echo.fresh(c))


async def ask_address(c: Context) -> Ask:
    return Ask(t("profile.address_ask"), (), (NO,), free=True, example=t("email.example"))


async def got_address(c: Context, heard: Input) -> Outcome:
    if heard.choice == "keep":
        return Finish(t("profile.kept"))
    address = email_in(heard.text, c.words)
    if address is None:
        return Again(t("email.wrong") if c.misses == 0 else None)
    return fill(address=address, **echo.fresh(c))


def forgeable(c: Context) -> bool:
    """Who sends an SMS can claim any number; what we answer goes to its owner alone (threat T2)."""
    return c.contact.channel == "sms" and "address" in c.answers and "written" not in c.answers


async def ask_code(c: Context) -> Ask:
    return Ask(t("profile.code", email=c.answers["address"], code=c.answers["code"]), (), (NO,), free=True)


async def got_code(c: Context, heard: Input) -> Outcome:
    if heard.choice == "keep":
        return Finish(t("profile.kept"))
    match echo.judge(c, heard.text):
        case "right":
            return fill(written=True)
        case "old":
            return fill(t("erase.old"), **echo.renewed(c))
        case "none":
            return Again()
        case "wrong":
            return fill(t("erase.wrong"), wrong=c.answers["wrong"] + 1)
        case "over":
            return Finish(t("profile.kept"))


# ---------------------------------------------------------------- the number


async def ask_number(c: Context) -> Ask:
    return Ask(t("profile.number_ask"), (), (NO,), free=True, example=t("phone.example"))


async def got_number(c: Context, heard: Input) -> Outcome:
    if heard.choice == "keep":
        return Finish(t("profile.kept"))
    mobile = phones.read(heard.text)
    if mobile is None:
        return Again(t("phone.not_served") if c.misses == 0 else None)
    if mobile.e164 == theirs(c).phone:
        return Finish(t("profile.number_same"))
    if theirs(c).phone is None:
        return await _to_new(c, mobile.e164)
    return fill(number=mobile.e164)


async def ask_old(c: Context) -> Ask:
    """Who they are is shown once more: whoever holds their telephone for a minute does not move their account."""
    ends = (theirs(c).phone or "")[-2:]
    options = (Option("here", t("profile.old_here", ends=ends)), Option("lost", t("profile.old_lost")), KEEP)
    return Ask(t("profile.old_ask"), (), options)


async def got_old(c: Context, heard: Input) -> Outcome:
    if heard.choice == "keep":
        return Finish(t("profile.kept"))
    target = theirs(c).phone if heard.choice == "here" else None
    return await _code_to(c, target, "old")


async def got_old_code(c: Context, heard: Input) -> Outcome:
    if heard.choice == "again":
        return fill(old=None)
    proven = await _typed(c, "old", heard)
    return await _to_new(c, c.answers["number"]) if isinstance(proven, Proven) else proven


async def got_new_code(c: Context, heard: Input) -> Outcome:
    if heard.choice == "again":
        sent = await _to_new(c, c.answers["number"])
        return Again(sent.say, miss=False) if isinstance(sent, Finish) else sent  # the one they have still counts
    proven = await _typed(c, "new", heard)
    return fill(proven=proven.target) if isinstance(proven, Proven) else proven


async def ask_old_code(c: Context) -> Ask:
    return Ask(proof.where(c.answers["old"]), (), (NO, AGAIN), free=True, written=True)


async def ask_new_code(c: Context) -> Ask:
    return Ask(proof.where(c.answers["new"]), (), (NO, AGAIN), free=True, written=True)


async def _to_new(c: Context, number: str) -> Outcome:
    outcome = await _code_to(c, number, "new")
    return fill(**outcome.answers, number=number, old_proven=True) if isinstance(outcome, Fill) else outcome


async def _code_to(c: Context, target: str | None, name: str) -> Outcome:
    match await c.booking.ask_proof(c.contact.id, theirs(c).id, "number", target):
        case ProofSent() as sent:
            return fill(**{name: proof.remembered(sent)})
        case TooManyTries(until=until):
            return Finish(t("code.slow", until=until, call=call(c)))
        case NoOtherWay():
            return Finish(t("profile.number_desk", call=call(c)))


async def _typed(c: Context, name: str, heard: Input) -> Proven | Outcome:
    if heard.choice == "keep":
        return Finish(t("profile.kept"))
    done = await proof.checked(c, c.answers[name].get("id"), heard)
    return Finish(done, more=(t("profile.kept"),)) if isinstance(done, Text) else done


async def _numbered(c: Context) -> Finish:
    number = c.answers["proven"]
    match await c.booking.change_phone(theirs(c).id, c.contact.id, number):
        case "changed":
            return Finish(t("profile.numbered", phone=phones.spaced(number)))
        case "taken":
            return Finish(t("profile.number_desk", call=call(c)))
    return Finish(t("proof.old"), more=(t("profile.kept"),))


# ---------------------------------------------------------------- what comes of it


async def finish(c: Context) -> Outcome:
    person = theirs(c)
    match c.answers["what"]:
        case "name":
            first, last = c.answers["name"]
            if not await c.booking.rename(person.id, first, last):
                return Finish(t("profile.nobody", call=call(c)))
            return Finish(t("profile.renamed", name=f"{first} {last}"))
        case "number":
            return await _numbered(c)
        case "password" if person.email is not None:
            return _mailed(
                c, await c.booking.mail_password(person.id, c.contact.id), t("profile.password_mailed").msgid
            )
    return _mailed(c, await c.booking.change_email(person.id, c.answers["address"], c.contact.id))


def _mailed(c: Context, done: MailAnswer, words: str = t("profile.mailed").msgid) -> Finish:
    match done:
        case LinkMailed(email):
            return Finish(t(words, email=email))
        case TooManyTries(until=until):
            return Finish(t("profile.slow", until=until, call=call(c)))
        case NoLink("same"):
            return Finish(t("profile.same"))
    return Finish(t("profile.nobody", call=call(c)))


def _awaits(sent: str, proven: str) -> Callable[[Context], bool]:
    return lambda c: c.answers.get("what") == "number" and sent in c.answers and proven not in c.answers


def _has_address(c: Context) -> bool:
    return about("email", "mail")(c) and c.known.person is not None and c.known.person.email is not None


def _needs_address(c: Context) -> bool:
    """Of the address; and of the password, for who has none yet."""
    what = c.answers.get("what")
    none = c.known.person is not None and c.known.person.email is None
    return "address" not in c.answers and (what == "email" or (what == "password" and none))


PROFILE: Final = Flow(
    "profile",
    version=1,
    enter=enter,
    finish=finish,
    fleeting=True,
    deaf=frozenset({"name", "address", "code", "number", "old_code", "new_code"}),
    steps=(
        Step("what", ask_what, got_what),
        Step("name", ask_name, hear_name, wanted=about("name", "name")),
        Step(
            "mail",
            ask_mail,
            got_mail,
            wanted=_has_address,
        ),
        Step("address", ask_address, got_address, wanted=_needs_address),
        Step("code", ask_code, got_code, wanted=forgeable),
        Step("number", ask_number, got_number, wanted=about("number", "number")),
        Step("old", ask_old, got_old, wanted=lambda c: about("number", "old")(c) and "old_proven" not in c.answers),
        Step("old_code", ask_old_code, got_old_code, wanted=_awaits("old", "old_proven")),
        Step("new_code", ask_new_code, got_new_code, wanted=_awaits("new", "proven")),
    ),
)
