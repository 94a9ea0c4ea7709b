"""People's accounts: made with everything that the terms ask (articles 1, 2.4, 4.1), and read."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from booking import phones, policy
from booking.agreeing import agreed
from booking.events import CodesGuessed
from booking.model import Consent, ContactId, Person, PersonId
from booking.phones import Mobile
from booking.ports import CodeAccepted, CodeRefused, Joining, Refused, TooManyTries
from conversations.flows.answers import email_in
from handlers import claims
from handlers.acting import Acting
from handlers.following import follow
from handlers.web.api.operations import Call
from handlers.web.api.problems import Problem
from handlers.web.api.shapes import Id, In, Instant, Language, Out, Yes, Zone
from handlers.web.api.whose import seen
from locales.words import words
from storage import audit, contacts, story
from storage.booking import RowStore
from storage.contacts import ContactRow

AHEAD: Final = timedelta(minutes=5)  # two clocks may differ by so much

# Letters, marks, space and - ' ’ . only, as in a talk: no links, no invisible or bidirectional marks (threat T17).
# The scripts are written out, since the regular expressions of JSON Schema's readers do not agree on \p{L}.
LETTERS: Final = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿΈ-ΊΎ-ΡΣ-ώЀ-ҁҊ-ӿԱ-Ֆա-ևא-תء-غف-يა-ჺぁ-ゖァ-ヺ一-鿿가-힣"
NAME: Final = rf"^[{LETTERS}][{LETTERS}\u0300-\u036f .'’\-]{{0,49}}$"
EMAIL: Final = r"^[A-Za-z0-9]+([._+\-][A-Za-z0-9]+){0,5}@([A-Za-z0-9]+(-[A-Za-z0-9]+){0,3}\.){1,4}[A-Za-z]{2,12}$"

Name = Annotated[str, Field(pattern=NAME), AfterValidator(lambda name: " ".join(name.split()))]


class ConsentIn(In):
    """The proof of an explicit acceptance (terms, articles 2.4 and 4.1.2), kept as it is."""

    terms_version: Annotated[str, Field(max_length=32, description="Of the terms they read.")]
    policy_version: Annotated[
        str | None, Field(max_length=32, description="Of the privacy policy they read, where it has one of its own.")
    ] = None
    language: Language
    statement: Annotated[
        str, Field(min_length=1, max_length=500, description="What they ticked or pressed, in the words they saw.")
    ]
    accepted_at: Instant
    adult: Yes = Field(description="They declared to be 18 or over (article 2.4).")
    authorised: Yes = Field(description="They declared to be authorised by the client (article 2.4).")


class PersonIn(In):
    code: Annotated[str, Field(min_length=1, max_length=64, description="The connection code, as they typed it.")]
    first_name: Name
    last_name: Name
    email: Annotated[str, Field(max_length=100, pattern=EMAIL)]
    phone: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{7,14}$", description="Mobile, E.164.")]
    phone_proven: Yes = Field(
        description="You have proven that the number is theirs, by a code sent to it: notices with their name go there."
    )
    language: Language = "fr"
    time_zone: Zone | None = Field(default=None, description="Else the one that goes with the number.")
    consent: ConsentIn


class PersonOut(Out):
    id: Id
    first_name: str
    last_name: str
    email: str | None
    email_confirmed: bool = Field(description="By the link that we mailed.")
    phone: str | None
    language: str
    time_zone: str
    suspended: bool
    terms_accepted: bool = Field(description="Those in force. Else a booking needs `consent`.")


async def create(call: Call) -> PersonOut | Problem:
    """The code comes first: without a good one nothing is learnt of a number."""
    body: PersonIn = call.body
    mobile = phones.read(body.phone)
    if mobile is None:
        return Problem("phone_not_served")
    consent = consent_of(body.consent, call)
    if consent is None:
        return Problem("consent")
    store = RowStore(call.tx, call.parts.directories)
    core = Acting(call.tx, store, call.parts.rules, call.now, call.parts.new_id, called=call.actor)
    code = await _redeem(call, core, store, body.code, mobile)
    if isinstance(code, Problem):
        return code
    contact = await _contact(call, mobile)
    if contact is None:
        return Problem("account_exists")
    person = await core.join(ContactId(contact.id), _joining(call, body, code, mobile), consent)
    if isinstance(person, Refused):
        return Problem(person.reason)
    await contacts.set_language(call.tx, contact.id, person.language)
    await audit.add(call.tx, call.actor, "join", f"person:{person.id}", call.now)
    await claims.anew(call.tx, store, core, ContactId(contact.id), call.now)
    await follow(call.tx, call.parts, store, core, f"api:{call.id}", call.now)
    return _out(person, terms_accepted=True)


def consent_of(given: ConsentIn, call: Call) -> Consent | None:
    """None: of other terms than those in force, or not given yet."""
    consent = Consent(
        given.terms_version,
        given.language,
        "api",
        given.statement,
        given.accepted_at,
        policy_version=given.policy_version or given.terms_version,
        how=call.actor,
        declared=("adult", "authorised"),
    )
    return None if given.accepted_at > call.now + AHEAD or not policy.consents(consent, call.parts.rules) else consent


async def _redeem(call: Call, core: Acting, store: RowStore, typed: str, mobile: Mobile) -> CodeAccepted | Problem:
    """Counted by the number, which is nobody's contact yet, and overall (threat T1); in the database, and kept also
    when it was wrong.
    """
    guesser = ContactId(f"number:{store.keyed('phone', mobile.e164)}")
    code = await core.redeem_code(typed, guesser)
    core.events[:] = [event for event in core.events if isinstance(event, CodesGuessed)]  # no contact to call back
    if isinstance(code, CodeAccepted):
        return code
    await follow(call.tx, call.parts, store, core, f"api:{call.id}", call.now)
    match code:
        case TooManyTries(until):
            return Problem("too_many_tries", after=until - call.now)
        case CodeRefused():
            return Problem("code_refused")


async def _contact(call: Call, mobile: Mobile) -> ContactRow | None:
    """Where the person reads us, made and locked; None where the number is somebody's already (article 4.1.4)."""
    tx, parts = call.tx, call.parts
    there = await contacts.of_phone(tx, mobile.e164)
    if any(row.person_id or row.worker_id for row in there) or await story.people(tx, mobile.e164):
        return None
    made = await contacts.make(tx, "sms", mobile.e164, call.now, parts.new_id, parts.default_lang, mobile.zone)
    contact = await contacts.lock(tx, made)
    return None if contact.person_id or contact.worker_id else contact


def _joining(call: Call, body: PersonIn, code: CodeAccepted, mobile: Mobile) -> Joining:
    language = body.language if body.language in call.parts.languages else call.parts.default_lang
    return Joining(
        code=code.code,
        first_name=body.first_name,
        last_name=body.last_name,
        email=email_in(body.email, words(language)) or body.email,
        phone=mobile.e164,
        language=language,
        time_zone=body.time_zone or mobile.zone,
    )


async def read(call: Call) -> PersonOut | Problem:
    found = await seen(call)
    if isinstance(found, Problem):
        return found
    accepted = await agreed(found.store, call.parts.rules, PersonId(found.person.id), None)
    return _out(found.person, terms_accepted=accepted)


def _out(person: Person, *, terms_accepted: bool) -> PersonOut:
    return PersonOut(
        id=person.id,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        email_confirmed=person.email_confirmed,
        phone=person.phone,
        language=person.language,
        time_zone=person.time_zone,
        suspended=person.suspended,
        terms_accepted=terms_accepted,
    )
