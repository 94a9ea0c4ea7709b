"""Booking an hour: the fewest questions that the terms allow, personal ones last and each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from booking.model import Appointment, Mode, Motive, SlotId, Worker
from booking.ports import Booked, CodeAccepted, Joining, Refused, SlotGone, TooManyTries
from conversations.flows import account, hours, phone
from conversations.flows.answers import email_in, full_name, is_a_sentence, mentions, without_manners
from conversations.flows.names import MODES, MOTIVES, call
from conversations.flows.terms import FORGOTTEN, ask_terms, consent, got_terms
from conversations.flows.told import GUESS, MOST_WORDS, told_code
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, Switch, fill
from conversations.normal import fold
from conversations.recognise import by_words
from conversations.text import Text, t
from conversations.understand import understand

FAR: Final = timedelta(days=7)  # an hour further off than this may be wished earlier

REFUSED: Final[Mapping[str, Text]] = {
    "max_appointments": t("refused.max_appointments"),
    "cancellations": t("refused.cancellations"),
    "overlap": t("refused.overlap"),
    "suspended": t("refused.suspended"),
    "frozen": t("refused.frozen"),
    "consent": t("refused.consent"),
    "dispute": t("refused.dispute"),
    "worker": t("refused.worker"),
}

CONFIRMED: Final[Mapping[Mode, Text]] = {
    Mode.PHONE: t("confirmed.phone"),
    Mode.VIDEO: t("confirmed.video"),
    Mode.IN_PERSON: t("confirmed.in_person"),
}


async def enter(c: Context) -> Finish | None:
    """Who may not book is told before any question."""
    if c.known.refused is None:
        return None
    return Finish(refusal(c.known.refused, c))


def refusal(refused: Refused, c: Context) -> Text:
    """Whose account is suspended is told until when, and how to contest it (safety G18)."""
    if refused.reason == "suspended" and c.known.suspension is not None:
        return account.suspended(c, c.known.suspension)
    words = REFUSED[refused.reason]
    return t(words.msgid, call=call(c))


# ---------------------------------------------------------------- the connection code


async def ask_code(c: Context) -> Ask:
    return Ask(t("code.ask"), free=True, example=t("code.example"))


async def got_code(c: Context, heard: Input) -> Outcome:
    """Any code at this question; but 'bonjour' is never a guess, and who lost the code is helped."""
    guess = told_code(heard.text, c.words) or (_guess(c, heard.text) if c.asked else None)
    if guess is None:
        if mentions(heard.text, c.words("words.code.lost")):
            return await _lost(c, heard.text)
        return Again()
    answer = await c.booking.redeem_code(guess, c.contact.id)
    match answer:
        case CodeAccepted(code):
            return fill(t("code.accepted"), code=code)
        case TooManyTries(until, everybody):
            words = t("code.busy") if everybody else t("code.slow")
            return Again(t(words.msgid, until=until, call=call(c)))
    if c.misses == 0:
        return Again(t("code.refused"))
    return Again(t("code.refused_again", call=call(c)) if c.misses % 2 else t("code.refused_still", call=call(c)))


def _guess(c: Context, text: str) -> str | None:
    """One or two words that mean nothing else: some clients' codes are older than our form of them."""
    folded = fold(text)
    if "?" in text or len(folded.replace(" ", "")) not in GUESS or len(folded.split()) > MOST_WORDS:
        return None
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone)
    means = heard.intent or heard.motive or heard.mode or heard.days or heard.earliest or heard.latest or heard.language
    lost = mentions(text, c.words("words.code.lost"))
    return None if means or lost or not _like_a_code(folded) else text


def _like_a_code(folded: str) -> bool:
    """A digit, or a single word."""
    return any(char in "0123456789" for char in folded) or " " not in folded


async def _lost(c: Context, text: str) -> Outcome:
    """Where the code is found, or, where that was said just before, who helps without it. The subject is kept."""
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone)
    kept = {"motive": heard.motive} if heard.motive else {}
    if c.answers.get("lost"):
        return fill(t("code.lost_again"), lost=None, **kept)
    return fill(t("code.lost", call=call(c)), lost=True, **kept)


# ---------------------------------------------------------------- the subject


async def ask_motive(c: Context) -> Ask:
    return Ask(t("motive.ask"), (), tuple(Option(motive.value, label) for motive, label in MOTIVES.items()))


