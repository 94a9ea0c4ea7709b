"""What is a message to somebody else, and not to us. Listeners of `conversations/hear.py`.

A text goes to the other one only where they know that it does: it was asked for, they quoted a message, they named
whom it is for, or they write while an exchange is open and no question of ours is. In doubt it is asked about; what
does not go is said. Danger and STOP are heard before, and so are the words that work everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from booking.messages import Message, ToAnswer
from conversations import addressed
from conversations.commands import wished
from conversations.flows import messages, reading
from conversations.flows.messages import EXCHANGE, FRESH, OPEN
from conversations.meant_for_us import (
    answers,
    asks_to_write,
    begins_as_command,
    manners,
    may_be_for_us,
)
from conversations.message_commands import begun_before
from conversations.model import Input
from conversations.normal import fold
from conversations.perhaps import asked_about, is_text, names_another
from conversations.recognise import by_number, by_words
from conversations.talk import Talk
from conversations.text import t


def stops_writing(talk: Talk) -> None:
    """Whoever silences us is heard by nobody else, either: a message that was begun is left, an exchange is over."""
    talk.facts.pop(EXCHANGE, None)
    if talk.flow is not None and talk.flow.name == "message":
        talk.pop()


def written_to(talk: Talk) -> bool:
    """Whether what they write now would go to somebody else."""
    step = talk.open_step
    if step is not None:
        return step.verbatim or (talk.flow is not None and talk.flow.name == "message")
    return talk.prompt is None and messages.is_open(talk.c)


async def besides_desk(talk: Talk, came: Input) -> bool:
    """In a talk with the desk: the word that reads a message, which its notice names; and what says itself that it is
    for the other one. All else is the desk's. Nothing is asked there: what is in doubt stays here, and that is said.
    """
    if came.files or not came.text.strip():
        return False
    if (
        not came.edited
        and talk.c.contact.role == "beneficiary"
        and fold(came.text) in talk.c.words("words.command.read")
    ):
        await talk.push("read")
        return True
    if not is_text(talk, came):
        return False
    said = {"about": came.to, "text": came.text} if came.to else await _named(talk, came.text)
    if said is not None and came.edited:
        talk.says.append(t("edited.unread"))  # what was sent first stands, and the desk reads neither
    elif said is not None:
        await _goes_besides_desk(talk, said, quoted=bool(came.to))
    return said is not None


async def _goes_besides_desk(talk: Talk, said: dict[str, Any], *, quoted: bool) -> None:
    """Unless they quote what they have not read yet, which is shown; or it is no text, or a bare number."""
    entry = await messages.other(talk.c, said["about"])
    if entry is not None and "text" not in said:
        talk.says.append(t("read.answer_desk", name=entry.name))
        return
    unread = await _unread(talk, said["about"]) if quoted and talk.c.contact.role == "beneficiary" else []
    if entry is None or not (unread or by_number(said["text"], talk.c.words) is not None):
        await talk.push("message", said)
        return
    talk.says.extend((await reading.show(talk.c, unread))[1] if unread else ())
    talk.says.append(t("message.besides_desk", name=entry.name))


async def _named(talk: Talk, text: str) -> dict[str, Any] | None:
    """A text that begins with a verb and the name of one whom they may write to."""
    found = await addressed.explicit(talk.c, text, by_name=True) if addressed.has_verb(talk.c, text) else None
    return found if found is not None and "about" in found else None


async def quoted_message(talk: Talk, came: Input) -> bool:
    """An answer to the very message that they quote, whatever else is on the screen. What they have not read yet is
    shown first, and asked about; so is a bare number.
    """
    if not came.to or not is_text(talk, came):
        return False
    said = {"about": came.to, "text": came.text}
    doubt = by_number(came.text, talk.c.words) is not None
    if talk.c.contact.role == "beneficiary" and (unread := await _unread(talk, came.to)):
        _, texts = await reading.show(talk.c, unread)
        talk.says.extend(texts)
        doubt = True
    await talk.push("message", begun_before(talk, {**said, "sure": "ask"} if doubt else said))
    return True


async def _unread(talk: Talk, about: str) -> list[Message]:
    person, entry = talk.c.known.person, await messages.other(talk.c, about)
    if person is None or entry is None:
        return []
    return [m for m in await talk.c.booking.unread("person", person.id) if m.worker == entry.appointment.worker]


async def addressed_message(talk: Talk, came: Input) -> bool:
    """It says itself whom it is for: "message à Claire : …"; "Claire : …" alone may be a choice of a question's."""
    asked = talk.prompt is not None
    if not is_text(talk, came) or (asked and not addressed.has_verb(talk.c, came.text)):
        return False
    found = await addressed.explicit(talk.c, came.text, by_name=asked)
    if found is None and asked:
        found = await _without_a_name(talk, came.text)
    if found is None or ("text" not in found and talk.flow is not None and talk.flow.name == "handing"):
        return False  # "envoie à Claire", of a document
    await talk.push("message", begun_before(talk, found))
    return True


