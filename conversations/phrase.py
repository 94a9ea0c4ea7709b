"""What a free phrase gives: the answer of the step that listens, a wish, answers of the flow on top, or something to be
said kindly and once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from booking import calendar_address
from conversations.commands import Run, address_alone, opens, wants_another, wished, worker_help
from conversations.flows.hours import wish_of
from conversations.media import free
from conversations.model import Again, Flow, Input, Outcome, Step
from conversations.naming import named
from conversations.perhaps import for_somebody, instead_of_a_miss, may_be_for_them, speaks_to_them
from conversations.reminded import rather
from conversations.resuming import resume_instead
from conversations.talk import Talk
from conversations.text import t
from conversations.understand import Understood, understand
from conversations.wished import answers

NAMES: Final = 50  # workers whose first names are listened for
FRESH: Final = timedelta(hours=1)  # so long "plutôt vendredi" speaks of what was just booked


async def caption(talk: Talk, came: Input) -> bool:
    """Under a document that is taken it may ask us for something, or answer what takes any text; else it tells of the
    document, and goes to nobody. Under anything else it is read as text.
    """
    if not talk.files or free(talk):
        return False
    heard = understand(came.text, talk.c.words, now=talk.c.now, zone=talk.c.contact.zone)
    run = _asked_for(talk, came.text, heard, answers(heard)) if heard.intent != "documents" else None
    if run is not None:
        await run(talk, answers(heard))
    else:
        talk.says.append(t("media.caption"))
    return True


async def free_text(talk: Talk, came: Input) -> bool:
    """The step's own answer, if it takes any text; then what can be understood of it; then the step's own 'no'."""
    if not came.text.strip():
        return bool(talk.says) or talk.prompt is None
    own: Outcome | None = None
    step = await _listening(talk)
    if talk.flow is not None and wants_another(came.text, talk.c, talk.flow.name):
        step = None
    if step is not None:
        own = await talk.answer(step, came)
        if not isinstance(own, Again) or not own.miss:
            await talk.apply(own, step.name)
            await _besides(talk, step, came.text)
            return True
    if await understood(talk, came.text, judged=own is not None):
        return True
    if await may_be_for_them(talk, came.text) or talk.prompt is None:
        return True  # nothing was asked yet: whatever they wrote, we begin
    if own is not None and step is not None:
        if not await instead_of_a_miss(talk, came.text):
            await talk.apply(own, step.name)
        return True
    return False


async def _listening(talk: Talk) -> Step | None:
    """The step that takes free text. A stranger's first words are given to the first question before it is asked."""
    if talk.prompt is None and not talk.frames and talk.c.known.person is None and talk.c.contact.worker is None:
        await talk.push("book")
        first = talk.next_step() if talk.frames else None
        return first if first is not None and first.eager else None
    return talk.open_step if talk.prompt is not None and talk.prompt.free else None


async def _besides(talk: Talk, step: Step, text: str) -> None:
    """ "Mon code est …, c'est pour mes dettes": the step has its part, and the rest of the wish is kept too."""
    if step.eager and talk.flow is not None:
        await _take(talk, talk.flow, answers(understand(text, talk.c.words, now=talk.c.now, zone=talk.c.contact.zone)))


async def understood(talk: Talk, text: str, *, judged: bool = False) -> bool:
    """What a free phrase gives: a global wish, answers of the flow on top, or something to be said kindly and once.

    `judged`: the step has looked at it already, so a code in it is not tried a second time.
    """
    said = calendar_address.without(text) if talk.c.contact.role == "worker" else text
    heard = understand(said, talk.c.words, now=talk.c.now, zone=talk.c.contact.zone, workers=await _names(talk))
    gained = answers(heard)
    if heard.language in talk.c.languages:
        await talk.push("language", {"lang": heard.language, "chosen": True})
        return True
    if (run := _asked_for(talk, text, heard, gained)) is not None:
        await run(talk, gained)
        return True
    if talk.c.contact.role == "worker":
        return await _worker_wrote(talk, text, heard)
    if heard.code or heard.intent == "book" or (gained and not _tells_of_theirs(talk, heard, gained)):
        fresh = replace(heard, code=None) if judged else heard
        return (
            await speaks_to_them(talk, text)
            or await _rather(talk, text, fresh, gained)
            or await _wish(talk, fresh, gained)
        )
    match heard.intent:
        case "medical":
            talk.says.append(t("medical.no"))
        case "thanks":
            talk.says.append(t("thanks.reply"))
            talk.hush = not talk.frames
        case "greeting":
            if not await may_be_for_them(talk, text) and talk.prompt is not None:
                resume_instead(talk)
        case "yes" if not talk.frames and talk.c.known.upcoming:
            talk.says.append(t("yes.noted", start=talk.c.known.upcoming[0].start))
            talk.hush = True
        case _:
            return False
    return True


