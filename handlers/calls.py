"""A masked call on the telephone: the worker's rings, they press a key, the person's rings; neither sees the other's
number.

Each step that Twilio asks for or tells of is one transaction, answered with TwiML. The person presses nothing, ever:
who
is in distress must not fail at a machine's question. So the person's voicemail may be put through to the worker, who
hears it, hangs up and says so with a tap; the other way round, no voicemail of a worker's ever reaches a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from booking.model import AppointmentId
from conversations.text import Text, t
from handlers import scene as scenes
from handlers.calling import MOST_TEXTS, end, tell
from handlers.channels import twiml
from handlers.channels.twilio_voice import Heard, Step, address
from handlers.channels.twiml import Voiced
from handlers.parts import Parts
from handlers.scene import Scene
from handlers.web.ports import JOIN_CLOSES
from locales.voice import Voice
from storage import calls, tokens
from storage.calls import MISSED, CallRow, Outcome, State
from storage.db import Tx

ANSWERED: Final = timedelta(seconds=12)  # https://www.twilio.com/docs/api/errors/11200: 15, and the way back
RISES: Final[Mapping[str, State]] = {
    "queued": "placed",
    "initiated": "placed",
    "ringing": "ringing",
    "in-progress": "answered",
}
WORKERS: Final[Mapping[str, Outcome]] = {
    "busy": "worker_busy",
    "no-answer": "worker_no_answer",
    "failed": "worker_failed",
    "canceled": "worker_failed",
}
PERSONS: Final[Mapping[str, Outcome]] = {
    "busy": "person_busy",
    "no-answer": "person_no_answer",
    "failed": "person_failed",
    "canceled": "worker_left",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Line:
    """One call under way, as a step sees it. `ear` is the worker's."""

    tx: Tx
    parts: Parts
    scene: Scene
    row: CallRow
    token: str

    @property
    def ear(self) -> Voiced:
        return Voiced(Voice(self.scene.reader.lang, self.scene.reader.zone, self.parts.default_lang))

    def at(self, step: Step, question: int = 1) -> str:
        return address(self.parts.pages.public_url, self.token, step, question)

    def names(self) -> dict[str, str | datetime]:
        return {
            "name": self.scene.first_name,
            "worker": self.scene.worker.first_name,
            "start": self.scene.appointment.start,
        }


async def answer(parts: Parts, token: str, heard: Heard) -> str:
    """A step's TwiML, always, and within Twilio's 15 seconds: else Twilio says on the telephone, in English, that
    something failed. Only what is merely told may fail here, since it is told again."""
    try:
        async with asyncio.timeout(ANSWERED.total_seconds()):
            return await hear(parts, token, heard)
    except Exception as error:
        if heard.step == "worker":
            raise
        log.warning("a step of a call failed", step=heard.step, error=type(error).__name__, exc_info=error)
        if heard.step == "whisper":
            return twiml.nothing()  # put through without a word
        return twiml.spoken(_house(parts), [t("call.trouble")], hang_up=True)


def _house(parts: Parts, lang: str | None = None) -> Voiced:
    return Voiced(Voice(lang or parts.default_lang, str(parts.zone), parts.default_lang))