async def got_motive(c: Context, heard: Input) -> Outcome:
    return fill(motive=heard.choice)


# ---------------------------------------------------------------- name, e-mail address


async def ask_own_account(c: Context) -> Ask:
    options = (Option("join", t("own_account.mine")), Option("human", t("own_account.not_mine")))
    return Ask(t("own_account.ask"), (), options)


async def got_own_account(c: Context, heard: Input) -> Outcome:
    """Theirs is joined, by a code. Whoever never had one is seen to by a human: one number has one account."""
    if heard.choice == "human":
        return Switch("human")
    return Switch("join", {"number": c.contact.phone or c.answers["phone"]})


async def ask_name(c: Context) -> Ask:
    return Ask(t("name.ask"), free=True, example=t("name.example"))


async def got_name(c: Context, heard: Input) -> Outcome:
    """'Merci' is nobody's name, nor is 'plutôt en vidéo'; but Camille is no 'famille', and Juan Mardi no day."""
    said = without_manners(heard.text, c.words)
    means = understand(said, c.words, now=c.now, zone=c.contact.zone)
    name = None if means.intent or means.mode or is_a_sentence(said, c.words) else full_name(said, c.words)
    if name is not None:
        return fill(name=list(name))
    return Again(t("name.both") if c.misses == 0 and not means.intent else None)


async def ask_email(c: Context) -> Ask:
    none = Option("none", t("email.none"))
    return Ask(t("email.ask", name=c.answers["name"][0]), (), (none,), free=True, example=t("email.example"))


async def got_email(c: Context, heard: Input) -> Outcome:
    if heard.choice == "none":
        return await by_desk(c)
    address = email_in(heard.text, c.words)
    return Again(t("email.wrong") if c.misses == 0 else None) if address is None else fill(email=address)


async def by_desk(c: Context) -> Finish:
    """The desk makes the account, by telephone (terms, article 4.1.2). It may be back only after the hour."""
    back = None if c.desk.open_now else c.desk.opens
    await c.booking.ask_desk(c.contact.id, "no_email", back=back)
    held = await c.booking.held(c.contact.id)
    if held is None:
        return Finish(t("email.desk", call=call(c)))
    if back is not None and back >= held.hold.start:
        return Finish(t("email.desk_after", call=call(c), opens=back))
    if held.hold.until >= held.hold.start:
        return Finish(t("email.desk_yours", call=call(c), start=held.hold.start))
    return Finish(t("email.desk_kept", call=call(c), start=held.hold.start, until=held.hold.until))


def stranger(name: str) -> Callable[[Context], bool]:
    """Asked of somebody who has no account yet."""
    return lambda c: c.known.person is None and name not in c.answers


# ---------------------------------------------------------------- the summary


async def ask_summary(c: Context) -> Ask:
    held = await c.booking.held(c.contact.id)
    start = held.hold.start if held else hours.start_of(c.answers["slot"])
    with_whom = t("summary.with", worker=held.worker.first_name) if held else t("summary.first_free")
    text = t(
        "summary.ask",
        start=start,
        with_whom=with_whom,
        mode=MODES[hours.mode_of(c)],
        motive=MOTIVES[Motive(c.answers["motive"])],
    )
    options = (
        Option("confirm", t("summary.confirm"), exact=True),
        Option("change", t("summary.change")),
        Option("give_up", t("summary.give_up"), exact=True),
    )
    return Ask(text, (), options, free=True)


async def got_summary(c: Context, heard: Input) -> Outcome:
    """A correction in words leads straight to what it means: "le sujet", "changer mon nom"."""
    match heard.choice:
        case "confirm":
            return fill(summary=True)
        case "change":
            return fill(change=True)
        case "give_up":
            await c.booking.release(c.contact.id)
            return Finish(t("draft.left"), flags=FORGOTTEN if c.known.person is None else frozenset())
    meant = by_words(heard.text, changes(c), c)
    return await got_change(c, Input(choice=meant.value)) if meant else Again()


async def ask_change(c: Context) -> Ask:
    return Ask(t("change.ask"), (), (*changes(c), Option("nothing", t("change.nothing"))))


