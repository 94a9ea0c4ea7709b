"""Hearing an answer to a reminder, before it is taken for an answer to anything else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.model import Appointment
from booking.policy import is_over, took_place
from conversations import reminded
from conversations.flows.messages import is_open
from conversations.flows.reminded import confirm
from conversations.flows.which import another
from conversations.model import Input, Link, Prompt
from conversations.naming import all_of_them
from conversations.recognise import by_both, by_words
from conversations.reminded import Heard, Told
from conversations.talk import Talk
from conversations.text import t


async def reminder(talk: Talk, came: Input) -> bool:
    """A word for what they were reminded of, unless a question of ours came after it: then that one is answered."""
    if not came.text or not talk.c.reminded or talk.c.contact.role == "worker":
        return False
    newest, prompt = talk.c.reminded[0].at, None if talk.c.reminded[0].meant else _open_question(talk)
    if _came_later(talk, prompt, newest):
        return False
    told = await reminded.told(talk.c)
    heard = reminded.heard(came.text, talk.c, told)
    if heard is None:
        return False
    among = reminded.standing(told, talk.c.now)
    if (over := _not_any_more(talk, told, among)) is not None:
        return await _over(talk, over, heard)
    if not among:
        return prompt is None and await _past(talk, told, heard)
    if heard.wanted != "move":
        among = reminded.named(among, heard.wish, talk.c.contact.zone) or among
    if prompt is not None and _fits(talk, prompt, came.text, heard):
        await _ask(talk, among, heard, over=True)
    elif len(among) == 1 or (heard.wanted == "yes" and (reminded.together(among) or all_of_them(came.text, talk.c))):
        await _act(talk, among, heard)
    else:
        await _ask(talk, among, heard, over=False)
    return True


def _came_later(talk: Talk, prompt: Prompt | None, newest: datetime) -> bool:
    """Whether something else came after the reminder, which they answer: a question, or a message of their worker's."""
    if prompt is not None:
        return prompt.asked_at >= newest
    return not talk.c.reminded[0].meant and is_open(talk.c, since=newest)


def _open_question(talk: Talk) -> Prompt | None:
    """The question on their screen; the menu asks for nothing that a reminder's words could answer."""
    flow = talk.flow
    return None if talk.open_step is None or flow is None or flow.name == "menu" else talk.prompt


def _fits(talk: Talk, prompt: Prompt, text: str, heard: Heard) -> bool:
    """Whether it would be an answer to the question too: one of its options; or to leave, or move, what is begun."""
    if by_both(text, prompt.options, talk.c) or by_words(text, prompt.options, talk.c):
        return True
    return heard.wanted != "yes" and talk.draft() is not None


async def _ask(talk: Talk, among: list[Told], heard: Heard, *, over: bool) -> None:
    ids = [each.appointment.id for each in sorted(among, key=lambda each: each.appointment.start)]
    wish = _wish(talk, heard.wanted, heard) if heard.wanted != "yes" else {}
    answers = {"among": ids, "wanted": heard.wanted, "wish": wish, "over": over or None}
    await talk.push("reminded", answers)


async def late_yes(talk: Talk, came: Input) -> bool:
    """ "J'y serai", while a question stands on the screen that came later: it is no answer to that one."""
    if not reminded.comes(came.text, talk.c) or not talk.c.reminded or talk.c.contact.role == "worker":
        return False
    among = reminded.standing(await reminded.told(talk.c), talk.c.now)
    heard = reminded.heard(came.text, talk.c, among)
    if heard is None or heard.wanted != "yes" or not (len(among) == 1 or reminded.together(among)):
        return False
    await _act(talk, among, heard)
    return True


async def _act(talk: Talk, among: list[Told], heard: Heard) -> None:
    if heard.wanted == "yes":
        done = await confirm(talk.c, [each.appointment.id for each in among])
        assert done.say is not None
        talk.says.append(done.say)
        talk.hush = not talk.frames
        return
    await _open(talk, heard.wanted, {"which": among[0].appointment.id}, heard)


async def _open(talk: Talk, name: str, answers: Mapping[str, Any], heard: Heard) -> None:
    """The flow, with what was understood besides, which is said back."""
    flow, wish = talk.flows[name], _wish(talk, name, heard)
    if flow.noted is not None and (said := flow.noted(talk.c, wish)) is not None:
        talk.says.append(said)
    await talk.push(name, {**answers, **wish})


def _wish(talk: Talk, name: str, heard: Heard) -> dict[str, Any]:
    return {answer: value for answer, value in heard.wish.items() if answer in talk.flows[name].hears}


# ---------------------------------------------------------------- what is no more as it was reminded of


def _not_any_more(talk: Talk, told: list[Told], among: list[Told]) -> Appointment | None:
    """The one that they were reminded of last, if it is not so any more and they need not know it."""
    if not told:
        return None
    last, now = told[0], talk.c.now
    if not is_over(last.appointment, now) or last.appointment.end <= now:
        return None
    own_doing = last.appointment.ended_by == "person"
    return None if among and own_doing else last.appointment


async def _over(talk: Talk, old: Appointment, heard: Heard) -> bool:
    """Moved, cancelled or begun meanwhile: what is so now is said, and the next step offered."""
    match old.status:
        case "moved":
            return await _moved(talk, old, heard)
        case "cancelled":
            return await _cancelled(talk, old, heard)
        case "booked":
            return await _begun(talk, old, heard)
    return False


async def _moved(talk: Talk, old: Appointment, heard: Heard) -> bool:
    new = next((each for each in talk.c.known.upcoming if each.series == old.series), None)
    if new is None:
        return await _cancelled(talk, old, heard)
    talk.says.append(t("reminded.moved", start=new.start))
    if heard.wanted == "yes":
        talk.says.append(t("confirmed.change"))
        talk.hush = not talk.frames
    else:
        await _open(talk, heard.wanted, {"which": new.id}, heard)
    return True


async def _cancelled(talk: Talk, old: Appointment, heard: Heard) -> bool:
    """To leave another one, the word means that; else a new hour is offered."""
    if heard.wanted == "cancel" and talk.c.known.upcoming:
        return False
    talk.says.append(t("reminded.gone", start=old.start))
    if heard.wanted == "move":
        await talk.push("book", {**another(old), **_wish(talk, "book", heard)})
    else:
        talk.says.append(t("reminded.again"))
        talk.hush = not talk.frames
    return True


async def _past(talk: Talk, told: list[Told], heard: Heard) -> bool:
    """The hour that they answer for is over, and no other is to come."""
    old = told[0].appointment if told else None
    if old is None or not took_place(old) or talk.c.known.upcoming:
        return False
    talk.says.append(t("reminded.past", start=old.start))
    if heard.wanted == "move":
        await talk.push("book", {**another(old), **_wish(talk, "book", heard)})
    else:
        talk.says.append(t("reminded.again"))
        talk.hush = not talk.frames
    return True


async def _begun(talk: Talk, old: Appointment, heard: Heard) -> bool:
    talk.says.append(t("cancel.begun", start=old.start))
    if heard.wanted == "yes":
        talk.link = Link("appointment", old.id)
        talk.hush = not talk.frames
    else:
        await talk.push("book", {**another(old), **_wish(talk, "book", heard)})
    return True