async def hear(parts: Parts, token: str, heard: Heard) -> str:
    """The TwiML of a step; nothing at all for a call that is not ours."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        found = await tokens.look(tx, token, "call", now)
        row = await calls.get(tx, found.object) if isinstance(found, tokens.Good) else None
        if row is None or row.provider_id not in {None, heard.sid}:
            return twiml.nothing()
        if row.provider_id is None:  # its answer was lost, or is still on its way
            await calls.rise(tx, row.id, "placed", now, heard.sid)
        scene = await scenes.of(tx, parts, AppointmentId(row.appointment_id), now)
        if not isinstance(scene, Scene):
            return await _off(tx, parts, row, heard, scene.reader.lang if scene.reader else parts.default_lang)
        return await STEPS[heard.step](Line(tx, parts, scene, row, token), heard)


async def _off(tx: Tx, parts: Parts, row: CallRow, heard: Heard, lang: str) -> str:
    """The appointment was cancelled or moved while the telephone rang."""
    if heard.step == "worker" and heard.status in RISES:
        return twiml.nothing()
    await end(tx, parts, row.id, "worker_left", parts.clock())
    return twiml.spoken(_house(parts, lang), [t("call.off")], hang_up=True)


async def _greet(line: Line, heard: Heard) -> str:  # noqa: ARG001 - a step
    await calls.rise(line.tx, line.row.id, "answered", line.scene.now)
    if line.row.status == "ended":
        return twiml.spoken(line.ear, [t("call.off")], hang_up=True)
    return twiml.greeting(line.ear, [t("call.greeting", **line.names()), t("call.press", **line.names())], line.at)


async def _pressed(line: Line, heard: Heard) -> str:
    person, voice = line.scene.person, line.parts.voice
    if line.row.status == "ended" or person is None or person.phone is None or voice is None:
        return twiml.spoken(line.ear, [t("call.off")], hang_up=True)
    if heard.digits != twiml.KEY:
        if heard.question >= twiml.QUESTIONS:
            return twiml.spoken(line.ear, [t("call.no_key")], hang_up=True)
        words = [t("call.wrong_key"), t("call.press", **line.names())]
        return twiml.greeting(line.ear, words, line.at, heard.question + 1)
    await calls.rise(line.tx, line.row.id, "dialling", line.scene.now)
    limit = line.scene.appointment.end + JOIN_CLOSES - line.scene.now
    return twiml.connect(line.ear, person.phone, voice.number, max(limit, timedelta(minutes=5)), line.at)


async def _whisper(line: Line, heard: Heard) -> str:  # noqa: ARG001 - a step
    """In the person's ear and language: who calls. Somebody else may have picked up, so nothing about what."""
    await calls.rise(line.tx, line.row.id, "talking", line.scene.now)
    person, parts = line.scene.person, line.parts
    lang, zone = (person.language, person.time_zone) if person else (parts.default_lang, str(parts.zone))
    return twiml.spoken(
        Voiced(Voice(lang, zone, parts.default_lang)), [t("call.whisper", **line.names())], hang_up=False
    )


async def _dialled(line: Line, heard: Heard) -> str:
    """How the person's leg ended; the worker hears it, and what they can do next."""
    spoke = heard.bridged is not False
    outcome: Outcome = PERSONS.get(heard.dialled) or ("talked" if spoke else "person_no_answer")
    ended = await end(line.tx, line.parts, line.row.id, outcome, line.scene.now, heard.seconds)
    if ended and outcome in MISSED:
        await tell(line.tx, line.parts, line.scene, line.row.id)
    return twiml.spoken(line.ear, await _farewell(line, outcome), hang_up=True)


async def _farewell(line: Line, outcome: Outcome) -> Sequence[Text]:
    if outcome not in MISSED:
        return [t("call.over")]
    told = await calls.missed(line.tx, line.scene.appointment.id) <= MOST_TEXTS
    next_ = t("call.next_told", **line.names()) if told else t("call.next")
    return [Text(FAREWELLS[outcome].msgid, line.names()), next_]


FAREWELLS: Final[Mapping[Outcome, Text]] = {
    "person_no_answer": t("call.person_no_answer"),
    "person_busy": t("call.person_busy"),
    "person_failed": t("call.person_failed"),
}


async def _progress(line: Line, heard: Heard) -> str:
    """The worker's leg. Told late or twice, it moves nothing backwards."""
    if (state := RISES.get(heard.status)) is not None:
        await calls.rise(line.tx, line.row.id, state, line.scene.now)
        return twiml.nothing()
    ends: Mapping[str, Outcome] = {"talking": "talked", "dialling": "worker_left"}
    outcome = WORKERS.get(heard.status) or ends.get(line.row.status, "no_key")
    await end(line.tx, line.parts, line.row.id, outcome, line.scene.now, heard.seconds)
    return twiml.nothing()


STEPS: Final[Mapping[Step, Callable[[Line, Heard], Awaitable[str]]]] = {
    "start": _greet,
    "pressed": _pressed,
    "whisper": _whisper,
    "dialled": _dialled,
    "worker": _progress,
}