def _tells_of_theirs(talk: Talk, heard: Understood, gained: Mapping[str, Any]) -> bool:
    """ "Oui je serai là jeudi", and that is the day of the only hour they have: no other one is wished."""
    coming = talk.c.known.upcoming
    if talk.frames or heard.intent != "yes" or heard.code or heard.motive or heard.mode or len(coming) != 1:
        return False
    return bool(named(coming, gained, talk.c.contact.zone))


async def _names(talk: Talk) -> dict[str, str]:
    """The workers who may be named here, by id: those who could take the hour that is looked for."""
    if talk.c.contact.role == "worker" or (talk.flow is not None and "worker" not in (talk.flow.hears or {"worker"})):
        return {}
    wish = replace(wish_of(talk.c), without=frozenset())  # who names one that refuses them is told so
    return {worker.id: worker.first_name for worker in await talk.c.booking.workers(wish, NAMES)}


async def _worker_wrote(talk: Talk, text: str, heard: Understood) -> bool:
    """Workers have their words; an address may be their calendar's, a greeting begins, and anything else is told what
    the words are.
    """
    if (address := calendar_address.find(text)) is not None:
        await address_alone(talk, address)
        return True
    if await for_somebody(talk, text):
        return True
    if heard.intent == "greeting" or talk.prompt is not None:
        return talk.prompt is None
    await worker_help(talk, {})
    return True


def _asked_for(talk: Talk, text: str, heard: Understood, gained: Mapping[str, Any]) -> Run | None:
    """The command that the phrase asks for, unless it is under way; "help me with my rent" is what we are here for."""
    if (run := wished(text, talk.c)) is not None:
        return run
    if heard.intent is None or (heard.intent == "help" and gained):
        return None
    return None if talk.flow is not None and talk.flow.name == heard.intent else opens(heard.intent, talk.c)


async def _rather(talk: Talk, text: str, heard: Understood, gained: dict[str, Any]) -> bool:
    """ "vendredi plutôt", right after a booking: that one is to be moved, no other one booked."""
    if heard.code or heard.motive or not (talk.flow is None or talk.flow.fleeting) or not rather(text, talk.c):
        return False
    fresh = [a for a in talk.c.known.upcoming if a.made_at and talk.c.now - a.made_at < FRESH]
    if not fresh or not any(gained.get(name) for name in ("days", "from", "to")):
        return False
    last = max(fresh, key=lambda appointment: (appointment.made_at, appointment.id))
    await talk.push("move", {"which": last.id})
    await _take(talk, talk.flows["move"], gained)
    return True


async def _wish(talk: Talk, heard: Understood, gained: dict[str, Any]) -> bool:
    """A code, a subject, a day: answers of the flow on top if it takes them, else the beginning of a booking."""
    flow = talk.flow
    if flow is None or not flow.hears:
        about = {"which": talk.c.answers.get("which")} if flow is not None and flow.instead == "move" else {}
        if about:
            talk.pop()  # nobody is asked again whether to cancel what they want to move
        await talk.push(flow.instead if flow is not None else "book", about)
        flow = talk.flow
    if flow is None or (flow.name != "book" and heard.code and not gained):
        return False
    if heard.code and (step := flow.step("code")) and talk.c.known.person is None:
        await talk.apply(await talk.answer(step, Input(text=heard.code)), step.name)
    taken = await _take(talk, flow, gained)
    return bool(taken or heard.code or heard.intent == "book")


async def _take(talk: Talk, flow: Flow, gained: dict[str, Any]) -> dict[str, Any]:
    """The answers that this flow hears, filled in and said back."""
    taken = {name: value for name, value in gained.items() if name in flow.hears}
    if talk.open_step is not None and talk.open_step.name in flow.deaf:
        if talk.prompt is not None and talk.prompt.free:
            taken.pop("worker", None)  # "Claire" is an answer to "your name?"
        if "motive" in talk.c.answers:
            taken.pop("motive", None)
    if taken:
        if flow.noted is not None and (said := flow.noted(talk.c, taken)) is not None:
            talk.says.append(said)
        stands = await flow.keeps(talk.c, taken) if flow.keeps is not None else {}
        talk.fill({**taken, **stands})
        talk.trace.append((flow.name, "understood", "filled"))
    return taken