def changes(c: Context) -> tuple[Option, ...]:
    """What can be changed; name and address only while there is no account."""
    options = [
        Option("slot", t("change.slot")),
        Option("mode", t("change.mode")),
        Option("motive", t("change.motive")),
    ]
    if c.known.person is None:
        options += [Option("name", t("change.name")), Option("email", t("change.email"))]
    return tuple(options)


async def got_change(c: Context, heard: Input) -> Outcome:
    """The answer is forgotten, so its question is next; all the rest stands. `before` is what BACK brings back."""
    match heard.choice:
        case "mode":
            return fill(choose="mode", change=None)
        case "nothing":
            return fill(change=None)
    lost = (heard.choice, "slot") if heard.choice == "motive" else (heard.choice,)
    before = {name: c.answers[name] for name in lost}
    return fill(**dict.fromkeys(lost), change=None, before=before)


# ---------------------------------------------------------------- the booking


async def book(c: Context) -> Outcome:
    """Everything is known: account, consent and appointment are made in this one transaction."""
    a = c.answers
    done = await c.booking.book(SlotId(a["slot"]), hours.wish_of(c), c.contact.id, _joining(c), consent(c))
    match done:
        case Booked(appointment, worker):
            said = confirmation(appointment, worker)
            return Finish(said, more=(how_to_change(appointment, c),), link=Link("appointment", appointment.id))
        case SlotGone():
            return fill(t("slot.gone"), slot=None, summary=None)
        case Refused("overlap"):
            return fill(t("refused.overlap"), slot=None, summary=None)
        case Refused("consent"):
            return fill(t("refused.consent"), terms=None, summary=None)
    return Finish(refusal(done, c))


def how_to_change(appointment: Appointment, c: Context) -> Text:
    """The words to answer with; of an hour that is far off, also the one that asks for an earlier hour."""
    return t("earlier.change") if appointment.start - c.now > FAR else t("confirmed.change")


def confirmation(appointment: Appointment, worker: Worker, words: Mapping[Mode, Text] = CONFIRMED) -> Text:
    """Worker, mode, date and motive (terms, article 4.2), said in the answer to the person's own yes."""
    return t(
        words[appointment.mode].msgid,
        start=appointment.start,
        worker=worker.first_name,
        address=worker.address,
        motive=MOTIVES[appointment.motive],
    )


def _joining(c: Context) -> Joining | None:
    if c.known.person is not None:
        return None
    a = c.answers
    first, last = a["name"]
    return Joining(
        code=a["code"],
        first_name=first,
        last_name=last,
        email=a["email"],
        phone=c.contact.phone or a.get("phone"),
        language=a.get("lang", c.contact.lang),
        time_zone=c.contact.zone,
    )


def noted(c: Context, gained: Mapping[str, Any]) -> Text | None:
    """What was understood is said, so that it can be corrected."""
    if "motive" in gained:
        return t("noted.motive", motive=MOTIVES[Motive(gained["motive"])])
    if "mode" in gained:
        return t("noted.mode", mode=MODES[Mode(gained["mode"])])
    if len(gained.get("days", ())) == 1:
        day = date.fromisoformat(gained["days"][0])
        noon = datetime.combine(day, time(12), ZoneInfo(c.contact.zone))
        return t("noted.day", day=noon)
    return None


BOOK = Flow(
    "book",
    version=1,
    enter=enter,
    finish=book,
    hears=frozenset({"motive", "mode", "worker", "days", "from", "to", "after", "choose"}),
    noted=noted,
    keeps=hours.kept,
    deaf=frozenset({"worker_choice", "terms", "phone", "proof", "own_account", "name", "email"}),
    draft=True,
    steps=(
        Step("code", ask_code, got_code, wanted=stranger("code"), lasting=True, eager=True),
        Step("motive", ask_motive, got_motive),
        *hours.steps(),  # dates, mode, worker when asked for; the hour itself
        Step("terms", ask_terms, got_terms, wanted=lambda c: not c.known.terms_accepted and "terms" not in c.answers),
        *phone.STEPS,
        Step(
            "own_account", ask_own_account, got_own_account, lambda c: c.known.person is None and "taken" in c.answers
        ),
        Step("name", ask_name, got_name, wanted=stranger("name")),
        Step("email", ask_email, got_email, wanted=stranger("email")),
        Step("change", ask_change, got_change, wanted=lambda c: "change" in c.answers),
        Step("summary", ask_summary, got_summary),
    ),
)
