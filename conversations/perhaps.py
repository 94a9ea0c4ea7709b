"""What may be for somebody else, although nobody said so: it is shown what waits, or asked, and goes nowhere by itself.
What is known to be a message: `exchange.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from booking import policy
from booking.messages import Message
from booking.model import AppointmentId
from conversations import addressed
from conversations.commands import command
from conversations.flows import messages, reading
from conversations.flows.messages import PERHAPS
from conversations.intents import asks
from conversations.meant_for_us import asks_for_us, manners, speaks_of_us
from conversations.message_commands import begun_before
from conversations.model import Input
from conversations.nearby import said_nearby
from conversations.normal import fold
from conversations.phrases import fold_phrase, padded, pattern
from conversations.recognise import by_number
from conversations.talk import Talk

YES_OR_NO: Final = ("words.yes", "words.no", "words.reminder.yes", "words.reminder.no")
SENTENCE: Final = 4  # words: fewer are rather a word for us, misspelt


def is_text(talk: Talk, came: Input) -> bool:
    """Words that are no word for everywhere, and nothing else with them."""
    return bool(came.text.strip()) and not came.files and command(came.text, talk.c) is None


async def unread_first(talk: Talk, came: Input) -> bool:
    """Who answers at once where we said that a message waits has not read it: it is shown, and their text asked about.
    A yes, a thank-you or a number asks for no more than to see it. A reminder that came later is answered before.
    """
    person = talk.c.known.person
    if person is None or talk.frames or talk.prompt is not None or talk.c.contact.role == "worker":
        return False
    text = came.text
    if not is_text(talk, came) or asks_for_us(text, talk.c) or _answers_reminder(talk, text):
        return False
    if not (unread := await _told_of(talk)):
        return False
    if not fold(text) or manners(text, talk.c) or by_number(text, talk.c.words) is not None:
        await talk.push("read")
        return True
    # While an exchange is open they were told that what they write goes.
    return not messages.is_open(talk.c) and await _shown_first(talk, unread, text)


async def _shown_first(talk: Talk, unread: Sequence[Message], text: str) -> bool:
    shown, texts = await reading.show(talk.c, unread)
    entry = await reading.other_of(talk.c, shown[0])
    talk.says.extend(texts)
    return entry is not None and await asked_about(talk, text, [entry.appointment.id])


def _answers_reminder(talk: Talk, text: str) -> bool:
    """A bare yes or no, where they were reminded of an hour lately: it is no word for reading."""
    said = fold(text)
    return bool(talk.c.reminded) and any(said in talk.c.words(words) for words in YES_OR_NO)


async def _told_of(talk: Talk) -> Sequence[Message]:
    """What waits for them, unless they were reminded of an hour since."""
    assert talk.c.known.person is not None
    unread = await talk.c.booking.unread("person", talk.c.known.person.id)
    reminded = max((each.at for each in talk.c.reminded), default=None)
    return () if unread and reminded is not None and reminded > unread[-1].written_at else unread


async def instead_of_a_miss(talk: Talk, text: str) -> bool:
    """Before a text is no answer: where it begins as a message, or somebody has just written to the worker, we ask."""
    if talk.reheard or talk.ended or talk.flow is None or talk.flow.name == "message":
        return False
    if talk.c.contact.worker and talk.prompt is not None:
        asked = talk.prompt.asked_at
        waiting = await talk.c.booking.to_answer(talk.c.contact.worker, asked)
        if among := [e.correspondent.appointment.id for e in waiting if e.at > asked and not e.answered]:
            return await asked_about(talk, text, among)
    rest = addressed.begun(talk.c, text)
    if rest is None or len(rest.split()) < SENTENCE - 1:
        return False
    return await asked_about(talk, rest, [entry.appointment.id for entry in await messages.whom(talk.c)])


async def for_somebody(talk: Talk, text: str) -> bool:
    """A worker's sentence that nobody understood names somebody whom they may write to, or is a lateness and an hour is
    near: it is asked about.
    """
    if talk.reheard or len(text.split()) < SENTENCE:
        return False
    entries = await messages.whom(talk.c)
    said, now = said_nearby(text, talk.c.words), talk.c.now
    near = [e for e in entries if policy.is_near(e.appointment, now)] if said and said.what == "late" else []
    return await asked_about(talk, text, [e.appointment.id for e in messages.named(text, entries) or near])


async def names_another(talk: Talk, text: str, among: Sequence[str]) -> bool:
    """ "Bonjour Sam, …" in an exchange with Camille: for whom is asked."""
    mine = [entry for about in among if (entry := await messages.other(talk.c, about)) is not None]
    names = {entry.name for entry in mine}
    others = [each for each in messages.named(text, await messages.whom(talk.c)) if each.name not in names]
    return bool(others) and await asked_about(talk, text, [each.appointment.id for each in (*mine, *others)])


async def asked_about(talk: Talk, text: str, among: Sequence[AppointmentId]) -> bool:
    if not among:
        return False
    whom = {"about": among[0], "sure": "ask"} if len(among) == 1 else {"among": list(among)}
    await talk.push("message", begun_before(talk, {**whom, "text": text.strip(), PERHAPS: True}))
    return True


async def speaks_to_them(talk: Talk, text: str) -> bool:
    """ "Bonjour Claire, …", to the one whom they meet: no wish for an hour with her, unless it says so. "Claire est en
    retard" speaks of her.
    """
    c = talk.c
    if talk.reheard or c.contact.role == "worker" or c.known.person is None or asks_for_us(text, c):
        return False
    if len(text.split()) < SENTENCE:
        return False
    greeting = pattern(c.words("words.greeting")).match(said := padded(text))
    rest = said[greeting.end() :] if greeting else said
    told = pattern(c.words("words.message.tells"))
    called = []
    for entry in await messages.whom(c):
        name = pattern((fold_phrase(entry.name),)).match(rest) if entry.name else None
        if name and (greeting or not told.match(rest[name.end() :])):
            called.append(entry.appointment.id)
    return await asked_about(talk, text, called)


async def may_be_for_them(talk: Talk, text: str) -> bool:
    """A person's words that nobody understood, with nothing under way but the menu: a question, or a few words, may be
    for the one whom they meet. It is asked; once they said that it is no message, it is for us.
    """
    idle = not talk.frames or (talk.flow is not None and talk.flow.name == "menu")
    if not idle or talk.reheard or talk.ended or talk.c.contact.role == "worker" or talk.c.known.person is None:
        return False
    if not asks(text, talk.c.words) and (len(text.split()) < SENTENCE or speaks_of_us(text, talk.c)):
        return False
    return await asked_about(talk, text, [entry.appointment.id for entry in await messages.whom(talk.c)])
