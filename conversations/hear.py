"""How one input is understood. `LISTENERS` is the order, and nothing may come in between: the first that understands
ends it.

A file is seen to before the words under it. Danger comes before all words, opt-out before any meaning a word may have
elsewhere, what stands on the screen before global words, and free text last.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeAlias

from booking import calendar_address
from conversations.answering import late_yes, reminder
from conversations.at_the_hour import at_the_hour
from conversations.attendance import of_the_hour
from conversations.commands import Run, address_alone, command, opens, wants_another, wished, worker_help
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
from conversations.flows.danger import NUMBERS
from conversations.flows.hours import wish_of
from conversations.flows.messages import EXCHANGE
from conversations.flows.reading import waits
from conversations.media import changed_mind, files, free, names_the_file, stops_sending
from conversations.model import Again, Context, Flow, Frame, Input, Option, Outcome, Prompt, Step
from conversations.naming import named
from conversations.normal import fold
from conversations.perhaps import for_somebody, instead_of_a_miss, may_be_for_them, speaks_to_them, unread_first
from conversations.recognise import by_both, by_number, by_words
from conversations.reminded import rather
from conversations.talk import Talk
from conversations.text import t
from conversations.understand import Understood, understand
from conversations.wished import answers
from conversations.with_desk import leave, reads_desk, speaks_to_desk

Listen: TypeAlias = Callable[[Talk, Input], Awaitable[bool]]

NAMES: Final = 50  # workers whose first names are listened for
OLD: Final = timedelta(hours=6)  # since the last question: whoever comes back is offered to go on
FRESH: Final = timedelta(hours=1)  # so long "plutôt vendredi" speaks of what was just booked


async def hear(talk: Talk, came: Input) -> None:
    """Let each listener try; what nobody understands is a miss. What turns out to be no message is heard once more."""
    await _listened(talk, came)
    if talk.unheard:
        talk.facts.pop(EXCHANGE, None)
        talk.prompt = talk.prompt if talk.open_step is not None else None
        talk.ended = False  # what nobody understands begins, as ever
        await _listened(talk, Input(text=talk.reread()), besides=TO_OTHERS)


async def _listened(talk: Talk, came: Input, besides: Sequence[Listen] = ()) -> None:
    for listen in LISTENERS:
        if listen not in besides and await listen(talk, came):
            return
    if not resume_instead(talk) and not await instead_of_a_miss(talk, came.text):
        talk.miss()


NOT_IN_DANGER: Final = frozenset({"my_data", "erase"})  # nobody in distress is asked again whether all is to go


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
    if not await besides_desk(talk, came):
        speaks_to_desk(talk, came)
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


def resume_instead(talk: Talk) -> bool:
    """Back after a while with something that answers nothing: offer to go on or to start over."""
    prompt = talk.prompt
    if prompt is None or talk.draft() is None or talk.c.now - prompt.asked_at <= OLD:
        return False
    draft = talk.draft()
    if draft is not None and talk.flow is not None and talk.flow.name != "resume":
        below = [frame for frame in talk.frames if frame.flow != "resume"]
        talk.frames = [*below, Frame("resume", talk.flows["resume"].version, {"draft": draft.flow})]
    return True


LISTENERS: Final[tuple[Listen, ...]] = (
    files,
    danger_words,
    opt_words,
    decided_first,
    desk_wrote,
    with_desk,
    button,
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
