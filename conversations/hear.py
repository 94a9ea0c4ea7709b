"""How one input is understood. `LISTENERS` is the order, and nothing may come in between: the first that understands
ends it.

A file is seen to before the words under it. Danger comes before all words, opt-out before any meaning a word may have
elsewhere, what stands on the screen before global words, and free text last.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from conversations.answering import late_yes, reminder
from conversations.at_the_hour import at_the_hour
from conversations.attendance import of_the_hour
from conversations.commands import command
from conversations.danger import danger
from conversations.decided_first import decided_first, shown
from conversations.exchange import (
    addressed_message,
    besides_desk,
    exchange,
    quoted_message,
    stops_writing,
    verbatim,
    written_to,
)
from conversations.flows import still_me
from conversations.flows.danger import NUMBERS
from conversations.flows.messages import EXCHANGE
from conversations.flows.reading import waits
from conversations.flows.terms import SERVES, unagreed
from conversations.frozen import is_frozen, without_drafts
from conversations.media import changed_mind, files, names_the_file, stops_sending
from conversations.minors import under_age
from conversations.model import Context, Frame, Input, Option, Prompt
from conversations.normal import fold
from conversations.perhaps import instead_of_a_miss, unread_first
from conversations.phrase import caption, free_text
from conversations.recognise import by_both, by_number, by_words
from conversations.resuming import resume_instead
from conversations.talk import Talk
from conversations.text import t
from conversations.understand import understand
from conversations.with_desk import leave, reads_desk, speaks_to_desk

Listen: TypeAlias = Callable[[Talk, Input], Awaitable[bool]]


async def hear(talk: Talk, came: Input) -> None:
    """Let each listener try; what nobody understands is a miss. What turns out to be no message is heard once more."""
    await _listened(talk, came)
    if talk.unheard:
        talk.facts.pop(EXCHANGE, None)
        talk.prompt = talk.prompt if talk.open_step is not None else None
        talk.ended = False  # what nobody understands begins, as ever
        for_them = "agreed" in talk.flags  # it waited for the terms only
        await _listened(talk, Input(text=talk.reread()), besides=() if for_them else TO_OTHERS)


async def _listened(talk: Talk, came: Input, besides: Sequence[Listen] = ()) -> None:
    if is_frozen(talk.c):
        _leaves(talk, without_drafts(talk.frames, talk.flows, talk.c))
    if unagreed(talk.c):
        without_service(talk)
        besides = (*besides, *SERVICES)
    for listen in LISTENERS:
        if listen not in besides and await listen(talk, came):
            return
    if not resume_instead(talk) and not await instead_of_a_miss(talk, came.text):
        talk.miss()


BEFORE_DOUBT: Final = ("human", "call_back", "language", "private", "still_me")


def without_service(talk: Talk) -> None:
    """The terms have changed while a message or a paper was on its way: it is sent by nobody's next word."""
    _leaves(talk, [frame for frame in talk.frames if frame.flow not in SERVES])


def _leaves(talk: Talk, frames: list[Frame]) -> None:
    """A question of what is left is not answered any more."""
    talk.frames = frames
    talk.prompt = talk.prompt if talk.open_step is not None else None


async def too_early(talk: Talk, came: Input) -> bool:
    """A paper of somebody who has not accepted the terms is not kept, and they are told so before they are asked."""
    if not came.files or talk.mode == "human" or not unagreed(talk.c):
        return False
    talk.says.append(t("terms.file"))
    return not came.text


# Nobody in distress is asked again whether all is to go, or what they accept.
NOT_IN_DANGER: Final = frozenset({"my_data", "erase", "close", "freeze", "object", "death", "copy", "profile", "terms"})