async def _without_a_name(talk: Talk, text: str) -> dict[str, Any] | None:
    """ "message : …" over a question: what it holds may answer that ("réponse : 2"); else it is asked about."""
    step, prompt = talk.open_step, talk.prompt
    if step is not None and step.verbatim:
        return None  # it is the text there
    found = await addressed.explicit(talk.c, text)
    if talk.flow is not None and talk.flow.name == "message":
        return {**found, **_to_the_same(talk)} if found is not None and "text" in found else None
    said = found.get("text", "") if found is not None else ""
    options = prompt.options if prompt is not None else ()
    answers_it = by_number(said, talk.c.words) is not None or by_words(said, options, talk.c) or answers(said, talk.c)
    if found is None or not said or answers_it or (talk.c.known.person is None and not talk.c.contact.worker):
        return None
    return {**found, "sure": "ask"} if "about" in found else found


def _to_the_same(talk: Talk) -> dict[str, Any]:
    """To the one for whom the text is that waits for a yes; of several it is still asked."""
    return {name: talk.c.answers[name] for name in ("about", "among") if name in talk.c.answers}


async def verbatim(talk: Talk, came: Input) -> bool:
    """The question asks for a text to somebody else: no wish, lateness or reminder is heard in it. Long afterwards it
    is left, and what they write is for us.
    """
    step, prompt = talk.open_step, talk.prompt
    if step is None or prompt is None or not step.verbatim or not is_text(talk, came):
        return False
    if talk.c.now - prompt.asked_at > OPEN:
        talk.pop()
        talk.prompt = None
        return False
    await talk.apply(await talk.answer(step, came), step.name)
    return True


async def exchange(talk: Talk, came: Input) -> bool:
    """While no question is on the screen, what they write answers the one who wrote to them."""
    if came.press is not None or came.phone is not None or not is_text(talk, came):
        return False
    if talk.c.contact.role == "worker":
        return await _of_worker(talk, came.text)
    return await _of_person(talk, came.text)


async def _of_person(talk: Talk, text: str) -> bool:
    kept = talk.facts.get(EXCHANGE)
    if kept is None or talk.prompt is not None or talk.frames:
        return False
    age = talk.c.now - datetime.fromisoformat(kept["at"])
    if age > OPEN or await messages.other(talk.c, kept["about"]) is None:
        talk.facts.pop(EXCHANGE)
        return False
    greets = manners(text, talk.c) and not answers(text, talk.c)
    if asks_to_write(text, talk.c) or (greets and (kept["sent"] or age > FRESH)):
        return False
    if kept["sent"] and answers(text, talk.c):
        return age <= FRESH and await _kept_here(talk, kept["about"])
    if await names_another(talk, text, [kept["about"]]):
        return True
    await _goes(talk, kept["about"], text, late=age > FRESH, doubt=may_be_for_us(text, talk.c))
    return True


async def _of_worker(talk: Talk, text: str) -> bool:
    """A worker reads the text with the notice, so whoever wrote last is answered; of several they are asked."""
    waiting = await _waiting(talk, text)
    if not waiting or begins_as_command(text, talk.c):
        return False
    if all(each.answered for each in waiting) and manners(text, talk.c):
        return answers(text, talk.c) and await _kept_here(talk, waiting[0].correspondent.appointment.id)
    among = [each.correspondent.appointment.id for each in waiting]
    if len(among) > 1:
        return await asked_about(talk, text, among)
    if await names_another(talk, text, among):
        return True
    late = talk.c.now - waiting[0].at > FRESH
    doubt = talk.prompt is not None or may_be_for_us(text, talk.c) or wished(text, talk.c) is not None
    await _goes(talk, waiting[0].correspondent.appointment.id, text, late=late, doubt=doubt)
    return True


async def _waiting(talk: Talk, text: str) -> Sequence[ToAnswer]:
    """Who wrote lately, and whom the worker answered, if it is more than a word that comes after a while. Only what
    came after the question on the screen, which else is what they answer; one that takes any text takes this one.
    """
    assert talk.c.contact.worker is not None
    found = await talk.c.booking.to_answer(talk.c.contact.worker, talk.c.now - OPEN)
    alone = len(text.split()) == 1
    found = [each for each in found if not (each.answered and alone and talk.c.now - each.at > FRESH)]
    prompt = talk.prompt if talk.open_step is not None else None
    if prompt is None:
        return found
    return [] if prompt.free else [each for each in found if each.at > prompt.asked_at]


async def _goes(talk: Talk, about: str, text: str, *, late: bool, doubt: bool) -> None:
    said = {"about": about, "text": text.strip(), "late": late or None}
    await talk.push("message", {**said, "sure": "ask"} if doubt or late else said)


async def _kept_here(talk: Talk, about: str) -> bool:
    """ "ok", "merci", after their own message was sent: said to us, and that it stays here."""
    entry = await messages.other(talk.c, about)
    name = await messages.name_of(talk.c, entry) if entry else ""
    talk.says.append(t("message.kept_worker", name=name) if talk.c.contact.worker else t("message.kept", name=name))
    talk.hush = True
    return True
