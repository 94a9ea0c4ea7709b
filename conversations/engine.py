"""The engine: one turn of a talk, as a function of what is remembered, what came in, and what the core answered.

A flow is a checklist. *The next question is the first step whose answer is not known*; what we keep is the answers,
never a position. So a step that a deploy inserts is simply asked, a removed one is forgotten, a code in the first
message is never asked for, and 'change' and 'back' only forget an answer. The question on the screen is kept with its
options as they were shown: "2" means what stood at 2 there, not what would stand there now.

Flows lie on a short stack: a global word puts one on top, and when it is over the question below is asked again.
Every loop is capped. A flow that cannot end is our mistake, and the turn fails loudly instead of talking nonsense.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Final

from booking import phones
from conversations import buttons
from conversations.flows.messages import EXCHANGE
from conversations.flows.names import call
from conversations.flows.still_me import ANEW, ASKED
from conversations.flows.terms import unagreed
from conversations.hear import hear, rewritten
from conversations.model import Ask, Context, Finish, Flow, Input, News, Prompt, Reply, State, Step, Turn
from conversations.talk import Talk
from conversations.text import Text, t
from conversations.unreminded import warned
from conversations.with_desk import is_the_desks, told_first

TWICE: Final = 2  # how often a question may be put in the same words
LOOPS: Final = 20  # questions that answer themselves, in one turn
WELCOME: Final = t("welcome.sms")
ABROAD: Final = t("welcome.abroad")
WITH_CODE: Final[Mapping[str, Text]] = {WELCOME.msgid: t("welcome.code"), ABROAD.msgid: t("welcome.code_abroad")}
ACCEPTED: Final = t("code.accepted")
CHATS: Final[Mapping[str, str]] = {"whatsapp": "WhatsApp", "telegram": "Telegram"}
STOPPED: Final[Mapping[str, Text]] = {"sms": t("stop.on_sms"), "whatsapp": t("stop.on_whatsapp")}
TOLD: Final = "told_stopped"  # channel to the instant of the stop that was spoken of
ROOTS: Final = {"beneficiary": "menu", "worker": "agenda"}  # what begins when nothing is under way


async def take_turn(flows: Mapping[str, Flow], state: State, came: Input | News, c: Context) -> Turn:
    """One input, one reply, one question at most.

    Commands to the core go through `c.booking`, whose transaction is the turn's.
    """
    talk = Talk(flows, state, replace(c, raw=verbatim(state, came, c)))
    if isinstance(came, News):
        before = list(talk.frames)
        talk.told = True
        await talk.push(came.event, came.data)
        if not talk.says and all(any(frame is each for each in before) for frame in talk.frames):
            return Turn(state, None, talk.trace, frozenset(talk.flags))  # nothing to say, nothing to ask
        talk.touched = c.now  # the question is new, however long they were silent
    elif came.edited:
        if not await rewritten(talk, came):
            return Turn(state, None)
    else:
        talk.touched = c.now
        if talk.mode == "bot" and not in_doubt(talk):
            greet(talk)
        await hear(talk, came)
        if talk.facts.get(ASKED) == ANEW and not talk.met:
            talk.says.insert(0, _welcome(talk.c))
            talk.met = True
    reply, prompt = await close(talk)
    if reply is not None:
        texts = warned(introduced(reply.texts), talk.c)
        reply = replace(reply, texts=told_first(talk, texts, asks=bool(reply.prompt)))
    reply, echo = varied(reply, state.echo, talk.c, after=int("danger" in talk.flags))
    own = (talk.mode, talk.waits, talk.spoke)
    kept = State(tuple(talk.frames), prompt, talk.facts, talk.met, talk.touched, echo, *own)
    lang = talk.facts.get("lang")
    lang = lang if lang != c.contact.lang else None
    return Turn(kept, reply, talk.trace, frozenset(talk.flags), lang, talk.files)


def verbatim(state: State, came: Input | News, c: Context) -> str:
    """What the person typed, or the words of the button that they pressed."""
    if isinstance(came, News):
        return ""
    if came.press and state.prompt and 1 <= came.press.number <= len(state.prompt.options):
        label = state.prompt.options[came.press.number - 1].label
        # WhatsApp's buttons had the short words on them, where there are such.
        return c.say((buttons.short(label) if c.contact.channel == "whatsapp" else None) or label)
    return came.text


def in_doubt(talk: Talk) -> bool:
    """It is asked first who writes: whoever it was has been told who we are."""
    return talk.c.contact.claims and not talk.met and talk.facts.get(ASKED) != ANEW


def greet(talk: Talk) -> None:
    """The first message says who writes, that it is automatic, free and confidential, and how to reach a human."""
    if not talk.met and talk.c.contact.role == "beneficiary":
        talk.says.append(_welcome(talk.c))
        if talk.c.contact.channel in CHATS:
            talk.says.append(_outside(talk.c))
    talk.met = True
    stopped_elsewhere(talk)


def _welcome(c: Context) -> Text:
    """In fewer words to who has an account: the desk made it, or they did on another channel. From abroad, that no
    reminder comes there, unless the terms are asked for, which takes the room: then it is said as they book.
    """
    if c.contact.channel != "sms":
        return t("welcome.chat")
    if c.contact.phone is not None and phones.abroad(c.contact.phone) and not unagreed(c):
        return ABROAD
    return t("welcome.known") if c.known.person is not None else WELCOME


def _outside(c: Context) -> Text:
    """Both services carry messages outside the Union, and somebody in trouble must be able to choose another way."""
    service = CHATS[c.contact.channel]
    return t("welcome.outside_or_sms", service=service, sms=c.sms) if c.sms else t("welcome.outside", service=service)


def stopped_elsewhere(talk: Talk) -> None:
    """Who silenced one channel and writes on another is told once how things stand, and how to start again there."""
    if talk.c.contact.opted_out or talk.c.contact.channel not in CHATS:
        return
    told = {stopped.channel: stopped.at.isoformat() for stopped in talk.c.stopped if stopped.channel in STOPPED}
    for stopped in talk.c.stopped:
        if stopped.channel in told and talk.facts.get(TOLD, {}).get(stopped.channel) != told[stopped.channel]:
            talk.says.append(t(STOPPED[stopped.channel].msgid, word=stopped.word))
    if told:
        talk.facts[TOLD] = told


async def close(talk: Talk) -> tuple[Reply | None, Prompt | None]:
    """Go on until there is a question to ask or nothing more to say."""
    for _ in range(LOOPS):
        if is_the_desks(talk):
            return Reply(tuple(talk.says), link=talk.link) if talk.says else None, talk.prompt
        if talk.silent and not talk.says:
            return None, talk.prompt
        if talk.hush or (not talk.frames and talk.ended and talk.says):
            return told(talk), None if not talk.frames else talk.prompt
        if not talk.frames:
            await talk.push(ROOTS[talk.c.contact.role])
            continue
        assert talk.flow is not None
        step = talk.next_step()
        if step is None:
            await talk.apply(await talk.flow.finish(talk.c), "finish")
            continue
        ask = await step.ask(talk.c)
        if isinstance(ask, Finish):
            await talk.apply(ask, step.name)
            continue
        return question(talk, step, ask)
    raise RuntimeError("a flow goes round in circles: " + " ".join(frame.flow for frame in talk.frames))


def told(talk: Talk) -> Reply:
    """What asks nothing. Where it is not part of an exchange of messages, what they write next is for us."""
    if not talk.exchange:
        talk.facts.pop(EXCHANGE, None)
    return Reply(tuple(talk.says), link=talk.link, exchange=talk.exchange)


def question(talk: Talk, step: Step, ask: Ask) -> tuple[Reply, Prompt]:
    """What is to be said, and then the question, in one message."""
    prompt = talk.ask(step, ask)
    talk.facts.pop(EXCHANGE, None)  # from now on what they write is for us
    talk.trace.append((prompt.flow, prompt.step, "asked"))
    texts = [*talk.says, *wording(talk, ask)]
    return Reply(tuple(texts), ask.options, ask.link or talk.link, prompt.id, ask.contact, talk.exchange), prompt


def introduced(texts: tuple[Text, ...]) -> tuple[Text, ...]:
    """Whose first message held their code reads in one sentence who we are and that nobody learns of it."""
    if ACCEPTED not in texts or WITH_CODE.keys().isdisjoint(text.msgid for text in texts):
        return texts
    return tuple(WITH_CODE.get(text.msgid, text) for text in texts if text != ACCEPTED)


def varied(
    reply: Reply | None, before: tuple[str, int], c: Context, after: int = 0
) -> tuple[Reply | None, tuple[str, int]]:
    """Never the same message three times in a row: the third time begins with the way to a human, after so many
    sentences: nothing comes before the numbers of danger (threat T31).
    """
    if reply is None or not reply.prompt:
        return reply, ("", 0)
    said = sha256(repr((reply.texts, reply.options)).encode()).hexdigest()[:12]
    times = before[1] + 1 if said == before[0] else 1
    if times < TWICE + 1:
        return reply, (said, times)
    first, rest = reply.texts[:after], reply.texts[after:]
    return replace(reply, texts=(*first, t("miss.human", call=call(c)), *rest)), ("", 0)


def wording(talk: Talk, ask: Ask) -> list[Text]:
    """Errors climb three steps: the choices shorter; the question with an example; a human.

    Further ones take turns between the last two, so that no sentence comes twice in a row.
    """
    said_why = bool(talk.says)
    if talk.misses == 0:
        return [*ask.intro, ask.text]
    if talk.misses == 1:
        if said_why:
            return []
        return [t("miss.again"), ask.text] if _asks_for_words(ask) else [miss(talk.c)]
    if talk.misses % 2 == 0:
        example = [ask.example] if ask.example else []
        return [*([] if said_why else [t("miss.example")]), ask.text, *example]
    return [*([] if said_why else [t("miss.human", call=call(talk.c))]), ask.text]


def miss(c: Context) -> Text:
    """Before the choices, shown once more."""
    return t("miss.choices") if c.contact.taps else t("miss.choose")


def _asks_for_words(ask: Ask) -> bool:
    """Whether a number is no answer: where there are only ways out, "answer by a number" would send them out; with
    choices the numbers say enough.
    """
    return not ask.options or ask.written or (ask.free and len(ask.options) == 1)