async def danger_words(talk: Talk, came: Input) -> bool:
    """Unmistakable words get the numbers at once, first in the reply, whatever the step. Near ones get one question."""
    found = danger(came.text, talk.c.words) if came.text and talk.c.contact.role == "beneficiary" else None
    if found is None:
        return False
    talk.frames = [frame for frame in talk.frames if frame.flow not in NOT_IN_DANGER]
    if written_to(talk):
        talk.says.append(t("message.kept_back"))
        talk.ended = True  # nothing else was asked
    if found.level == "ask":
        await talk.push("danger", {"kind": found.kind})
        return True
    talk.says.insert(0, NUMBERS[found.kind])
    talk.ended = talk.ended or unagreed(talk.c)
    talk.flags.add("danger")
    await talk.c.booking.ask_desk(talk.c.contact.id, "danger")
    return True


async def rewritten(talk: Talk, came: Input) -> bool:
    """A message that they changed after it was read: what it led to stands, and they are told so while a question is
    open. Danger and STOP count, however they are said. False: there is nothing to say.
    """
    if await danger_words(talk, came):
        return True
    if fold(came.text) in talk.c.words("words.command.stop"):
        return await opt_words(talk, came)
    if talk.mode == "human":
        return await with_desk(talk, came)
    if talk.prompt is None:
        return False
    talk.says.append(t("edited.unread"))
    return True


async def opt_words(talk: Talk, came: Input) -> bool:
    """STOP and START, as a whole message only. 'Stopper mon crédit' is a matter to talk about."""
    said = fold(came.text)
    if said and said in talk.c.words("words.command.stop"):
        talk.flags.add("opt_out")
        stops_writing(talk)
        await stops_sending(talk)
        talk.says = [t("stop.done")]
        talk.hush = True
        talk.hands_over(frozenset({"bot"}))
        return True
    if said and said in talk.c.words("words.command.start"):
        if talk.c.contact.opted_out:
            talk.flags.add("opt_in")
            talk.says.append(t("start.done"))
            await shown(talk)
            if waiting := await waits(talk.c):
                talk.says.extend(waiting)
                talk.hush = not talk.frames  # one thing to answer
            return True
        if talk.mode == "human":
            return False  # there it is a word that leads back to us
        return await option(talk, came) or True  # 'reprendre' may be what the question offers
    return False


async def desk_wrote(talk: Talk, came: Input) -> bool:
    """Whoever answers the announcement reads it; anything else they wrote is heard after that."""
    if not reads_desk(talk, came):
        return False
    talk.rests = talk.mode == "human"
    return True


async def with_desk(talk: Talk, came: Input) -> bool:
    """What is written to the desk is not for us; but for the one question that danger asks, and the words, or a button,
    that lead back to us; and for what is the other one's of an appointment.
    """
    if talk.mode == "bot":
        return False
    if talk.open_step is not None and talk.flow is not None and talk.flow.name == "danger":
        if await button(talk, came) or (came.text and await option(talk, came) and not talk.misses):
            return True
        talk.pop()  # it is not put a second time: the desk reads what they answer
    if came.press is not None:
        leave(talk)
        return False
    if unagreed(talk.c) or not await besides_desk(talk, came):
        speaks_to_desk(talk, came)
    return True


async def in_doubt(talk: Talk, came: Input) -> bool:
    """Once, whoever writes from an address that was somebody's is asked whether it is them; a word for humans goes
    before. What they wrote is understood when they say that they begin here.
    """
    if not talk.c.contact.claims or still_me.ASKED in talk.facts:
        return False
    said = fold(came.text)
    if any(said in talk.c.words(f"words.command.{name}") for name in BEFORE_DOUBT):
        return False
    talk.facts[still_me.ASKED] = "asked"
    await talk.push("still_me", {"said": came.text})
    return True


async def button(talk: Talk, came: Input) -> bool:
    """A button of this question is its option; one of another question is no longer valid."""
    if came.press is None:
        return False
    prompt, step = talk.prompt, talk.open_step
    if prompt is None or step is None or prompt.id != came.press.prompt:
        talk.says.append(t("button.stale"))
        return True
    if 1 <= came.press.number <= len(prompt.options):
        chosen = prompt.options[came.press.number - 1]
        await talk.apply(await talk.answer(step, Input(choice=chosen.value)), step.name)
    else:
        talk.says.append(t("button.stale"))
    return True


async def quoted(talk: Talk, came: Input) -> bool:
    """A choice, in a message that quotes another question than the one on the screen: it is no answer to this one."""
    prompt = talk.prompt
    if not came.quotes or (prompt is not None and prompt.id == came.quotes):
        return False
    options = prompt.options if prompt is not None else ()
    chooses = by_both(came.text, options, talk.c) or by_words(came.text, options, talk.c)
    if by_number(came.text, talk.c.words) is None and chooses is None:
        return False
    talk.says.append(t("quote.old"))
    return True


async def shared_phone(talk: Talk, came: Input) -> bool:
    """A contact of their own, shared by the button: kept also when it was not asked."""
    if came.phone is None:
        return False
    step = talk.open_step
    if step is not None and step.name == "phone":
        await talk.apply(await talk.answer(step, came), step.name)
    else:
        talk.facts["phone"] = came.phone
        talk.says.append(t("phone.thanks"))
    return True


async def option(talk: Talk, came: Input) -> bool:
    """A choice of the question on the screen: by digit, label, synonym or near misspelling."""
    prompt, step = talk.prompt, talk.open_step
    if prompt is None or step is None or not prompt.options or not came.text:
        return False
    number = by_number(came.text, talk.c.words)
    chosen = _meant(prompt, came.text, number, talk.c)
    if came.early and (number is not None or (chosen is not None and chosen.exact)):
        talk.says.append(t("digit.early"))
        return True
    old = talk.c.now - prompt.asked_at > step.fresh
    if old and (number is not None or (chosen is not None and chosen.exact)):
        if not resume_instead(talk):
            talk.says.append(t("digit.old"))
        return True
    if chosen is not None and number is not None and prompt.over:
        talk.says.append(t("digit.which"))  # news came in between: it may answer the question before (rule 4)
        return True
    if chosen is None:
        if number is not None and not prompt.free:
            talk.miss()
        return number is not None and not prompt.free
    await talk.apply(await talk.answer(step, Input(text=came.text, choice=chosen.value)), step.name)
    return True


def _meant(prompt: Prompt, text: str, number: int | None, c: Context) -> Option | None:
    """The option at the number, or the one whose words were typed."""
    if number is not None:
        return prompt.options[number - 1] if number <= len(prompt.options) else None
    return by_both(text, prompt.options, c) or by_words(text, prompt.options, c)


async def global_word(talk: Talk, came: Input) -> bool:
    """A word that works at every step: the whole message, in the person's language or in French."""
    found = command(came.text, talk.c)
    if found is None or _is_the_day(talk, came.text):
        return False
    await found(talk, {})
    return True


def _is_the_day(talk: Talk, text: str) -> bool:
    """ "demain", where the question on the screen is which day."""
    if talk.prompt is None or talk.open_step is None or not talk.open_step.dated:
        return False
    return bool(understand(text, talk.c.words, now=talk.c.now, zone=talk.c.contact.zone).days)


LISTENERS: Final[tuple[Listen, ...]] = (
    too_early,
    files,
    danger_words,
    opt_words,
    decided_first,
    desk_wrote,
    with_desk,
    under_age,
    button,
    in_doubt,
    names_the_file,
    quoted_message,
    quoted,
    shared_phone,
    addressed_message,
    verbatim,
    unread_first,
    changed_mind,
    reminder,
    option,
    of_the_hour,
    exchange,
    at_the_hour,
    global_word,
    caption,
    late_yes,
    free_text,
)
TO_OTHERS: Final[tuple[Listen, ...]] = (quoted_message, addressed_message, verbatim, unread_first, exchange)
# What serves without a flow of its own: not before the terms are accepted (`flows/terms.py`).
SERVICES: Final[tuple[Listen, ...]] = (files, names_the_file, caption, changed_mind, *TO_OTHERS)
